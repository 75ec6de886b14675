"""Runs on a Ray cluster: two workers on this machine, and what goes wrong there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("ray", reason="Ray is not installed (pip install 'ujar[ray]')")

from conftest import ROOT
from run_case import RULES, everything, hostile, rows, run, write

from ujar.errors import TableError
from ujar.read import Loaded
from ujar.records import Article
from ujar.run.keep import Keeper
from ujar.store import open_ledger

# Ray warns of its own future and leaves sockets to the collector.
pytestmark = pytest.mark.filterwarnings("ignore")

HERE = ROOT / "tests"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two workers."""
    import ray

    environment = {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="error",
        runtime_env={"env_vars": environment},
    )
    yield ray
    ray.shutdown()


def on_ray(news: Path, ledger: Path) -> Keeper:
    from ujar.run.ray_data import read_on_ray

    keeper = Keeper(open_ledger(ledger, create=True), "test")
    keeper.keep(read_on_ray(keeper.fresh([str(news)], RULES), RULES, workers=2, factory=hostile))
    return keeper


def test_the_same_rows_as_on_one_machine(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles that kill among them; in several data sets."""
    monkeypatch.setattr("ujar.run.keep.BATCH", 20)
    monkeypatch.setattr("ujar.run.ray_data._ARTICLES", 60)
    own = rows(150)
    own[17]["text"] += " KELUAR"
    own[101]["text"] += " MACET"
    news = write(tmp_path / "news.jsonl", own)
    tally = on_ray(news, tmp_path / "ray").tally
    assert (tally.articles, tally.aside, tally.known) == (150, 2, 0)
    run(news, tmp_path / "processes", 2)
    assert everything(open_ledger(tmp_path / "ray")) == everything(open_ledger(tmp_path / "processes"))
    assert on_ray(news, tmp_path / "ray").tally.known == 150


def processes(word: str) -> list[int]:
    """Processes of this machine whose command line has a word."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if word in (folder / "cmdline").read_bytes().decode("utf-8", "replace"):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_an_actor_killed_in_mid_run(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray starts another and does its work anew: everything is kept, and once."""
    monkeypatch.setattr("ujar.run.keep.BATCH", 20)
    own = rows(200)
    for row in own:
        row["text"] += " PELAN"
    news = write(tmp_path / "news.jsonl", own)
    from ujar.run.ray_data import read_on_ray

    keeper = Keeper(open_ledger(tmp_path / "ray", create=True), "test")
    killed = []

    def killing() -> Iterator[Any]:
        for number, result in enumerate(
            read_on_ray(keeper.fresh([str(news)], RULES), RULES, workers=2, factory=hostile)
        ):
            if number == 20:
                actors = [p for p in processes("ray::") if "MapWorker" in Path(f"/proc/{p}/cmdline").read_text()]
                os.kill(actors[0], signal.SIGKILL)
                killed.append(actors[0])
            yield result

    keeper.keep(killing())
    assert killed
    assert (keeper.tally.articles, keeper.tally.aside) == (200, 0)
    run(news, tmp_path / "processes", 2)
    assert everything(open_ledger(tmp_path / "ray")) == everything(open_ledger(tmp_path / "processes"))


def damaged(config: Any) -> Any:
    raise TableError("bad-table", "a table is damaged", "install ujar again")


def test_a_damaged_model_ends_the_run(cluster: Any) -> None:
    from ujar.run.ray_data import read_on_ray

    with pytest.raises(TableError, match="a table is damaged"):
        list(read_on_ray([Loaded(Article("a", "Teks."))], RULES, workers=1, factory=damaged))


def test_no_cluster_where_one_should_be() -> None:
    """Told at once, and none is started in its place. In a process of its own: this one may be in a cluster."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    code = "from ujar.config import Config; from ujar.run.ray_data import read_on_ray; list(read_on_ray([], Config()))"
    environment = {**os.environ, "RAY_ADDRESS": f"127.0.0.1:{free}"}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert f"no Ray cluster could be reached or started (127.0.0.1:{free}: " in ran.stderr


def test_driver_killed_and_resumed(tmp_path: Path) -> None:
    """The command itself, with a cluster that it starts: killed with SIGKILL, then given again."""
    own = rows(600)
    news = write(tmp_path / "news.jsonl", own)
    add = [sys.executable, "-m", "ujar", "add", str(news), "--ledger", str(tmp_path / "ledger"), "--reader", "rules"]
    add += ["--engine", "ray", "--workers", "2"]
    environment = {k: v for k, v in os.environ.items() if k != "RAY_ADDRESS"}
    started = subprocess.Popen(add, env=environment, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while not list((tmp_path / "ledger").glob("parts/*")) and time.monotonic() < until:
        time.sleep(0.02)
    before = started.poll()
    started.kill()
    _, err = started.communicate()
    assert before is None, err
    assert 0 < open_ledger(tmp_path / "ledger").size()["articles"] <= 600
    ran = subprocess.run(add, env=environment, capture_output=True, text=True, timeout=180)
    assert ran.returncode == 0, ran.stderr
    ledger = open_ledger(tmp_path / "ledger")
    assert ledger.ask("SELECT * FROM all_articles").num_rows == 600
    assert ledger.ask("SELECT article FROM articles ORDER BY added")["article"].to_pylist() == [r["url"] for r in own]
