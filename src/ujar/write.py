"""Analyses to a listing, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any, TextIO

from ujar.records import Analysis, Problem, Span, Statement
from ujar.write_events import event_lines, event_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.text import Text

COLUMNS = (
    "article", "outlet", "published", "speaker", "speaker_type", "role", "kind", "date", "cue", "content", "source",
    "addressee", "via", "time", "confidence", "start", "end",
)  # fmt: skip

# Control characters could drive a terminal; line breaks and tabs become spaces where one line is shown.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"https?://\S+")
# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_KINDS = {"direct": "quoted", "indirect": "paraphrased", "mixed": "partly quoted"}


def explain(statement: Statement) -> str:
    """Which rule settled each part of a statement, one line a part, and how sure the whole is."""
    lines = [f"{step.part}: {step.rule}" for step in statement.steps]
    return "\n".join([*lines, f"confidence: {statement.confidence:.2f}"])


def as_row(analysis: Analysis) -> dict[str, Any]:
    """An analysis as one JSON object, spans as [start, end] offsets into "text"."""
    article = analysis.article
    return {
        "id": article.id,
        "publisher": article.outlet,
        "url": article.url,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "text": article.text,
        "statements": [_statement_row(s) for s in analysis.statements],
        "events": [event_row(e) for e in analysis.events],
        "problems": [_problem_row(p) for p in analysis.problems],
    }


def _statement_row(statement: Statement) -> dict[str, Any]:
    return {
        "content": [list(span) for span in statement.contents],
        "kind": statement.kind,
        "cue": _offsets(statement.cue),
        "source": _offsets(statement.source),
        "speaker": statement.speaker,
        "speaker_type": statement.speaker_type,
        "role": statement.role,
        "addressee": _offsets(statement.addressee),
        "via": [list(span) for span in statement.via],
        "time": _offsets(statement.time),
        "date": statement.date,
        "found_by": {step.part: step.rule for step in statement.steps},
        "confidence": statement.confidence,
    }


def _offsets(span: Span | None) -> list[int] | None:
    return list(span) if span is not None else None


def _problem_row(problem: Problem) -> dict[str, Any]:
    return {
        "problem": problem.slug,
        "stage": problem.stage,
        "message": problem.message,
        "article": problem.article_id,
        "span": _offsets(problem.span),
    }


def write_jsonl(results: Iterable[Analysis | Problem], out: TextIO) -> None:
    """One JSON object a line for each article; a source without an article is one with "problem"."""
    for result in results:
        row = as_row(result) if isinstance(result, Analysis) else _problem_row(result)
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(results: Iterable[Analysis | Problem], out: TextIO) -> None:
    """One row a statement, columns as in COLUMNS; several spans in one cell are joined by " | ".

    Cells that a spreadsheet would run as a formula get an apostrophe in front. ``start`` and ``end`` are the offsets
    of the first and last character of the content in the article's text. Sources without an article give no row.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in results:
        if not isinstance(result, Analysis):
            continue
        article = result.article
        for s in result.statements:
            writer.writerow(
                [
                    cell(article.id),
                    cell(article.outlet),
                    article.published.isoformat() if article.published else "",
                    cell(s.speaker or "unknown"),
                    s.speaker_type or "",
                    cell(s.role),
                    s.kind,
                    s.date or "",
                    cell(_words(article.text, s.cue)),
                    cell(" | ".join(_words(article.text, c) for c in s.contents)),
                    cell(_words(article.text, s.source)),
                    cell(_words(article.text, s.addressee)),
                    cell(" | ".join(_words(article.text, v) for v in s.via)),
                    cell(_words(article.text, s.time)),
                    s.confidence,
                    s.contents[0].start,
                    s.contents[-1].end,
                ]
            )


def _words(text: str, span: Span | None) -> str:
    return text[span.start : span.end] if span is not None else ""


