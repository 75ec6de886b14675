"""What a user asks of statements or events, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.records import EventStatus, StatementKind
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 1_000_000
# Endings that a word has besides itself: "rudalnya" is found by "rudal".
CLITICS = ("nya", "lah", "kah", "pun", "ku", "mu")
# Typographic quotation marks are marks, too.
_MARKS = str.maketrans("“”„«»", '"' * 5)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of statements or events; what is None is not asked.

    Names of actors are read as ``ujar actors show`` reads them, on the last day that is asked for, or today: a state means everybody who acts
    for it, a person or body itself, a bloc itself and with ``members`` its members on the day; what the tables do not
    know is looked for in the names as the articles write them. Alpha-3 codes ("RUS") are states.

    Attributes:
        words: words the content (of an event: its sentence) must have, all of them; "…" for words in a row.
        speaker: who says it. (Statements.)
        about: who or what the content names. (Statements.)
        to: to whom it is said. (Statements.)
        via: through whom. (Statements.)
        kind: direct, indirect or mixed. (Statements.)
        actor: who does it. (Events.)
        recipient: to whom. (Events.)
        pair: two actors, one doing something to the other, either way. (Events.)
        type: PLOVER type. (Events.)
        status: actual, historical, planned, conditional, demanded or denied. (Events.)
        outlet: the newspaper.
        since: first day.
        until: the day after the last.
        within: a bloc to which the speaker, or the actor or recipient, belongs on the day.
        members: what is said or done by or to a member counts for a bloc that is asked for.
        article: of this article only, by its address, id or reading.
        confidence: at least so sure.
        once: of the reports of one statement or event that fit, only the first.
        sort: day, published, confidence, outlet, speaker (statements) or type (events), with "-" from the last to the first.
        limit: at most so many rows.
        offset: so many rows are passed over.
    """

    words: str | None = None
    speaker: str | None = None
    about: str | None = None
    to: str | None = None
    via: str | None = None
    kind: str | None = None
    actor: str | None = None
    recipient: str | None = None
    pair: tuple[str, str] | None = None
    type: str | None = None
    status: str | None = None
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    within: str | None = None
    members: bool = False
    article: str | None = None
    confidence: float | None = None
    once: bool = False
    sort: str = "day"
    limit: int | None = None
    offset: int = 0

    @classmethod
    def of(cls, what: Mapping[str, Any]) -> Filter:
        """The filter of some keyword arguments; raises UsageError for one that makes no sense."""
        unknown = set(what) - {f.name for f in fields(cls)}
        if unknown:
            raise UsageError(
                "bad-filter",
                f"nothing can be asked by {min(unknown)!r}",
                f"known are: {', '.join(f.name for f in fields(cls))}",
            )
        for name, value in what.items():
            _check(name, value)
        out = cls(**what)
        if out.pair is not None:
            out = replace(out, pair=(out.pair[0], out.pair[1]))
        _one_of("kind", out.kind, get_args(StatementKind))
        _one_of("status", out.status, get_args(EventStatus))
        _one_of("type", out.type, tuple(TYPES))
        if out.since and out.until and out.since >= out.until:
            raise UsageError(
                "bad-filter", f"no day is from {out.since} up to, not including, {out.until}", "give a later until"
            )
        if out.words is not None and not search_terms(out.words):
            raise UsageError("bad-filter", f"{out.words!r} has no word to look for", "give a word, or leave it out")
        return out


_DAYS = ("since", "until")
_FLAGS = ("members", "once")
_NUMBERS = ("limit", "offset")


def _check(name: str, value: Any) -> None:
    """Raise UsageError for a value that is not of the kind it should be."""
    if value is None and name not in (*_FLAGS, "sort", "offset"):
        return
    if name in _DAYS:
        good, wanted = isinstance(value, date) and not isinstance(value, datetime), "a datetime.date"
    elif name in _FLAGS:
        good, wanted = isinstance(value, bool), "True or False"
    elif name in _NUMBERS:
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
        wanted = f"a number from 0 to {MOST}"
    elif name == "confidence":
        good, wanted = isinstance(value, (int, float)) and 0 <= value <= 1, "a number from 0 to 1"
    elif name == "pair":
        good = isinstance(value, (tuple, list)) and len(value) == 2 and all(isinstance(v, str) for v in value)
        wanted = "two names"
    else:
        good, wanted = isinstance(value, str) and bool(value.strip()), "some text, or leave it out"
    if not good:
        raise UsageError("bad-filter", f"{name} cannot be {value!r}", f"give {wanted}")


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError("bad-filter", f"{value!r} is no {name}", f"known are: {', '.join(known)}")


def search_terms(words: str) -> list[tuple[str, str | None]]:
    """What is looked for in ``words``: for each word or "…" what must stand there, and a pattern that must fit, or None.

    A word is found with the clitics of Indonesian ("rudal" finds "rudalnya"), with * at its end as the begin of a word.
    """
    out: list[tuple[str, str | None]] = []
    for number, piece in enumerate(words.translate(_MARKS).split('"')):
        if number % 2:
            if folded(piece).strip():
                out.append((folded(piece), None))
            continue
        for word in piece.split():
            bare = folded(word).rstrip()
            if bare:
                out.append((bare, None if word.endswith("*") else f"{re.escape(bare)}(?:{'|'.join(CLITICS)})? "))
    return out
