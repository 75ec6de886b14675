"""What a watch tells, as records: the text, the JSON, the chart and the page all show the same ``Report``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - as below
from typing import Any, Literal

from ujar.store.rows import QUADS
from ujar.watch.periods import Period  # noqa: TC001 - the HTTP interface makes its description from these annotations
from ujar.write_rows import plain

ChangeKind = Literal["denied after announced", "announced after denied", "turned against", "turned towards"]
ConditionKind = Literal["red line", "offer", "demand"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is watched: everything, an actor, a pair, or a bloc; at most one of these is given.

    Attributes:
        actor: rows where this actor acts, receives, speaks, is spoken to or named.
        pair: rows between these two.
        bloc: what its members on the day, and the bloc itself, do, suffer, say or are told.
        name: it in words, for a heading: "everything", "Israel", "Amerika Serikat and Iran", "NATO and its members".
    """

    actor: str | None = None
    pair: tuple[str, str] | None = None
    bloc: str | None = None
    name: str = "everything"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of the period beside what is usual.

    Attributes:
        name: "statements", "conflict", "cooperation", one of the quad classes, or "balance".
        value: the number; None for the balance of no events.
        low: the lower end of the usual range; None when there is no usual range yet.
        high: the upper end.
        usual: the middle of the past periods, as if as much had been read as in this one.
        unusual: "more" or "less" when the value lies outside the range, else None.
        past: number of past periods that the range rests on.
        why_none: why there is no range, in words; None when there is one.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    usual: float | None = None
    unusual: Literal["more", "less"] | None = None
    past: int = 0
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One period of the chart.

    Attributes:
        period: which.
        articles: articles published in it that the ledger has, copies counted once; 0: nothing was read.
        statements: statements counted once, beside their usual range at that time; the others likewise.
        quads: events counted once by quad class, in the order of ``QUAD_NAMES``.
        conflict: verbal and material conflict.
        cooperation: verbal and material cooperation.
        balance: mean score of the events.
    """

    period: Period
    articles: int
    statements: Measure
    quads: tuple[Measure, Measure, Measure, Measure]
    conflict: Measure
    cooperation: Measure
    balance: Measure


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who spoke in the period.

    Attributes:
        key: as in the ledger ("person:…", "name:…").
        name: the name.
        country: PLOVER country code, or None.
        office: the office or description that is most often given, or None.
        statements: statements, each counted once.
        reports: the same in all outlets.
        outlets: number of outlets that report them.
        about: names of those that the statements name most often.
        first: id of the statement that most outlets report.
    """

    key: str
    name: str
    country: str | None
    office: str | None
    statements: int
    reports: int
    outlets: int
    about: tuple[str, ...]
    first: str


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of whom statements of the period speak.

    Attributes:
        key: as in the ledger.
        name: the name.
        statements: statements that name it, counted once.
    """

    key: str
    name: str
    statements: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is more frequent in the period than before.

    Attributes:
        word: in small letters.
        statements: statements of the period that have it.
        score: z-score of its log-odds against the past; above 1.96 it is hardly chance.
    """

    word: str
    statements: int
    score: float


@dataclass(frozen=True, slots=True)
class Towards:
    """What one actor did to another in the period; of meetings and agreements, the two with each other.

    Attributes:
        actor: key of the actor, a country code where states deal with each other.
        actor_name: its name.
        recipient: key of the recipient.
        recipient_name: its name.
        quads: events counted once, by quad class, in the order of ``QUAD_NAMES``.
        score: mean score.
        type: the most frequent type.
        mutual: whether all of it is done together (AGREE, CONSULT, COOPERATE).
        first: id of the weightiest event.
    """

    actor: str
    actor_name: str
    recipient: str
    recipient_name: str
    quads: tuple[int, int, int, int]
    score: float
    type: str
    mutual: bool
    first: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event as one report tells it.

    Attributes:
        id: of the event.
        day: its day.
        type: PLOVER type.
        status: actual, planned, denied …
        actors: names of the actors.
        recipients: names of the recipients.
        teller: whose word it is: who claims it, else who says it, else None (the reporter).
        outlet: the newspaper.
        sentence: the sentence.
        article: address or id of the article.
    """

    id: str
    day: date
    type: str
    status: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    teller: str | None
    outlet: str | None
    sentence: str
    article: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """The first event of a type from one actor to another for a long time.

    Attributes:
        told: the event.
        actor_name: who does it.
        recipient_name: to whom.
        last: the day of the last one before; None: it is the first in the ledger.
        reports: number of reports of it in the period.
    """

    told: Told
    actor_name: str
    recipient_name: str
    last: date | None
    reports: int


@dataclass(frozen=True, slots=True)
class NewSpeaker:
    """Somebody who speaks for the first time on what is watched.

    Attributes:
        key: as in the ledger.
        name: the name.
        country: PLOVER country code, or None.
        statements: statements in the period, counted once.
        known: whether the ledger has earlier statements of the speaker on other things.
        id: of the first statement.
        day: its day.
        content: what it says.
    """

    key: str
    name: str
    country: str | None
    statements: int
    known: bool
    id: str
    day: date
    content: str


@dataclass(frozen=True, slots=True)
class Change:
    """Two reports that do not agree: a change (``kind`` says which), or a contradiction (None).

    Attributes:
        kind: what has changed; None when two parties tell of the same differently.
        who: the name of the actor.
        towards: the name of the other side, or None.
        before: the earlier one.
        after: the later one, in the period.
    """

    kind: ChangeKind | None
    who: str
    towards: str | None
    before: Told
    after: Told


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that is on the table at the end of the period: a red line, or an offer.

    Attributes:
        who: names of those who set it.
        to: names of those at whom it is aimed.
        condition: under which condition, as the text has it; None when only that there is one was read.
        kind: "red line" (conflict is threatened, or cooperation refused), "offer" (the reverse) or "demand".
        since: the first day.
        last: the day it was repeated last.
        times: number of days on which it was set or repeated.
        told: the last telling; its sentence has the consequence.
    """

    who: tuple[str, ...]
    to: tuple[str, ...]
    condition: str | None
    kind: ConditionKind
    since: date
    last: date
    times: int
    told: Told


