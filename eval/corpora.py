"""The annotated articles and what the reader makes of them; shared by every script of this folder."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ujar.config import load_config
from ujar.pipeline import analyze
from ujar.records import Article
from ujar.write import as_row

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
SETS = ("train", "dev", "seed")


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


def load(name: str) -> dict[str, Row]:
    """The annotated articles of one set by id."""
    with gold_file(name).open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, filter(str.strip, lines))}


def fingerprint(name: str) -> str:
    """SHA-256 of a set's file: figures are comparable only on the same data."""
    return hashlib.sha256(gold_file(name).read_bytes()).hexdigest()


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


def predict(golds: dict[str, Row]) -> dict[str, Row]:
    """What the reader finds in the articles, by id."""
    return {key: as_row(analyze(article_of(row))) for key, row in golds.items()}


def raw_articles(limit: int | None = None) -> Iterator[Row]:
    """The raw news articles, in file order."""
    import gzip

    with gzip.open(data_folder() / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            yield json.loads(line)
