"""The calibration curve of outlooks as points of a chart: what was said to the right, what came true upwards."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ujar.forecast.score import Bin, Score

_SIDE, _LEFT, _BELOW, _TOP = 260, 44, 34, 10
# The radius of the point of the largest bin, and the smallest.
_LARGE, _SMALL = 11.0, 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """A bin: its middle and radius, and the bin itself."""

    x: float
    y: float
    radius: float
    bin: Bin


@dataclass(frozen=True, slots=True)
class Tick:
    """A whole part of the axes: where it stands, and its percent."""

    x: float
    y: float
    percent: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The chart of a score, in the units of its view box.

    Attributes:
        score: of which.
        width: of the view box.
        height: of the view box.
        left: x of 0 %.
        right: x of 100 %.
        top: y of 100 %.
        bottom: y of 0 %.
        points: bins that have probabilities; the larger the more of them.
        line: the points of a line through their middles, as SVG writes them.
        ticks: 0, 25, 50, 75 and 100 %.
    """

    score: Score
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    points: tuple[Point, ...]
    line: str
    ticks: tuple[Tick, ...]


def curve(score: Score) -> Curve:
    """The chart of a score."""
    most = max((one.number for one in score.bins), default=1)
    points = tuple(
        Point(_x(one.mean), _y(one.came), round(max(_SMALL, _LARGE * sqrt(one.number / most)), 1), one)
        for one in score.bins
        if one.number and one.mean is not None and one.came is not None
    )
    return Curve(
        score,
        _LEFT + _SIDE + 16,
        _TOP + _SIDE + _BELOW,
        _LEFT,
        _LEFT + _SIDE,
        _TOP,
        _TOP + _SIDE,
        points,
        " ".join(f"{p.x},{p.y}" for p in points),
        tuple(Tick(_x(n / 100), _y(n / 100), n) for n in (0, 25, 50, 75, 100)),
    )


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)
