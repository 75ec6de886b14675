"""How imports are kept: beside the tables of the ledger, never in them.

An import is a folder of the ledger::

    LEDGER/history/NAME/rows-….parquet     its rows (``read.COLUMNS``); the number of a row in it is that of its id, NAME#row
    LEDGER/history/NAME/import.json        what it is and where it came from; names the file of rows

Both are written under other names and flushed to the disk; that import.json takes its name is the one step that makes the
rows visible. Files that it does not name are not read, and removed by the next import of that name.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from ujar.errors import LedgerError, UsageError
from ujar.history.read import SCHEMA
from ujar.store.mark import check_mark, is_made, make, not_written
from ujar.store.parts import flush

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ujar.history.formats import FormatName

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
_FOLDER, _HEAD, _VERSION = "history", "import.json", 1
_TRIES = 4
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was imported.

    Attributes:
        file: its name, without its folder.
        bytes: its size.
        sha256: hash of its content.
        since, until: what days of it were asked for (ISO 8601; None: all).
        lines: number of its lines.
        rows: number of rows it gave.
        first, end: the days that it observed, ``end`` not included (ISO 8601); None when it gave no row.
        left_out: why lines gave no row → number of lines.
        when: when it was imported (ISO 8601, UTC).
    """

    file: str
    bytes: int
    sha256: str
    since: str | None
    until: str | None
    lines: int
    rows: int
    first: str | None
    end: str | None
    left_out: dict[str, int]
    when: str


@dataclass(frozen=True, slots=True)
class Import:
    """What was imported under a name.

    Attributes:
        name: the name.
        format: its layout.
        rows: number of its rows.
        spans: the days that its files observed, each span half-open, oldest first.
        sources: its files in the order in which they were imported.
        file, bytes: the file of its rows, and its size.
    """

    name: str
    format: FormatName
    rows: int
    spans: tuple[Span, ...]
    sources: tuple[Source, ...]
    file: str = ""
    bytes: int = 0


def check_name(name: str) -> None:
    """Raise UsageError when an import cannot have this name."""
    if not _NAME.match(name):
        raise UsageError(
            "history-name", f"{name!r} cannot be the name of an import", "take up to 40 letters, figures, - and _"
        )


def imports(folder: Path) -> tuple[Import, ...]:
    """What was imported into a ledger, by name. Raises LedgerError when one is damaged."""
    try:
        names = sorted(p.name for p in (folder / _FOLDER).iterdir() if _NAME.match(p.name))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _not_read(folder / _FOLDER, error) from error
    return tuple(found for name in names if (found := load(folder, name)) is not None)


def remove(folder: Path, name: str) -> Import:
    """Take an import out of a ledger; what was there. Raises LedgerError when there is none of that name."""
    check_mark(folder)
    check_name(name)
    place = folder / _FOLDER / name
    with _writing(folder):
        try:
            found = load(folder, name)
        except LedgerError:
            found = Import(name, "icews", 0, (), ())  # damaged: that is what removing is for
        if found is None:
            raise LedgerError(
                "no-history", f"nothing was imported as {name!r}", "see what there is with: ujar history list"
            )
        try:
            (place / _HEAD).unlink()
            flush(place)
            shutil.rmtree(place)
        except OSError as error:
            raise not_written(place, error) from error
    return found


def imported_rows(folder: Path) -> list[tuple[pa.Table, tuple[Span, ...]]]:
    """Rows of every import of a ledger (day, actor, type, recipient, id), each table with the spans it observed.

    Raises LedgerError when one is damaged.
    """
    return [(_rows_of(folder, found), found.spans) for found in imports(folder)]


def row_of(folder: Path, id_: str) -> dict[str, Any]:
    """All that is known of a row by its id, ``NAME#row``, by the columns of ``read.COLUMNS``. Raises LedgerError."""
    name, _, number = id_.partition("#")
    found = load(folder, name) if _NAME.match(name) else None
    if found is None or not number.isdecimal() or int(number) >= found.rows:
        raise LedgerError("no-history", f"no import has a row {id_!r}", "see what there is with: ujar history list")
    place, left = folder / _FOLDER / name / found.file, int(number)
    with _reading(place), pq.ParquetFile(place) as file:
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if left < size:
                row: dict[str, Any] = file.read_row_group(group).slice(left, 1).to_pylist()[0]
                return row
            left -= size
    raise _damaged(place)


def _rows_of(folder: Path, found: Import) -> pa.Table:
    columns = ["day", "actor", "type", "recipient"]
    for _ in range(_TRIES):
        path = folder / _FOLDER / found.name / found.file
        try:
            with _reading(path):
                table = pq.read_table(path, columns=columns)
        except FileNotFoundError:
            # Another program has added to it meanwhile, or removed it.
            again = load(folder, found.name)
            if again is None:
                table = SCHEMA.empty_table().select(columns)
            else:
                found = again
                continue
        ids = [f"{found.name}#{n}" for n in range(table.num_rows)]
        return table.append_column("id", pa.array(ids, pa.string()))
    raise _damaged(folder / _FOLDER / found.name)


