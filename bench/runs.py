"""Runs over many articles: how much quicker two processes are than one, what memory a run takes, and what kills cost.

usage: python bench/runs.py scale [--limit N] [--reader rules] [--ray]
       python bench/runs.py kill [--limit N] [--kills K]
       python bench/runs.py known [--articles N]
       python bench/runs.py long [--articles N] [--words N] [--reader rules] [--folder FOLDER]

``scale`` reads the same articles with each engine, every run a process of its own, and compares all rows of the ledgers.
``kill`` ends a run with SIGKILL at random moments, takes it up again, and counts what is lost or there twice. ``known`` gives
a run articles that its ledger holds already. ``long`` reads the raw news over and over, each time with other words, days and
addresses, by two workers, and tells for each tenth of the articles how quickly it was kept and what memory all processes
together had at most.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

import numpy as np
import pyarrow as pa

from corpora import raw_articles
from ujar.records import Analysis, Article
from ujar.run.keep import Keeper
from ujar.store import Ledger, open_ledger
from ujar.store.parts import write_part
from ujar.store.rows import fingerprint, rows_of
from ujar.store.schema import TABLES, arrow_schema

# Longest time that a run has before it is killed, in seconds.
_KILLED_AFTER = 8.0
# So many of the words in small letters are exchanged when an article comes again: no copy of what was there before.
_EXCHANGED = 0.3
# Days that the articles of a long run are spread over.
_DAYS = 1600


def news(folder: Path, limit: int) -> Path:
    """So many articles of the raw news as a file."""
    path = folder / "news.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in raw_articles(limit):
            file.write(json.dumps(row) + "\n")
    return path


def command(path: Path, ledger: Path, reader: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "ujar", "add", str(path), "--ledger", str(ledger), "--reader", reader, *more]


def timed(arguments: list[str]) -> dict[str, Any]:
    """Seconds on the wall and on the CPUs that a command takes with its workers, and its last words."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": time.perf_counter() - start,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "told": ran.stderr.splitlines()[-1] if ran.stderr else "",
    }


def everything(ledger: Ledger) -> list[list[dict[str, Any]]]:
    """All rows of a ledger but when they were added."""
    return [
        ledger.ask("SELECT * EXCLUDE (added) FROM all_articles ORDER BY reading").to_pylist(),
        ledger.ask("SELECT * FROM all_statements ORDER BY id").to_pylist(),
        ledger.ask("SELECT * FROM all_events ORDER BY id").to_pylist(),
    ]


