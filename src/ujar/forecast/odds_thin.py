"""Where too little is known to learn from: the rate of a unit's own history, drawn to what is usual between units.

Each class has a gamma distribution of rates over the units, and the unit's own events are weighed against it. The number
in the coming days is then a negative binomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.odds_features import CLASSES, Walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ujar.forecast.history import History

    Floats = NDArray[np.float64]

# Bounds of the shape of the gamma distribution. Few units may look alike by chance; they are taken to differ as much as an
# exponential distribution does, at the least.
_UNLIKE, _ALIKE = 0.05, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How the rates of units spread, per class in the order of CLASSES.

    Attributes:
        shape: float64[classes], of the gamma distribution; as good as so many events.
        days: float64[classes], its inverse scale; as good as so many observed days.
    """

    shape: Floats
    days: Floats

    def mean(self, what: int, events: Floats, exposed: Floats, length: int) -> tuple[Floats, Floats]:
        """Expected numbers in ``length`` days, of n units: the part of the own history, and the part of what is usual."""
        whole = self.days[what] + exposed
        return np.asarray(events / whole * length), np.asarray(self.shape[what] / whole * length)


def usual_of(history: History, until: int, *, actors: bool = False) -> Usual:
    """How the rates of pairs (or of actors towards anybody) spread before a day (an ordinal)."""
    walk = Walk(history)
    walk.to(until)
    counts = walk.counts(np.flatnonzero(walk.totals(actors=actors) > 0), actors=actors).astype(np.float64)
    exposed = max(1.0, walk.exposed)
    # A class that never happened is given half an event among all units.
    mean = np.maximum(counts.sum(axis=0), 0.5) / max(1, len(counts))
    spread = counts.var(axis=0) if len(counts) else np.zeros(len(CLASSES))
    more = spread - mean
    shape = np.where(more > 0, np.square(mean) / np.where(more > 0, more, 1), _ALIKE)
    shape = np.clip(shape, _UNLIKE, _ALIKE)
    return Usual(shape, shape * exposed / mean)
