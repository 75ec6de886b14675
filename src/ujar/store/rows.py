"""One analysis as rows of the ledger's tables: everything that can be asked for, worked out once."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ujar.actors.forms import fold
from ujar.actors.resolve import resolve
from ujar.actors.rows import HOME, NOT_STATES
from ujar.events.plover import TYPES, score_of
from ujar.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import Actor, Analysis, Article, Event, Party, Span, Statement

QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}

_WORD = re.compile(r"\w+")
_SURROGATE = re.compile("[\ud800-\udfff]")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one reading."""

    article: Row
    statements: list[Row]
    events: list[Row]


def article_key(article: Article) -> str:
    """What names an article from one run to the next: its address, else the id it was given."""
    return _SURROGATE.sub("\ufffd", article.url or article.id)


def fingerprint(article: Article) -> str:
    """A hash of what an article says of itself: equal when nothing changed."""
    day = article.published.isoformat() if article.published else None
    return _hash(article.text, article.title, day, article.outlet)


def sound(value: Any) -> Any:
    """A value, or a row with all that is in it, without lone surrogates, which no file can hold; all keep their places."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [sound(v) for v in value]
    if isinstance(value, dict):
        return {k: sound(v) for k, v in value.items()}
    return value


def folded(text: str) -> str:
    """The words of a text in small letters, with a space before, between and behind: what word search looks through."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def rows_of(analysis: Analysis, *, engine: str, supersedes: str | None, now: datetime | None = None) -> Rows:
    """The rows of one analysis; copies are not looked for yet (``story``, ``said`` are the row's own)."""
    article = analysis.article
    key = article_key(article)
    mark = fingerprint(article)
    reading = _hash(key, mark, engine, supersedes)
    origin = {"reading": reading, "article": key, "outlet": article.outlet, "published": article.published}
    abroad = _abroad(analysis) if analysis.statements else None
    statements = [
        {**origin, "number": number, **_statement_row(analysis, statement, f"{reading}.{number}", abroad)}
        for number, statement in enumerate(analysis.statements)
    ]
    events = [
        {**origin, "number": number, **_event_row(analysis, event, reading, number)}
        for number, event in enumerate(analysis.events)
    ]
    own: Row = {
        "reading": reading,
        "article": key,
        "supersedes": supersedes,
        "fingerprint": mark,
        "engine": engine,
        "added": now or datetime.now(UTC),
        "url": article.url,
        "outlet": article.outlet,
        "title": article.title,
        "published": article.published,
        "text": article.text,
        "statements": len(statements),
        "events": len(events),
        "problems": [{"slug": p.slug, "stage": p.stage, "message": p.message} for p in analysis.problems],
        "story": reading,
        "sketch": [],
    }
    for table, rows in (("articles", [own]), ("statements", statements), ("events", events)):
        for row in rows:
            if row.keys() != {c.name for c in TABLES[table]}:
                raise AssertionError(f"rows of {table} and their schema differ")
    return Rows(own, statements, events)


def _hash(*parts: str | None) -> str:
    text = "\x1f".join("\x00" if p is None else p for p in parts)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _statement_row(analysis: Analysis, statement: Statement, name: str, abroad: str | None) -> Row:
    text, on = analysis.article.text, analysis.article.published
    actor = speaker_of(statement.speaker, statement.role, on, abroad=abroad)
    addressee = _words(text, statement.addressee)
    to = _meant(addressee, on, abroad) if addressee else None
    content = " … ".join(_one_line(_words(text, c) or "") for c in statement.contents)
    about = _about(analysis, statement.contents)
    return {
        "id": name,
        "day": first_day(statement.date) if statement.date and len(statement.date) == 10 else on,
        "date": statement.date,
        "kind": statement.kind,
        "speaker": statement.speaker,
        "speaker_type": statement.speaker_type,
        "role": statement.role,
        "key": key_of(actor, statement.speaker),
        "country": actor.code if actor else None,
        "sector": actor.sector if actor else None,
        "office": actor.office if actor else None,
        "addressee": addressee,
        "addressee_key": key_of(to, addressee),
        "addressee_country": to.code if to else None,
        "via": [_words(text, v) for v in statement.via],
        "about": [key for key, _ in about],
        "about_countries": sorted({code for _, code in about if code}),
        "cue": _words(text, statement.cue),
        "content": content,
        "sentence": _sentences_around(analysis, statement.contents, statement.cue),
        "words": folded(content),
        "cue_span": _span(statement.cue),
        "source_span": _span(statement.source),
        "addressee_span": _span(statement.addressee),
        "time_span": _span(statement.time),
        "content_spans": [_span(c) for c in statement.contents],
        "via_spans": [_span(v) for v in statement.via],
        "found_by": [{"part": s.part, "rule": s.rule} for s in statement.steps],
        "confidence": statement.confidence,
        "said": name,
    }


def _event_row(analysis: Analysis, event: Event, reading: str, number: int) -> Row:
    text, on = analysis.article.text, analysis.article.published
    actors = [_party_row(text, p) for p in event.actors]
    recipients = [_party_row(text, p) for p in event.recipients]
    sentence = _sentences_around(analysis, (event.trigger,), None)
    day = first_day(event.date) or on
    return {
        "id": f"{reading}.e{number}",
        "day": day,
        "date": event.date,
        "type": event.type,
        "mode": event.mode,
        "quad": QUADS[TYPES[event.type].quad],
        "score": score_of(event.type, event.mode),
        "status": event.status,
        "contexts": list(event.contexts),
        "trigger": _words(text, event.trigger),
        "actors": actors,
        "recipients": recipients,
        "actor_keys": [p["key"] for p in actors],
        "actor_countries": sorted({p["country"] for p in actors if p["country"]}),
        "recipient_keys": [p["key"] for p in recipients],
        "recipient_countries": sorted({p["country"] for p in recipients if p["country"]}),
        "condition": _words(text, event.condition),
        "place": _words(text, event.place),
        "claimed_by": event.claimed_by,
        "statement": f"{reading}.{event.statement}" if event.statement is not None else None,
        "sentence": sentence,
        "words": folded(sentence),
        "trigger_span": _span(event.trigger),
        "condition_span": _span(event.condition),
        "place_span": _span(event.place),
        "found_by": [{"part": s.part, "rule": s.rule} for s in event.steps],
        "confidence": event.confidence,
        "happening": _hash(
            event.type, event.status, day.isoformat() if day else reading, *sides(actors), "→", *sides(recipients)
        ),
    }


