"""Is what is said to be 0.9 sure right nine times in ten? The reliability curve of the learned reader.

usage: python eval/calibration.py [dev|held ...] [--reader learned|rules]

A statement is right when it is attributed: its content overlaps an annotated one by at least 0.8, and its speaker is that
one's. The expected calibration error is the mean distance between confidence and share of right ones over ten bins of
confidence, weighted by how many statements each bin holds (Guo et al. 2017).
"""

from __future__ import annotations

import argparse
from typing import Any

from corpora import Row, load, predict
from scoring import OVERLAP, pair, same_speaker

BINS = 10


def reliability(golds: dict[str, Row], guesses: dict[str, Row]) -> dict[str, Any]:
    """The expected calibration error, and for each bin its statements, mean confidence and share of right ones."""
    told: list[tuple[float, bool]] = []
    for article_id, gold in golds.items():
        found = guesses[article_id]["statements"]
        right = {
            j
            for i, j, overlap in pair(gold["text"], gold["statements"], found)
            if overlap >= OVERLAP and same_speaker(gold["statements"][i]["speaker"], found[j]["speaker"])
        }
        told += [(row["confidence"], j in right) for j, row in enumerate(found)]
    bins = []
    for number in range(BINS):
        inside = [(c, r) for c, r in told if min(int(c * BINS), BINS - 1) == number]
        if inside:
            bins.append(
                {
                    "from": number / BINS,
                    "statements": len(inside),
                    "confidence": sum(c for c, _ in inside) / len(inside),
                    "right": sum(r for _, r in inside) / len(inside),
                }
            )
    error = sum(abs(b["confidence"] - b["right"]) * b["statements"] for b in bins) / max(1, len(told))
    return {"error": error, "bins": bins, "statements": len(told)}


def table(result: dict[str, Any]) -> list[str]:
    """The curve as the rows of a Markdown table."""
    lines = ["| said | statements | mean confidence | right |", "|---|---|---|---|"]
    lines += [
        f"| {b['from']:.1f} to {b['from'] + 1 / BINS:.1f} | {b['statements']} | {b['confidence']:.2f} | {b['right']:.2f} |"
        for b in result["bins"]
    ]
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["dev", "held"], metavar="SET")
    parser.add_argument("--reader", choices=["learned", "rules"], default="learned")
    args = parser.parse_args()
    for name in args.sets:
        golds = load(name)
        result = reliability(golds, predict(golds, args.reader))
        print(f"{name}: expected calibration error {result['error']:.3f} over {result['statements']} statements")
        print("\n".join(table(result)))


if __name__ == "__main__":
    main()
