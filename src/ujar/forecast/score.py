"""How kept outlooks came true: what they said beside what the ledger then saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING, Any, Literal

from ujar.forecast.asked import DAYS
from ujar.forecast.odds_features import Observed
from ujar.forecast.outlooks import outlooks
from ujar.forecast.precedents import NOTHING, QUADS, is_of, rows_between
from ujar.forecast.telling import likelihoods
from ujar.write_rows import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ujar.forecast.history import History
    from ujar.forecast.outlooks import Outlook, Said

Level = Literal["quad", "type", "nothing"]
LEVELS: tuple[Level, ...] = ("quad", "type", "nothing")
# Nobody is punished without end for a probability of 0.
_LEAST = 1e-4
_MISSES, _IDS = 12, 5
# A probability of a tenth each.
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Probabilities that lie near each other, and how often what they were given for happened.

    Attributes:
        low: lower end.
        high: upper end, not included (but for the last).
        number: probabilities in it.
        mean: their mean; None when there are none.
        came: share of them that came true; None likewise.
    """

    low: float
    high: float
    number: int
    mean: float | None
    came: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """How well outlooks of one length did on the quad classes, on the types, or on nothing at all.

    Attributes:
        every: "day", "week" or "month".
        level: "quad", "type" or "nothing".
        outlooks: number of outlooks.
        number: number of probabilities.
        came: how many came true.
        brier: mean squared difference between probability and what happened (0 or 1); 0 is best.
        brier_base: the same of the base rate.
        skill: 1 - brier / brier_base: above 0 is better than the base rate; None where that one made no error.
        log_score: mean of -ln of the probability given to what happened; 0 is best.
        log_base: the same of the base rate.
        crps: mean continuous ranked probability score of the number of events; None where no numbers were given.
        coverage: share of numbers within their 80 % range; None likewise.
        ece: mean difference of said and came over the bins, each by its number.
        bins: calibration, a tenth each.
    """

    every: str
    level: Level
    outlooks: int
    number: int
    came: int
    brier: float
    brier_base: float
    skill: float | None
    log_score: float
    log_base: float
    crps: float | None
    coverage: float | None
    ece: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A probability far from what happened.

    Attributes:
        outlook: its name.
        every: its length.
        pair: the two sides.
        start: first day of its span.
        end: the day after the last.
        what: type or quad class.
        p: what was said.
        number: events that came.
        ids: the first of them.
    """

    outlook: str
    every: str
    pair: str
    start: date
    end: date
    what: str
    p: float
    number: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """How kept outlooks came true.

    Attributes:
        scores: by length and level.
        misses: the largest differences, the largest first.
        scored: number of outlooks that count.
        waiting: whose span is not over.
        given: with something supposed.
        thin: without a forecast.
        late: made when the ledger already had days of the span.
        unread: of whose span the ledger has too little; that is no calm.
        replaced: followed by a later one for the same sides and span.
        unreadable: files that could not be read.
        first: the day up to which the ledger must have news so that the first of those waiting can be scored; None if none waits.
        observed: the day after the last of the ledger.
    """

    scores: tuple[Score, ...]
    misses: tuple[Miss, ...]
    scored: int
    waiting: int
    given: int
    thin: int
    late: int
    unread: int
    replaced: int
    unreadable: int
    first: date | None
    observed: date

    @property
    def kept(self) -> int:
        """Number of outlooks that could be read."""
        return self.scored + self.waiting + self.given + self.thin + self.late + self.unread + self.replaced


@dataclass(frozen=True, slots=True)
class _Answer:
    """A probability and what happened."""

    outlook: Outlook
    said: Said
    level: Level
    number: int
    ids: tuple[str, ...]

    @property
    def came(self) -> float:
        return float(self.number > 0) if self.level != "nothing" else float(self.number == 0)


def scored(folder: Path, history: History, *, every: str | None = None, late: bool = False) -> Scored:
    """Compare the kept outlooks of a ledger with its history as it is now.

    Args:
        folder: of the ledger.
        history: what the ledger has seen.
        every: only outlooks of this length.
        late: count outlooks that were made in retrospect, too (they knew only what lies before their span, but perhaps as it was
            told later).
    """
    found, unreadable = outlooks(folder)
    if every is not None:
        found = tuple(one for one in found if one.every == every)
    given = [one for one in found if one.given]
    thin = [one for one in found if not one.given and one.basis != "odds"]
    behind = [one for one in found if not one.given and one.basis == "odds" and one.observed > one.start and not late]
    apart = {one.name for one in (*given, *thin, *behind)}
    last: dict[tuple[object, ...], Outlook] = {}
    rest = [one for one in found if one.name not in apart]
    for one in rest:
        # Sorted by the time they were made: the last one stays.
        last[(one.sides, one.start)] = one
    ended = [one for one in last.values() if one.end <= history.until]
    observed = Observed(history)
    over = [one for one in ended if observed.whole(one.start.toordinal(), (one.end - one.start).days)]
    waiting = [one for one in last.values() if one.end > history.until]
    answers = [answer for one in over for answer in _answers(history, one)]
    return Scored(
        tuple(_scores(answers)),
        tuple(_misses(answers)),
        len(over),
        len(waiting),
        len(given),
        len(thin),
        len(behind),
        len(ended) - len(over),
        len(rest) - len(last),
        unreadable,
        min((one.end - timedelta(days=1) for one in waiting), default=None),
        history.until,
    )


def _answers(history: History, outlook: Outlook) -> Iterable[_Answer]:
    import numpy as np

    rows = rows_between(history, outlook.actor, outlook.recipient)
    low, high = np.searchsorted(history.day[rows], [outlook.start.toordinal(), outlook.end.toordinal()])
    rows = rows[low:high]
    for said in outlook.said:
        level: Level = "nothing" if said.what == NOTHING else "quad" if said.what in QUADS else "type"
        hits = rows[is_of(history, rows, said.what)]
        yield _Answer(outlook, said, level, len(hits), tuple(history.id[row] for row in hits[:_IDS].tolist()))


def _scores(answers: list[_Answer]) -> Iterable[Score]:
    for every in DAYS:
        for level in LEVELS:
            own = [a for a in answers if a.outlook.every == every and a.level == level]
            if own:
                yield _score(every, level, own)


def _score(every: str, level: Level, answers: list[_Answer]) -> Score:
    n = len(answers)
    brier = sum((a.said.p - a.came) ** 2 for a in answers) / n
    base = sum((a.said.base - a.came) ** 2 for a in answers) / n
    counted = [a for a in answers if a.said.shape]
    ranged = [a for a in answers if a.said.low is not None and a.said.high is not None]
    bins = bins_of([(a.said.p, a.came) for a in answers])
    return Score(
        every,
        level,
        len({a.outlook.name for a in answers}),
        n,
        sum(a.came > 0 for a in answers),
        brier,
        base,
        1 - brier / base if base > 0 else None,
        sum(surprise(a.said.p, a.came) for a in answers) / n,
        sum(surprise(a.said.base, a.came) for a in answers) / n,
        sum(crps(a.said.shape, a.number) for a in counted) / len(counted) if counted else None,
        sum((a.said.low or 0) <= a.number <= (a.said.high or 0) for a in ranged) / len(ranged) if ranged else None,
        sum(b.number * abs((b.mean or 0) - (b.came or 0)) for b in bins) / n,
        bins,
    )


def surprise(p: float, came: float) -> float:
    """-ln of the probability that was given to what happened."""
    return -log(max(_LEAST, p if came else 1 - p))


def crps(shape: Sequence[float], number: int) -> float:
    """The continuous ranked probability score of a distribution over 0, 1, 2, …: 0 is best.

    The sum over all k of (P(N ≤ k) - [number ≤ k])²; what ``shape`` leaves open is taken to lie at its end.
    """
    total, reached = 0.0, 0.0
    for k in range(max(len(shape) - 1, number)):
        reached += shape[k] if k < len(shape) else 0.0
        below = min(1.0, reached) if k < len(shape) - 1 else 1.0
        total += (below - (number <= k)) ** 2
    return total


def bins_of(pairs: Sequence[tuple[float, float]]) -> tuple[Bin, ...]:
    """Ten bins of (probability, what happened: 0 or 1)."""
    out = []
    for place in range(_BINS):
        own = [(p, came) for p, came in pairs if min(int(p * _BINS), _BINS - 1) == place]
        n = len(own)
        out.append(
            Bin(
                place / _BINS,
                (place + 1) / _BINS,
                n,
                sum(p for p, _ in own) / n if n else None,
                sum(came for _, came in own) / n if n else None,
            )
        )
    return tuple(out)


def _misses(answers: list[_Answer]) -> list[Miss]:
    """The probabilities farthest from what happened, more than an even chance wrong."""
    wrong = [a for a in answers if a.level != "nothing" and abs(a.said.p - a.came) > 0.5]
    wrong.sort(key=lambda a: (-abs(a.said.p - a.came), a.outlook.start, a.outlook.name, a.said.what))
    return [
        Miss(
            a.outlook.name, a.outlook.every, a.outlook.pair, a.outlook.start, a.outlook.end, a.said.what, a.said.p, a.number,
            a.ids,
        )
        for a in wrong[:_MISSES]
    ]  # fmt: skip


def as_json(found: Scored) -> dict[str, Any]:
    """The score as JSON knows it; docs/scenarios.md explains the keys."""
    out: dict[str, Any] = plain(found)
    out["kept"] = found.kept
    out["words"] = [plain(one) for one in likelihoods()]
    return out
