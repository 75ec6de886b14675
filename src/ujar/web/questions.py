"""What may be asked over HTTP: one model for each question, the same for pages and interface.

Names that no question has are refused, so that a misspelt one is not taken for an answer to everything.
"""

# Annotations are read when the program runs, so they are not postponed here.
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ujar.errors import LedgerError, UjarError, UsageError
from ujar.records import EventStatus, EventType, StatementKind

MOST_ROWS, MOST_EXPORTED, FURTHEST = 500, 100_000, 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso_day(value: Any) -> Any:
    """A day only as ISO 8601 writes it: pydantic takes numbers for seconds since 1970, too."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write the day as 2024-06-07")
    return value


def _number(value: Any) -> Any:
    """A number only in digits: pydantic takes "1_0" and " 1" as well."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("write a whole number")
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("write true or false")
    return value


def _share(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", value):
        raise ValueError("write a number from 0 to 1")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Day = Annotated[date, BeforeValidator(_iso_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
# The bounds stand before the validator: only so does the description have them.
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS), BeforeValidator(_number)]
Offset = Annotated[int, Field(ge=0, le=FURTHEST), BeforeValidator(_number)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_share)]
Sort = Literal[
    "day", "-day", "published", "-published", "confidence", "-confidence", "outlet", "-outlet",
]  # fmt: skip

_ACTOR = (
    " A name as newspapers write it, an alpha-3 code of a state, or a key (`person:…`, `body:…`, `state:…`, `name:…`)."
)


