"""Charts as boxes: events of a pair in both directions, and of a watch; cooperation up and conflict down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, Literal

from ujar.store.rows import QUADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ujar.watch.report import Point

Unit = Literal["day", "week", "month", "year"]
# The longest stretch of days that is shown in a unit.
_LONGEST: tuple[tuple[Unit, int], ...] = (("day", 62), ("week", 420), ("month", 3000))
_WIDTH, _BAND, _GAP, _TOP, _LEFT = 720, 130, 34, 22, 36
_LABELS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its box, its quad class as a class name, and what it says."""

    x: float
    y: float
    width: float
    height: float
    quad: str
    way: str
    number: int
    start: date


@dataclass(frozen=True, slots=True)
class Label:
    """A day below the chart."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The chart, in the units of its view box.

    Attributes:
        width: of the view box.
        height: of the view box.
        left: where the bars begin.
        unit: what a bar stands for.
        middles: the y of the line between cooperation and conflict, of the one and of the other direction.
        most: the number that fills half a band.
        half: the height of half a band.
        bars: all bars.
        labels: days.
    """

    width: int
    height: int
    left: int
    unit: Unit
    middles: tuple[float, float]
    most: int
    half: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]


def bars(days: Iterable[tuple[date, str, str, int]]) -> Bars | None:
    """The chart of (day, way, quad class, number); None when there is nothing to show. "both" counts in both directions."""
    days = list(days)
    if not days:
        return None
    first, last = min(d[0] for d in days), max(d[0] for d in days)
    unit: Unit = next((unit for unit, longest in _LONGEST if (last - first).days <= longest), "year")
    starts = _starts(_start(first, unit), last, unit)
    place = {start: number for number, start in enumerate(starts)}
    counts: dict[tuple[int, int, str], int] = {}
    for day, way, quad, number in days:
        for band in (0, 1):
            if way == "both" or (way == "forth") == (band == 0):
                key = (place[_start(day, unit)], band, quad)
                counts[key] = counts.get(key, 0) + number
    step = (_WIDTH - _LEFT) / max(len(starts), 12)
    half = _BAND / 2
    quads = list(QUADS.values())
    most = max(
        sum(counts.get((n, band, quad), 0) for quad in side)
        for n in range(len(starts))
        for band in (0, 1)
        for side in (quads[:2], quads[2:])
    )
    out = []
    middles = (_TOP + half, _TOP + _BAND + _GAP + half)
    for number, start in enumerate(starts):
        for band in (0, 1):
            for side, turn in ((quads[:2], -1), (quads[2:], 1)):
                # The material next to the line: it weighs more.
                at = middles[band]
                for quad in reversed(side):
                    count = counts.get((number, band, quad), 0)
                    if count:
                        height = half * count / most
                        out.append(
                            Bar(
                                round(_LEFT + number * step + step * 0.1, 1),
                                round(at - height if turn < 0 else at, 1),
                                round(min(step * 0.8, 26), 1),
                                round(height, 1),
                                quad.replace(" ", "-"),
                                ("forth", "back")[band],
                                count,
                                start,
                            )
                        )
                        at += turn * height
    every = max(1, -(-len(starts) // _LABELS))
    labels = tuple(
        Label(_label_x(_LEFT + n * step + step / 2), _name(start, unit))
        for n, start in enumerate(starts)
        if n % every == 0
    )
    height = _TOP + 2 * _BAND + _GAP + 26
    return Bars(_WIDTH, height, _LEFT, unit, middles, most, half, tuple(out), labels)


def _label_x(middle: float) -> float:
    """Where the middle of a label stands, so that it is not cut off at the edge."""
    return round(min(max(middle, _LEFT), _WIDTH - 38), 1)


def _start(day: date, unit: Unit) -> date:
    """The first day of the unit that holds a day."""
    if unit == "week":
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    if unit == "month":
        return day.replace(day=1)
    if unit == "year":
        return day.replace(month=1, day=1)
    return day


def _starts(first: date, last: date, unit: Unit) -> list[date]:
    out = [first]
    while True:
        at = out[-1]
        try:
            if unit in ("day", "week"):
                following = at + timedelta(days=1 if unit == "day" else 7)
            elif unit == "month":
                following = date(at.year + at.month // 12, at.month % 12 + 1, 1)
            else:
                following = date(at.year + 1, 1, 1)
        except (OverflowError, ValueError):
            # The calendar ends with the year 9999.
            return out
        if following > last:
            return out
        out.append(following)


def _name(start: date, unit: Unit) -> str:
    if unit == "year":
        return str(start.year)
    return f"{start:%Y-%m}" if unit == "month" else f"{start.day}.{start.month}.{start:%y}"


@dataclass(frozen=True, slots=True)
class Range:
    """A usual range, as a box behind the bars."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart of a watch, in the units of its view box.

    Attributes:
        width: of the view box.
        height: of the view box.
        left: where the bars begin.
        middle: the y of the line between cooperation and conflict.
        top: the y of ``most`` above the line.
        bottom: the y of ``most`` below it.
        most: the largest number.
        bars: all bars; "way" is "forth" for cooperation, "back" for conflict.
        ranges: usual ranges.
        labels: names of periods.
    """

    width: int
    height: int
    left: int
    middle: float
    top: float
    bottom: float
    most: int
    bars: tuple[Bar, ...]
    ranges: tuple[Range, ...]
    labels: tuple[Label, ...]


def timeline(points: Sequence[Point]) -> Timeline | None:
    """The chart of the last periods of a watch; None when nothing happened in any of them."""
    measures = [m for p in points for m in (p.conflict, p.cooperation)]
    most = ceil(max((n for m in measures for n in (m.value, m.high) if n is not None), default=0))
    if not points or not most:
        return None
    half, top = _BAND, 12.0
    middle = top + half
    step = (_WIDTH - _LEFT) / len(points)
    width = round(min(step * 0.7, 26), 1)
    quads = list(QUADS.values())
    out, ranges = [], []
    for number, point in enumerate(points):
        x = round(_LEFT + number * step + (step - width) / 2, 1)
        for side, turn, measure in (((0, 1), -1, point.cooperation), ((2, 3), 1, point.conflict)):
            at = middle
            # The material next to the line: it weighs more.
            for place in reversed(side):
                count = int(point.quads[place].value or 0)
                height = half * count / most
                if height:
                    box = (x, round(at - height if turn < 0 else at, 1), width, round(height, 1))
                    way = "forth" if turn < 0 else "back"
                    out.append(Bar(*box, quads[place].replace(" ", "-"), way, count, point.period.start))
                    at += turn * height
            if measure.low is not None and measure.high is not None:
                near, far = (half * min(n, most) / most for n in (measure.low, measure.high))
                y = middle - far if turn < 0 else middle + near
                ranges.append(Range(round(x - 1.5, 1), round(y, 1), width + 3, round(max(far - near, 1), 1)))
    every = max(1, -(-len(points) // _LABELS))
    # Counted from the end: the period itself has its name.
    labels = tuple(
        Label(_label_x(_LEFT + n * step + step / 2), point.period.name)
        for n, point in enumerate(points)
        if (len(points) - 1 - n) % every == 0
    )
    return Timeline(
        _WIDTH, round(top + 2 * half + 26), _LEFT, middle, top, top + 2 * half, most, tuple(out), tuple(ranges), labels
    )
