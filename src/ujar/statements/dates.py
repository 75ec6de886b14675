"""When it was said: the words that date a statement, and the day, month or year that follows.

An expression inside the content dates what is talked about, never the saying. What dates a saying, in this order:

1. its own expression, in its sentence and outside its content ("…, kata Rina, Kamis (6/6)");
2. the date that governs the passage: the nearest statement of the same speaker that has one, or the sentence beside
   it that tells the occasion ("Hal itu disampaikan Rina dalam jumpa pers, Kamis (6/6)");
3. the date of the credit in its sentence ("dikutip dari Reuters, Kamis (6/6)").

Otherwise the date is None: the article does not say.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date, timedelta

from ujar.records import Parse, Span, Statement, Step, TimeExpression
from ujar.statements.cover import Cover

_CREDIT = re.compile(
    r"(?:dikutip|dilansir|disitat|mengutip|melansir|menukil|diberitakan|dilaporkan|diterima)\b[^.]{0,60}\Z",
    re.IGNORECASE,
)
# "sejak gencatan senjata akhir tahun lalu", "lebih dari empat tahun lalu": the time of something else.
_OTHER = re.compile(
    r"(?:\b(?:sejak|hingga|sampai|sebelum|lebih dari|menjelang|per)\b(?:\s\w+){0,3}\s)\Z", re.IGNORECASE
)
_BESIDE = re.compile(r"\b(?:bersama|didampingi|mendampingi|bersebelahan)\b")
_OCCASION = re.compile(
    r"(?:disampaikan|dikatakan|diungkapkan|dijelaskan|diutarakan|dikemukakan|dilontarkan|ditemui|dihubungi|jumpa pers"
    r"|konferensi pers|keterangan|siaran pers|pernyataan|sidang|rapat|pidato|unggah|wawancara|diskusi|ungkap|bicara)",
    re.IGNORECASE,
)
# "dua hari kemudian": how far from the date that stands before it.
_OFFSET = re.compile(r"(\w+(?: belas)?)\s(hari|pekan|minggu)\s(sebelumnya|kemudian|setelahnya|berikutnya)")
_MONTHS_OFF = re.compile(r"(?:(\w+)\s|[Ss]e)(bulan|tahun)\s(sebelumnya|kemudian|setelahnya|berikutnya)")
_NUMBERS = {w: n for n, w in enumerate("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh".split())}
# How far from its cue an expression can date a saying, in characters.
_REACH = 700
# Sentences between an occasion and a statement made on it.
_SENTENCES_NEAR = 12
# A sentence this near will do when it is dated and names the speaker ("Rina memimpin apel, Minggu (3/8).").
_SURROUNDING = 1
# Speakers who were at the occasion an article reports; documents, states and media speak from elsewhere.
_PRESENT = frozenset({"person"})


def date_statements(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``time`` (a span in their sentence, or None) and ``date`` (ISO 8601, or None) filled in."""
    if not statements:
        return statements
    text = parse.article.text
    cover = Cover(statements)
    starts = [s.start for s in parse.sentences]
    free = [t for t in parse.times if t.type == "DATE" and not cover.holds(t.span.start)]
    by_sentence: dict[int, list[TimeExpression]] = {}
    for time in free:
        place = bisect_right(starts, time.span.start) - 1
        if place >= 0 and time.span.end <= parse.sentences[place].end:
            by_sentence.setdefault(place, []).append(time)
    own: list[tuple[TimeExpression, str | None] | None] = []
    credit: list[tuple[TimeExpression, str | None] | None] = []
    places: list[int] = []
    for statement in statements:
        anchor = statement.cue or statement.source or statement.contents[-1]
        place = max(bisect_right(starts, anchor.start) - 1, 0)
        places.append(place)
        candidates = _near(by_sentence.get(place, []), anchor)
        chosen, credited = _choose(text, statement, anchor, candidates)
        own.append((chosen, _iso(text, chosen, parse)) if chosen else None)
        credit.append((credited, _iso(text, credited, parse)) if credited else None)
    occasions = _occasions(parse, by_sentence, {p for p, o in zip(places, own, strict=True) if o})
    only = _only_day(parse, by_sentence)
    stated = set(places)
    out: list[Statement] = []
    for number, statement in enumerate(statements):
        expression, found, rule = None, None, ""
        mine, lent = own[number], credit[number]
        if mine:
            expression, found, rule = mine[0], mine[1], "date.own"
        if found is None:
            found = _governing(statements, own, number)
            rule = "date.speaker" if found else rule
        if found is None:
            found = _represented(statements, own, number)
            rule = "date.represented" if found else rule
        if found is None:
            found = _from_occasion(parse, statement, places[number], occasions)
            rule = "date.occasion" if found else rule
        if lent and expression is None:
            expression = lent[0]
            if found is None:
                found, rule = lent[1], "date.credit"
        if found is None and not mine:
            found = _governing(statements, credit, number)
            rule = "date.speaker-credit" if found else rule
        if found is None and not mine:
            found = _joined(parse, statement, out[max(0, number - 12) :], places, number)
            rule = "date.joined" if found else rule
        if found is None and not mine and not lent and only is not None and statement.speaker_type in _PRESENT:
            day, sentence, bracketed = only
            if _names(text, parse.sentences[sentence], statement) or (bracketed and sentence not in stated):
                found, rule = day, "date.only"
        steps = (*statement.steps, Step("date", rule)) if rule else statement.steps
        out.append(replace(statement, time=expression.span if expression else None, date=found, steps=steps))
    return tuple(out)


