"""The ledger as one object: open it, keep readings in it, ask it."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ujar.errors import LedgerError, UsageError, missing_extra

try:
    import duckdb
    import pyarrow as pa
    from filelock import FileLock
except ImportError as error:  # pragma: no cover - only without the extra
    raise missing_extra("ledger", "the ledger") from error

from ujar.store import copies, reports
from ujar.store.filter import Filter
from ujar.store.known import Known
from ujar.store.mark import check_mark, check_room, is_made, make, not_written
from ujar.store.merge import merge_parts
from ujar.store.moment import Moment
from ujar.store.parts import Part, damage, unreadable, visible_parts, write_part
from ujar.store.patience import Turn, is_interrupt, within
from ujar.store.query import Question, events_query, rows_sql, statements_query
from ujar.store.rows import article_key, fingerprint, rows_of, sound
from ujar.store.schema import TABLES, arrow_schema
from ujar.store.sql import is_wrong
from ujar.store.views import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ujar.records import Analysis, Article, Problem
    from ujar.store.rows import Row, Rows

# A part that is merged away while it is read: the question is put again to what is there then.
_TRIES = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a commit kept, or several together."""

    articles: int = 0
    changed: int = 0
    statements: int = 0
    events: int = 0


@dataclass(slots=True)
class _Open:
    """A connection to the engine over some parts."""

    parts: tuple[Part, ...]
    connection: duckdb.DuckDBPyConnection


