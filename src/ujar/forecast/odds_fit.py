"""Two small regressions: how probable at least one event is, and how many more there are then.

Coefficients of the columns that are about the unit and class itself are never negative, so that one more event of a kind
never makes the next of that kind less probable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEPS = 40
_ENOUGH = 1e-6
_POWERS = (0.0, 0.5, 1.0)
# Sizes of the negative binomial that are tried; the last is all but a Poisson.
_SIZES = (0.15, 0.25, 0.4, 0.6, 0.9, 1.4, 2.2, 3.5, 6.0, 12.0, 50.0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The chance of one class at one horizon.

    Attributes:
        base: log odds of at least one where nothing is known of the unit.
        weights: float64[columns], what each column adds to the log odds.
        more_base: log of the mean of further events, after the first, where nothing is known.
        more: float64[columns], what each column adds to that.
        size: of the negative binomial of the further events, where their mean is 0.
        power: by which power of 1 + mean the size grows: the busy are steadier than the rest.
        most: the largest mean of further events that was fitted; none larger is given.
        reach: float64[columns], the largest of each column that was learned from; nothing is said of more.
        more_reach: float64[columns], the same of the columns of further events.
    """

    base: float
    weights: Floats
    more_base: float
    more: Floats
    size: float
    power: float
    most: float
    reach: Floats
    more_reach: Floats

    def within(self, x: Floats) -> Floats:
        """The columns as far as they were learned from."""
        return np.minimum(x, self.reach)

    def log_odds(self, x: Floats) -> Floats:
        """Log odds of at least one, float64[n]."""
        return np.asarray(self.base + self.within(x) @ self.weights)

    def p(self, x: Floats) -> Floats:
        """The probability of at least one, float64[n]."""
        return 1 / (1 + np.exp(-np.clip(self.log_odds(x), -30, 30)))

    def further(self, x: Floats) -> Floats:
        """The mean number of events after the first, given that there is one, float64[n]."""
        x = np.minimum(x, self.more_reach)
        return np.minimum(np.exp(np.clip(self.more_base + x @ self.more, -20, 20)), self.most)

    def size_at(self, further: Floats) -> Floats:
        """The size of the negative binomial for each mean of further events, float64[n]."""
        return np.asarray(self.size * (1 + further) ** self.power)


def fit_model(x: Floats, x_further: Floats, numbers: NDArray[np.int64], *, rising: int, ridge: float) -> Model:
    """The model of the numbers (int64[n]) that were seen with columns (float64[n, columns], 0 where nothing happened).

    Args:
        x: the columns of the chance of at least one.
        x_further: those of the number after the first.
        numbers: how many events there were.
        rising: the coefficients of the first so many columns are at least 0.
        ridge: how strongly coefficients are drawn to 0, per unit of standard deviation of their column.
    """
    scale = x.std(axis=0)
    scale[scale < 1e-9] = np.inf
    z = np.concatenate([np.ones((len(x), 1)), x / scale], axis=1)
    happened = (numbers > 0).astype(np.float64)
    rate = (happened.sum() + 0.5) / (len(x) + 1)
    start = np.zeros(z.shape[1])
    start[0] = np.log(rate / (1 - rate))
    beta = _newton(_logistic(z, happened), start, rising, ridge)
    some = numbers > 0
    fscale = x_further.std(axis=0)
    fscale[fscale < 1e-9] = np.inf
    z = np.concatenate([np.ones((len(x), 1)), x_further / fscale], axis=1)
    gamma, size, most = np.zeros(z.shape[1]), 1.0, 0.0
    power = 0.0
    gamma[0] = -20.0
    if some.sum() >= 5:
        further = (numbers[some] - 1).astype(np.float64)
        gamma[0] = np.log(further.mean() + 0.5 / some.sum())
        for _ in range(2):
            mean = np.exp(np.clip(z[some] @ gamma, -20, 20))
            gamma = _newton(_counts(z[some], further, size * (1 + mean) ** power), gamma, rising, ridge)
            size, power = _best_size(np.exp(np.clip(z[some] @ gamma, -20, 20)), further)
        most = 1.5 * float(further.max()) + 1
    reach, more_reach = x.max(axis=0), x_further[some].max(axis=0, initial=0)
    return Model(
        float(beta[0]), beta[1:] / scale, float(gamma[0]), gamma[1:] / fscale, size, power, most, reach, more_reach
    )