def _near(times: list[TimeExpression], anchor: Span) -> list[TimeExpression]:
    """The expressions within reach of a cue; a sentence without an end may hold thousands."""
    low = bisect_left(times, anchor.start - _REACH, key=lambda t: t.span.start)
    high = bisect_right(times, anchor.end + _REACH, key=lambda t: t.span.start)
    return times[low:high]


def _choose(
    text: str, statement: Statement, anchor: Span, candidates: list[TimeExpression]
) -> tuple[TimeExpression | None, TimeExpression | None]:
    """The expression of the sentence that dates the saying, and the one that only dates its credit."""
    plain: list[tuple[int, TimeExpression]] = []
    credited: list[tuple[int, TimeExpression]] = []
    for time in candidates:
        if statement.source and statement.source.start <= time.span.start < statement.source.end:
            continue
        gap = max(anchor.start - time.span.end, time.span.start - anchor.end, 0)
        low = text.rfind(".", 0, time.span.start) + 1 if time.span.start > anchor.end else max(0, time.span.start - 70)
        before = text[max(low, time.span.start - 70) : time.span.start]
        if _OTHER.search(before):
            continue
        if _CREDIT.search(before) and not _overlaps_cue(before, statement):
            credited.append((gap, time))
        else:
            plain.append((gap, time))
    # Of several, a day says more than a year; then the nearest to the cue.
    key = lambda pair: (pair[1].value is None, pair[0])  # noqa: E731 - one expression, used twice
    best = min(plain, key=key)[1] if plain else None
    lent = min(credited, key=key)[1] if credited else None
    return best, lent


def _overlaps_cue(before: str, statement: Statement) -> bool:
    """Whether the credit verb is the statement's own cue ("Dilansir Reuters, Kamis (6/6), …")."""
    return statement.cue is not None and any(s.rule == "credit" for s in statement.steps) and bool(before)


def _iso(text: str, time: TimeExpression, parse: Parse) -> str | None:
    """The day, month or year of an expression as ISO 8601, a week as its month."""
    if time.start is None or time.end is None:
        return _offset(text, time, parse)
    days = (time.end - time.start).days
    if days == 1:
        return time.start.isoformat()
    if days <= 31:
        return f"{time.start.year:04d}-{time.start.month:02d}"
    return f"{time.start.year:04d}"


def _offset(text: str, time: TimeExpression, parse: Parse) -> str | None:
    """ "dua hari kemudian", counted from the last day named before it."""
    form = text[time.span.start : time.span.end]
    match = _OFFSET.match(form)
    if match is None:
        return _months_off(form, time, parse)
    number = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1].lower(), 0)
    base = _last_day(parse, time)
    if base is None or not number:
        return None
    days = number * (1 if match[2] == "hari" else 7)
    return (base + timedelta(days=days if match[3] != "sebelumnya" else -days)).isoformat()


def _last_day(parse: Parse, time: TimeExpression) -> date | None:
    """The last day named before an expression."""
    base: date | None = None
    before = bisect_left(parse.times, time.span.start, key=lambda t: t.span.start)
    for other in parse.times[max(0, before - 20) : before]:
        if other.start and other.end and (other.end - other.start).days == 1:
            base = other.start
    return base


