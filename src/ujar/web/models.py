"""The answers of the HTTP interface, field by field. What the columns mean stands in docs/ledger-tables.md."""

# Annotations are read when the program runs, so they are not postponed here.
from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import BaseModel, Field, create_model

from ujar.forecast.report import Scenarios
from ujar.forecast.score import Scored
from ujar.forecast.telling import Likelihood
from ujar.positions import Matrix
from ujar.watch import Report

__all__ = [
    "Actor", "Article", "Error", "Event", "EventPage", "Found", "Holdings", "Matrix", "Outlooks", "Scenarios", "Statement",
    "StatementPage", "Watch",
]  # fmt: skip


class Error(BaseModel):
    """What was wrong, and what to do next."""

    error: str = Field(description="Short stable name; the heading that explains it in docs/errors.md.")
    message: str
    next: str | None = Field(description="What to do next, where there is something.")


class Holdings(BaseModel):
    """What the ledger holds."""

    articles: int
    statements: int
    events: int
    first: date | None = Field(description="Day of publication of the earliest article.")
    last: date | None = Field(description="Day of the latest.")
    problems: list[str] = Field(description="What is damaged, in words.")


class Span(BaseModel):
    """Offsets into the text of the article, in characters (code points), the end not included."""

    start: int
    end: int


class Step(BaseModel):
    """What settled a part."""

    part: str
    rule: str


class _Row(BaseModel):
    """Where a row comes from."""

    id: str = Field(description="Name of the row.")
    reading: str = Field(description="The reading of the article that it belongs to.")
    article: str
    outlet: str | None
    published: date | None
    day: date | None
    date: str | None
    sentence: str
    confidence: float
    found_by: list[Step]


class Statement(_Row):
    """A statement."""

    kind: str
    speaker: str | None
    speaker_type: str | None
    role: str | None
    key: str | None
    country: str | None
    sector: str | None
    office: str | None
    addressee: str | None
    addressee_key: str | None
    via: list[str]
    about: list[str]
    about_countries: list[str]
    cue: str | None
    content: str
    cue_span: Span | None
    source_span: Span | None
    addressee_span: Span | None
    time_span: Span | None
    content_spans: list[Span]
    via_spans: list[Span]
    said: str = Field(
        description="The first statement of which this is another report; its own id when it is the first."
    )


class Party(BaseModel):
    """Somebody who takes part in an event."""

    text: str | None
    name: str | None
    role: str | None
    key: str | None
    country: str | None
    sector: str | None
    office: str | None
    start: int
    end: int


class Event(_Row):
    """An event."""

    type: str
    mode: str | None
    quad: str
    score: float
    status: str
    contexts: list[str]
    trigger: str
    actors: list[Party]
    recipients: list[Party]
    condition: str | None
    place: str | None
    claimed_by: str | None
    statement: str | None
    trigger_span: Span
    condition_span: Span | None
    place_span: Span | None
    happening: str = Field(description="Reports that agree in it count as one event.")


class StatementPage(BaseModel):
    """A page of statements."""

    rows: list[Statement]
    next: int | None = Field(description="The offset of the next page; null on the last.")


class EventPage(BaseModel):
    """A page of events."""

    rows: list[Event]
    next: int | None = Field(description="The offset of the next page; null on the last.")


class Reading(BaseModel):
    """A reading of an article."""

    reading: str
    engine: str
    added: datetime
    current: bool = Field(description="Whether no other reading has taken its place.")


class Copy(BaseModel):
    """Another article with the same story."""

    reading: str
    outlet: str | None
    title: str | None
    published: date | None


class Article(BaseModel):
    """An article with all that was found in it."""

    reading: str
    article: str
    url: str | None
    outlet: str | None
    title: str | None
    published: date | None
    engine: str
    added: datetime
    text: str
    statements: list[Statement]
    events: list[Event]
    readings: list[Reading]
    copies: list[Copy]
    other_reports: dict[str, list[Statement]] = Field(
        description="Id of a statement → reports of the same words in other articles."
    )


class Found(BaseModel):
    """One row, by its id: either a statement or an event."""

    statement: Statement | None
    event: Event | None


class Counted(BaseModel):
    """An actor and how often."""

    key: str
    name: str
    number: int


class Counterpart(BaseModel):
    """What goes on between an actor and another: events counted once, by quad class."""

    key: str
    name: str
    verbal_cooperation: int
    material_cooperation: int
    verbal_conflict: int
    material_conflict: int


class Actor(BaseModel):
    """An actor: what the tables and the ledger have."""

    name: str
    key: str
    known: list[str] = Field(
        description="What the tables have, a line each: names, offices with their days, memberships."
    )
    number: int = Field(description="Number of statements.")
    first: date | None
    last: date | None
    to: list[Counted] = Field(description="To whom it speaks most often.")
    about: list[Counted] = Field(description="About whom.")
    counterparts: list[Counterpart]
    statements: list[Statement]
    next: int | None = Field(description="The offset of the next page of statements; null on the last.")


class WatchedPeriod(BaseModel):
    """A period, half-open."""

    every: str
    name: str = Field(description="ISO 8601: 2024-06-07, 2024-W23 or 2024-06.")
    start: date = Field(description="The first day.")
    end: date = Field(description="The day after the last.")
    # No date-time of OpenAPI: before 1924 the clocks of Jakarta were 12 seconds off a whole minute.
    from_: str = Field(alias="from", description="The moment it begins in the time zone (ISO 8601).")
    until: str = Field(description="The moment it is over.")


# The report as the watch has it, its period with the moments.
_REPORT: dict[str, Any] = {name: (hint, ...) for name, hint in get_type_hints(Report).items() if name != "period"}
Watch = create_model("Watch", __doc__=Report.__doc__, **_REPORT, period=(WatchedPeriod, ...), unusual=(list[str], ...))
# The score with what the words for probabilities mean.
_SCORED: dict[str, Any] = {name: (hint, ...) for name, hint in get_type_hints(Scored).items()}
Outlooks = create_model("Outlooks", __doc__=Scored.__doc__, **_SCORED, kept=(int, ...), words=(list[Likelihood], ...))