@dataclass(slots=True)
class Ledger:
    """A ledger in a folder. Safe for threads; other processes may read and write the same folder at the same time.

    Attributes:
        folder: where it is.
        problems: damaged parts, as they were seen last; what they held is not found until its articles are added again.
        patience: seconds after which a question is given up (LedgerError); None: never.
    """

    folder: Path
    problems: tuple[Problem, ...] = ()
    patience: float | None = None
    _open: _Open | None = field(default=None, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)
    # The one lock of all commits: an interrupt that came while one was thrown away, after each, would be lost.
    _lock: FileLock | None = field(default=None, repr=False)
    # Parts whose files have the right size and yet cannot be read, and those that were read to their end.
    _broken: set[str] = field(default_factory=set, repr=False)
    _whole: set[str] = field(default_factory=set, repr=False)
    _known: Known = field(default_factory=Known, repr=False)
    # Whether it is made with the first article.
    _to_be: bool = False

    @property
    def made(self) -> bool:
        """Whether it is there already; one that ``ledger_to_be`` gives may only come with its first article."""
        return not self._to_be

    # Keeping

    @property
    def known(self) -> int:
        """The number of articles that it held when ``holds`` was asked last."""
        return len(self._known.readings)

    def holds(self, article: Article, *, engine: str | None = None) -> bool:
        """Whether the ledger has this article as it is: a reading of the same text, title, day and outlet is current.

        With ``engine``: and that one has read it.
        """
        self._known.learn(self.folder, self.ask, without=self._broken)
        return self._known.holds(article_key(article), fingerprint(article), engine)

    def keep(self, analyses: Iterable[Analysis], *, engine: str, again: bool = False) -> Kept:
        """Keep some readings in one commit: when this returns, all of them are on the disk, else none.

        An article that the ledger holds unchanged is left out, unless ``again`` and another engine (version, reader,
        models) read it; one that has changed supersedes its older reading. Waits while another process keeps something.
        Raises LedgerError when it cannot be written; then nothing of it is kept.
        """
        found = list({article_key(a.article): a for a in analyses}.values())
        if not found:
            return Kept()
        with self._writing():
            # Else an article in a part that is damaged would pass for one that is there.
            self.verify()
            before = {row["article"]: row for row in self._readings([article_key(a.article) for a in found])}
            rows: list[Rows] = []
            for analysis in found:
                old = before.get(article_key(analysis.article))
                if (
                    old
                    and old["fingerprint"] == fingerprint(analysis.article)
                    and not (again and old["engine"] != engine)
                ):
                    continue
                rows.append(rows_of(analysis, engine=engine, supersedes=old["reading"] if old else None))
            if not rows:
                return Kept()
            copies.mark_stories(rows, self.ask)
            copies.mark_happenings(rows, self.ask)
            reports.mark_reports(rows, self.ask, copies.shared_stories(rows), copies.days_around(rows))
            tables = {
                "articles": [r.article for r in rows],
                "statements": [s for r in rows for s in r.statements],
                "events": [e for r in rows for e in r.events],
            }
            self._whole.add(write_part(self.folder, {name: _table(name, tables[name]) for name in TABLES}).name)
        return Kept(
            len(rows),
            sum(r.article["supersedes"] is not None for r in rows),
            len(tables["statements"]),
            len(tables["events"]),
        )

    def check_writable(self) -> None:
        """Raise LedgerError when nothing can be kept here."""
        if not self._to_be and not os.access(self.folder, os.W_OK):
            raise not_written(self.folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    def tidy(self, *, everything: bool = False) -> int:
        """Merge small parts when there are many; the number of parts merged.

        With ``everything`` they are merged though they be few, and those of an older version are rewritten in the current
        one. Who reads meanwhile reads on.
        """
        if self._to_be:
            return 0
        with self._writing():
            try:
                return merge_parts(self.folder, without=self._broken, everything=everything)
            except (OSError, pa.ArrowException) as error:
                raise not_written(self.folder, error) from error

    # Asking

    def statements(self, **what: Any) -> pa.Table:
        """The statements that fit, as an Arrow table (``.to_pandas()``, ``polars.from_arrow``); see ``Filter``."""
        return self._found(statements_query(Filter.of(what)))

    def events(self, **what: Any) -> pa.Table:
        """The events that fit, as an Arrow table; see ``Filter``."""
        return self._found(events_query(Filter.of(what)))

    def articles(self, reading: str) -> pa.Table:
        """The readings of an article, given by any reading of it, its address or its id: newest first."""
        keys = self.ask(
            "SELECT DISTINCT article FROM all_articles WHERE article = ? OR reading = ?", [reading, reading]
        )
        if not keys.num_rows:
            return arrow_schema("articles").empty_table()
        # Only then the texts: an equality passes over most of the files.
        return self.ask(
            "SELECT * FROM all_articles WHERE article = ? ORDER BY added DESC, reading", [keys["article"][0].as_py()]
        )

    def row(self, name: str) -> tuple[str, dict[str, Any]]:
        """A statement or event by its id, superseded ones too: ("statements" or "events", row). Raises LedgerError."""
        table = "events" if ".e" in name else "statements"
        found = self.ask(f"SELECT * FROM all_{table} WHERE id = ?", [name]).to_pylist()  # noqa: S608 - one of two names
        if not found:
            raise LedgerError(
                "no-such-row",
                f"the ledger has no statement, event or article {name!r}",
                "ids stand at the end of each entry of a listing",
            )
        return table, found[0]

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """What a question in SQL gives. Values only through ``parameters``.

        There are ``articles``, ``statements``, ``events`` (the current readings) and ``all_articles``, ``all_statements``,
        ``all_events`` (superseded ones too). One question sees the ledger as it is at one moment. Raises UsageError for SQL
        that makes no sense or does something else than ask.
        """
        return self._answered(lambda moment: moment.ask(sql, parameters))

    def _found(self, asked: Question) -> pa.Table:
        """The rows that a question is for."""
        if not asked.few:
            return self.ask(asked.sql, asked.values)

        def answer(moment: Moment) -> pa.Table:
            places = moment.ask(asked.places, asked.values).to_pydict()
            if not places["in_row"]:
                return arrow_schema(asked.table).empty_table()
            return moment.ask(rows_sql(asked.table, zip(places["in_file"], places["in_row"], strict=True), asked.order))

        return self._answered(answer)

    def at_once(self, function: Callable[[Moment], T]) -> T:
        """What a function finds by several questions, all put to the ledger as it is at one moment.

        When a part is merged away meanwhile, the function is called anew: it must do nothing but ask.
        """
        return self._answered(function)

    def _answered(self, answer: Callable[[Moment], T]) -> T:
        """What a function gets from the engine, called anew when the parts changed under it."""
        for attempt in range(_TRIES):
            opened = None
            try:
                opened = self._opened()
                with opened.connection.cursor() as cursor:
                    turn = Turn([cursor])
                    with within(self.patience, turn):
                        return answer(Moment(opened.connection, cursor, turn))
            except (duckdb.InterruptException, RuntimeError) as error:
                if not is_interrupt(error):
                    raise
                # Stopped by hand.
                raise KeyboardInterrupt from error
            except (duckdb.Error, OSError, pa.ArrowException) as error:
                if is_wrong(error):
                    message = f"the question cannot be answered: {str(error).splitlines()[0]}"
                    raise UsageError("bad-question", message, "mend the SQL") from error
                if not self._recover(opened, error, attempt):
                    raise LedgerError(
                        "ledger-not-read",
                        f"{self.folder} could not be asked ({str(error).splitlines()[0]})",
                        "look at the folder and at the memory of the machine, then ask again",
                    ) from error
        raise AssertionError

    def _recover(self, opened: _Open | None, error: Exception, attempt: int) -> bool:
        """Whether it is worth asking again: a part was merged away while it was read, or a damaged one is now left out."""
        with self._guard:
            self._open = None
            if attempt == _TRIES - 1:
                return False
            if isinstance(error, (OSError, duckdb.IOException)) and attempt < _TRIES // 2:
                return True
            broken = unreadable(opened.parts if opened else visible_parts(self.folder)[0]) - self._broken
            self._leave_out(broken)
            return bool(broken)

    def size(self) -> dict[str, int]:
        """Numbers of current rows by table."""
        return {t: self.ask(f"SELECT count(*) AS n FROM {t}")["n"][0].as_py() for t in TABLES}  # noqa: S608 - our names

    def count(self, table: str, **what: Any) -> int:
        """How many statements or events fit, whatever ``limit`` and ``offset`` say; see ``Filter``."""
        asked = Filter.of({**what, "limit": None, "offset": 0})
        found = self.ask(*(statements_query if table == "statements" else events_query)(asked).number)
        return int(found["n"][0].as_py())

    def check(self) -> tuple[Problem, ...]:
        """Look for damaged parts; what they held is not found until its articles are added again."""
        with self._guard:
            self._parts()
        return self.problems

    def verify(self) -> tuple[Problem, ...]:
        """Look for damaged parts by reading each to its end, once: a second for some 400,000 rows."""
        with self._guard:
            parts = [p for p in self._parts() if p.name not in self._whole]
        broken = unreadable(parts)
        self._whole.update(p.name for p in parts if p.name not in broken)
        with self._guard:
            self._leave_out(broken)
        return self.check()

    # Inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone with the ledger among those who write; who reads is not asked."""
        if self._to_be:
            make(self.folder)
            self._to_be = False
        lock = self._lock = self._lock or FileLock(self.folder / "lock")
        try:
            lock.acquire()
        except (OSError, NotImplementedError) as error:
            raise not_written(self.folder, error) from error
        try:
            yield
        finally:
            lock.release()
            # What Arrow needed for it would else stay with this process, which may go on for days.
            pa.default_memory_pool().release_unused()

    def _readings(self, keys: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(
            "SELECT article, reading, fingerprint, engine FROM articles WHERE article IN (SELECT unnest(?::VARCHAR[]))",
            [keys],
        ).to_pylist()
        return found

    def _leave_out(self, broken: set[str]) -> None:
        """Ask without some parts from now on."""
        if broken:
            self._broken |= broken
            self._open = None
            # What is in them must be kept anew.
            self._known = Known()

    def _parts(self) -> tuple[Part, ...]:
        """The parts that can be read; ``problems`` tells of the others."""
        parts, problems = visible_parts(self.folder)
        more = tuple(damage(self.folder, p.name) for p in parts if p.name in self._broken)
        self.problems = (*problems, *more)
        return tuple(p for p in parts if p.name not in self._broken)

    def _opened(self) -> _Open:
        with self._guard:
            parts = self._parts()
            if self._open is None or self._open.parts != parts:
                self._open = _Open(parts, connect(self.folder, parts, damaged=bool(self.problems)))
            return self._open


def _table(name: str, rows: list[Row]) -> pa.Table:
    try:
        return pa.Table.from_pylist(rows, schema=arrow_schema(name))
    except UnicodeEncodeError:
        return pa.Table.from_pylist(sound(rows), schema=arrow_schema(name))


def open_ledger(folder: str | Path, *, create: bool = False) -> Ledger:
    """The ledger in a folder; with ``create`` an empty one where there is none.

    Raises LedgerError when there is none, or when a newer version of ujar made it.
    """
    path = Path(folder)
    if create and not is_made(path):
        make(path)
    check_mark(path)
    return Ledger(path)


def ledger_to_be(folder: str | Path) -> Ledger:
    """The ledger in a folder; where there is none, one that is made when the first article is kept.

    Raises LedgerError when none can be made there, or nothing be kept.
    """
    path = Path(folder)
    if is_made(path):
        check_mark(path)
    else:
        check_room(path)
    ledger = Ledger(path, _to_be=not is_made(path))
    ledger.check_writable()
    return ledger
