"""Parts of older versions, seen as the tables are now. Files are never rewritten for it; merging does that by the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ujar.errors import LedgerError
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Callable

# Version → what makes a table of that version one of the next: (name of the table, table) → table.
STEPS: dict[int, Callable[[str, pa.Table], pa.Table]] = {}


def check_version(version: int, where: str) -> None:
    """Raise LedgerError when something was written by a newer ujar than this."""
    if version > SCHEMA_VERSION:
        raise LedgerError(
            "newer-ledger", f"{where} was written by a newer version of ujar", "install the newest version of ujar"
        )


def current(name: str, table: pa.Table, version: int) -> pa.Table:
    """A table of some version as one of the current: columns as in the schema, those that are missing null."""
    while version < SCHEMA_VERSION:
        table = STEPS[version](name, table)
        version += 1
    have = set(table.column_names)
    columns = [table[c.name].cast(c.type) if c.name in have else pa.nulls(len(table), c.type) for c in TABLES[name]]
    return pa.table(columns, schema=arrow_schema(name))
