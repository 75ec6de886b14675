"""What speaks for each possible answer: sums over dated facts, most of them decayed.

A question is (subject, relation, ?, day). The clues of an answer are of two sorts. Those between the subject and the answer are
there for the few entities that have dealt with the subject, or with those it deals with (``Asked.clues``). Those of the
answer alone, or of its kind and country, are there for all entities (``Wide``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.errors import missing_extra

try:
    from scipy import sparse
except ImportError as error:  # pragma: no cover - only without the extra
    raise missing_extra("forecast", "the forecaster of the next event") from error

from ujar.forecast.links import HALF_LIVES, distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ujar.forecast.homes import Homes
    from ujar.forecast.links import Expanded, Links

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

# Half-lives of rules, in days: how soon after one relation another follows.
RULE_LIVES = (6.0, 40.0, 1e9)
# Names of the clues between subject and answer, in the order of the columns.
NEAR = (
    *(f"same {h:g}" for h in HALF_LIVES),  # this relation, decayed by so many days
    *(f"any {h:g}" for h in HALF_LIVES),  # any relation between the two, either way
    *(f"rules {h:g}" for h in RULE_LIVES),  # relations that this one follows, together
    *(f"rule {h:g}" for h in RULE_LIVES),  # the best of them
    "same age", "any age", "any age 30", "same ever", "any ever",
    "paths", "paths ever",  # somebody deals with both
)  # fmt: skip
# Names of the clues of all entities.
FAR = (
    "role 10", "role ever",  # how often the answer has stood in this place of this relation
    "active 2", "active 10", "active 50", "active ever",  # how often at all
    "countries",  # how often this relation joins their countries
    "kinds",  # and their kinds
    "to country",  # how often the subject deals with the country of the answer
    "from country",  # how often the country of the subject deals with the answer
    "compatriots",
)  # fmt: skip
ROLE_LIVES = (10.0, 1e9)
ACTIVE_LIVES = (2.0, 10.0, 50.0, 1e9)
# Half-life of what countries and kinds do, and of the dealings that make paths.
GROUP_LIFE, PATH_LIFE = 60.0, 30.0
# So many of those with whom the subject shares others are looked at.
_PATHS = 150
_SCALE = 1 / 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one day and the clues between their subjects and possible answers.

    Attributes:
        subject, relation: int64[questions].
        day: when.
        expanded: the links of each subject.
        question: int64[n], the question of each possible answer, ascending.
        entity: int64[n], the possible answer.
        clues: float32[n, len(NEAR)]; 0 says nothing.
    """

    subject: Ints
    relation: Ints
    day: int
    expanded: Expanded
    question: Ints
    entity: Ints
    clues: Floats


