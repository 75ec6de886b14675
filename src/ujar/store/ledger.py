"""The ledger as one object: open it, keep readings in it, ask it."""

from __future__ import annotations

import errno
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ujar.errors import LedgerError, UsageError, missing_extra

try:
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq
    from filelock import FileLock
except ImportError as error:  # pragma: no cover - only without the extra
    raise missing_extra("ledger", "the ledger") from error

from ujar.store import copies, reports
from ujar.store.merge import merge_parts
from ujar.store.migrate import check_version
from ujar.store.parts import Part, damage, flush, unreadable, visible_parts, write_part
from ujar.store.query import Filter, Question, events_query, rows_sql, statements_query
from ujar.store.rows import article_key, fingerprint, rows_of, sound
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema
from ujar.store.views import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ujar.records import Analysis, Article, Problem
    from ujar.store.rows import Row, Rows

_MARK, _FORMAT = "ledger.json", "ujar ledger"
# What may lie in a folder whose ledger.json has yet to come, or was lost.
_OURS = frozenset({"parts", "unfinished", "lock"})
# A part that is merged away while it is read: the question is put again to what is there then.
_TRIES = 8
# Faults of the question, not of the files.
_WRONG = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.PermissionException,
    duckdb.OutOfRangeException,
)


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
    """

    folder: Path
    problems: tuple[Problem, ...] = ()
    _open: _Open | None = field(default=None, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)
    # Parts whose files have the right size and yet cannot be read.
    _broken: set[str] = field(default_factory=set, repr=False)
    # The current reading of each article: (fingerprint, engine); the parts in which that was seen; and when the folder of
    # parts had last changed then.
    _known: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)
    _seen_at: int = field(default=0, repr=False)

    # Keeping

    def holds(self, article: Article, *, engine: str | None = None) -> bool:
        """Whether the ledger has this article as it is: a reading of the same text, title, day and outlet is current.

        With ``engine``: and that one has read it.
        """
        self._learn_known()
        mark, read_by = self._known.get(article_key(article), (None, None))
        return mark == fingerprint(article) and engine in (None, read_by)

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
            write_part(self.folder, {name: _table(name, tables[name]) for name in TABLES})
        return Kept(
            len(rows),
            sum(r.article["supersedes"] is not None for r in rows),
            len(tables["statements"]),
            len(tables["events"]),
        )

    def check_writable(self) -> None:
        """Raise LedgerError when nothing can be kept here."""
        if not os.access(self.folder, os.W_OK):
            raise self._not_written(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    def tidy(self, *, everything: bool = False) -> int:
        """Merge small parts when there are many; the number of parts merged.

        With ``everything`` they are merged though they be few, and those of an older version are rewritten in the current
        one. Who reads meanwhile reads on.
        """
        with self._writing():
            try:
                return merge_parts(self.folder, without=self._broken, everything=everything)
            except OSError as error:
                raise self._not_written(error) from error

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
                "no-such-row", f"the ledger has no row {name!r}", "ids stand in the column id of a listing"
            )
        return table, found[0]

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """What a question in SQL gives. Values only through ``parameters``.

        There are ``articles``, ``statements``, ``events`` (the current readings) and ``all_articles``, ``all_statements``,
        ``all_events`` (superseded ones too). One question sees the ledger as it is at one moment. Raises UsageError for SQL
        that makes no sense or does something else than ask.
        """

        def answer(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
            _refuse_all_but_select(cursor, sql)
            return cursor.sql(sql, params=list(parameters)).to_arrow_table()

        return self._answered(answer)

    def _found(self, asked: Question) -> pa.Table:
        """The rows that a question is for."""
        if not asked.few:
            return self.ask(asked.sql, asked.values)

        def answer(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
            places = cursor.sql(asked.places, params=asked.values).fetchall()
            if not places:
                return arrow_schema(asked.table).empty_table()
            return cursor.sql(rows_sql(asked.table, places, asked.order)).to_arrow_table()

        return self._answered(answer)

    def _answered(self, answer: Callable[[duckdb.DuckDBPyConnection], pa.Table]) -> pa.Table:
        """What a function gets from the engine, called anew when the parts changed under it."""
        for attempt in range(_TRIES):
            opened = None
            try:
                opened = self._opened()
                with opened.connection.cursor() as cursor:
                    return answer(cursor)
            except duckdb.InterruptException as error:
                raise KeyboardInterrupt from error
            except (duckdb.Error, OSError, pa.ArrowException) as error:
                if _is_wrong(error):
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
            self._broken |= broken
            return bool(broken)

    def size(self) -> dict[str, int]:
        """Numbers of current rows by table."""
        return {t: self.ask(f"SELECT count(*) AS n FROM {t}")["n"][0].as_py() for t in TABLES}  # noqa: S608 - our names

    def check(self) -> tuple[Problem, ...]:
        """Look for damaged parts; what they held is not found until its articles are added again."""
        with self._guard:
            self._parts()
        return self.problems

    # Inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone with the ledger among those who write; who reads is not asked."""
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire()
        except (OSError, NotImplementedError) as error:
            raise self._not_written(error) from error
        try:
            yield
        finally:
            lock.release()

    def _not_written(self, error: Exception) -> LedgerError:
        return LedgerError(
            "ledger-not-written",
            f"{self.folder} cannot be written ({getattr(error, 'strerror', None) or error})",
            "look at the permissions of the folder, or choose another",
        )

    def _readings(self, keys: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(
            "SELECT article, reading, fingerprint, engine FROM articles WHERE article IN (SELECT unnest(?::VARCHAR[]))",
            [keys],
        ).to_pylist()
        return found

    def _learn_known(self) -> None:
        """Take notice of the articles of parts that came since."""
        try:
            at = (self.folder / "parts").stat().st_mtime_ns
        except FileNotFoundError:
            return
        # What comes within one tick of the clock may be missed; the article is then read again, and found when it is kept.
        if at == self._seen_at:
            return
        parts = visible_parts(self.folder)[0]
        # A part that holds the rows of parts that were seen brings nothing new.
        new = [p for p in parts if p.name not in self._seen and not (p.replaces and self._seen.issuperset(p.replaces))]
        columns = ["article", "fingerprint", "engine"]
        try:
            if len(new) == len(parts) or any(p.replaces or p.schema < SCHEMA_VERSION for p in new):
                tables = [self.ask("SELECT article, fingerprint, engine FROM articles")]
            else:
                tables = [pq.read_table(part.file("articles"), columns=columns) for part in new]
        except (OSError, pa.ArrowException):
            tables = [self.ask("SELECT article, fingerprint, engine FROM articles")]
        for table in tables:
            keys, marks, engines = (table[c].to_pylist() for c in columns)
            self._known.update(zip(keys, zip(marks, engines, strict=True), strict=True))
        self._seen.update(p.name for p in parts)
        self._seen_at = at

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


def _is_wrong(error: Exception) -> bool:
    """Whether the question is at fault, not the files."""
    return isinstance(error, _WRONG) or (isinstance(error, duckdb.InvalidInputException) and "arquet" not in str(error))


def _refuse_all_but_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    found = connection.extract_statements(sql)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise UsageError("bad-question", "a ledger answers one SELECT at a time", "ask with SELECT")


def open_ledger(folder: str | Path, *, create: bool = False) -> Ledger:
    """The ledger in a folder; with ``create`` an empty one where there is none.

    Raises LedgerError when there is none, or when a newer version of ujar made it.
    """
    path = Path(folder)
    mark = path / _MARK
    try:
        if not mark.is_file():
            if not create:
                raise LedgerError(
                    "no-ledger", f"there is no ledger in {path}", "make one with: ujar add SOURCE --ledger FOLDER"
                )
            _make(path)
        head = json.loads(mark.read_bytes())
        if head["format"] != _FORMAT:
            raise LedgerError("no-ledger", f"{mark} is not that of a ledger", "choose another folder")
        version = int(head["schema"])
    except OSError as error:
        raise LedgerError(
            "ledger-not-read", f"{path} cannot be read ({error.strerror or error})", "look at its permissions"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            "no-ledger", f"{mark} is damaged", f'write {{"format": "{_FORMAT}", "schema": {SCHEMA_VERSION}}} into it'
        ) from error
    check_version(version, str(path))
    return Ledger(path)


def _make(path: Path) -> None:
    """An empty ledger. Two may do so at the same time, and whoever was stopped in the middle may begin again."""
    if path.exists() and not path.is_dir():
        raise LedgerError("no-ledger", f"{path} is there already and is no folder", "choose an empty or new folder")
    if path.is_dir() and any(e.name not in _OURS and not e.name.startswith(_MARK) for e in path.iterdir()):
        raise LedgerError("no-ledger", f"{path} is there already and is no ledger", "choose an empty or new folder")
    aside = path / f"{_MARK}.{secrets.token_hex(3)}"
    try:
        (path / "parts").mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps({"format": _FORMAT, "schema": SCHEMA_VERSION}), encoding="utf-8")
        flush(aside)
        aside.replace(path / _MARK)
        flush(path)
        flush(path.resolve().parent)
    except OSError as error:
        raise LedgerError(
            "ledger-not-written", f"{path} cannot be written ({error.strerror or error})", "choose another folder"
        ) from error
