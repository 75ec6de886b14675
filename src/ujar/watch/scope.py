"""What is watched, as conditions of SQL: with parameters, nothing of the user's in the SQL itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ujar.actors.forms import fold
from ujar.actors.terms import spells
from ujar.errors import UsageError
from ujar.events.plover import SYMMETRIC
from ujar.store.query import Who, who
from ujar.watch.names import name_of
from ujar.watch.report import Question

if TYPE_CHECKING:
    from datetime import date

_KEY_KINDS = ("state", "person", "body", "group", "name")
MUTUAL = f"type IN ({', '.join(repr(t) for t in sorted(SYMMETRIC))})"


class Sql(NamedTuple):
    """A condition and the values of its parameters."""

    text: str
    values: tuple[object, ...] = ()


ALWAYS = Sql("true")
# The day on which an event was told, in place of that on which it is to happen or has happened.
TOLD = "published"


def any_of(*parts: Sql) -> Sql:
    """One of the conditions holds."""
    return _joined(" OR ", parts)


def all_of(*parts: Sql) -> Sql:
    """All of the conditions hold."""
    return _joined(" AND ", parts)


def _joined(word: str, parts: tuple[Sql, ...]) -> Sql:
    return Sql(word.join(f"({p.text})" for p in parts), tuple(v for p in parts for v in p.values))


class _Column(NamedTuple):
    """Where an actor stands in a row: its key, its country, where its words are; lists where there may be several."""

    key: str
    country: str
    forms: tuple[str, ...]
    several: bool = False


_SPEAKER = _Column("key", "country", ("speaker", "role"))
_ADDRESSEE = _Column("addressee_key", "addressee_country", ("addressee",))
_ABOUT = _Column("about", "about_countries", (), several=True)
_ACTORS = _Column("actor_keys", "actor_countries", (), several=True)
_RECIPIENTS = _Column("recipient_keys", "recipient_countries", (), several=True)
_A = _Column("a.key", "a.country", ("a.key",))
_R = _Column("r.key", "r.country", ("r.key",))


@dataclass(frozen=True, slots=True)
class Scope:
    """The question, with the actors in it as the ledger knows them.

    Attributes:
        question: the question.
        actors: none, one, or the two of a pair.
    """

    question: Question
    actors: tuple[Who, ...] = ()

    def statements(self, since: date, until: date) -> Sql:
        """Rows of ``statements`` from one day up to another that are watched."""
        days = Sql("day >= ? AND day < ?", (since, until))
        if not self.actors:
            return days
        if len(self.actors) == 1:
            one = self.actors[0]
            # Half of the news names some member of a large bloc: of a bloc, only what its members say or are told.
            columns = (_SPEAKER, _ADDRESSEE) if one.spells else (_SPEAKER, _ADDRESSEE, _ABOUT)
            return all_of(days, any_of(*(_is(one, c, since, until) for c in columns)))
        one, other = self.actors
        ways = [
            all_of(
                _is(a, _SPEAKER, since, until),
                any_of(_is(b, _ADDRESSEE, since, until), _is(b, _ABOUT, since, until)),
            )
            for a, b in ((one, other), (other, one))
        ]
        return all_of(days, any_of(*ways, all_of(_is(one, _ABOUT, since, until), _is(other, _ABOUT, since, until))))

    def events(self, since: date, until: date, clock: str = "day") -> Sql:
        """Rows of ``events`` from one day up to another that are watched; ``clock``: by which day."""
        days = Sql(f"{clock} >= ? AND {clock} < ?", (since, until))
        if not self.actors:
            return days
        if len(self.actors) == 1:
            one = self.actors[0]
            return all_of(days, any_of(_is(one, _ACTORS, since, until), _is(one, _RECIPIENTS, since, until)))
        one, other = self.actors
        ways = [
            all_of(_is(a, _ACTORS, since, until), _is(b, _RECIPIENTS, since, until))
            for a, b in ((one, other), (other, one))
        ]
        # Of meetings and agreements all sides are actors.
        both = all_of(Sql(MUTUAL), _is(one, _ACTORS, since, until), _is(other, _ACTORS, since, until))
        return all_of(days, any_of(*ways, both))

    def sides(self, since: date, until: date) -> Sql:
        """Pairs of parties ``a``, ``r`` of watched events that are watched themselves."""
        if not self.actors:
            return ALWAYS
        if len(self.actors) == 1:
            return any_of(_is(self.actors[0], _A, since, until), _is(self.actors[0], _R, since, until))
        one, other = self.actors
        return any_of(
            *(all_of(_is(a, _A, since, until), _is(b, _R, since, until)) for a, b in ((one, other), (other, one)))
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of what is watched itself."""
        return tuple(k for a in self.actors for k in a.keys)


