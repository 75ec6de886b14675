"""Copies of stories and reports of statements: precision and recall on pairs read by hand, and the time it takes.

usage: python bench/copies.py [--ledger FOLDER] [--json]

The pairs are in wire_pairs.tsv (two articles of the raw news: one story or a look-alike) and said_pairs.tsv (two contents
of one speaker, as offsets: the same words or others); how they were picked says docs/copies.md. The figures of "choosing"
flatter: the numbers in the code were chosen on them; those of "held-out" do not. With --ledger, a thousand raw articles
are also marked against that ledger, which stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import Row, article_of, raw_articles
from ujar.records import Analysis
from ujar.store import open_ledger
from ujar.store.copies import mark_stories
from ujar.store.reports import alike
from ujar.store.rows import Rows, folded, rows_of

if TYPE_CHECKING:
    from ujar.store.ledger import Ledger

_MARKED, _BATCH = 1000, 100


def rows_without_reading(article: Row) -> Rows:
    """A raw article as rows, without statements and events."""
    return rows_of(Analysis(article_of(article), ()), engine="bench", supersedes=None)


def one_story(one: Row, other: Row, empty: Ledger) -> bool:
    """Whether two raw articles come to be one story where a ledger has nothing else."""
    rows = [rows_without_reading(one), rows_without_reading(other)]
    mark_stories(rows, empty.ask)
    return bool(rows[0].article["story"] == rows[1].article["story"])


def content_of(article: Row, spans: str) -> str:
    """The words of a content that is given as offsets ("12-40 55-80")."""
    pieces = [tuple(map(int, span.split("-"))) for span in spans.split()]
    return folded(" … ".join(article["text"][start:end] for start, end in pieces))


def pairs(name: str) -> list[Row]:
    """The rows of a file of pairs."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def measured(found: list[tuple[bool, bool]]) -> dict[str, Any]:
    """Precision and recall of some answers: (whether it was found, whether it is so)."""
    right = sum(f and so for f, so in found)
    claimed, there = sum(f for f, _ in found), sum(so for _, so in found)
    return {
        "alike": there,
        "look-alikes": len(found) - there,
        "found": claimed,
        "right": right,
        "precision": round(right / claimed, 3) if claimed else None,
        "recall": round(right / there, 3) if there else None,
    }


def timed(ledger: Ledger, articles: list[Row]) -> dict[str, Any]:
    """How long it takes to mark raw articles as copies of what a ledger holds, and of each other, by the hundred."""
    rows = [rows_without_reading(a) for a in articles]
    ledger.size()
    start = time.perf_counter()
    longest = 0.0
    for at in range(0, len(rows), _BATCH):
        before = time.perf_counter()
        mark_stories(rows[at : at + _BATCH], ledger.ask)
        longest = max(longest, time.perf_counter() - before)
    seconds = time.perf_counter() - start
    return {
        "articles": len(rows),
        "against": ledger.size()["articles"],
        "seconds": round(seconds, 2),
        f"longest of {_BATCH}": round(longest, 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ledger", help="mark a thousand articles against the ledger in this folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    raw = {row["id"]: row for row in raw_articles()}
    answers: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as aside:
        empty = open_ledger(Path(aside) / "ledger", create=True)
        for pair in pairs("wire_pairs.tsv"):
            answers[f"stories, {pair['set']}"].append(
                (one_story(raw[pair["one"]], raw[pair["other"]], empty), pair["copy"] == "yes")
            )
    for pair in pairs("said_pairs.tsv"):
        contents = [content_of(raw[pair[side]], pair[f"{side}_content"]) for side in ("one", "other")]
        answers[f"statements, {pair['set']}"].append((alike(*contents), pair["same"] == "yes"))
    results = {name: measured(found) for name, found in answers.items()}
    if options.ledger:
        days = list(raw.values())
        results["time"] = timed(open_ledger(options.ledger), days[:: len(days) // _MARKED][:_MARKED])
    if options.json:
        print(json.dumps(results))
        return
    for name, figures in results.items():
        print(f"{name:22} " + "  ".join(f"{k} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
