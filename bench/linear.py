"""Time of the reader against the length of the text: real articles joined, and texts made to hurt.

usage: python bench/linear.py [--largest CHARACTERS]

Prints milliseconds per 1,000 characters at each size, and for either reader how much more it takes per character for the
largest text it reads than for a quarter or a tenth of it: near 1 means linear.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from typing import TYPE_CHECKING

from corpora import raw_articles
from ujar.pipeline import analyze
from ujar.records import Article

if TYPE_CHECKING:
    from collections.abc import Callable

# The learned reader reads up to 40,000 characters, the rules alone what is longer.
SIZES = (1_000, 10_000, 40_000, 100_000, 1_000_000)
_CLAUSE = "Menteri Rina Wulandari mengatakan bahwa kota itu siap, kata Budi Santoso, Kamis (6/6/2024), "


def hostile() -> dict[str, Callable[[int], str]]:
    """Texts made to hurt, by name: size → text."""
    return {
        "quotation marks only": lambda n: '"' * n,
        "opening marks with a letter": lambda n: ' "a' * (n // 3),
        "one sentence without an end": lambda n: (_CLAUSE * (n // len(_CLAUSE) + 1))[:n],
        "no spaces": lambda n: "katanya" * (n // 7),
        "capitals": lambda n: ("RINA WULANDARI MENGATAKAN " * (n // 26 + 1))[:n],
        "capitalised words": lambda n: ("Rina Wulandari Bin " * (n // 19 + 1))[:n],
        "nested brackets": lambda n: "(" * (n // 2) + ")" * (n // 2),
        "commas": lambda n: "a, " * (n // 3),
        "dates": lambda n: "Kamis (6/6/2024), " * (n // 18),
        "cue on cue": lambda n: "kata dia mengatakan " * (n // 20),
        "lines": lambda n: "a\n" * (n // 2),
        "full stops": lambda n: "A." * (n // 2),
    }


def seconds(text: str) -> float:
    """Shortest of up to three runs on one text."""
    best = float("inf")
    for _ in range(3 if len(text) < 200_000 else 1):
        start = time.perf_counter()
        analyze(Article(id="x", text=text, published=date(2024, 6, 7)))
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    args = parser.parse_args()
    sizes = [s for s in SIZES if s <= args.largest]
    news = "\n".join(row["text"] for row, _ in zip(raw_articles(), range(800), strict=False))
    texts: dict[str, Callable[[int], str]] = {"real news, joined": lambda n: news[:n], **hostile()}
    print(f"{'ms per 1,000 characters':<30}" + "".join(f"{s:>12,}" for s in sizes) + f"{'learned':>9}{'rules':>7}")
    for name, make in texts.items():
        rates = {size: seconds(make(size)) * 1e6 / size for size in sizes}
        learned, rules = (
            f"{rates[large] / rates[small]:.2f}" if large in rates else "-"
            for small, large in ((10_000, 40_000), (100_000, 1_000_000))
        )
        print(f"{name:<30}" + "".join(f"{r:>12.3f}" for r in rates.values()) + f"{learned:>9}{rules:>7}", flush=True)


if __name__ == "__main__":
    main()
