"""The layouts of event files: which column says what, and a row as an event.

ICEWS and POLECAT name their columns in the first line; GDELT has none, its columns are known by their places (its codebooks
1.03 and 2.0).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from ujar.events.cameo import is_code, type_of_code
from ujar.events.plover import TYPES
from ujar.history.units import is_given, state, unit_of_group, unit_of_name

FormatName = Literal["icews", "polecat", "gdelt1", "gdelt2"]
Cells = Sequence[str]
# An event that was told so many days later is a look back, not an observation of its day: nobody collected the days of which an
# article happens to remind. It holds for what ujar reads itself, too.
TOLD_WITHIN = 31
# The unit of a party whose country is not in the table.
UNKNOWN = "?"
# More parties on a side than any event has.
_MOST_PARTIES = 50

# Why a row is left out, as it is told; the order is that of the telling.
LINE = "not a row of this layout"
DATE = "no valid date"
LATE = f"told before it happened, or more than {TOLD_WITHIN} days after it"
SPEECH = "only speaks (CAMEO 01, 02): no PLOVER type"
CODE = "unknown code or type of event"
NO_ACTOR, NO_RECIPIENT = "no actor with a country or known name", "no recipient with a country or known name"
COUNTRY = "country that is not known"
SAME = "both sides are the same unit"
OUTSIDE = "outside of --since and --until"
TWICE = "told a second time, the same in every part"
REASONS = (LINE, DATE, OUTSIDE, LATE, SPEECH, CODE, NO_ACTOR, NO_RECIPIENT, COUNTRY, SAME, TWICE)


class Party(NamedTuple):
    """A side of an event: its unit, and its name as the collection has it."""

    unit: str
    name: str


class Event(NamedTuple):
    """A row: what it says is in the words of the collection, but for ``type`` and units.

    ``told``: the day on which it was reported, None when the collection does not say. ``source``: the publisher, or the
    address of the article.
    """

    id: str
    day: date
    told: date | None
    type: str
    code: str
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    story: str = ""
    sentence: str = ""
    source: str = ""


# An event, or why there is none: one of REASONS, and what it is about.
Outcome = Event | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout.

    Attributes:
        name: how the command calls it.
        title: how the collection calls itself.
        widths: how many columns a line may have; empty when the first line names them.
        needs: names of the columns that the first line must have.
        reader: from the first line's names, what reads the cells of a row.
    """

    name: FormatName
    title: str
    widths: frozenset[int]
    needs: tuple[str, ...]
    reader: Callable[[Cells], Callable[[Cells], Outcome]]


def cells(text: bytes, widths: frozenset[int]) -> tuple[Cells, bool] | None:
    """The cells of a line, and whether all of it was UTF-8; None when they are not as many as they must be.

    Quotation marks are part of a cell, unless it stands in them as a whole, or tabs within them make up for the number.
    """
    sound = True
    try:
        line = text.decode("utf-8")
    except UnicodeDecodeError:
        # What is not is mostly Windows' Western code; five bytes have no sign in it.
        line, sound = text.decode("cp1252", "replace"), False
    found = line.split("\t")
    if len(found) not in widths and '"' in line:
        found = next(csv.reader([line], delimiter="\t"), [])
    if len(found) not in widths:
        return None
    if '"' in line:
        found = [_bare(cell) for cell in found]
    return found, sound


def _bare(cell: str) -> str:
    if len(cell) > 1 and cell[0] == '"' == cell[-1]:
        return cell[1:-1].replace('""', '"')
    return cell


@lru_cache(maxsize=1 << 16)
def day_of(cell: str) -> date | None:
    """The day of "2014-06-07", "2014-06-07 00:00:00" or "20140607…"; None for what is none."""
    form = cell.strip()[:10]
    form = f"{form[:4]}-{form[4:6]}-{form[6:8]}" if form[:8].isdecimal() else form
    try:
        return date.fromisoformat(form) if len(form) == 10 else None
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def _type_of(code: str) -> str | tuple[str, str]:
    """The PLOVER type of a CAMEO code, or why there is none."""
    if found := type_of_code(code):
        return found
    return (SPEECH, "") if is_code(code) else (CODE, code.strip())


@lru_cache(maxsize=1 << 16)
def _side(country: str, name: str) -> Party | None:
    """The party of a country and a name; None when neither says who it is.

    Of a country that is not known, the unit is UNKNOWN and the name that of the country.
    """
    if is_given(country):
        unit = state(country)
        return Party(unit, name) if unit else Party(UNKNOWN, country.strip())
    unit = unit_of_name(name)
    return Party(unit, name) if unit else None


def _event(event: Event) -> Outcome:
    """An event, when all that it must have is there and two sides differ."""
    for parties, missing in ((event.actors, NO_ACTOR), (event.recipients, NO_RECIPIENT)):
        if not parties:
            return missing, ""
        if all(p.unit == UNKNOWN for p in parties):
            return COUNTRY, parties[0].name
    told = event.told
    if told is not None and not 0 <= (told - event.day).days <= TOLD_WITHIN:
        return LATE, ""
    if all(a.unit == r.unit for a in event.actors for r in event.recipients if UNKNOWN not in (a.unit, r.unit)):
        return SAME, ""
    return event


