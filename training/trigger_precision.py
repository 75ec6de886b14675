"""Write src/ujar/events/precision.tsv: how often each row of the trigger table told of an event of its type.

usage: python training/trigger_precision.py [OUT.tsv]

On the annotated articles that the coder learns from (the written sentences were made for the rows, and say nothing): a row
that fires is right when an event of its type is annotated anywhere in the article. Shares are smoothed towards the mean with the weight of three
cases. The row ``*`` is the mean, which a row of the table has that fires nowhere.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import annotated_events, article_of
from ujar.events.triggers import find_triggers, rows
from ujar.parse import parse

if TYPE_CHECKING:
    from corpora import Row

WEIGHT = 3.0


def count(texts: list[Row]) -> tuple[Counter[str], Counter[str]]:
    """How often each row fires, and how often it is right."""
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in texts:
        parsed = parse(article_of(row))
        types = {event["type"] for event in row["events"]}
        for sentence in parsed.sentences:
            words = [w.lower for w in parsed.words if sentence.start <= w.start < sentence.end]
            for match in find_triggers(words):
                seen[match.row.form] += 1
                right[match.row.form] += match.row.type in types
    return seen, right


def main() -> None:
    """Count and write."""
    seen, right = count(list(annotated_events().values()))
    mean = sum(right.values()) / max(1, sum(seen.values()))
    default = Path(__file__).parents[1] / "src/ujar/events/precision.tsv"
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    with target.open("w", encoding="utf-8") as out:
        out.write(
            "# How often a row of triggers.tsv tells of an event of its type; made by training/trigger_precision.py.\n"
        )
        out.write("form\tright\tseen\n")
        out.write(f"*\t{mean:.3f}\t0\n")
        for form in sorted(seen):
            share = (right[form] + WEIGHT * mean) / (seen[form] + WEIGHT)
            out.write(f"{form}\t{share:.3f}\t{seen[form]}\n")
    print(f"{len(seen)} of {len(rows())} rows seen, right {mean:.3f} -> {target}")


if __name__ == "__main__":
    main()
