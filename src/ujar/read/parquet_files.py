"""Parquet files to articles, a few rows in memory at a time."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Any

from ujar.errors import InputError, missing_extra
from ujar.read.loaded import Loaded, failed
from ujar.read.rows import article_of_row, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config

# Rows that are in memory at once.
_ROWS = 64
_LARGEST_RATIO = 300


def read_parquet(file: IO[bytes], name: str, config: Config) -> Iterator[Loaded]:
    """The articles of a Parquet file, which must be able to seek, in order.

    A row group that is damaged gives one problem, which says how many rows it has, and the next ones are read. Raises
    InputError when the file is none, has no column for the text, or would unpack to far more than text does.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise missing_extra("ledger", "reading Parquet files") from error
    faults = (ArrowException, OSError, ValueError, MemoryError)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        opened = ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        columns = columns_of(opened.schema_arrow.names)
    except faults as error:
        raise InputError(
            "damaged-archive", f"{name} is no Parquet file, or is damaged", "write or copy it again"
        ) from error
    if "text" not in columns:
        shown = ", ".join(repr(h[:20]) for h in opened.schema_arrow.names[:12])
        raise InputError(
            "no-text-column",
            f"{name} has no column for the text of an article (its columns: {shown})",
            'call it "text"; docs/reading.md has the names that are known',
        )
    if not opened.metadata.num_rows:
        yield failed("empty", "there is nothing in it", name)
    first = 1
    for group in range(opened.metadata.num_row_groups):
        rows = opened.metadata.row_group(group).num_rows
        done = 0
        try:
            _check(opened, group, size, name, config)
            batches = opened.iter_batches(_ROWS, row_groups=[group], columns=list(columns.values()), use_threads=False)
            for batch in batches:
                for row in batch.to_pylist():
                    where = f"{name}:{first + done}"
                    done += 1
                    yield _article({part: row[column] for part, column in columns.items()}, where, config)
        except faults as error:
            lost = f"rows {first + done} to {first + rows - 1} cannot be read ({type(error).__name__})"
            yield failed("damaged-archive", lost, name)
        first += rows


def _check(opened: Any, group: int, size: int, name: str, config: Config) -> None:
    """Raise InputError when a row group says that it unpacks to far more than text does; ``size``: of the file, in bytes."""
    # The columns are not asked: where a damaged file says nonsense of one, pyarrow ends the process (seen with 26.0).
    if opened.metadata.row_group(group).total_byte_size > size * _LARGEST_RATIO + config.max_bytes:
        raise InputError(
            "too-large", f"{name} unpacks to more than {_LARGEST_RATIO} times its size", "write it again smaller"
        )


def _article(row: dict[str, object], where: str, config: Config) -> Loaded:
    text = row.get("text")
    if isinstance(text, bytes):
        row["text"] = text = text.decode("utf-8", "replace")
    if isinstance(text, str) and len(text) > config.max_bytes:
        return failed("too-large", f"the text is longer than {config.max_bytes} characters", where)
    return article_of_row(row, where)
