"""The lines of an event file, plain, gzipped or zipped, as they come: no file is ever in memory as a whole."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from ujar.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No row of any of these collections comes near; what is longer is no row.
LONGEST_LINE = 1 << 20
# A yearly file of GDELT unpacks to some two gigabytes, to ten times its size. What goes far beyond was made to fill a disk.
MOST_BYTES = 32 << 30
_MOST_TIMES, _ANY_BYTES = 200, 256 << 20
_ENDINGS = (".csv", ".tab", ".tsv", ".txt")


class Line(NamedTuple):
    """A line without its end: the member of an archive in which it stands (empty for a plain file), its number from 1."""

    member: str
    number: int
    text: bytes


def lines(path: Path) -> Iterator[Line]:
    """The lines of a file, empty ones left out; of a zip archive those of its .csv, .tab, .tsv and .txt files.

    A line over LONGEST_LINE bytes comes cut to one more than that. Raises InputError for what cannot be read or unpacked,
    and for archives that unpack to far more than they could honestly hold.
    """
    try:
        size = path.stat().st_size
        with ExitStack() as stack:
            done = 0
            for member, file in _opened(path, stack):
                number = 0
                while text := file.readline(LONGEST_LINE + 1):
                    number += 1
                    done += len(text)
                    if len(text) > LONGEST_LINE and not text.endswith(b"\n"):
                        done += _skip_rest(file)
                    if done > MOST_BYTES or (done > _ANY_BYTES and done > _MOST_TIMES * size):
                        raise InputError(
                            "bad-history",
                            f"{path} unpacks to more than {done >> 20} MB from {size >> 20} MB",
                            "unpack it yourself and look at what is in it",
                        )
                    if text := text.rstrip(b"\r\n"):
                        yield Line(member, number, text)
    except OSError as error:
        raise InputError(
            "bad-history", f"{path} cannot be read ({error.strerror or error})", "look at the path and its permissions"
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            "bad-history", f"{path} cannot be unpacked ({error})", "fetch it again, or unpack it with another program"
        ) from error


def _skip_rest(file: IO[bytes]) -> int:
    """Read on to the end of a line; the number of bytes."""
    done = 0
    while text := file.readline(LONGEST_LINE):
        done += len(text)
        if text.endswith(b"\n") or done > _ANY_BYTES:
            break
    return done


def _opened(path: Path, stack: ExitStack) -> Iterator[tuple[str, IO[bytes]]]:
    """The files with rows in a file: itself, or those of an archive, with their names there."""
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        packed = gzip.open(path)  # noqa: SIM115 - the stack closes it
        stack.callback(packed.close)
        yield "", cast("IO[bytes]", packed)
    elif head in (b"PK\x03\x04", b"PK\x05\x06"):
        archive = stack.enter_context(zipfile.ZipFile(path))
        members = [
            m for m in archive.infolist() if m.filename.lower().endswith(_ENDINGS) and "__MACOSX" not in m.filename
        ]
        if not members:
            raise InputError(
                "bad-history", f"{path} holds no .csv, .tab, .tsv or .txt file", "unpack it and name the file in it"
            )
        for member in members:
            with _member(archive, member) as file:
                yield member.filename, file
    else:
        yield "", stack.enter_context(path.open("rb"))


@contextmanager
def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with archive.open(member) as file:
        yield file
