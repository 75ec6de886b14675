"""From what a user asks to SQL: conditions with parameters, nothing of the user's in the SQL itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from ujar.actors import resolve
from ujar.actors.forms import fold
from ujar.actors.terms import spells
from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.records import EventStatus, StatementKind
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

# What rows may be sorted by; "-" in front turns the order.
SORTS = ("day", "published", "confidence", "outlet", "speaker", "type")
MOST = 1_000_000
# Endings that a word has besides itself: "rudalnya" is found by "rudal".
_CLITICS = ("", "nya", "lah", "kah", "pun", "ku", "mu")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of statements or events; what is None is not asked.

    Names of actors are read as ``ujar actors show`` reads them, on ``until`` or today: a state means everybody who acts
    for it, a person or body itself, a bloc itself and with ``members`` its members on the day; what the tables do not
    know is looked for in the names as the articles write them. Alpha-3 codes ("RUS") are states.

    Attributes:
        words: words the content (of an event: its sentence) must have, all of them; "…" for words in a row.
        speaker: who says it. (Statements.)
        about: who or what the content names. (Statements.)
        to: to whom it is said. (Statements.)
        via: through whom. (Statements.)
        kind: direct, indirect or mixed. (Statements.)
        actor: who does it. (Events.)
        recipient: to whom. (Events.)
        pair: two actors, one doing something to the other, either way. (Events.)
        type: PLOVER type. (Events.)
        status: actual, historical, planned, conditional, demanded or denied. (Events.)
        outlet: the newspaper.
        since: first day.
        until: the day after the last.
        within: a bloc to which the speaker, or the actor or recipient, belongs on the day.
        members: what is said or done by or to a member counts for a bloc that is asked for.
        article: of this article only, by its address, id or reading.
        confidence: at least so sure.
        once: other reports of the same statement or event left out.
        sort: one of SORTS, with "-" from the last to the first.
        limit: at most so many rows.
        offset: so many rows are passed over.
    """

    words: str | None = None
    speaker: str | None = None
    about: str | None = None
    to: str | None = None
    via: str | None = None
    kind: str | None = None
    actor: str | None = None
    recipient: str | None = None
    pair: tuple[str, str] | None = None
    type: str | None = None
    status: str | None = None
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    within: str | None = None
    members: bool = False
    article: str | None = None
    confidence: float | None = None
    once: bool = False
    sort: str = "day"
    limit: int | None = None
    offset: int = 0

    @classmethod
    def of(cls, what: Mapping[str, Any]) -> Filter:
        """The filter of some keyword arguments; raises UsageError for one that makes no sense."""
        unknown = set(what) - {f.name for f in fields(cls)}
        if unknown:
            raise UsageError(
                "bad-filter", f"nothing can be asked by {sorted(unknown)[0]!r}", f"known are: {', '.join(f.name for f in fields(cls))}"
            )
        out = cls(**what)
        _one_of("kind", out.kind, get_args(StatementKind))
        _one_of("status", out.status, get_args(EventStatus))
        _one_of("type", out.type, tuple(TYPES))
        _one_of("sort", out.sort.removeprefix("-"), SORTS)
        for name in ("limit", "offset"):
            value = getattr(out, name)
            if value is not None and not 0 <= value <= MOST:
                raise UsageError("bad-filter", f"{name} {value} is out of range", f"give a number from 0 to {MOST}")
        if out.since and out.until and out.since >= out.until:
            raise UsageError("bad-filter", f"no day is from {out.since} up to, not including, {out.until}", "swap them")
        return out


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError("bad-filter", f"{value!r} is no {name}", f"known are: {', '.join(known)}")


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
    """

    name: str
    keys: tuple[str, ...]
    country: str | None = None
    spells: tuple[tuple[str, date, date], ...] = ()


def who(name: str, on: date | None, *, members: bool = False) -> Who:
    """How to look for an actor that the user names; raises UsageError when it may be several."""
    from ujar.actors.lexicon import lexicon

    bare = name.strip()
    if not fold(bare):
        raise UsageError("bad-filter", "an actor needs a name", None)
    if ":" in bare and bare.split(":")[0] in ("state", "person", "body", "group", "name"):
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
        return Who(bare, (key,), country=own)
    if kind == "name":
        return Who(bare, (key,))
    terms = spells(key) if members else ()
    return Who(bare, (key, f"name:{fold(bare)}"), spells=terms)


def statements_query(asked: Filter) -> tuple[str, list[object]]:
    """SQL and parameters for statements."""
    _refuse(asked, "statements", "actor", "recipient", "pair", "type", "status")
    c = Conditions()
    on = asked.until
    if asked.speaker:
        _single(c, who(asked.speaker, on, members=asked.members), "key", "country", ("speaker", "role"))
    if asked.to:
        _single(c, who(asked.to, on, members=asked.members), "addressee_key", "addressee_country", ("addressee",))
    if asked.about:
        about = who(asked.about, on, members=asked.members)
        _several(c, about, "about", "about_countries", also=about.name)
    if asked.via:
        c.add("list_bool_or(list_transform(via, lambda v: contains(lower(v), ?)))", asked.via.lower())
    if asked.kind:
        c.add("kind = ?", asked.kind)
    if asked.within:
        _within(c, asked.within, "country")
    _shared(c, asked)
    if asked.once:
        c.add("said = id")
    return _query("statements", c, asked)


def events_query(asked: Filter) -> tuple[str, list[object]]:
    """SQL and parameters for events."""
    _refuse(asked, "events", "speaker", "about", "to", "via", "kind")
    c = Conditions()
    on = asked.until
    for name, side in ((asked.actor, "actor"), (asked.recipient, "recipient")):
        if name:
            _side(c, who(name, on, members=asked.members), side)
    if asked.pair:
        one, other = (who(name, on, members=asked.members) for name in asked.pair)
        ways = []
        values: list[object] = []
        for a, b in ((one, other), (other, one)):
            way = Conditions()
            _side(way, a, "actor")
            _side(way, b, "recipient")
            ways.append(" AND ".join(way.parts))
            values += way.values
        c.add(" OR ".join(f"({w})" for w in ways), *values)
    if asked.type:
        c.add("type = ?", asked.type)
    if asked.status:
        c.add("status = ?", asked.status)
    if asked.within:
        either = Conditions()
        _within(either, asked.within, "actor_countries", several=True)
        _within(either, asked.within, "recipient_countries", several=True)
        c.add(" OR ".join(either.parts), *either.values)
    _shared(c, asked)
    sql, values = _query("events", c, asked)
    if asked.once:
        rest = " FROM events" + c.where
        sql = sql.replace(rest, f"{rest} QUALIFY row_number() OVER (PARTITION BY happening ORDER BY published, id) = 1")
    return sql, values


def _refuse(asked: Filter, table: str, *names: str) -> None:
    for name in names:
        if getattr(asked, name) is not None:
            raise UsageError("bad-filter", f"{table} cannot be asked by {name}", None)


def _single(c: Conditions, actor: Who, key: str, country: str, forms: tuple[str, ...]) -> None:
    """A column of one actor."""
    sql, values = [f"{key} IN ({_marks(actor.keys)})"], list[object](actor.keys)
    if actor.country:
        sql.append(f"{country} = ?")
        values.append(actor.country)
    elif actor.keys[0].startswith("name:"):
        words = fold(actor.name).split()
        for form in forms:
            sql.append(" AND ".join(f"contains(lower({form}), ?)" for _ in words))
            values += words
    if actor.spells:
        sql.append(_in_spells(country))
        values += _spell_values(actor.spells)
    c.add(" OR ".join(f"({s})" for s in sql), *values)


def _several(c: Conditions, actor: Who, keys: str, countries: str, *, also: str | None = None) -> None:
    """A column of several actors; ``also``: or these words in the content."""
    sql, values = [f"list_has_any({keys}, ?::VARCHAR[])"], list[object]([list(actor.keys)])
    if actor.country:
        sql.append(f"list_contains({countries}, ?)")
        values.append(actor.country)
    if actor.spells:
        sql.append(f"list_bool_or(list_transform({countries}, lambda code: {_in_spells('code')}))")
        values += _spell_values(actor.spells)
    if also and actor.keys[0].startswith("name:"):
        sql.append("contains(words, ?)")
        values.append(folded(also))
    c.add(" OR ".join(f"({s})" for s in sql), *values)


def _side(c: Conditions, actor: Who, side: str) -> None:
    inner = Conditions()
    _several(inner, actor, f"{side}_keys", f"{side}_countries")
    sql, values = inner.parts[0], inner.values
    if actor.keys[0].startswith("name:"):
        words = fold(actor.name).split()
        match = " AND ".join("contains(lower(p.name), ?)" for _ in words)
        sql += f" OR list_bool_or(list_transform({side}s, lambda p: {match}))"
        values = [*values, *words]
    c.add(sql, *values)


def _within(c: Conditions, bloc: str, column: str, *, several: bool = False) -> None:
    terms = spells(bloc)
    if not terms:
        raise UsageError("unknown-bloc", f"the tables know no bloc {bloc!r} with members", "look it up with: ujar actors show NAME")
    inside = _in_spells("code" if several else column)
    c.add(f"list_bool_or(list_transform({column}, lambda code: {inside}))" if several else inside, *_spell_values(terms))


def _in_spells(column: str) -> str:
    # Spells come as lists, so that the SQL has the same few marks for every bloc.
    return (
        f"list_bool_or(list_transform(list_zip(?::VARCHAR[], ?::DATE[], ?::DATE[]),"
        f" lambda s: s[1] = {column} AND s[2] <= day AND day < s[3]))"
    )


def _spell_values(terms: tuple[tuple[str, date, date], ...]) -> list[object]:
    return [[t[0] for t in terms], [t[1] for t in terms], [t[2] for t in terms]]


def _shared(c: Conditions, asked: Filter) -> None:
    if asked.outlet:
        c.add("contains(lower(outlet), ?)", asked.outlet.lower())
    if asked.since:
        c.add("day >= ?", asked.since)
    if asked.until:
        c.add("day < ?", asked.until)
    if asked.article:
        c.add("article = ? OR reading = ?", asked.article, asked.article)
    if asked.confidence is not None:
        c.add("confidence >= ?", asked.confidence)
    for words in search_terms(asked.words or ""):
        c.add(" OR ".join("contains(words, ?)" for _ in words), *words)


def search_terms(words: str) -> list[tuple[str, ...]]:
    """What is looked for in ``words``: for each word or "…" the forms of which one must be there.

    A word is found with the clitics of Indonesian ("rudal" finds "rudalnya"), with * at its end as the begin of a word.
    """
    out: list[tuple[str, ...]] = []
    for number, piece in enumerate(words.split('"')):
        if number % 2:
            if folded(piece).strip():
                out.append((folded(piece),))
            continue
        for word in piece.split():
            bare = folded(word).rstrip()
            if bare.strip():
                out.append((bare,) if word.endswith("*") else tuple(f"{bare}{c} " for c in _CLITICS))
    return out


def _query(table: str, c: Conditions, asked: Filter) -> tuple[str, list[object]]:
    turn = "DESC" if asked.sort.startswith("-") else "ASC"
    sql = f"SELECT * FROM {table}{c.where} ORDER BY {asked.sort.removeprefix('-')} {turn} NULLS LAST, id"  # noqa: S608 - a name of SORTS
    values = list(c.values)
    if asked.limit is not None:
        sql += " LIMIT ?"
        values.append(asked.limit)
    if asked.offset:
        sql += " OFFSET ?"
        values.append(asked.offset)
    return sql, values


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in values)
