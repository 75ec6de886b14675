"""The engine's view of a ledger: some parts as tables that SQL can ask."""

# ruff: noqa: S608 - only names of the schema, and paths in quotation marks, stand in the SQL.

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ujar.store.migrate import check_version, current
from ujar.store.query import quoted
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.store.parts import Part

# Columns that name the first of some rows that count as one: (table, column, what it names, by which the first is told).
_FIRSTS = (("articles", "story", "reading", "published"), ("statements", "said", "id", "day"))


def connect(root: Path, parts: Sequence[Part], *, damaged: bool) -> duckdb.DuckDBPyConnection:
    """A connection over some parts of a ledger that can read nothing else and write nowhere.

    For each table T there are ``all_T`` (every reading), ``T`` (the current ones) and ``placed_T`` (these, with the file
    and row in which each stands, by which rows are fetched once they are chosen), and ``kept_T`` (the same, but quicker: where
    the first of some rows that count as one is gone, it is still named). Current is what nothing supersedes; of
    several such readings of one article (kept by two who did not know of each other), the one that was kept last.
    ``damaged``: some parts are left out.
    """
    for part in parts:
        check_version(part.schema, f"part {part.name} of {root}")
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"ujar-{os.getpid()}"),
        }
    )
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    # Parts are never changed: what their files hold where need not be read for every question.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    # No question reaches another file (nor, by the above, a variable of the program), whatever it says.
    connection.execute(f"SET allowed_directories = [{quoted(str(root.resolve() / 'parts'))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    for table in TABLES:
        _show_files(connection, table, parts)
    some = len(parts) > 1 and _repeats(connection, "reading", "SELECT reading FROM every_articles")
    if some:
        _find_twice(connection)
    for table in TABLES:
        _show_all(connection, table, twice=some)
    connection.execute(
        "CREATE TABLE gone AS SELECT DISTINCT supersedes AS reading FROM all_articles WHERE supersedes IS NOT NULL"
    )
    own = "SELECT article, reading, added FROM all_articles WHERE reading NOT IN (SELECT reading FROM gone)"
    if _repeats(connection, "article", own):
        connection.execute(
            f"INSERT INTO gone WITH own AS ({own}), many AS (SELECT article, arg_max(reading, (added, reading)) AS last"
            " FROM own GROUP BY article HAVING count(*) > 1)"
            " SELECT own.reading FROM own JOIN many USING (article) WHERE own.reading <> many.last"
        )
    some = _count(connection, "gone") > 0
    for table in TABLES:
        _show_current(connection, table, superseded=some)
    if some or damaged:
        for first in _FIRSTS:
            _mend_firsts(connection, *first, everywhere=damaged)
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * EXCLUDE (in_file, in_row) FROM placed_{table}")
    return connection


def _show_files(connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Part]) -> None:
    """What stands in the files of a table."""
    sources = []
    new = [str(p.file(table).resolve()) for p in parts if p.schema == SCHEMA_VERSION]
    if new:
        sources.append(
            "SELECT * RENAME (filename AS in_file, file_row_number AS in_row) FROM"
            f" read_parquet([{', '.join(map(quoted, new))}], filename = true, file_row_number = true)"
        )
    old = [_placed(table, p) for p in parts if p.schema < SCHEMA_VERSION]
    if old or not new:
        nothing = arrow_schema(table).empty_table().append_column("in_file", pa.array([], pa.string()))
        connection.register("given", pa.concat_tables([*old, nothing]))
        connection.execute(f"CREATE TABLE older_{table} AS SELECT *, row_number() OVER () AS in_row FROM given")
        connection.unregister("given")
        sources.append(f"SELECT * FROM older_{table}")
    connection.execute(f"CREATE VIEW every_{table} AS {' UNION ALL '.join(sources)}")


def _placed(table: str, part: Part) -> pa.Table:
    """A part of an older version as the tables are now, with its file."""
    found = current(table, pq.read_table(part.file(table)), part.schema)
    return found.append_column("in_file", pa.repeat(str(part.file(table).resolve()), len(found)))


def _find_twice(connection: duckdb.DuckDBPyConnection) -> None:
    """Readings that stand in several parts (one of them was put back from a backup), with the part that counts."""
    connection.execute(
        f"CREATE TABLE twice AS SELECT reading, min({_part_of('articles')}) AS part FROM every_articles"
        " GROUP BY reading HAVING count(*) > 1"
    )


def _part_of(table: str) -> str:
    """The folder in which the file of a row lies."""
    return f"left(in_file, len(in_file) - {len(f'/{table}.parquet')})"


def _show_all(connection: duckdb.DuckDBPyConnection, table: str, *, twice: bool) -> None:
    # Hardly any ledger has one: then nothing is compared at all.
    once = f" WHERE NOT EXISTS (SELECT 1 FROM twice t WHERE t.reading = e.reading AND t.part <> {_part_of(table)})"
    connection.execute(f"CREATE VIEW all_placed_{table} AS SELECT * FROM every_{table} AS e{once if twice else ''}")
    connection.execute(f"CREATE VIEW all_{table} AS SELECT * EXCLUDE (in_file, in_row) FROM all_placed_{table}")


def _show_current(connection: duckdb.DuckDBPyConnection, table: str, *, superseded: bool) -> None:
    # Most ledgers have few superseded readings, or none: then nothing is compared at all.
    left_out = " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE gone.reading = a.reading)" if superseded else ""
    connection.execute(f"CREATE VIEW kept_{table} AS SELECT * FROM all_placed_{table} AS a{left_out}")
    connection.execute(f"CREATE VIEW placed_{table} AS SELECT * FROM kept_{table}")


def _mend_firsts(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, own: str, order: str, *, everywhere: bool
) -> None:
    """Where the first of some rows that count as one is superseded or lost, the next one takes its place.

    Else all of them would be another report of a row that is not there, and count as none.
    """
    lost = (
        f"{column} NOT IN (SELECT {own} FROM placed_{table})"
        if everywhere
        else f"split_part({column}, '.', 1) IN (SELECT reading FROM gone)"
    )
    connection.execute(
        f"CREATE TABLE heirs_{table} AS SELECT {column} AS lost,"
        f" arg_min({own}, (coalesce({order}, DATE '9999-12-31'), {own})) AS heir"
        f" FROM placed_{table} WHERE {column} <> {own} AND {lost} GROUP BY {column}"
    )
    if not _count(connection, f"heirs_{table}"):
        return
    connection.execute(
        f"CREATE OR REPLACE VIEW placed_{table} AS SELECT k.* REPLACE (coalesce(h.heir, k.{column}) AS {column})"
        f" FROM kept_{table} AS k LEFT JOIN heirs_{table} AS h ON k.{column} = h.lost"
    )


def _repeats(connection: duckdb.DuckDBPyConnection, column: str, rows: str) -> bool:
    """Whether some value comes twice in a column; by chance, too, once in a while. Quicker than to look which."""
    found = connection.execute(f"SELECT count(*) > count(DISTINCT hash({column})) FROM ({rows})").fetchone()
    return bool(found and found[0])


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
