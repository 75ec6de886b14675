"""Questions to a ledger as it is at one moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, TypeVar

import duckdb

from ujar.store.sql import refuse_all_but_select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger as it is at one moment; see ``Ledger.at_once``. Only ``beside`` may use it in a second thread."""

    _cursor: duckdb.DuckDBPyConnection
    # For what is asked beside.
    _spare: duckdb.DuckDBPyConnection | None = None
    _stopped: Event = field(default_factory=Event)

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """What a question in SQL gives; see ``Ledger.ask``."""
        self._go_on()
        refuse_all_but_select(self._cursor, sql)
        return self._cursor.sql(sql, params=list(parameters)).to_arrow_table()

    def note(self, name: str, sql: str, parameters: Sequence[object] = ()) -> None:
        """Keep what a question gives as a table of that name, which later questions of this moment can ask."""
        self._go_on()
        refuse_all_but_select(self._cursor, sql)
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", list(parameters))

    def beside(self, one: Callable[[Moment], T], other: Callable[[Moment], U]) -> tuple[T, U]:
        """What two functions find, both at once, each of this moment but with tables of its own.

        The engine waits for the disk, for its own threads and for Python; two questions at a time leave fewer gaps. The
        second function is called in a thread of its own, and stopped where the first one fails.
        """
        if self._spare is None:
            return one(self), other(self)
        aside = Moment(self._spare)
        with ThreadPoolExecutor(1, thread_name_prefix="beside") as pool:
            later = pool.submit(other, aside)
            try:
                return one(self), later.result()
            except BaseException:
                aside._stopped.set()
                self._spare.interrupt()
                raise

    def _go_on(self) -> None:
        # What is stopped between two questions must not put the next one.
        if self._stopped.is_set():
            raise duckdb.InterruptException("what was asked beside has failed")
