"""Pages of statements and events, what the ledger holds in all, and how actors are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ujar.store.filter import Filter
from ujar.store.query import events_query, statements_query
from ujar.watch.names import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.store import Ledger
    from ujar.store.moment import Moment

Row = dict[str, Any]


def asked_for(table: str, filters: dict[str, Any]) -> tuple[str, list[object]]:
    """A question to put another one around; only columns that the outer one names are read."""
    asked = Filter.of(filters)
    question = statements_query(asked) if table == "statements" else events_query(asked)
    return question.sql, question.values


def last_day(until: date | None) -> date | None:
    """The last day that is asked for: on it a name is read, here as in every search."""
    return until - timedelta(days=1) if until and until > date.min else None


def tuples(ledger: Ledger | Moment, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of an answer."""
    return [tuple(row.values()) for row in ledger.ask(sql, values).to_pylist()]


def listed(ledger: Ledger, table: str, filters: dict[str, Any]) -> tuple[list[Row], bool]:
    """A page of statements or events, and whether there is another."""
    limit = filters["limit"]
    # One row more tells whether there is another page.
    asked = {**filters, "limit": limit + 1}
    rows = (ledger.statements(**asked) if table == "statements" else ledger.events(**asked)).to_pylist()
    return rows[:limit], len(rows) > limit


def number(ledger: Ledger, table: str, filters: dict[str, Any]) -> int:
    """How many statements or events fit, on all pages."""
    sql, values = asked_for(table, {**filters, "limit": None, "offset": 0})
    return int(ledger.ask(f"SELECT count(*) AS n FROM ({sql})", values)["n"][0].as_py())  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Overview:
    """What the ledger holds: numbers of rows, and the days of its articles."""

    articles: int
    statements: int
    events: int
    first: date | None
    last: date | None


def overview(ledger: Ledger) -> Overview:
    """What the ledger holds."""
    size = ledger.size()
    ((first, last),) = tuples(ledger, "SELECT min(published), max(published) FROM articles", [])
    return Overview(size["articles"], size["statements"], size["events"], first, last)


def called(key: str | None, name: str | None = None) -> str:
    """How an actor is called: by the tables when they know the key, else by the name given, which may be a key, too."""
    plain = None if name is None or name == key else name
    return name_of(key, plain) if key else plain or "?"