class Wide:
    """Decayed counts of entities, kinds and countries as days arrive."""

    def __init__(self, entities: int, relations: int, homes: Homes) -> None:
        self.homes = homes
        lands, kinds = homes.countries + 1, homes.kinds
        self.role = np.zeros((len(ROLE_LIVES), relations, entities), dtype=np.float32)
        self.active = np.zeros((len(ACTIVE_LIVES), entities), dtype=np.float32)
        self.lands = np.zeros((lands, relations, lands), dtype=np.float32)
        self.kinds = np.zeros((kinds, relations, kinds), dtype=np.float32)
        self.to_land = np.zeros((entities, lands), dtype=np.float32)
        self.from_land = np.zeros((lands, entities), dtype=np.float32)

    def see(self, subject: Ints, relation: Ints, obj: Ints, days: int) -> None:
        """Take in the facts of a day, so many days after those before."""
        for counts, lives in ((self.role, ROLE_LIVES), (self.active, ACTIVE_LIVES)):
            for count, life in zip(counts, lives, strict=True):
                count *= np.float32(0.5 ** (days / life))
        for count in (self.lands, self.kinds, self.to_land, self.from_land):
            count *= np.float32(0.5 ** (days / GROUP_LIFE))
        for count in self.role:
            np.add.at(count, (relation, obj), 1)
        for count in self.active:
            np.add.at(count, obj, 1)
        home, kind = self.homes.home, self.homes.kind
        np.add.at(self.lands, (home[subject], relation, home[obj]), 1)
        np.add.at(self.kinds, (kind[subject], relation, kind[obj]), 1)
        np.add.at(self.to_land, (subject, home[obj]), 1)
        np.add.at(self.from_land, (home[subject], obj), 1)
        self.homes.see(subject, obj)

    def at(self, subject: Ints, relation: Ints, entity: Ints) -> Floats:
        """float32[n, len(FAR)]: the clues of some entities, each for a subject and a relation."""
        home, kind = self.homes.home, self.homes.kind
        columns = [_few(count[relation, entity]) for count in self.role]
        columns += [_few(count[entity]) for count in self.active]
        columns += [
            _group(self.lands[home[subject], relation, home[entity]]),
            _group(self.kinds[kind[subject], relation, kind[entity]]),
            _group(self.to_land[subject, home[entity]]),
            _group(self.from_land[home[subject], entity]),
            self._compatriots(home[subject], home[entity]).astype(np.float32),
        ]
        return np.stack(columns, axis=1).astype(np.float32)

    def nothing(self) -> NDArray[np.float64]:
        """float64[len(FAR)]: the clues of an entity of which nothing is known."""
        counts = len(ROLE_LIVES) + len(ACTIVE_LIVES)
        groups = len(FAR) - counts - 1
        none = np.zeros(1, dtype=np.float32)
        return np.concatenate([np.repeat(_few(none), counts), np.repeat(_group(none), groups), none]).astype(np.float64)

    def all(self, subject: Ints, relation: Ints, weight: Floats) -> Floats:
        """float32[questions, entities]: the weighed sums of the clues of all entities; ``weight``: [questions, len(FAR)]."""
        home, kind = self.homes.home, self.homes.kind
        roles, actives = len(ROLE_LIVES), len(ACTIVE_LIVES)
        out = weight[:, roles : roles + actives] @ _few(self.active)
        for number, count in enumerate(self.role):
            out += weight[:, number, None] * _few(count[relation])
        lands, kinds, to_land, from_land, same = weight.T[roles + actives :, :, None]
        # What depends on the country alone is summed by country first.
        land = lands * _group(self.lands[home[subject], relation]) + to_land * _group(self.to_land[subject])
        known = home[subject] < self.homes.countries
        land[np.flatnonzero(known), home[subject[known]]] += same[known, 0]
        out += land[:, home]
        out += (kinds * _group(self.kinds[kind[subject], relation]))[:, kind]
        out += from_land * _group(self.from_land)[home[subject]]
        return out

    def _compatriots(self, one: Ints, other: Ints) -> NDArray[np.bool_]:
        return (one == other) & (one < self.homes.countries)  # type: ignore[no-any-return]


def _few(count: Floats) -> Floats:
    return np.log(0.02 + count) * np.float32(_SCALE)  # type: ignore[no-any-return]


def _group(count: Floats) -> Floats:
    return np.log(0.05 + count) * np.float32(_SCALE) + np.float32(1)  # type: ignore[no-any-return]


class Paths:
    """Who has dealt with those that the subject dealt with."""

    def __init__(self, entities: int) -> None:
        self.lately = sparse.csr_array((entities, entities))
        self.ever = sparse.csr_array((entities, entities))
        self._made: tuple[sparse.csr_array, sparse.csr_array] | None = None

    def see(self, subject: Ints, obj: Ints, days: int) -> None:
        """Take in the facts of a day, so many days after those before."""
        one = sparse.csr_array((np.ones(len(obj)), (subject, obj)), shape=self.ever.shape)
        self.lately = self.lately * 0.5 ** (days / PATH_LIFE) + one
        # What has faded is not carried along.
        self.lately.data[self.lately.data < 0.001] = 0
        self.lately.eliminate_zeros()
        self.ever = self.ever + one
        self._made = None

    def of(self, subject: Ints) -> list[tuple[Ints, Ints, Floats]]:
        """For "paths" and "paths ever": question, entity and strength of the strongest."""
        if self._made is None:
            self._made = (_evened(self.lately), _evened(self.ever))
        one, place = np.unique(subject, return_inverse=True)
        out = []
        for steps in self._made:
            question, entity, strength = _strongest((steps[one] @ steps).tocsr())
            # The same subject may ask several questions.
            order = np.argsort(place, kind="stable")
            many = np.bincount(question, minlength=len(one))[place[order]]
            first = np.searchsorted(question, place[order])
            at = np.repeat(first, many) + np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
            out.append((np.repeat(order, many), entity[at], strength[at]))
        return out


