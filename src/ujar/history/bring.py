"""Bring event files of other collections into a ledger."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ujar.errors import InputError, UsageError
from ujar.history.formats import LAYOUTS
from ujar.history.read import Read, digest, read_file
from ujar.history.store import Import, Source, check_name, keep, load
from ujar.store.mark import is_made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ujar.history.formats import FormatName

# So long before the day of its first report a file may be said to have watched.
_AHEAD_OF_FIRST = 7


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    Attributes:
        kept: all that is kept under the name now; None when it is nothing.
        read: each file that was read, with what became of it.
        had: files whose content was there already.
        failed: files that could not be read, with why.
        new: number of new rows.
        twice: number of rows left out because the same was there.
    """

    kept: Import | None
    read: tuple[tuple[Path, Read], ...]
    had: tuple[Path, ...]
    failed: tuple[tuple[Path, InputError], ...]
    new: int
    twice: int


def import_files(
    folder: Path,
    name: str,
    form: FormatName,
    paths: Sequence[Path],
    *,
    since: date | None = None,
    until: date | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Import event files under a name, beside what is there under it; all of them in one step, or nothing.

    A file that cannot be read does not stop the others. The ledger is made when there is none and there are rows to keep.

    Args:
        folder: the ledger.
        name: letters, figures, ``-`` and ``_``; ids of rows begin with it.
        form: the layout of the files.
        paths: the files.
        since: only events of this day and later.
        until: only events of earlier days.
        told: called now and then with the number of lines read so far.

    Raises UsageError for a name that cannot be one or is of another layout, LedgerError when nothing can be kept.
    """
    check_name(name)
    before = load(folder, name) if is_made(folder) else None
    if before is not None and before.format != form:
        raise UsageError("history-format", f"{name} is of the layout {before.format}", "choose another --name")
    asked = since.isoformat() if since else None, until.isoformat() if until else None
    have = {(s.sha256, s.since, s.until) for s in before.sources} if before else set()
    read: list[tuple[Path, Read]] = []
    had: list[Path] = []
    failed: list[tuple[Path, InputError]] = []
    sources: list[Source] = []
    staged: list[Path] = []
    so_far = 0

    def told_here(lines: int) -> None:
        told(so_far + lines)

    with tempfile.TemporaryDirectory(prefix="ujar-") as aside:
        for number, path in enumerate(paths):
            try:
                mark = (digest(path), *asked)
                if mark in have:
                    had.append(path)
                    continue
                target = Path(aside) / f"{number}.parquet"
                found = read_file(
                    path,
                    LAYOUTS[form],
                    target,
                    since=since,
                    until=until,
                    told=told_here,
                )
            except InputError as error:
                failed.append((path, error))
                continue
            have.add(mark)
            so_far += found.lines
            read.append((path, found))
            sources.append(_source(path, mark, found))
            staged.append(target)
        kept, new, twice = before, 0, 0
        if any(found.rows for _, found in read):
            kept, new, twice = keep(folder, name, form, sources, staged)
    return Imported(kept, tuple(read), tuple(had), tuple(failed), new, twice)


def _source(path: Path, mark: tuple[str, str | None, str | None], found: Read) -> Source:
    sha256, since, until = mark
    first = end = None
    if found.days is not None:
        begin = found.days[0]
        if found.told is not None:
            # What was told in its first days happened before; those days it did not watch.
            begin = max(begin, found.told - timedelta(days=_AHEAD_OF_FIRST))
        first, end = begin.isoformat(), (found.days[1] + timedelta(days=1)).isoformat()
    when = datetime.now(UTC).isoformat(timespec="seconds")
    left_out = dict(found.left_out)
    return Source(
        path.name, path.stat().st_size, sha256, since, until, found.lines, found.rows, first, end, left_out, when
    )