def cell(value: str | None) -> str:
    """A text for a cell of a spreadsheet: never a formula."""
    value = value or ""
    return "'" + value if value.startswith(_FORMULA) else value


def clean(text: str) -> str:
    """A text for one line of a terminal: control characters and direction marks out, white space single."""
    return CONTROL.sub("", _SPACE.sub(" ", text)).strip()


def put(console: Console, text: Text, indent: int = 0, hang: int = 0) -> None:
    """Print a text, its lines cut to the width and indented, without spaces at their ends.

    ``hang``: how much farther in its second line and those after it begin.
    """
    # An address stays whole, however long: it is to be copied.
    address = max(map(len, _ADDRESS.findall(text.plain)), default=1)
    for number, line in enumerate(text.wrap(console, max(address, console.width - indent - hang))):
        line.rstrip()
        console.print(" " * (indent + (hang if number else 0)), line, sep="", soft_wrap=True)


def write_table(results: Iterable[Analysis | Problem], console: Console, *, steps: bool = False) -> None:
    """A listing to read: an article a block, a statement an entry; with ``steps``, which rule found each part."""
    from rich.rule import Rule
    from rich.text import Text

    for number, result in enumerate(results):
        if isinstance(result, Problem):
            put(
                console,
                Text.assemble(("! ", "yellow"), clean(result.article_id), (": " + clean(result.message), "yellow")),
            )
            continue
        if number:
            console.print()
        console.print(Rule(_heading(result), align="left", style="dim"))
        for problem in result.problems:
            put(console, Text("! " + clean(problem.message), style="yellow"), 1)
        if not result.statements:
            put(console, Text("no statements found", style="dim"), 1)
        for statement in result.statements:
            console.print()
            put(console, _speaker_line(statement), 1)
            put(console, _content_line(result.article.text, statement), 3)
            put(console, _detail_line(result.article.text, statement), 3)
            if steps:
                found = "  ".join(f"{step.part}={step.rule}" for step in statement.steps)
                put(console, Text(f"found by  {found}", style="dim"), 3)
        for event in result.events:
            console.print()
            for indent, line, style in event_lines(result.article.text, event, steps=steps):
                put(console, Text(clean(line), style=style), indent)


def _heading(result: Analysis) -> Text:
    from rich.text import Text

    article = result.article
    parts = [clean(p) for p in (article.title or article.id, article.outlet) if p]
    if article.published:
        parts.append(article.published.isoformat())
    count = len(result.statements)
    parts.append(f"{count} statement{'' if count == 1 else 's'}")
    if result.events:
        parts.append(f"{len(result.events)} event{'' if len(result.events) == 1 else 's'}")
    return Text(" · ".join(parts), style="bold")


def _speaker_line(statement: Statement) -> Text:
    from rich.text import Text

    line = Text()
    if statement.speaker is None:
        line.append("unknown", style="dim italic")
    else:
        line.append(clean(statement.speaker), style="bold cyan")
    if statement.role:
        line.append(f"  {clean(statement.role)}", style="cyan")
    return line


def _content_line(text: str, statement: Statement) -> Text:
    from rich.text import Text

    parts = [clean(text[c.start : c.end]) for c in statement.contents]
    quoted = statement.kind == "direct"
    shown = " … ".join(f"“{p}”" if quoted else p for p in parts)
    return Text(shown, style="green" if quoted else "")


def _detail_line(text: str, statement: Statement) -> Text:
    from rich.text import Text

    line = Text(style="dim")
    bits = [_KINDS[statement.kind], statement.date or "undated"]
    if statement.cue:
        bits.append(clean(_words(text, statement.cue)).lower())
    if statement.addressee:
        bits.append("to " + clean(_words(text, statement.addressee)))
    if statement.via:
        bits.append("via " + ", ".join(clean(_words(text, v)) for v in statement.via))
    # Nothing is certain.
    bits.append(f"{min(99, round(statement.confidence * 100))} % sure")
    line.append(" · ".join(bits))
    return line
