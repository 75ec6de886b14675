"""Past situations that were like the present one, and what followed them; how often things happen at all.

The **situation** of two sides on a day is how much of each quad class each has lately done to the other: eight decayed counts,
of which an event of yesterday counts 1 and one a half-life (``HALF_LIFE``) earlier a half. Square roots are compared, because
those of two counts of the same process differ by about the same however large the counts are. Two situations are **near** when
the mean square of the differences, over the counts of which either situation has any, is at most ``NEAR`` squared.

Spans of the past are laid end to end backwards from the day before the period, so that nothing that followed counts twice. A
span counts only when it lies wholly in a time that was observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.plover import TYPES
from ujar.store.rows import QUADS as QUAD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ujar.forecast.asked import Asked, Given
    from ujar.forecast.history import History

HALF_LIFE = {"day": 7.0, "week": 14.0, "month": 30.0}
# Two counts of one steady process differ so much by chance alone.
NEAR = 0.5
# So many spans back it is looked, and so many like situations are taken, the nearest.
FURTHEST, MOST = 1500, 60
# With fewer cases, supposed events are looked for more widely.
FEW = 3
# A span of which less than this part of what is usual was seen was not read.
_SEEN = 0.25
# Past spans of all pairs weigh as much as so many of this pair.
_PRIOR = 2.0

NAMES: tuple[str, ...] = tuple(TYPES)
QUADS = tuple(QUAD_NAMES.values())
QUAD_OF = np.array([t.quad for t in TYPES.values()], dtype=np.int8)
NOTHING, ANYTHING = "nothing", "anything"
# What a probability is given for: the sixteen types, the four quad classes.
WHATS = (*NAMES, *QUADS)


@dataclass(frozen=True, slots=True, eq=False)
class Dealings:
    """What goes on between two sides.

    Attributes:
        forth: places of the rows of the one towards the other, ascending.
        back: the reverse.
    """

    forth: NDArray[np.int64]
    back: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of rows in both directions."""
        return len(self.forth) + len(self.back)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Both directions, ascending."""
        return np.union1d(self.forth, self.back)


@dataclass(frozen=True, slots=True)
class Window:
    """A past span after a situation.

    Attributes:
        start: its first day.
        distance: how far the situation before it is from the present one; None for a supposed event.
        done: places of the rows that make it a case: the last ones before, or the event that was supposed.
        actors: units whose acts count as what followed.
        recipients: units towards which; None: anybody.
    """

    start: date
    distance: float | None
    done: tuple[int, ...]
    actors: tuple[str, ...]
    recipients: tuple[str, ...] | None


def places_of(history: History, units: Iterable[str]) -> NDArray[np.int64]:
    """The places of those units that the history knows."""
    return np.array([at for unit in units if (at := history.unit(unit)) is not None], dtype=np.int64)


def rows_between(history: History, actors: tuple[str, ...], recipients: tuple[str, ...] | None) -> NDArray[np.int64]:
    """Places of the rows of some units towards others (None: towards anybody else), ascending."""
    ones = places_of(history, actors)
    if len(ones) == 1 and recipients is not None and len(recipients) == 1:
        other = history.unit(recipients[0])
        return history.between(int(ones[0]), other) if other is not None else np.empty(0, dtype=np.int64)
    fits = np.isin(history.actor, ones)
    if recipients is None:
        fits &= ~np.isin(history.recipient, ones)
    else:
        fits &= np.isin(history.recipient, places_of(history, recipients))
    return np.flatnonzero(fits)


def dealings_of(history: History, asked: Asked) -> Dealings:
    """What goes on between the two sides of a question, or of its actor with everybody."""
    ones = asked.actor.units
    if asked.recipient is not None:
        others = asked.recipient.units
        return Dealings(rows_between(history, ones, others), rows_between(history, others, ones))
    own = places_of(history, ones)
    back = np.flatnonzero(np.isin(history.recipient, own) & ~np.isin(history.actor, own))
    return Dealings(rows_between(history, ones, None), back)


def spans_before(history: History, start: date, days: int) -> list[date]:
    """First days of past spans of so many days, laid end to end backwards from a day; the latest first.

    Only those that lie wholly in a time that was observed, and in which about as much was seen as elsewhere: a time of which
    little was read is no calm. So much is a quarter of the median over the spans in which anything was seen.
    """
    stretches = history.stretches or ((history.since, history.until),)
    out = []
    for number in range(1, FURTHEST + 1):
        back = number * days
        if back >= start.toordinal() or start - timedelta(days=back) < history.since:
            break
        first = start - timedelta(days=back)
        if any(a <= first and first + timedelta(days=days) <= b for a, b in stretches):
            out.append(first)
    ordinals = np.array([first.toordinal() for first in out], dtype=np.int64)
    seen = np.searchsorted(history.day, ordinals + days) - np.searchsorted(history.day, ordinals)
    if not (seen > 0).any():
        return []
    enough = max(1.0, _SEEN * float(np.median(seen[seen > 0])))
    return [first for first, number in zip(out, seen.tolist(), strict=True) if number >= enough]


def situations(history: History, dealings: Dealings, firsts: list[date], half_life: float) -> NDArray[np.float64]:
    """The situation before each of some days, newest first: float64[len(firsts), 8], square roots of decayed counts."""
    out = np.zeros((len(firsts), 8))
    if not firsts:
        return out
    begin, last = history.since.toordinal(), max(firsts).toordinal()
    wanted: dict[int, list[int]] = {}
    for number, first in enumerate(firsts):
        wanted.setdefault(first.toordinal(), []).append(number)
    by_day: dict[int, NDArray[np.float64]] = {}
    for offset, rows in ((0, dealings.forth), (4, dealings.back)):
        for day, quad in zip(history.day[rows].tolist(), QUAD_OF[history.type[rows]].tolist(), strict=True):
            if day not in by_day:
                by_day[day] = np.zeros(8)
            by_day[day][offset + quad - 1] += 1
    state, keep = np.zeros(8), 0.5 ** (1 / half_life)
    for day in range(begin, last + 1):
        # What happened on the day before counts 1.
        state = state * keep
        if (new := by_day.get(day - 1)) is not None:
            state = state + new
        for number in wanted.get(day, ()):
            out[number] = np.sqrt(state)
    return out


def near_windows(history: History, asked: Asked, dealings: Dealings) -> list[Window]:
    """Past spans before which the situation was near the present one, the latest first; at most MOST, the nearest."""
    firsts = spans_before(history, asked.start, asked.days)
    vectors = situations(history, dealings, [asked.start, *firsts], HALF_LIFE[asked.every])
    now, then = vectors[0], vectors[1:]
    if not len(then):
        return []
    alive = (then > 0) | (now > 0)
    squares = ((then - now) ** 2 * alive).sum(axis=1) / np.maximum(alive.sum(axis=1), 1)
    distances = np.sqrt(squares)
    nearest = np.argsort(distances, kind="stable")[:MOST]
    every = dealings.rows
    days = history.day[every]
    recipients = asked.recipient.units if asked.recipient else None
    out = []
    for number in sorted(nearest.tolist()):
        if distances[number] <= NEAR:
            upto = int(np.searchsorted(days, firsts[number].toordinal()))
            since = int(np.searchsorted(days, firsts[number].toordinal() - 2 * HALF_LIFE[asked.every]))
            done = tuple(int(row) for row in every[max(since, upto - 3) : upto])
            out.append(Window(firsts[number], float(distances[number]), done, asked.actor.units, recipients))
    return out


def windows_after(history: History, asked: Asked, given: Given) -> tuple[str, list[Window]]:
    """Past spans after events like a supposed one, the latest first, and how alike these are.

    How: "pair" (the same type between the same two), else "actor" (the same type by the same actor to anybody), else
    "type" (the same type between any two; what followed is then counted between those two, so only where the supposed event
    is between the sides that are asked for). The first of these with FEW cases counts, else the last with any.
    """
    ways: list[tuple[str, tuple[str, ...] | None, tuple[str, ...] | None]] = [
        ("pair", given.actor.units, given.recipient.units),
        ("actor", given.actor.units, None),
    ]
    turned = _between_the_asked(asked, given)
    if turned is not None:
        ways.append(("type", None, None))
    best: tuple[str, list[Window]] = ("pair", [])
    for how, actors, recipients in ways:
        if actors is not None:
            rows = rows_between(history, actors, recipients)
        else:
            rows = np.arange(len(history), dtype=np.int64)
        rows = rows[history.type[rows] == NAMES.index(given.type)]
        if how == "type":
            # Names that no table knows are too often nobody in particular ("negara").
            known = np.array([not name.startswith("name:") for name in history.names], dtype=np.bool_)
            rows = rows[known[history.actor[rows]] & known[history.recipient[rows]]]
        found = _after(history, asked, rows, how, turned=bool(turned))
        if len(found) > len(best[1]) or not best[1]:
            best = (how, found)
        if len(found) >= FEW:
            break
    return best


def _between_the_asked(asked: Asked, given: Given) -> bool | None:
    """Whether a supposed event goes from the asked recipient to the asked actor; None when between others."""
    if asked.recipient is None:
        return False if given.actor.units == asked.actor.units else None
    if (given.actor.units, given.recipient.units) == (asked.actor.units, asked.recipient.units):
        return False
    if (given.recipient.units, given.actor.units) == (asked.actor.units, asked.recipient.units):
        return True
    return None


def _after(history: History, asked: Asked, rows: NDArray[np.int64], how: str, *, turned: bool) -> list[Window]:
    """The spans that begin on the days after some rows; of those that overlap between the same two, the latest."""
    stretches = history.stretches or ((history.since, history.until),)
    out: list[Window] = []
    taken: dict[tuple[str, ...], date] = {}
    told = set[str]()
    for row in rows[::-1].tolist():
        if history.id[row] in told:
            # An act towards several is one case.
            continue
        first = date.fromordinal(int(history.day[row]) + 1)
        end = first + timedelta(days=asked.days)
        if end > asked.start or not any(a <= first and end <= b for a, b in stretches):
            continue
        actors, recipients = asked.actor.units, asked.recipient.units if asked.recipient else None
        if how == "type":
            one, other = history.names[history.actor[row]], history.names[history.recipient[row]]
            actors, recipients = ((other,), (one,)) if turned else ((one,), None if recipients is None else (other,))
        key = (*actors, "→", *(recipients or ()))
        if key in taken and end > taken[key]:
            continue
        taken[key] = first
        told.add(history.id[row])
        out.append(Window(first, None, (row,), actors, recipients))
        if len(out) == MOST:
            break
    return out


def outcomes(history: History, windows: list[Window], days: int) -> list[NDArray[np.int64]]:
    """Places of the rows that followed in each of some spans, ascending."""
    between: dict[tuple[tuple[str, ...], tuple[str, ...] | None], NDArray[np.int64]] = {}
    out = []
    for window in windows:
        key = (window.actors, window.recipients)
        if key not in between:
            between[key] = rows_between(history, *key)
        rows = between[key]
        first = window.start.toordinal()
        low, high = np.searchsorted(history.day[rows], [first, first + days])
        out.append(rows[low:high])
    return out


def is_of(history: History, rows: NDArray[np.int64], what: str) -> NDArray[np.bool_]:
    """Which rows are of a type or a quad class; for "nothing": all of them, as each speaks against it."""
    types = history.type[rows]
    if what == NOTHING:
        return np.ones(len(rows), dtype=np.bool_)
    if what in QUADS:
        return np.asarray(QUAD_OF[types] == QUADS.index(what) + 1)
    return np.asarray(types == NAMES.index(what))


@dataclass(frozen=True, slots=True)
class Rates:
    """How often things happened in past spans.

    Attributes:
        share: type, quad class or "nothing" → share of the spans in which it happened.
        spans: number of spans.
        pairs: number of pairs (or actors) that the share is of.
    """

    share: dict[str, float]
    spans: int
    pairs: int


def rates_of_all(history: History, asked: Asked) -> Rates:
    """The share of past spans with at least one, over all ordered pairs of units that ever had an event.

    Without a recipient: over all actors. Spans of units that do not appear in one count as spans without.
    """
    firsts = spans_before(history, asked.start, asked.days)
    if not firsts or not len(history):
        return Rates({}, len(firsts), 0)
    number = {first.toordinal(): n for n, first in enumerate(firsts)}
    lowest = min(number)
    place = np.full(max(number) + asked.days - lowest, -1, dtype=np.int64)
    for ordinal, n in number.items():
        place[ordinal - lowest : ordinal - lowest + asked.days] = n
    days = history.day.astype(np.int64) - lowest
    inside = (days >= 0) & (days < len(place))
    keys = history.actor.astype(np.int64)
    if asked.recipient is not None:
        keys = keys * len(history.names) + history.recipient
    pairs = len(np.unique(keys))
    keys, types, spans = keys[inside], history.type[inside].astype(np.int64), place[days[inside]]
    kept = spans >= 0
    cells = keys[kept] * len(firsts) + spans[kept]
    types = types[kept]
    of = pairs * len(firsts)
    out = {NOTHING: 1 - len(np.unique(cells)) / of}
    for names, codes in ((NAMES, types), (QUADS, QUAD_OF[types].astype(np.int64) - 1)):
        found = np.unique(cells * len(names) + codes) % len(names)
        counts = np.bincount(found, minlength=len(names))
        out |= {name: float(counts[n]) / of for n, name in enumerate(names)}
    return Rates(out, len(firsts), pairs)


def rates_of_pair(history: History, asked: Asked, dealings: Dealings, general: Rates) -> Rates:
    """The share of past spans with at least one between the two sides, drawn towards that of all pairs.

    The base rate that a probability must beat.
    """
    firsts = np.array(sorted(d.toordinal() for d in spans_before(history, asked.start, asked.days)), dtype=np.int64)
    n = len(firsts)
    days = history.day[dealings.forth].astype(np.int64)
    at = np.searchsorted(firsts, days, side="right") - 1
    inside = (at >= 0) & (days < firsts[np.maximum(at, 0)] + asked.days) if n else np.zeros(len(days), dtype=np.bool_)
    rows, at = dealings.forth[inside], at[inside]
    out = {}
    for what in (*WHATS, NOTHING):
        k = len(np.unique(at[is_of(history, rows, what)]))
        if what == NOTHING:
            k = n - k
        out[what] = (k + _PRIOR * general.share.get(what, 0.0)) / (n + _PRIOR)
    return Rates(out, n, 1)
