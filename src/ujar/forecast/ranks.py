"""Ranks of the right answers by the protocol of the field, and what is told of them.

Each quadruple asks two questions, (s, r, ?, t) and (?, r, o, t); the answer is ranked among all entities. The other right
answers of the same question on the same day are taken out, nothing else is (time-aware filter). Ties get the mean rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def mean_ranks(scores: NDArray[np.floating], question: Ints, answer: Ints) -> Floats:
    """The rank of each answer.

    Args:
        scores: float[questions, entities], higher is better.
        question: int64[n], the question of each answer: all answers of one question must be there, each once.
        answer: int64[n], the entity.

    Returns float64[n], from 1; with the other answers of the question left out, and the mean rank of ties.
    """
    out = np.empty(len(answer))
    order = np.argsort(question, kind="stable")
    places = np.searchsorted(question[order], np.arange(len(scores) + 1))
    for number, row in enumerate(scores):
        own = order[places[number] : places[number + 1]]
        right = row[answer[own]]
        for place, score in zip(own, right, strict=True):
            better = np.count_nonzero(row > score) - np.count_nonzero(right > score)
            # The answer ties with itself.
            tied = np.count_nonzero(row == score) - np.count_nonzero(right == score)
            out[place] = 1 + better + tied / 2
    return out


@dataclass(frozen=True, slots=True)
class Figures:
    """How well answers were ranked, in percent.

    Attributes:
        questions: how many.
        mrr: mean of 1/rank.
        hits: share of ranks up to 1, 3 and 10.
    """

    questions: int
    mrr: float
    hits: tuple[float, float, float]


def figures(ranks: Floats) -> Figures:
    """The figures of some ranks; of none, nan."""
    if not len(ranks):
        return Figures(0, float("nan"), (float("nan"),) * 3)
    # A tie's mean rank of 1.5 is not the first place.
    one, three, ten = (100 * float(np.mean(ranks <= k)) for k in (1, 3, 10))
    return Figures(len(ranks), 100 * float(np.mean(1 / ranks)), (one, three, ten))