def keep(
    folder: Path, name: str, form: FormatName, sources: list[Source], staged: list[Path]
) -> tuple[Import, int, int]:
    """Put rows that lie aside under a name, the ledger being made when there is none.

    Returns the import as it is then, how many rows are new, and how many were left out as told before. Raises LedgerError
    when they cannot be kept; then nothing of them is.
    """
    if not is_made(folder):
        make(folder)
    check_mark(folder)
    place = folder / _FOLDER / name
    with _writing(folder):
        before = load(folder, name)
        target = place / f"rows-{secrets.token_hex(6)}.parquet"
        old = [place / before.file] if before else []
        try:
            place.mkdir(parents=True, exist_ok=True)
            rows, twice = _join(old, staged, target)
            known = before.sources if before else ()
            found = Import(name, form, rows, _spans((*known, *sources)), (*known, *sources), target.name)
            found = replace(found, bytes=target.stat().st_size)
            aside = place / f"{_HEAD}.{secrets.token_hex(3)}"
            aside.write_text(json.dumps(_as_json(found), indent=1), encoding="utf-8")
            flush(aside)
            flush(place)
            aside.replace(place / _HEAD)
            flush(place)
            flush(place.parent)
            flush(folder)
        except BaseException as error:
            _clean(place)
            if isinstance(error, OSError | pa.ArrowException):
                raise not_written(place, error) from error
            raise
        _clean(place)
    return found, rows - (before.rows if before else 0), twice


def _join(old: Iterable[Path], staged: Iterable[Path], target: Path) -> tuple[int, int]:
    """Files of rows in one; how many rows it has, and how many of the staged ones were left out as told before."""
    rows = twice = 0
    seen = np.empty(0, np.int64)
    with pq.ParquetWriter(target, SCHEMA, compression="zstd", write_page_checksum=True) as writer:
        for path, new in [*((p, False) for p in old), *((p, True) for p in staged)]:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(50_000):
                    table = pa.table(batch)
                    marks = table["mark"].to_numpy()
                    if new:
                        first = np.zeros(len(marks), bool)
                        first[np.unique(marks, return_index=True)[1]] = True
                        at = np.searchsorted(seen, marks)
                        there = np.zeros(len(marks), bool)
                        inside = at < len(seen)
                        there[inside] = seen[at[inside]] == marks[inside]
                        table = table.filter(pa.array(first & ~there))
                        twice += len(marks) - table.num_rows
                        marks = table["mark"].to_numpy()
                    # Merging two sorted halves is quick; the marks are all of a row that stays in memory, eight bytes.
                    seen = np.sort(np.concatenate([seen, np.sort(marks)]), kind="stable")
                    writer.write_table(table)
                    rows += table.num_rows
    flush(target)
    return rows, twice


def _clean(place: Path) -> None:
    """Remove what import.json does not name, and the folder when there is no import.json."""
    with suppress(LedgerError, OSError):
        found = load(place.parent.parent, place.name)
        for path in place.iterdir():
            if path.name not in (_HEAD, found.file if found else ""):
                path.unlink()
        if found is None:
            place.rmdir()


def _spans(sources: Iterable[Source]) -> tuple[Span, ...]:
    """The days that files observed, as the fewest spans."""
    out: list[Span] = []
    for first, end in sorted((s.first, s.end) for s in sources if s.first and s.end):
        since, until = date.fromisoformat(first), date.fromisoformat(end)
        if out and since <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], until))
        elif since < until:
            out.append((since, until))
    return tuple(out)


def _as_json(found: Import) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "format": found.format,
        "rows": found.rows,
        "file": found.file,
        "bytes": found.bytes,
        "sources": [asdict(source) for source in found.sources],
    }


def load(folder: Path, name: str) -> Import | None:
    """What was imported under a name; None when there is nothing. Raises LedgerError when it is damaged."""
    place = folder / _FOLDER / name
    for _ in range(_TRIES):
        try:
            return _load(place)
        except FileNotFoundError:
            # Between its two files another program has put others in their place.
            continue
    raise _damaged(place)


def _load(place: Path) -> Import | None:
    head = place / _HEAD
    try:
        data = json.loads(head.read_bytes())
        if data["version"] > _VERSION:
            raise LedgerError(
                "newer-ledger", f"{head} was written by a newer version of ujar", "install the newest version of ujar"
            )
        sources = tuple(Source(**source) for source in data["sources"])
        form = cast("FormatName", data["format"])
        found = Import(place.name, form, int(data["rows"]), _spans(sources), sources, data["file"], int(data["bytes"]))
        size = (place / found.file).stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        if head.exists():
            raise
        return None
    except OSError as error:
        raise _not_read(head, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(place) from error
    if size != found.bytes:
        raise _damaged(place)
    return found


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise _not_read(path, error) from error
        raise _damaged(path.parent) from error
    except (ValueError, pa.ArrowException) as error:
        raise _damaged(path.parent) from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / "lock")
    try:
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        raise not_written(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _damaged(place: Path) -> LedgerError:
    return LedgerError(
        "damaged-history",
        f"the import in {place} is damaged",
        f"remove it with: ujar history remove {place.name}, then import its files again",
    )


def _not_read(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        "ledger-not-read",
        f"{path} cannot be read ({os.strerror(error.errno) if error.errno else error})",
        "look at its permissions",
    )