def _months_off(form: str, time: TimeExpression, parse: Parse) -> str | None:
    """ "sebulan sebelumnya" as a month, "dua tahun kemudian" as a year, counted from the last day named before."""
    match = _MONTHS_OFF.match(form)
    base = _last_day(parse, time)
    if match is None or base is None:
        return None
    word = (match[1] or "satu").lower()
    number = (int(word) if word.isdigit() else _NUMBERS.get(word, 0)) * (-1 if match[3] == "sebelumnya" else 1)
    if match[2] == "tahun":
        return f"{base.year + number:04d}"
    months = base.year * 12 + base.month - 1 + number
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _governing(
    statements: tuple[Statement, ...], own: list[tuple[TimeExpression, str | None] | None], number: int
) -> str | None:
    """The date of the nearest statement of the same speaker that has one of its own: first before, then after it."""
    speaker = statements[number].speaker
    if speaker is None:
        return None
    for other in range(number - 1, max(-1, number - 40), -1):
        dated = own[other]
        if statements[other].speaker == speaker and dated and dated[1]:
            return dated[1]
    for other in range(number + 1, min(len(statements), number + 40)):
        dated = own[other]
        if statements[other].speaker == speaker and dated and dated[1]:
            return dated[1]
    return None


def _represented(
    statements: tuple[Statement, ...], own: list[tuple[TimeExpression, str | None] | None], number: int
) -> str | None:
    """The date of a body's statement from that of the person who speaks for it ("Teguh, manajer BMW Astra, …")."""
    speaker = statements[number].speaker
    if speaker is None or statements[number].speaker_type == "person":
        return None
    name = speaker.split()[-1].lower()
    for other in range(max(0, number - 8), min(len(statements), number + 9)):
        dated = own[other]
        role = statements[other].role
        if dated and dated[1] and role and len(name) > 2 and name in role.lower():
            return dated[1]
    return None


def _names(text: str, sentence: Span, statement: Statement) -> bool:
    """Whether a sentence names the speaker of a statement."""
    name = (statement.speaker or "").rsplit(" ", 1)[-1].lower()
    return len(name) > 2 and name in text[sentence.start : sentence.end].lower()


def _only_day(parse: Parse, by_sentence: dict[int, list[TimeExpression]]) -> tuple[str, int, bool] | None:
    """The one recent day that the article names outside its quotations, the occasion it reports, or None.

    Given with the sentence it stands in and whether it is written with its number ("Kamis (6/6)").
    """
    text = parse.article.text
    published = parse.article.published
    days: dict[str, tuple[str, int, bool]] = {}
    for place, times in by_sentence.items():
        for time in times:
            if time.start is None or time.end is None or (time.end - time.start).days != 1:
                continue
            if published is not None and not -1 <= (published - time.start).days <= 4:
                continue
            if _CREDIT.search(text[max(0, time.span.start - 70) : time.span.start]):
                continue
            day = time.start.isoformat()
            days.setdefault(day, (day, place, "(" in text[time.span.start : time.span.end]))
    return next(iter(days.values())) if len(days) == 1 else None


def _joined(parse: Parse, statement: Statement, before: list[Statement], places: list[int], number: int) -> str | None:
    """The date of an earlier statement whose sentence has this speaker beside its own ("kata Rina bersama Budi")."""
    text = parse.article.text
    for back, earlier in enumerate(reversed(before), start=1):
        if earlier.date is None or earlier.speaker == statement.speaker:
            continue
        sentence = parse.sentences[places[number - back]]
        if _names(text, sentence, statement) and _BESIDE.search(
            text, sentence.start, min(sentence.end, sentence.start + 1500)
        ):
            return earlier.date
    return None


def _occasions(
    parse: Parse, by_sentence: dict[int, list[TimeExpression]], used: set[int]
) -> dict[int, tuple[str, bool]]:
    """Sentences that tell when something was said and hold no dated statement themselves: sentence → day."""
    text = parse.article.text
    out: dict[int, tuple[str, bool]] = {}
    for place, times in by_sentence.items():
        if place in used:
            continue
        sentence = parse.sentences[place]
        if sentence.end - sentence.start < 600:
            day = next(
                (_iso(text, t, parse) for t in reversed(times) if t.start and t.end and (t.end - t.start).days == 1),
                None,
            )
            if day:
                out[place] = (day, bool(_OCCASION.search(text, sentence.start, sentence.end)))
    return out


def _from_occasion(
    parse: Parse, statement: Statement, place: int, occasions: dict[int, tuple[str, bool]]
) -> str | None:
    """The date of an occasion told right before or after, in a sentence that names this speaker."""
    if statement.speaker is None or not occasions:
        return None
    text = parse.article.text
    for distance in range(_SENTENCES_NEAR + 1):
        for other in (place - distance, place + distance):
            day, sure = occasions.get(other, ("", False))
            if day and (sure or distance <= _SURROUNDING) and _names(text, parse.sentences[other], statement):
                return day
    return None
