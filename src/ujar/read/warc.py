"""The records of a WARC archive, one in memory at a time, past whatever is broken.

The framing is read here and not by a library: FastWARC 2.0, which was tried, ends at the first broken record or passes over
what it could not read without saying so, and here every record must be accounted for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ujar.read.packed import DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.read.packed import Unpacked

_BEGIN = b"WARC/1."
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LARGEST_HEAD = 64 * 1024
# How the beginning of a record is known where none is expected, also when the one before it is cut off in mid-line.
_START = re.compile(rb"WARC/1\.[01]\r?\n(?:WARC-|Content-)", re.IGNORECASE)
_LONGEST_START = 32
# Headers that a record has once; twice means that the next one begins among them.
_ONCE = ("warc-type", "warc-record-id", "content-length")
_LENGTH = re.compile(rb"\d{1,15}")
_BLANK = b"\r\n \t"
_CHUNK = 64 * 1024


class Record(NamedTuple):
    """One record of an archive.

    Attributes:
        number: its place among the records, from 1, broken ones counted.
        kind: WARC-Type in small letters ("response", "request", …).
        headers: the other headers, names in small letters.
        block: what it holds; only its beginning when ``whole`` is False.
        whole: whether it is no longer than the longest that is taken.
    """

    number: int
    kind: str
    headers: dict[str, str]
    block: bytes
    whole: bool


class Broken(NamedTuple):
    """A stretch of an archive that is no record; ``last`` when nothing was found behind it."""

    number: int
    reason: str
    last: bool


def read_records(stream: Unpacked, longest: int) -> Iterator[Record | Broken]:
    """The records of an archive, in order, and one Broken for each stretch that cannot be read.

    Behind a broken record the next one is looked for: the next member of a gzip file, or the next line that begins one.
    ``longest``: of a block, in bytes. Raises InputError when the archive unpacks to far more than it should.
    """
    window = _Window(stream)
    number = 0
    while True:
        window.skip_blank()
        if not window.more(1):
            if window.damage is None:
                return
            reason = window.damage
            number += 1
            found = window.find_next()
            yield Broken(number, reason, not found)
            if not found:
                return
            continue
        number += 1
        record = _record(window, number, longest)
        if isinstance(record, Record):
            yield record
            continue
        found = window.find_next()
        yield Broken(number, record, not found)
        if not found:
            return


def _record(window: _Window, number: int, longest: int) -> Record | str:
    """The record at the beginning of the window, which then stands behind it, or why it is none."""
    end = window.head_end()
    if not window.data.startswith(_BEGIN) or end is None:
        return window.damage or ("no record begins here" if window.more(len(_BEGIN)) else "cut off in the middle")
    headers, repeated = _headers(bytes(window.data[:end]))
    if repeated:
        return "its headers break off"
    length = headers.get("content-length", "")
    if not _LENGTH.fullmatch(length.encode("latin-1", "replace")):
        return "its length is no number"
    size = int(length)
    needed = end + size
    if size > longest:
        block = window.pass_over(end, needed, keep=_LARGEST_HEAD)
        if block is None:
            return window.damage or "it is shorter than it says"
        needed = 0
    else:
        if not window.more(needed):
            return window.damage or "cut off in the middle"
        if window.member_within(needed):
            return "it is shorter than it says"
        block = bytes(window.data[end:needed])
    if not window.ends_at(needed):
        return window.damage or "its length is wrong"
    window.drop(needed)
    return Record(number, headers.get("warc-type", "").lower(), headers, block, size <= longest)


def _headers(head: bytes) -> tuple[dict[str, str], bool]:
    """Headers by their names in small letters, and whether one is repeated that may not be.

    A line that begins with a blank goes on with the one before it.
    """
    out: dict[str, str] = {}
    name = ""
    repeated = False
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        if line[:1] in {" ", "\t"} and name:
            out[name] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        if name:
            repeated |= name in out and name in _ONCE
            out.setdefault(name, value.strip())
    return out, repeated


class _Window:
    """What of an archive is in memory, and where in it the members of a packed one begin."""

    def __init__(self, stream: Unpacked) -> None:
        self._stream = stream
        self.data = bytearray()
        self.damage: str | None = None
        self._members: list[int] = []
        self._ended = False

    def _grow(self) -> bool:
        """Read on; False at the end, and where the archive is damaged."""
        if self._ended or self.damage is not None:
            return False
        try:
            piece = self._stream.piece(_CHUNK)
        except DamageError as error:
            self.damage = f"cut off or damaged ({error.reason})"
            return False
        if piece is None:
            self._ended = True
            return False
        if piece:
            self.data += piece
        else:
            self._members.append(len(self.data))
        return True

    def more(self, size: int) -> bool:
        """Whether there are so many bytes."""
        while len(self.data) < size:
            if not self._grow():
                return False
        return True

    def drop(self, size: int) -> None:
        """Forget the first bytes."""
        del self.data[:size]
        self._members = [at - size for at in self._members if at > size]

    def skip_blank(self) -> None:
        """Forget the blank lines between two records."""
        while True:
            rest = self.data.lstrip(_BLANK)
            self.drop(len(self.data) - len(rest))
            if rest or not self._grow():
                return

    def head_end(self) -> int | None:
        """Where the headers end, or None when they do not within their longest size."""
        start = 0
        while True:
            match = _HEAD_END.search(self.data, start)
            if match:
                return match.end()
            start = max(0, len(self.data) - 4)
            if len(self.data) > _LARGEST_HEAD or not self.data.startswith(_BEGIN[: len(self.data)]) or not self._grow():
                return None

    def member_within(self, end: int) -> bool:
        """Whether a record begins with a member of the packed file in front of a place."""
        for at in self._members:
            if 0 < at < end and self.more(at + len(_BEGIN)) and self.data.startswith(_BEGIN, at):
                return True
        return False

    def ends_at(self, place: int) -> bool:
        """Whether a record may end here: what follows, blank lines apart, is a record, a member or nothing."""
        while True:
            if any(at >= place and not self.data[place:at].strip(_BLANK) for at in self._members):
                return True
            rest = bytes(self.data[place : place + 64]).lstrip(_BLANK)
            if len(rest) >= len(_BEGIN):
                return rest.startswith(_BEGIN) or self.data.startswith(b"\r\n\r\n", place)
            if len(self.data) >= place + 64:
                return not rest
            if not self._grow():
                break
        return not rest and self.damage is None

    def pass_over(self, start: int, end: int, *, keep: int) -> bytes | None:
        """Forget all up to a place; what stands at the beginning, or None when a record begins in front of the place."""
        self.more(min(end, start + keep))
        kept = bytes(self.data[start : min(end, start + keep)])
        self.drop(start)
        left = end - start
        while True:
            if self.member_within(left) or self._next_start(left) is not None:
                return None
            if len(self.data) >= left:
                self.drop(left)
                return kept
            gone = max(0, len(self.data) - _LONGEST_START)
            self.drop(gone)
            left -= gone
            if not self._grow():
                return None

    def _next_start(self, end: int | None = None) -> int | None:
        match = _START.search(self.data, 1, len(self.data) if end is None else end)
        return match.start() if match else None

    def find_next(self) -> bool:
        """Go to where the next record begins, past damage; False when there is none."""
        while True:
            places = [at for at in self._members if self.more(at + len(_BEGIN)) and self.data.startswith(_BEGIN, at)]
            start = self._next_start()
            if start is not None:
                places.append(start)
            if places:
                self.drop(min(places))
                return True
            self._members = [at for at in self._members if at + len(_BEGIN) > len(self.data)]
            self.drop(max(0, len(self.data) - _LONGEST_START))
            if self._grow():
                continue
            if self.damage is None:
                return False
            # Nothing of the damaged member can be told from noise; the next one may be sound.
            while True:
                if not self._stream.next_member():
                    return False
                self.data.clear()
                self._members.clear()
                self.damage = None
                if self.more(len(_BEGIN)) and self.data.startswith(_BEGIN):
                    return True
                if self.damage is None:
                    break
