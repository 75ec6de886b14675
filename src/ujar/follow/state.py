"""What a run knows of its feeds, kept in one SQLite file, so that it goes on where it stopped, however it was stopped.

An address is written down as waiting in the same commit as the state of the feed that named it, and as done only after
what it gave was kept in the ledger. Whoever is killed in between reads it again, and the ledger knows it by its address.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (      -- one row a feed
    address TEXT PRIMARY KEY,           -- as feeds.toml has it
    moved TEXT,                         -- where it is read now, after a redirect for good
    due REAL NOT NULL,                  -- when it is read next, in seconds since 1970
    failures INTEGER NOT NULL,          -- readings that failed since the last that did not
    gone INTEGER NOT NULL               -- 1: its host says that it is gone for good
);
CREATE TABLE IF NOT EXISTS marks (      -- what a host gave with a feed or sitemap, and is sent with the next request
    address TEXT PRIMARY KEY,
    etag TEXT,
    modified TEXT
);
CREATE TABLE IF NOT EXISTS items (      -- one row an article
    key TEXT PRIMARY KEY,               -- its address without what only tracks
    address TEXT NOT NULL,
    feed TEXT NOT NULL,                 -- address of the feed that named it first
    found REAL NOT NULL,                -- when
    at REAL, title TEXT, text TEXT,     -- as the feed told them; the text goes when it is done
    state TEXT NOT NULL,                -- waiting, kept, aside
    reason TEXT,                        -- why it is aside, or was not had at the last try: slug and sentence
    tries INTEGER NOT NULL,             -- that failed
    due REAL NOT NULL                   -- when it is tried next
);
CREATE INDEX IF NOT EXISTS waiting ON items (due) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS hosts (      -- hosts that are left alone
    host TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    until REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS robots (     -- robots.txt as it was
    origin TEXT PRIMARY KEY,
    at REAL NOT NULL,
    body BLOB                           -- NULL: the host has none
);
"""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed; see the table ``feeds``."""

    address: str
    moved: str | None = None
    due: float = 0.0
    failures: int = 0
    gone: int = 0


class Mark(NamedTuple):
    """What a host gave to tell later whether a feed has changed; see the table ``marks``."""

    address: str
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be fetched and read; see the table ``items``."""

    key: str
    address: str
    feed: str
    found: float
    at: float | None = None
    title: str | None = None
    text: str | None = None
    tries: int = 0


class Outcome(NamedTuple):
    """What became of an article.

    Attributes:
        key: which.
        state: "kept" (the ledger has it), "aside" (for good), or "waiting" (it is tried again).
        reason: slug and sentence, or None when it was kept.
        tries: tries that failed so far.
        due: when it is tried again.
    """

    key: str
    state: str
    reason: str | None = None
    tries: int = 0
    due: float = 0.0


