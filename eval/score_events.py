"""Score the events: sentences and whole articles of the data folder's plover/, by its own scorers' definitions.

usage: python eval/score_events.py [sentences] [train] [dev] [held] [--json]

sentences: plover/gold_dev.jsonl (type, who); train, dev: plover/articles_*.jsonl, held: articles of the project's own that
nothing was learned from (loose, who, full). The scorers of the data folder
are imported and run as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.machinery
import json
import types
from typing import TYPE_CHECKING, Any

from corpora import ANNOTATIONS, Row, annotated, article_of, data_folder
from ujar.pipeline import analyze
from ujar.write_events import event_row

if TYPE_CHECKING:
    from ujar.records import Event

FILES = {"sentences": "gold_dev.jsonl", "train": "articles_train.jsonl", "dev": "articles_dev.jsonl"}
# "held" is the project's own: raw articles annotated for it and never learned from.
SETS = (*FILES, "held")


def load_events(name: str) -> dict[str, Row]:
    """The annotated texts of one set by id."""
    if name == "held":
        return annotated("events_held")
    with (data_folder() / "plover" / FILES[name]).open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, filter(str.strip, lines))}


def scorer(name: str) -> types.ModuleType:
    """A scorer of the data folder as a module."""
    path = str(data_folder() / "plover" / f"{name}.py")
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = types.ModuleType(name)
    loader.exec_module(module)
    return module


def predict_events(golds: dict[str, Row]) -> dict[str, tuple[Event, ...]]:
    """The events that ujar finds in some texts."""
    return {key: analyze(article_of(row), events=True).events for key, row in golds.items()}


def prf(hit: int, gold: int, guess: int) -> dict[str, float]:
    """Precision, recall and F1."""
    p, r = hit / guess if guess else 0.0, hit / gold if gold else 0.0
    return {"p": p, "r": r, "f": 2 * p * r / (p + r) if p + r else 0.0}


def rows_of(found: dict[str, tuple[Event, ...]]) -> dict[str, list[Row]]:
    """Events as the scorers take them."""
    return {key: [event_row(e) for e in events] for key, events in found.items()}


def article_figures(golds: dict[str, Row], found: dict[str, list[Row]]) -> dict[str, Any]:
    """Loose, who and full over articles, and the recall of each type; as plover/score_articles.py counts."""
    pair = scorer("score_articles").pair
    levels: dict[str, int] = {"loose": 0, "who": 0, "full": 0}
    kinds: dict[str, dict[str, int]] = {}
    gold = guess = 0
    for key, row in golds.items():
        rows = found.get(key, [])
        gold, guess = gold + len(row["events"]), guess + len(rows)
        pairs = pair(row["events"], rows)
        for number, event in enumerate(row["events"]):
            level = pairs.get(number, (0, None))[0]
            own = kinds.setdefault(event["type"], {"gold": 0, "loose": 0, "who": 0, "full": 0})
            own["gold"] += 1
            for at, name in enumerate(levels, start=1):
                levels[name] += level >= at
                own[name] += level >= at
    return {
        "texts": len(golds), "gold": gold, "found": guess,
        **{name: prf(hit, gold, guess) for name, hit in levels.items()}, "by_type": dict(sorted(kinds.items())),
    }  # fmt: skip


def sentence_figures(golds: dict[str, Row], found: dict[str, list[Row]]) -> dict[str, Any]:
    """Type and who over sentences, and the recall of each type; as plover/score.py counts."""
    who = scorer("score").who
    counts = dict.fromkeys(("gold", "type", "who", "guess", "type_right", "who_right"), 0)
    kinds: dict[str, dict[str, int]] = {}
    for key, row in golds.items():
        rows = found.get(key, [])
        for event in (e for e in row["events"] if not e.get("extra")):
            same = [p for p in rows if p["type"] == event["type"]]
            full = any(who(event, p) for p in same)
            own = kinds.setdefault(event["type"], {"gold": 0, "type": 0, "who": 0})
            for name, hit in (("gold", True), ("type", bool(same)), ("who", full)):
                counts[name] += hit
                own[name] += hit
        counts["guess"] += len(rows)
        counts["type_right"] += sum(any(p["type"] == e["type"] for e in row["events"]) for p in rows)
        counts["who_right"] += sum(any(p["type"] == e["type"] and who(e, p) for e in row["events"]) for p in rows)
    out: dict[str, Any] = {"texts": len(golds), "gold": counts["gold"], "found": counts["guess"]}
    for name in ("type", "who"):
        p = counts[f"{name}_right"] / max(1, counts["guess"])
        r = counts[name] / max(1, counts["gold"])
        out[name] = {"p": p, "r": r, "f": 2 * p * r / (p + r) if p + r else 0.0}
    return out | {"by_type": dict(sorted(kinds.items()))}


def measure(name: str) -> dict[str, Any]:
    """The figures of one set."""
    golds = load_events(name)
    found = rows_of(predict_events(golds))
    return (sentence_figures if name == "sentences" else article_figures)(golds, found)


def fingerprint(name: str) -> str:
    """SHA-256 of a set's file."""
    path = ANNOTATIONS / "events_held.jsonl" if name == "held" else data_folder() / "plover" / FILES[name]
    return hashlib.sha256(path.read_bytes()).hexdigest()


def summary(name: str, figures: dict[str, Any]) -> str:
    """The figures to read."""
    lines = [f"{name}: {figures['texts']} texts, {figures['gold']} events annotated, {figures['found']} found"]
    lines += [
        f"  {key:<6} P {figures[key]['p']:.3f}  R {figures[key]['r']:.3f}  F {figures[key]['f']:.3f}"
        for key in ("type", "loose", "who", "full")
        if key in figures
    ]
    for kind, own in figures["by_type"].items():
        shares = "  ".join(f"{key} {own[key] / own['gold']:.2f}" for key in own if key != "gold")
        lines.append(f"    {kind:<10} {own['gold']:>3}  {shares}")
    return "\n".join(lines)


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["sentences", "dev"], help="of " + ", ".join(SETS))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    out = {}
    for name in args.sets:
        out[name] = measure(name)
        if not args.json:
            print(summary(name, out[name]))
    if args.json:
        print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
