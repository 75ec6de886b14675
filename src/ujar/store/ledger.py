"""The ledger as one object: open it, keep readings in it, ask it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ujar.errors import LedgerError, missing_extra

try:
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq
    from filelock import FileLock
except ImportError as error:  # pragma: no cover - only without the extra
    raise missing_extra("ledger", "the ledger") from error

from ujar.records import Analysis
from ujar.store import copies
from ujar.store.migrate import check_version, current
from ujar.store.parts import Part, remove_replaced, visible_parts, write_part
from ujar.store.query import Filter, events_query, statements_query
from ujar.store.rows import article_key, fingerprint, rows_of
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ujar.records import Article, Problem
    from ujar.store.rows import Rows

_MARK = "ledger.json"
# Parts with fewer rows than this are merged when there are more of them than that.
_SMALL, _MANY = 100_000, 12
# A part that is merged away while it is read: the question is put again to what is there then.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """What a commit kept, or several together."""

    articles: int = 0
    changed: int = 0
    statements: int = 0
    events: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.articles + other.articles,
            self.changed + other.changed,
            self.statements + other.statements,
            self.events + other.events,
        )


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
    _known: set[bytes] = field(default_factory=set, repr=False)
    _known_parts: set[str] = field(default_factory=set, repr=False)

    # Keeping

    def holds(self, article: Article) -> bool:
        """Whether the ledger has this article as it is: a reading of the same text, title, day and outlet is current."""
        self._learn_known()
        return _mark(article_key(article), fingerprint(article)) in self._known

    def keep(self, analyses: Iterable[Analysis], *, engine: str, again: bool = False) -> Kept:
        """Keep some readings in one commit: when this returns, all of them are on the disk, else none.

        An article that the ledger holds unchanged is left out, unless ``again`` and another engine (version, reader,
        models) read it; one that has changed supersedes its older reading. Waits while another process is at this place.
        """
        found = list({article_key(a.article): a for a in analyses}.values())
        if not found:
            return Kept()
        with FileLock(self.folder / "lock"):
            before = {row["article"]: row for row in self._readings([article_key(a.article) for a in found])}
            rows: list[Rows] = []
            for analysis in found:
                old = before.get(article_key(analysis.article))
                if old and old["fingerprint"] == fingerprint(analysis.article) and not (again and old["engine"] != engine):
                    continue
                rows.append(rows_of(analysis, engine=engine, supersedes=old["reading"] if old else None))
            if not rows:
                return Kept()
            copies.mark_stories(rows, self.ask)
            copies.mark_reports(rows, self.ask)
            tables = {
                "articles": [r.article for r in rows],
                "statements": [s for r in rows for s in r.statements],
                "events": [e for r in rows for e in r.events],
            }
            part = write_part(
                self.folder, {t: pa.Table.from_pylist(tables[t], schema=arrow_schema(t)) for t in TABLES}
            )
        for row in rows:
            self._known.discard(_mark(row.article["article"], before.get(row.article["article"], {}).get("fingerprint", "")))
            self._known.add(_mark(row.article["article"], row.article["fingerprint"]))
        self._known_parts.add(part.name)
        return Kept(
            len(rows), sum(r.article["supersedes"] is not None for r in rows), len(tables["statements"]), len(tables["events"])
        )

    def tidy(self, *, everything: bool = False) -> int:
        """Merge small parts (or all) into one, rewritten in the current version of the tables; the number merged."""
        with FileLock(self.folder / "lock"):
            remove_replaced(self.folder)
            parts, _ = visible_parts(self.folder)
            small = [p for p in parts if everything or sum(p.rows.values()) < _SMALL]
            if len(small) < 2 or (len(small) <= _MANY and not everything):
                return 0
            tables = {}
            for name in TABLES:
                table = pa.concat_tables(current(name, pq.read_table(p.file(name)), p.schema) for p in small)
                # Days together: a question about a week then passes over most of the file.
                tables[name] = table.sort_by("published" if name == "articles" else "day")
            write_part(self.folder, tables, [p.name for p in small])
            remove_replaced(self.folder)
            return len(small)

    # Asking

    def statements(self, **what: Any) -> pa.Table:
        """The statements that fit, as an Arrow table (``.to_pandas()``, ``polars.from_arrow``); see ``Filter``."""
        return self.ask(*statements_query(Filter.of(what)))

    def events(self, **what: Any) -> pa.Table:
        """The events that fit, as an Arrow table; see ``Filter``."""
        return self.ask(*events_query(Filter.of(what)))

    def articles(self, reading: str) -> pa.Table:
        """The readings of an article, given by any reading of it, its address or its id: newest first."""
        return self.ask(
            "SELECT * FROM all_articles WHERE article = ? OR article = (SELECT article FROM all_articles WHERE reading = ?"
            " LIMIT 1) ORDER BY added DESC, reading",
            [reading, reading],
        )

    def row(self, name: str) -> tuple[str, dict[str, Any]]:
        """A statement or event by its id, superseded ones too: ("statements" or "events", row). Raises LedgerError."""
        table = "events" if ".e" in name else "statements"
        found = self.ask(f"SELECT * FROM all_{table} WHERE id = ?", [name]).to_pylist()  # noqa: S608 - one of two names
        if not found:
            raise LedgerError("no-such-row", f"the ledger has no row {name!r}", "ids stand in the column id of a listing")
        return table, found[0]

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """What a question in SQL gives, over ``articles``, ``statements``, ``events`` (the current readings) and
        ``all_articles``, ``all_statements``, ``all_events`` (superseded ones too). Values only through ``parameters``.
        """
        for attempt in range(_TRIES):
            cursor = self._connection().cursor()
            try:
                return cursor.sql(sql, params=list(parameters)).to_arrow_table()
            except duckdb.IOException:
                # A part was merged away between listing and reading.
                with self._guard:
                    self._open = None
                if attempt == _TRIES - 1:
                    raise
            finally:
                cursor.close()
        raise AssertionError

    def size(self) -> dict[str, int]:
        """Numbers of current rows by table."""
        return {t: self.ask(f"SELECT count(*) AS n FROM {t}")["n"][0].as_py() for t in TABLES}  # noqa: S608 - our names

    def check(self) -> tuple[Problem, ...]:
        """Look for damaged parts; what they held is not found until its articles are added again."""
        _, self.problems = visible_parts(self.folder)
        return self.problems

    # Inside

    def _readings(self, keys: list[str]) -> list[dict[str, Any]]:
        return self.ask(
            "SELECT article, reading, fingerprint, engine FROM articles WHERE article IN (SELECT unnest(?::VARCHAR[]))", [keys]
        ).to_pylist()

    def _learn_known(self) -> None:
        """Take notice of the articles of parts that came since."""
        parts, _ = visible_parts(self.folder)
        if {p.name for p in parts} <= self._known_parts:
            return
        table = self.ask("SELECT article, fingerprint FROM articles")
        self._known = {_mark(*row) for row in zip(*(table[c].to_pylist() for c in table.column_names), strict=True)}
        self._known_parts = {p.name for p in parts}

    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._guard:
            parts, self.problems = visible_parts(self.folder)
            if self._open is None or self._open.parts != parts:
                self._open = _Open(parts, self._connect(parts))
            return self._open.connection

    def _connect(self, parts: tuple[Part, ...]) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        # No question reaches another file, whatever it says.
        connection.execute(f"SET allowed_directories = [{_quoted(str(self.folder.resolve() / 'parts'))}]")
        connection.execute("SET enable_external_access = false")
        for part in parts:
            check_version(part.schema, f"part {part.name} of {self.folder}")
        for table in TABLES:
            sources = []
            new = [str(p.file(table).resolve()) for p in parts if p.schema == SCHEMA_VERSION]
            if new:
                sources.append(f"SELECT * FROM read_parquet([{', '.join(map(_quoted, new))}])")
            old = [current(table, pq.read_table(p.file(table)), p.schema) for p in parts if p.schema < SCHEMA_VERSION]
            connection.register("given", pa.concat_tables([*old, arrow_schema(table).empty_table()]))
            connection.execute(f"CREATE TABLE older_{table} AS SELECT * FROM given")
            connection.unregister("given")
            sources.append(f"SELECT * FROM older_{table}")
            connection.execute(f"CREATE VIEW all_{table} AS {' UNION ALL '.join(sources)}")
            # A hash join with what was superseded, which is little.
            connection.execute(
                f"CREATE VIEW {table} AS SELECT * FROM all_{table} WHERE reading NOT IN"
                " (SELECT supersedes FROM all_articles WHERE supersedes IS NOT NULL)"
                if table != "articles"
                else "CREATE VIEW articles AS SELECT * FROM all_articles a WHERE NOT EXISTS"
                " (SELECT 1 FROM all_articles n WHERE n.supersedes = a.reading)"
            )
        return connection


def open_ledger(folder: str | Path, *, create: bool = False) -> Ledger:
    """The ledger in a folder; with ``create`` an empty one where there is none.

    Raises LedgerError when there is none, or when a newer version of ujar made it.
    """
    path = Path(folder)
    mark = path / _MARK
    if not mark.is_file():
        if not create:
            raise LedgerError("no-ledger", f"there is no ledger in {path}", "make one with: ujar add SOURCE --ledger FOLDER")
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise LedgerError("no-ledger", f"{path} is there already and is no ledger", "choose an empty or new folder")
        try:
            path.mkdir(parents=True, exist_ok=True)
            aside = path / f"{_MARK}.new"
            aside.write_text(json.dumps({"format": "ujar ledger", "schema": SCHEMA_VERSION}), encoding="utf-8")
            os.replace(aside, mark)  # noqa: PTH105 - the one step that must be atomic
        except OSError as error:
            raise LedgerError(
                "ledger-not-written", f"{path} cannot be written ({error.strerror or error})", "choose another folder"
            ) from error
    try:
        head = json.loads(mark.read_bytes())
        version = int(head["schema"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            "no-ledger", f"{mark} is damaged", f'write {{"format": "ujar ledger", "schema": {SCHEMA_VERSION}}} into it'
        ) from error
    check_version(version, str(path))
    return Ledger(path)


def _mark(key: str, mark: str) -> bytes:
    return f"{key}\x1f{mark}".encode("utf-8", "replace")


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"

