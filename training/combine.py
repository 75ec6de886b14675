"""Train how far rules and net are trusted: src/ujar/learned/models/combine.npz.

usage: python training/combine.py PROPOSALS [--out FILE] [--check]

PROPOSALS is the folder that ``training/statements.py --folds N`` filled: readers of N parts of the annotated articles. Each
part is read by the reader that did not learn from it, so that the net is weighed on articles that are new to it. The
rules were fitted on gold train; that they look better there than elsewhere is outweighed by the other articles, which they
never saw. A reading is right when its content overlaps an annotated one by at least 0.8. --check parts the articles
once more and prints how well the probabilities hold on articles that this net did not learn from.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from articles import Example, example, fold_of, learning_rows
from export import MODELS, save
from graphs import with_graphs
from scoring import OVERLAP, characters
from ujar.forecast.distribution import calibration_error
from ujar.learned.weights import read_arrays
from ujar.statements.combine import KEEP, Reading, choose, readings_of, weights_of
from ujar.statements.reader import Model, model_of, propose
from weigher import Weigher, arrays_of, chances, train

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN, EPOCHS, RATE, DECAY, DROP = 16, 40, 3e-3, 0.05, 0.1


def right_of(row: Example, readings: Sequence[Reading]) -> np.ndarray:
    """Which readings have the content of an annotated statement."""
    text = row.row["text"]
    golds = [characters(text, s["content"]) for s in row.row["statements"]]
    out = np.zeros(len(readings), dtype=np.float32)
    for number, reading in enumerate(readings):
        own = characters(text, reading.statement.contents)
        out[number] = any(own and len(own & g) / len(own | g) >= OVERLAP for g in golds)
    return out


def readings_by_part(rows: Sequence[Example], folds: Sequence[int], models: Sequence[Model]) -> list[list[Reading]]:
    """The readings of every article, proposals made by the reader that did not learn from it."""
    return [
        readings_of(e.parse, e.sequence, e.rules, propose(e.sequence, e.rules, models[fold]))
        for e, fold in zip(rows, folds, strict=True)
    ]


def learned(features: np.ndarray, right: np.ndarray) -> Weigher:
    """A net that has learned which readings are right."""
    return train(features, right, hidden=HIDDEN, epochs=EPOCHS, rate=RATE, decay=DECAY, drop=DROP)


def check(rows: Sequence[Example], readings: list[list[Reading]], right: list[np.ndarray]) -> None:
    """Print F1 and calibration on articles that the net did not learn from."""
    parts = fold_of([e.row for e in rows], 5)
    told: list[tuple[float, float]] = []
    gold = sum(len(e.row["statements"]) for e in rows)
    for part in range(5):
        learn = [i for i, p in enumerate(parts) if p != part and len(readings[i])]
        model = learned(
            np.stack([r.features for i in learn for r in readings[i]]), np.concatenate([right[i] for i in learn])
        )
        for i in (i for i, p in enumerate(parts) if p == part and len(readings[i])):
            sure = chances(model, np.stack([r.features for r in readings[i]]))
            told += [(float(sure[n]), float(right[i][n])) for n in choose(readings[i], weights_of(readings[i], sure))]
    sure, hit = np.array(told).T
    print(f"content right: P {hit.mean():.3f}  R {hit.sum() / gold:.3f}  F {2 * hit.sum() / (gold + len(hit)):.3f}")
    print(f"calibration error {calibration_error(sure, hit > 0):.3f}, kept from {KEEP}")


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proposals", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS / "combine.npz")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--limit", type=int, help="learn from the first N articles only")
    args = parser.parse_args()
    models = [model_of(with_graphs(read_arrays(path.read_bytes()))) for path in sorted(args.proposals.glob("*.npz"))]
    rows = [example(row) for row in learning_rows()[: args.limit]]
    readings = readings_by_part(rows, fold_of([e.row for e in rows], len(models)), models)
    right = [right_of(e, r) for e, r in zip(rows, readings, strict=True)]
    if args.check:
        check(rows, readings, right)
    features = np.stack([r.features for of_article in readings for r in of_article])
    save(args.out, arrays_of(learned(features, np.concatenate(right))))
    print(f"{len(features)} readings -> {args.out}")


if __name__ == "__main__":
    main()
