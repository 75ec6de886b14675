"""All about an actor: what it said, to whom, about whom, and what goes on between it and others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.actors.forms import fold
from ujar.actors.lexicon import lexicon
from ujar.actors.resolve import resolve
from ujar.actors.show import lines
from ujar.store.conditions import Conditions
from ujar.store.filter import Filter
from ujar.store.query import events_query, rows_sql, statements_query
from ujar.store.rows import QUADS
from ujar.store.who import TOGETHER, on_side, who
from ujar.web.views.rows import asked_for, called, last_day, tuples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pyarrow as pa

    from ujar.store import Ledger
    from ujar.store.moment import Moment
    from ujar.store.query import Question
    from ujar.store.who import Who
    from ujar.web.views.rows import Row

# A page names so many counterparts.
_MOST = 12
# Kinds of actors have country codes, too (IGO, NGO …); so many more rows are looked at.
_KINDS = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """An actor and how often."""

    key: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What goes on between an actor and another: events counted once, by quad class as in ``QUADS``."""

    key: str
    name: str
    quads: tuple[int, ...]

    @property
    def conflict(self) -> int:
        """Verbal and material conflict."""
        return self.quads[2] + self.quads[3]

    @property
    def cooperation(self) -> int:
        """Verbal and material cooperation."""
        return self.quads[0] + self.quads[1]


@dataclass(frozen=True, slots=True)
class ActorView:
    """An actor's page.

    Attributes:
        key: as in the ledger.
        name: the name.
        known: what the tables have, a line each.
        number: statements in all.
        first: day of the first.
        last: day of the last.
        to: to whom, the most frequent first.
        about: about whom, the most frequent first.
        counterparts: events with others, those with the most events first.
        statements: a page of statements, the latest first.
        more: whether there is another page.
    """

    key: str
    name: str
    known: list[str]
    number: int
    first: date | None
    last: date | None
    to: list[Counted]
    about: list[Counted]
    counterparts: list[Counterpart]
    statements: list[Row] = field(default_factory=list)
    more: bool = False


def actor(
    ledger: Ledger,
    name: str,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int,
    offset: int,
) -> ActorView:
    """All about an actor. Raises UsageError when the name may mean several."""
    on = last_day(until)
    meant = who(name, on)
    key = meant.keys[0]
    days = {"since": since, "until": until}
    asked = statements_query(Filter.of({**days, "speaker": name, "sort": "-day"}))
    # One row more tells whether there is another page.
    page = Filter.of({"limit": limit + 1, "offset": offset})
    said, counterparts = ledger.at_once(
        lambda moment: moment.beside(
            lambda own: _said(own, asked, key, page), lambda own: _counterparts(own, meant, days)
        )
    )
    # Of a name that no table has: as the articles write it.
    bare = called(key, said.rows[0]["speaker"] if said.rows and key.startswith("name:") else name)
    return ActorView(
        key,
        bare,
        _known(key, bare, on),
        said.number,
        said.first,
        said.last,
        said.to,
        said.about,
        counterparts,
        said.rows,
        said.more,
    )


def deeds(ledger: Ledger, name: str, *, since: date | None = None, until: date | None = None, limit: int) -> pa.Table:
    """Events that an actor does or that are done to it, the latest first. Raises UsageError as above."""
    ids, values = [], list[object]()
    for side in ("actor", "recipient"):
        sql, given = asked_for("events", {"since": since, "until": until, side: name})
        ids.append(f"SELECT id FROM ({sql})")  # noqa: S608 - our names
        values += given
    return ledger.ask(
        f"SELECT * FROM events WHERE id IN ({' UNION '.join(ids)}) ORDER BY day DESC NULLS LAST, id LIMIT ?",  # noqa: S608
        [*values, limit],
    )


def candidates(name: str, until: date | None = None) -> list[Counted]:
    """Whom an ambiguous name may mean."""
    return [Counted(key, called(key), 0) for key in resolve(name, last_day(until)).candidates]


def _known(key: str, name: str, on: date | None) -> list[str]:
    if key.startswith("name:"):
        return []
    return [line.strip() for line in lines(name, on)[1:] if line.strip() and line.strip() != key]


class _Said(NamedTuple):
    """What an actor said; see ``ActorView``."""

    number: int
    first: date | None
    last: date | None
    to: list[Counted]
    about: list[Counted]
    rows: list[Row]
    more: bool


def _said(moment: Moment, asked: Question, key: str, page: Filter) -> _Said:
    """What an actor said: looked for once, then counted, and read in full only where it is shown."""
    columns = "id, day, addressee, addressee_key, addressee_country, about, about_countries"
    moment.note("spoken", asked.columns(columns), asked.values)
    ((number, first, last),) = tuples(moment, "SELECT count(*), min(day), max(day) FROM spoken", [])
    shown = f"SELECT in_file, in_row FROM spoken{asked.order} LIMIT ? OFFSET ?"  # noqa: S608 - our order
    places = tuples(moment, shown, [page.limit, page.offset])
    rows = moment.ask(rows_sql(asked.table, places, asked.order)).to_pylist() if places else []
    more = len(rows) == page.limit
    # A state is everybody who acts for it, here as in every search.
    keys = "unnest(list_distinct(list_concat({0}, list_transform({1}, lambda c: 'state:' || c)))) AS key"
    to = keys.format("[addressee_key]", "[addressee_country]")
    about = keys.format("about", "about_countries")
    return _Said(
        number,
        first,
        last,
        _most(
            moment,
            f"SELECT {to}, name, n FROM (SELECT addressee_key, addressee_country, min(addressee) AS name, count(*) AS n"  # noqa: S608 - our columns
            " FROM spoken GROUP BY addressee_key, addressee_country)",
            key,
        ),
        # Most of what is said is about nobody, or about the same few: these are counted before they are taken apart.
        _most(
            moment,
            f"SELECT {about}, NULL AS name, n FROM (SELECT about, about_countries, count(*) AS n FROM spoken GROUP BY ALL)",  # noqa: S608 - our columns
            key,
        ),
        rows[: len(rows) - more],
        more,
    )