def _at(header: Cells, name: str) -> int:
    return [_called(h) for h in header].index(_called(name))


def _called(column: str) -> str:
    """A column's name as it is compared: capitals and spaces or underscores say nothing."""
    return column.strip().strip("\ufeff").lower().replace("_", " ")


def has(header: Cells, name: str) -> bool:
    """Whether the first line names a column."""
    return _called(name) in map(_called, header)


_ICEWS = (
    "Event ID", "Event Date", "Source Name", "Source Country", "CAMEO Code", "Target Name", "Target Country", "Story ID",
    "Sentence Number", "Publisher",
)  # fmt: skip


def _icews(header: Cells) -> Callable[[Cells], Outcome]:
    at = [_at(header, name) for name in _ICEWS]

    def read(row: Cells) -> Outcome:
        number, day, source, source_country, code, target, target_country, story, sentence, publisher = (
            row[n] for n in at
        )
        when = day_of(day)
        if when is None:
            return DATE, day
        kind = _type_of(code)
        if not isinstance(kind, str):
            return kind
        one, other = _side(source_country, source), _side(target_country, target)
        parties = (one,) if one else (), (other,) if other else ()
        return _event(Event(number, when, None, kind, code, *parties, story, sentence, publisher))

    return read


_POLECAT = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Actor Name", "Actor Country", "Recipient Name",
    "Recipient Country", "Source", "Publication Date",
)  # fmt: skip


def _polecat(header: Cells) -> Callable[[Cells], Outcome]:
    at = [_at(header, name) for name in _POLECAT]

    def read(row: Cells) -> Outcome:
        number, day, kind, mode, actor, actor_country, recipient, recipient_country, source, told = (row[n] for n in at)
        when = day_of(day)
        if when is None:
            return DATE, day
        kind = kind.strip().upper()
        if kind not in TYPES:
            return CODE, kind
        parties = _sides(actor_country, actor), _sides(recipient_country, recipient)
        code = f"{kind}-{mode.strip()}" if is_given(mode) else kind
        return _event(Event(number, when, day_of(told), kind, code, *parties, number.rpartition("_")[0], "", source))

    return read


@lru_cache(maxsize=1 << 16)
def _sides(countries: str, names: str) -> tuple[Party, ...]:
    """The parties of two cells in which several are parted by semicolons, as many in one as in the other; each unit once.

    Where they are not as many, nobody knows which country is whose: then the countries are the parties.
    """
    lands, called = [c.strip() for c in countries.split(";")], [n.strip() for n in names.split(";")]
    if len(lands) == 1 < len(called):
        lands *= len(called)
    if len(lands) != len(called):
        called = [names] * len(lands)
    found: dict[str, Party] = {}
    for land, name in list(zip(lands, called, strict=True))[:_MOST_PARTIES]:
        # One party may belong to several countries.
        for one in land.split("|"):
            if party := _side(one, name):
                found.setdefault(party.unit, party)
    return tuple(found.values())


# Places of GDELT's columns that both versions share.
_ID, _DAY, _CODE = 0, 1, 26
_ACTORS = ((5, 6, 7, 8), (15, 16, 17, 18))


def _gdelt(told_at: int, url_at: int) -> Callable[[Cells], Outcome]:
    def read(row: Cells) -> Outcome:
        when = day_of(row[_DAY])
        if when is None:
            return DATE, row[_DAY]
        kind = _type_of(row[_CODE])
        if not isinstance(kind, str):
            return kind
        (_, name, country, group), (_, other, other_country, other_group) = (
            [row[n] for n in places] for places in _ACTORS
        )
        one, two = _gdelt_side(country, group, name), _gdelt_side(other_country, other_group, other)
        url = row[url_at] if url_at < len(row) else ""
        # Files of before April 2013, which have no address, were made long afterwards.
        told = day_of(row[told_at]) if url else None
        parties = (one,) if one else (), (two,) if two else ()
        return _event(Event(row[_ID], when, told, kind, row[_CODE], *parties, "", "", url))

    return read


@lru_cache(maxsize=1 << 16)
def _gdelt_side(country: str, group: str, name: str) -> Party | None:
    """A party of GDELT: its state, else the organisation. A region (``EUR``, ``MEA``) or a bare kind of actor is nobody."""
    unit = state(country) if country else None
    if unit is None and group:
        unit = unit_of_group(group)
    return Party(unit, name) if unit else None


LAYOUTS: dict[FormatName, Layout] = {
    layout.name: layout
    for layout in (
        Layout("icews", "ICEWS", frozenset(), _ICEWS, _icews),
        Layout("polecat", "POLECAT", frozenset(), _POLECAT, _polecat),
        Layout("gdelt1", "GDELT 1.0", frozenset({57, 58}), (), lambda _: _gdelt(56, 57)),
        Layout("gdelt2", "GDELT 2.0", frozenset({61}), (), lambda _: _gdelt(59, 60)),
    )
}
