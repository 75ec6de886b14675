"""Small parts made into larger ones: fewer files to open, days together, everything in the current version of the tables.

A part of any size is written with little in memory: the rows of some days at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ujar.store.migrate import current
from ujar.store.parts import remove_replaced, unreadable, visible_parts, write_part
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from ujar.store.parts import Part


class _Level(NamedTuple):
    """When more than ``many`` parts have ``least`` rows but fewer than ``most``, they are merged, up to ``largest`` in one."""

    least: int
    most: int
    many: int
    largest: int


# A row is written again some times until it lies among a million others, and a question opens few files.
_LEVELS = (_Level(0, 100_000, 12, 300_000), _Level(100_000, 1_000_000, 5, 4_000_000))
# What is merged when everything is to be.
_EVERYTHING = _Level(0, 4_000_000, 1, 4_000_000)
# Rows that are held at a time, as far as days allow it.
_AT_ONCE = 50_000


def merge_parts(root: Path, *, without: Collection[str] = (), everything: bool = False) -> int:
    """Merge small parts when there are many, or all; the number of parts merged. Only for who holds the lock.

    ``without``: parts that cannot be read. They stay as they are.
    """
    left = remove_replaced(root)
    merged = 0
    for level in (_EVERYTHING,) if everything else _LEVELS:
        parts = [p for p in visible_parts(root)[0] if p.name not in without]
        if more := sum(_merge(root, group, left) for group in _groups(parts, level, everything=everything)):
            left = remove_replaced(root)
        merged += more
    return merged


def _groups(parts: Sequence[Part], level: _Level, *, everything: bool) -> list[list[Part]]:
    """The parts that are to be merged into one each, oldest first."""

    def size(part: Part) -> int:
        return sum(part.rows.values())

    old = [p for p in parts if everything and p.schema < SCHEMA_VERSION]
    small = [p for p in parts if p in old or level.least <= size(p) < level.most]
    if len(small) <= level.many and not old:
        return []
    groups: list[list[Part]] = [[]]
    for part in small:
        if groups[-1] and sum(map(size, groups[-1])) + size(part) > level.largest:
            groups.append([])
        groups[-1].append(part)
    return groups


def _merge(root: Path, group: Sequence[Part], left: Sequence[str]) -> int:
    """Write the rows of some parts as one; ``left``: replaced parts that still are there."""
    bad = unreadable(group)
    good = [part for part in group if part.name not in bad]
    if not good or (len(good) == 1 and good[0].schema == SCHEMA_VERSION):
        return 0
    twice = _twice(good)
    # Days together: a question about a week then passes over most of the file.
    tables = {name: _in_order(good, name, "published" if name == "articles" else "day", twice) for name in TABLES}
    write_part(root, tables, [*(p.name for p in good), *left])
    return len(good)


def _twice(parts: Sequence[Part]) -> dict[str, pa.Array]:
    """Readings that are in several parts (one of them came back from a backup), by the parts from which they are not taken."""
    readings = {p.name: pq.read_table(p.file("articles"), columns=["reading"])["reading"] for p in parts}
    every = pa.chunked_array([chunk for own in readings.values() for chunk in own.chunks], type=pa.string())
    if len(pc.unique(every)) == len(every):
        return {}
    seen: set[str] = set()
    out = {}
    for name, column in readings.items():
        own = set(column.to_pylist())
        if again := own & seen:
            out[name] = pa.array(sorted(again))
        seen |= own
    return out


def _in_order(parts: Sequence[Part], name: str, day: str, twice: dict[str, pa.Array]) -> Iterator[pa.Table]:
    """The rows of some parts by day, those without one at the end, some at a time."""
    for span in _spans(parts, name, day):
        found = (rows for part in parts for rows in _rows(part, name, _within(day, span), twice.get(part.name)))
        if span is None or span[0] == span[1]:
            # Any order will do: they need not be held together, however many they are.
            yield from found
        else:
            yield pa.concat_tables([arrow_schema(name).empty_table(), *found]).sort_by(day)


def _spans(parts: Sequence[Part], name: str, day: str) -> list[tuple[date, date] | None]:
    """First and last days of spans with ``_AT_ONCE`` rows or less each, or of one day; None at the end: without a day."""
    days = pa.chunked_array([c for part in parts for c in _read(part, name, [day])[day].chunks], type=pa.date32())
    out: list[tuple[date, date] | None] = []
    held = 0
    for one, number in sorted((c["values"], c["counts"]) for c in pc.value_counts(days.drop_null()).to_pylist()):
        if out and out[-1] and held + number <= _AT_ONCE:
            out[-1] = (out[-1][0], one)
        else:
            out.append((one, one))
            held = 0
        held += number
    return [*out, None] if days.null_count else out


def _within(day: str, span: tuple[date, date] | None) -> ds.Expression:
    return ds.field(day).is_null() if span is None else (ds.field(day) >= span[0]) & (ds.field(day) <= span[1])


def _read(part: Part, name: str, columns: list[str] | None = None) -> pa.Table:
    """A table of a part as the tables are now."""
    if part.schema == SCHEMA_VERSION:
        return pq.read_table(part.file(name), columns=columns)
    return current(name, pq.read_table(part.file(name)), part.schema)


def _rows(part: Part, name: str, which: ds.Expression, without: pa.Array | None) -> Iterator[pa.Table]:
    """Some rows of a part, but those of some readings."""
    if without is not None:
        which &= ~ds.field("reading").isin(without)
    if part.schema == SCHEMA_VERSION:
        # One thread: several would read ahead.
        scanner = ds.dataset(part.file(name)).scanner(filter=which, use_threads=False)
    else:
        scanner = ds.dataset(_read(part, name)).scanner(filter=which)
    for batch in scanner.to_batches():
        yield pa.Table.from_batches([batch]).cast(arrow_schema(name))
