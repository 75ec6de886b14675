"""Events to JSON, to PLOVER's exchange records, and to tab-separated rows like those of ICEWS."""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, TextIO

from ujar.events.plover import TYPES, score_of
from ujar.parse import parse
from ujar.records import Analysis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ujar.records import Event, Party, Problem, Span

# Columns of the ICEWS event files (Boschee et al. 2015), then what they lack: where the words stand.
ICEWS_COLUMNS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity",
    "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "Status",
    "PLOVER Type", "PLOVER Mode", "Confidence", "Start", "End",
)  # fmt: skip


def event_id(analysis: Analysis, event: Event) -> str:
    """A name for an event that stays the same when the article is read again: article, type, place of the trigger."""
    return f"{analysis.article.id}-{event.type}-{event.trigger.start}"


def event_row(event: Event) -> dict[str, Any]:
    """An event as one JSON object, spans as [start, end] offsets into the article's text."""
    return {
        "type": event.type,
        "mode": event.mode,
        "context": list(event.contexts),
        "status": event.status,
        "trigger": list(event.trigger),
        "actors": [_party_row(p) for p in event.actors],
        "recipients": [_party_row(p) for p in event.recipients],
        "condition": _offsets(event.condition),
        "place": _offsets(event.place),
        "date": event.date,
        "claimed_by": event.claimed_by,
        "statement": event.statement,
        "mentions": [list(m) for m in event.mentions],
        "quad": TYPES[event.type].quad,
        "score": score_of(event.type, event.mode),
        "found_by": {step.part: step.rule for step in event.steps},
        "confidence": event.confidence,
    }


def _offsets(span: Span | None) -> list[int] | None:
    return list(span) if span is not None else None


def _party_row(party: Party) -> dict[str, Any]:
    actor = party.actor
    return {
        "span": list(party.span),
        "name": party.name,
        "role": party.role,
        "country": party.country if actor is None or actor.rule in ("given", "article") else None,
        "code": actor.code if actor else None,
        "sector": actor.sector if actor else None,
        "id": actor.id if actor else None,
        "office": actor.office if actor else None,
        "former": actor.former if actor else False,
        "candidates": list(actor.candidates) if actor else [],
        "resolved_by": actor.rule if actor else None,
    }


def write_plover(results: Iterable[Analysis | Problem], out: TextIO) -> None:
    """One PLOVER record a line for each event: the fields of the codebook, with text, link and what ujar adds as comment."""
    for analysis, event in _events(results):
        article = analysis.article
        record = {
            "id": event_id(analysis, event),
            "date": event.date or (article.published.isoformat() if article.published else None),
            "event": event.type,
            "mode": [event.mode] if event.mode else [],
            "context": list(event.contexts),
            "actor": [_entity(article.text, p) for p in event.actors],
            "recipient": [_entity(article.text, p) for p in event.recipients],
            "event_loc": _words(article.text, event.place),
            "quad_code": TYPES[event.type].quad,
            "score": score_of(event.type, event.mode),
            "historical": event.status == "historical",
            "future": event.status == "planned",
            "hypothetical": event.status in ("conditional", "demanded"),
            "negation": event.status == "denied",
            "text": _words(article.text, event.trigger),
            "publisher": article.outlet,
            "url": article.url,
            "language": "id",
            "claimed_by": event.claimed_by,
            "condition": _words(article.text, event.condition),
            "offsets": list(event.trigger),
            "confidence": event.confidence,
        }
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _entity(text: str, party: Party) -> dict[str, Any]:
    actor = party.actor
    return {
        "entity_text": _words(text, party.span),
        "identifier_text": actor.name if actor and actor.name else party.name,
        "identifier_id": actor.id if actor else None,
        "code": actor.code if actor else None,
        "sector": actor.sector if actor else None,
        "office": actor.office if actor else None,
    }


def write_icews(results: Iterable[Analysis | Problem], out: TextIO) -> None:
    """Tab-separated rows, one for each pair of actor and recipient of an event, columns as in ICEWS_COLUMNS.

    The CAMEO code is the root code of the PLOVER type; an event without recipient has one row with empty target columns.
    """
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(ICEWS_COLUMNS)
    starts: list[int] = []
    last: Analysis | None = None
    for analysis, event in _events(results):
        article = analysis.article
        if analysis is not last:
            last, starts = analysis, [s.start for s in parse(article).sentences]
        for actor in event.actors:
            for recipient in event.recipients or (None,):
                writer.writerow(
                    [
                        event_id(analysis, event), event.date or "", *_named(actor), event.type.capitalize(),
                        TYPES[event.type].cameo, score_of(event.type, event.mode), *_named(recipient), article.id,
                        bisect_right(starts, event.trigger.start), article.outlet or "", event.status, event.type,
                        event.mode or "", event.confidence, event.trigger.start, event.trigger.end,
                    ]
                )  # fmt: skip


def _named(party: Party | None) -> tuple[str, str, str]:
    if party is None:
        return "", "", ""
    actor = party.actor
    name = actor.name if actor and actor.name else party.name
    return " ".join(name.split()), (actor.sector if actor else None) or "", (actor.code if actor else None) or ""


def event_lines(text: str, event: Event, *, steps: bool = False) -> Iterator[tuple[int, str, str]]:
    """An event to read: lines with their indent and style; with ``steps``, what found it and resolved its parties."""
    what = event.type + (f"-{event.mode}" if event.mode else "")
    sides = " & ".join(_shown(p) for p in event.actors)
    if event.recipients:
        sides += " → " + " & ".join(_shown(p) for p in event.recipients)
    yield 1, f"{what}  {sides}", "bold magenta"
    yield 3, _around(text, event.trigger), ""
    bits = [event.status, event.date or "undated"]
    if event.condition:
        bits.append("if: " + text[slice(*event.condition)])
    if event.place:
        bits.append("in " + text[slice(*event.place)])
    if event.claimed_by:
        bits.append(f"claimed by {event.claimed_by}")
    bits.append(f"{min(99, round(event.confidence * 100))} % sure")
    yield 3, " · ".join(bits), "dim"
    if steps:
        yield 3, "found by  " + "  ".join(f"{s.part}={s.rule}" for s in event.steps), "dim"
        for party in (*event.actors, *event.recipients):
            actor = party.actor
            rule = f"{actor.rule} → {actor.id or 'nobody known'}" if actor else "not resolved"
            yield 3, f"  {text[slice(*party.span)]!r}: {rule}", "dim"


def _shown(party: Party) -> str:
    actor = party.actor
    code = " ".join(c for c in (actor.code, actor.sector) if c) if actor else ""
    former = ", former" if actor and actor.former else ""
    return f"{party.name} [{code or 'unknown'}{former}]"


def _around(text: str, trigger: Span) -> str:
    """The trigger in its line, the words around it cut."""
    low = max(text.rfind("\n", 0, trigger.start) + 1, trigger.start - 60)
    high = text.find("\n", trigger.end)
    high = min(high if high >= 0 else len(text), trigger.end + 60)
    return (
        ("… " if low and text[low - 1] != "\n" else "")
        + f"{text[low : trigger.start]}[{text[trigger.start : trigger.end]}]{text[trigger.end : high]}"
        + (" …" if high < len(text) and text[high] != "\n" else "")
    )


def _events(results: Iterable[Analysis | Problem]) -> Iterable[tuple[Analysis, Event]]:
    for result in results:
        if isinstance(result, Analysis):
            for event in result.events:
                yield result, event


def _words(text: str, span: Span | None) -> str | None:
    return text[span.start : span.end] if span is not None else None