def scale(folder: Path, limit: int, reader: str, *, ray: bool) -> None:
    """Every engine over the same articles; starting it is measured with a tenth of them and taken off."""
    path, few = news(folder, limit), folder / "few.jsonl"
    with path.open(encoding="utf-8") as file:
        few.write_text("".join(line for n, line in enumerate(file) if n < limit // 10), encoding="utf-8")
    runs = [("no worker", []), ("1 worker", ["--workers", "1"]), ("2 workers", ["--workers", "2"])]
    if ray:
        runs.append(("Ray, 2 workers", ["--workers", "2", "--engine", "ray"]))
    first: list[list[dict[str, Any]]] | None = None
    base = 0.0
    print(f"{limit} articles, reader {reader}")
    for name, more in runs:
        short = timed(command(few, folder / f"few {name}", reader, *more))
        own = timed(command(path, folder / name, reader, *more))
        rate = (limit - limit // 10) / max(1e-9, own["seconds"] - short["seconds"])
        base = base or rate
        found = everything(open_ledger(folder / name))
        first = first or found
        print(
            f"  {name:<16}{own['seconds']:>8.1f} s{own['cpu']:>8.1f} s CPU{rate:>8.1f} articles/s start-up apart"
            f"{rate / base:>7.2f} x  rows {'the same' if found == first else 'DIFFER'}"
        )


def kill(folder: Path, limit: int, kills: int) -> None:
    """Kill a run so many times and look what its ledger holds."""
    rng = random.Random(1)  # noqa: S311 - a test
    path = news(folder, limit)
    arguments = command(path, folder / "ledger", "rules", "--workers", "2")
    killed = fruitful = 0
    for _ in range(kills):
        before = set((folder / "ledger").glob("parts/*"))
        run = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
        try:
            run.wait(timeout=rng.uniform(0.2, _KILLED_AFTER))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            killed += 1
            fruitful += set((folder / "ledger").glob("parts/*")) != before
    last = timed(arguments)
    ledger = open_ledger(folder / "ledger")
    names = [row["url"] or row["id"] for row in raw_articles(limit)]
    have = ledger.ask("SELECT article FROM all_articles")["article"].to_pylist()
    print(
        f"{killed} of {kills} runs killed, {fruitful} after a commit; of {len(set(names))} articles lost {len(set(names) - set(have))}, "
        f"there twice {len(have) - len(set(have))}, damaged parts {len(ledger.check())}; in the end: {last['told']}"
    )


def known(folder: Path, articles: int) -> None:
    """How quickly articles are passed over that are there already."""
    texts = [f"Kami siap, kata Sari Wening. {n}" for n in range(articles)]
    own = rows_of(Analysis(Article("n", texts[0]), ()), engine="bench", supersedes=None).article
    several = {
        "reading": [f"{n:016x}" for n in range(articles)],
        "article": [f"https://example.com/berita/{n}" for n in range(articles)],
        "fingerprint": [fingerprint(Article("n", text)) for text in texts],
        "text": texts,
    }
    schema = arrow_schema("articles")
    columns = [
        pa.array(several[f.name], f.type) if f.name in several else pa.array([own[f.name]] * articles, f.type)
        for f in schema
    ]
    open_ledger(folder / "ledger", create=True)
    tables = {name: arrow_schema(name).empty_table() for name in TABLES}
    write_part(folder / "ledger", {**tables, "articles": pa.Table.from_arrays(columns, schema=schema)})
    del columns
    keeper = Keeper(open_ledger(folder / "ledger"), "bench")
    start = time.perf_counter()
    passed = sum(keeper.knows(Article("n", text, url=url)) for text, url in zip(texts, several["article"], strict=True))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{passed} of {articles} articles passed over in {seconds:.1f} s; peak memory {peak:.0f} MB with the making of them"
    )


def varied(path: Path, articles: int, words: int) -> None:
    """Write so many articles: the raw news in turn, cut after so many words (0: whole), varied from the second time on."""
    rng = np.random.default_rng(1)
    raw = list(raw_articles())
    vocabulary = np.array([w for row in raw[:2000] for w in row["text"].split() if w.islower()], dtype=object)
    with path.open("w", encoding="utf-8") as file:
        for n in range(articles):
            row = raw[n % len(raw)]
            text = _first_words(row["text"], words) if words else row["text"]
            if n >= len(raw):
                own = np.array(text.split(" "), dtype=object)
                other = rng.random(len(own)) < _EXCHANGED
                other &= np.array([w.islower() for w in own], dtype=bool)
                own[other] = rng.choice(vocabulary, int(other.sum()))
                text = " ".join(own)
            # As an archive comes: from day to day, a little out of order.
            day = date(2022, 1, 1) + timedelta(days=n * _DAYS // articles + int(rng.integers(0, 7)))
            url = f"https://example.com/{n}"
            file.write(
                json.dumps(
                    {"id": str(n), "url": url, "publisher": row["publisher"], "published": f"{day}", "text": text}
                )
            )
            file.write("\n")


def _first_words(text: str, words: int) -> str:
    """The beginning of a text up to the end of the sentence in which its so-manieth word stands."""
    here = 0
    for number, word in enumerate(re.finditer(r"\S+", text)):
        here = word.end()
        if number >= words and word[0].rstrip('"”').endswith("."):
            break
    return text[:here]


def memory(pid: int) -> float:
    """Megabytes that a process and its children hold; what they share is shared out (Linux)."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = Path(f"/proc/{waiting.pop()}")
        try:
            total += int((one / "smaps_rollup").read_text().split("Pss:")[1].split()[0]) / 1024
            waiting += [int(p) for p in (one / "task" / one.name / "children").read_text().split()]
        except (OSError, IndexError):
            continue
    return total


def long(folder: Path, articles: int, words: int, reader: str) -> None:
    """One long run by two workers, tenth by tenth."""
    path, ledger = folder / "news.jsonl", folder / "ledger"
    varied(path, articles, words)
    print(f"{articles} articles of {path.stat().st_size / articles:.0f} bytes, reader {reader}, 2 workers", flush=True)
    start = last = time.monotonic()
    run = subprocess.Popen(command(path, ledger, reader, "--workers", "2"), stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    peak, done, tenth, highest = 0.0, 0, 1, 0.0
    while run.poll() is None or tenth <= 10:
        peak = max(peak, memory(run.pid))
        heads = [json.loads(p.read_bytes()) for p in _there(ledger)]
        replaced = {name for head in heads for name in head["replaces"]}
        kept = sum(
            json.loads(p.read_bytes())["rows"]["articles"] for p in _there(ledger) if p.parent.name not in replaced
        )
        if kept >= articles * tenth / 10 or run.poll() is not None:
            now = time.monotonic()
            rate, done, last = (kept - done) / (now - last), kept, now
            print(f"  {kept:>9} kept  {now - start:>7.0f} s  {rate:>6.1f} articles/s  peak {peak:>5.0f} MB", flush=True)
            highest, peak, tenth = max(highest, peak), 0.0, tenth + 1
            if run.poll() is not None:
                break
        time.sleep(1)
    size = sum(p.stat().st_size for p in ledger.rglob("*") if p.is_file()) / 1e6
    print(
        f"  ended with status {run.wait()}, peak {highest:.0f} MB, {size:.0f} MB on the disk, {open_ledger(ledger).size()}"
    )


def _there(ledger: Path) -> list[Path]:
    return sorted(ledger.glob("parts/*/part.json"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["scale", "kill", "known", "long"])
    parser.add_argument("--limit", type=int, default=600, metavar="N")
    parser.add_argument("--reader", choices=["learned", "rules"], default="learned")
    parser.add_argument("--ray", action="store_true", help="a cluster on this machine, too")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=0, help="long: cut articles after so many words")
    parser.add_argument("--folder", type=Path, help="long: where the news and the ledger are left")
    args = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    folder = Path(tempfile.mkdtemp())
    try:
        if args.what == "scale":
            scale(folder, args.limit, args.reader, ray=args.ray)
        elif args.what == "kill":
            kill(folder, args.limit, args.kills)
        elif args.what == "known":
            known(folder, args.articles)
        else:
            if args.folder:
                args.folder.mkdir(parents=True, exist_ok=True)
            long(args.folder or folder, args.articles, args.words, args.reader)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
