"""Rows of the ledger to a listing, JSON Lines, CSV or Parquet; one row in its paragraph."""

from __future__ import annotations

import csv
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, TextIO

from ujar.errors import InputError
from ujar.store.negation import negation_of
from ujar.write import CONTROL, cell, clean, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from rich.console import Console

    from ujar.records import Span
    from ujar.store.reports import Report

KINDS = {"direct": "quoted", "indirect": "paraphrased", "mixed": "partly quoted"}
# Columns that are for the machine: not in CSV, where a row is for a person.
_INNER = frozenset({"words", "sketch", "found_by", "reading", "number"})


def plain(value: object) -> Any:
    """A value of a row, or a record, as JSON knows it: days and times as ISO 8601, numbers to four places, none for nan."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4) if isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value


def json_text(value: object, *, indent: int | None = None) -> str:
    """A value as JSON. What could drive a terminal is written as an escape."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=indent)
    return CONTROL.sub(lambda c: f"\\u{ord(c[0]):04x}", text)


def batches(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, few in memory at a time."""
    for batch in table.to_batches(max_chunksize=2000):
        yield from batch.to_pylist()


def write_json_rows(table: pa.Table, out: TextIO) -> None:
    """One JSON object a line, all columns but the folded words. What could drive a terminal is written as an escape."""
    out.writelines(json_text({k: v for k, v in row.items() if k != "words"}) + "\n" for row in batches(table))


def write_csv_rows(table: pa.Table, out: TextIO) -> None:
    """A row a line; lists are joined by " | ", spans are start-end, parties are name (country sector).

    Cells that a spreadsheet would run as a formula get an apostrophe in front.
    """
    columns = [c for c in table.column_names if c not in _INNER]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in batches(table):
        writer.writerow([_flat(row[c]) for c in columns])


def _flat(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, list):
        return cell(" | ".join(str(_flat(v)) for v in value))
    if isinstance(value, dict):
        if set(value) == {"start", "end"}:
            return f"{value['start']}-{value['end']}"
        what = " ".join(filter(None, (value.get("country"), value.get("sector"))))
        name = clean(str(value.get("name")))
        return f"{name} ({what})" if what else name
    if isinstance(value, (int, float)):
        return plain(value)
    return cell(clean(str(plain(value))))


def write_parquet(table: pa.Table, path: Path) -> None:
    """All columns, as they are in the ledger."""
    import pyarrow.parquet as pq

    try:
        pq.write_table(table, path, compression="zstd")
    except OSError as error:
        raise InputError(
            "cannot-write", f"{path} cannot be written ({error.strerror or error})", "choose another file"
        ) from error


def list_statements(rows: Iterable[dict[str, Any]], console: Console) -> None:
    """A listing to read, a statement an entry, its id at the end."""
    from rich.text import Text

    for number, row in enumerate(rows):
        if number:
            console.print()
        head = Text()
        head.append(clean(row["speaker"] or "unknown"), style="bold cyan" if row["speaker"] else "dim italic")
        if row["role"] or row["office"]:
            head.append(f"  {clean(row['role'] or row['office'])}", style="cyan")
        if row["country"]:
            head.append(f"  {row['country']} {row['sector'] or ''}".rstrip(), style="dim cyan")
        put(console, head)
        quoted = row["kind"] == "direct"
        content = clean(row["content"])
        put(console, Text(f"“{content}”" if quoted else content, style="green" if quoted else ""), 2)
        bits = [_when(row), clean(row["outlet"] or "no outlet"), KINDS[row["kind"]]]
        if negation := negation_of(row):
            bits.append(f"not said: “{clean(negation)} {clean(row['cue'])}”")
        if row["addressee"]:
            bits.append("to " + clean(row["addressee"]))
        if row["via"]:
            bits.append("via " + ", ".join(map(clean, row["via"])))
        bits.append(f"{min(99, round(row['confidence'] * 100))} % sure")
        bits.append(row["id"])
        put(console, Text(" · ".join(bits), style="dim"), 2)


def list_events(rows: Iterable[dict[str, Any]], console: Console) -> None:
    """A listing to read, an event an entry, its id at the end."""
    from rich.text import Text

    for number, row in enumerate(rows):
        if number:
            console.print()
        head = Text()
        head.append(row["type"] + (f" {row['mode']}" if row["mode"] else ""), style="bold")
        if row["status"] != "actual":
            head.append(f" {row['status']}", style="yellow")
        head.append("  " + (parties(row["actors"]) or "unknown"), style="cyan")
        if row["recipients"]:
            head.append(" → ", style="dim")
            head.append(parties(row["recipients"]), style="cyan")
        put(console, head)
        put(console, Text(clean(row["sentence"])), 2)
        bits = [_when(row), clean(row["outlet"] or "no outlet")]
        bits.append(f"“{clean(row['trigger'])}”")
        if row["condition"]:
            bits.append("if " + clean(row["condition"]))
        if row["claimed_by"]:
            bits.append("claimed by " + clean(row["claimed_by"]))
        bits.append(f"{min(99, round(row['confidence'] * 100))} % sure")
        bits.append(row["id"])
        put(console, Text(" · ".join(bits), style="dim"), 2)


def _when(row: dict[str, Any]) -> str:
    """When something was, as exact as the text tells it: "2023", "2025-10", else the day."""
    if row["day"] is None:
        return "undated"
    day: str = row["day"].isoformat()
    return day[: len(row["date"])] if row["date"] else day


def parties(rows: list[dict[str, Any]]) -> str:
    """Parties as words: name, country and sector."""
    out = []
    for row in rows:
        what = " ".join(filter(None, (row["country"], row["sector"])))
        out.append(clean(row["name"] or row["text"]) + (f" ({what})" if what else ""))
    return ", ".join(out)


# A paragraph is shown this far around the spans: some outlets run a whole article into one.
_AROUND = 400


def paragraph_of(text: str, spans: list[tuple[Span, str]]) -> tuple[int, int]:
    """The paragraph, or paragraphs, in which some spans stand, or what lies near in a very long one: offsets into the text."""
    low = min(span.start for span, _ in spans)
    high = max(span.end for span, _ in spans)
    start = text.rfind("\n", 0, low) + 1
    end = text.find("\n", high)
    end = len(text) if end < 0 else end
    if low - start > _AROUND:
        start = text.rfind(" ", 0, low - _AROUND) + 1
    if end - high > _AROUND:
        cut = text.find(" ", high + _AROUND)
        end = end if cut < 0 else min(end, cut)
    return start, end


def marked_spans(table: str, row: dict[str, Any]) -> list[tuple[Span, str]]:
    """The spans of a row with what each is: content, cue, source … or trigger, actor, recipient …, in text order."""
    from ujar.records import Span

    out: list[tuple[Span, str]] = []

    def put(value: dict[str, int] | None, name: str) -> None:
        if value is not None:
            out.append((Span(value["start"], value["end"]), name))

    if table == "statements":
        for value in row["content_spans"]:
            put(value, "content")
        for name in ("cue", "source", "addressee", "time"):
            put(row[f"{name}_span"], name)
        for value in row["via_spans"]:
            put(value, "via")
    else:
        for name in ("trigger", "condition", "place"):
            put(row[f"{name}_span"], name)
        for side, name in (("actors", "actor"), ("recipients", "recipient")):
            for party in row[side]:
                put(party, name)
    return sorted(out)


MARKS = {
    "content": "green", "cue": "bold magenta", "source": "bold cyan", "addressee": "blue", "time": "yellow", "via": "red",
    "trigger": "bold magenta", "actor": "bold cyan", "recipient": "blue", "condition": "yellow", "place": "red",
}  # fmt: skip


def show_row(table: str, row: dict[str, Any], article: dict[str, Any], console: Console) -> None:
    """One row: itself, its paragraph with the spans marked, what found it, where it is from."""
    from rich.text import Text

    (list_statements if table == "statements" else list_events)([row], console)
    text = article["text"]
    spans = marked_spans(table, row)
    start, end = paragraph_of(text, spans)
    console.print()
    line = Text("… " if start and text[start - 1] != "\n" else "")
    at = start
    for span, name in spans:
        if span.start < at:
            continue
        line.append(_visible(text[at : span.start]))
        line.append("[" + _visible(text[span.start : span.end]) + "]", style=MARKS[name])
        line.append(name, style="dim " + MARKS[name].split()[-1])
        at = span.end
    line.append(_visible(text[at:end]) + (" …" if end < len(text) and text[end] != "\n" else ""))
    put(console, line)
    console.print()
    for span, name in spans:
        put(console, Text(f"{name:10} {span.start}–{span.end}  {clean(text[span.start : span.end])}", style="dim"))
    put(
        console,
        Text("found by   " + "  ".join(f"{s['part']}={clean(s['rule'])}" for s in row["found_by"]), style="dim"),
    )
    where = [article["title"] or article["article"], article["outlet"], plain(article["published"]), article["url"]]
    put(console, Text("article    " + " · ".join(clean(str(w)) for w in where if w), style="dim"))
    put(
        console,
        Text(
            f"reading    {article['reading']} · {article['engine']} · kept {plain(article['added'])[:19]}", style="dim"
        ),
    )


def show_reports(found: Sequence[Report], console: Console) -> None:
    """The reports of one statement side by side: the first as it is, of the others what differs from it in brackets."""
    from rich.text import Text

    for number, report in enumerate(found):
        day = report.day.isoformat() if report.day else "undated"
        head = [day, clean(report.outlet or "no outlet"), KINDS[report.kind], report.id]
        put(console, Text(("first      " if not number else "also       ") + " · ".join(head), style="dim"))
        line = Text()
        for piece in report.pieces:
            bare = piece.text.rstrip()
            line.append(
                f"[{_visible(bare)}]" if piece.differs else _visible(bare), style="yellow" if piece.differs else ""
            )
            line.append(" " if bare != piece.text else "")
        put(console, line, 11)
        if report.without:
            left = " … ".join(map(clean, report.without))
            put(console, Text(f"without: {left}", style="dim"), 11)


def _visible(text: str) -> str:
    """A stretch of text without control characters, white space at its edges kept."""
    bare = clean(text)
    if not bare:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + bare + (" " if text[-1].isspace() else "")
