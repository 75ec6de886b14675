"""What the past says about a unit before a day, in numbers: decayed sums of dated events, as rates per observed day.

A unit is a directed pair, or an actor towards anybody. Every number is a sum over dated events or a function of one, zero
where there are none, so that each can be shown with its dates, and a supposed event moves the numbers as a real one would.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.plover import TYPES
from ujar.forecast.asked import DAYS, Horizon
from ujar.forecast.precedents import ANYTHING, QUADS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ujar.forecast.history import History

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

HORIZONS: tuple[Horizon, ...] = tuple(DAYS)
# What chances are given of: the types in the order of the codebook, then the quad classes, then any event at all.
CLASSES: tuple[str, ...] = (*TYPES, *QUADS, ANYTHING)
N_TYPES, N_CLASSES = len(TYPES), len(CLASSES)
# The places of the quad classes, and of anything.
OF_QUADS, OF_ANYTHING = slice(N_TYPES, N_TYPES + len(QUADS)), N_CLASSES - 1
# The place, among the classes, of the quad class of each type.
QUAD_OF = np.array([N_TYPES + t.quad - 1 for t in TYPES.values()], dtype=np.int64)
# Half-lives in days; the last never decays.
HALVES = (3.0, 10.0, 30.0, 100.0, np.inf)
# Places in HALVES of the two that other sums than those of the unit and class itself use: lately, and long.
LATELY, LONG = 1, 3
# Weekdays are compared as if each had this many events of the usual share beside its own.
_WEEKDAY_PRIOR = 30.0
_WEEKDAY_HALF = 60.0
# A day was observed when in the SILENCE days up to it there were, by anybody, at least SPARSE of the events that are usual for so
# many days where most events are: in less, nobody was looking.
SILENCE, SPARSE = 14, 0.03


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of n units before a day each; rates are events per observed day, classes in the order of CLASSES.

    Attributes:
        own: float32[n, halves, classes], rates of the unit.
        active: float32[n, classes], share of observed days with at least one, half-life 30 days.
        last: float32[n, classes], days since the last (1: the day before), infinite when there was none.
        cover: float32[n, horizons, classes], days that end a horizon's length of days with at least one.
        exposed: float32[n], observed days.
        reverse: float32[n, 2, classes], rates of the other direction, lately and long.
        actor_by: as reverse, of what the actor does to others than the recipient.
        recipient_to: as reverse, of what others than the actor do to the recipient.
        actor_to: float32[n, classes], of what is done to the actor by others than the recipient, lately.
        recipient_by: float32[n, classes], of what the recipient does to others than the actor, lately.
        weekday: float32[n, horizons], log of how busy the weekdays of the horizon are beside the usual.
    """

    own: Floats
    active: Floats
    last: Floats
    cover: Floats
    exposed: Floats
    reverse: Floats
    actor_by: Floats
    recipient_to: Floats
    actor_to: Floats
    recipient_by: Floats
    weekday: Floats

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.own)

    def rows(self, which: NDArray[np.bool_] | Ints) -> Sight:
        """Only some of the rows."""
        return Sight(*(getattr(self, f.name)[which] for f in fields(self)))


def joined(sights: Iterable[Sight]) -> Sight:
    """The rows of several, in their order."""
    several = list(sights)
    return Sight(*(np.concatenate([getattr(s, f.name) for s in several]) for f in fields(Sight)))


def anything(rates: Floats) -> Floats:
    """Rates of anything at all."""
    return np.asarray(rates[..., OF_ANYTHING], dtype=np.float32)


def classes_of(types: Ints) -> tuple[Ints, Ints, Ints]:
    """The classes that events of some types count for, by place: the type, its quad class, anything."""
    return types, QUAD_OF[types], np.full_like(types, OF_ANYTHING)


