"""How probable at least one event of each kind is in the coming day, week or month, and how many there may be.

Two small regressions per kind and horizon (``odds_fit``) over decayed sums of dated events (``odds_features``), learned from
past days of the same history (``odds_training``); where it is too thin for that, the shrunken own history (``odds_thin``). All
classes together are made to agree (``odds_joint``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.asked import DAYS, Horizon
from ujar.forecast.distribution import interval
from ujar.forecast.odds_columns import parts
from ujar.forecast.odds_features import CLASSES, HORIZONS, sight_of
from ujar.forecast.odds_joint import Number, numbers
from ujar.forecast.odds_thin import Usual, usual_of
from ujar.forecast.odds_training import fitted, training_examples
from ujar.forecast.precedents import ANYTHING, QUADS

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from ujar.forecast.history import History
    from ujar.forecast.odds_fit import Model

    Floats = NDArray[np.float64]

__all__ = ["ANYTHING", "CLASSES", "DAYS", "HORIZONS", "QUADS", "Chance", "Horizon", "Odds", "fit"]

# A distribution is told up to the number at which so much of it is reached.
_TOLD = 0.999
_CENTRAL = 0.8
_LARGEST = 4096


@dataclass(frozen=True, slots=True)
class Chance:
    """What may come of one kind in a horizon.

    Attributes:
        what: a PLOVER type, a quad class ("material conflict"), or "anything": any event at all.
        p: probability of at least one.
        mean: expected number.
        low: of the central 80 % of the number, the least.
        high: the largest.
        shape: P(number = 0, 1, 2, …), to where 0.999 is reached; the first is 1 - p.
        share: what it rests on. Fitted: parts of the log odds of at least one, which they sum to, the first "base" for a
            unit of which nothing is known. Thin: parts of the mean ("own history", "usual between units").
        thin: whether there was too little to learn from: then it is a share of what it belongs to, by the shrunken own history,
            or that history alone.
    """

    what: str
    p: float
    mean: float
    low: int
    high: int
    shape: tuple[float, ...]
    share: tuple[tuple[str, float], ...]
    thin: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """What was learned from a history.

    Attributes:
        pairs: models of directed pairs, by horizon and place in CLASSES.
        actors: models of actors towards anybody.
        usual_pairs: how the rates of pairs spread.
        usual_actors: how the rates of actors spread.
        until: the day before which all lies that was learned from.
        examples: how many pairs on past days it was learned from.
    """

    pairs: dict[tuple[Horizon, int], Model]
    actors: dict[tuple[Horizon, int], Model]
    usual_pairs: Usual
    usual_actors: Usual
    until: date
    examples: int

    @property
    def version(self) -> str:
        """Which method, and up to which day it had learned."""
        return f"odds 2, learned to {self.until}" if self.pairs else f"own history, to {self.until}"

    def of(
        self,
        history: History,
        actor: str | tuple[str, ...],
        recipient: str | tuple[str, ...] | None,
        horizon: Horizon,
        on: date,
    ) -> tuple[Chance, ...]:
        """The chances of every type, then of every quad class, then of anything, in the horizon's days from ``on`` (included).

        Only facts before ``on`` are used. Units of which the history knows nothing count as such without events.

        Args:
            history: the past.
            actor: whose acts; a bloc as several units, whose acts are added up.
            recipient: towards whom; None: towards anybody.
            horizon: "day", "week" or "month" (1, 7, 30 days).
            on: the first day.

        Returns nothing where no day before ``on`` was observed.
        """
        seen = history.before(on)
        to = None if recipient is None else _places(seen, recipient)
        if seen.since >= seen.until:
            return ()
        sight = sight_of(seen, _places(seen, actor), to, on.toordinal())
        models, usual = (self.pairs, self.usual_pairs) if to is not None else (self.actors, self.usual_actors)
        found = numbers(models, usual, sight, horizon)
        return tuple(_chance(what, one, models.get((horizon, what))) for what, one in enumerate(found))


def fit(history: History, *, until: date | None = None) -> Odds:
    """Learn from what a history holds before ``until`` (else: all of it): a minute for 500,000 facts, seconds for few."""
    until = until or history.until
    known = history.before(until)
    end = known.until.toordinal()
    examples = training_examples(known, until)
    return Odds(
        fitted(examples),
        fitted(training_examples(known, until, actors=True)),
        usual_of(known, end),
        usual_of(known, end, actors=True),
        until,
        len(examples),
    )


def rows_of(
    history: History, actor: str | tuple[str, ...], recipient: str | tuple[str, ...] | None
) -> NDArray[np.int64]:
    """Places of the rows that count as acts of the one side towards the other (None: anybody but itself), ascending."""
    by, to = _places(history, actor), None if recipient is None else _places(history, recipient)
    mask = np.isin(history.actor, by)
    return np.flatnonzero(mask & (~np.isin(history.recipient, by) if to is None else np.isin(history.recipient, to)))


def _places(history: History, names: str | tuple[str, ...]) -> list[int]:
    """The places of the units that the history knows."""
    listed = (names,) if isinstance(names, str) else names
    return [place for name in listed if (place := history.unit(name)) is not None]


def _chance(what: int, one: Number, model: Model | None) -> Chance:
    """The chance with a distribution that is long enough."""
    largest = 16
    rows = one.shape(largest)
    while rows[0, -1] > 1 - _TOLD and largest < _LARGEST:
        largest *= 2
        rows = one.shape(largest)
    low, high = interval(rows, _CENTRAL)
    last = int((np.cumsum(rows[0]) < _TOLD).sum())
    told = tuple(rows[0, : last + 1].tolist())
    p, mean = 1 - told[0], float(one.mean[0])
    if model is None or one.x is None:
        share: tuple[tuple[str, float], ...] = (
            ("own history", float(one.own[0])),
            ("usual between units", float(one.usual[0])),
        )
    else:
        share = _parts_of(what, model, one.x, float(np.log(p / (1 - p))))
    return Chance(CLASSES[what], p, mean, int(low[0]), int(high[0]), told, share, model is None)


def _parts_of(what: int, model: Model, x: Floats, log_odds: float) -> tuple[tuple[str, float], ...]:
    """What the log odds of at least one rest on."""
    share = {"base": model.base}
    for name, value in zip(parts(what), (model.weights * model.within(x[0])).tolist(), strict=True):
        share[name] = share.get(name, 0.0) + value
    share["its kinds"] = log_odds - sum(share.values())
    return tuple((name, value) for name, value in share.items() if name == "base" or abs(value) >= 1e-9)
