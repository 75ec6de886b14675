"""Measure, keep the figures in eval/results.json, and write docs/evaluation.md from them.

usage: python eval/report.py [--from-results]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mentions
import score_events
from calibration import reliability, table
from corpora import SETS, fingerprint, load, predict
from gate import READERS
from score import RATES, SHARES
from scoring import score

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).parents[1] / "docs" / "evaluation.md"

_HEAD = """# Evaluation

Written by `python eval/report.py`; the figures are those of `eval/results.json`. To measure yourself:

    python eval/score.py train dev seed held --tables     # all figures, errors per cue and per publisher
    python eval/score.py dev --reader rules               # the rules alone
    python eval/calibration.py                            # does the confidence hold?
    python eval/mentions.py                               # names and offices
    python eval/score_events.py sentences train dev held  # events
    python eval/actors.py                                 # actors
    python eval/gate.py                                   # fails when a figure falls below its floor
    python eval/diff.py                                   # statements gained and lost against the last commit

The sets: `train` (90 articles; the rules were fitted on it and the models learned from it, so its figures show fit, not
accuracy), `dev` (60, for measuring; its errors were read while the rules were made, and its figures were looked at while models
were chosen), `seed` (one article, developed on), `held` (40 raw articles that the project annotated; nothing was
learned from them and their errors were not read, but their annotation was not adjudicated; see training/README.md). How
the data must look is said in how-it-works.md. Definitions: strict, the same content spans; lenient, character overlap
(intersection over union) of at least 0.8; attributed, a lenient match with the right speaker. Two annotators of the gold
agree at strict F 0.957 and attributed F 0.961.
"""

_CONFIDENCE = (
    """The share of statements that are right (attributed) among those said to be so sure, by the learned reader."""
)

_NAMES = """The tagger on the test part of nergrit (its own head and labels), and on the sources of annotated statements: exactly the
speaker's name tagged as a person, exactly the annotated office tagged as an office, where the source holds them."""

_EVENTS = """By the definitions of the data folder's plover/: `sentences`, 161 sentences made of the codebook's gold records (type: an event of
the gold type is found in the sentence; who: and both sides have the gold country codes); `train` and `dev`, 24 whole articles each
(loose: the type and one actor's code in common; who: all codes of both sides; full: and the status). The coder learned from
`train`, and not from `held`, raw articles annotated by the project. Two annotators agree at loose 0.945, who 0.913, full 0.913."""


def measure() -> dict[str, Any]:
    """All figures of all sets and both readers, the names, and how well the confidence holds."""
    sets: dict[str, Any] = {}
    curves: dict[str, Any] = {}
    for name in SETS:
        golds = load(name)
        for label, reader in READERS.items():
            found = predict(golds, reader)
            sets[f"{name}{label}"] = {"fingerprint": fingerprint(name), "figures": score(golds, found)[0]}
            if reader == "learned" and name in ("dev", "held"):
                curves[name] = reliability(golds, found)
    coded = {name: score_events.measure(name) for name in score_events.SETS}
    return {"sets": sets, "calibration": curves, "names": mentions.measure(), "events": coded}


def _table(title: str, columns: list[str], rows: list[tuple[str, list[str]]]) -> list[str]:
    """A Markdown table."""
    lines = ["", f"| {title} | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    return lines + [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]


def page(results: dict[str, Any]) -> str:
    """The documentation page for stored results."""
    sets = results["sets"]
    columns = list(sets)
    figures = [r["figures"] for r in sets.values()]
    lines = [_HEAD, "## Statements"]
    lines += _table("F", columns, [(key, [f"{f[key]['f']:.3f}" for f in figures]) for key in RATES])
    lines += _table(
        "share of the lenient matches",
        columns,
        [(f"{key.removesuffix('_accuracy')} right", [f"{f[key]:.3f}" for f in figures]) for key in SHARES],
    )
    lines += _table(
        "recall by kind",
        columns,
        [
            (f"{kind}, {what}", [f"{f['recall_by_kind'][kind][what]:.3f}" for f in figures])
            for kind in ("direct", "indirect", "mixed")
            for what in ("strict", "attributed")
        ],
    )
    lines += ["", "## Confidence", "", _CONFIDENCE]
    for name, curve in results["calibration"].items():
        lines += ["", f"`{name}`: expected calibration error **{curve['error']:.3f}**.", "", *table(curve)]
    names = results["names"]
    lines += ["", "## Names", "", _NAMES]
    lines += _table(
        "measure",
        ["figure", "cases"],
        [("nergrit test, entity F1", [f"{names['nergrit']['f']:.3f}", str(names["nergrit"]["gold"])])]
        + [
            (f"`{name}`, {kind} in sources, exact", [f"{names[name][kind]:.3f}", str(names[name][f"{kind}_gold"])])
            for name in ("dev", "held")
            for kind in ("persons", "offices")
        ],
    )
    lines += ["", "## Events", "", _EVENTS]
    coded = results["events"]
    levels = ("type", "loose", "who", "full")
    lines += _table(
        "F",
        [f"`{name}`" for name in coded],
        [(key, [f"{own[key]['f']:.3f}" if key in own else "-" for own in coded.values()]) for key in levels],
    )
    kinds = sorted({kind for own in coded.values() for kind in own["by_type"]})
    lines += _table(
        "recall of each type",
        [f"`{name}`, {key}" for name, own in coded.items() for key in levels if key in own and key != "full"],
        [
            (
                kind,
                [
                    f"{own['by_type'][kind][key] / own['by_type'][kind]['gold']:.2f}" if kind in own["by_type"] else "-"
                    for own in coded.values()
                    for key in levels
                    if key in own and key != "full"
                ],
            )
            for kind in kinds
        ],
    )
    lines += _table(
        "data", ["SHA-256"], [(name, [f"`{r['fingerprint'][:16]}…`"]) for name, r in sets.items() if "," not in name]
    )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure (unless told to use what is stored) and write."""
    if "--from-results" not in sys.argv:
        RESULTS.write_text(json.dumps(measure(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
