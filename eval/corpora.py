"""The annotated articles and what the reader makes of them; shared by every script of this folder."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ujar.config import load_config
from ujar.pipeline import analyze
from ujar.records import Article, Reader
from ujar.write import as_row

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
# "held" is the project's own: 40 raw articles annotated for it and never trained on or read for errors.
SETS = ("train", "dev", "seed", "held")
ANNOTATIONS = Path(__file__).parents[1] / "training" / "annotations"


def data_folder() -> Path:
    """The folder of the evaluation data, from the setting ``data`` (UJAR_DATA); SystemExit when it is not there."""
    folder = Path(load_config().data)
    if not (folder / "gold").is_dir():
        raise SystemExit(
            f"no evaluation data in {folder}; set UJAR_DATA (docs/how-it-works.md says what belongs there)"
        )
    return folder


def gold_file(name: str) -> Path:
    """The file of one annotated set."""
    return data_folder() / "gold" / f"{name}.jsonl"


def annotated(name: str) -> dict[str, Row]:
    """The project's own annotations NAME (offsets, in training/annotations) joined with the raw articles they are of."""
    with (ANNOTATIONS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        notes = {row["id"]: row for row in map(json.loads, filter(str.strip, lines))}
    return {row["id"]: row | notes[row["id"]] for row in raw_articles() if row["id"] in notes}


def annotated_events() -> dict[str, Row]:
    """Articles annotated with events to learn from: the data folder's plover/articles_train.jsonl and the project's own."""
    with (data_folder() / "plover" / "articles_train.jsonl").open(encoding="utf-8") as lines:
        given = {row["id"]: placed(row) for row in map(json.loads, filter(str.strip, lines))}
    return given | annotated("events")


def placed(row: Row) -> Row:
    """A row whose events hold words, with their offsets instead: a trigger where its parties stand, each party nearest to it."""
    events = []
    for event in row["events"]:
        parties = [*event["actors"], *event["recipients"]]
        spots = _occurrences(row["text"], event["trigger"])
        if not spots:
            continue
        best = min(spots, key=lambda s: (sum(_gap(row["text"], p["text"], s) for p in parties), s))
        out = {**event, "trigger": best}
        for side in ("actors", "recipients"):
            out[side] = [
                {"span": span, "name": p.get("name") or p["text"], "code": p["code"], "sector": p["sector"]}
                for p in event[side]
                if (span := _nearest(row["text"], p["text"], best)) is not None
            ]
        for part in ("condition", "place"):
            out[part] = _nearest(row["text"], event[part], best) if event.get(part) else None
        events.append(out)
    return {**row, "events": events}


def _occurrences(text: str, words: str) -> list[list[int]]:
    """Where words stand in a text as words of their own; where they do not, wherever they stand."""
    found = [m.span() for m in re.finditer(re.escape(words), text)]
    whole = [
        (a, b)
        for a, b in found
        if not (a and text[a - 1].isalnum() and text[a].isalnum())
        and not (b < len(text) and text[b].isalnum() and text[b - 1].isalnum())
    ]
    return [list(span) for span in whole or found]


def _nearest(text: str, words: str, trigger: list[int]) -> list[int] | None:
    spots = _occurrences(text, words)
    return min(spots, key=lambda s: (_distance(text, s, trigger), s)) if spots else None


def _gap(text: str, words: str, trigger: list[int]) -> int:
    return min((_distance(text, s, trigger) for s in _occurrences(text, words)), default=0)


def _distance(text: str, one: list[int], other: list[int]) -> int:
    """Characters between two spans; the end of a sentence counts as far, that of a paragraph as farther."""
    low, high = min(one[1], other[1]), max(one[0], other[0])
    between = text[low:high] if low < high else ""
    return len(between) + 200 * between.count(". ") + 1000 * between.count("\n")


def load(name: str) -> dict[str, Row]:
    """The annotated articles of one set by id."""
    if name == "held":
        return annotated("held")
    with gold_file(name).open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, filter(str.strip, lines))}


def fingerprint(name: str) -> str:
    """SHA-256 of a set's file: figures are comparable only on the same data."""
    path = ANNOTATIONS / "held.jsonl" if name == "held" else gold_file(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def article_of(row: Row) -> Article:
    """A row of a corpus as the article that the reader gets: nothing of the annotation."""
    published = row.get("published")
    try:
        day = date.fromisoformat(published[:10]) if published else None
    except ValueError:
        day = None
    return Article(
        id=str(row["id"]), text=row["text"], title=row.get("title"), published=day, outlet=row.get("publisher")
    )


def predict(golds: dict[str, Row], reader: Reader = "learned") -> dict[str, Row]:
    """What the reader finds in the articles, by id."""
    return {key: as_row(analyze(article_of(row), reader=reader)) for key, row in golds.items()}


def raw_articles(limit: int | None = None) -> Iterator[Row]:
    """The raw news articles, in file order."""
    import gzip

    with gzip.open(data_folder() / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            yield json.loads(line)