QUAD_NAMES = tuple(QUADS.values())


@dataclass(frozen=True, slots=True)
class Report:
    """The watch of one period.

    Lists are cut at some length, the weightiest first; ``totals`` has how many there are.

    Attributes:
        question: what is watched.
        period: the period.
        zone: the time zone in which its days are meant.
        asked: whether the period was asked for; else it is the last that has rows.
        first_day: first day of publication in the ledger, or None when it is empty.
        last_day: the last one.
        articles: articles of the period in the ledger, copies counted once (whatever they are about).
        statements: statements counted once, beside the usual range.
        reports: the same statements in all outlets.
        speakers: who spoke, the most frequent first.
        named: on whom.
        words: on what: words that are more frequent than before.
        towards: who did what to whom.
        quads: events counted once by quad class, in the order of ``QUAD_NAMES``; only those told as actual.
        conflict: verbal and material conflict together.
        cooperation: verbal and material cooperation together.
        balance: mean score of the events, -10 (conflict) to 10 (cooperation).
        claimed: how many of the events are somebody's claim.
        not_actual: events of other statuses in the period, which are not counted: status → number.
        new: first events of a type between two actors for a long time.
        new_for: number of days that must have passed without one.
        new_read: of so many of these days the ledger has articles; when of none, nothing is called new.
        new_speakers: who speaks for the first time.
        changed: denials after announcements (or the reverse), and reversals of a position.
        contradicted: the same told differently.
        conditional: conditions on the table, red lines first.
        timeline: the last periods up to this one, oldest first.
        totals: list → how long it is uncut.
    """

    question: Question
    period: Period
    zone: str
    asked: bool
    first_day: date | None
    last_day: date | None
    articles: int
    statements: Measure
    reports: int
    speakers: tuple[Speaker, ...]
    named: tuple[Named, ...]
    words: tuple[Word, ...]
    towards: tuple[Towards, ...]
    quads: tuple[Measure, Measure, Measure, Measure]
    conflict: Measure
    cooperation: Measure
    balance: Measure
    claimed: int
    not_actual: dict[str, int]
    new: tuple[NewEvent, ...]
    new_for: int
    new_read: int
    new_speakers: tuple[NewSpeaker, ...]
    changed: tuple[Change, ...]
    contradicted: tuple[Change, ...]
    conditional: tuple[Condition, ...]
    timeline: tuple[Point, ...]
    totals: dict[str, int]

    @property
    def unusual(self) -> tuple[Measure, ...]:
        """What lies outside its usual range."""
        every = (self.statements, self.conflict, self.cooperation, *self.quads, self.balance)
        return tuple(m for m in every if m.unusual)


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON knows it: days as ISO 8601, periods with their name and their moments in the time zone."""
    out: dict[str, Any] = plain(report)
    out["period"]["name"] = report.period.name
    for row, point in zip(out["timeline"], report.timeline, strict=True):
        row["period"]["name"] = point.period.name
    start, end = report.period.bounds(report.zone)
    out["period"] |= {"from": start.isoformat(), "until": end.isoformat()}
    out["unusual"] = [m.name for m in report.unusual]
    return out
