"""Fail when the reader is worse than it was: floors for every figure, on data that has not changed.

usage: python eval/gate.py [--update [--allow-regression]]

``floors.json`` holds the fingerprint of each set and the figures that were reached. A figure may fall short of its
floor by BAND before the gate fails. ``--update`` writes the figures of now as floors, and refuses to lower one unless
``--allow-regression`` is given too.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mentions
import score_events
from corpora import SETS, fingerprint, load, predict
from scoring import Figures, score

if TYPE_CHECKING:
    from ujar.records import Reader

# What stands behind a set's name, for each reader.
READERS: dict[str, Reader] = {"": "learned", ", rules alone": "rules"}
FLOORS = Path(__file__).with_name("floors.json")
BAND = 0.005


def pinned(figures: Figures) -> dict[str, float]:
    """The figures that are held: F of every part, shares of the matches, recall per kind."""
    out = {key: figures[key]["f"] for key in ("strict", "lenient", "attributed", "addressee", "time", "date", "via")}
    out |= {key: figures[key] for key in ("speaker_accuracy", "kind_accuracy", "cue_accuracy", "source_accuracy")}
    out |= {f"{kind}_strict_recall": r["strict"] for kind, r in figures["recall_by_kind"].items()}
    out |= {f"{kind}_attributed_recall": r["attributed"] for kind, r in figures["recall_by_kind"].items()}
    return {key: round(value, 4) for key, value in out.items()}


def compare(floors: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is wrong: changed data, figures below their floor by more than the band, sets that are missing."""
    faults = []
    for name, floor in floors.items():
        if name not in now:
            faults.append(f"{name}: not scored")
            continue
        if floor["fingerprint"] != now[name]["fingerprint"]:
            faults.append(f"{name}: the data is not that of the floors; figures cannot be compared")
            continue
        faults += [
            f"{name} {key}: {now[name]['figures'].get(key, 0.0):.4f} is below its floor {value:.4f}"
            for key, value in floor["figures"].items()
            if now[name]["figures"].get(key, 0.0) < value - BAND
        ]
    return faults


def main() -> int:
    """Score all sets, compare or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    args = parser.parse_args()
    now: dict[str, dict[str, Any]] = {}
    for name in SETS:
        golds = load(name)
        for label, reader in READERS.items():
            figures = pinned(score(golds, predict(golds, reader))[0])
            now[f"{name}{label}"] = {"fingerprint": fingerprint(name), "figures": figures}
    tagger = mentions.measure()
    now["names"] = {
        "fingerprint": fingerprint("dev"),
        "figures": {"nergrit": round(tagger["nergrit"]["f"], 4)}
        | {
            f"{name} {kind}": round(tagger[name][kind], 4)
            for name in ("dev", "held")
            for kind in ("persons", "offices")
        },
    }
    for name in ("sentences", "dev", "held"):
        coded = score_events.measure(name)
        now[f"events, {name}"] = {
            "fingerprint": score_events.fingerprint(name),
            "figures": {key: round(coded[key]["f"], 4) for key in ("type", "loose", "who", "full") if key in coded}
            | (
                {f"{kind} found": round(own["type"] / own["gold"], 4) for kind, own in coded["by_type"].items()}
                if name == "sentences"
                else {}
            ),
        }
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    faults = compare(floors, now)
    if args.update:
        lowered = [f for f in faults if "below its floor" in f]
        if lowered and not args.allow_regression:
            print("\n".join(["the gate refuses to lower a floor:", *lowered]))
            return 1
        FLOORS.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"floors written: {FLOORS.name}")
        return 0
    for fault in faults:
        print(fault)
    if not faults:
        shown = ", ".join(f"{name} {now[name]['figures']['attributed']:.3f}" for name in SETS)
        print(f"gate passed; attributed F: {shown}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
