"""Train how far events are trusted: src/ujar/learned/models/weigh.npz.

usage: python training/event_weights.py [--out FILE] [--check] [--limit N]

Learns from what the package's coder makes of raw articles as they come, beside their annotation: those of
training/annotations/events_raw.jsonl from which training/event_parts.py does not learn.
An event is right when one of its type is annotated with the same codes of actors and
recipients (*who* of the data folder's plover/score_articles.py); what is annotated once makes one event right. --check prints,
for several thresholds, how many events are told and right, and how well the confidence holds, on articles that this net
did not learn from.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from articles import fold_of, left_out
from corpora import Row, annotated, article_of
from export import MODELS, save
from ujar.events.find import Reading, readings_of, told_of
from ujar.events.plover import SYMMETRIC
from ujar.events.weigh import probabilities
from ujar.forecast.distribution import calibration_error
from ujar.learned.weights import in_floats
from ujar.pipeline import read_statements
from ujar.write_events import event_row
from weigher import Weigher, arrays_of, train

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN, EPOCHS, RATE, DECAY, DROP = 4, 30, 3e-3, 0.3, 0.3
# Of which each article is in one; not five, by which those that the coder learned from are parted off.
PARTS = 7
_THRESHOLDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
Key = tuple[str, frozenset[str], frozenset[str]]


def key_of(row: Row) -> Key:
    """What an event is known by: its type and the codes of both sides, taken together where both do it."""
    who, whom = (frozenset(p["code"] for p in row[side] if p["code"]) for side in ("actors", "recipients"))
    return (row["type"], who | whom, frozenset()) if row["type"] in SYMMETRIC else (row["type"], who, whom)


def told_in(row: Row) -> list[Reading]:
    """The events that would be told of an annotated article, each once, the likeliest first."""
    parsed, statements = read_statements(article_of(row))
    return sorted(told_of(readings_of(parsed, statements)), key=lambda r: -r.event.confidence)


def right_of(row: Row, readings: list[Reading]) -> np.ndarray:
    """Which events have the type and the codes of an annotated one that none before them has."""
    left = Counter(key_of(event) for event in row["events"])
    out = np.zeros(len(readings), dtype=np.float32)
    for number, reading in enumerate(readings):
        key = key_of(event_row(reading.event))
        out[number] = left[key] > 0
        left[key] -= 1
    return out


def learned(readings: Sequence[list[Reading]], right: Sequence[np.ndarray]) -> Weigher:
    """A net that has learned which events are right."""
    features = np.stack([r.features for own in readings for r in own])
    return train(features, np.concatenate(right), hidden=HIDDEN, epochs=EPOCHS, rate=RATE, decay=DECAY, drop=DROP)


def check(rows: Sequence[Row], readings: list[list[Reading]], right: list[np.ndarray]) -> None:
    """Print how good the events are from several thresholds on, on articles that the net did not learn from."""
    parts = fold_of(rows, PARTS)
    sure, hit = [], []
    for part in range(PARTS):
        learn = [i for i, p in enumerate(parts) if p != part and readings[i]]
        own = [i for i, p in enumerate(parts) if p == part and readings[i]]
        if not learn or not own:
            continue
        arrays = in_floats(arrays_of(learned([readings[i] for i in learn], [right[i] for i in learn])))
        sure += [probabilities(np.stack([r.features for r in readings[i]]), arrays) for i in own]
        hit += [right[i] for i in own]
    confidence, correct = np.concatenate(sure), np.concatenate(hit)
    gold = sum(len(row["events"]) for row in rows)
    print(f"calibration error {calibration_error(confidence, correct > 0):.3f}")
    for least in _THRESHOLDS:
        told = correct[confidence >= least]
        print(
            f"from {least:.2f}: {len(told)} events, right {told.mean():.3f}, of those annotated {told.sum() / gold:.3f}"
        )


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODELS / "weigh.npz")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--limit", type=int, help="learn from the first N articles only")
    args = parser.parse_args()
    rows = [row for row in annotated("events_raw").values() if left_out(row)][: args.limit]
    readings = [told_in(row) for row in rows]
    if args.check and len(rows) < PARTS:
        parser.error(f"--check needs {PARTS} articles and more")
    if not any(readings):
        raise SystemExit("the coder finds no event in any article; train it for longer (training/events.py)")
    right = [right_of(row, own) for row, own in zip(rows, readings, strict=True)]
    if args.check:
        check(rows, readings, right)
    save(args.out, arrays_of(learned(readings, right)))
    print(f"{sum(map(len, readings))} events of {len(rows)} articles -> {args.out}")


if __name__ == "__main__":
    main()
