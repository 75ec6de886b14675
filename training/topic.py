"""Train what tells political articles from others: src/ujar/learned/models/topic.npz.

usage: python training/topic.py NEWS.jsonl.gz [--out FILE] [--limit N] [--check]

Learns from the annotated articles, which have events or none, and from raw news whose address says sport, entertainment,
health and the like (``SECTIONS``), taken as having none. A ridge logistic regression, fitted by Newton's method, over the mean
state of an article in the package's encoder. --check prints what is lost and passed over in articles not learned from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from pathlib import Path

import numpy as np

from articles import fold_of
from corpora import Row, annotated_events, article_of
from export import MODELS, save
from ujar.events.topic import POLITICAL
from ujar.parse import parse

SECTIONS = re.compile(
    r"/(bola|sepak-?bola|sport|olahraga|sports|otomotif|oto|hot|celeb|seleb|selebriti|hiburan|entertainment|lifestyle"
    r"|gaya-hidup|health|kesehatan|travel|wisata|food|kuliner|inet|tekno|teknologi|gadget|horoskop|zodiak|resep|fashion"
    r"|beauty|film|musik|showbiz|movie)[/.]",
    re.IGNORECASE,
)
OTHERS, RIDGE, STEPS = 500, 100.0, 25


def others(news: Path, number: int) -> list[Row]:
    """Raw articles of sections without politics, drawn at random."""
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row.get("url") and SECTIONS.search(row["url"])]
    rows = [row for row in rows if 100 <= len(row["text"].split()) <= 700]
    return random.Random(5).sample(rows, min(number, len(rows)))


def mean_state(row: Row) -> np.ndarray:
    """The mean state of an article after the lower blocks of the encoder."""
    encoded = parse(article_of(row), mentions=True).encoded
    if encoded is None or not len(encoded.lower):
        raise ValueError(f"{row['id']} cannot be encoded")
    return np.asarray(encoded.lower.mean(0), dtype=np.float64)


def fitted(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a ridge logistic regression; the ridge is on standardised columns."""
    middle, spread = x.mean(0), x.std(0) + 1e-9
    z = np.hstack([(x - middle) / spread, np.ones((len(x), 1))])
    weights = np.zeros(z.shape[1])
    ridge = np.full(z.shape[1], RIDGE)
    ridge[-1] = 0
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-z @ weights))
        slope = z.T @ (y - chance) - ridge * weights
        curve = (z * (chance * (1 - chance))[:, None]).T @ z + np.diag(ridge + 1e-9)
        weights += np.linalg.solve(curve, slope)
    own = weights[:-1] / spread
    return own, float(weights[-1] - own @ middle)


def check(x: np.ndarray, y: np.ndarray, folds: np.ndarray, annotated: np.ndarray) -> None:
    """Print how the articles of each part fare with weights from the others."""
    told = np.zeros(len(y))
    for fold in range(3):
        weights, bias = fitted(x[folds != fold], y[folds != fold])
        told[folds == fold] = 1 / (1 + np.exp(-(x[folds == fold] @ weights + bias)))
    out = told < POLITICAL
    print(
        f"passed over: {out[y == 1].mean():.3f} of {int((y == 1).sum())} with events,"
        f" {out[annotated & (y == 0)].mean():.3f} of {int((annotated & (y == 0)).sum())} annotated without,"
        f" {out[~annotated].mean():.3f} of {int((~annotated).sum())} of other sections"
    )


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS / "topic.npz")
    parser.add_argument("--limit", type=int, help="learn from the first N articles of each kind only")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rows = list(annotated_events().values())[: args.limit]
    rest = others(args.news, args.limit or OTHERS)
    x = np.stack([mean_state(row) for row in [*rows, *rest]])
    y = np.array([bool(row["events"]) for row in rows] + [False] * len(rest), dtype=np.float64)
    if args.check:
        check(x, y, np.array(fold_of([*rows, *rest], 3)), np.arange(len(y)) < len(rows))
    weights, bias = fitted(x, y)
    save(args.out, {"weight": weights.astype(np.float32), "bias": np.array([bias], dtype=np.float32)})
    print(f"{len(rows)} annotated articles, {len(rest)} of other sections -> {args.out}")


if __name__ == "__main__":
    main()
