"""The numbers of all classes together, so that they do not contradict each other.

A class is learned, or takes its share of the class it belongs to (a type of its quad class, a quad class of anything), or, where
that is not learned either, is the shrunken own history. Then a quad class is raised to the likeliest of its types, and they until
together they are as probable as it; anything is held between the likeliest quad class and their sum; and nothing is less
probable in a week than on its first day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.asked import DAYS, Horizon
from ujar.forecast.distribution import closed, hurdle, negative_binomial
from ujar.forecast.odds_columns import columns, further_columns, within
from ujar.forecast.odds_features import HORIZONS, N_CLASSES, N_TYPES, OF_ANYTHING, QUAD_OF, Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ujar.forecast.odds_fit import Model
    from ujar.forecast.odds_thin import Usual

    Floats = NDArray[np.float64]

# Nothing is more probable.
_SURE = 1 - 1e-9
# The classes that consist of others, the widest first.
_WHOLES = (OF_ANYTHING, *range(N_TYPES, OF_ANYTHING))


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """How many events of one class n units may have.

    At least one with probability ``p``; how many there are then is that of a distribution: where ``x`` is given, one and by a
    negative binomial ``further`` more, of which each counts with ``part``; else a negative binomial of ``further``.

    Attributes:
        p: float64[n], probability of at least one.
        mean: float64[n], expected number.
        further, size: float64[n], of the negative binomial.
        own, usual: float64[n], parts of the expected number by the shrunken own history.
        x: float64[n, columns], what was seen, of a class that is learned, or the class of which this one is a part.
        part: float64[n], this class's share of that one; None: it is that one.
        first: float64[n], probability of at least one before the classes were made to agree.
    """

    p: Floats
    mean: Floats
    further: Floats
    size: Floats
    own: Floats
    usual: Floats
    x: Floats | None = None
    part: Floats | None = None
    first: Floats | None = None

    @property
    def learned(self) -> bool:
        """Whether there was enough of the class itself to learn from."""
        return self.x is not None and self.part is None

    def shape(self, largest: int) -> Floats:
        """The distribution of the number, float64[n, largest + 1]."""
        if self.x is None:
            out = negative_binomial(self.further, self.size, largest)
        elif self.part is None:
            return hurdle(self.p, self.further, self.size, largest)
        else:
            more = negative_binomial(self.further * self.part, self.size, largest)
            # Of the first event, whether it is one of this class.
            out = more * (1 - self.part)[:, None]
            out[:, 1:] += more[:, :-1] * self.part[:, None]
        # As probable as is told, and what the number is then as it was.
        some = np.maximum(1 - out[:, 0], 1e-300)
        out[:, 1:] *= (self.p / some)[:, None]
        out[:, 0] = 1 - self.p
        return closed(out)


def numbers(models: Mapping[tuple[Horizon, int], Model], usual: Usual, sight: Sight, horizon: Horizon) -> list[Number]:
    """The numbers of all classes, in the order of CLASSES, in the coming days of a horizon, of n units."""
    found = _numbers(models, usual, sight, HORIZONS[0])
    for longer in HORIZONS[1 : HORIZONS.index(horizon) + 1]:
        found = [
            _raised(one, shorter) for one, shorter in zip(_numbers(models, usual, sight, longer), found, strict=True)
        ]
    return found


def _numbers(models: Mapping[tuple[Horizon, int], Model], usual: Usual, sight: Sight, horizon: Horizon) -> list[Number]:
    found: list[Number] = [_usual(usual, sight, what, horizon) for what in range(N_CLASSES)]
    thin = [one.mean for one in found]
    # From the whole to its parts, so that a part finds the number of its whole.
    for what in (*_WHOLES, *range(N_TYPES)):
        whole = OF_ANYTHING if what >= N_TYPES else int(QUAD_OF[what])
        if (horizon, what) in models:
            found[what] = _learned(models[horizon, what], found[what], sight, what, horizon)
        elif what != OF_ANYTHING and found[whole].x is not None:
            all_parts = np.sum([thin[part] for part in within(whole)], axis=0)
            found[what] = _part(found[what], found[whole], thin[what] / all_parts)
    for what in _WHOLES[1:]:
        parts = [found[place] for place in within(what)]
        p = np.max([one.p for one in (found[what], *parts)], axis=0)
        # Together at least as probable as the whole, of which more is known than of each.
        more = np.maximum(p / np.sum([one.p for one in parts], axis=0), 1)
        parts = [_with(one, one.p * more, one.mean) for one in parts]
        found[what] = _with(found[what], p, _among(found[what].mean, [one.mean for one in parts]))
        for place, part in zip(within(what), parts, strict=True):
            found[place] = part
    quads = [found[quad] for quad in within(OF_ANYTHING)]
    anything = found[OF_ANYTHING]
    p = np.minimum(_among(anything.p, [one.p for one in quads]), _SURE)
    found[OF_ANYTHING] = _with(anything, p, _among(anything.mean, [one.mean for one in quads]))
    return found


def _usual(usual: Usual, sight: Sight, what: int, horizon: Horizon) -> Number:
    """The shrunken own history."""
    exposed = sight.exposed.astype(np.float64)
    events = sight.own[:, -1, what] * exposed
    own, rest = usual.mean(what, events, exposed, DAYS[horizon])
    mean, size = own + rest, usual.shape[what] + events
    return Number(-np.expm1(-size * np.log1p(mean / size)), mean, mean, size, own, rest)


def _learned(model: Model, thin: Number, sight: Sight, what: int, horizon: Horizon) -> Number:
    x = columns(sight, what, horizon)
    further = model.further(further_columns(sight, what, horizon, x))
    p = model.p(x)
    return replace(thin, p=p, mean=p * (1 + further), further=further, size=model.size_at(further), x=x, first=p)


def _part(thin: Number, whole: Number, share: Floats) -> Number:
    """A class as its share of another: of the events of that one, each is one of this with the same probability."""
    part = share if whole.part is None else share * whole.part
    none = (1 - part) * np.exp(-whole.size * np.log1p(whole.further * part / whole.size))
    # What was learned of the whole is that at least one comes, and how many then.
    least = whole.first if whole.first is not None else whole.p
    p = least * (1 - none)
    mean = least * (1 + whole.further) * part
    scale = mean / np.maximum(thin.mean, 1e-300)
    return Number(p, mean, whole.further, whole.size, thin.own * scale, thin.usual * scale, whole.x, part, least)


def _among(whole: Floats, parts: list[Floats]) -> Floats:
    """A number of what consists of others: at least the largest of theirs, at most their sum."""
    return np.asarray(np.clip(whole, np.max(parts, axis=0), np.sum(parts, axis=0)))


def _raised(one: Number, shorter: Number) -> Number:
    """What comes in the first days of a span comes in the span."""
    return _with(one, np.maximum(one.p, shorter.p), np.maximum(one.mean, shorter.mean))


def _with(one: Number, p: Floats, mean: Floats) -> Number:
    """The number with another probability of at least one, and another mean, which is at least that."""
    if one.learned:
        mean = np.maximum(mean, p)
        return replace(one, p=p, mean=mean, further=mean / p - 1)
    # Of what is not learned, what the number is once there is any stays as it was.
    scale = p / np.maximum(one.p, 1e-300)
    return replace(one, p=p, mean=one.mean * scale, own=one.own * scale, usual=one.usual * scale)
