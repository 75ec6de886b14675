"""The yardstick of ranking: four numbers in all.

Decayed counts of (s, r, o) with one half-life, plus a share of the decayed counts of (s, any, o) with another, plus a share of
how often o has stood under r. Nothing is learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.links import Links, both_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# Chosen on the validation part of ICEWS14: half-lives in days, and what counts with any relation and the share of o count.
SAME_LIFE, ANY_LIFE, ANY, SHARE = 40.0, 20.0, 0.03, 0.0008


class Counts:
    """What was seen so far, asked as a ``Ranker`` is."""

    def __init__(
        self,
        entities: int,
        relations: int,
        numbers: tuple[float, float, float, float] = (SAME_LIFE, ANY_LIFE, ANY, SHARE),
    ) -> None:
        self.relations = relations
        same, any_, self._any, self._share = numbers
        self.links = Links.none(entities, 2 * relations, (same, any_))
        self._role = np.zeros((2 * relations, entities))

    def ask(self, subject: Ints, relation: Ints, day: int) -> tuple[Ints, Ints, int]:
        """The questions of a day."""
        return subject, relation, day

    def scores(self, asked: tuple[Ints, Ints, int]) -> NDArray[np.float64]:
        """float64[questions, entities]."""
        subject, relation, day = asked
        out = self._share * self._role[relation] / (self._role[relation].sum(axis=1, keepdims=True) + 1e-9)
        query, link = self.links.expand(subject)
        count = self.links.count[link] * self.links.faded(day - self.links.last[link])
        same = self.links.relation_of(link) == relation[query]
        np.add.at(out, (query, self.links.object_of(link)), count[:, 0] * same + self._any * count[:, 1])
        return out  # type: ignore[no-any-return]

    def learn(self, asked: tuple[Ints, Ints, int], question: Ints, answer: Ints) -> None:
        """Nothing."""

    def see(self, facts: Ints, day: int) -> None:
        """Take in what happened on a day."""
        subject, relation, obj = both_ways(facts[:, :4], self.relations).T[:3]
        self.links.see(subject, relation, obj, day)
        np.add.at(self._role, (relation, obj), 1)