def _most(moment: Moment, counted: str, own: str) -> list[Counted]:
    """The most frequent of some actors, given by SQL for key, name and number, but for the actor itself."""
    found = tuples(
        moment,
        f"SELECT key, min(name), sum(n)::BIGINT AS n FROM ({counted}) WHERE key IS NOT NULL AND key <> ?"  # noqa: S608 - ours
        " GROUP BY key ORDER BY n DESC, key LIMIT ?",
        [own, _MOST + _KINDS],
    )
    return [Counted(key, called(key, name), n) for key, name, n in found if _is_one(key)][:_MOST]


def _is_one(key: str) -> bool:
    """Whether a key is that of one actor: not of a kind of actors."""
    kind, _, code = key.partition(":")
    return kind != "state" or code in lexicon().states


def _counterparts(moment: Moment, meant: Who, days: dict[str, Any]) -> list[Counterpart]:
    """Events counted once, done by or to the actor, by who stands on the other side: as many as the page of the pair has."""
    _note_others(moment, meant, days)
    # A person is no counterpart of the state that it acts for, nor the other way round.
    own = tuples(
        moment,
        "SELECT DISTINCT 'state:' || p.country FROM (SELECT unnest(actors) AS p FROM dealings WHERE does)"
        " WHERE p.country IS NOT NULL AND list_contains(?, p.key)",
        [list(meant.keys)],
    )
    found = tuples(
        moment,
        f"SELECT key, min(name), {_BY_QUAD}, count(DISTINCT happening) AS n FROM"  # noqa: S608 - our names
        # A state is everybody who acts for it.
        " (SELECT happening, quad, key, name, country FROM others WHERE key IS NOT NULL UNION ALL"
        " SELECT happening, quad, 'state:' || country, name, country FROM others WHERE 'state:' || country <> coalesce(key, ''))"
        " WHERE NOT list_contains(?, key)"
        " GROUP BY key HAVING 2 * count(*) FILTER (country = ?) < count(*) ORDER BY n DESC, key LIMIT ?",
        [[*meant.keys, f"state:{meant.country}", *(key for (key,) in own)], meant.country, _MOST + _KINDS],
    )
    shown = [row for row in found if _is_one(row[0])][:_MOST]
    by_words = _by_words(moment, [key for key, *_ in shown if key.startswith("name:")])
    out = [Counterpart(key, called(key, written), by_words.get(key, tuple(quads))) for key, written, *quads, _ in shown]
    return sorted(out, key=lambda c: (-sum(c.quads), c.key))


_BY_QUAD = ", ".join(f"count(DISTINCT happening) FILTER (quad = '{q}')" for q in QUADS.values())


def _note_others(moment: Moment, meant: Who, days: dict[str, Any]) -> None:
    """Make the tables of the events that an actor takes part in, and of each party on the other side of those that happened."""
    does, suffers = Conditions(), Conditions()
    on_side(does, meant, "actor")
    on_side(suffers, meant, "recipient")
    every = events_query(Filter.of(days))
    columns = "happening, type, quad, status, actors, recipients, actor_keys, actor_countries, recipient_keys, recipient_countries"
    moment.note(
        "dealings",
        f"SELECT hash(happening) AS happening, quad, status = 'actual' AS actual, {TOGETHER} AS together, actors, recipients,"  # noqa: S608 - ours
        f" {does.all} AS does, {suffers.all} AS suffers FROM ({every.columns(columns)}) WHERE {does.all} OR {suffers.all}",
        [*does.values, *suffers.values, *every.values, *does.values, *suffers.values],
    )
    # With other actors only what they do together.
    sides = (("does", "recipients"), ("suffers", "actors"), ("does AND together", "actors"))
    parties = " UNION ALL ".join(
        f"SELECT happening, quad, unnest({others}) AS p FROM dealings WHERE actual AND {mine}"  # noqa: S608 - ours
        for mine, others in sides
    )
    columns = "happening, quad, p.key AS key, p.name AS name, p.country AS country"
    moment.note("others", f"SELECT {columns} FROM ({parties})")  # noqa: S608 - ours


def _by_words(moment: Moment, keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Counts by quad class of some whom no table has: found by the words of the name, as every search does."""
    if not keys:
        return {}
    names = [n for (n,) in tuples(moment, "SELECT DISTINCT name FROM others WHERE name IS NOT NULL", [])]
    of_name = [(name, set(fold(name).split())) for name in names]
    forms: list[tuple[str, str]] = []
    for key in keys:
        words = set(fold(key.removeprefix("name:")).split())
        forms += [(key, key), *((key, name) for name, own in of_name if words <= own)]
    found = tuples(
        moment,
        "WITH w AS MATERIALIZED (SELECT unnest(?::VARCHAR[]) AS whose, unnest(?::VARCHAR[]) AS form)"  # noqa: S608 - our names
        f" SELECT whose, {_BY_QUAD} FROM (SELECT happening, quad, key AS form FROM others UNION ALL"
        " SELECT happening, quad, name FROM others) JOIN w USING (form) GROUP BY whose",
        [[key for key, _ in forms], [form for _, form in forms]],
    )
    return {key: tuple(counts) for key, *counts in found}
