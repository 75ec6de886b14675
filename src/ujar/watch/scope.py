"""What is watched, as conditions of SQL: with parameters, nothing of the user's in the SQL itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from ujar.errors import UsageError
from ujar.store.conditions import Conditions, one_of
from ujar.store.who import TOGETHER, Who, between, bloc_terms, in_column, in_list, on_side, pair_of, who
from ujar.watch.names import name_of
from ujar.watch.report import Question

MUTUAL = TOGETHER


class Sql(NamedTuple):
    """A condition and the values of its parameters."""

    text: str
    values: tuple[object, ...] = ()


def any_of(*parts: Sql) -> Sql:
    """One of the conditions holds."""
    return _joined(" OR ", parts)


def all_of(*parts: Sql) -> Sql:
    """All of the conditions hold."""
    return _joined(" AND ", parts)


def _joined(word: str, parts: tuple[Sql, ...]) -> Sql:
    return Sql(word.join(f"({p.text})" for p in parts), tuple(v for p in parts for v in p.values))


def _sql(c: Conditions) -> Sql:
    return Sql(c.all, tuple(c.values))


@dataclass(frozen=True, slots=True)
class Scope:
    """The question, with the actors in it as the ledger knows them.

    Attributes:
        question: the question.
        actors: none, one, or the two of a pair.
    """

    question: Question
    actors: tuple[Who, ...] = ()

    def statements(self, since: date = date.min, until: date = date.max) -> Sql:
        """Rows of ``statements`` that are watched, of those whose day lies between two days."""
        c = Conditions()
        actors = self._between(since, until)
        if len(actors) == 1:
            (one,) = actors
            ways = [_speaks(one), _told(one)]
            # Half of the news names some member of a large bloc: of a bloc, only what its members say or are told.
            one_of(c, ways if self.actors[0].spells else [*ways, _named(one)])
        elif actors:
            one, other = actors
            forth, back, both = Conditions(), Conditions(), Conditions()
            for way, a, b in ((forth, one, other), (back, other, one)):
                one_of(way, [_speaks(a)])
                one_of(way, [_told(b), _named(b)])
            one_of(both, [_named(one)])
            one_of(both, [_named(other)])
            one_of(c, [forth, back, both])
        return _sql(c)

    def events(self, since: date = date.min, until: date = date.max) -> Sql:
        """Rows of ``events`` that are watched, of those whose day lies between two days."""
        c = Conditions()
        actors = self._between(since, until)
        if len(actors) == 1:
            actor, recipient = Conditions(), Conditions()
            on_side(actor, actors[0], "actor")
            on_side(recipient, actors[0], "recipient")
            one_of(c, [actor, recipient])
        elif actors:
            one_of(c, between(*actors))
        return _sql(c)

    def sides(self) -> Sql:
        """Pairs of parties ``a``, ``r`` of watched events that are watched themselves."""
        c = Conditions()
        if len(self.actors) == 1:
            one_of(c, [_party(self.actors[0], "a"), _party(self.actors[0], "r")])
        elif self.actors:
            ways = []
            for one, other in (self.actors, self.actors[::-1]):
                way = Conditions()
                one_of(way, [_party(one, "a")])
                one_of(way, [_party(other, "r")])
                ways.append(way)
            one_of(c, ways)
        return _sql(c)

    def _between(self, since: date, until: date) -> tuple[Who, ...]:
        """The actors with their memberships in some days only: those that all have the same days are asked for together."""
        return tuple(
            replace(
                actor,
                spells=tuple(
                    (code, max(start, since), min(end, until))
                    for code, start, end in actor.spells
                    if start < until and since < end
                ),
            )
            for actor in self.actors
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
        names = pair_of(pair) if isinstance(pair, str) else pair
        one, other = (who(name, on) for name in names)
        if one.keys[0] == other.keys[0]:
            raise UsageError("bad-watch", f"{names[0]!r} and {names[1]!r} are the same", "name two actors")
        return Scope(Question(pair=names, name=f"{_called(one)} and {_called(other)}"), (one, other))
    if bloc is not None:
        bloc_terms(bloc)
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


def _speaks(actor: Who) -> Conditions:
    c = Conditions()
    in_column(c, actor, "key", "country", ("speaker", "role"))
    return c


def _told(actor: Who) -> Conditions:
    c = Conditions()
    in_column(c, actor, "addressee_key", "addressee_country", ("addressee",))
    return c


def _named(actor: Who) -> Conditions:
    c = Conditions()
    in_list(c, actor, "about", "about_countries", also=actor.name)
    return c


def _party(actor: Who, party: str) -> Conditions:
    """A party of an event, as a column with key, country and name."""
    c = Conditions()
    names = "unnest(list_concat(actors, recipients)).name"
    in_column(c, actor, f"{party}.key", f"{party}.country", (f"{party}.name",), names=names)
    return c
