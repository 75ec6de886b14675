"""The tables of the ledger, column by column. docs/ledger-tables.md is made from this file (``python docs/tables.py``).

History of ``SCHEMA_VERSION``: 1, the first. A change of a column needs a new version here and a step in ``migrate.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 1

TEXTS = pa.list_(pa.string())
SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32())])
SPANS = pa.list_(SPAN)
PARTY = pa.struct(
    [
        ("text", pa.string()),
        ("name", pa.string()),
        ("role", pa.string()),
        ("key", pa.string()),
        ("country", pa.string()),
        ("sector", pa.string()),
        ("office", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)
PROBLEM = pa.struct([("slug", pa.string()), ("stage", pa.string()), ("message", pa.string())])
STEPS = pa.list_(pa.struct([("part", pa.string()), ("rule", pa.string())]))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its Arrow type, and what stands in it."""

    name: str
    type: pa.DataType
    doc: str


def _columns(*rows: tuple[str, pa.DataType, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


_TEXT, _DAY, _INT = pa.string(), pa.date32(), pa.int32()

# Columns that statements and events share: where the row comes from.
_ORIGIN = (
    ("id", _TEXT, "Name of the row: the reading, a point, its number in the article (events: `e` before it). `ujar show ID`."),
    ("reading", _TEXT, "The reading of the article that the row belongs to."),
    ("article", _TEXT, "The article: its address, else the id it was given."),
    ("number", _INT, "Place among the rows of the article, from 0."),
    ("outlet", _TEXT, "Newspaper or site; null when unknown."),
    ("published", _DAY, "Day of publication; null when unknown."),
)  # fmt: skip

TABLES: dict[str, tuple[Column, ...]] = {
    "articles": _columns(
        ("reading", _TEXT, "Name of this reading of the article, 16 hexadecimal digits."),
        ("article", _TEXT, "The article: its address, else the id it was given."),
        ("supersedes", _TEXT, "The reading that this one takes the place of; null for the first."),
        ("fingerprint", _TEXT, "Hash of text, title, day and outlet: the same article has the same."),
        ("engine", _TEXT, "What read it: version of ujar, reader, whether events were looked for, hash of the models."),
        ("added", pa.timestamp("us", tz="UTC"), "When it was kept."),
        ("url", _TEXT, "Address; null when there is none."),
        ("outlet", _TEXT, "Newspaper or site; null when unknown."),
        ("title", _TEXT, "Headline; null when there is none."),
        ("published", _DAY, "Day of publication; null when unknown."),
        ("text", _TEXT, "The body as it was read. All offsets count its characters (code points), end not included."),
        ("statements", _INT, "Number of its statements."),
        ("events", _INT, "Number of its events."),
        ("problems", pa.list_(PROBLEM), "What was wrong with it."),
        ("story", _TEXT, "First reading of the story that it is a copy of; its own when it is the first."),
        ("sketch", pa.list_(pa.uint32()), "MinHash of the text, 128 numbers, by which copies are found; empty for very short texts."),
    ),
    "statements": _columns(
        *_ORIGIN,
        ("day", _DAY, "Day of the saying where the article gives one, else of publication; null when neither is known."),
        ("date", _TEXT, "Date of the saying as the article gives it: day, month or year (ISO 8601); null when undated."),
        ("kind", _TEXT, "`direct` (all quoted), `indirect` (none) or `mixed`."),
        ("speaker", _TEXT, "Fullest name or description in the article; null when the text does not tell."),
        ("speaker_type", _TEXT, "What kind of speaker: `person`, `organisation`, `state`, `group`, `unnamed`, `document` or `medium`."),
        ("role", _TEXT, "Office or description of the speaker in the article."),
        ("key", _TEXT, "The speaker as ujar knows it (`person:…`, `body:…`, `state:…`), else `name:` and the name in small letters; null when unknown."),
        ("country", _TEXT, "PLOVER country code of the speaker on the day: alpha-3, or UNO, EUR, IGO, NGO, ISM, IMG, MNC."),
        ("sector", _TEXT, "PLOVER sector of the speaker."),
        ("office", _TEXT, "What the speaker held on the day by the tables of actors."),
        ("addressee", _TEXT, "To whom it is said, as the text has it."),
        ("addressee_key", _TEXT, "The addressee as `key`."),
        ("addressee_country", _TEXT, "PLOVER country code of the addressee."),
        ("via", TEXTS, "Media or documents that carried the words."),
        ("about", TEXTS, "Whom the content names, as `key`."),
        ("about_countries", TEXTS, "PLOVER country codes of those."),
        ("cue", _TEXT, "The words that attribute."),
        ("content", _TEXT, "What is said; several pieces are joined by ` … `."),
        ("sentence", _TEXT, "The sentence or sentences in which it stands."),
        ("words", _TEXT, "The words of the content in small letters, each between spaces: what word search looks through."),
        ("cue_span", SPAN, "Offsets of the cue."),
        ("source_span", SPAN, "Offsets of the words that name the speaker beside the cue."),
        ("addressee_span", SPAN, "Offsets of the addressee."),
        ("time_span", SPAN, "Offsets of the words that date the saying."),
        ("content_spans", SPANS, "Offsets of the content, piece by piece."),
        ("via_spans", SPANS, "Offsets of `via`."),
        ("found_by", STEPS, "Which rule or model settled which part."),
        ("confidence", pa.float32(), "How sure, between 0 and 1."),
        ("said", _TEXT, "The first statement in the ledger of which this is another report; its own id when it is the first."),
    ),
    "events": _columns(
        *_ORIGIN,
        ("day", _DAY, "Day of the event, first day of its month or year; of publication when undated; null when neither is known."),
        ("date", _TEXT, "Date of the event (ISO 8601 day, month or year); null when unknown."),
        ("type", _TEXT, "PLOVER type."),
        ("mode", _TEXT, "Mode of the type."),
        ("quad", _TEXT, "`verbal cooperation`, `material cooperation`, `verbal conflict` or `material conflict`."),
        ("score", pa.float32(), "Conflict-cooperation score of type and mode, -10 to 10."),
        ("status", _TEXT, "One of `actual`, `historical`, `planned`, `conditional`, `demanded` and `denied`."),
        ("contexts", TEXTS, "What it is about."),
        ("trigger", _TEXT, "The words that tell of it."),
        ("actors", pa.list_(PARTY), "Who does it."),
        ("recipients", pa.list_(PARTY), "To whom."),
        ("actor_keys", TEXTS, "The actors as `key` of statements."),
        ("actor_countries", TEXTS, "PLOVER country codes of the actors."),
        ("recipient_keys", TEXTS, "The recipients as `key`."),
        ("recipient_countries", TEXTS, "PLOVER country codes of the recipients."),
        ("condition", _TEXT, "Under which condition, as the text has it."),
        ("place", _TEXT, "Where, as the text has it."),
        ("claimed_by", _TEXT, "Whose claim it is when the reporter does not vouch for it."),
        ("statement", _TEXT, "Id of the statement in which it is told; null when in none."),
        ("sentence", _TEXT, "The sentence in which it stands."),
        ("words", _TEXT, "The words of the sentence in small letters, each between spaces."),
        ("trigger_span", SPAN, "Offsets of the trigger."),
        ("condition_span", SPAN, "Offsets of the condition."),
        ("place_span", SPAN, "Offsets of the place."),
        ("found_by", STEPS, "What settled each part."),
        ("confidence", pa.float32(), "How sure, between 0 and 1."),
        ("happening", _TEXT, "Type, status, day, actors and recipients: reports that agree in these count as one event."),
    ),
}  # fmt: skip


def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table."""
    return pa.schema([(column.name, column.type) for column in TABLES[table]])
