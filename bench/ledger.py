"""The ledger at a million statements, query by query, beside a plain pandas scan; and what it keeps when it is killed.

usage: python bench/ledger.py queries [--folder FOLDER] [--statements N] [--json]
       python bench/ledger.py crash [--kills N] [--seconds S]

The million statements are made from the raw news (million.py); a folder that holds them already is used again. Each
question is put three times, the median counts; pandas reads the columns that it needs from the same files and filters them
in the same way, which is checked: both must find the same number of rows.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import killing
import million
import pandas as pd

from corpora import article_of, raw_articles
from ujar.actors.terms import spells
from ujar.pipeline import analyze
from ujar.records import Article
from ujar.store import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from ujar.watch.periods import Every

    Frame = Any

_TIMES = 3
_WATCHES: tuple[tuple[Every, dict[str, Any]], ...] = (
    ("week", {}),
    ("month", {}),
    ("month", {"actor": "Indonesia"}),
    ("month", {"bloc": "ASEAN"}),
)
_WEEK = date(2025, 3, 3), date(2025, 3, 10)


@dataclass(frozen=True, slots=True)
class Case:
    """One question.

    Attributes:
        name: what it shows.
        table: "statements" or "events".
        what: how the ledger is asked.
        columns: what pandas reads besides ``reading``, ``id`` and ``day``.
        fits: which rows pandas takes.
    """

    name: str
    table: str
    what: dict[str, Any]
    columns: tuple[str, ...]
    fits: Callable[[Frame], Frame]


def has(*words: str) -> Callable[[Frame], Frame]:
    """Word search in pandas: all words, with clitics."""

    def fits(frame: Frame) -> Frame:
        out = pd.Series(True, index=frame.index)
        for word in words:
            out &= frame["words"].str.contains(f" {re.escape(word)}(?:nya|lah|kah|pun|ku|mu)? ", regex=True)
        return out

    return fits


def any_of(column: str, *values: str) -> Callable[[Frame], Frame]:
    wanted = set(values)
    return lambda frame: frame[column].map(lambda found: found is not None and not wanted.isdisjoint(found))


def member(frame: Frame, column: str, bloc: str, *, several: bool = False) -> Frame:
    """Membership on the day, in pandas."""
    out = pd.Series(False, index=frame.index)
    for code, start, end in spells(bloc):
        here = any_of(column, code)(frame) if several else frame[column] == code
        days = frame["day"]
        out |= here & days.notna() & days.map(lambda d, a=start, b=end: d is not None and a <= d < b)
    return out


def within(column: str, bloc: str, *, several: bool = False) -> Callable[[Frame], Frame]:
    def fits(frame: Frame) -> Frame:
        codes = {code for code, _, _ in spells(bloc)}
        near = any_of(column, *codes)(frame) if several else frame[column].isin(codes)
        return near & member(frame[near], column, bloc, several=several).reindex(frame.index, fill_value=False)

    return fits


def days(first: date, last: date) -> Callable[[Frame], Frame]:
    return lambda frame: frame["day"].map(lambda d: d is not None and first <= d < last)


def every(frame: Frame) -> Frame:
    return pd.Series(True, index=frame.index)


def both(*conditions: Callable[[Frame], Frame]) -> Callable[[Frame], Frame]:
    def fits(frame: Frame) -> Frame:
        out = every(frame)
        for condition in conditions:
            out &= condition(frame)
        return out

    return fits


def between(one: str, other: str) -> Callable[[Frame], Frame]:
    def fits(frame: Frame) -> Frame:
        actor, recipient = "actor_countries", "recipient_countries"
        return (any_of(actor, one)(frame) & any_of(recipient, other)(frame)) | (
            any_of(actor, other)(frame) & any_of(recipient, one)(frame)
        )

    return fits


SAID = "statements"
DONE = "events"
CASES = (
    Case("newest 20", SAID, {"sort": "-day"}, (), every),
    Case("one word", SAID, {"words": "korupsi"}, ("words",), has("korupsi")),
    Case("a frequent word", SAID, {"words": "yang"}, ("words",), has("yang")),
    Case("two words", SAID, {"words": "kasus korupsi"}, ("words",), has("kasus", "korupsi")),
    Case("words in a row", SAID, {"words": '"kasus korupsi"'}, ("words",),
         lambda f: f["words"].str.contains(" kasus korupsi ", regex=False)),
    Case("speaker, a person", SAID, {"speaker": "Prabowo Subianto"}, ("key",),
         lambda f: f["key"].isin(["person:prabowo-subianto", "name:prabowo subianto"])),
    Case("speaker, a state", SAID, {"speaker": "Malaysia"}, ("country", "key"),
         lambda f: (f["country"] == "MYS") | (f["key"] == "state:MYS")),
    Case("speaker, a body and its members", SAID, {"speaker": "NATO", "members": True}, ("country", "key"),
         lambda f: f["key"].isin(["body:nato", "name:nato"]) | within("country", "body:nato")(f)),
    Case("about a state", SAID, {"about": "Indonesia"}, ("about", "about_countries"),
         lambda f: any_of("about", "state:IDN")(f) | any_of("about_countries", "IDN")(f)),
    Case("to a state", SAID, {"to": "Indonesia"}, ("addressee_country", "addressee_key"),
         lambda f: (f["addressee_country"] == "IDN") | (f["addressee_key"] == "state:IDN")),
    Case("via", SAID, {"via": "Reuters"}, ("via",),
         lambda f: f["via"].map(lambda v: any("reuters" in x.lower() for x in v))),
    Case("outlet", SAID, {"outlet": "detik"}, ("outlet",),
         lambda f: f["outlet"].str.lower().str.contains("detik", regex=False, na=False)),
    Case("kind", SAID, {"kind": "mixed"}, ("kind",), lambda f: f["kind"] == "mixed"),
    Case("in a bloc on the day", SAID, {"within": "ASEAN"}, ("country",), within("country", "ASEAN")),
    Case("a week", SAID, {"since": _WEEK[0], "until": _WEEK[1]}, (), days(*_WEEK)),
    Case("confident", SAID, {"confidence": 0.95}, ("confidence",), lambda f: f["confidence"] >= 0.95),
    Case("once", SAID, {"once": True}, ("said",), lambda f: ~f["said"].duplicated()),
    Case("a word, once", SAID, {"once": True, "words": "korupsi"}, ("said", "words"),
         lambda f: has("korupsi")(f) & ~f["said"].where(has("korupsi")(f)).duplicated()),
    Case("by confidence", SAID, {"sort": "-confidence"}, ("confidence",), every),
    Case("by outlet", SAID, {"sort": "outlet"}, ("outlet",), every),
    Case("page 25,000", SAID, {"sort": "-day", "offset": 500_000}, (), every),
    Case("all of it together", SAID,
         {"words": "korupsi", "within": "ASEAN", "kind": "indirect", "since": date(2024, 1, 1), "until": date(2026, 1, 1)},
         ("words", "country", "kind"),
         both(has("korupsi"), within("country", "ASEAN"), lambda f: f["kind"] == "indirect",
              days(date(2024, 1, 1), date(2026, 1, 1)))),
    Case("newest 20", DONE, {"sort": "-day"}, (), every),
    Case("a word", DONE, {"words": "serangan"}, ("words",), has("serangan")),
    Case("actor", DONE, {"actor": "Indonesia"}, ("actor_countries", "actor_keys"),
         lambda f: any_of("actor_countries", "IDN")(f) | any_of("actor_keys", "state:IDN")(f)),
    Case("pair", DONE, {"pair": ("Israel", "Palestina")}, ("actor_countries", "recipient_countries"),
         between("ISR", "PSE")),
    Case("type and status", DONE, {"type": "ASSAULT", "status": "actual"}, ("type", "status"),
         lambda f: (f["type"] == "ASSAULT") & (f["status"] == "actual")),
    Case("in a bloc on the day", DONE, {"within": "ASEAN"}, ("actor_countries", "recipient_countries"),
         lambda f: within("actor_countries", "ASEAN", several=True)(f)
         | within("recipient_countries", "ASEAN", several=True)(f)),
    Case("once", DONE, {"once": True}, ("happening",), lambda f: ~f["happening"].duplicated()),
)  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds on the wall, the median of some times, and the result."""
    took, found = [], None
    for _ in range(_TIMES):
        start = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000, found


