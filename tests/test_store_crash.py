"""What a ledger holds when processes are killed, power goes, disks fill up, or two write at once.

A longer run: ``UJAR_KILLS=200 UJAR_KILL_SECONDS=3600 pytest tests/test_store_crash.py -s``, or ``python bench/ledger.py
crash --kills 200``.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")

from conftest import ROOT
from ledger_case import analysis, article, said, small, small_ledger

from ujar.errors import LedgerError
from ujar.store import Ledger, open_ledger, parts
from ujar.store.schema import TABLES

KILLS, SECONDS = int(os.environ.get("UJAR_KILLS", "200")), float(os.environ.get("UJAR_KILL_SECONDS", "8"))
SIZE = {"articles": 8, "statements": 10, "events": 7}

unix = pytest.mark.skipif(os.name == "nt", reason="forks and signals of Unix")


def one(name: str, text: str = "Kami siap, kata Sari Wening.") -> Any:
    return analysis(article(name, text, "2024-01-01", None), said(text, "Kami siap", speaker="Sari Wening"))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return small_ledger(tmp_path / "ledger")


@unix
def test_killed_at_any_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, ROOT / "bench" / "killing.py", tmp_path / "ledger", str(KILLS), str(SECONDS)]
    ran = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=SECONDS + 120, check=True)
    counts = json.loads(ran.stdout)
    with capsys.disabled():
        print(f"\nkilled: {counts}")
    assert counts["in_commit"] >= 1
    assert counts["in_merge"] >= 1
    assert counts["acknowledged"] > 0
    assert counts["asked"] > 0
    for name in ("lost", "half", "twice", "damaged", "failed"):
        assert counts[name] == 0, counts


@pytest.mark.parametrize("left", ["nothing", "half a file", "all but the head", "half a head", "all"])
def test_power_cut_in_a_commit(ledger: Ledger, left: str) -> None:
    """A commit that never came to its end, in every state in which the disk may be afterwards."""
    (whole,) = (ledger.folder / "parts").iterdir()
    aside = ledger.folder / "unfinished" / "20990101T000000000000-aaaaaa"
    aside.mkdir(parents=True)
    if left != "nothing":
        for file in whole.iterdir():
            content = file.read_bytes()
            if file.name == "part.json":
                content = content[: len(content) // 2] if left == "half a head" else content if left == "all" else b""
            elif left == "half a file":
                content = content[: len(content) // 2]
            if content:
                (aside / file.name).write_bytes(content)
    for again in (ledger, open_ledger(ledger.folder)):
        assert again.size() == SIZE
        assert again.check() == ()
    ledger.keep([one("x")], engine="test")
    ledger.tidy()
    assert not aside.exists()
    assert ledger.size() == {"articles": 9, "statements": 11, "events": 7}


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("rest", [0.0, 0.5, 0.999])
def test_a_cut_off_file_takes_nothing_else_with_it(ledger: Ledger, table: str, rest: float) -> None:
    """Worse than a power cut may do after a commit was flushed: the last file is cut off all the same."""
    ledger.keep([one("x")], engine="test")
    file = max((ledger.folder / "parts").iterdir()) / f"{table}.parquet"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * rest)])
    again = open_ledger(ledger.folder)
    assert again.size() == SIZE
    assert [p.slug for p in again.check()] == ["damaged-part"]
    assert again.keep([one("x")], engine="test").articles == 1
    assert again.size() == {"articles": 9, "statements": 11, "events": 7}


@unix
def test_everything_is_on_the_disk_before_it_is_acknowledged(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is flushed, then its folder, then the folder into which it is moved; only then keep returns."""
    steps: list[str] = []
    flush, rename = parts.flush, Path.rename

    def flushed(path: Path) -> None:
        steps.append(f"flush {path.name[:8]}" if path.suffix or path.name == "parts" else "flush part")
        flush(path)

    def renamed(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(parts, "flush", flushed)
    monkeypatch.setattr(Path, "rename", renamed)
    ledger.keep([one("x")], engine="test")
    assert steps == [
        "flush articles", "flush statemen", "flush events.p", "flush part.jso", "flush part", "rename", "flush parts",
    ]  # fmt: skip


@pytest.mark.parametrize("broken", ["write_table", "mkdir", "flush", "open", "rename"])
@pytest.mark.parametrize("call", [0, 1, 2, 5])
def test_a_full_disk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, broken: str, call: int) -> None:
    """The disk is full at any step: a clear error, nothing half-written, what was kept is safe, and it goes on later."""
    calls = 0

    def failing(real: Any) -> Any:
        def maybe(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            # Of opening, only that for writing.
            calls += broken != "open" or "w" in arguments
            if calls == call + 1 and (broken != "open" or "w" in arguments):
                if broken == "write_table":
                    Path(arguments[1]).write_bytes(b"PAR1 and no more")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **more)

        return maybe

    with monkeypatch.context() as full:
        if broken == "write_table":
            full.setattr(parts.pq, "write_table", failing(parts.pq.write_table))
        elif broken == "flush":
            full.setattr(parts, "flush", failing(parts.flush))
        else:
            full.setattr(Path, broken, failing(getattr(Path, broken)))
        error = None
        try:
            ledger.keep([one("x")], engine="test")
        except LedgerError as caught:
            error = caught
    assert (error is not None) == (calls > call)
    if error:
        assert error.slug == "ledger-not-written"
        assert "No space left" in error.message
        assert error.next_step
    assert open_ledger(ledger.folder).check() == ()
    assert not list((ledger.folder / "unfinished").iterdir())
    if error:
        assert ledger.size() == SIZE
        assert not ledger.holds(one("x").article)
    ledger.keep([one("x")], engine="test")
    assert ledger.size() == {"articles": 9, "statements": 11, "events": 7}


