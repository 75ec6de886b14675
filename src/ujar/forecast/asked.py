"""From what a user asks to units of the history: "Rusia", "NATO", "RUS THREATEN NATO"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from ujar.actors.lexicon import lexicon
from ujar.actors.resolve import resolve
from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.store.who import who
from ujar.watch.names import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.forecast.history import History

Horizon = Literal["day", "week", "month"]
DAYS: dict[Horizon, int] = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a question.

    Attributes:
        asked: the name as the user wrote it.
        name: the name to show.
        units: units of the history; of a bloc itself and its members on the day.
        bloc: whether the members are meant.
        person: whether a person was named, whose acts are counted as those of the state.
    """

    asked: str
    name: str
    units: tuple[str, ...]
    bloc: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A supposed event, on the day before the period.

    Attributes:
        text: as the user wrote it.
        actor: who does it.
        type: PLOVER type.
        recipient: to whom.
    """

    text: str
    actor: Side
    type: str
    recipient: Side


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for scenarios.

    Attributes:
        actor: whose acts.
        recipient: towards whom; None: towards anybody.
        every: "day", "week" or "month".
        start: first day of the period.
        end: the day after its last.
        given: supposed events.
    """

    actor: Side
    recipient: Side | None
    every: Horizon
    start: date
    end: date
    given: tuple[Given, ...] = ()

    @property
    def days(self) -> int:
        """Length of the period."""
        return DAYS[self.every]

    @property
    def name(self) -> str:
        """The two sides for a heading; a lone actor by its name."""
        return f"{self.actor.name} → {self.recipient.name}" if self.recipient else self.actor.name


def first_day(history: History, on: date | None) -> date:
    """The first day of the coming period: that after ``on``, else after the last day of the history.

    Raises UsageError where the calendar ends.
    """
    try:
        return on + timedelta(days=1) if on is not None else history.until
    except OverflowError as error:
        raise UsageError("bad-period", f"there is no day after {on}", "give a day of this age") from error


def asked_of(actor: str, recipient: str | None, every: str, start: date, given: Sequence[str] = ()) -> Asked:
    """The question, with its names read as on the last day before the period.

    Raises UsageError when a name may be several, the two sides are the same, a supposed event cannot be read, or the
    calendar ends.
    """
    if every not in DAYS:
        raise UsageError("bad-period", f"{every!r} is no period", f"known are: {', '.join(DAYS)}")
    horizon: Horizon = every
    try:
        known, end = start - timedelta(days=1), start + timedelta(days=DAYS[horizon])
    except OverflowError as error:
        raise UsageError("bad-period", f"there is no {every} around {start}", "give a day of this age") from error
    one, other = side_of(actor, known), side_of(recipient, known) if recipient is not None else None
    if other is not None and set(one.units) == set(other.units):
        raise UsageError("bad-filter", f"{actor!r} and {recipient!r} are the same", "give two different sides")
    if other is not None:
        # A member towards its bloc: towards all the others.
        one, other = _without(one, other), _without(other, one)
    return Asked(one, other, horizon, start, end, tuple(given_of(text, known) for text in given))


def _without(side: Side, other: Side) -> Side:
    if not side.bloc or other.bloc:
        return side
    return replace(side, units=tuple(unit for unit in side.units if unit not in other.units))


def side_of(name: str, on: date) -> Side:
    """The units that a name means on a day; raises UsageError when it may be several.

    A state, and whoever acts for one, is that state; a bloc is itself and its members; others are their key.
    """
    found = who(name, on, members=True)
    bare = found.name
    members = tuple(sorted({code for code, since, until in found.spells if since <= on < until}))
    if members:
        return Side(name, name_of(found.keys[0], bare), (found.keys[0], *members), bloc=True)
    code = found.country or resolve(bare, on).code
    if code is not None and code in lexicon().states:
        return Side(name, name_of(code), (code,), person=found.keys[0].startswith("person:"))
    key = found.keys[0]
    return Side(name, name_of(key, None if ":" in bare else bare), (key,))


def given_of(text: str, on: date) -> Given:
    """A supposed event from "RUS THREATEN NATO": an actor, a PLOVER type in capitals, a recipient.

    Raises UsageError when there is no type in it, or a side is missing.
    """
    words = text.split()
    places = [n for n, word in enumerate(words) if word in TYPES]
    if not places:
        # "rus threaten nato": a type in small letters counts when it is the only one.
        places = [n for n, word in enumerate(words) if word.upper() in TYPES]
    if len(places) != 1:
        known = ", ".join(TYPES)
        problem = "names no PLOVER type" if not places else "names more than one PLOVER type"
        raise UsageError("bad-given", f"{text!r} {problem}", f'write it as "RUS THREATEN NATO"; types are: {known}')
    (place,) = places
    actor, recipient = " ".join(words[:place]), " ".join(words[place + 1 :])
    if not actor or not recipient:
        missing = "nobody who does it" if not actor else "nobody to whom it is done"
        raise UsageError("bad-given", f"{text!r} has {missing}", 'write it as "RUS THREATEN NATO"')
    one, other = side_of(actor, on), side_of(recipient, on)
    if one.units[0] == other.units[0]:
        raise UsageError("bad-given", f"{text!r} is done by a side to itself", "give two different sides")
    return Given(text, one, words[place].upper(), other)


def facts_of(asked: Asked) -> list[tuple[date, str, str, str]]:
    """The supposed events as facts on the day before the period: (day, actor, type, recipient).

    An act of or towards a bloc is one fact of the bloc itself, as a ledger has it, not one of each member.
    """
    day = asked.start - timedelta(days=1)
    return [(day, given.actor.units[0], given.type, given.recipient.units[0]) for given in asked.given]
