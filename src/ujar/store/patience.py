"""A question that takes too long is given up, so that one who asks much keeps nobody else waiting for good."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING

import duckdb

from ujar.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Seconds between two interrupts: one that comes between two steps of the engine is lost.
_AGAIN = 0.02


@dataclass(slots=True)
class Turn:
    """One answer on its way.

    Attributes:
        cursors: by which it is looked for.
        stopped: whether it has failed or is given up, so that no other question is put for it.
    """

    cursors: list[duckdb.DuckDBPyConnection]
    stopped: Event = field(default_factory=Event)

    @contextmanager
    def another(self, connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        """One more cursor for it."""
        with connection.cursor() as cursor:
            self.cursors.append(cursor)
            try:
                yield cursor
            finally:
                self.cursors.remove(cursor)

    def go_on(self) -> None:
        """Raise duckdb.InterruptException when it is stopped."""
        if self.stopped.is_set():
            raise duckdb.InterruptException("the answer is not looked for any more")

    def stop(self, ended: Callable[[float], object]) -> None:
        """Stop all that is asked for it, until ``ended`` is true, which waits so many seconds for that."""
        self.stopped.set()
        while not ended(_AGAIN):
            for cursor in tuple(self.cursors):
                with suppress(duckdb.Error):
                    cursor.interrupt()


def is_interrupt(error: BaseException | None) -> bool:
    """Whether a question was stopped; between two steps of an answer the engine has only a RuntimeError for it."""
    return isinstance(error, duckdb.InterruptException) or (
        isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    )


@contextmanager
def within(seconds: float | None, turn: Turn) -> Iterator[None]:
    """Stop an answer after some seconds; None waits. Raises LedgerError then."""
    if seconds is None:
        yield
        return
    late, over = Event(), Event()

    def watch() -> None:
        if not over.wait(seconds):
            late.set()
            turn.stop(over.wait)

    watcher = Thread(target=watch, name="patience", daemon=True)
    watcher.start()
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:
        if not (late.is_set() and is_interrupt(error)):
            raise
        raise LedgerError(
            "question-too-slow", f"no answer was found in {seconds:g} seconds", "ask for fewer days, or by more filters"
        ) from error
    finally:
        over.set()
        watcher.join()
