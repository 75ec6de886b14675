"""Why the ledger is what it is: the same commits to four kinds of store, and what is left when the last file is cut off.

usage: python bench/engines.py    (needs ``pip install deltalake``; flushes are counted where strace is)

For each: milliseconds a commit; how often it waits for the disk in one; whether another process can read while the writer
has it open; whether the rows of the earlier commits can be read when the end of the file written last is cut off, with nothing
mended by hand; and whether pandas reads the files as they lie.
"""

# ruff: noqa: D102 - each store commits, and counts its rows

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from ujar.store.parts import visible_parts, write_part
from ujar.store.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Callable

COMMITS, ROWS = 20, 200
_CUT = 20


class Parts:
    """The ledger's own: folders of Parquet files that appear by one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ids = [f"{n:016x}.0" for n in range(ROWS)]
        self.tables = {t: arrow_schema(t).empty_table() for t in TABLES}
        columns = {c.name: pa.array(ids if c.name == "id" else [None] * ROWS, c.type) for c in TABLES["statements"]}
        self.tables["statements"] = pa.table(columns, schema=arrow_schema("statements"))

    def commit(self) -> None:
        write_part(self.folder, self.tables)

    def rows(self) -> int:
        return sum(part.rows["statements"] for part in visible_parts(self.folder)[0])


class Delta:
    """A Delta Lake table."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def commit(self) -> None:
        from deltalake import write_deltalake

        write_deltalake(self.folder, pa.table({"id": [str(n) for n in range(ROWS)]}), mode="append")

    def rows(self) -> int:
        from deltalake import DeltaTable

        return int(DeltaTable(self.folder).to_pyarrow_table().num_rows)


class DuckFile:
    """A DuckDB file."""

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect(str(folder / "x.duckdb"))
        self.connection.execute("CREATE TABLE IF NOT EXISTS x (id VARCHAR)")

    def commit(self) -> None:
        self.connection.execute(f"INSERT INTO x SELECT range::VARCHAR FROM range({ROWS})")  # noqa: S608 - a number

    def rows(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM x").fetchall()[0][0])


class Lite:
    """SQLite with a write-ahead log, waiting for the disk at each commit."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite3.connect(folder / "x.sqlite")
        self.connection.execute("PRAGMA journal_mode = wal")
        self.connection.execute("PRAGMA synchronous = full")
        self.connection.execute("CREATE TABLE IF NOT EXISTS x (id TEXT)")

    def commit(self) -> None:
        with self.connection:
            self.connection.executemany("INSERT INTO x VALUES (?)", [(str(n),) for n in range(ROWS)])

    def rows(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM x").fetchone()[0])


ENGINES: dict[str, Callable[[Path], Any]] = {
    "parts": Parts,
    "delta": Delta,
    "duckdb file": DuckFile,
    "sqlite wal": Lite,
}
PANDAS = {"parts": "yes", "delta": "with deltalake", "duckdb file": "with duckdb", "sqlite wal": "by SQL"}


def child(*arguments: str | Path, trace: Path | None = None) -> str:
    """What this script prints in a process of its own; the last line of its fault when it fails."""
    before = ["strace", "-f", "-e", "trace=fsync,fdatasync,sync_file_range,msync", "-o", str(trace)] if trace else []
    ran = subprocess.run(  # noqa: S603 - this script
        [*before, sys.executable, __file__, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if ran.returncode == 0:
        return ran.stdout.strip()
    return next(
        (line for line in ran.stderr.splitlines() if re.match(r"\S*(?:Error|Exception)\b", line)), ran.stderr[-80:]
    )


def newest(folder: Path) -> Path:
    """The file that was written last, the log before the data."""
    files = [f for f in folder.rglob("*") if f.is_file() and f.stat().st_size and f.suffix not in (".crc", "")]
    logs = [f for f in files if f.suffix in (".json", ".wal", ".sqlite-wal")]
    return max(logs or files, key=lambda f: (f.stat().st_mtime_ns, f.name))


def measure(name: str, aside: Path) -> list[str]:
    """A row of the table."""
    folder = aside / name.replace(" ", "-")
    folder.mkdir()
    store = ENGINES[name](folder)
    store.commit()
    start = time.perf_counter()
    for _ in range(COMMITS):
        store.commit()
    took = (time.perf_counter() - start) / COMMITS * 1000
    meanwhile = child("rows", name, folder)
    flushes = "?"
    if shutil.which("strace"):
        traced = aside / "trace"
        other = aside / "other"
        for number in (1, COMMITS + 1):
            shutil.rmtree(other, ignore_errors=True)
            other.mkdir()
            child("commit", name, other, str(number), trace=traced)
            count = len(re.findall(r"(?:sync|sync_range)\(", traced.read_text(encoding="utf-8", errors="replace")))
            flushes = str(count) if number == 1 else f"{(count - int(flushes)) / COMMITS:.1f}"
    # As after a power cut: the process is gone, the end of its last file did not reach the disk.
    copy = aside / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    last = newest(copy)
    os.truncate(last, last.stat().st_size - _CUT)
    rows = child("rows", name, copy)
    left = f"{int(rows) // ROWS} of {COMMITS + 1} commits" if rows.isdecimal() else f"nothing: {rows}"
    seen = "yes" if meanwhile.isdecimal() else f"no: {meanwhile}"
    return [name, f"{took:.1f}", flushes, seen[:40], PANDAS[name], f"{left[:60]} ({last.name[-24:]})"]


def main() -> None:
    if sys.argv[1:2] == ["rows"]:
        print(ENGINES[sys.argv[2]](Path(sys.argv[3])).rows())
    elif sys.argv[1:2] == ["commit"]:
        store = ENGINES[sys.argv[2]](Path(sys.argv[3]))
        for _ in range(int(sys.argv[4])):
            store.commit()
    else:
        print("store | ms a commit | flushes | read meanwhile | pandas | left when the end of the last file is cut off")
        with tempfile.TemporaryDirectory() as aside:
            for name in ENGINES:
                print(" | ".join(measure(name, Path(aside))), flush=True)


if __name__ == "__main__":
    main()