def test_a_commit_that_can_neither_be_flushed_nor_taken_back(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there then, and that is said."""
    flush, rename = parts.flush, Path.rename

    def failing(path: Path) -> None:
        if path.name == "parts":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        flush(path)

    def there_only(path: Path, target: Path) -> Path:
        if target.parent.name == "unfinished":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    with monkeypatch.context() as broken:
        broken.setattr(parts, "flush", failing)
        broken.setattr(Path, "rename", there_only)
        with pytest.raises(LedgerError, match="is there, but the disk did not confirm it"):
            ledger.keep([one("x")], engine="test")
    assert ledger.size()["articles"] == 9


@unix
def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """A limit that the system sets, met in the middle of a file."""
    code = """
import json, resource, signal, sys
sys.path.insert(0, sys.argv[2])
from ledger_case import analysis, article, small_ledger
from pathlib import Path
from ujar.errors import LedgerError
ledger = small_ledger(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import random
words = " ".join(str(random.random()) for _ in range(20000))
large = analysis(article("x", words, "2024-01-01", None))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
try:
    ledger.keep([large], engine="test")
    error = None
except LedgerError as caught:
    error = [caught.slug, caught.message]
size = ledger.size()
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
kept = ledger.keep([large], engine="test").articles
print(json.dumps([error, size, kept, ledger.size()]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "ledger"), str(ROOT / "tests")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    error, size, kept, after = json.loads(ran.stdout)
    assert error[0] == "ledger-not-written"
    assert "File too large" in error[1]
    assert size == SIZE
    assert kept == 1
    assert after["articles"] == 9


def test_two_writers_at_once(tmp_path: Path) -> None:
    """Both make the ledger, keep the same articles and some of their own, and merge."""
    code = """
import sys
sys.path.insert(0, sys.argv[2])
from ledger_case import analysis, article
from pathlib import Path
from ujar.store import open_ledger
ledger = open_ledger(Path(sys.argv[1]), create=True)
own = sys.argv[3]
for n in range(6):
    names = [f"both {n}", f"{own} {n}", f"both {5 - n}"]
    ledger.keep([analysis(article(m, f"Teks {m}.", "2024-01-01", None)) for m in names], engine="test")
    ledger.tidy(everything=n % 3 == 2)
"""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "ledger"), str(ROOT / "tests"), own],
            stderr=subprocess.PIPE,
            text=True,
        )
        for own in ("one", "two")
    ]
    for writer in writers:
        _, faults = writer.communicate(timeout=120)
        assert writer.returncode == 0, faults
    ledger = open_ledger(tmp_path / "ledger")
    assert ledger.check() == ()
    names = ledger.ask("SELECT article FROM all_articles ORDER BY article")["article"].to_pylist()
    assert names == sorted([f"{who} {n}" for who in ("both", "one", "two") for n in range(6)])


def test_a_writer_in_the_same_process_waits_for_the_other(tmp_path: Path) -> None:
    from threading import Thread

    ledgers = [open_ledger(tmp_path / "ledger", create=True) for _ in range(2)]
    threads = [Thread(target=own.keep, args=(small().values(),), kwargs={"engine": "test"}) for own in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [own.size() for own in ledgers] == [SIZE, SIZE]
    assert ledgers[0].ask("SELECT count(*) AS n FROM all_articles")["n"].to_pylist() == [8]
