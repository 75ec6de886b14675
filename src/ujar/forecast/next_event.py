"""The next event of an actor: towards whom, of which type, how likely, and on which dated facts that rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.forecast.links import both_ways, by_day
from ujar.forecast.ranker import Ranker, Settings
from ujar.forecast.why import why

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ujar.forecast.history import History
    from ujar.forecast.why import Part

    Ints = NDArray[np.int64]

# Half-life in days of how often an actor did what: from it comes how likely its next event is of a type.
_TYPE_LIFE = 25.0
# A type that the actor never did counts so much.
_TYPE_PRIOR = 0.05
# Ledgers are small beside the collections that the settings were chosen on: each day is learned from more often.
_SETTINGS = Settings(passes=2)


@dataclass(frozen=True, slots=True)
class Fact:
    """A dated fact that an answer rests on.

    Attributes:
        day: when.
        actor, type, recipient: who did what to whom.
        id: id of the event in the ledger, or ``NAME#row`` of an import.
        part: its part of the score.
    """

    day: date
    actor: str
    type: str
    recipient: str
    id: str
    part: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One sort of what speaks for an answer.

    Attributes:
        name: what, as in ``why.PARTS``.
        part: how much of the score; all reasons together are the score.
        facts: how many dated facts it rests on.
        heaviest: the weightiest of them.
    """

    name: str
    part: float
    facts: int
    heaviest: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """One possible next event.

    Attributes:
        actor, type, recipient: who does what to whom.
        p: how likely the next event of the asked side is this one.
        score: what speaks for it, the sum of the reasons.
        reasons: the reasons, the weightiest first.
        before: how often just this has happened before.
    """

    actor: str
    type: str
    recipient: str
    p: float
    score: float
    reasons: tuple[Reason, ...]
    before: int


def learned(history: History, tick: Callable[[int, int], None] = lambda _done, _all: None) -> Ranker:
    """A forecaster that has seen a history day by day; ``tick`` is told days done and days in all."""
    facts = _rows(history)
    ranker = Ranker(history.names, len(TYPES), _SETTINGS)
    days = len(np.unique(facts[:, 3]))
    for done, (day, today) in enumerate(by_day(facts), start=1):
        ways = both_ways(today, len(TYPES))
        key, question = np.unique(ways[:, 0] * 2 * len(TYPES) + ways[:, 1], return_inverse=True)
        ranker.learn(ranker.ask(key // (2 * len(TYPES)), key % (2 * len(TYPES)), day), question, ways[:, 2])
        ranker.see(today, day)
        tick(done, days)
    return ranker


def next_events(
    history: History,
    ranker: Ranker,
    side: str,
    *,
    on: date,
    type: str | None = None,  # noqa: A002 - the word of the codebook
    towards: bool = False,
    top: int = 5,
    facts: int = 3,
) -> tuple[Next, ...]:
    """The likeliest next events of a unit, the likeliest first.

    Args:
        history: all that ``ranker`` has seen, from before ``on``.
        ranker: what was learned from it.
        side: the unit.
        on: the day for which is asked.
        type: only this PLOVER type.
        towards: the unit is the recipient, and who acts is asked.
        top: how many.
        facts: how many of the weightiest facts each reason names.

    Returns nothing for a unit without events. Raises UsageError for a type that is none.
    """
    types = list(TYPES)
    if type is not None and type not in TYPES:
        raise UsageError("bad-filter", f"{type!r} is no type", f"known are: {', '.join(TYPES)}")
    unit = history.unit(side)
    rows = _rows(history)
    if unit is None or not (own := rows[:, 2 if towards else 0] == unit).any():
        return ()
    asks = np.arange(len(types)) if type is None else np.array([types.index(type)])
    asked = ranker.ask(np.full(len(asks), unit, dtype=np.int64), asks + (len(types) if towards else 0), on.toordinal())
    scores = ranker.scores(asked).astype(np.float64)
    # Nobody is the other side of itself, nor is a unit of which nothing was known yet.
    scores[:, ~np.isin(np.arange(scores.shape[1]), rows[:, [0, 2]])] = -np.inf
    scores[:, unit] = -np.inf
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    kept = np.power(0.5, (on.toordinal() - rows[own, 3]) / _TYPE_LIFE)
    likely = np.bincount(rows[own, 1], weights=kept, minlength=len(types))[asks] + _TYPE_PRIOR / len(types)
    share *= (likely / likely.sum())[:, None]
    out = []
    for place in np.argsort(-share, axis=None, kind="stable")[:top].tolist():
        question, entity = divmod(place, share.shape[1])
        parts = why(ranker, asked, question, entity, rows)
        actor, recipient = (entity, unit) if towards else (unit, entity)
        before = (rows[:, 0] == actor) & (rows[:, 1] == asks[question]) & (rows[:, 2] == recipient)
        out.append(
            Next(
                history.names[actor],
                types[asks[question]],
                history.names[recipient],
                float(share[question, entity]),
                float(scores[question, entity]),
                _reasons(history, parts, facts),
                int(np.count_nonzero(before)),
            )
        )
    return tuple(out)


def _reasons(history: History, parts: Sequence[Part], facts: int) -> tuple[Reason, ...]:
    types = list(TYPES)
    out = [
        Reason(
            part.name,
            part.part,
            len(part.facts),
            tuple(
                Fact(
                    date.fromordinal(int(history.day[row])),
                    history.names[history.actor[row]],
                    types[history.type[row]],
                    history.names[history.recipient[row]],
                    history.id[row],
                    share,
                )
                for row, share in part.facts[:facts]
            ),
        )
        for part in parts
        if part.part
    ]
    return tuple(sorted(out, key=lambda reason: (reason.name == "base", -abs(reason.part))))


def _rows(history: History) -> Ints:
    """int64[n, 4]: actor, type, recipient, day."""
    return np.stack(
        [column.astype(np.int64) for column in (history.actor, history.type, history.recipient, history.day)], axis=1
    )
