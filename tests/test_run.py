"""Runs in several processes: order, killed workers, articles that kill, a run that is killed and taken up again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")

from conftest import ROOT
from run_case import RULES, everything, hostile, rows, run, write

from ujar import cli
from ujar.config import Config
from ujar.errors import TableError, UjarError
from ujar.read import Loaded
from ujar.records import Analysis, Article, Problem
from ujar.run.keep import Keeper
from ujar.run.processes import SHARD, Pool, read_in_processes
from ujar.run.progress import Pace, count_articles
from ujar.store import open_ledger

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
unix = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")


@pytest.fixture
def small_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ujar.run.keep.BATCH", 10)


def in_order(ledger: Path) -> list[str]:
    names: list[str] = open_ledger(ledger).ask("SELECT article FROM articles ORDER BY added")["article"].to_pylist()
    return names


def ids(count: int) -> list[str]:
    return [f"n:{n:04}" for n in range(count)]


# The same whatever reads


@pytest.mark.usefixtures("small_commits")
def test_results_do_not_depend_on_the_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor on whether there are any; bad lines, articles given twice and changed ones among them."""
    own = rows(75)
    changed = {**own[20], "id": "a", "text": own[20]["text"].replace("siap", "belum siap")}
    again = [{**own[n], "id": f"b{n}"} for n in (3, 40, 1)]
    news = write(tmp_path / "news.jsonl", [*own[:30], again[0], {"id": "leer"}, changed, *own[30:], *again[1:]])
    made = []
    for workers in ("", "1", "2", "3"):
        more = ["--workers", workers] if workers else []
        folder = tmp_path / f"ledger{workers}"
        monkeypatch.setattr(
            sys, "argv", ["ujar", "add", str(news), "--ledger", str(folder), "--reader", "rules", *more]
        )
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 3
        assert sorted(in_order(folder)) == ids(75)
        made.append(everything(open_ledger(folder)))
    # The changed one, and its older reading.
    assert len(made[0][0]) == 76
    assert len(made[0][1]) >= 76
    assert any(a["story"] != a["reading"] for a in made[0][0])
    assert made[1:] == [made[0]] * 3


def test_what_goes_in_comes_out_in_its_order(tmp_path: Path) -> None:
    """Slow ones among quick ones, and problems between them."""
    loaded: list[Loaded] = []
    for n in range(100):
        text = "PELAN saja, kata Sari." if n % 13 == 0 else "Kami siap, kata Sari."
        if n % 10 == 4:
            loaded.append(Loaded(None, (Problem("empty", "read", "nothing", str(n)),)))
        else:
            loaded.append(Loaded(Article(str(n), text)))
    out = list(read_in_processes(loaded, RULES, workers=3, factory=hostile))
    names = [r.article.id if isinstance(r, Analysis) else r.article_id for r in out]
    assert names == [str(n) for n in range(100)]
    assert list(read_in_processes([], RULES, workers=2)) == []


def test_little_is_under_way_at_a_time() -> None:
    """A source without an end is read no further than the results are taken: memory does not grow."""
    given = 0

    def endless() -> Iterator[Loaded]:
        nonlocal given
        while True:
            given += 1
            yield Loaded(Article(str(given), "Kami siap, kata Sari."))

    results = read_in_processes(endless(), RULES, workers=2, factory=hostile)
    for _ in range(20):
        next(results)
    time.sleep(0.3)
    assert given <= 20 + 2 * SHARD * 5
    results.close()  # type: ignore[attr-defined]


def test_long_articles_count_by_their_length() -> None:
    given = 0

    def long() -> Iterator[Loaded]:
        nonlocal given
        for n in range(40):
            given += 1
            yield Loaded(Article(str(n), "MACET " * 300_000))

    results = read_in_processes(long(), Config(reader="rules", article_seconds=1), workers=1, factory=hostile)
    assert isinstance(next(results), Analysis)
    assert given <= 5
    results.close()  # type: ignore[attr-defined]


# What goes wrong


@unix
@pytest.mark.usefixtures("small_commits")
def test_an_article_that_kills_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    own = rows(60)
    own[5]["text"] += " KELUAR"
    own[6]["text"] += " JATUH"
    own[30]["text"] += " MACET"
    own[40]["text"] += f" SEKALI {tmp_path / 'mark'} "
    news = write(tmp_path / "news.jsonl", own)
    made = []
    for workers in (1, 2):
        (tmp_path / "mark").unlink(missing_ok=True)
        folder = tmp_path / f"ledger{workers}"
        tally = run(news, folder, workers).tally
        assert (tally.articles, tally.aside, tally.known, tally.faulty) == (60, 3, 0, 0)
        ledger = open_ledger(folder)
        assert ledger.size()["articles"] == 60
        aside = {
            row["article"]: row["problems"][-1]["message"].split(" article ")[1]
            for row in ledger.ask("SELECT article, problems FROM articles WHERE statements = 0").to_pylist()
        }
        assert aside == {
            "n:0005": "ended with status 7; it is set aside",
            "n:0006": "ended with signal 11; it is set aside",
            "n:0030": "took longer than 1 s; it is set aside",
        }
        made.append(everything(ledger))
        # The same command again does not try them again; --again does, and --again after that, too.
        assert run(news, folder, 1).tally.known == 60
    assert made[0] == made[1]
    tried = run(news, folder, 3, again=True).tally
    assert (tried.articles, tried.known) == (0, 60)
    # Whoever reads them without harm takes their place.
    mended = run(news, folder, 1, again=True, factory=quiet).tally
    assert (mended.articles, mended.changed, mended.aside, mended.known) == (3, 3, 0, 57)
    assert open_ledger(folder).ask("SELECT * FROM articles WHERE statements = 0").num_rows == 0