def scan(folder: Path, case: Case) -> int:
    """The same question to pandas: how many rows fit."""
    files = sorted(folder.glob(f"parts/*/{case.table}.parquet"))
    gone = {
        r
        for f in folder.glob("parts/*/articles.parquet")
        for r in pd.read_parquet(f, columns=["supersedes"])["supersedes"].dropna()
    }
    columns = list(dict.fromkeys(("reading", "id", "day", *case.columns)))
    frame = pd.concat([pd.read_parquet(f, columns=columns) for f in files], ignore_index=True)
    frame = frame[~frame["reading"].isin(gone)].reset_index(drop=True)
    fitting = frame[case.fits(frame)]
    by = (case.what.get("sort") or "-day").removeprefix("-")
    fitting.sort_values([by, "id"]).head(20)
    return len(fitting)


def queries(folder: Path, statements: int) -> list[dict[str, Any]]:
    """All questions: milliseconds of the ledger and of pandas, rows that fit."""
    ledger = million.make(folder, statements=statements, parts=10, articles=500)
    size = ledger.size()
    rows: list[dict[str, Any]] = [
        {"name": f"{size['statements']} statements, {size['events']} events, {size['articles']} articles"}
    ]
    for case in CASES:
        ask = getattr(ledger, case.table)
        ms, found = timed(lambda: ask(**{"sort": "-day", "limit": 20, **case.what}))  # noqa: B023 - called at once
        assert found.num_rows <= 20  # noqa: S101 - a bench
        fitting = ask(**{k: v for k, v in case.what.items() if k not in ("sort", "offset")}).num_rows
        plain, same = timed(lambda: scan(folder, case))  # noqa: B023 - called at once
        rows.append(
            {"name": f"{case.table}: {case.name}", "ms": ms, "pandas": plain, "rows": fitting, "same": fitting == same}
        )
        print(line(rows[-1]), flush=True)
    for name, ms in others(ledger):
        rows.append({"name": name, "ms": ms})
        print(line(rows[-1]), flush=True)
    return rows


