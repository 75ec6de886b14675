"""What is seen of a unit as the columns of a regression: logarithms of rates, 0 where nothing happened.

The first columns are about the class itself and never fall when one more event of it happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.asked import DAYS, Horizon
from ujar.forecast.odds_features import (
    CLASSES,
    HORIZONS,
    LATELY,
    LONG,
    N_TYPES,
    OF_ANYTHING,
    OF_QUADS,
    QUAD_OF,
    Sight,
    anything,
)
from ujar.forecast.precedents import QUADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Rates are told per this many days before the logarithm is taken: log1p then grows from the first event on, and is near
# proportional to the logarithm for the busy.
_PER = 100.0
# Where the slope of a column of the unit and class itself may change; see _pieces.
_BENDS = {"odds": (2.0, 4.0), "lately": (2.0,), "ever": (2.0,), "last": (1.5,)}
# Names of the columns about the class itself, about what else there is between the two, and elsewhere.
_OWN = (
    *("same, last days", "same, last months", "same, last months"),
    *("same, share of periods",) * 3,
    *("same, last weeks",) * 2,
    *("same, ever",) * 2,
    *("same, last days",) * 2,
    "same, last months",
)
_OTHER = (
    *(f"between them, {quad}" for quad in QUADS for _ in range(2)),
    *("other direction, same",) * 2,
    *("other direction, anything",) * 2,
    *("actor towards others",) * 3,
    *("others towards recipient",) * 3,
    *("others towards actor",) * 2,
    *("recipient towards others",) * 2,
    "weekday",
)


def own_columns(what: int) -> int:
    """How many of the first columns of a class only rise with events of the class itself."""
    return len(_OWN) + len(within(what))


def parts(what: int) -> tuple[str, ...]:
    """Which part of the past each of the columns of a class belongs to."""
    return (*_OWN, *(f"same, {CLASSES[t]}" for t in within(what)), *_OTHER)


def columns(sight: Sight, what: int, horizon: Horizon) -> NDArray[np.float64]:
    """The columns for one class and horizon, float64[n, len(parts(what))], each 0 where nothing happened."""
    others = sight.own[:, :, OF_QUADS][:, (LATELY, LONG)].copy()
    # What the class itself did stands in its own columns: an event must not count for and against itself.
    if what == OF_ANYTHING:
        others[:] = 0
    else:
        quad = (what if what >= N_TYPES else QUAD_OF[what]) - N_TYPES
        others[:, :, quad] = np.maximum(others[:, :, quad] - sight.own[:, (LATELY, LONG), what], 0)
    days, lately, months, long, ever = _log(sight.own[:, :, what]).T[:, :, None]
    out = [
        *(days, months, long),
        *_pieces(_odds(sight, what, HORIZONS.index(horizon)), "odds"),
        *_pieces(lately, "lately"),
        *_pieces(ever, "ever"),
        *_pieces(np.log1p(30 / sight.last[:, [what]]), "last"),
        np.log1p(10 * sight.active[:, [what]]),
        _log(sight.own[:, LATELY][:, within(what)]),
        _log(others.transpose(0, 2, 1).reshape(len(sight), -1)),
        _log(sight.reverse[:, :, what]),
        _log(anything(sight.reverse)),
    ]
    for both in (sight.actor_by, sight.recipient_to):
        out += [_log(both[:, :, what]), _log(anything(both[:, 1:]))]
    for late in (sight.actor_to, sight.recipient_by):
        out += [_log(late[:, [what]]), _log(anything(late[:, None]))]
    out.append(sight.weekday[:, [HORIZONS.index(horizon)]])
    return np.concatenate(out, axis=1, dtype=np.float64)


def within(what: int) -> list[int]:
    """What a class consists of: a quad class of types, anything of the quad classes; a type of nothing else."""
    if what == OF_ANYTHING:
        return list(range(N_TYPES, OF_ANYTHING))
    return [t for t in range(N_TYPES) if QUAD_OF[t] == what]


def _pieces(column: Floats, name: str) -> list[Floats]:
    """A column cut where its slope may change: how far it goes in each piece. The pieces sum to the column."""
    edges = (0.0, *_BENDS[name], np.inf)
    return [np.clip(column, low, high) - np.float32(low) for low, high in zip(edges, edges[1:], strict=False)]


def further_columns(sight: Sight, what: int, horizon: Horizon, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns for how many more there are after the first: ``x``, and how many came in past periods with at least one."""
    at = HORIZONS.index(horizon)
    count = sight.own[:, -1, what] * sight.exposed
    further = np.maximum(count * DAYS[horizon] / np.maximum(sight.cover[:, at, what], 1) - 1, 0)
    return np.concatenate([x, np.log1p(further / 0.05)[:, None]], axis=1)


def _odds(sight: Sight, what: int, at: int) -> Floats:
    """Log odds of the share of past periods with at least one, beside those of none, float32[n, 1]."""
    cover, exposed = sight.cover[:, at, what], sight.exposed
    without = np.maximum(exposed - cover, 0)
    return np.asarray(np.log((cover + 0.5) / (without + 0.5) * (exposed + 0.5) / 0.5), dtype=np.float32)[:, None]


def _log(rates: Floats) -> Floats:
    return np.asarray(np.log1p(_PER * rates), dtype=np.float32)