def quiet(config: Config) -> Any:
    from ujar.run.worker import analyzer

    return analyzer(config)


@unix
def test_a_reading_that_is_there_is_never_replaced_by_none(tmp_path: Path) -> None:
    own = rows(3)
    own[1]["text"] += " KELUAR"
    news = write(tmp_path / "news.jsonl", own)
    keeper = Keeper(open_ledger(tmp_path / "ledger", create=True), "older")
    keeper.keep(read_in_processes(keeper.fresh([str(news)], RULES), RULES, workers=1))
    tally = run(news, tmp_path / "ledger", 1, again=True).tally
    assert (tally.articles, tally.changed, tally.known) == (2, 2, 1)
    assert open_ledger(tmp_path / "ledger").ask("SELECT * FROM articles WHERE statements = 0").num_rows == 0


@unix
@pytest.mark.usefixtures("small_commits")
def test_workers_killed_from_outside_in_mid_run(tmp_path: Path) -> None:
    """By the system for want of memory, say: no article is lost or set aside for it."""
    own = rows(80)
    for row in own:
        row["text"] += " PELAN"
    news = write(tmp_path / "news.jsonl", own)
    # On a busy machine a worker may stand still for the second that RULES allows.
    patient = replace(RULES, article_seconds=60)
    pool = Pool(patient, 2, hostile)
    keeper = Keeper(open_ledger(tmp_path / "ledger", create=True), "test")
    kills = [55, 30, 12]

    def killing() -> Iterator[Analysis | Problem]:
        for number, result in enumerate(pool.read(keeper.fresh([str(news)], patient))):
            # Not one at what another was killed at: that would be set aside, and rightly.
            victims = [w for w in pool._running if w.process.poll() is None and not any(t.deaths for t in w.tasks)]
            if kills and number >= kills[-1] and victims:
                kills.pop()
                victims[0].process.kill()
            yield result

    try:
        keeper.keep(killing())
    finally:
        pool.close()
    assert not kills
    assert (keeper.tally.articles, keeper.tally.aside) == (80, 0)
    assert in_order(tmp_path / "ledger") == ids(80)
    run(news, tmp_path / "quiet", 1)
    assert everything(open_ledger(tmp_path / "ledger")) == everything(open_ledger(tmp_path / "quiet"))


@unix
def test_a_worker_that_dies_idle_costs_no_article_a_try(tmp_path: Path) -> None:
    """It is given an article before its death is noticed; that the article then ends another is its first time."""
    text = f"SEKALI {tmp_path / 'mark'} Kami siap, kata Sari Wening, Senin."
    pool = Pool(RULES, 1, hostile)
    try:
        assert len(list(pool.read([Loaded(Article("a", "Kami siap, kata Sari Wening."))]))) == 1
        pool._running[0].process.kill()
        pool._running[0].process.wait()
        (found,) = pool.read([Loaded(Article("b", text))])
    finally:
        pool.close()
    assert isinstance(found, Analysis)
    assert (tmp_path / "mark").exists()
    assert "killed-worker" not in {p.slug for p in found.problems}
    assert found.statements


def no_models(config: Config) -> Any:
    raise TableError("bad-table", "a table is damaged", "install ujar again")


def damaged(config: Config) -> Any:
    def read(loaded: Loaded) -> Analysis:
        raise TableError("bad-table", "a table is damaged", "install ujar again")

    return read


def never_starts(config: Config) -> Any:
    os._exit(9)


@pytest.mark.parametrize("factory", [no_models, damaged])
def test_a_damaged_model_ends_the_run(factory: Any) -> None:
    with pytest.raises(TableError, match="a table is damaged") as told:
        list(read_in_processes([Loaded(Article("a", "Teks."))], RULES, workers=2, factory=factory))
    assert told.value.next_step == "install ujar again"


def test_workers_that_cannot_start_are_not_started_for_ever() -> None:
    with pytest.raises(UjarError, match=r"3 worker processes in a row ended .*status 9") as told:
        list(read_in_processes([Loaded(Article("a", "Teks."))], RULES, workers=1, factory=never_starts))
    assert told.value.slug == "no-workers"


