"""What is usual: a range from the past periods, so that only what lies outside of it is called unusual.

Counts. The past periods in which something was read, empty ones among them, give rates per article read. The range is the wider one of

* the median of the rates and three robust standard deviations (1.4826 times the median absolute deviation) to each side,
* the middle 99 % of what a Poisson process of unknown rate would give (with the prior of Jeffreys: a negative binomial
  distribution), after the highest tenth of the past was cut down to the height of the next, so that a single outburst
  does not make the next one usual,

both for as many articles as were read in this period. The upper end is never below 1: one event is never unusual by its
number (it may be new).

Balance. The mean score of the events; the range is the wider one of three robust standard deviations of the past means and
of what chance gives in a mean of so few events (2.576 standard errors).
"""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple

from ujar.watch.report import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# So many past periods are looked at; of these so many must have been read to speak of a usual range.
PAST, ENOUGH = 26, 8
# The mean of fewer events is not judged, and judges nothing.
FEW = 3
_TAIL, _Z = 0.005, 2.576
_ROBUST = 3 * 1.4826
# From this mean on, the negative binomial distribution is as good as normal.
_LARGE = 400.0


class Sums(NamedTuple):
    """Scores of the events of a period."""

    n: int
    total: float
    squares: float


def usual_count(name: str, value: int, read: int, past: Sequence[tuple[int, int]]) -> Measure:
    """A count beside its usual range.

    Args:
        name: what is counted.
        value: the count.
        read: number of articles read in the period.
        past: counts and numbers of articles of the periods before it.
    """
    covered = [(count, articles) for count, articles in past if articles > 0]
    if not read:
        return Measure(name, value, past=len(covered), why_none="nothing of this period was read")
    if len(covered) < ENOUGH:
        why = f"only {len(covered)} of the {PAST} periods before were read, {ENOUGH} are needed"
        return Measure(name, value, past=len(covered), why_none=why)
    rates = sorted(count / articles for count, articles in covered)
    middle = median(rates)
    spread = _ROBUST * median(abs(rate - middle) for rate in rates)
    top = rates[math.ceil(0.9 * len(rates)) - 1]
    events = sum(min(count, top * articles) for count, articles in covered)
    low, high = _chance(events, sum(articles for _, articles in covered), read)
    # Rounded first: 0.3 times 10 is a little more than 3.
    low = max(0, math.ceil(round(min(low, (middle - spread) * read), 6)))
    high = max(1, math.floor(round(max(high, (middle + spread) * read), 6)))
    return Measure(name, value, low, high, middle * read, _outside(value, low, high), len(covered))


def usual_balance(now: Sums, past: Iterable[Sums]) -> Measure:
    """The mean score beside its usual range."""
    value = now.total / now.n if now.n else None
    some = [sums for sums in past if sums.n >= FEW]
    if now.n < FEW:
        return Measure("balance", value, past=len(some), why_none=f"a mean of fewer than {FEW} events is not judged")
    if len(some) < ENOUGH:
        why = f"only {len(some)} of the {PAST} periods before have {FEW} events or more, {ENOUGH} are needed"
        return Measure("balance", value, past=len(some), why_none=why)
    means = [sums.total / sums.n for sums in some]
    middle = median(means)
    spread = _ROBUST * median(abs(mean - middle) for mean in means)
    n, total, squares = (sum(column) for column in zip(*some, strict=True))
    deviation = math.sqrt(max(0.0, squares / n - (total / n) ** 2))
    spread = max(spread, _Z * deviation * math.sqrt(1 / now.n + 1 / n))
    low, high = max(-10.0, middle - spread), min(10.0, middle + spread)
    return Measure("balance", value, low, high, middle, _outside(value or 0.0, low, high), len(some))


def _outside(value: float, low: float, high: float) -> Literal["more", "less"] | None:
    # A mean at the very end of the range is in it, whatever the last bit says.
    return "more" if value > high + 1e-9 else "less" if value < low - 1e-9 else None


def _chance(events: float, articles: int, read: int) -> tuple[float, float]:
    """Between which counts 99 of 100 lie, when so many events came of so many articles, and so many more are read."""
    r, p = events + 0.5, articles / (articles + read)
    mean = r * (1 - p) / p
    if mean > _LARGE:
        margin = _Z * math.sqrt(mean / p)
        return mean - margin, mean + margin
    count, probability = 0, math.exp(r * math.log(p))
    reached = probability
    low = 0 if reached > _TAIL else None
    while reached < 1 - _TAIL:
        probability *= (count + r) / (count + 1) * (1 - p)
        count += 1
        reached += probability
        if low is None and reached > _TAIL:
            low = count
        if probability < 1e-15 and count > mean:
            break
    return low or 0, count
