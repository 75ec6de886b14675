"""What chances are measured against: the same as last period, the own history of a unit, a Poisson of it.

Also benchmark folders of dated quadruples, whose relations are CAMEO names, as histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.cameo import is_name, type_of_name
from ujar.forecast.distribution import poisson
from ujar.forecast.history import History, history_from_rows
from ujar.forecast.odds_features import N_CLASSES, classes_of
from ujar.forecast.quadruples import PARTS, bad, read_quadruples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ujar.forecast.odds_features import Walk

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# The names of the benchmarks, in the order in which they are told.
BENCHMARKS = ("same as last period", "own history", "own history, smoothed", "Poisson of own history")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A folder of dated quadruples as a history.

    Attributes:
        history: the facts whose relation has a PLOVER type; units are the names of the entities.
        starts: first day of the parts train, valid and test.
        left_out: how many facts have no PLOVER type (CAMEO 01 and 02 only speak), or one unit on both sides.
    """

    history: History
    starts: tuple[date, date, date]
    left_out: int


def history_of_benchmark(folder: str | Path, first: date | None = None) -> Benchmark:
    """Read ``train``, ``valid`` and ``test`` (.txt or .txt.gz): subject, relation, object, time in hours, a filler.

    Args:
        folder: also holds entity2id.txt and relation2id.txt (name, tab, id).
        first: what hour 0 is; else 1 January of the year that the folder's name ends in (ICEWS14, ICEWS18), or of 2000.

    Raises InputError when a file is missing or cannot be read so, or no relation is a name of CAMEO.
    """
    ending = Path(folder).resolve().name[-2:]
    first = first or date(2000 + int(ending) if ending.isdecimal() else 2000, 1, 1)
    facts = read_quadruples(folder)
    if not any(is_name(name) for name in facts.relations):
        raise bad(folder, "its relations are no names of CAMEO")
    kinds = [type_of_name(name) for name in facts.relations]
    units, parts = facts.entities, (facts.train, facts.valid, facts.test)
    try:
        rows = [
            (first + timedelta(days=day), units[actor], kind, units[recipient], f"{part}#{number}")
            for part, found in zip(PARTS, parts, strict=True)
            for number, (actor, relation, recipient, day) in enumerate(found.tolist(), start=1)
            if (kind := kinds[relation]) is not None and actor != recipient
        ]
        starts = [first + timedelta(days=int(found[0, 3])) for found in parts]
    except OverflowError as error:
        raise bad(folder, "a day after the year 9999") from error
    left_out = sum(map(len, parts)) - len(rows)
    return Benchmark(history_from_rows(rows, since=first), (starts[0], starts[1], starts[2]), left_out)


class Counted:
    """Events of some pairs up to each day, and from them the distributions of the benchmarks.

    Attributes:
        until: int32[days + 1, pairs, classes], how many there were before each day since the first.
    """

    def __init__(self, history: History, walk: Walk, keys: Ints) -> None:
        self._first = history.since.toordinal()
        days = history.until.toordinal() - self._first
        place = np.full(len(walk.pairs), -1, dtype=np.int64)
        place[keys] = np.arange(len(keys))
        self._place = place
        at = place[walk.pair_of_row]
        known = at >= 0
        day = history.day[known].astype(np.int64) - self._first + 1
        self.until = np.zeros((days + 1, len(keys), N_CLASSES), dtype=np.int32)
        for column in classes_of(history.type[known].astype(np.int64)):
            np.add.at(self.until, (day, at[known], column), 1)
        np.cumsum(self.until, axis=0, out=self.until)

    def chances(self, keys: Ints, day: Ints, what: int, length: int, largest: int) -> dict[str, tuple[Floats, Floats]]:
        """Per benchmark, of each pair before each day: P(at least one) float64[n], and the distribution of the number.

        Past periods are blocks of ``length`` days, counted back from the day to the first.
        """
        counts, t, at = self.until[:, :, what], day - self._first, self._place[keys]
        n, rows = len(t), np.arange(len(t))
        periods = np.maximum(t // length, 1)
        own = np.zeros((n, largest + 1))
        for back in range(int(periods.max(initial=0))):
            high, low = t - back * length, t - (back + 1) * length
            some = low >= 0
            number = counts[high[some], at[some]] - counts[low[some], at[some]]
            np.add.at(own, (rows[some], np.minimum(number, largest)), 1)
        smooth = (own[:, 1:].sum(axis=1) + 0.5) / (periods + 1)
        # Shares of the numbers of at least one stay as they are; half a period with, and half without, is added.
        own /= periods[:, None]
        shown = 1 - own[:, 0]
        softer = own.copy()
        softer[:, 0] = 1 - smooth
        softer[:, 1:] *= np.where(shown > 0, smooth / np.where(shown > 0, shown, 1), 0)[:, None]
        softer[shown <= 0, 1] = smooth[shown <= 0]
        last = np.zeros((n, largest + 1))
        before = np.maximum(t - length, 0)
        last[rows, np.minimum(counts[t, at] - counts[before, at], largest)] = 1
        rate = poisson(counts[t, at] / np.maximum(t, 1) * length, largest)
        shapes = (last, own, softer, rate)
        return {name: (1 - shape[:, 0], shape) for name, shape in zip(BENCHMARKS, shapes, strict=True)}
