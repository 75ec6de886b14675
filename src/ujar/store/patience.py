"""A question that takes too long is given up, so that one who asks much keeps nobody else waiting for good."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Timer
from typing import TYPE_CHECKING

import duckdb

from ujar.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def within(seconds: float | None, *cursors: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt what goes on at some cursors after some seconds; None waits. Raises LedgerError then."""
    if seconds is None:
        yield
        return
    late = Event()

    def stop() -> None:
        late.set()
        for cursor in cursors:
            cursor.interrupt()

    timer = Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        if not late.is_set():
            raise
        raise LedgerError(
            "question-too-slow", f"no answer was found in {seconds:g} seconds", "ask for fewer days, or by more filters"
        ) from error
    finally:
        timer.cancel()
