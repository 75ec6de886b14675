"""How far an event has come, under which condition, and on which day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from ujar.events.parties import meet
from ujar.events.plover import BY_SPEAKING
from ujar.records import Span
from ujar.statements.nouns import looks_verbal

if TYPE_CHECKING:
    from ujar.events.coder import Draft
    from ujar.events.parties import Parties
    from ujar.records import EventStatus, Parse

_FUTURE = frozenset("akan bakal hendak berencana rencananya rencana segera berniat bersiap".split())
_NOT = frozenset("tidak tak bukan belum tanpa membantah menampik menyangkal bantah dibantah".split())
_IF = frozenset("jika bila apabila kalau seandainya andai asalkan".split())
_MAY = frozenset("dapat bisa mungkin berpotensi berisiko akan bakal".split())
# So many words behind a noun the verb of its clause is looked for.
_AHEAD = 8
_CLAUSE_END = frozenset(', . ; : " ” “ ) maka'.split())


def status_and_day(parse: Parse, parties: Parties, draft: Draft, number: int | None) -> tuple[EventStatus, str | None]:
    """The status of an event and its day ("2025-08-03", "2025-08", "2025"), or None; ``number``: of its statement.

    What is dated ahead of the article has not happened yet; of an act by speaking that is the day of what is promised or
    demanded, and it was spoken by the day of the article.
    """
    status, day = _status(parse, parties, draft), _day(parse, parties, draft.trigger, number)
    if day is not None and _is_ahead(parse, day):
        if draft.type in BY_SPEAKING:
            day = _told_on(parse, parties, number)
        elif status == "actual":
            status = "planned"
    return status, day


def _status(parse: Parse, parties: Parties, draft: Draft) -> EventStatus:
    """How far an event has come: as the words in front of its trigger say, else as the net sees it.

    An act by speaking is actual once it is spoken, whatever it promises. What a year dates, other than that of the
    article or the one before, is historical.
    """
    at = bisect_left(parse.words, (draft.trigger.start, -1, ""))
    first = max(0, at - 12)
    sentence = bisect_right(parties.sentence_starts, draft.trigger.start) - 1
    if sentence >= 0:
        first = max(first, bisect_left(parse.words, (parse.sentences[sentence].start, -1, "")))
    before = [w.lower for w in parse.words[first:at]]
    on = parse.article.published
    if sentence >= 0 and on is not None:
        span = parse.sentences[sentence]
        years = [
            t.start.year
            for t in parse.times
            if t.type == "DATE" and t.start is not None and span.start <= t.span.start < span.end
        ]
        if years and max(years) < on.year - 1:
            return "historical"
    if any(w in _NOT for w in before[-2:]) and not _holds(draft, _NOT):
        return "denied"
    if draft.type in BY_SPEAKING:
        return draft.status if draft.status in ("historical", "denied") else "actual"
    if any(w in _NOT for w in before[-3:]) and not _holds(draft, _NOT):
        return "denied"
    if any(w in _IF for w in before):
        return "conditional"
    if any(w in _FUTURE for w in before[-3:]) and not _holds(draft, _FUTURE):
        return "planned"
    if draft.status == "actual" and draft.row.row.voice == "noun" and _may(parse, draft.trigger):
        return "conditional"
    return draft.status


def _may(parse: Parse, trigger: Span) -> bool:
    """Whether the clause of a noun says what it may do: "serangan itu dapat memicu perang" does not say that there is one."""
    at = bisect_left(parse.words, (trigger.end, -1, ""))
    for word in parse.words[at : at + _AHEAD]:
        if word.lower in _MAY:
            return True
        if word.lower in _CLAUSE_END or looks_verbal(word.lower):
            return False
    return False


def _holds(draft: Draft, words: frozenset[str]) -> bool:
    """Whether the row itself has such a word: "tidak akan hadir" denies nothing."""
    return any(part is not None and part & words for part in draft.row.row.parts)


def condition_of(parse: Parse, parties: Parties, trigger: Span) -> Span | None:
    """The words behind "jika", "bila" … in the sentence of a trigger, up to the comma or the end, when it is outside them."""
    at = bisect_right(parties.sentence_starts, trigger.start) - 1
    if at < 0:
        return None
    sentence = parse.sentences[at]
    first = bisect_left(parse.words, (sentence.start, -1, ""))
    begin: int | None = None
    end = sentence.end
    for word in parse.words[first:]:
        if word.start >= sentence.end:
            break
        if begin is None:
            if word.lower in _IF:
                begin = word.end
        elif word.lower in _CLAUSE_END:
            end = word.start
            break
    if begin is None:
        return None
    text = parse.article.text[begin:end]
    start = begin + len(text) - len(text.lstrip())
    span = Span(start, begin + len(text.rstrip(" .,")))
    return span if span.end > span.start and not meet(span, trigger) else None


def _day(parse: Parse, parties: Parties, trigger: Span, number: int | None) -> str | None:
    """The day of an event: the expression in its sentence, else that of its statement, else the day of the article."""
    at = bisect_right(parties.sentence_starts, trigger.start) - 1
    if at >= 0:
        sentence = parse.sentences[at]
        near = [
            t
            for t in parse.times
            if t.type == "DATE" and t.value and sentence.start <= t.span.start and t.span.end <= sentence.end
        ]
        if near:
            nearest = min(near, key=lambda t: min(abs(t.span.start - trigger.end), abs(trigger.start - t.span.end)))
            return nearest.value if nearest.value and nearest.value[:4].isdigit() and "W" not in nearest.value else None
    return _told_on(parse, parties, number)


def _told_on(parse: Parse, parties: Parties, number: int | None) -> str | None:
    """The day on which something is told: that of the statement, unless it is misread, else that of the article."""
    said = parties.statements[number].date if number is not None else None
    if said and not _is_ahead(parse, said):
        return said
    published = parse.article.published
    return published.isoformat() if published else None


def _is_ahead(parse: Parse, day: str) -> bool:
    """Whether a day, month or year ("2025-08-03", "2025-08", "2025") lies behind the day of the article."""
    published = parse.article.published
    return published is not None and day > published.isoformat()[: len(day)]