def sides(parties: list[Row]) -> list[str]:
    """The parties as far as reports agree in them: state and sector, else the actor itself."""
    return sorted({f"{p['country']} {p['sector'] or ''}" if p["country"] else p["key"] for p in parties})


def _party_row(text: str, party: Party) -> Row:
    actor = party.actor
    return {
        "text": _words(text, party.span),
        "name": actor.name if actor and actor.name else party.name,
        "role": party.role,
        "key": key_of(actor, party.name),
        "country": actor.code if actor else None,
        "sector": actor.sector if actor else None,
        "office": actor.office if actor else None,
        "start": party.span.start,
        "end": party.span.end,
    }


# An article is about another state from so many mentions of it on, where those of home are fewer than half.
_ABROAD = 3


def _abroad(analysis: Analysis) -> str | None:
    """The state that an article from abroad is most about; None of one that is about Indonesia as much, or nothing in particular.

    "Menteri Pendidikan" in news of Kenya is Kenya's, though nobody says so.
    """
    text, on = analysis.article.text, analysis.article.published
    named: Counter[str] = Counter()
    for mention in analysis.mentions:
        if mention.kind in ("place", "nationality", "organisation", "person"):
            actor = resolve(text[mention.span.start : mention.span.end], on)
            if (
                actor.code
                and actor.code not in NOT_STATES
                and (actor.id is None or actor.id.startswith("state:") or actor.code == HOME)
            ):
                named[actor.code] += 1
    if not named:
        return None
    (most, times), *_ = named.most_common(1)
    return most if most != HOME and times >= _ABROAD and times > 2 * named[HOME] else None


def _meant(form: str, on: date | None, abroad: str | None) -> Actor:
    """Whom some words mean; an office or body that is Indonesian only for want of another state is that of ``abroad``."""
    actor = resolve(form, on)
    return resolve(form, on, country=abroad) if abroad and actor.code == HOME else actor


def speaker_of(name: str | None, role: str | None, on: date | None, *, abroad: str | None = None) -> Actor | None:
    """Whom a speaker's name means on a day; country and sector by the role where the name says nothing.

    ``abroad``: the state that the article is about, when that is not Indonesia.
    """
    if name is None:
        return None
    actor = _meant(name, on, abroad)
    if actor.code is None and role:
        office = _meant(role, on, abroad)
        if office.code is not None and (office.id is None or not office.id.startswith("person:")):
            return office if actor.id is None else actor
        if office.code is not None:
            # Who holds the office by the tables need not be whom the article names: only country and sector hold.
            from dataclasses import replace

            return replace(actor, code=office.code, sector=office.sector)
    return actor


def key_of(actor: Actor | None, name: str | None) -> str | None:
    """How the ledger tells actors apart: the id in the tables, else the name in small letters; None for nobody."""
    if actor is not None and actor.id is not None:
        return actor.id
    return f"name:{fold(name)}" if name and fold(name) else None


def first_day(form: str | None) -> date | None:
    """The first day of an ISO 8601 day, month or year."""
    if not form:
        return None
    try:
        return date.fromisoformat((form + "-01-01")[:10] if len(form) < 10 else form[:10])
    except ValueError:
        return None


def _about(analysis: Analysis, contents: Iterable[Span]) -> list[tuple[str, str | None]]:
    """Whom some spans name: (key, country), each once, in text order."""
    text, on = analysis.article.text, analysis.article.published
    out: dict[str, str | None] = {}
    spans = tuple(contents)
    for mention in analysis.mentions:
        if mention.kind in ("role", "other"):
            continue
        if any(c.start <= mention.span.start and mention.span.end <= c.end for c in spans):
            name = _words(text, mention.span) or ""
            actor = resolve(name, on)
            key = key_of(actor, name)
            if key is not None:
                out.setdefault(key, actor.code)
    return list(out.items())


def _sentences_around(analysis: Analysis, spans: tuple[Span, ...], cue: Span | None) -> str:
    """The sentences that some spans stand in, from the first to the last, as one line."""
    every = [*spans, cue] if cue else list(spans)
    start, end = min(s.start for s in every), max(s.end for s in every)
    starts = _starts(analysis.sentences)
    first = bisect_right(starts, start) - 1
    last = bisect_right(starts, end - 1) - 1
    text = analysis.article.text
    if first < 0 or last < 0:
        return _one_line(text[start:end])
    low = min(start, analysis.sentences[first].start)
    return _one_line(text[low : max(end, analysis.sentences[last].end)])


@lru_cache(maxsize=4)
def _starts(sentences: tuple[Span, ...]) -> list[int]:
    return [s.start for s in sentences]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _words(text: str, span: Span | None) -> str | None:
    return text[span.start : span.end] if span is not None else None


def _span(span: Span | None) -> dict[str, int] | None:
    return {"start": span.start, "end": span.end} if span is not None else None
