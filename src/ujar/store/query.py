"""From what a user asks to SQL: conditions with parameters, nothing of the user's in the SQL itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ujar.errors import UsageError
from ujar.store.conditions import Conditions, one_of
from ujar.store.filter import MOST, Filter, search_terms
from ujar.store.who import between, in_bloc, in_column, in_list, on_side, who

if TYPE_CHECKING:
    from collections.abc import Iterable

# What rows may be sorted by; "-" in front turns the order.
SORTS = {
    "statements": ("day", "published", "confidence", "outlet", "speaker"),
    "events": ("day", "published", "confidence", "outlet", "type"),
}
# So many rows are few (see Question).
_FEW = 2_000
# The first of the rows that count as one, among those that fit.
_FIRST = {
    "statements": "row_number() OVER (PARTITION BY said ORDER BY day, id) = 1",
    "events": "row_number() OVER (PARTITION BY happening ORDER BY published, id) = 1",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question in SQL.

    Attributes:
        table: what it is put to: "statements" or "events".
        rest: what stands behind FROM and the table.
        values: the parameters.
        order: the last clause of ``rest`` before LIMIT.
        few: whether few rows are wanted: these are chosen by what is asked for, and only then read with all columns.
    """

    table: str
    rest: str
    values: list[object]
    order: str
    few: bool

    @property
    def sql(self) -> str:
        """For the rows with all columns."""
        return f"SELECT * FROM {self.table}{self.rest}"  # noqa: S608 - one of two names

    @property
    def number(self) -> tuple[str, list[object]]:
        """For the number of the rows, with its parameters; for a question without a limit."""
        return f"SELECT count(*) AS n FROM (SELECT id FROM {self.table}{self._unordered})", self.values  # noqa: S608 - as above

    def columns(self, names: str) -> str:
        """For some columns of the rows and their places (``in_file``, ``in_row``), in no order; for one without a limit."""
        return f"SELECT in_file, in_row, {names} FROM placed_{self.table}{self._unordered}"  # noqa: S608 - our names

    @property
    def _unordered(self) -> str:
        return self.rest.removesuffix(self.order)

    @property
    def places(self) -> str:
        """For the places of the rows, to be read by ``rows_sql``."""
        return f"SELECT in_file, in_row FROM placed_{self.table}{self.rest}"  # noqa: S608 - one of two names


def statements_query(asked: Filter) -> Question:
    """How statements are asked for."""
    _refuse(asked, "statements", "actor", "recipient", "pair", "type", "status")
    c = Conditions()
    on = _last_day(asked)
    if asked.speaker is not None:
        in_column(c, who(asked.speaker, on, members=asked.members), "key", "country", ("speaker", "role"))
    if asked.to is not None:
        in_column(c, who(asked.to, on, members=asked.members), "addressee_key", "addressee_country", ("addressee",))
    if asked.about is not None:
        about = who(asked.about, on, members=asked.members)
        in_list(c, about, "about", "about_countries", also=about.name)
    if asked.via is not None:
        c.add("contains(lower(array_to_string(via, chr(10))), ?)", asked.via.strip().lower())
    if asked.kind is not None:
        c.add("kind = ?", asked.kind)
    if asked.within is not None:
        in_bloc(c, asked.within, "country")
    _shared(c, asked)
    return _query("statements", c, asked)


def events_query(asked: Filter) -> Question:
    """How events are asked for."""
    _refuse(asked, "events", "speaker", "about", "to", "via", "kind")
    c = Conditions()
    on = _last_day(asked)
    for name, side in ((asked.actor, "actor"), (asked.recipient, "recipient")):
        if name is not None:
            on_side(c, who(name, on, members=asked.members), side)
    if asked.pair is not None:
        one, other = (who(name, on, members=asked.members) for name in asked.pair)
        one_of(c, between(one, other))
    if asked.type is not None:
        c.add("type = ?", asked.type)
    if asked.status is not None:
        c.add("status = ?", asked.status)
    if asked.within is not None:
        either = Conditions()
        in_bloc(either, asked.within, "actor_countries", several=True)
        in_bloc(either, asked.within, "recipient_countries", several=True)
        c.add(" OR ".join(either.parts), *either.values)
    _shared(c, asked)
    return _query("events", c, asked)


def _last_day(asked: Filter) -> date | None:
    return asked.until - timedelta(days=1) if asked.until and asked.until > date.min else None


def _refuse(asked: Filter, table: str, *names: str) -> None:
    for name in names:
        if getattr(asked, name) is not None:
            raise UsageError(
                "bad-filter", f"{table} cannot be asked by {name}", f"leave {name} out: {table} have no such part"
            )
    if asked.sort.removeprefix("-") not in SORTS[table]:
        raise UsageError(
            "bad-filter", f"{table} cannot be sorted by {asked.sort!r}", f"known are: {', '.join(SORTS[table])}"
        )


def _shared(c: Conditions, asked: Filter) -> None:
    if asked.outlet is not None:
        c.add("contains(lower(outlet), ?)", asked.outlet.strip().lower())
    if asked.since:
        c.add("day >= ?", asked.since)
    if asked.until:
        c.add("day < ?", asked.until)
    if asked.article is not None:
        c.add("article = ? OR reading = ?", asked.article, asked.article)
    if asked.confidence is not None:
        c.add("confidence >= ?::FLOAT", asked.confidence)
    for begin, pattern in search_terms(asked.words or ""):
        # What is sought plainly first is found far quicker.
        c.add(
            "contains(words, ?)" + (" AND regexp_matches(words, ?)" if pattern else ""),
            begin,
            *filter(None, (pattern,)),
        )


def _query(table: str, c: Conditions, asked: Filter) -> Question:
    turn = "DESC" if asked.sort.startswith("-") else "ASC"
    order = f" ORDER BY {asked.sort.removeprefix('-')} {turn} NULLS LAST, id"
    once = f" QUALIFY {_FIRST[table]}" if asked.once else ""
    if once and table == "statements" and not c.parts:
        # When all fit, the first of each is there, and says so itself.
        once = " WHERE said = id"
    rest = c.where + once + order
    values = list(c.values)
    if asked.limit is not None or asked.offset:
        rest += " LIMIT ? OFFSET ?"
        values += [MOST if asked.limit is None else asked.limit, asked.offset]
    return Question(table, rest, values, order, few=asked.limit is not None and asked.limit <= _FEW)


def rows_sql(table: str, places: Iterable[tuple[str, int]], order: str) -> str:
    """SQL for the rows that stand in some places (file, number of the row): it reads little else."""
    chosen = ", ".join(f"({quoted(file)}, {int(row)})" for file, row in places)
    return (
        f"SELECT * EXCLUDE (in_file, in_row) FROM placed_{table}"  # noqa: S608 - paths and numbers of ours
        f" JOIN (VALUES {chosen}) AS chosen (in_file, in_row) USING (in_file, in_row){order}"
    )


def quoted(text: str) -> str:
    """A text as SQL writes it; only for paths of the ledger."""
    return "'" + text.replace("'", "''") + "'"
