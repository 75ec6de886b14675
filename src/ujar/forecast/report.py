"""What scenarios tell, as records: the text, the JSON and the page all show the same ``Scenarios``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the HTTP interface makes its description from these annotations
from typing import Any, Literal

from ujar.forecast.asked import Asked  # noqa: TC001 - as above
from ujar.forecast.precedents import HALF_LIFE
from ujar.forecast.telling import Deed, Likelihood  # noqa: TC001 - as above
from ujar.write_rows import plain

Basis = Literal["odds", "all pairs", "none"]
# Points of percent from which a probability is said to have moved; days in which new events are looked for.
MOVED, SEEN = 3, 90


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers of a type, of a quad class, or of nothing at all.

    Attributes:
        what: PLOVER type, quad class, or "nothing".
        p: probability of at least one in the period (of "nothing": of none at all); with what is supposed, if anything is.
        base: its base rate: the share of past spans of the two sides, drawn towards that of all pairs.
        mean: expected number; None where only numbers of all pairs are known, and for "nothing".
        low: lower end of the range that holds the number with 80 %.
        high: its upper end.
        shape: probability of 0, 1, 2, … events; empty where unknown.
        share: what the number rests on: (name, part).
        without: the probability without what is supposed; None when nothing is.
        mean_without: the expected number likewise.
    """

    what: str
    p: float
    base: float
    mean: float | None = None
    low: int | None = None
    high: int | None = None
    shape: tuple[float, ...] = ()
    share: tuple[tuple[str, float], ...] = ()
    without: float | None = None
    mean_without: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A past situation like the present one, or a past event like the supposed one, and what followed.

    Attributes:
        start: first day of the span that followed.
        end: the day after its last.
        distance: how far that situation is from the present one, 0 to NEAR; None for a supposed event.
        done: what was done before.
        followed: events of the branch in the span (of "nothing": of any type), the first of them.
        number: how many there were.
    """

    start: date
    end: date
    distance: float | None
    done: tuple[Deed, ...]
    followed: tuple[Deed, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Branch:
    """One thing that may come.

    Attributes:
        outcome: its numbers.
        likelihood: the range of its probability, in words.
        cases: number of cases.
        followed: in how many of them it came.
        precedents: some of these.
        counter: some in which it did not come.
        triggers: of a type: words by which this ledger told of it, with numbers of events.
        branches: of a quad class: its likeliest types.
        others: of a quad class: the highest probability among types that are no branch; None when there is none.
        doubt: why the probability deserves little trust: "alone" (far from what is usual, and hardly a case like it); None
            when there is no such reason.
    """

    outcome: Outcome
    likelihood: Likelihood
    cases: int
    followed: int
    precedents: tuple[Case, ...]
    counter: tuple[Case, ...]
    triggers: tuple[tuple[str, int], ...] = ()
    branches: tuple[Branch, ...] = ()
    others: float | None = None
    doubt: Literal["alone"] | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A probability that has moved since the last outlook."""

    what: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed since the last kept outlook for the same sides and length.

    Attributes:
        name: of that outlook.
        start: first day of its span.
        moved: probabilities that have moved by MOVED points or more, the most first.
        new: events between the two sides that it did not know, the latest first.
        number: how many there are.
    """

    name: str
    start: date
    moved: tuple[Shift, ...]
    new: tuple[Deed, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Before:
    """What is needed of an earlier outlook: its name, first day, probabilities, and the ids of the events it knew of."""

    name: str
    start: date
    chances: dict[str, float]
    seen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scenarios:
    """The tree and what it was made from.

    Attributes:
        asked: the question.
        basis: "odds" (a forecast), "all pairs" (too thin: numbers of all pairs), "none" (no numbers).
        thin: why there is no forecast: "empty", "unknown", "few", "short" or "stale"; None when there is one.
        unknown: names of sides of which no event is known.
        method: what gave the probabilities.
        facts: number of events that were known.
        between: number of them between the two sides, both directions.
        known: the day after the last that was observed.
        observed: the same for all that the ledger has; later than the start when this is a look back.
        gap: days before the period of which nothing is known.
        spans: number of past spans of this length that were observed.
        pairs: number of pairs that numbers of all pairs are of.
        how: of which kind the cases are: "situation", or of a supposed event "pair", "actor", "type".
        recent: the last events between the two sides.
        outcomes: numbers of all types and quad classes and of "nothing".
        branches: the tree, the likeliest first.
        change: since the last outlook; None when there is none.
        seen: ids of the events between the two sides in the SEEN days before the period.
    """

    asked: Asked
    basis: Basis
    thin: str | None
    unknown: tuple[str, ...]
    method: str
    facts: int
    between: int
    known: date
    observed: date
    gap: int
    spans: int
    pairs: int
    how: str
    recent: tuple[Deed, ...]
    outcomes: tuple[Outcome, ...]
    branches: tuple[Branch, ...]
    change: Change | None
    seen: tuple[str, ...]

    @property
    def looked_back(self) -> int:
        """Of so many days before each past span it is told what was done."""
        return round(2 * HALF_LIFE[self.asked.every])

    def outcome(self, what: str) -> Outcome | None:
        """The numbers of a type, quad class or "nothing"; None when there are none."""
        return next((one for one in self.outcomes if one.what == what), None)


def as_json(found: Scenarios) -> dict[str, Any]:
    """The tree as JSON knows it; docs/scenarios.md explains the keys."""
    out: dict[str, Any] = plain(found)
    return out
