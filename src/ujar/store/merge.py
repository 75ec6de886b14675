"""Small parts made into larger ones: fewer files to open, days together, everything in the current version of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ujar.store.migrate import current
from ujar.store.parts import remove_replaced, unreadable, visible_parts, write_part
from ujar.store.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from ujar.store.parts import Part

# Parts with fewer rows than this are merged when there are more of them than that, up to so many rows in one.
_SMALL, _MANY, _LARGE = 100_000, 12, 300_000


def merge_parts(root: Path, *, without: Collection[str] = (), everything: bool = False) -> int:
    """Merge small parts when there are many, or all; the number of parts merged. Only for who holds the lock.

    ``without``: parts that cannot be read. They stay as they are.
    """
    left = remove_replaced(root)
    parts = [p for p in visible_parts(root)[0] if p.name not in without]
    merged = sum(_merge(root, group, left) for group in _groups(parts, everything=everything))
    if merged:
        remove_replaced(root)
    return merged


def _groups(parts: Sequence[Part], *, everything: bool) -> list[list[Part]]:
    """The parts that are to be merged into one each, oldest first."""

    def size(part: Part) -> int:
        return sum(part.rows.values())

    small = [
        p for p in parts if size(p) < (_LARGE if everything else _SMALL) or (everything and p.schema < SCHEMA_VERSION)
    ]
    if len(small) <= _MANY and not everything:
        return []
    groups: list[list[Part]] = [[]]
    for part in small:
        if groups[-1] and sum(map(size, groups[-1])) + size(part) > _LARGE:
            groups.append([])
        groups[-1].append(part)
    return groups


def _merge(root: Path, group: Sequence[Part], left: Sequence[str]) -> int:
    """Write the rows of some parts as one; ``left``: replaced parts that still are there."""
    bad = unreadable(group)
    good = [part for part in group if part.name not in bad]
    if not good or (len(good) == 1 and good[0].schema == SCHEMA_VERSION):
        return 0
    seen: set[str] = set()
    # A reading that is in several parts (one of them came back from a backup) is taken from the first.
    twice: dict[str, pa.Array] = {}
    for part in good:
        own = set(pq.read_table(part.file("articles"), columns=["reading"])["reading"].to_pylist())
        if again := own & seen:
            twice[part.name] = pa.array(sorted(again))
        seen |= own
    tables = {}
    for name in TABLES:
        table = pa.concat_tables(
            _once(current(name, pq.read_table(p.file(name)), p.schema), twice.get(p.name)) for p in good
        )
        # Days together: a question about a week then passes over most of the file.
        tables[name] = table.sort_by("published" if name == "articles" else "day")
    write_part(root, tables, [*(p.name for p in good), *left])
    return len(good)


def _once(table: pa.Table, without: pa.Array | None) -> pa.Table:
    """A table without the rows of some readings."""
    return table if without is None else table.filter(pc.invert(pc.is_in(table["reading"], without)))
