"""The forecaster of the next event, measured as the field does it.

Single-step: everything before the day is known, and what a day brought is learned from before the next one is asked. Multi-step:
nothing after the validation part is known; so that what is learned fits, what is known is frozen for a month at a time all
along.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ujar.forecast.counts import Counts
from ujar.forecast.links import both_ways, by_day
from ujar.forecast.ranker import Ranker
from ujar.forecast.ranks import Figures, figures, mean_ranks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ujar.forecast.quadruples import Quadruples
    from ujar.forecast.ranker import Settings

    Ints = NDArray[np.int64]

# Days for which nothing new becomes known, in multi-step: as long as the test parts are.
_FROZEN = 30
# So many questions are scored at a time: their scores of all entities lie in memory.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ranked:
    """How one method ranked the answers of a part.

    Attributes:
        method: its name.
        all: over all questions, both directions.
        seen: where the fact has happened before.
        novel: where it has not.
        by_objects: of (s, r, ?, t).
        by_subjects: of (?, r, o, t).
        seconds: for learning and answering, all in all.
    """

    method: str
    all: Figures
    seen: Figures
    novel: Figures
    by_objects: Figures
    by_subjects: Figures
    seconds: float


@dataclass(frozen=True, slots=True)
class Benchmarked:
    """What ``ujar forecast benchmark`` tells.

    Attributes:
        part: "test" or "valid".
        multi_step: whether nothing after the part before was known.
        ranked: the yardstick, then the forecaster.
        megabytes: the most memory that the process took.
    """

    part: str
    multi_step: bool
    ranked: tuple[Ranked, ...]
    megabytes: int


def benchmark(
    facts: Quadruples,
    *,
    multi_step: bool = False,
    validation: bool = False,
    settings: Settings | None = None,
    tick: Callable[[int, int], None] = lambda _done, _all: None,
) -> Benchmarked:
    """Rank the answers of the test part, or of the validation part, for choices of method.

    Args:
        facts: the benchmark.
        multi_step: nothing after the part before is known.
        validation: score the validation part; the test part is not looked at.
        settings: of the forecaster.
        tick: told after each day: days done, days in all (of both methods).
    """
    parts = [facts.train, facts.valid] if validation else [facts.train, facts.valid, facts.test]
    rows = np.concatenate(parts)
    start = int(parts[-1][0, 3])
    entities, relations = len(facts.entities), len(facts.relations)
    days = np.unique(rows[:, 3])
    done = 0

    def ticked() -> None:
        nonlocal done
        done += 1
        tick(done, 2 * len(days))

    methods = {
        "counts (four numbers)": Counts(entities, relations),
        "ujar": Ranker(facts.entities, relations, settings),
    }
    ranked = tuple(
        _ranked(name, model, rows, start, relations, ticked, multi_step=multi_step) for name, model in methods.items()
    )
    return Benchmarked("valid" if validation else "test", multi_step, ranked, _megabytes())


def _ranked(
    name: str,
    model: Any,
    rows: Ints,
    start: int,
    relations: int,
    ticked: Callable[[], None],
    *,
    multi_step: bool,
) -> Ranked:
    """How a model (``Ranker``, or ``Counts`` with the same methods) ranks the answers from a day on, while the days go by."""
    began = time.perf_counter()
    unseen: list[Ints] = []
    found: list[NDArray[np.float64]] = []
    frozen_on = int(rows[:, 3].min())
    for day, today in by_day(rows):
        if multi_step and (day == start or (day < start and day >= frozen_on + _FROZEN)):
            for facts in unseen:
                model.see(facts, int(facts[0, 3]))
            unseen, frozen_on = [], day
        asks = both_ways(today, relations)
        key, question = np.unique(asks[:, 0] * 2 * relations + asks[:, 1], return_inverse=True)
        subject, relation, answer = key // (2 * relations), key % (2 * relations), asks[:, 2]
        if day < start:
            model.learn(model.ask(subject, relation, day), question, answer)
        else:
            ranks = _ranks(model, subject, relation, day, question, answer)
            seen = model.links.known(asks[:, 0], asks[:, 1], answer)
            found.append(np.stack([ranks, seen, asks[:, 1] < relations], axis=1))
            if not multi_step:
                model.learn(model.ask(subject, relation, day), question, answer)
        if multi_step:
            unseen.append(today)
        else:
            model.see(today, day)
        ticked()
    ranks, seen, forth = np.concatenate(found).T
    return Ranked(
        name,
        figures(ranks),
        figures(ranks[seen > 0]),
        figures(ranks[seen == 0]),
        figures(ranks[forth > 0]),
        figures(ranks[forth == 0]),
        time.perf_counter() - began,
    )


def _ranks(model: Any, subject: Ints, relation: Ints, day: int, question: Ints, answer: Ints) -> NDArray[np.float64]:
    """The ranks of the answers of a day, some questions at a time."""
    out = np.empty(len(answer))
    for first in range(0, len(subject), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        own = (question >= first) & (question < first + _AT_ONCE)
        scores = model.scores(model.ask(subject[some], relation[some], day))
        out[own] = mean_ranks(scores, question[own] - first, answer[own])
    return out


def _megabytes() -> int:
    """The most memory that this process took; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most / (2**20 if sys.platform == "darwin" else 2**10))