def prints(config: Config) -> Any:
    def read(loaded: Loaded) -> Analysis:
        os.write(1, b"noise")
        print("more noise")
        assert loaded.article is not None
        threads = os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]
        return Analysis(loaded.article, (), (Problem("x", "run", " ".join(threads), "a"),))

    return read


def test_what_a_library_prints_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    (found,) = read_in_processes([Loaded(Article("a", "Teks."))], RULES, workers=1, factory=prints)
    assert isinstance(found, Analysis)
    assert found.problems[0].message == "1 1"


# Stopped and taken up again


def alive(mark: str) -> list[int]:
    """Processes that were started, by themselves or their parents, with a mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark.encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


@linux
def test_killed_at_any_moment_and_taken_up_again(tmp_path: Path) -> None:
    """Five times with SIGKILL; no worker outlives it, nothing is lost, nothing is there twice."""
    rng = random.Random(7)
    own = rows(120)
    for row in own:
        row["text"] += " PELAN"
    own[11]["text"] += " KELUAR"
    own[90]["text"] += " JATUH"
    news = write(tmp_path / "news.jsonl", own)
    mark = uuid.uuid4().hex
    command = [sys.executable, str(ROOT / "tests" / "run_case.py"), str(news), str(tmp_path / "ledger"), "2"]
    environment = {**os.environ, "UJAR_TEST_MARK": mark}
    kills = 0
    for _ in range(5):
        started = subprocess.Popen(command, env=environment)
        until = time.monotonic() + rng.uniform(0.3, 2.5)
        while started.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        kills += started.poll() is None
        started.kill()
        started.wait()
        until = time.monotonic() + 10
        while alive(mark) and time.monotonic() < until:
            time.sleep(0.02)
        assert alive(mark) == []
    assert kills >= 3
    subprocess.run(command, env=environment, check=True, timeout=120)
    ledger = open_ledger(tmp_path / "ledger")
    assert ledger.check() == ()
    # Those that were set aside are kept behind the others of their commit.
    whole = ledger.ask("SELECT article FROM articles WHERE statements > 0 ORDER BY added")["article"].to_pylist()
    assert whole == [name for name in ids(120) if name not in ("n:0011", "n:0090")]
    assert ledger.ask("SELECT * FROM all_articles").num_rows == 120
    assert ledger.ask("SELECT * FROM articles WHERE statements = 0").num_rows == 2
    run(news, tmp_path / "quiet", 1)
    counts = "SELECT count(*) AS n FROM all_statements"
    assert ledger.ask(counts).to_pylist() == open_ledger(tmp_path / "quiet").ask(counts).to_pylist()


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    """What was read is kept, no worker is left, and the same command goes on."""
    own = rows(900)
    news = write(tmp_path / "news.jsonl", own)
    mark = uuid.uuid4().hex
    add = ["-m", "ujar", "add", str(news), "--ledger", str(tmp_path / "ledger"), "--reader", "rules", "--workers", "2"]
    started = subprocess.Popen(
        [sys.executable, *add],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "UJAR_TEST_MARK": mark},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads are needed in it
    )
    until = time.monotonic() + 60
    while not list((tmp_path / "ledger").glob("parts/*")) and time.monotonic() < until:
        time.sleep(0.01)
    started.send_signal(number)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130, err
    assert "Traceback" not in err
    assert err.rstrip().endswith("ujar: stopped")
    assert alive(mark) == []
    told = int(err.split("kept ")[1].split()[0]) + int(err.split("; ")[1].split()[0])
    assert 0 < told <= 900
    assert open_ledger(tmp_path / "ledger").size()["articles"] == told
    ran = subprocess.run([sys.executable, *add], capture_output=True, text=True, timeout=120)
    assert f"kept {900 - told} articles" in ran.stderr
    assert ran.stderr.rstrip().endswith(f"{told} there already")
    assert in_order(tmp_path / "ledger") == ids(900)


# How far a run is


def test_pace() -> None:
    pace = Pace()
    assert str(pace) == "0 articles"
    for second in range(60):
        pace.reached(1000 + 50 * second, read=50 * second, now=float(second))
    assert pace.rate == pytest.approx(50)
    assert str(pace) == "3,950 articles, 50 a second"
    pace.total = 23_950
    assert str(pace) == "3,950 of 23,950 articles, 50 a second, 6 min 40 s left"
    pace.total = 1_003_950
    assert str(pace).endswith("5 h 33 min left")


def test_articles_are_counted_where_that_is_little_work(tmp_path: Path) -> None:
    import gzip

    lines = write(tmp_path / "a.jsonl", rows(5))
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(lines.read_bytes().rstrip(b"\n")))
    page = tmp_path / "c.html"
    page.write_text("<p>Teks</p>")
    assert count_articles([str(lines), str(packed), str(page)]) == 11
    assert count_articles([str(tmp_path)]) is None
    assert count_articles([str(lines), "https://example.com/a"]) is None
    assert count_articles(["-"]) is None
