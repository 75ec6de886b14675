"""A ledger of a million statements, made from the raw news: some articles are read, then varied.

Every copy of an article gets another address, day and outlet; in a third of its statements another speaker and other
names; a fifth of the words are exchanged for others of the same news, so that no two rows have the same text. One
statement in seven is another report of an earlier one, one article in a hundred supersedes an older reading. The same
seed gives the same ledger.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import article_of, raw_articles
from ujar.pipeline import analyze
from ujar.store import Ledger, open_ledger
from ujar.store.parts import write_part
from ujar.store.rows import Rows, rows_of
from ujar.store.schema import arrow_schema

SEED = 5
SKETCH = 128
FIRST_DAY, DAYS = date(2022, 1, 1), 1600
_EXCHANGED, _OTHER_SPEAKER, _REPORTS, _SUPERSEDING = 0.2, 0.33, 0.15, 0.01
_SPEAKER = ("speaker", "speaker_type", "role", "key", "country", "sector", "office")
_ABOUT = ("about", "about_countries")
_PARTIES = ("actors", "recipients", "actor_keys", "actor_countries", "recipient_keys", "recipient_countries")

Numbers = Any


def read_news(articles: int) -> list[Rows]:
    """The rows of so many articles of the raw news, evenly spread over it, as the reader finds them."""
    raw = list(raw_articles())
    step = max(1, len(raw) // articles)
    return [
        rows_of(
            analyze(article_of(row), events=True), engine="bench", supersedes=None, now=datetime(2025, 1, 1, tzinfo=UTC)
        )
        for row in raw[::step][:articles]
    ]


class Base:
    """The rows of the articles that were read, as Arrow tables, and where those of each article stand."""

    def __init__(self, rows: list[Rows]) -> None:
        self.articles = pa.Table.from_pylist([r.article for r in rows], schema=arrow_schema("articles"))
        self.statements = pa.Table.from_pylist(
            [s for r in rows for s in r.statements], schema=arrow_schema("statements")
        )
        self.events = pa.Table.from_pylist([e for r in rows for e in r.events], schema=arrow_schema("events"))
        self.counts = {
            "statements": np.array([len(r.statements) for r in rows]),
            "events": np.array([len(r.events) for r in rows]),
        }
        self.vocabulary = np.array([w for t in self.statements["words"].to_pylist() for w in t.split()], dtype=object)
        outlets = sorted({o for o in self.articles["outlet"].to_pylist() if o})
        self.outlets = np.array([*outlets, *(f"Harian Daerah {n}" for n in range(1, 31))], dtype=object)


def make(folder: Path, *, statements: int, parts: int, articles: int) -> Ledger:
    """A ledger of that many statements, kept in that many commits; what is there already is used again."""
    ledger = open_ledger(folder, create=True)
    if ledger.size()["statements"]:
        return ledger
    base = Base(read_news(articles))
    rng = np.random.default_rng(SEED)
    per_article = max(1e-9, float(base.counts["statements"].mean()))
    older: list[str] = []
    for number in range(parts):
        tables = _part(base, rng, number, round(statements / parts / per_article), older)
        write_part(folder, tables)
        older = tables["articles"]["reading"].to_pylist()
    # As ujar add does.
    ledger.tidy()
    return ledger


def _part(base: Base, rng: np.random.Generator, number: int, size: int, older: list[str]) -> dict[str, pa.Table]:
    chosen = rng.integers(0, base.articles.num_rows, size)
    reading = np.array([f"{n:016x}" for n in rng.integers(0, 1 << 63, size)], dtype=object)
    published = np.array([FIRST_DAY + timedelta(days=int(n)) for n in rng.integers(0, DAYS, size)], dtype=object)
    was = base.articles["published"].take(chosen).to_pylist()
    shift = [new - old if old else None for new, old in zip(published, was, strict=True)]
    weights = 1 / np.arange(1, len(base.outlets) + 1)
    outlet = rng.choice(base.outlets, size, p=weights / weights.sum())
    key = np.array(
        [f"{k}?{number}.{n}" for n, k in enumerate(base.articles["article"].take(chosen).to_pylist())], dtype=object
    )
    supersedes: list[str | None] = [None] * size
    for place, old in zip(
        rng.choice(size, int(size * _SUPERSEDING), replace=False),
        rng.permutation(np.array(older, dtype=object)),
        strict=False,
    ):
        supersedes[int(place)] = old
    articles = _with(
        base.articles.take(chosen),
        reading=reading,
        article=key,
        url=key,
        supersedes=supersedes,
        published=published,
        outlet=outlet,
        story=reading,
        # Texts that differ at their end: equal ones would be kept once by the files.
        text=[f"{t}\n{r}" for t, r in zip(base.articles["text"].take(chosen).to_pylist(), reading, strict=True)],
        sketch=list(rng.integers(0, 1 << 32, (size, SKETCH))),
    )
    tables = {"articles": articles}
    for name in ("statements", "events"):
        counts = base.counts[name]
        firsts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        owner = np.repeat(np.arange(size), counts[chosen])
        within = np.concatenate([np.arange(c) for c in counts[chosen]]) if size else np.array([], int)
        at = firsts[chosen][owner] + within
        source = getattr(base, name)
        table = source.take(at)
        mark = "e" if name == "events" else ""
        ids = [f"{reading[o]}.{mark}{n}" for o, n in zip(owner, within, strict=True)]
        days = [
            d + shift[o] if d and shift[o] is not None else published[o]
            for d, o in zip(table["day"].to_pylist(), owner, strict=True)
        ]
        words, sentence = _other_words(base, rng, table)
        changes: dict[str, Any] = {
            "id": ids,
            "reading": reading[owner],
            "article": key[owner],
            "outlet": outlet[owner],
            "published": published[owner],
            "day": days,
            "words": words,
            "sentence": sentence,
        }
        if name == "statements":
            changes["content"] = [w.strip() for w in words]
            changes["said"] = _reports(rng, ids)
        else:
            changes["happening"] = [
                f"{h}{d.toordinal():x}" for h, d in zip(table["happening"].to_pylist(), days, strict=True)
            ]
            changes["statement"] = None
        table = _with(table, **changes)
        for columns in (_SPEAKER, _ABOUT) if name == "statements" else (_PARTIES,):
            other = np.where(rng.random(len(at)) < _OTHER_SPEAKER, rng.integers(0, source.num_rows, len(at)), at)
            table = _with(table, **{c: source[c].take(other) for c in columns})
        tables[name] = table
    # As a merged part is: days together.
    return {
        n: t.take(pc.sort_indices(t, [("published" if n == "articles" else "day", "ascending")]))
        for n, t in tables.items()
    }


def _other_words(base: Base, rng: np.random.Generator, table: pa.Table) -> tuple[list[str], list[str]]:
    words, sentences = [], []
    for old, sentence in zip(table["words"].to_pylist(), table["sentence"].to_pylist(), strict=True):
        own = np.array(old.split(), dtype=object)
        places = rng.random(len(own)) < _EXCHANGED
        own[places] = rng.choice(base.vocabulary, int(places.sum()))
        new = " ".join(own)
        words.append(f" {new} ")
        sentences.append(new + sentence[len(new) :])
    return words, sentences


def _reports(rng: np.random.Generator, ids: list[str]) -> list[str]:
    earlier = rng.integers(0, np.maximum(1, np.arange(len(ids))))
    said = list(ids)
    for n in np.flatnonzero(rng.random(len(ids)) < _REPORTS):
        said[n] = said[earlier[n]]
    return said


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        at = table.schema.get_field_index(name)
        kind = table.schema.field(at).type
        if values is None:
            column: Any = pa.nulls(table.num_rows, kind)
        elif isinstance(values, (pa.Array, pa.ChunkedArray)):
            column = values
        else:
            column = pa.array(list(values), kind)
        table = table.set_column(at, table.schema.field(at), column)
    return table
