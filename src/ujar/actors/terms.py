"""What holds on a date: offices and their holders, members of blocs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ujar.actors.forms import fold
from ujar.actors.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.actors.lexicon import Lexicon, Person
    from ujar.records import Term

# The weight of an office where one person holds several, by its first words and by its sector: lighter numbers lead.
_HEADS = (
    "presiden ", "perdana menteri", "raja ", "kanselir", "pemimpin tertinggi", "sultan ", "emir ", "wakil presiden",
    "sekretaris jenderal pbb", "sekretaris jenderal nato",
)  # fmt: skip
_LIGHT = ("ketua dewan pengarah", "ketua dewan pembina", "ketua dewan pertimbangan", "anggota", "bakal calon", "utusan")
_SECTOR = {"GOV": 2, "LEG": 3, "JUD": 3, "MIL": 3, "COP": 3, "SPY": 3, "REB": 3, None: 3, "PTY": 4, "OPP": 5, "REL": 4}


def weight(term: Term) -> int:
    """How much an office weighs beside others of the same person; less is more."""
    office = fold(term.office)
    if office.startswith("presiden terpilih"):
        return 3
    if office.startswith(_LIGHT):
        return 7
    if office.startswith("wakil ketua"):
        return 5
    if office.startswith(_HEADS) and term.sector in ("GOV", None):
        return 0
    if office.startswith("menteri"):
        return 1
    return _SECTOR.get(term.sector, 6)


def in_force(start: date | None, end: date | None, on: date) -> bool:
    """Whether something that lasted from ``start`` up to, not including, ``end`` held on a day."""
    return (start is None or start <= on) and (end is None or on < end)


def held(person: Person, on: date | None) -> list[Term]:
    """The terms of a person on a day, the weightiest first; without a day those that are open."""
    if on is None:
        found = [t for t in person.terms if t.end is None]
    else:
        found = [t for t in person.terms if in_force(t.start, t.end, on)]
    return sorted(found, key=weight) if len(found) > 1 else found


def last_held(person: Person, on: date | None) -> Term | None:
    """The term that ended last before a day, or None when the person had held none."""
    ended = [t for t in person.terms if t.end is not None and (on is None or t.end <= on)]
    return max(ended, key=lambda t: (t.end or date.min, -weight(t)), default=None)


def holders(office: str, on: date) -> tuple[Term, ...]:
    """Who held an office on a day.

    Args:
        office: as the tables name it ("Menteri Luar Negeri Ukraina"), or in short ("Menlu Ukraina", "Presiden AS").
        on: the day.
    """
    from ujar.actors.resolve import terms_of

    found = [t for t in terms_of(office) if in_force(t.start, t.end, on)]
    return tuple(sorted(found, key=lambda t: (t.office, t.start is not None, t.start or on, t.person)))


def members(bloc: str, on: date) -> tuple[str, ...]:
    """The members of a bloc or group of states on a day: alpha-3 codes, sorted; suspended members are members.

    Args:
        bloc: its id ("nato") or any of its names ("Uni Eropa", "negara-negara Baltik").
        on: the day.
    """
    lex = lexicon()
    found: set[str] = set()
    for key in _blocs(lex, bloc):
        if key in lex.groups:
            found.update(filter(None, lex.groups[key]["members"].split("|")))
        found.update(m for m, start, end in lex.memberships.get(key, ()) if in_force(start, end, on))
    return tuple(sorted(found))


def is_member(country: str, bloc: str, on: date) -> bool:
    """Whether a state (alpha-3 code) belonged to a bloc on a day: Finland to NATO from 2023-04-04."""
    return country in members(bloc, on)


def is_suspended(country: str, bloc: str, on: date) -> bool:
    """Whether a member was suspended on a day: Syria from the Arab League from 2011 to 2023."""
    lex = lexicon()
    spans: Sequence[tuple[str, date | None, date | None]] = [
        s for key in _blocs(lex, bloc) for s in lex.suspensions.get(key, ())
    ]
    return any(m == country and in_force(start, end, on) for m, start, end in spans)


def _blocs(lex: Lexicon, bloc: str) -> list[str]:
    """The ids a bloc may have: its own id, or those of its names."""
    bare = bloc.removeprefix("body:").removeprefix("group:")
    if bare in lex.memberships or bare in lex.groups:
        return [bare]
    found = [m.ref["id"] for m in lex.meanings.get(fold(bloc), ()) if m.kind in ("body", "group")]  # type: ignore[index]
    with_members = [key for key in found if key in lex.memberships]
    return with_members[:1] or [key for key in found if key in lex.groups][:1]


def spells(bloc: str) -> tuple[tuple[str, date, date], ...]:
    """All memberships of a bloc or group of states: (alpha-3 code, first day, day it was over), half-open.

    Where the tables have no first or last day, the first and last day that there are. Empty when it is no bloc.
    """
    lex = lexicon()
    out: set[tuple[str, date, date]] = set()
    for key in _blocs(lex, bloc):
        if key in lex.groups:
            out.update((m, date.min, date.max) for m in lex.groups[key]["members"].split("|") if m)
        out.update((m, start or date.min, end or date.max) for m, start, end in lex.memberships.get(key, ()))
    return tuple(sorted(out))