def scope_of(actor: str | None, pair: str | tuple[str, str] | None, bloc: str | None, on: date | None) -> Scope:
    """The scope of a question; names mean what they meant on a day.

    Raises UsageError when more than one is asked, a name may be several, or a bloc has no members.
    """
    if sum(x is not None for x in (actor, pair, bloc)) > 1:
        raise UsageError("bad-watch", "only one of actor, pair and bloc can be watched at a time", "watch them in turn")
    if actor is not None:
        one = who(actor, on)
        return Scope(Question(actor=actor, name=_called(one)), (one,))
    if pair is not None:
        names = _two(pair) if isinstance(pair, str) else pair
        one, other = (who(name, on) for name in names)
        return Scope(Question(pair=names, name=f"{_called(one)} and {_called(other)}"), (one, other))
    if bloc is not None:
        if not spells(bloc):
            raise UsageError(
                "unknown-bloc",
                f"the tables know no bloc {bloc!r} with members",
                "look it up with: ujar actors show NAME",
            )
        found = who(bloc, on, members=True)
        return Scope(Question(bloc=bloc, name=f"{_called(found)} and its members"), (found,))
    return Scope(Question())


def _called(actor: Who) -> str:
    """States by their name, others as they were asked for, keys in words."""
    return (
        name_of(actor.keys[0], None if ":" in actor.name else actor.name)
        if actor.country or ":" in actor.name
        else actor.name
    )


def _two(pair: str) -> tuple[str, str]:
    """The two names of "AS:Iran"; keys ("state:USA:state:IRN") have a colon of their own."""
    pieces = pair.split(":")
    cut = 2 if pieces[0].strip() in _KEY_KINDS else 1
    one, other = ":".join(pieces[:cut]).strip(), ":".join(pieces[cut:]).strip()
    if not one or not other:
        raise UsageError("bad-watch", f"{pair!r} is no pair", "write two actors with a colon between: AS:Iran")
    return one, other


def _is(actor: Who, column: _Column, since: date, until: date) -> Sql:
    """The actor stands in a column of a row whose day lies between two days."""
    parts = [_holds(column.key, list(actor.keys), several=column.several)]
    if actor.country:
        parts.append(_holds(column.country, [actor.country], several=column.several))
    elif actor.keys[0].startswith("name:"):
        parts += _called_so(fold(actor.name).split(), column)
    # Members all the time between the days are asked for together, the others each with its days.
    whole = [code for code, start, end in actor.spells if start <= since and until <= end]
    if whole:
        parts.append(_holds(column.country, whole, several=column.several))
    for code, start, end in actor.spells:
        if code not in whole and start < until and since < end:
            days = Sql("day >= ? AND day < ?", (start, end))
            parts.append(all_of(_holds(column.country, [code], several=column.several), days))
    return any_of(*parts)


def _holds(column: str, values: list[str], *, several: bool) -> Sql:
    """One of the values stands in a column, or in its list."""
    marks = ", ".join("?" for _ in values)
    if not several:
        return Sql(f"{column} IN ({marks})", tuple(values))
    if len(values) <= 2:
        return any_of(*(Sql(f"list_contains({column}, ?)", (value,)) for value in values))
    # Several times as quick as list_has_any.
    return Sql(f"len(list_filter({column}, lambda v: v IN ({marks}))) > 0", tuple(values))


def _called_so(words: list[str], column: _Column) -> list[Sql]:
    """All of the words stand in the name, as the text has it; keys of names are the names in small letters."""
    out = []
    if column.several:
        inside = " AND ".join("contains(v, ?)" for _ in words)
        out.append(Sql(f"len(list_filter({column.key}, lambda v: {inside})) > 0", tuple(words)))
    match = [" AND ".join(f"contains(lower({form}), ?)" for _ in words) for form in column.forms]
    return [*out, *(Sql(text, tuple(words)) for text in match)]
