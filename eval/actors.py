"""Score the tables of actors on annotated articles: how often the country code and the sector of a mention come out right.

usage: python eval/actors.py [--set train|dev|gold] [--errors]

The actors and recipients of the events in UJAR_DATA/plover/articles_<set>.jsonl: text, fullest name, code, sector; the date
is the article's. ("gold" are the undated single sentences of gold_dev.jsonl, without fullest names.) Three ways, each told less than it could be told in use and never the answer:

  alone      the words of the mention only
  name       the words, and the fullest name of the same actor in the article
  article    as name; what other mentions of the same name say counts too, and bare roles ("polisi") are taken to be of the
             state that most of the article's mentions are of

A mention without a code in the annotation ("Barat") is right when it has none here. Unknown is better than wrong.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ujar.actors import resolve
from ujar.config import load_config

if TYPE_CHECKING:
    from ujar.records import Actor

Row = dict[str, Any]
WAYS = ("alone", "name", "article")


def articles(name: str) -> list[Row]:
    """The annotated articles of one set; SystemExit when they are not there."""
    file = "gold_dev.jsonl" if name == "gold" else f"articles_{name}.jsonl"
    path = Path(load_config().data) / "plover" / file
    if not path.is_file():
        raise SystemExit(f"no annotated actors in {path}; set UJAR_DATA (docs/how-it-works.md says what belongs there)")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def mentions(article: Row) -> list[Row]:
    """The actors and recipients of an article's events, one for each time they are annotated."""
    keys = ("actors", "recipients", "source", "target")
    return [
        {"name": actor["text"]} | actor for event in article["events"] for key in keys for actor in event.get(key, ())
    ]


def resolved(article: Row, way: str) -> list[Actor]:
    """What each mention of an article is resolved to."""
    day = date.fromisoformat(article["published"][:10]) if "published" in article else None
    found = mentions(article)
    if way == "alone":
        return [resolve(m["text"], day) for m in found]
    actors = [resolve(m["text"], day, name=m["name"]) for m in found]
    if way == "name":
        return actors
    codes = Counter(a.code for a in actors if a.code is not None and len(a.code) == 3)
    country = codes.most_common(1)[0][0] if codes else None
    actors = [resolve(m["text"], day, name=m["name"], country=country) for m in found]
    best: dict[str, Actor] = {}
    for mention, actor in zip(found, actors, strict=True):
        known = best.get(mention["name"])
        if actor.code is not None and (known is None or actor.confidence > known.confidence):
            best[mention["name"]] = actor
    return [a if a.code is not None else best.get(m["name"], a) for m, a in zip(found, actors, strict=True)]


def score(rows: list[Row], way: str) -> tuple[Counter[str], list[tuple[Row, Actor]]]:
    """Counts of right, wrong and unknown codes, of right codes with sectors, and the mentions that are not right."""
    counts: Counter[str] = Counter()
    off = []
    for article in rows:
        for mention, actor in zip(mentions(article), resolved(article, way), strict=True):
            counts["mentions"] += 1
            same = actor.code == mention["code"]
            counts["right" if same else "unknown" if actor.code is None else "wrong"] += 1
            counts["both"] += same and actor.sector == mention["sector"]
            if not same or actor.sector != mention["sector"]:
                off.append((mention, actor))
    return counts, off


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="train", choices=["train", "dev", "gold"])
    parser.add_argument(
        "--errors", action="store_true", help="print what is not right (never for a set kept for figures)"
    )
    args = parser.parse_args()
    rows = articles(args.set)
    resolve("Indonesia")  # the tables are loaded
    for way in WAYS:
        begin = time.perf_counter()
        counts, off = score(rows, way)
        n = counts["mentions"]
        print(
            f"{args.set} {way:<8} code right {counts['right'] / n:.3f}  wrong {counts['wrong'] / n:.3f}  "
            f"unknown {counts['unknown'] / n:.3f}  code and sector right {counts['both'] / n:.3f}  "
            f"({n} mentions, {1e6 * (time.perf_counter() - begin) / n:.0f} µs each)"
        )
    if args.errors:
        for mention, actor in off:
            print(
                mention["text"],
                mention["name"],
                mention["code"],
                mention["sector"],
                "→",
                actor.code,
                actor.sector,
                actor.rule,
            )


if __name__ == "__main__":
    main()
