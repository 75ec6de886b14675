"""All about an actor: what it said, to whom, about whom, and what goes on between it and others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ujar.actors.forms import fold
from ujar.actors.lexicon import lexicon
from ujar.actors.resolve import resolve
from ujar.actors.show import lines
from ujar.store.query import TOGETHER, who
from ujar.store.rows import QUADS
from ujar.web.views.rows import asked_for, called, last_day, listed, tuples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pyarrow as pa

    from ujar.store import Ledger
    from ujar.store.moment import Moment
    from ujar.store.query import Who
    from ujar.web.views.rows import Row

# A page names so many counterparts.
_MOST = 12
# Kinds of actors have country codes, too (IGO, NGO …); so many more rows are looked at.
_KINDS = 10
# A state is everybody who acts for it, here as in every search.
_ALL_KEYS = "unnest(list_distinct(list_concat({keys}, list_transform({countries}, lambda c: 'state:' || c))))"
_PARTY_KEYS = _ALL_KEYS.format(keys="[p.key]", countries="[p.country]")


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
    said = {**days, "speaker": name, "sort": "-day"}
    rows, more = listed(ledger, "statements", {**said, "limit": limit, "offset": offset})
    sql, values = asked_for("statements", said)
    ((count, first, last),) = tuples(ledger, f"SELECT count(*), min(day), max(day) FROM ({sql})", values)  # noqa: S608
    # Of a name that no table has: as the articles write it.
    bare = called(key, rows[0]["speaker"] if rows and key.startswith("name:") else name)
    addressee = _ALL_KEYS.format(keys="[addressee_key]", countries="[addressee_country]")
    about = _ALL_KEYS.format(keys="about", countries="about_countries")
    return ActorView(
        key,
        bare,
        _known(key, bare, on),
        count,
        first,
        last,
        _counted(ledger, f"{addressee} AS key, addressee AS name", sql, values, key),
        _counted(ledger, f"{about} AS key, NULL AS name", sql, values, key),
        _counterparts(ledger, name, meant, days),
        rows,
        more,
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


def _counted(ledger: Ledger, what: str, sql: str, values: Sequence[object], own: str) -> list[Counted]:
    found = tuples(
        ledger,
        f"SELECT key, min(name), count(*) AS n FROM (SELECT {what} FROM ({sql})) WHERE key IS NOT NULL AND key <> ?"  # noqa: S608 - our columns
        " GROUP BY key ORDER BY n DESC, key LIMIT ?",
        [*values, own, _MOST + _KINDS],
    )
    return [Counted(key, called(key, name), n) for key, name, n in found if _is_one(key)][:_MOST]


def _is_one(key: str) -> bool:
    """Whether a key is that of one actor: not of a kind of actors."""
    kind, _, code = key.partition(":")
    return kind != "state" or code in lexicon().states


def _counterparts(ledger: Ledger, name: str, meant: Who, days: dict[str, Any]) -> list[Counterpart]:
    """Events counted once, done by or to the actor, by who stands on the other side: as many as the page of the pair has."""
    others, values = _other_side(name, days)
    mine, given = asked_for("events", {**days, "actor": name})

    def look(moment: Moment) -> list[Counterpart]:
        moment.note("dealings", others, values)
        # A person is no counterpart of the state that it acts for, nor the other way round.
        own = tuples(
            moment,
            f"SELECT DISTINCT 'state:' || p.country FROM (SELECT unnest(actors) AS p FROM ({mine}))"  # noqa: S608 - ours
            " WHERE p.country IS NOT NULL AND list_contains(?, p.key)",
            [*given, list(meant.keys)],
        )
        found = tuples(
            moment,
            f"SELECT key, min(name), {_BY_QUAD}, count(DISTINCT happening) AS n FROM"  # noqa: S608 - our names
            f" (SELECT happening, quad, {_PARTY_KEYS} AS key, p.name AS name, p.country AS country FROM dealings)"
            " WHERE key IS NOT NULL AND NOT list_contains(?, key)"
            " GROUP BY key HAVING 2 * count(*) FILTER (country = ?) < count(*) ORDER BY n DESC, key LIMIT ?",
            [[*meant.keys, f"state:{meant.country}", *(key for (key,) in own)], meant.country, _MOST + _KINDS],
        )
        names = [n for (n,) in tuples(moment, "SELECT DISTINCT p.name FROM dealings WHERE p.name IS NOT NULL", [])]
        out = []
        for key, written, *quads, _ in [row for row in found if _is_one(row[0])][:_MOST]:
            counts = _written_so(moment, key, names) if key.startswith("name:") else quads
            out.append(Counterpart(key, called(key, written), tuple(counts)))
        return sorted(out, key=lambda c: (-sum(c.quads), c.key))

    return ledger.at_once(look)


_BY_QUAD = ", ".join(f"count(DISTINCT happening) FILTER (quad = '{q}')" for q in QUADS.values())


def _other_side(name: str, days: dict[str, Any]) -> tuple[str, list[object]]:
    """Events that an actor takes part in, with each party on the other side: happening, quad class, p."""
    sides, values = [], list[object]()
    for side, opposite in (("actor", "recipients"), ("recipient", "actors"), ("actor", "actors")):
        sql, given = asked_for("events", {**days, side: name, "status": "actual"})
        # With other actors only what they do together.
        only = f" WHERE {TOGETHER}" if side + "s" == opposite else ""
        sides.append(f"SELECT happening, quad, unnest({opposite}) AS p FROM ({sql}){only}")  # noqa: S608 - our columns
        values += given
    return " UNION ALL ".join(sides), values


def _written_so(moment: Moment, key: str, names: Sequence[str]) -> tuple[int, ...]:
    """Counts by quad class of somebody whom no table has: found by the words of the name, as every search does."""
    words = set(fold(key.removeprefix("name:")).split())
    those = [name for name in names if words <= set(fold(name).split())]
    sql = f"SELECT {_BY_QUAD} FROM dealings WHERE p.key = ? OR list_contains(?::VARCHAR[], p.name)"  # noqa: S608 - ours
    (counts,) = tuples(moment, sql, [key, those])
    return counts