class _Question(BaseModel):
    """Nothing but the fields below is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Between(_Question):
    """Days, half-open."""

    since: Day | None = Field(None, description="First day.")
    until: Day | None = Field(None, description="The day after the last.")


class Paged(Between):
    """Days, and which page."""

    limit: Limit = Field(50, description="Rows of a page.")
    offset: Offset = Field(0, description="Rows that are passed over; `next` of an answer is the one of the next page.")


class _Rows(Paged):
    """What statements and events have in common."""

    words: Text | None = Field(
        None,
        description="Words that must all be there; `*` at the end stands for any ending, words in quotation marks stand in a row.",
    )
    outlet: Text | None = Field(None, description="In this outlet (part of its name).")
    bloc: Text | None = Field(None, description="Said by a member of this bloc on the day (events: done by or to one).")
    members: Flag = Field(False, description="A bloc that is named as an actor stands for its members on the day, too.")
    article: Text | None = Field(None, description="In this article: its address, id or reading.")
    confidence: Share | None = Field(None, description="At least so sure.")
    once: Flag = Field(False, description="Leave out other reports of the same.")
    sort: Sort = Field("-day", description="Order; `-` in front turns it.")

    def filters(self) -> dict[str, Any]:
        """The filters of the ledger that this asks for."""
        given = self.model_dump(exclude_none=True)
        if "bloc" in given:
            given["within"] = given.pop("bloc")
        return given


class Statements(_Rows):
    """A question for statements."""

    speaker: Text | None = Field(None, description="Who says it." + _ACTOR)
    about: Text | None = Field(None, description="Whom the content names." + _ACTOR)
    to: Text | None = Field(None, description="To whom it is said." + _ACTOR)
    via: Text | None = Field(None, description="The medium that carried it.")
    kind: StatementKind | None = Field(None, description="All quoted, paraphrased, or partly quoted.")


class Events(_Rows):
    """A question for events."""

    actor: Text | None = Field(None, description="Who does it." + _ACTOR)
    recipient: Text | None = Field(None, description="To whom." + _ACTOR)
    one: Text | None = Field(None, description="With `other`: between these two, either way." + _ACTOR)
    other: Text | None = Field(None, description="With `one`.")
    type: EventType | None = Field(None, description="PLOVER type.")
    status: EventStatus | None = Field(None, description="Whether it happened, is planned, threatened, denied …")
    # The latest days are those of plans, some years ahead.
    sort: Sort = Field("-published", description="Order; `-` in front turns it.")

    def filters(self) -> dict[str, Any]:
        """As above; raises UsageError when only one of a pair is given."""
        given = super().filters()
        one, other = given.pop("one", None), given.pop("other", None)
        if (one is None) != (other is None):
            raise UsageError("bad-filter", "a pair needs two actors", "give one and other")
        return {**given, "pair": (one, other)} if one is not None else given


class Watch(_Question):
    """A question for the watch: of everything, or of one of actor, pair, bloc."""

    every: Literal["day", "week", "month"] = Field("week", description="Length of the period.")
    on: Day | None = Field(None, description="A day of the period; without it the last that the ledger has.")
    actor: Text | None = Field(None, description="Watch this actor." + _ACTOR)
    one: Text | None = Field(None, description="With `other`: watch what goes on between these two." + _ACTOR)
    other: Text | None = Field(None, description="With `one`.")
    bloc: Text | None = Field(None, description="Watch the members of this bloc.")


class Positions(Between):
    """A question for the position matrix."""

    issue: Text = Field(description="The issue in words; `*` and quotation marks as in `words` of statements.")
    bloc: Text | None = Field(None, description="Its members are the rows; without one the speakers are.")
    on: Day | None = Field(None, description="Day of the memberships; later words are not looked at.")
    type: EventType | None = Field(None, description="PLOVER type of the event that counts as being for it.")
    actor: Text | None = Field(None, description="Who does it." + _ACTOR)
    recipient: Text | None = Field(None, description="To whom." + _ACTOR)
    roll_up: Flag = Field(False, description="What is said or done by or to a member counts for the bloc.")


class Scenarios(_Question):
    """A question for what may come."""

    actor: Text = Field(description="Whose acts; a bloc is itself and its members." + _ACTOR)
    recipient: Text | None = Field(None, description="Towards whom; without it towards anybody." + _ACTOR)
    every: Literal["day", "week", "month"] = Field("week", description="How far ahead: 1, 7 or 30 days.")
    on: Day | None = Field(
        None, description="The day on which one looks ahead; without it the last that the ledger has."
    )
    given: Text | None = Field(
        None, description="Supposed events, `;` between them: `RUS THREATEN NATO` (actor, PLOVER type, recipient)."
    )


class Outlooks(_Question):
    """A question for how kept outlooks came true."""

    every: Literal["day", "week", "month"] | None = Field(None, description="Only outlooks of this length.")
    late: Flag = Field(False, description="Count outlooks that were made in retrospect, too.")


class Deeds(Between):
    """A question for all that an actor does, and that is done to it."""

    name: Text = Field(description="The actor." + _ACTOR)


class ActorPage(Between):
    """The form of an actor's page, which may be empty."""

    name: Text | None = None
    offset: Offset = 0


class PairPage(Between):
    """The form of a pair's page, which may be empty."""

    one: Text | None = None
    other: Text | None = None
    offset: Offset = 0


class ScenariosPage(Scenarios):
    """The form of scenarios, which may be empty."""

    actor: Text | None = None  # type: ignore[assignment]


class PositionsPage(Positions):
    """The form of the position matrix, which may be empty."""

    issue: Text | None = None  # type: ignore[assignment]


def malformed(errors: Any) -> UsageError:
    """The first complaint of pydantic about a question, as an error."""
    message = "a value has not the form that it must have"
    for error in errors[:1]:
        where = ".".join(str(part) for part in error["loc"] if part not in ("query", "path"))
        what = str(error["msg"]).removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            what = "nothing can be asked by that name"
        elif error["type"] == "missing":
            what = "must be given"
        message = f"{where[:100]}: {what[:300]}"
    return UsageError("bad-value", message, "see /api/openapi.json for what can be asked")


def status_of(error: UjarError) -> int:
    """The status that an error answers with."""
    if error.slug == "bad-question":
        # The SQL is ours, never the user's.
        return 500
    if isinstance(error, UsageError):
        return 422 if error.slug == "bad-value" else 400
    if isinstance(error, LedgerError):
        return 404 if error.slug == "no-such-row" else 503
    return 500
