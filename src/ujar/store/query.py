"""From what a user asks to SQL: conditions with parameters, nothing of the user's in the SQL itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ujar.actors import resolve
from ujar.actors.forms import fold
from ujar.actors.terms import spells
from ujar.errors import UsageError
from ujar.events.plover import SYMMETRIC
from ujar.store.filter import MOST, Filter, search_terms
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "TOGETHER",
    "Conditions",
    "Filter",
    "Question",
    "Who",
    "between",
    "bloc_terms",
    "events_query",
    "in_column",
    "in_list",
    "on_side",
    "one_of",
    "pair_of",
    "quoted",
    "rows_sql",
    "statements_query",
    "who",
]

# What rows may be sorted by; "-" in front turns the order.
SORTS = {
    "statements": ("day", "published", "confidence", "outlet", "speaker"),
    "events": ("day", "published", "confidence", "outlet", "type"),
}
# So many rows are few (see Question).
_FEW = 2_000
_KEY_KINDS = ("state", "person", "body", "group", "name")
# Of these types all sides are actors.
TOGETHER = f"type IN ({', '.join(repr(t) for t in sorted(SYMMETRIC))})"
# The first of the rows that count as one, among those that fit.
_FIRST = {
    "statements": "row_number() OVER (PARTITION BY said ORDER BY day, id) = 1",
    "events": "row_number() OVER (PARTITION BY happening ORDER BY published, id) = 1",
}


class Conditions:
    """Conditions of a question, each with its parameters; all must hold."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def add(self, sql: str, *values: object) -> None:
        """One more condition."""
        self.parts.append(f"({sql})")
        self.values += values

    @property
    def all(self) -> str:
        """That all of them hold, as one condition."""
        return " AND ".join(self.parts) or "true"

    @property
    def where(self) -> str:
        """The WHERE clause, or nothing."""
        return f" WHERE {' AND '.join(self.parts)}" if self.parts else ""


@dataclass(frozen=True, slots=True)
class Who:
    """How an actor is looked for.

    Attributes:
        name: as the user wrote it.
        keys: keys that are this actor.
        country: code of the state whose actors are all meant.
        spells: memberships, when members count for the bloc.
        enough: whether who has one of the keys has the country too, so that it is enough to look for that.
    """

    name: str
    keys: tuple[str, ...]
    country: str | None = None
    spells: tuple[tuple[str, date, date], ...] = ()
    enough: bool = False


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


def who(name: str, on: date | None, *, members: bool = False) -> Who:
    """How to look for an actor that the user names; raises UsageError when it may be several."""
    from ujar.actors.lexicon import lexicon

    bare = name.strip()
    if not fold(bare) or not any(c.isalnum() for c in bare):
        raise UsageError("bad-filter", f"{name!r} is no name of an actor", "give a name, or leave it out")
    if ":" in bare and bare.split(":")[0] in _KEY_KINDS:
        key = bare
    elif bare in lexicon().states:
        key = f"state:{bare}"
    else:
        actor = resolve(bare, on)
        if actor.rule == "ambiguous" and actor.id is None and len(actor.candidates) > 1:
            raise UsageError(
                "ambiguous-actor", f"{bare!r} may be several: {', '.join(actor.candidates)}", "give one of these"
            )
        key = actor.id or f"name:{fold(bare)}"
        if actor.id is None and actor.code and actor.sector is None and actor.rule in ("state", "adjective"):
            key = f"state:{actor.code}"
    kind, _, own = key.partition(":")
    if kind == "state":
        row = lexicon().states.get(own)
        return Who(bare, (key,), country=own, enough=row is not None and not row["folds"])
    if kind == "name":
        return Who(bare, (key,))
    terms = spells(key) if members else ()
    return Who(bare, (key, f"name:{fold(bare)}"), spells=terms)


def pair_of(text: str) -> tuple[str, str]:
    """The two names of "AS:Iran"; keys ("state:USA:state:IRN") have a colon of their own. Raises UsageError for others."""
    pieces = text.split(":")
    cut = 2 if pieces[0].strip() in _KEY_KINDS else 1
    one, other = ":".join(pieces[:cut]).strip(), ":".join(pieces[cut:]).strip()
    if not one or not other:
        raise UsageError("bad-filter", f"{text!r} is no pair", "write two actors with a colon between: AS:Iran")
    return one, other


def bloc_terms(bloc: str) -> Sequence[tuple[str, date, date]]:
    """The memberships in a bloc: country, first day, day after the last. Raises UsageError when it has none."""
    terms = spells(bloc)
    if not terms:
        raise UsageError(
            "unknown-bloc", f"the tables know no bloc {bloc!r} with members", "look it up with: ujar actors show NAME"
        )
    return terms


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
        _within(c, asked.within, "country")
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
        _within(either, asked.within, "actor_countries", several=True)
        _within(either, asked.within, "recipient_countries", several=True)
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


