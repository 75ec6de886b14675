"""What a question for positions gives: a matrix of rows, a row for each member, with the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the HTTP interface makes its description from these annotations
from typing import Literal

Stance = Literal["for", "against", "conditional", "unclear", "silent"]
# In the order in which they are shown.
STANCES: tuple[Stance, ...] = ("for", "conditional", "against", "unclear", "silent")


@dataclass(frozen=True, slots=True)
class Word:
    """One word on the issue: a statement, or an event that is told outside any statement.

    Attributes:
        stance: "for", "against", "conditional", or "unclear" when the text does not tell.
        day: when; None when not known.
        speaker: who spoke or acted, as the article names it; None when the text does not tell.
        office: what the speaker holds, by the article or the tables; or None.
        country: PLOVER country code of the speaker.
        sector: PLOVER sector of the speaker, or None (a state as such).
        official: whether the speaker acts for the state or body: government, parliament, courts, forces, the state itself.
        content: what was said; of an event its sentence.
        sentence: the sentence it stands in.
        outlet: newspaper or site, or None.
        article: the article: its address, else its id.
        url: the address when it is one a browser may open (http or https), else None.
        id: name of the row in the ledger ("ujar show ID").
        event: PLOVER type of the event that this is, or that settled the stance; None when words did.
        basis: the word or event that settled the stance; None when nothing did.
        condition: under which condition, as the text has it, or None.
        match: how much of the weight of the issue's words it has, 0 to 1; 1 when none were given.
        confidence: how sure, 0 to 1: that of the statement or event, times how often such a basis is right.
        reports: in how many reports the ledger has it.
    """

    stance: Stance
    day: date | None
    speaker: str | None
    office: str | None
    country: str | None
    sector: str | None
    official: bool
    content: str
    sentence: str
    outlet: str | None
    article: str
    url: str | None
    id: str
    event: str | None = None
    basis: str | None = None
    condition: str | None = None
    match: float = 1.0
    confidence: float = 0.0
    reports: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Where one member (or one speaker, where no bloc is asked) stands.

    Attributes:
        member: alpha-3 code of the member; of the bloc itself its id; of a speaker the ledger's key.
        name: its name in Indonesian.
        stance: that of ``word``; "silent" when nothing was found.
        word: the latest word whose stance can be told, else the latest; words of officials go before those of others.
        earlier: the words before it by the same kind of speakers, the latest first.
        later: words after it whose stance cannot be told.
        others: words of private persons, when officials have spoken, too; the latest first.
        towards: with the roll-up, what was said or done to the bloc's members; the latest first. No stance of theirs.
        changed: whether an earlier word had another stance (unclear ones are no change).
    """

    member: str
    name: str
    stance: Stance
    word: Word | None = None
    earlier: tuple[Word, ...] = ()
    later: tuple[Word, ...] = ()
    others: tuple[Word, ...] = ()
    towards: tuple[Word, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """The positions on one issue.

    Attributes:
        issue: as it was asked.
        bloc: as it was asked; None: the rows are speakers.
        on: the day of the memberships; words after it are not looked at.
        terms: the words looked for, with their weights in percent of the whole.
        rows: the bloc itself first when it has spoken or is rolled up, then the members by stance (for, conditional,
            against, unclear, silent), those who spoke last first.
        type: the event type that was asked, or None.
        recipient: the recipient that was asked, or None.
        roll_up: whether what was said or done by or to a member counts for the bloc.
        nameless: how many words no speaker is known of; they are in no row (only where the rows are speakers).
        share: how much of the weight of the terms a word must have.
        cut: whether there was more than was looked at; what was is the newest.
    """

    issue: str
    bloc: str | None
    on: date
    terms: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    type: str | None = None
    recipient: str | None = None
    roll_up: bool = False
    nameless: int = 0
    share: float = 0.0
    cut: bool = False
