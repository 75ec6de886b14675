"""One file, wherever it lies, to articles: its kind by its name, unpacked on the way."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from ujar.errors import InputError
from ujar.read.archives import read_wacz, read_warc
from ujar.read.csv_files import read_csv
from ujar.read.lines import read_lines
from ujar.read.loaded import Loaded, document
from ujar.read.packed import PACKINGS, Unpacked, read_all
from ujar.read.parquet_files import read_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config

_KINDS = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
    ".wacz": "wacz",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
}
_BUFFER = 64 * 1024
# What must be read here and there is unpacked into memory up to this size, then onto the disk.
_IN_MEMORY = 16 * 1024 * 1024


def kind_of(name: str) -> tuple[str, str | None]:
    """What a file is by its name ("lines", "csv", "parquet", "warc", "wacz", "page", else "text"), and how it is packed."""
    name = name.lower()
    end = PurePosixPath(name).suffix
    packing = PACKINGS.get(end)
    if packing:
        end = PurePosixPath(name.removesuffix(end)).suffix
    return _KINDS.get(end, "text"), packing


def read_file(file: IO[bytes], name: str, config: Config) -> Iterator[Loaded]:
    """The articles of an open file, in order, one in memory at a time; a text or a page is one article.

    Raises InputError for what cannot be read at all, and where a packed file is damaged; what stood before it has been
    given by then.
    """
    kind, packing = kind_of(name)
    stream = Unpacked(file, packing, name, config)
    if kind == "warc":
        yield from read_warc(stream, name, config)
    elif kind == "lines":
        yield from read_lines(io.BufferedReader(stream, _BUFFER), name, config)
    elif kind == "csv":
        yield from read_csv(io.BufferedReader(stream, _BUFFER), name, config)
    elif kind in {"parquet", "wacz"}:
        read = read_parquet if kind == "parquet" else read_wacz
        if packing is None:
            yield from read(file, name, config)
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as unpacked:
            shutil.copyfileobj(stream, unpacked)
            unpacked.seek(0)
            yield from read(unpacked, name, config)
    else:
        data = read_all(stream, config.max_bytes)
        if data is None:
            raise InputError(
                "too-large", f"{name} is larger than {config.max_bytes} bytes", "cut it up, or raise max_bytes"
            )
        yield document(data, name, page=kind == "page")
