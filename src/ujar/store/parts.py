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

import errno
import io
import json
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ujar.errors import LedgerError
from ujar.records import Problem
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Rows that are packed together: so few that a question about a month or one row passes over most of a file, so many that
# one about all of them is quick.
_ROW_GROUP = {"articles": 10_000, "statements": 10_000, "events": 5_000}
# What is looked through for each question is packed so that it is unpacked quickly: a quarter quicker, a quarter larger.
_PACKING = {"statements": "lz4", "events": "lz4"}
# Columns whose values hardly ever come twice: a dictionary of them is only one more thing to unpack.
_UNIQUE = {"id", "fingerprint", "text", "sketch", "content", "sentence", "words", "said", "happening", "statement"}
# Faults by which a part is damaged: something is not there, or is something else. All others (permissions, open files,
# memory, a network drive) say nothing about the part: left out for them, its articles would be kept a second time.
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR}
_FILES = frozenset(f"{table}.parquet" for table in TABLES)


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

    A file that is missing or has another size than was written makes its part damaged; the others are read. Raises
    LedgerError when the folder cannot be looked into.
    """
    before: list[str] = []
    # A part is merged away only when another one that holds its rows is there: what is seen while that happens may lack
    # both, so one looks until twice the same is there.
    while (names := _names(root)) != before:
        before = names
        parts: list[Part] = []
        damaged: list[str] = []
        for name in names:
            part = _load(root / "parts" / name)
            if part is None:
                damaged.append(name)
            else:
                parts.append(part)
    if not before:
        return (), ()
    hidden = {name for part in parts for name in part.replaces}
    return tuple(p for p in parts if p.name not in hidden), tuple(damage(root, n) for n in damaged if n not in hidden)


def _names(root: Path) -> list[str]:
    folder = root / "parts"
    try:
        return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _not_read(folder, error) from error


def _not_read(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        "ledger-not-read",
        f"{path} cannot be read ({os.strerror(error.errno) if error.errno else error})",
        "look at the permissions, and at how many files are open, then ask again",
    )


def damage(root: Path, name: str) -> Problem:
    """The Problem of a damaged part."""
    return Problem("damaged-part", "store", f"part {name} is damaged and left out; add its articles again", str(root))


def unreadable(parts: Iterable[Part]) -> set[str]:
    """Names of the parts whose content is wrong although their files have the size they should have.

    Raises LedgerError when one cannot be looked into for now.
    """
    out = set()
    for part in parts:
        try:
            for table in TABLES:
                file = pq.ParquetFile(part.file(table), page_checksum_verification=True)
                for group in range(file.num_row_groups):
                    file.read_row_group(group)
        except FileNotFoundError:
            continue  # merged away
        except MemoryError as error:
            raise _not_read(part.folder, OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))) from error
        except OSError as error:
            # Arrow tells wrong content as an error of reading, too, but then the system has nothing to say.
            if error.errno is not None:
                raise _not_read(part.folder, error) from error
            out.add(part.name)
        except (ValueError, pa.ArrowException):
            out.add(part.name)
    return out


def _load(folder: Path) -> Part | None:
    """A part as its head tells, or None when it is damaged. Raises LedgerError when it cannot be looked into for now."""
    try:
        head = json.loads((folder / "part.json").read_bytes())
        if set(head["bytes"]) != _FILES or any((folder / n).stat().st_size != s for n, s in head["bytes"].items()):
            return None
        return Part(folder.name, folder, int(head["schema"]), tuple(map(str, head["replaces"])), dict(head["rows"]))
    except OSError as error:
        if error.errno not in _ABSENT:
            raise _not_read(folder, error) from error
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def write_part(root: Path, tables: Mapping[str, pa.Table | Iterable[pa.Table]], replaces: Iterable[str] = ()) -> Part:
    """Write a commit and make it visible; when this returns, it is on the disk for good.

    A table may come in pieces, of which few are held at a time.

    Raises LedgerError when it cannot be written (the disk is full, for instance); then nothing of it is visible.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    aside, place = root / "unfinished" / name, root / "parts" / name
    gone = tuple(replaces)
    rows = {}
    moved = False
    try:
        aside.mkdir(parents=True)
        sizes = {}
        for table in TABLES:
            path = aside / f"{table}.parquet"
            given = tables[table]
            rows[table] = _write(path, table, [given] if isinstance(given, pa.Table) else given)
            flush(path)
            sizes[path.name] = path.stat().st_size
        head = {"schema": SCHEMA_VERSION, "rows": rows, "bytes": sizes, "replaces": gone}
        with (aside / "part.json").open("w", encoding="utf-8") as file:
            json.dump(head, file)
        flush(aside / "part.json")
        flush(aside)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            flush(root)
        aside.rename(place)
        moved = True
        flush(place.parent)
    except OSError as error:
        if moved:
            # Nobody knows whether the disk has it: taken back, the same command keeps it anew.
            with suppress(OSError):
                place.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
        if place.exists():
            raise LedgerError(
                "ledger-not-written",
                f"what was kept last in {root} is there, but the disk did not confirm it ({error.strerror or error})",
                "mend the disk; when the articles are gone after a power cut, add them again",
            ) from error
        raise LedgerError(
            "ledger-not-written",
            f"nothing more could be kept in {root} ({error.strerror or error}); what was kept before is safe",
            "make room or mend the folder, then give the same command again: what is kept is not read twice",
        ) from error
    return Part(name, place, SCHEMA_VERSION, gone, rows)


def _write(path: Path, table: str, pieces: Iterable[pa.Table]) -> int:
    """Write a Parquet file; the number of its rows."""
    size, written = _ROW_GROUP[table], 0
    rest = arrow_schema(table).empty_table()
    with pq.ParquetWriter(
        path,
        rest.schema,
        compression=_PACKING.get(table, "zstd"),
        use_dictionary=_repeating(table),
        write_page_checksum=True,
    ) as file:
        for piece in pieces:
            rest = pa.concat_tables([rest, piece])
            whole = len(rest) // size * size
            if whole:
                file.write_table(rest.slice(0, whole), row_group_size=size)
            rest, written = rest.slice(whole), written + len(piece)
        if len(rest) or not written:
            file.write_table(rest)
    return written


@cache
def _repeating(table: str) -> list[str]:
    """The columns of a table that are written with a dictionary, those inside of lists and structs by their paths."""
    sink = io.BytesIO()
    pq.write_table(arrow_schema(table).empty_table(), sink)
    paths = pq.read_metadata(sink).schema
    return [paths.column(i).path for i in range(len(paths)) if paths.column(i).path.split(".")[0] not in _UNIQUE]


def remove_replaced(root: Path) -> tuple[str, ...]:
    """Remove the parts that another one replaces, and commits that never were finished; only for who holds the lock.

    Returns those that could not be removed (a system on which a file that is being read stays): whoever writes a part
    that replaces the one that hides them must name them, too, or they would come to light again.
    """
    folder = root / "parts"
    left = []
    moved = False
    for name in sorted({name for own in _names(root) if (part := _load(folder / own)) for name in part.replaces}):
        if not (folder / name).is_dir():
            continue
        # Out of sight in one step, so that nobody sees half a part.
        aside = root / "unfinished" / f"{name}-replaced"
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.parent.mkdir(exist_ok=True)
            (folder / name).rename(aside)
            moved = True
        except OSError:
            left.append(name)
    if moved:
        # Gone for good before what hides them may be replaced in its turn.
        flush(folder)
    shutil.rmtree(root / "unfinished", ignore_errors=True)
    return tuple(left)


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows flushes folders with their files
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
