"""A forecaster of the next event: who is the other side of (subject, relation, ?, day), learned as the days arrive.

Each possible answer has clues (``clues``), and its score is their weighed sum: every part of it is a sum over dated facts. The
weights, some for all relations and a correction for each, are learned by softmax regression over the possible answers, in
steps of Adam (Kingma and Ba 2015), day by day: a day is asked before it is seen. Also learned is how often one relation follows
another between the same two (rules of one step; with the way back as a relation of its own, of both directions).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ujar.forecast.clues import FAR, NEAR, RULE_LIVES, Asked, Paths, Wide, between
from ujar.forecast.homes import Homes
from ujar.forecast.links import Links, both_ways, distinct, is_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

# Before anything is learned, clues between the two count this much, and the others this much.
_NEAR_AT_FIRST, _FAR_AT_FIRST = 0.3, 0.2
# Adam, its step, and how strongly corrections of relations are drawn to none.
_FADE_MEAN, _FADE_SQUARE, _TINY = 0.9, 0.999, 1e-8
# Rules are believed as if each had been seen so often with the share of its second relation; what was seen fades slowly.
_PRIOR, _FADE_RULES = 3.0, 0.998
# How many days later rules are reckoned anew.
_RULE_DAYS = 3
# The answers that everybody gives are among those that learning tells apart; and some by chance, that stand for all others.
_POPULAR, _POPULAR_ROLE, _OTHERS = 100, 30, 60


@dataclass(frozen=True, slots=True)
class Settings:
    """How is learned; the defaults were chosen on the validation part of ICEWS14.

    Attributes:
        rate: step of Adam.
        steps: how many steps a day.
        passes: how often a day's questions are learned from.
        draw: how strongly the corrections of relations are drawn to none.
        first: so many days are only seen, since at first nothing has happened before.
        average: over so many steps the weights that are used are averaged.
        without: names of clues that are left out.
    """

    rate: float = 0.02
    steps: int = 4
    passes: int = 1
    draw: float = 1e-5
    first: int = 20
    average: int = 200
    without: tuple[str, ...] = ()


@dataclass(slots=True)
class _Adam:
    """Steps of Adam for some numbers."""

    value: NDArray[np.float64]
    _mean: NDArray[np.float64] = field(init=False)
    _square: NDArray[np.float64] = field(init=False)
    _steps: int = 0
    mean: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self._mean, self._square = np.zeros_like(self.value), np.zeros_like(self.value)
        self.mean = self.value.copy()

    def step(self, slope: NDArray[np.float64], rate: float, average: int) -> None:
        self._steps += 1
        self._mean += (1 - _FADE_MEAN) * (slope - self._mean)
        self._square += (1 - _FADE_SQUARE) * (slope**2 - self._square)
        mean = self._mean / (1 - _FADE_MEAN**self._steps)
        square = self._square / (1 - _FADE_SQUARE**self._steps)
        self.value -= rate * mean / (np.sqrt(square) + _TINY)
        self.mean += (self.value - self.mean) / min(self._steps, average)


class Ranker:
    """What was seen and learned so far. Relations are those of ``links.both_ways``."""

    def __init__(self, names: Sequence[str], relations: int, settings: Settings | None = None) -> None:
        """Of nothing.

        Args:
            names: the entities; what their names tell of country and kind is used, see ``homes``.
            relations: how many there are in one direction.
            settings: how is learned.
        """
        self.settings = settings or Settings()
        self.relations = relations
        self.links = Links.none(len(names), 2 * relations)
        self.paths = Paths(len(names))
        self.wide = Wide(len(names), 2 * relations, Homes.of(names))
        self.day: int | None = None
        self._since: int | None = None
        width = len(NEAR) + len(FAR)
        mask = np.array([name not in self.settings.without for name in (*NEAR, *FAR)])
        first = np.where(np.arange(width) < len(NEAR), _NEAR_AT_FIRST, _FAR_AT_FIRST)
        self._mask = mask
        self._weight = _Adam(first * mask)
        self._own = _Adam(np.zeros((2 * relations, width)))
        size = (len(RULE_LIVES), (2 * relations) ** 2)
        self._came, self._had = np.zeros(size), np.zeros(size)
        self._sureness: tuple[int, Floats] | None = None
        self._chance = np.random.default_rng(0)

    def ask(self, subject: Ints, relation: Ints, day: int) -> Asked:
        """The questions of a day, with their clues from what was seen so far."""
        return between(self.links, self.paths, self.sureness(day), subject, relation, day)

    def weights(self, relation: Ints) -> Floats:
        """float32[n, clues]: what each clue counts for each relation; the clues of NEAR, then those of FAR."""
        return ((self._weight.mean + self._own.mean[relation]) * self._mask).astype(np.float32)  # type: ignore[no-any-return]

    def scores(self, asked: Asked) -> Floats:
        """float32[questions, entities]: what speaks for each entity; exp of it is its share of the chances."""
        weight = self.weights(asked.relation)
        out = self.wide.all(asked.subject, asked.relation, weight[:, len(NEAR) :])
        out[asked.question, asked.entity] += (asked.clues * weight[asked.question, : len(NEAR)]).sum(axis=1)
        return out

    def learn(self, asked: Asked, question: Ints, answer: Ints) -> None:
        """Learn from the right answers: ``answer[i]`` is one of ``asked.question`` ``question[i]``."""
        self._learn_rules(asked, question, answer)
        if self._since is None or asked.day < self._since + self.settings.first:
            return
        clues, of, entity, stands_for = self._told_apart(asked, question, answer)
        right = np.zeros(len(of))
        size = self.links.entities
        right[np.searchsorted(of * size + entity, question * size + answer)] = 1
        many = np.bincount(question, minlength=len(asked.subject))
        starts = np.searchsorted(of, np.arange(len(many) + 1))
        for _ in range(self.settings.passes):
            order = self._chance.permutation(len(many))
            for some in np.array_split(order, self.settings.steps):
                if len(some):
                    self._step(asked, np.sort(some), starts, clues, stands_for, right, many)

    def see(self, facts: Ints, day: int) -> None:
        """Take in what happened on a day, int64[n, 3 or more]: subject, relation, object, in one direction."""
        if self.day is not None and day <= self.day:
            raise ValueError(f"day {day} comes after day {self.day}")
        subject, relation, obj = both_ways(facts[:, :4], self.relations).T[:3]
        days = day - self.day if self.day is not None else 0
        self.links.see(subject, relation, obj, day)
        self.wide.see(subject, relation, obj, days)
        self.paths.see(subject, obj, days)
        self.day = day
        self._since = day if self._since is None else self._since

    def _told_apart(self, asked: Asked, question: Ints, answer: Ints) -> tuple[Floats, Ints, Ints, Floats]:
        """Possible answers that learning tells apart: those with clues, the right, the popular, and some of the others.

        All clues, questions, entities, and the logarithm of how many entities each stands for.
        """
        size = self.links.entities
        key = asked.question * size + asked.entity
        popular = np.argsort(-self.wide.active[1], kind="stable")[:_POPULAR]
        asks = np.arange(len(asked.subject))
        relation, place = np.unique(asked.relation, return_inverse=True)
        role = np.argsort(-self.wide.role[0][relation], axis=1, kind="stable")[:, :_POPULAR_ROLE][place]
        certain = distinct(
            np.concatenate(
                [
                    key,
                    question * size + answer,
                    (asks[:, None] * size + popular).ravel(),
                    (asks[:, None] * size + role).ravel(),
                ]
            )
        )
        others = asks[:, None] * size + self._chance.integers(0, size, (len(asks), _OTHERS))
        every = distinct(np.concatenate([certain, others.ravel()]))
        of, entity = every // size, every % size
        by_chance = ~is_among(every, certain)
        drawn = np.bincount(of[by_chance], minlength=len(asks))
        left = size - np.bincount(of[~by_chance], minlength=len(asks))
        stands_for = np.where(by_chance, np.log(np.maximum(left, 1) / np.maximum(drawn, 1))[of], 0).astype(np.float32)
        clues = np.zeros((len(every), len(NEAR) + len(FAR)), dtype=np.float32)
        clues[np.searchsorted(every, key), : len(NEAR)] = asked.clues
        clues[:, len(NEAR) :] = self.wide.at(asked.subject[of], asked.relation[of], entity)
        return clues * self._mask, of, entity, stands_for

    def _step(
        self,
        asked: Asked,
        some: Ints,
        starts: Ints,
        clues: Floats,
        stands_for: Floats,
        right: NDArray[np.float64],
        many: Ints,
    ) -> None:
        """One step of Adam from some questions."""
        sizes = (starts[1:] - starts[:-1])[some]
        first = np.cumsum(sizes) - sizes
        rows = np.repeat(starts[some] - first, sizes) + np.arange(int(sizes.sum()))
        own, relation = clues[rows], asked.relation[some]
        weight = (self._weight.value + self._own.value[relation]).astype(np.float32)
        score = np.einsum("ij,ij->i", own, np.repeat(weight, sizes, axis=0)).astype(np.float64)
        score += stands_for[rows]
        score = np.exp(score - np.repeat(np.maximum.reduceat(score, first), sizes))
        share = score / np.repeat(np.add.reduceat(score, first), sizes)
        slope = (np.repeat(many[some], sizes) * share - right[rows]) / many[some].sum()
        by_question = np.add.reduceat(own * slope[:, None], first, axis=0)
        by_relation = np.zeros_like(self._own.value)
        np.add.at(by_relation, relation, by_question)
        self._weight.step(by_question.sum(axis=0), self.settings.rate, self.settings.average)
        self._own.step(
            by_relation + 2 * self.settings.draw * self._own.value, self.settings.rate, self.settings.average
        )

    def _learn_rules(self, asked: Asked, question: Ints, answer: Ints) -> None:
        """Count how often what had happened between two was followed by what happened now."""
        query, link = asked.expanded
        size = self.links.entities
        rule = asked.relation[query] * 2 * self.relations + self.links.relation_of(link)
        came = is_among(query * size + self.links.object_of(link), distinct(question * size + answer))
        age = asked.day - self.links.last[link]
        for number, life in enumerate(RULE_LIVES):
            kept = np.power(0.5, age / life)
            self._had[number] *= _FADE_RULES
            self._came[number] *= _FADE_RULES
            self._had[number] += np.bincount(rule, weights=kept, minlength=self._had.shape[1])
            self._came[number] += np.bincount(rule[came], weights=kept[came], minlength=self._had.shape[1])

    def sureness(self, day: int) -> Floats:
        """float32[lives, relations, relations]: how sure a relation is once another was there; see ``clues.between``."""
        if self._sureness is None or day >= self._sureness[0] + _RULE_DAYS:
            shape = (len(RULE_LIVES), 2 * self.relations, 2 * self.relations)
            came, had = self._came.reshape(shape), self._had.reshape(shape)
            usual = came.sum(axis=1, keepdims=True) / (had.sum(axis=1, keepdims=True) + 1e-9)
            self._sureness = (day, ((came + _PRIOR * usual) / (had + _PRIOR)).astype(np.float32))
        return self._sureness[1]
