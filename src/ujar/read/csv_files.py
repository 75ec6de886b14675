"""CSV files to articles, row by row: delimiter and columns found out, a quotation mark that is never closed survived."""

from __future__ import annotations

import csv
import io
from collections import deque
from typing import IO, TYPE_CHECKING

from ujar.errors import InputError
from ujar.read.decode import encoding_of
from ujar.read.loaded import Loaded, failed
from ujar.read.rows import article_of_row, columns_of
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config

_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024


class _TooLong(Exception):  # noqa: N818 - a way out of the csv module, not an error
    """A row is longer than an article may be."""


class _Lines:
    """The lines of a file for the csv module, which may be put back when a row turns out to be none."""

    def __init__(self, stream: IO[str], longest: int) -> None:
        self._stream, self._longest = stream, longest
        self._back: deque[str] = deque()
        self.row: list[str] = []
        self._size = 0
        self.number = 0
        # Whether more was asked for than there is: the csv module does so only inside a quoted cell.
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._stream.readline(self._longest + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self.row.append(line)
        self._size += len(line)
        if self._size > self._longest:
            raise _TooLong
        return line

    def begin(self) -> int:
        """A row begins: the number of its first line."""
        self.number += len(self.row)
        self.row, self._size, self.ended = [], 0, False
        return self.number + 1

    def again(self) -> None:
        """All lines of the row are to be read again."""
        self._back.extendleft(reversed(self.row))
        self.row, self._size, self.ended = [], 0, False

    def put_back(self) -> None:
        """All lines of the row but its first are to be read again, as rows of their own."""
        self._back.extendleft(reversed(self.row[1:]))
        self.row = self.row[:1]

    def skip_line(self) -> None:
        """Read to the end of a line of which only the beginning was taken."""
        line = self.row[-1]
        while line and not line.endswith("\n"):
            line = self._stream.readline(self._longest)


def read_csv(stream: io.BufferedReader, name: str, config: Config) -> Iterator[Loaded]:
    """The articles of a CSV file with a header line, in order; a row that is none gives its reason.

    The delimiter is the one of comma, semicolon, tab and bar by which the header names most parts of an article. Cells
    may hold line breaks; they are taken as they are. Raises InputError when no column holds the text.
    """
    encoding = encoding_of(stream.peek(_SAMPLE)[:_SAMPLE])
    if encoding is None:
        raise InputError("binary", f"{name} is binary data, not text", "give a CSV file")
    longest = config.max_characters + 4096
    # The csv module has one bound for all who use it; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), longest))
    lines = _Lines(io.TextIOWrapper(stream, encoding, errors="replace", newline=""), longest)
    header, delimiter = _header(lines, name)
    if not header:
        yield failed("empty", "there is nothing in it", name)
        return
    columns = columns_of(header)
    if "text" not in columns:
        shown = ", ".join(repr(h[:20]) for h in header[:12])
        raise InputError(
            "no-text-column",
            f"{name} has no column for the text of an article (its columns: {shown})",
            'call it "text"; docs/reading.md has the names that are known',
        )
    places = {part: header.index(column) for part, column in columns.items()}
    if encoding == "cp1252":
        yield from _rows(lines, delimiter, places, name, "not UTF-8; read as Windows-1252")
    else:
        yield from _rows(lines, delimiter, places, name, None)


def _header(lines: _Lines, name: str) -> tuple[list[str], str]:
    """The names of the columns, none for an empty file, and the delimiter; raises InputError when no line can hold them."""
    best: tuple[int, int, list[str], str] = (-1, -1, [], ",")
    long = False
    for delimiter in _DELIMITERS:
        try:
            header = next(csv.reader(lines, delimiter=delimiter), [])
        except (csv.Error, _TooLong):
            header = []
            long = True
        lines.again()
        cells = [cell.strip().lstrip("\ufeff") for cell in header]
        rank = (len(columns_of(cells)), len(cells))
        if cells and rank > best[:2]:
            best = (*rank, cells, delimiter)
    if long and not best[2]:
        raise InputError(
            "no-text-column", f"{name} has no line with the names of its columns", "write one above the rows"
        )
    if best[2]:
        next(csv.reader(lines, delimiter=best[3]))
    return best[2], best[3]


def _rows(lines: _Lines, delimiter: str, places: dict[str, int], name: str, damage: str | None) -> Iterator[Loaded]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        number = lines.begin()
        where = f"{name}:{number}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooLong:
            if len(lines.row) == 1:
                lines.skip_line()
                yield failed("too-large", "the row is longer than an article may be", where)
            else:
                lines.put_back()
                yield failed("bad-row", "a quotation mark in this line is not closed within the longest article", where)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        except csv.Error as error:
            lines.put_back()
            yield failed("bad-row", f"the row cannot be read ({error})", where)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if lines.ended:
            # In mid-cell: the file is cut off, or what looks like one long cell are the rows behind a stray mark.
            lines.put_back()
            yield failed("bad-row", "a quotation mark in this line is never closed", where)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        row = {part: cells[place] for part, place in places.items() if place < len(cells)}
        if "text" not in row:
            yield failed("bad-row", f"the row has {len(cells)} cells and none for the text", where)
            continue
        problems: tuple[Problem, ...] = ()
        if damage or any("\ufffd" in cell for cell in row.values()):
            said = damage or "broken UTF-8; unreadable bytes are shown as �"
            problems = (Problem("encoding", "read", said, where),)
        yield article_of_row(row, where, problems)
