"""Examples to learn chances from: units as they were seen before many past days, and what followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.asked import DAYS, Horizon
from ujar.forecast.odds_columns import columns, further_columns, own_columns
from ujar.forecast.odds_features import CLASSES, HORIZONS, N_CLASSES, OF_ANYTHING, Observed, Sight, Walk, joined
from ujar.forecast.odds_fit import Model, fit_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from ujar.forecast.history import History

    Ints = NDArray[np.int64]

# At most so many examples, at so many days; both keep a fit within a minute or so.
EXAMPLES, CUTOFFS = 60_000, 120
LEAST_EXAMPLES, PER_FACT = 6_000, 2
# Units with so many events before the day are taken first; the others, far more in number, fill what is left.
_FREQUENT = 10
_SEED = 20_140_101
# A class is fitted when there are so many examples, and at least one event in so many, of so many units.
ENOUGH, ENOUGH_SEEN, ENOUGH_UNITS = 300, 30, 10
# And nothing is with fewer observed days, or with fewer spans that do not overlap.
ENOUGH_DAYS, ENOUGH_SPANS = 60, 4
RIDGE = 30.0
LEAD = 0.5


@dataclass(frozen=True, slots=True)
class Examples:
    """n units, each seen before a day.

    Attributes:
        sight: what was seen.
        day: int64[n], the day (an ordinal) before which they are seen.
        key: int64[n], the unit: a place in Walk.pairs, or in the names of the history.
        total: float32[n], events of the unit before the day.
        numbers: per horizon int64[n, classes], events in the horizon from the day on; -1 where not all of it was observed.
    """

    sight: Sight
    day: Ints
    key: Ints
    total: NDArray[np.float32]
    numbers: dict[Horizon, Ints]

    def __len__(self) -> int:
        """Number of examples."""
        return len(self.day)


def examples(
    history: History,
    days: list[int],
    *,
    until: int,
    actors: bool = False,
    pick: Callable[[Walk, int], Ints],
) -> Examples:
    """Units seen before each of ``days`` (ordinals, ascending), and what followed before ``until``.

    Args:
        history: the past; only what is before a day is seen of it, and what is counted after ends before ``until``.
        days: the days.
        until: outcomes after this day are not looked at; horizons that reach it are marked -1.
        actors: units are actors towards anybody; else directed pairs.
        pick: which units to take on a day.
    """
    walk, observed = Walk(history), Observed(history)
    wanted = set(days)
    ends: dict[int, list[tuple[int, Horizon]]] = {}
    sights: list[Sight] = []
    keys: list[Ints] = []
    started: list[NDArray[np.float32]] = []
    numbers: list[dict[Horizon, Ints]] = []
    for day in range(days[0] if days else until, until + 1):
        walk.to(day)
        for place, horizon in ends.pop(day, ()):
            counted = walk.counts(keys[place], actors=actors) - started[place]
            numbers[place][horizon] = counted.astype(np.int64)
        if day not in wanted:
            continue
        picked = pick(walk, day)
        place = len(keys)
        keys.append(picked)
        sights.append(walk.sight(picked, actors=actors))
        started.append(walk.counts(picked, actors=actors).copy())
        numbers.append({h: np.full((len(picked), N_CLASSES), -1, dtype=np.int64) for h in HORIZONS})
        for horizon, length in DAYS.items():
            if day + length <= until and observed.whole(day, length):
                ends.setdefault(day + length, []).append((place, horizon))
    if not sights:
        empty = np.zeros(0, dtype=np.int64)
        sight = walk.sight(empty, actors=actors)
        none = {h: np.zeros((0, N_CLASSES), dtype=np.int64) for h in HORIZONS}
        return Examples(sight, empty, empty, np.zeros(0, np.float32), none)
    return Examples(
        joined(sights),
        np.repeat(np.array(days[: len(keys)]), [len(k) for k in keys]),
        np.concatenate(keys),
        np.concatenate([s[:, OF_ANYTHING] for s in started]),
        {h: np.concatenate([n[h] for n in numbers]) for h in HORIZONS},
    )


def training_examples(history: History, until: date, *, actors: bool = False) -> Examples:
    """Examples from the days before ``until``, in which every outcome ends, drawn by day and unit with a fixed seed."""
    end = min(until, history.until).toordinal()
    observed = Observed(history).days(end)
    # What comes earlier only fills the sums: examples with as much history behind them as those to come teach best.
    observed = observed[max(14, int(len(observed) * LEAD)) :]
    step = max(1, -(-len(observed) // CUTOFFS))
    # Days of all kinds of the week.
    step += step % 7 == 0
    days = observed[::step].tolist()
    rng = np.random.default_rng(_SEED)
    # A short history says no more in many examples than in some.
    most = min(EXAMPLES, max(LEAST_EXAMPLES, PER_FACT * len(history))) // max(1, len(days))

    def pick(walk: Walk, day: int) -> Ints:
        del day
        total = walk.totals(actors=actors)
        busy, rare = np.flatnonzero(total >= _FREQUENT), np.flatnonzero((total > 0) & (total < _FREQUENT))
        room = max(most // 4, most - len(busy))
        busy = rng.choice(busy, min(len(busy), most - most // 4), replace=False)
        rare = rng.choice(rare, min(len(rare), room), replace=False)
        return np.sort(np.concatenate([busy, rare])).astype(np.int64)

    return examples(history, days, until=end, actors=actors, pick=pick)


def fitted(sample: Examples) -> dict[tuple[Horizon, int], Model]:
    """A model per horizon and class (its place in CLASSES); none where there is too little to learn from."""
    out: dict[tuple[Horizon, int], Model] = {}
    for horizon in HORIZONS:
        numbers = sample.numbers[horizon]
        known = numbers[:, 0] >= 0
        if known.sum() < ENOUGH or sample.sight.exposed[known].max() < ENOUGH_DAYS:
            continue
        if _apart(np.unique(sample.day[known]), DAYS[horizon]) < ENOUGH_SPANS:
            continue
        sight, numbers, keys = sample.sight.rows(known), numbers[known], sample.key[known]
        for what in range(len(CLASSES)):
            some = numbers[:, what] > 0
            if some.sum() >= ENOUGH_SEEN and len(np.unique(keys[some])) >= ENOUGH_UNITS:
                x = columns(sight, what, horizon)
                out[horizon, what] = fit_model(
                    x, further_columns(sight, what, horizon, x), numbers[:, what], rising=own_columns(what), ridge=RIDGE
                )
    return out


def _apart(days: Ints, length: int) -> int:
    """How many of the spans that begin on some days (ascending) do not overlap."""
    number, end = 0, -1
    for day in days.tolist():
        if day >= end:
            number, end = number + 1, day + length
    return number
