"""JSON Lines to articles, one line in memory at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from ujar.read.decode import decode
from ujar.read.loaded import Loaded, failed
from ujar.read.rows import article_of_row, columns_of
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config


class Lines(Protocol):
    """What lines are read from."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or ``size`` bytes of it; nothing at the end."""
        ...


def read_lines(stream: Lines, name: str, config: Config) -> Iterator[Loaded]:
    """The articles of a JSON Lines stream, in order; a line that is none gives its reason, an empty line nothing."""
    number = 0
    while True:
        line = stream.readline(config.max_bytes + 1)
        if not line:
            if not number:
                yield failed("empty", "there is nothing in it", name)
            return
        number += 1
        where = f"{name}:{number}"
        if len(line) > config.max_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(config.max_bytes)
            yield failed("too-large", f"the line is longer than {config.max_bytes} bytes", where)
            continue
        loaded = read_line(line, where)
        if loaded is not None:
            yield loaded


def read_line(line: bytes, where: str) -> Loaded | None:
    """The article of one JSON line; None for an empty line."""
    if not line.strip(b"\xef\xbb\xbf \t\r\n"):
        return None
    text, damage = decode(line, mend=False)
    try:
        row = json.loads(text or "")
    except (ValueError, RecursionError):
        return failed("bad-json", "the line is not valid JSON", where)
    # Of two columns for the same the one that says something counts.
    columns = columns_of(row) | columns_of(k for k, v in row.items() if v) if isinstance(row, dict) else {}
    if "text" not in columns or not isinstance(row[columns["text"]], str):
        return failed("bad-json", 'the line is no object with a "text"', where)
    problems = (Problem("encoding", "read", damage, where),) if damage else ()
    return article_of_row({part: row[column] for part, column in columns.items()}, where, problems)


def is_json(line: bytes) -> bool:
    """Whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