def between(one: Who, other: Who) -> tuple[Conditions, Conditions, Conditions]:
    """What the one does to the other, the other to the one, and what both do together ("A dan B bertemu")."""
    forth, back, both = Conditions(), Conditions(), Conditions()
    for c, a, b, side in (
        (forth, one, other, "recipient"),
        (back, other, one, "recipient"),
        (both, one, other, "actor"),
    ):
        on_side(c, a, "actor")
        on_side(c, b, side)
    both.add(TOGETHER)
    return forth, back, both


def one_of(c: Conditions, ways: Sequence[Conditions]) -> None:
    """Add that one of some groups of conditions holds."""
    c.add(" OR ".join(f"({way.all})" for way in ways), *(value for way in ways for value in way.values))


def in_column(
    c: Conditions, actor: Who, key: str, country: str, forms: Sequence[str], *, names: str | None = None
) -> None:
    """Add that an actor stands in the columns of one actor.

    Args:
        c: what it is added to.
        actor: who is looked for.
        key: column of its key.
        country: column of its country.
        forms: columns of statements with its name, where an actor that the tables do not know is looked for.
        names: where these names are found in events instead.
    """
    ways = Conditions()
    if not actor.enough:
        ways.add(f"{key} IN ({_marks(actor.keys)})", *actor.keys)
    if actor.country:
        ways.add(f"{country} = ?", actor.country)
    elif actor.keys[0].startswith("name:"):
        for form in forms:
            named = _named(actor.name, names or form, "events" if names else "statements")
            ways.add(f"{form} IN ({named.parts[0]})", *named.values)
    _in_spells(ways, actor.spells, country)
    c.add(" OR ".join(ways.parts), *ways.values)


def in_list(c: Conditions, actor: Who, keys: str, countries: str, *, also: str | None = None) -> None:
    """Add that an actor stands in the columns of several actors; ``also``: or these words in the content."""
    ways = Conditions()
    if not actor.enough:
        ways.add(_has_one(keys, len(actor.keys)), *actor.keys)
    if actor.country:
        ways.add(f"list_contains({countries}, ?)", actor.country)
    _in_spells(ways, actor.spells, countries, several=True)
    if also and actor.keys[0].startswith("name:"):
        ways.add("contains(words, ?)", folded(also))
    c.add(" OR ".join(ways.parts), *ways.values)


def on_side(c: Conditions, actor: Who, side: str) -> None:
    """Add that an actor is among the actors (``side`` "actor") or recipients ("recipient") of an event."""
    ways = Conditions()
    in_list(ways, actor, f"{side}_keys", f"{side}_countries")
    if actor.keys[0].startswith("name:"):
        named = _named(actor.name, f"unnest({side}s).name", "events")
        names = f"SELECT list(name) FROM ({named.parts[0]})"  # noqa: S608 - a column
        ways.add(f"list_has_any(list_transform({side}s, lambda p: p.name), ({names}))", *named.values)
    c.add(" OR ".join(ways.parts), *ways.values)


def _has_one(column: str, many: int) -> str:
    """That one of so many values stands in a list: twice as quick as list_has_any."""
    if many == 1:
        return f"list_contains({column}, ?)"
    return f"len(list_filter({column}, lambda v: v IN ({', '.join('?' * many)}))) > 0"


def _named(name: str, column: str, table: str) -> Conditions:
    """The names in the articles that have all words of the one that is asked for, whole, with accents or without."""
    c = Conditions()
    plain = "' ' || translate(lower(strip_accents(name)), $$-–/,()\"“”:;.'’`ʼ‘$$, repeat(' ', 11)) || ' '"
    for word in fold(name.removeprefix("name:")).split():
        c.add(f"contains({plain}, ?)", f" {word} ")
    # Names are few beside rows: each is looked at once. Without the limit the engine would look at each row.
    names = f"(SELECT DISTINCT {column} AS name FROM {table} LIMIT 1000000000)"  # noqa: S608 - as above
    c.parts = [f"SELECT name FROM {names}{c.where}"]  # noqa: S608 - as above
    return c


def _within(c: Conditions, bloc: str, column: str, *, several: bool = False) -> None:
    terms = bloc_terms(bloc)
    ways = Conditions()
    _in_spells(ways, terms, column, several=several)
    c.add(" OR ".join(ways.parts), *ways.values)


def _in_spells(
    ways: Conditions, terms: Sequence[tuple[str, date, date]], column: str, *, several: bool = False
) -> None:
    """Add that a country (of ``several``, one of them) was a member on the day of the row; one condition a period."""
    by_period: dict[tuple[date, date], list[str]] = {}
    for code, start, end in terms:
        by_period.setdefault((start, end), []).append(code)
    periods = Conditions()
    for (start, end), codes in by_period.items():
        one = _has_one(column, len(codes)) if several else f"{column} IN ({', '.join('?' * len(codes))})"
        periods.add(f"{one} AND day >= ? AND day < ?", *codes, start, end)
    if several and len(by_period) > 1:
        # Few rows name any of them: only these are held against one period after the other.
        every = tuple(dict.fromkeys(code for code, _, _ in terms))
        ways.add(f"{_has_one(column, len(every))} AND ({' OR '.join(periods.parts)})", *every, *periods.values)
        return
    ways.parts += periods.parts
    ways.values += periods.values


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


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in values)