class Sums:
    """Decayed sums of events per key and class, carried from day to day; only keys that have events are touched."""

    def __init__(self, keys: int, halves: tuple[float, ...]) -> None:
        self.values = np.zeros((keys, len(halves), N_CLASSES), dtype=np.float32)
        self.day = np.zeros(keys, dtype=np.int64)
        self._rate = np.array([np.log(2) / h for h in halves])

    def _decay(self, keys: Ints, day: int) -> Floats:
        old = np.maximum(day - self.day[keys], 0)
        return np.asarray(np.exp(-old[:, None] * self._rate), dtype=np.float32)

    def add(self, day: int, keys: Ints, what: Ints) -> None:
        """Add the events of one day; ``keys`` may repeat, ``what`` are types."""
        touched = np.unique(keys)
        self.values[touched] *= self._decay(touched, day)[:, :, None]
        self.day[touched] = day
        for column in classes_of(what):
            np.add.at(self.values.transpose(0, 2, 1), (keys, column), np.float32(1))

    def before(self, day: int, keys: Ints) -> Floats:
        """The sums at the end of the day before, float32[keys, halves, classes]; -1 as a key gives zeros."""
        out = self.values[keys] * self._decay(keys, day - 1)[:, :, None]
        out[keys < 0] = 0
        return np.asarray(out, dtype=np.float32)


