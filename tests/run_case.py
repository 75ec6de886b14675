"""News that kills whoever reads it, and a run over it that is a process of its own: ``python run_case.py NEWS LEDGER WORKERS``."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ujar.config import Config
from ujar.run import keep
from ujar.run.keep import Keeper
from ujar.run.processes import read_in_processes
from ujar.run.worker import analyzer
from ujar.store import Ledger, open_ledger

if TYPE_CHECKING:
    from ujar.read import Loaded
    from ujar.records import Analysis

RULES = Config(reader="rules", article_seconds=1)


def rows(count: int) -> list[dict[str, Any]]:
    """So many articles of a statement each, no two alike; every seventh is a copy in another outlet."""
    out = []
    for n in range(count):
        own = n if n % 7 else max(0, n - 3)
        text = (
            f'"Kami siap membangun jembatan nomor {own} untuk warga desa," kata Sari Wening, warga Desa Banyu {own}, Senin.'
            f" Ia menambahkan bahwa sungai {own} sudah {own + 3} kali meluap sejak tahun lalu dan merendam sawah."
        )
        day = f"2024-06-{1 + own % 28:02}"
        out.append({"id": f"n{n}", "url": f"n:{n:04}", "published": day, "publisher": f"Harian {n % 5}", "text": text})
    return out


def write(path: Path, articles: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in articles), encoding="utf-8")
    return path


def hostile(config: Config) -> Callable[[Loaded], Analysis]:
    """The reader, which some words end: with a status, by a signal, never, or only when they are met first."""
    read = analyzer(config)

    def read_or_die(loaded: Loaded) -> Analysis:
        assert loaded.article is not None
        text = loaded.article.text
        if "KELUAR" in text:
            os._exit(7)
        if "JATUH" in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        while "MACET" in text:
            time.sleep(0.01)
        if "SEKALI " in text:
            mark = Path(text.split("SEKALI ")[1].split()[0])
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if "PELAN" in text:
            time.sleep(0.02)
        return read(loaded)

    return read_or_die


def run(news: Path, ledger: Path, workers: int, *, again: bool = False, factory: Any = hostile) -> Keeper:
    keeper = Keeper(open_ledger(ledger, create=True), "test", again=again)
    keeper.keep(read_in_processes(keeper.fresh([str(news)], RULES), RULES, workers=workers, factory=factory))
    return keeper


def everything(ledger: Ledger) -> list[list[dict[str, Any]]]:
    """All rows of a ledger but when they were added."""
    return [
        ledger.ask("SELECT * EXCLUDE (added) FROM all_articles ORDER BY reading").to_pylist(),
        ledger.ask("SELECT * FROM all_statements ORDER BY id").to_pylist(),
        ledger.ask("SELECT * FROM all_events ORDER BY id").to_pylist(),
    ]


if __name__ == "__main__":
    # By its name: a worker must find there what it is to read with.
    import run_case

    keep.BATCH = 10
    run_case.run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
