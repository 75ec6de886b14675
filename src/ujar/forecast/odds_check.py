"""How good chances are: fitted to one span, scored day by day on the next, beside the benchmarks.

Nothing is chosen here, and nothing after the first scored day is used to fit. Before each scored day all that came earlier is
known, scored days included (a rolling origin).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.distribution import (
    brier,
    calibration_error,
    crps,
    interval,
    log_score,
    mass,
    reliability,
)
from ujar.forecast.odds import DAYS, HORIZONS, Horizon, Odds, fit
from ujar.forecast.odds_benchmark import BENCHMARKS, Counted
from ujar.forecast.odds_features import N_TYPES, OF_ANYTHING, Walk
from ujar.forecast.odds_joint import numbers
from ujar.forecast.odds_training import Examples, examples

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from ujar.forecast.history import History

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Pairs with so many events before the first scored day are scored.
FREQUENT = 10
OURS = "ujar"
SCORES = ("brier", "log", "crps")
_CENTRAL = (0.8, 0.9)
_DRAWS, _SEED = 1_000, 20_140_101
# Rows that are scored at a time, and the largest number a distribution is followed to.
_ROWS, _LARGEST = 20_000, 400


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the number lay in the central interval.

    Attributes:
        central: the share that is meant (0.8, 0.9); numbers being whole, the interval holds at least that.
        said: the share that the distributions themselves gave to it.
        seen: the share of numbers that lay in it.
    """

    central: float
    said: float
    seen: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one horizon, over all quad classes, all types, or of any event at all.

    Attributes:
        horizon: "day", "week" or "month".
        classes: "quad classes", "types" or "anything".
        pairs: directed pairs that were scored.
        days: first days of the scored horizons.
        cases: pair × day × class.
        happened: the share of cases with at least one event.
        scores: per forecast (OURS and BENCHMARKS), the mean of each of SCORES; less is better.
        best: per score, the benchmark with the least.
        skill: per score, 1 - ours / that of the best benchmark, with its central 95 % over pairs drawn anew.
        coverage: of ours.
        calibration_error: of our P(at least one), ten bins.
        reliability: per bin its lower edge, cases, mean probability said, share that happened.
    """

    horizon: Horizon
    classes: str
    pairs: int
    days: int
    cases: int
    happened: float
    scores: dict[str, dict[str, float]]
    best: dict[str, str]
    skill: dict[str, tuple[float, float, float]]
    coverage: tuple[Coverage, ...]
    calibration_error: float
    reliability: tuple[tuple[float, int, float, float], ...]


@dataclass(slots=True)
class _Sums:
    """What is gathered of one horizon over its classes.

    Attributes:
        by_group: per forecast float64[groups, scores], sums over the cases of each pair, its directions together.
        p: our P(at least one), per class.
        happened: whether there was one.
        said: per central interval, the sum of what the distributions gave to it.
        seen: how many numbers lay in it.
    """

    by_group: dict[str, Floats]
    p: list[Floats] = field(default_factory=list)
    happened: list[NDArray[np.bool_]] = field(default_factory=list)
    said: Floats = field(default_factory=lambda: np.zeros(len(_CENTRAL)))
    seen: Floats = field(default_factory=lambda: np.zeros(len(_CENTRAL)))


def check(
    history: History,
    start: date,
    until: date | None = None,
    *,
    horizons: tuple[Horizon, ...] = HORIZONS,
    odds: Odds | None = None,
) -> tuple[Scores, ...]:
    """Fit on what lies before ``start``, and score every horizon that begins from then on and ends before ``until``.

    Scored are directed pairs with at least FREQUENT events before ``start``. ``odds`` stands in for the fit. Per horizon
    come first the quad classes, then the types, then anything; a horizon longer than the span is left out.
    """
    until = min(until or history.until, history.until)
    known = history.before(until)
    odds = odds or fit(known, until=start)
    walk = Walk(known)
    walk.to(start.toordinal())
    keys = np.flatnonzero(walk.totals() >= FREQUENT)
    days = list(range(start.toordinal(), until.toordinal()))
    sample = examples(known, days, until=until.toordinal(), pick=lambda *_: keys)
    if not len(sample):
        return ()
    counted = Counted(known, walk, keys)
    groups = _groups(walk.pairs[sample.key])
    out = []
    for horizon in horizons:
        some = sample.numbers[horizon][:, 0] >= 0
        if some.any():
            out += _scored(odds, sample, counted, groups, some, horizon)
    return tuple(out)


def _groups(pairs: Ints) -> Ints:
    """A number per pair, the same for both of its directions."""
    both = np.sort(pairs, axis=1)
    return np.unique(both, axis=0, return_inverse=True)[1].ravel()


def _scored(
    odds: Odds, sample: Examples, counted: Counted, groups: Ints, some: NDArray[np.bool_], horizon: Horizon
) -> list[Scores]:
    sums = {kind: _Sums({name: np.zeros((groups.max() + 1, 3)) for name in (OURS, *BENCHMARKS)}) for kind in _KINDS}
    rows = np.flatnonzero(some)
    for low in range(0, len(rows), _ROWS):
        part = rows[low : low + _ROWS]
        _add(odds, sample, counted, groups, part, horizon, sums)
    pairs, days = len(np.unique(sample.key[some])), len(np.unique(sample.day[some]))
    return [_told(sums[kind], horizon, kind, pairs, days) for kind in (_KINDS[1], _KINDS[0], _KINDS[2])]


# In the order of the classes.
_KINDS = ("types", "quad classes", "anything")


def _add(
    odds: Odds,
    sample: Examples,
    counted: Counted,
    groups: Ints,
    rows: Ints,
    horizon: Horizon,
    sums: dict[str, _Sums],
) -> None:
    """Score some cases in every class, and add them up."""
    sight, keys, days, group = sample.sight.rows(rows), sample.key[rows], sample.day[rows], groups[rows]
    for what, ours in enumerate(numbers(odds.pairs, odds.usual_pairs, sight, horizon)):
        number = sample.numbers[horizon][rows, what]
        most = max(int(number.max()), int(sight.own[:, 0, what].max() * DAYS[horizon]))
        largest = min(_LARGEST, 20 + 2 * most)
        shapes = counted.chances(keys, days, what, DAYS[horizon], largest)
        p, shape = ours.p, ours.shape(largest)
        shapes[OURS] = (p, shape)
        gathered = sums[_KINDS[(what >= N_TYPES) + (what == OF_ANYTHING)]]
        happened = number > 0
        for name, (chance, distribution) in shapes.items():
            scores = (brier(chance, happened), log_score(chance, happened), crps(distribution, number))
            np.add.at(gathered.by_group[name], group, np.stack(scores, axis=1))
        gathered.p.append(p)
        gathered.happened.append(happened)
        for n, central in enumerate(_CENTRAL):
            low, high = interval(shape, central)
            gathered.said[n] += mass(shape, low, high).sum()
            gathered.seen[n] += ((number >= low) & (number <= high)).sum()


def _told(sums: _Sums, horizon: Horizon, kind: str, pairs: int, days: int) -> Scores:
    p, happened = np.concatenate(sums.p), np.concatenate(sums.happened)
    cases = len(p)
    means = {name: by.sum(axis=0) / cases for name, by in sums.by_group.items()}
    best = {score: BENCHMARKS[int(np.argmin([means[b][n] for b in BENCHMARKS]))] for n, score in enumerate(SCORES)}
    # The same pairs are drawn for both sides of the ratio.
    many = len(sums.by_group[OURS])
    drawn = np.random.default_rng(_SEED).multinomial(many, np.full(many, 1 / many), _DRAWS)
    skill = {}
    for n, score in enumerate(SCORES):
        ours, theirs = sums.by_group[OURS][:, n], sums.by_group[best[score]][:, n]
        ratios = (drawn @ ours) / np.maximum(drawn @ theirs, 1e-12)
        low, high = np.quantile(1 - ratios, (0.025, 0.975)).tolist()
        skill[score] = (float(1 - ours.sum() / max(theirs.sum(), 1e-12)), low, high)
    return Scores(
        horizon=horizon,
        classes=kind,
        pairs=pairs,
        days=days,
        cases=cases,
        happened=float(happened.mean()),
        scores={name: dict(zip(SCORES, row.tolist(), strict=True)) for name, row in means.items()},
        best=best,
        skill=skill,
        coverage=tuple(
            Coverage(central, float(sums.said[n] / cases), float(sums.seen[n] / cases))
            for n, central in enumerate(_CENTRAL)
        ),
        calibration_error=calibration_error(p, happened),
        reliability=tuple(reliability(p, happened)),
    )
