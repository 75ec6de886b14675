"""An event file as rows of a table, written aside as they come, and what of it is left out and why."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ujar.errors import InputError
from ujar.history.formats import CODE, COUNTRY, LAYOUTS, LINE, OUTSIDE, UNKNOWN, Event, cells, has
from ujar.history.lines import LONGEST_LINE, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from ujar.history.formats import Layout, Outcome, Party

_TEXT = pa.string()
COLUMNS: tuple[tuple[str, pa.DataType, str], ...] = (
    ("day", pa.date32(), "Day of the event."),
    ("actor", _TEXT, "Unit of the actor: PLOVER country code, else key."),
    ("type", _TEXT, "PLOVER type."),
    ("recipient", _TEXT, "Unit of the recipient."),
    ("actor_name", _TEXT, "The actor as the collection names it."),
    ("recipient_name", _TEXT, "The recipient as the collection names it."),
    ("code", _TEXT, "The event's code in the collection: CAMEO; POLECAT: type and mode."),
    ("event", _TEXT, "The event's id in the collection; ICEWS gives some ids to several events."),
    ("story", _TEXT, "The article's id in the collection; empty when it gives none."),
    ("sentence", _TEXT, "Number of the sentence in the article; empty when the collection gives none."),
    ("source", _TEXT, "The publisher (ICEWS, POLECAT) or the address of the article (GDELT)."),
    ("told", pa.date32(), "Day on which it was reported; null when the collection does not say."),
    ("file", _TEXT, "Name of the file it came from."),
    ("line", pa.int32(), "Number of its line there, from 1."),
    ("mark", pa.int64(), "Hash of what it says, by which what is told twice is found."),
)
SCHEMA = pa.schema([(name, kind) for name, kind, _ in COLUMNS])
_BATCH = 50_000
# After so many lines, none of which is a row, a file is of another layout.
_PATIENCE = 200
# So many examples of what was wrong are kept.
_EXAMPLES = 5
_MOST_WORDS = 1_000


@dataclass(slots=True)
class Read:
    """What became of a file.

    Attributes:
        lines: number of lines, without the first line of columns.
        rows: number of rows that were kept (an event with two actors gives two).
        days: first and last day of these; None when there is none.
        told: first day on which one was reported; None when the collection does not say.
        left_out: reason → number of lines.
        where: first lines that are no rows ("12", "member.csv:12").
        words: (reason, code or country) → number of lines, of those that are not known.
        unsound: number of lines with bytes that are no UTF-8.
    """

    lines: int = 0
    rows: int = 0
    days: tuple[date, date] | None = None
    told: date | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    where: list[str] = field(default_factory=list)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    unsound: int = 0


def read_file(
    path: Path,
    layout: Layout,
    target: Path,
    *,
    since: date | None = None,
    until: date | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Read:
    """Write the rows of an event file into a Parquet file; memory does not grow with the file.

    Args:
        path: the file, plain, gzipped or zipped.
        layout: how it is laid out.
        target: the file that is written.
        since: only events of this day and later.
        until: only events of earlier days.
        told: called now and then with the number of lines so far.

    Raises InputError when it cannot be read or is of another layout; what was written is then worth nothing.
    """
    out = Read()
    widths, read = layout.widths, layout.reader(layout.needs)
    batch: list[tuple[object, ...]] = []
    member: str | None = None
    with pq.ParquetWriter(target, SCHEMA, compression="zstd") as writer:
        for line in lines(path):
            if not layout.widths and line.member != member:
                member = line.member
                widths, read = _first_line(path, layout, line.text)
                continue
            out.lines += 1
            split = cells(line.text, widths) if len(line.text) <= LONGEST_LINE else None
            if split is None:
                _left_out(out, (LINE, f"{line.member}:{line.number}".lstrip(":")))
                if out.left_out[LINE] == out.lines == _PATIENCE:
                    break
                continue
            row, sound = split
            out.unsound += not sound
            found = read(row)
            if isinstance(found, Event) and (
                (since is not None and found.day < since) or (until is not None and found.day >= until)
            ):
                found = (OUTSIDE, "")
            if not isinstance(found, Event):
                _left_out(out, found)
                continue
            batch += _rows(found, path.name, line.number)
            _note_days(out, found)
            if len(batch) >= _BATCH:
                _write(writer, batch, out)
                told(out.lines)
        _write(writer, batch, out)
    if out.lines and out.left_out[LINE] == out.lines:
        raise _other_layout(path, layout, widths)
    return out


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits. Raises InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            "bad-history", f"{path} cannot be read ({error.strerror or error})", "look at the path and its permissions"
        ) from error


def _first_line(path: Path, layout: Layout, text: bytes) -> tuple[frozenset[int], Callable[[Sequence[str]], Outcome]]:
    """How many cells each row has, and what reads them, by the first line."""
    width = text.count(b"\t") + 1
    split = cells(text, frozenset({width}))
    header = split[0] if split else ()
    if missing := [name for name in layout.needs if not has(header, name)]:
        raise InputError(
            "bad-history",
            f"{path} is not laid out as {layout.title}: its first line does not name {missing[0]!r}",
            _another(width),
        )
    return frozenset({len(header)}), layout.reader(header)


def _other_layout(path: Path, layout: Layout, widths: frozenset[int]) -> InputError:
    first = next(lines(path))
    width = first.text.count(b"\t") + 1
    wanted = " or ".join(map(str, sorted(widths)))
    return InputError(
        "bad-history",
        f"{path} is not laid out as {layout.title}: a line has {width} columns, not {wanted}",
        _another(width),
    )


def _another(width: int) -> str:
    for layout in LAYOUTS.values():
        if width in layout.widths:
            return f"try --format {layout.name}"
    return f"choose another --format ({', '.join(LAYOUTS)})"


def _left_out(out: Read, why: tuple[str, str]) -> None:
    reason, what = why
    out.left_out[reason] += 1
    if reason == LINE and len(out.where) < _EXAMPLES:
        out.where.append(what)
    if reason in (CODE, COUNTRY) and (len(out.words) < _MOST_WORDS or why in out.words):
        out.words[reason, what[:60]] += 1


def _note_days(out: Read, event: Event) -> None:
    first, last = out.days or (event.day, event.day)
    out.days = min(first, event.day), max(last, event.day)
    if event.told is not None:
        out.told = min(out.told or event.told, event.told)


def _rows(event: Event, file: str, line: int) -> list[tuple[object, ...]]:
    """The rows of an event: one per actor and recipient that are different units."""

    def row(actor: Party, recipient: Party) -> tuple[object, ...]:
        says = (
            event.day, actor.unit, event.type, recipient.unit, actor.name, recipient.name, event.code, event.id,
            event.story, event.sentence, event.source,
        )  # fmt: skip
        mark = hashlib.blake2b("\t".join(map(str, says)).encode("utf-8", "replace"), digest_size=8).digest()
        return (*says, event.told, file, line, int.from_bytes(mark, "big", signed=True))

    return [
        row(actor, recipient)
        for actor in event.actors
        for recipient in event.recipients
        if actor.unit != recipient.unit and UNKNOWN not in (actor.unit, recipient.unit)
    ]


def _write(writer: pq.ParquetWriter, batch: list[tuple[object, ...]], out: Read) -> None:
    if batch:
        arrays = [pa.array(column, kind) for column, kind in zip(zip(*batch, strict=True), SCHEMA.types, strict=True)]
        writer.write_batch(pa.record_batch(arrays, schema=SCHEMA))
        out.rows += len(batch)
        batch.clear()
