"""Why an answer is ranked as it is: its score as a sum of parts, and each part as shares of the dated facts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ujar.forecast.clues import (
    ACTIVE_LIVES,
    FAR,
    GROUP_LIFE,
    NEAR,
    PATH_LIFE,
    ROLE_LIVES,
    RULE_LIVES,
)
from ujar.forecast.links import HALF_LIVES, both_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ujar.forecast.clues import Asked
    from ujar.forecast.ranker import Ranker

    Ints = NDArray[np.int64]
    Shares = NDArray[np.float64]

# What each clue belongs to, as it is told.
PARTS = {
    "the same between them": ("same ",),
    "any dealings between them": ("any ",),
    "what it follows": ("rule",),
    "through others": ("paths",),
    "who else is dealt with so": ("role ",),
    "how active the other side is": ("active ",),
    "their countries and kinds": ("countries", "kinds", "to country", "from country", "compatriots"),
}


class Share(NamedTuple):
    """A dated fact and its part of the score.

    Attributes:
        row: place among the facts that were given.
        part: what of the score rests on it.
    """

    row: int
    part: float


@dataclass(frozen=True, slots=True)
class Part:
    """What of the score one sort of clue makes.

    Attributes:
        name: a key of ``PARTS``, or "base": what speaks for an entity of which nothing is known.
        part: how much; all parts together are the score.
        facts: the dated facts it rests on, the weightiest first; their parts are ``part`` together. Empty for "base".
    """

    name: str
    part: float
    facts: tuple[Share, ...] = ()


def why(ranker: Ranker, asked: Asked, question: int, entity: int, facts: Ints) -> tuple[Part, ...]:
    """The parts of the score of an entity for a question.

    Args:
        ranker: what was learned.
        asked: the questions.
        question: the place of one among them.
        entity: the answer.
        facts: int64[n, 4], all facts that ``ranker`` has seen: subject, relation, object, day.
    """
    subject, relation = asked.subject[[question]], asked.relation[[question]]
    weight = ranker.weights(relation)[0].astype(np.float64)
    near = np.zeros(len(NEAR))
    at = np.flatnonzero((asked.question == question) & (asked.entity == entity))
    if len(at):
        near[:] = asked.clues[at[0]]
    far = ranker.wide.at(subject, relation, np.array([entity]))[0]
    nothing = ranker.wide.nothing()
    values = np.concatenate([near, far - nothing])
    base = float(weight[len(NEAR) :] @ nothing)
    rows = _Rows(ranker, asked, int(subject[0]), int(relation[0]), entity, facts)
    parts = [Part("base", base)]
    for name, starts in PARTS.items():
        own = [n for n, clue in enumerate((*NEAR, *FAR)) if clue.startswith(starts)]
        shares = np.zeros(len(facts))
        whole = 0.0
        for n in own:
            part = float(weight[n] * values[n])
            if part:
                whole += part
                shares += part * rows.shares((*NEAR, *FAR)[n])
        order = np.argsort(-np.abs(shares), kind="stable")
        dated = tuple(Share(int(row), float(shares[row])) for row in order[: np.count_nonzero(shares)])
        parts.append(Part(name, whole, dated))
    return tuple(parts)


class _Rows:
    """Which facts a clue rests on, and to what share."""

    def __init__(self, ranker: Ranker, asked: Asked, subject: int, relation: int, entity: int, facts: Ints) -> None:
        self._ranker, self._subject, self._relation, self._entity = ranker, subject, relation, entity
        ways = both_ways(facts, ranker.relations)
        self._many = len(facts)
        self._s, self._r, self._o = ways[:, 0], ways[:, 1], ways[:, 2]
        self._age = asked.day - ways[:, 3]
        self._day = asked.day
        self._between = (self._s == subject) & (self._o == entity)
        self._sureness = ranker.sureness(asked.day)

    def shares(self, clue: str) -> Shares:
        """float64[facts]: the share of each fact in a clue; together 1, or 0 where no fact is found."""
        kept = self._kept(clue)
        both = kept[: self._many] + kept[self._many :]
        total = both.sum()
        return both / total if total > 0 else both

    def _kept(self, clue: str) -> Shares:
        """The weight of each fact, in both directions."""
        name, _, life = clue.partition(" ")
        same = self._between & (self._r == self._relation)
        if name in ("same", "any"):
            facts = same if name == "same" else self._between
            dated = life == "ever" or life.startswith("age")
            return self._latest(facts) if dated else self._faded(facts, float(life))
        if name in ("rule", "rules"):
            return self._by_rule(float(life), best=name == "rule")
        if name == "paths":
            return self._by_paths(PATH_LIFE if not life else HALF_LIVES[-1])
        if name == "role":
            return self._faded((self._o == self._entity) & (self._r == self._relation), self._life(life, ROLE_LIVES))
        if name == "active":
            return self._faded(self._o == self._entity, self._life(life, ACTIVE_LIVES))
        return self._faded(self._by_group(clue), GROUP_LIFE)

    def _life(self, life: str, lives: tuple[float, ...]) -> float:
        return lives[-1] if life == "ever" else float(life)

    def _faded(self, facts: NDArray[np.bool_], life: float) -> Shares:
        return np.where(facts, np.power(0.5, self._age / life), 0.0)

    def _latest(self, facts: NDArray[np.bool_]) -> Shares:
        if not facts.any():
            return np.zeros(len(facts))
        return (facts & (self._age == self._age[facts].min())).astype(np.float64)  # type: ignore[no-any-return]

    def _by_rule(self, life: float, *, best: bool) -> Shares:
        """The latest fact of each relation counts, by how surely this one follows it."""
        number = RULE_LIVES.index(life)
        out = np.zeros(len(self._s))
        for had in np.unique(self._r[self._between]):
            latest = self._latest(self._between & (self._r == had))
            age = self._age[latest > 0][0]
            sure = min(float(self._sureness[number][self._relation, had]) * 0.5 ** (age / life), 0.95)
            out += latest / latest.sum() * -np.log1p(-sure)
        return np.where(out == out.max(), out, 0.0) if best else out

    def _by_paths(self, life: float) -> Shares:
        """The latest dealings of both with those they share."""
        mine, its = self._s == self._subject, self._s == self._entity
        shared = np.intersect1d(self._o[mine], self._o[its])
        return self._faded((mine | its) & np.isin(self._o, shared), life)

    def _by_group(self, clue: str) -> NDArray[np.bool_]:
        home, kind = self._ranker.wide.homes.home, self._ranker.wide.homes.kind
        from_home, to_home = home[self._s] == home[self._subject], home[self._o] == home[self._entity]
        if clue == "countries":
            return from_home & to_home & (self._r == self._relation)  # type: ignore[no-any-return]
        if clue == "kinds":
            same = (kind[self._s] == kind[self._subject]) & (kind[self._o] == kind[self._entity])
            return same & (self._r == self._relation)  # type: ignore[no-any-return]
        if clue == "to country":
            return (self._s == self._subject) & to_home  # type: ignore[no-any-return]
        if clue == "from country":
            return from_home & (self._o == self._entity)  # type: ignore[no-any-return]
        return from_home & to_home  # type: ignore[no-any-return]
