"""How an actor that the user names is looked for in the columns of statements and events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ujar.actors.forms import fold
from ujar.actors.resolve import resolve
from ujar.actors.terms import spells
from ujar.errors import UsageError
from ujar.events.plover import SYMMETRIC
from ujar.store.conditions import Conditions
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_KEY_KINDS = ("state", "person", "body", "group", "name")
# Of these types all sides are actors.
TOGETHER = f"type IN ({', '.join(repr(t) for t in sorted(SYMMETRIC))})"


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
    if not one or not other or (":" in other and other.split(":")[0] not in _KEY_KINDS):
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


def in_bloc(c: Conditions, bloc: str, column: str, *, several: bool = False) -> None:
    """Add that a country, or one of several, was a member of a bloc on the day of the row."""
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


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in values)