def _evened(dealings: sparse.csr_array) -> sparse.csr_array:
    """Dealings on a logarithmic scale, over the square roots of both sides' sums: the busy do not outweigh all others."""
    out = dealings.copy()
    out.data = np.log1p(out.data)
    even = sparse.diags_array(1 / np.sqrt(np.asarray(out.sum(axis=1)).ravel() + 1))
    return (even @ out @ even).tocsr()


def _strongest(rows: sparse.csr_array) -> tuple[Ints, Ints, Floats]:
    """The strongest entries of each row: row, column, value; rows ascend."""
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    # Each row's strongest first: of what is left of them, the whole part is the row.
    order = np.argsort(row - rows.data / (rows.data.max(initial=0) + 1))
    place = np.arange(len(order)) - np.repeat(rows.indptr[:-1], np.diff(rows.indptr))
    kept = order[place < _PATHS]
    return row[kept], rows.indices[kept].astype(np.int64), rows.data[kept].astype(np.float32)


def between(links: Links, paths: Paths, sureness: Floats, subject: Ints, relation: Ints, day: int) -> Asked:
    """The clues between the subjects of some questions and their possible answers.

    Args:
        links: the links before the day.
        paths: the paths before the day.
        sureness: float32[rule lives, relations, relations]: how often the first relation came true once the second had.
        subject: int64[questions].
        relation: int64[questions].
        day: the day that is asked about.
    """
    expanded = links.expand(subject)
    query, link = expanded
    obj, had = links.object_of(link), links.relation_of(link)
    age = day - links.last[link]
    count = links.count[link] * links.faded(age)
    same = had == relation[query]
    believed = [
        np.minimum(sureness[n][relation[query], had] * np.power(0.5, age / life), 0.95).astype(np.float32)
        for n, life in enumerate(RULE_LIVES)
    ]
    sums = np.concatenate([count * same[:, None], count, -np.log1p(-np.stack(believed, axis=1))], axis=1)
    fresh = np.stack([*believed, np.where(same, 1 / (1 + age / 3), 0), 1 / (1 + age / 3), 1 / (1 + age / 30)], axis=1)
    key = query * links.entities + obj
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    key = key[starts]
    many = len(HALF_LIVES)
    near = np.zeros((len(key), len(NEAR)), dtype=np.float32)
    if len(key):
        summed = np.add.reduceat(sums, starts, axis=0)
        best = np.maximum.reduceat(fresh, starts, axis=0)
        rules = len(RULE_LIVES)
        near[:, : 2 * many] = np.log1p(4 * summed[:, : 2 * many])
        near[:, 2 * many : 2 * many + rules] = np.log1p(1000 * (1 - np.exp(-summed[:, 2 * many :])))
        near[:, 2 * many + rules : 2 * many + 2 * rules] = np.log1p(1000 * best[:, :rules])
        near[:, 2 * many + 2 * rules : -2] = np.concatenate([best[:, rules:], best[:, rules : rules + 2] > 0], axis=1)
    key, near = _with_paths(key, near, paths.of(subject), links.entities)
    return Asked(
        subject, relation, day, expanded, key // links.entities, key % links.entities, near * np.float32(_SCALE)
    )


def _with_paths(key: Ints, near: Floats, found: list[tuple[Ints, Ints, Floats]], entities: int) -> tuple[Ints, Floats]:
    """The clues with those of paths put in."""
    keys = [question * entities + entity for question, entity, _ in found]
    every = distinct(np.concatenate([key, *keys]))
    out = np.zeros((len(every), near.shape[1]), dtype=np.float32)
    out[np.searchsorted(every, key)] = near
    for number, (own, (_, _, strength)) in enumerate(zip(keys, found, strict=True)):
        out[np.searchsorted(every, own), len(NEAR) - 2 + number] = np.log1p(10_000 * strength)
    return every, out