class Walk:
    """Goes through a history day by day and tells, of any keys, what was seen before the day.

    Attributes:
        pairs: int64[p, 2], actor and recipient (places in names) of each pair key, ascending.
        pair_of_row: int64[n], the pair key of each row of the history.
        today: the day (an ordinal) that has not been added yet.
    """

    def __init__(self, history: History) -> None:
        width = max(1, len(history.names))
        codes = history.actor.astype(np.int64) * width + history.recipient
        keys, self.pair_of_row = np.unique(codes, return_inverse=True)
        self.pairs: Ints = np.stack([keys // width, keys % width], axis=1)
        turned = self.pairs[:, 1] * width + self.pairs[:, 0]
        at = np.minimum(np.searchsorted(keys, turned), max(0, len(keys) - 1))
        self._turned: Ints = np.where(keys[at] == turned, at, -1) if len(keys) else at
        self._history = history
        self._observed = Observed(history)
        self.today = history.since.toordinal()
        self._own = Sums(len(keys), HALVES)
        self._active = Sums(len(keys), (HALVES[2],))
        self._last = np.full((len(keys), N_CLASSES), -(10**6), dtype=np.int64)
        self._cover = np.zeros((len(keys), len(HORIZONS), N_CLASSES), dtype=np.float32)
        self._by_cover = np.zeros((width, len(HORIZONS), N_CLASSES), dtype=np.float32)
        self._by, self._to = (Sums(width, HALVES) for _ in range(2))
        self._by_active = Sums(width, (HALVES[2],))
        self._by_last = np.full((width, N_CLASSES), -(10**6), dtype=np.int64)
        self._exposure = np.zeros(len(HALVES))
        self._weekdays = np.zeros(7)

    def to(self, day: int) -> None:
        """Add all days before ``day``."""
        history = self._history
        while self.today < day:
            self._exposure = self._exposure * 0.5 ** (1 / np.array(HALVES)) + self._observed(self.today)
            low, high = np.searchsorted(history.day, [self.today, self.today + 1])
            self._weekdays *= 0.5 ** (1 / _WEEKDAY_HALF)
            if high > low:
                self._weekdays[self.today % 7] += high - low
                types = history.type[low:high].astype(np.int64)
                actors, recipients = (c[low:high].astype(np.int64) for c in (history.actor, history.recipient))
                pairs = self.pair_of_row[low:high].astype(np.int64)
                self._own.add(self.today, pairs, types)
                self._by.add(self.today, actors, types)
                self._to.add(self.today, recipients, types)
                _mark(self._active, self._last, self._cover, self.today, pairs, types)
                _mark(self._by_active, self._by_last, self._by_cover, self.today, actors, types)
            self.today += 1

    @property
    def exposed(self) -> float:
        """Observed days before today."""
        return float(self._exposure[-1])

    def counts(self, keys: Ints, *, actors: bool = False) -> Floats:
        """All events so far of pairs (or of actors towards anybody), float32[keys, classes]."""
        return np.asarray((self._by if actors else self._own).values[keys, -1])

    def totals(self, *, actors: bool = False) -> Floats:
        """All events so far of every pair (or actor), of any class, float32[all]."""
        return anything((self._by if actors else self._own).values[:, -1])

    def sight(self, keys: Ints, *, actors: bool = False) -> Sight:
        """What is seen of pairs (or of actors towards anybody) before today."""
        day, n = self.today, len(keys)
        exposed = np.maximum(self._exposure, 1)
        rate = (1 / exposed[:, None]).astype(np.float32)
        two, lately = rate[[LATELY, LONG]], rate[LATELY]
        weekday = np.tile(_weekday(self._weekdays, day), (n, 1))
        seen = np.full(n, exposed[-1], dtype=np.float32)
        if actors:
            own, back = self._by.before(day, keys) * rate, self._to.before(day, keys)[:, (LATELY, LONG)] * two
            active, last = self._by_active.before(day, keys)[:, 0] * rate[2], self._by_last[keys]
            cover = self._by_cover[keys] + _open(last, day)
            none, flat = np.zeros((n, 2, N_CLASSES), np.float32), np.zeros((n, N_CLASSES), np.float32)
            return Sight(own, active, _days_since(last, day), cover, seen, back, none, none, flat, flat, weekday)
        a, r = self.pairs[keys].T
        own = self._own.before(day, keys) * rate
        back = self._own.before(day, self._turned[keys])[:, (LATELY, LONG)] * two
        mine = own[:, (LATELY, LONG)]
        return Sight(
            own,
            self._active.before(day, keys)[:, 0] * rate[2],
            _days_since(self._last[keys], day),
            self._cover[keys] + _open(self._last[keys], day),
            seen,
            back,
            _rest(self._by.before(day, a)[:, (LATELY, LONG)] * two, mine),
            _rest(self._to.before(day, r)[:, (LATELY, LONG)] * two, mine),
            _rest(self._to.before(day, a)[:, LATELY] * lately, back[:, 0]),
            _rest(self._by.before(day, r)[:, LATELY] * lately, back[:, 0]),
            weekday,
        )


def sight_of(history: History, actors: Iterable[int], recipients: Iterable[int] | None, day: int) -> Sight:
    """What is seen of one unit before a day, one row: the actors (one, or a bloc) towards the recipients, or anybody.

    Only rows of ``history`` before the day are used. What units of a bloc do to each other is not counted.
    """
    end = int(np.searchsorted(history.day, day))
    days = history.day[:end].astype(np.int64)
    types = history.type[:end].astype(np.int64)
    by_a, to_a = (np.isin(c[:end], list(actors)) for c in (history.actor, history.recipient))
    exposed = np.maximum(_exposures(Observed(history), day), 1)
    ages = day - 1 - days
    weights = [np.exp(-np.log(2) / h * ages) for h in HALVES]

    def rates(mask: NDArray[np.bool_]) -> Floats:
        out = np.zeros((1, len(HALVES), N_CLASSES), np.float32)
        for n, weight in enumerate(weights):
            for column in classes_of(types[mask]):
                out[0, n] += np.bincount(column, weight[mask], N_CLASSES).astype(np.float32)
        return np.asarray(out / exposed[:, None], dtype=np.float32)

    weekdays = np.bincount(days % 7, np.exp(-np.log(2) / _WEEKDAY_HALF * ages), 7).astype(np.float64)
    weekday = _weekday(weekdays, day)[None]
    if recipients is None:
        mask = by_a & ~to_a
        back = to_a & ~by_a
        none, flat = np.zeros((1, 2, N_CLASSES), np.float32), np.zeros((1, N_CLASSES), np.float32)
        rest = (none, none, flat, flat)
    else:
        listed = list(recipients)
        by_r, to_r = (np.isin(c[:end], listed) for c in (history.actor, history.recipient))
        mask, back = by_a & to_r, by_r & to_a
        two = (LATELY, LONG)
        rest = (
            rates(by_a & ~to_r & ~to_a)[:, two],
            rates(to_r & ~by_a & ~by_r)[:, two],
            rates(to_a & ~by_r & ~by_a)[:, LATELY],
            rates(by_r & ~to_a & ~to_r)[:, LATELY],
        )
    active, last = np.zeros((1, N_CLASSES), np.float32), np.full((1, N_CLASSES), -(10**6), dtype=np.int64)
    cover = np.zeros((1, len(HORIZONS), N_CLASSES), np.float32)
    for column in classes_of(types[mask]):
        for what in np.unique(column):
            on = np.unique(days[mask][column == what])
            active[0, what] = (0.5 ** ((day - 1 - on) / HALVES[2])).sum() / exposed[2]
            last[0, what] = on[-1]
            gaps = np.minimum(np.diff(on), np.array(list(DAYS.values()))[:, None])
            cover[0, :, what] = gaps.sum(axis=1)
    cover += _open(last, day)
    seen = exposed[-1:].astype(np.float32)
    return Sight(
        rates(mask), active, _days_since(last, day), cover, seen, rates(back)[:, (LATELY, LONG)], *rest, weekday
    )


class Observed:
    """Which days (ordinals) were observed.

    A ledger of few articles a year has a long span, in most of which nobody looked: a day counts when it lies in the span and
    enough happened, by anybody, in the SILENCE days up to it (``SPARSE``).
    """

    def __init__(self, history: History) -> None:
        self._first = history.since.toordinal()
        days = history.until.toordinal() - self._first
        counts = np.bincount(history.day - self._first, minlength=days + 1)
        self._before = np.concatenate([[0], np.cumsum(counts)])
        lately = self._number(np.arange(days + 1) + 1 - SILENCE, np.arange(days + 1) + 1)
        # The usual is that of the days of which most is known.
        usual = float(np.median(lately[history.day - self._first])) if len(history) else 0.0
        self._least = SPARSE * usual / SILENCE
        self._seen = lately >= max(1.0, self._least * SILENCE)
        inside = np.zeros(days + 1, dtype=bool)
        for a, b in history.stretches or ((history.since, history.until),):
            inside[a.toordinal() - self._first : b.toordinal() - self._first] = True
        self._seen &= inside

    def _number(self, since: Ints, until: Ints) -> Ints:
        """Events from a day on and before another, both as places."""
        last = len(self._before) - 1
        return np.asarray(self._before[np.clip(until, 0, last)] - self._before[np.clip(since, 0, last)])

    def __call__(self, day: int) -> bool:
        """Whether a day was observed."""
        return 0 <= day - self._first < len(self._seen) and bool(self._seen[day - self._first])

    def days(self, until: int) -> Ints:
        """All observed days before one, ascending."""
        return np.flatnonzero(self._seen[: max(0, until - self._first)]) + self._first

    def whole(self, day: int, length: int) -> bool:
        """Whether a span was: its ends, and enough happened in it, which must be all in the history."""
        since = np.array([day - self._first])
        enough = self._number(since, since + length)[0] >= max(1.0, self._least * length)
        return self(day) and self(day + length - 1) and bool(enough)


def _exposures(observed: Observed, day: int) -> NDArray[np.float64]:
    """Observed days before a day, each decayed, float64[halves]."""
    days = observed.days(day)
    return np.array([(0.5 ** ((day - 1 - days) / h)).sum() for h in HALVES])


def _mark(active: Sums, last: Ints, cover: Floats, day: int, keys: Ints, types: Ints) -> None:
    """Take down, per key and class, that the day had at least one."""
    touched = np.unique(keys)
    active.values[touched] *= active._decay(touched, day)[:, :, None]  # noqa: SLF001 - the same module
    active.day[touched] = day
    for column in classes_of(types):
        once = np.unique(keys * N_CLASSES + column)
        active.values[once // N_CLASSES, 0, once % N_CLASSES] += 1
        key, what = once // N_CLASSES, once % N_CLASSES
        cover[key, :, what] += _open(last[key, what], day)
        last[key, what] = day


def _open(last: Ints, day: int) -> Floats:
    """Days since the last event, at most the length of each horizon, 0 without an event; the horizons as second axis."""
    since = np.where(last > -(10**5), day - last, 0)
    return np.stack([np.minimum(since, length) for length in DAYS.values()], axis=1).astype(np.float32)


def _days_since(last: Ints, day: int) -> Floats:
    return np.where(last > -(10**5), day - last, np.inf).astype(np.float32)


def _rest(whole: Floats, part: Floats) -> Floats:
    return np.asarray(np.maximum(whole - part, 0))


def _weekday(counts: NDArray[np.float64], day: int) -> Floats:
    """How busy the days of each horizon are beside the usual, log of the ratio, float32[horizons]."""
    share = (counts + _WEEKDAY_PRIOR / 7) / (counts.sum() + _WEEKDAY_PRIOR)
    return np.array(
        [np.log(7 * np.mean([share[(day + n) % 7] for n in range(DAYS[h])])) for h in HORIZONS], dtype=np.float32
    )
