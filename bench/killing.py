"""What a ledger keeps when who writes it is killed: run by ``python bench/ledger.py crash`` and by the tests.

One process keeps articles, changes some, and merges parts, over and over, and says after each commit what was kept; it is
killed with SIGKILL at a random moment, the first two within a commit and within a merge. Another one asks without a pause. After each kill a third looks whether everything
that was acknowledged is there, whole, and once.

All of them are forked from this process, which itself never opens a ledger: a start of Python for each would take most of
the time.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ujar.actors import resolve
from ujar.records import Analysis, Article, Event, Party, Span, Statement
from ujar.store import open_ledger
from ujar.store.rows import article_key, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

# What the first writers have begun when they are killed at once, so that a short run has seen both.
_FIRST = (b"keep", b"tidy")
# Longest time that another writer has, seconds, and how many of them have it after their first commit.
_LONGEST, _LATER = 0.8, 0.85


@dataclass(slots=True)
class Counts:
    """What came of it.

    Attributes:
        kills: writers killed.
        in_commit: of these, killed while a commit was being written.
        in_merge: of these, killed while parts were merged.
        acknowledged: rows (articles, statements, events) of readings that were acknowledged.
        lost: of these, those that were not there afterwards.
        half: readings that were there without all their statements and events.
        twice: articles with more than one current reading.
        damaged: parts that were damaged.
        asked: questions that the reader put meanwhile.
        failed: those that failed, or saw half a reading or fewer articles than before.
    """

    kills: int = 0
    in_commit: int = 0
    in_merge: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    twice: int = 0
    damaged: int = 0
    asked: int = 0
    failed: int = 0


def made(name: str, version: int) -> Analysis:
    """A reading of two statements and one event."""
    text = f"Rusia mengancam Ukraina, kata warga {name}. Kami siap {version} kali, ujarnya."
    actor = [
        Party(Span(0, 5), "Rusia", actor=resolve("Rusia")),
        Party(Span(16, 23), "Ukraina", actor=resolve("Ukraina")),
    ]
    day = date(2024, 1, 1) + timedelta(days=len(name) % 9)
    return Analysis(
        Article(name, text, published=day, outlet="Harian Uji"),
        (
            Statement((Span(0, 23),), "indirect", speaker=f"warga {name}"),
            Statement((Span(text.index("Kami"), text.index(" kali")),), "indirect", speaker="Rusia"),
        ),
        events=(Event("THREATEN", None, "actual", Span(6, 15), (actor[0],), (actor[1],)),),
        sentences=(Span(0, text.index(". ") + 1), Span(text.index("Kami"), len(text))),
    )


def write(folder: Path, seed: int, out: int) -> None:
    """Keep and merge until killed; each commit is told once it is acknowledged."""
    rng = random.Random(seed)  # noqa: S311 - a test
    ledger = open_ledger(folder, create=True)
    number = 0
    while True:
        batch = [made(f"{seed}-{number + n}", 0) for n in range(rng.randint(1, 4))]
        number += len(batch)
        if number > 4 and rng.random() < 0.5:
            batch.append(made(f"{seed}-{rng.randrange(number - 4)}", number))
        os.write(out, b"keep\n")
        ledger.keep(batch, engine="killing")
        done = [[article_key(a.article), fingerprint(a.article)] for a in batch]
        os.write(out, f"kept {json.dumps(done)}\n".encode())
        if rng.random() < 0.4:
            os.write(out, b"tidy\n")
            ledger.tidy(everything=rng.random() < 0.7)
            os.write(out, b"done\n")


def read(folder: Path, out: int, stop: int) -> None:
    """Ask without a pause until told to stop; what was asked and what failed."""
    counts, last, faults = Counts(), 0, list[str]()
    ledger = None
    while not select.select([stop], [], [], 0)[0]:
        if not (folder / "ledger.json").exists():
            continue
        counts.asked += 1
        try:
            if ledger is None or counts.asked % 10 == 0:
                ledger = open_ledger(folder)
            (row,) = ledger.ask(
                "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM statements) AS have,"
                " (SELECT coalesce(sum(statements), 0) FROM articles) AS want"
            ).to_pylist()
            listed = ledger.statements(sort="-day", limit=3).num_rows
            if row["have"] != row["want"] or row["articles"] < last or listed < min(3, last):
                counts.failed += 1
                faults.append(f"{row} after {last}, {listed} listed")
            last = row["articles"]
            if ledger.problems:
                counts.damaged += 1
        except BaseException as error:  # noqa: BLE001 - counting them is the point
            counts.failed += 1
            faults.append(repr(error))
        # Room for the others.
        time.sleep(0.01)
    os.write(out, json.dumps([asdict(counts), faults[:5]]).encode())


def check(folder: Path, acknowledged: list[list[str]], out: int) -> None:
    """Look whether all is there, whole and once."""
    counts = Counts()
    ledger = open_ledger(folder, create=True)
    have = {
        (a["article"], a["fingerprint"]): a
        for a in ledger.ask("SELECT article, fingerprint, reading, statements, events FROM all_articles").to_pylist()
    }
    rows = {
        table: dict(
            tuple(r.values())
            for r in ledger.ask(f"SELECT reading, count(*) AS n FROM all_{table} GROUP BY reading").to_pylist()  # noqa: S608
        )
        for table in ("statements", "events")
    }
    for key, mark in acknowledged:
        counts.acknowledged += 4
        found = have.get((key, mark))
        if found is None:
            counts.lost += 4
        else:
            name = found["reading"]
            counts.lost += max(0, 2 - rows["statements"].get(name, 0)) + max(0, 1 - rows["events"].get(name, 0))
    for own in have.values():
        counts.half += any(rows[t].get(own["reading"], 0) != own[t] for t in rows)
    counts.twice = ledger.ask("SELECT article FROM articles GROUP BY article HAVING count(*) > 1").num_rows
    counts.damaged = len(ledger.check())
    os.write(out, json.dumps(asdict(counts)).encode())


def forked(work: Callable[..., None], *arguments: Any) -> tuple[int, int]:
    """A process that does some work with a pipe as its last argument; its number, and where to read."""
    get, put = os.pipe()
    child = os.fork()
    if child:
        os.close(put)
        return child, get
    os.close(get)
    code = 1
    try:
        work(*arguments, put)
        code = 0
    finally:
        os._exit(code)


def told(pipe: int) -> bytes:
    """All that comes out of a pipe until its other end is closed."""
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def until_told(pipe: int, word: bytes) -> bytes:
    """What comes out of a pipe until a word does, or it is closed."""
    said = b""
    while word not in said and (more := os.read(pipe, 65536)):
        said += more
    return said


def run(folder: Path, *, kills: int, seconds: float, seed: int = 1) -> tuple[Counts, list[str]]:
    """Kill so many writers, or as many as there is time for, but two; the counts, and the first faults of the reader."""
    rng = random.Random(seed)  # noqa: S311 - a test
    # What every writer needs is loaded once.
    made("x", 0)
    counts = Counts()
    acknowledged: list[list[str]] = []
    stop, end = os.pipe()
    reader, reading = forked(lambda path, out: read(path, out, stop), folder)
    until = time.monotonic() + seconds
    try:
        while counts.kills < kills and (time.monotonic() < until or counts.kills < len(_FIRST)):
            writer, pipe = forked(write, folder, seed * 1_000_000 + counts.kills)
            if counts.kills < len(_FIRST):
                said = until_told(pipe, _FIRST[counts.kills])
            else:
                # Most are killed after their first commit, some before.
                said = until_told(pipe, b"kept" if rng.random() < _LATER else b"keep")
                time.sleep(rng.uniform(0, _LONGEST))
            os.kill(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
            lines = (said + told(pipe)).decode().splitlines()
            counts.kills += 1
            counts.in_commit += bool(lines) and lines[-1] == "keep"
            counts.in_merge += bool(lines) and lines[-1] == "tidy"
            for line in lines:
                if line.startswith("kept "):
                    with suppress(ValueError):  # the last line may be cut off: then it was not acknowledged
                        acknowledged += json.loads(line[5:])
            checker, pipe = forked(check, folder, acknowledged)
            found = json.loads(told(pipe) or b"{}")
            os.waitpid(checker, 0)
            if not found:
                counts.failed += 1
            counts.acknowledged = max(counts.acknowledged, found.get("acknowledged", 0))
            for name in ("lost", "half", "twice", "damaged"):
                setattr(counts, name, getattr(counts, name) + found.get(name, 0))
    finally:
        os.write(end, b"stop")
    asked, faults = json.loads(told(reading) or b'[{"asked": 0, "failed": 1, "damaged": 0}, ["the reader died"]]')
    os.waitpid(reader, 0)
    counts.asked += asked["asked"]
    counts.failed += asked["failed"]
    counts.damaged += asked["damaged"]
    return counts, faults


if __name__ == "__main__":
    found, faults = run(Path(sys.argv[1]), kills=int(sys.argv[2]), seconds=float(sys.argv[3]))
    print(json.dumps({**asdict(found), "faults": faults}))
