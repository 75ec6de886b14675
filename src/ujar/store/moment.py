"""Questions to a ledger as it is at one moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from ujar.store.patience import is_interrupt
from ujar.store.sql import refuse_all_but_select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb
    import pyarrow as pa

    from ujar.store.patience import Turn

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger as it is at one moment; see ``Ledger.at_once``. For one thread; ``beside`` makes another one for a second."""

    _connection: duckdb.DuckDBPyConnection
    _cursor: duckdb.DuckDBPyConnection
    _turn: Turn
    _is_beside: bool = False

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """What a question in SQL gives; see ``Ledger.ask``."""
        refuse_all_but_select(self._cursor, sql)
        self._turn.go_on()
        return self._cursor.sql(sql, params=list(parameters)).to_arrow_table()

    def note(self, name: str, sql: str, parameters: Sequence[object] = ()) -> None:
        """Keep what a question gives as a table of that name, which later questions of this moment can ask."""
        refuse_all_but_select(self._cursor, sql)
        self._turn.go_on()
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", list(parameters))

    def beside(self, one: Callable[[Moment], T], other: Callable[[Moment], U]) -> tuple[T, U]:
        """What two functions find, both at once: the engine waits for Python and the disk; two leave fewer gaps.

        The first one gets this moment, the second one, called in a thread of its own, a moment like it without the tables
        that were noted. When one fails the other is stopped, and the fault is raised. Not to be used within itself.
        """
        if self._is_beside:
            raise AssertionError("what is asked beside asks nothing beside itself")
        first_ended = Event()

        def second() -> U:
            try:
                return other(aside)
            except BaseException:
                self._turn.stop(first_ended.wait)
                raise

        with (
            self._turn.another(self._connection) as cursor,
            ThreadPoolExecutor(1, thread_name_prefix="beside") as pool,
        ):
            aside = Moment(self._connection, cursor, self._turn, _is_beside=True)
            later = pool.submit(second)
            try:
                try:
                    found = one(self)
                finally:
                    first_ended.set()
                return found, later.result()
            except BaseException as error:
                self._turn.stop(lambda seconds: wait([later], seconds).done)
                fault = later.exception()
                if is_interrupt(error) and fault is not None and not is_interrupt(fault):
                    # Stopped for the fault of the other.
                    raise fault from None
                raise