def others(ledger: Ledger) -> list[tuple[str, float]]:
    """What has no like in pandas."""
    some = ledger.statements(sort="-day", limit=1, offset=700_000 if ledger.size()["statements"] > 700_000 else 0)
    row = some.to_pylist()[0]
    out = [
        ("a row by its id", timed(lambda: ledger.row(row["id"]))[0]),
        ("the readings of an article", timed(lambda: ledger.articles(row["reading"]))[0]),
        ("opening it anew and the first question", timed(lambda: open_ledger(ledger.folder).statements(limit=20))[0]),
    ]
    start = time.perf_counter()
    ledger.verify()
    out.append(("all parts read to their end (once an add)", (time.perf_counter() - start) * 1000))
    own = ledger.articles(row["reading"]).to_pylist()[0]
    article = Article(own["article"], own["text"], own["title"], own["published"], own["outlet"])
    start = time.perf_counter()
    ledger.holds(article)
    out.append(("is this article kept? the first time", (time.perf_counter() - start) * 1000))
    out.append(("is this article kept? from then on", timed(lambda: ledger.holds(article))[0]))
    out.append(("100 articles kept, copies looked for", keep(ledger)))
    try:
        from ujar.watch.run import watch

        for every_, more in _WATCHES:
            ms, _ = timed(lambda: watch(ledger, every=every_, on=_WEEK[0], **more))  # noqa: B023 - called at once
            out.append((f"watch, a {every_}, {', '.join(more.values()) or 'all'}", ms))
        from ujar.positions.matrix import positions

        out.append(("positions of a bloc on some words",
                    timed(lambda: positions(ledger, "kasus korupsi", bloc="ASEAN", on=_WEEK[1]))[0]))  # fmt: skip
    except (ImportError, NotImplementedError) as error:
        print(f"left out: {error}", file=sys.stderr)
    return out


def keep(ledger: Ledger) -> float:
    """Milliseconds to keep 100 articles, a third of them copies; they are taken away again."""
    analyses = []
    for number, row in enumerate(raw_articles(70)):
        article = replace(article_of(row), published=_WEEK[0] + timedelta(days=number % 7))
        analyses.append(analyze(article, events=True))
    copies = [
        replace(a, article=replace(a.article, id=f"{a.article.id} copy", outlet="Harian Lain")) for a in analyses[:30]
    ]
    before = set((ledger.folder / "parts").iterdir())
    start = time.perf_counter()
    ledger.keep([*analyses, *copies], engine="bench of keeping")
    took = (time.perf_counter() - start) * 1000
    for part in set((ledger.folder / "parts").iterdir()) - before:
        shutil.rmtree(part)
    return took


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    if "pandas" not in row:
        return f"{row['name']:44}{row['ms']:8.0f}"
    differs = "" if row["same"] else "  DIFFERENT ROWS"
    return f"{row['name']:44}{row['ms']:8.0f}{row['pandas']:10.0f}{row['pandas'] / row['ms']:8.1f}{row['rows']:10}{differs}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("queries")
    asking.add_argument("--folder", type=Path, help="where the million statements are, or shall be")
    asking.add_argument("--statements", type=int, default=1_000_000)
    asking.add_argument("--json", action="store_true")
    crash = commands.add_parser("crash")
    crash.add_argument("--kills", type=int, default=200)
    crash.add_argument("--seconds", type=float, default=3600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        if options.command == "crash":
            counts, faults = killing.run(Path(aside) / "ledger", kills=options.kills, seconds=options.seconds)
            for name, number in asdict(counts).items():
                print(f"{name:14}{number:8}")
            for fault in faults:
                print(fault)
            sys.exit(bool(counts.lost or counts.half or counts.twice or counts.damaged or counts.failed))
        print(f"{'':44}{'ms':>8}{'pandas ms':>10}{'times':>8}{'rows':>10}", flush=True)
        rows = queries(options.folder or Path(aside) / "ledger", options.statements)
        if options.json:
            print(json.dumps(rows))


if __name__ == "__main__":
    main()
