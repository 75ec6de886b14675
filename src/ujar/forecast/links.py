"""What is known of every pair so far: for each (subject, object, relation) its decayed counts, as days arrive.

Facts are dated quadruples: who, relation, to whom, day. Each is kept in both directions, the way back with a relation of its
own (relation + number of relations), so that "whom does o deal with" is asked as "whom does s deal with" is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# Half-lives of the counts, in days; the last one never forgets.
HALF_LIVES = (1.5, 6.0, 25.0, 100.0, 1e9)


class Expanded(NamedTuple):
    """The links of some queries: those of the first query, then those of the second.

    Attributes:
        query: int64[n], place of the query of each.
        link: int64[n], place in the columns of ``Links``.
    """

    query: Ints
    link: Ints


@dataclass(slots=True)
class Links:
    """All links so far, by subject, object and relation.

    Attributes:
        entities, relations: how many there are; relations count both directions.
        half_lives: of the counts, in days.
        key: int64[n], (subject x entities + object) x relations + relation, ascending.
        count: float64[n, half-lives], decayed counts as they were on the day ``last``.
        last: int64[n], the day on which it was seen last.
    """

    entities: int
    relations: int
    half_lives: Sequence[float]
    key: Ints
    count: Floats
    last: Ints

    @classmethod
    def none(cls, entities: int, relations: int, half_lives: Sequence[float] = HALF_LIVES) -> Links:
        """No links yet."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(entities, relations, half_lives, nothing, np.zeros((0, len(half_lives))), nothing)

    def see(self, subject: Ints, relation: Ints, obj: Ints, day: int) -> None:
        """Take in the facts of a day, which must not be earlier than what was seen."""
        key, number = np.unique((subject * self.entities + obj) * self.relations + relation, return_counts=True)
        at: Ints = np.asarray(np.searchsorted(self.key, key))
        known = np.zeros(len(key), dtype=bool)
        inside = at < len(self.key)
        known[inside] = self.key[at[inside]] == key[inside]
        old = at[known]
        self.count[old] = self.count[old] * self.faded(day - self.last[old]) + number[known, None]
        self.last[old] = day
        new = ~known
        self.key = np.insert(self.key, at[new], key[new])
        self.count = np.insert(self.count, at[new], np.repeat(number[new, None], self.count.shape[1], axis=1), axis=0)
        self.last = np.insert(self.last, at[new], day)

    def faded(self, days: Ints) -> Floats:
        """What is left of a count after so many days: float64[n, half-lives]."""
        spans = np.arange(int(days.max(initial=0)) + 1)
        return np.power(0.5, spans[:, None] / np.asarray(self.half_lives))[days]  # type: ignore[no-any-return]

    def expand(self, subject: Ints) -> Expanded:
        """The links of each subject, in the order of object and relation."""
        size = self.entities * self.relations
        start = np.searchsorted(self.key, subject * size)
        many = np.searchsorted(self.key, (subject + 1) * size) - start
        query = np.repeat(np.arange(len(subject)), many)
        first = np.cumsum(many) - many
        return Expanded(query, np.arange(len(query)) - np.repeat(first - start, many))

    def known(self, subject: Ints, relation: Ints, obj: Ints) -> NDArray[np.bool_]:
        """Which facts have happened before."""
        return is_among((subject * self.entities + obj) * self.relations + relation, self.key)

    def object_of(self, link: Ints) -> Ints:
        """The objects of links."""
        return self.key[link] // self.relations % self.entities

    def relation_of(self, link: Ints) -> Ints:
        """The relations of links."""
        return self.key[link] % self.relations


def both_ways(facts: Ints, relations: int) -> Ints:
    """Facts (subject, relation, object, day) and their ways back; ``relations``: how many there are in one direction."""
    back = np.stack([facts[:, 2], facts[:, 1] + relations, facts[:, 0], facts[:, 3]], axis=1)
    return np.concatenate([facts, back])


def by_day(facts: Ints) -> Iterator[tuple[int, Ints]]:
    """The facts (subject, relation, object, day) day by day, in any order to begin with."""
    if not len(facts):
        return
    ordered = facts[np.argsort(facts[:, 3], kind="stable")]
    days, starts = np.unique(ordered[:, 3], return_index=True)
    yield from zip(days.tolist(), np.split(ordered, starts[1:]), strict=True)


def distinct(keys: Ints) -> Ints:
    """The different keys, ascending; quicker than numpy's for keys that are half in order."""
    ordered = np.sort(keys)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def is_among(keys: Ints, ordered: Ints) -> NDArray[np.bool_]:
    """Which keys are among others, which ascend."""
    at = np.minimum(np.searchsorted(ordered, keys), max(len(ordered) - 1, 0))
    return ordered[at] == keys if len(ordered) else np.zeros(len(keys), dtype=bool)