def _logistic(z: Floats, happened: Floats) -> Callable[[Floats], tuple[float, Floats, Callable[[], Floats]]]:
    """Minus the log likelihood of the logistic regression, its gradient, and how to get its Hessian."""

    def loss(beta: Floats) -> tuple[float, Floats, Callable[[], Floats]]:
        eta = np.clip(z @ beta, -30, 30)
        p = 1 / (1 + np.exp(-eta))
        value = float((np.logaddexp(0, eta) - happened * eta).sum())
        weight = p * (1 - p)
        return value, z.T @ (p - happened), lambda: z.T @ (z * weight[:, None])

    return loss


def _counts(z: Floats, numbers: Floats, size: Floats) -> Callable[[Floats], tuple[float, Floats, Callable[[], Floats]]]:
    """The same of the negative binomial with logarithmic link (expected Hessian)."""

    def loss(gamma: Floats) -> tuple[float, Floats, Callable[[], Floats]]:
        eta = np.clip(z @ gamma, -20, 20)
        mean = np.exp(eta)
        value = float(((numbers + size) * np.log(mean + size) - numbers * eta).sum())
        weight = mean * size / (mean + size)
        return value, z.T @ ((mean - numbers) * size / (mean + size)), lambda: z.T @ (z * weight[:, None])

    return loss


def _newton(
    loss: Callable[[Floats], tuple[float, Floats, Callable[[], Floats]]], start: Floats, rising: int, ridge: float
) -> Floats:
    """Newton steps towards the least loss with a ridge, coefficients 1 to ``rising`` kept from falling below 0."""
    beta, penalty = start.copy(), np.full(len(start), ridge)
    # The base is free but for a trace, which keeps it finite where nothing ever happened.
    penalty[0] = 1e-3
    bound = np.zeros(len(beta), dtype=bool)
    bound[1 : rising + 1] = True
    value, slope, hessian = loss(beta)
    value += 0.5 * float(penalty @ beta**2)
    for _ in range(_STEPS):
        gradient = slope + penalty * beta
        free = ~(bound & (beta <= 0) & (gradient > 0))
        curved = hessian()[np.ix_(free, free)] + np.diag(penalty[free] + 1e-9)
        step = np.zeros(len(beta))
        step[free] = np.linalg.solve(curved, gradient[free])
        length = 1.0
        while True:
            trial = beta - length * step
            trial[bound] = np.maximum(trial[bound], 0)
            new, slope_new, hessian_new = loss(trial)
            new += 0.5 * float(penalty @ trial**2)
            if new <= value or length < 1e-3:
                break
            length /= 2
        if new > value:
            break
        gained, value = value - new, new
        beta, slope, hessian = trial, slope_new, hessian_new
        if gained < _ENOUGH * (1 + abs(value)):
            break
    return beta


def _best_size(mean: Floats, numbers: Floats) -> tuple[float, float]:
    """The size and its power, of those in _SIZES and _POWERS, that make the numbers most likely."""

    def likelihood(size: float, power: float) -> float:
        sizes = size * (1 + mean) ** power
        rising = _log_gamma(sizes + numbers) - _log_gamma(sizes)
        return float((rising + numbers * np.log(mean / (mean + sizes)) - sizes * np.log1p(mean / sizes)).sum())

    return max(((s, q) for s in _SIZES for q in _POWERS), key=lambda both: likelihood(*both))


def _log_gamma(x: Floats) -> Floats:
    """The logarithm of the gamma function of positive numbers, right to 9 digits: Stirling's series at x + 7."""
    y = x + 7
    product = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6)
    series = (1 / 12 - (1 / 360 - 1 / (1260 * y * y)) / (y * y)) / y
    return np.asarray((y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series - np.log(product))
