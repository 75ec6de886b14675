"""Parts of a ledger on disk: folders of Parquet files that appear whole or not at all.

A ledger is a folder::

    LEDGER/ledger.json                       that it is one
    LEDGER/parts/NAME/articles.parquet       one commit: the rows of some articles …
    LEDGER/parts/NAME/statements.parquet
    LEDGER/parts/NAME/events.parquet
    LEDGER/parts/NAME/part.json              … and what belongs to it, with sizes
    LEDGER/unfinished/NAME/                  a commit on its way, seen by nobody

A commit is written aside, every file and folder flushed to the disk, and then renamed: the one step that makes it visible
is atomic, for all tables at once. Parts are never changed. Small ones are merged into a new part that names those it
``replaces``; these are hidden from that moment on and removed afterwards. Whoever killed what at which moment, what
was acknowledged stands in a complete part, and what stands in no complete part was not.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from ujar.errors import LedgerError
from ujar.records import Problem
from ujar.store.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

_ROW_GROUP = 60_000


@dataclass(frozen=True, slots=True)
class Part:
    """One commit.

    Attributes:
        name: its folder; names sort by the time they were made.
        folder: where it is.
        schema: the version of the tables in it.
        replaces: names of the parts whose rows it holds.
        rows: number of rows of each table.
    """

    name: str
    folder: Path
    schema: int
    replaces: tuple[str, ...]
    rows: dict[str, int]

    def file(self, table: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{table}.parquet"


def visible_parts(root: Path) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """The complete parts of a ledger, oldest first, and a Problem for each that is damaged.

    A file that is missing or has another size than was written makes its part damaged; the others are read.
    """
    parts, problems = [], []
    folder = root / "parts"
    for name in sorted(os.listdir(folder)) if folder.is_dir() else ():
        try:
            part = _load(folder / name)
        except FileNotFoundError:
            if not (folder / name).exists():
                continue  # merged away between listing and looking
            part = None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            part = None
        if part is None:
            problems.append(
                Problem(
                    "damaged-part", "store", f"part {name} is damaged and left out; add its articles again", str(root)
                )
            )
        else:
            parts.append(part)
    hidden = {name for part in parts for name in part.replaces}
    return tuple(p for p in parts if p.name not in hidden), tuple(p for p in problems if not _among(p, hidden))


def _among(problem: Problem, hidden: set[str]) -> bool:
    # A part that is being removed is not damaged.
    return problem.message.split()[1] in hidden


def _load(folder: Path) -> Part:
    head = json.loads((folder / "part.json").read_bytes())
    for name, size in head["bytes"].items():
        if name not in _FILES or (folder / name).stat().st_size != size:
            raise ValueError(name)
    if set(head["bytes"]) != _FILES:
        raise ValueError(folder.name)
    return Part(folder.name, folder, int(head["schema"]), tuple(head["replaces"]), dict(head["rows"]))


_FILES = {f"{table}.parquet" for table in TABLES}


def write_part(root: Path, tables: dict[str, pa.Table], replaces: Iterable[str] = ()) -> Part:
    """Write a commit and make it visible; when this returns, it is on the disk for good.

    Raises LedgerError when it cannot be written (the disk is full, for instance); then nothing of it is visible.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    aside, place = root / "unfinished" / name, root / "parts" / name
    gone = tuple(replaces)
    rows = {table: tables[table].num_rows for table in TABLES}
    try:
        aside.mkdir(parents=True)
        sizes = {}
        for table in TABLES:
            path = aside / f"{table}.parquet"
            pq.write_table(tables[table], path, compression="zstd", row_group_size=_ROW_GROUP)
            _flush(path)
            sizes[path.name] = path.stat().st_size
        head = {"schema": SCHEMA_VERSION, "rows": rows, "bytes": sizes, "replaces": gone}
        with (aside / "part.json").open("w", encoding="utf-8") as file:
            json.dump(head, file)
        _flush(aside / "part.json")
        _flush(aside)
        place.parent.mkdir(exist_ok=True)
        aside.rename(place)
        _flush(place.parent)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise LedgerError(
            "ledger-not-written",
            f"nothing more could be kept in {root} ({error.strerror or error}); what was kept before is safe",
            "make room or mend the folder, then give the same command again: what is kept is not read twice",
        ) from error
    return Part(name, place, SCHEMA_VERSION, gone, rows)


def remove_replaced(root: Path) -> None:
    """Remove the parts that another one replaces, and commits that never were finished; only for who holds the lock."""
    folder = root / "parts"
    found = {}
    for name in os.listdir(folder) if folder.is_dir() else ():
        try:
            found[name] = _load(folder / name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    hidden = {name for part in found.values() for name in part.replaces}
    for name in hidden:
        if (folder / name).is_dir():
            # Out of sight in one step, so that nobody sees half a part.
            aside = root / "unfinished" / f"{name}-replaced"
            shutil.rmtree(aside, ignore_errors=True)
            aside.parent.mkdir(exist_ok=True)
            (folder / name).rename(aside)
    shutil.rmtree(root / "unfinished", ignore_errors=True)


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows flushes folders with their files
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