@dataclass(slots=True)
class State:
    """The state of a run. Safe for threads; every method is one commit, and raises LedgerError when it cannot be made."""

    name: str
    _connection: sqlite3.Connection
    _guard: RLock = field(default_factory=RLock)

    def feed(self, address: str) -> FeedState:
        """What is known of a feed."""
        rows = self._rows("SELECT address, moved, due, failures, gone FROM feeds WHERE address = ?", [address])
        return FeedState(*rows[0]) if rows else FeedState(address)

    def forget_other_feeds(self, addresses: Sequence[str]) -> None:
        """Keep the state of these feeds only; what they named before stays."""
        with self._commit() as connection:
            known = [row[0] for row in connection.execute("SELECT address FROM feeds")]
            connection.executemany("DELETE FROM feeds WHERE address = ?", [(a,) for a in known if a not in addresses])

    def mark(self, address: str) -> Mark:
        """What the host gave with a feed or sitemap last."""
        rows = self._rows("SELECT address, etag, modified FROM marks WHERE address = ?", [address])
        return Mark(*rows[0]) if rows else Mark(address, None, None)

    def keep_feed(self, feed: FeedState, items: Iterable[Waiting] = (), marks: Iterable[Mark] = ()) -> int:
        """A feed as it is now, with the articles that are new in it; how many were not known before."""
        with self._commit() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', NULL, 0, 0)",
                [(i.key, i.address, i.feed, i.found, i.at, i.title, i.text) for i in items],
            )
            new = connection.total_changes - before
            connection.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", list(marks))
            connection.execute(
                "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?)",
                (feed.address, feed.moved, feed.due, feed.failures, feed.gone),
            )
        return new

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those of some articles that were seen before."""
        with self._guard:
            return {key for key in keys if self._rows("SELECT 1 FROM items WHERE key = ?", [key])}

    def waiting(self, now: float) -> list[Waiting]:
        """The articles that may be tried now, in the order they are tried; their texts are left out."""
        sql = (
            "SELECT key, address, feed, found, at, title, NULL, tries FROM items"
            " WHERE state = 'waiting' AND due <= ? ORDER BY tries, found, rowid"
        )
        return [Waiting(*row) for row in self._rows(sql, [now])]

    def text(self, key: str) -> str | None:
        """The text that a feed brought with an article."""
        rows = self._rows("SELECT text FROM items WHERE key = ?", [key])
        return str(rows[0][0]) if rows and rows[0][0] is not None else None

    def done(self, outcomes: Iterable[Outcome]) -> None:
        """What became of some articles."""
        with self._commit() as connection:
            connection.executemany(
                "UPDATE items SET state = ?, reason = ?, tries = ?, due = ?,"
                " text = CASE WHEN ? = 'waiting' THEN text END WHERE key = ?",
                [(o.state, o.reason, o.tries, o.due, o.state, o.key) for o in outcomes],
            )

    def counts(self) -> dict[str, int]:
        """Numbers of articles by state."""
        found = dict(self._rows("SELECT state, count(*) FROM items GROUP BY state", []))
        return {state: found.get(state, 0) for state in ("waiting", "kept", "aside")}

    def next_due(self) -> float | None:
        """When the next article is tried, in seconds since 1970, or None when none waits."""
        rows = self._rows("SELECT min(due) FROM items WHERE state = 'waiting'", [])
        return float(rows[0][0]) if rows[0][0] is not None else None

    def host(self, host: str) -> tuple[int, float]:
        """How often in a row a host was away, and until when it is left alone."""
        rows = self._rows("SELECT failures, until FROM hosts WHERE host = ?", [host])
        return (rows[0][0], rows[0][1]) if rows else (0, 0.0)

    def keep_host(self, host: str, failures: int, until: float) -> None:
        """That a host is away, or with 0 failures that it is back."""
        with self._commit() as connection:
            if failures:
                connection.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?)", (host, failures, until))
            else:
                connection.execute("DELETE FROM hosts WHERE host = ?", (host,))

    def host_is_back(self, host: str) -> None:
        """That a host gives what it is asked for again."""
        if self.host(host)[0]:
            self.keep_host(host, 0, 0.0)

    def robots(self, origin: str) -> tuple[float, bytes | None] | None:
        """When the robots.txt of a host was fetched, and what it was (None: it has none); None: never."""
        rows = self._rows("SELECT at, body FROM robots WHERE origin = ?", [origin])
        return (rows[0][0], rows[0][1]) if rows else None

    def keep_robots(self, origin: str, at: float, body: bytes | None) -> None:
        """A robots.txt that was fetched."""
        with self._commit() as connection:
            connection.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (origin, at, body))

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._connection.close()

    def _rows(self, sql: str, values: list[object]) -> list[tuple[Any, ...]]:
        with self._guard:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise _failed(self.name, error) from error

    @contextmanager
    def _commit(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                with self._connection:
                    yield self._connection
            except sqlite3.Error as error:
                raise _failed(self.name, error) from error


def open_state(path: Path | None) -> State:
    """The state in a file, which is made when it is not there; None: one in memory.

    Raises LedgerError when it cannot be read or made.
    """
    name = str(path or "the state in memory")
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path or ":memory:", timeout=30, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit is on the disk when it returns: a machine may lose its power, not only a process its life.
            connection.execute("PRAGMA synchronous = FULL")
            _check_version(connection, name)
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise _failed(name, error) from error
    return State(name, connection)


def _check_version(connection: sqlite3.Connection, name: str) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
        raise LedgerError("follow-state", f"{name} was made by a newer version of ujar", "upgrade ujar")


def _failed(name: str, error: Exception) -> LedgerError:
    return LedgerError(
        "follow-state",
        f"{name} cannot be read or written ({error})",
        "look at the disk; a damaged file may be moved away: the ledger knows its articles without it",
    )
