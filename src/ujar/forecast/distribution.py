"""Distributions of a number of events, and how good they were once the number is known.

A distribution is a row of probabilities of 0, 1, 2, … up to a largest number, which takes what is left, so that each row
sums to 1. All functions take many rows at once: ``shape`` is float64[n, numbers], ``seen`` int64[n].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# A probability is never said to be less, so that one surprise does not cost without bound.
FLOOR = 1e-4


def negative_binomial(mean: Floats, size: Floats | float, largest: int) -> Floats:
    """Negative binomials with a mean and a size each (variance = mean + mean² / size), float64[n, largest + 1]."""
    mean = np.asarray(mean, dtype=np.float64)
    size = np.broadcast_to(np.asarray(size, dtype=np.float64), mean.shape)
    out = np.empty((len(mean), largest + 1))
    odds = mean / (mean + size)
    out[:, 0] = np.exp(-size * np.log1p(mean / size))
    for k in range(largest):
        out[:, k + 1] = out[:, k] * odds * (size + k) / (k + 1)
    return closed(out)


def poisson(mean: Floats, largest: int) -> Floats:
    """Poisson distributions, float64[n, largest + 1]."""
    out = np.empty((len(mean), largest + 1))
    # Past some 700 the first probability is 0 as a float; such a row is all in the largest number.
    out[:, 0] = np.exp(-mean)
    for k in range(largest):
        out[:, k + 1] = out[:, k] * mean / (k + 1)
    return closed(out)


def hurdle(p: Floats, further: Floats, size: Floats | float, largest: int) -> Floats:
    """At least one with probability ``p``; then one and, by a negative binomial, ``further`` more on average.

    Returns float64[n, largest + 1]; its first column is 1 - p.
    """
    out = np.empty((len(p), largest + 1))
    out[:, 0] = 1 - p
    out[:, 1:] = p[:, None] * negative_binomial(further, size, max(largest - 1, 0))[:, :largest]
    return out


def closed(shape: Floats) -> Floats:
    """The rows with all that is missing to 1 in their last number."""
    shape[:, -1] = np.maximum(shape[:, -1] + 1 - shape.sum(axis=1), 0)
    return shape


def interval(shape: Floats, share: float) -> tuple[Ints, Ints]:
    """The central interval: the smallest numbers at which (1 - share) / 2, and (1 + share) / 2, of a row are reached."""
    below = np.cumsum(shape, axis=1)
    edges = ((1 - share) / 2, (1 + share) / 2)
    low, high = ((below < edge - 1e-9).sum(axis=1) for edge in edges)
    last = shape.shape[1] - 1
    return np.minimum(low, last), np.minimum(high, last)


def mass(shape: Floats, low: Ints, high: Ints) -> Floats:
    """The probability of a number from ``low`` to ``high``, both included."""
    below = np.concatenate([np.zeros((len(shape), 1)), np.cumsum(shape, axis=1)], axis=1)
    rows = np.arange(len(shape))
    return np.asarray(below[rows, high + 1] - below[rows, low])


def brier(p: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Squared distance of a probability from what happened (1 or 0); 0 is best."""
    return np.asarray(np.square(p - happened))


def log_score(p: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Minus the logarithm of what was given to what happened, with FLOOR at both ends; 0 is best."""
    p = np.clip(p, FLOOR, 1 - FLOOR)
    return np.asarray(-np.log(np.where(happened, p, 1 - p)))


def crps(shape: Floats, seen: Ints) -> Floats:
    """Continuous ranked probability score of a distribution of numbers, exact, in events; 0 is best.

    The sum over k of (P(number ≤ k) - [seen ≤ k])². A seen number past the largest of the row counts each step beyond it.
    """
    last = shape.shape[1] - 1
    below = np.cumsum(shape, axis=1)
    step = np.arange(last) >= seen[:, None]
    return np.asarray(np.square(below[:, :last] - step).sum(axis=1) + np.maximum(seen - last, 0))


def calibration_error(p: Floats, happened: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: in bins of equal width, how far the mean probability lies from the share that happened."""
    return sum(n * abs(said - came) for _, n, said, came in reliability(p, happened, bins)) / max(1, len(p))


def reliability(p: Floats, happened: NDArray[np.bool_], bins: int = 10) -> list[tuple[float, int, float, float]]:
    """Per bin that is not empty: its lower edge, how many, the mean probability said, the share that happened."""
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    out = []
    for b in range(bins):
        mask = place == b
        if mask.any():
            out.append((b / bins, int(mask.sum()), float(p[mask].mean()), float(happened[mask].mean())))
    return out
