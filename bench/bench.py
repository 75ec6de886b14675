"""Speed and memory of the reader over the raw news, beside three yardsticks in the same run.

usage: python bench/bench.py [--limit N] [--only NAME] [--json]

Yardsticks, on the same articles: the nets alone, which is what no bookkeeping could be quicker than; tokenisation alone by
spaCy's blank Indonesian pipeline (pip install 'ujar[bench]'); a plain regular expression for quotation marks. Every span of
every statement is checked. Compare ratios within one run, not numbers between machines.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))
# One core means one: no threads of the linear algebra beside it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import onnxruntime

from corpora import Row, article_of, raw_articles
from ujar import records
from ujar.learned import chain
from ujar.pipeline import analyze

if TYPE_CHECKING:
    from collections.abc import Callable

    from ujar.records import Analysis, Reader

_CHUNK = 200


def read_rows(rows: list[Row], reader: Reader = "learned", *, events: bool = False) -> dict[str, int]:
    """Read articles: statements and events found, exceptions, invalid spans."""
    counts = {"statements": 0, "events": 0, "exceptions": 0, "invalid_spans": 0}
    for row in rows:
        try:
            analysis = analyze(article_of(row), reader=reader, events=events)
        except Exception:  # noqa: BLE001 - counting them is the point
            counts["exceptions"] += 1
            continue
        counts["statements"] += len(analysis.statements)
        counts["events"] += len(analysis.events)
        counts["invalid_spans"] += invalid_spans(analysis)
    return counts


def invalid_spans(analysis: Analysis) -> int:
    """Spans outside the text, empty ones, contents out of order or overlapping within one statement."""
    size = len(analysis.article.text)
    bad = 0
    for s in analysis.statements:
        spans = [*s.contents, *s.via, *(x for x in (s.cue, s.source, s.addressee, s.time) if x is not None)]
        bad += sum(not 0 <= x.start < x.end <= size for x in spans)
        bad += sum(a.end > b.start for a, b in zip(s.contents, s.contents[1:], strict=False))
        bad += not s.contents
    for e in analysis.events:
        spans = [e.trigger, *e.mentions, *(p.span for p in (*e.actors, *e.recipients))]
        spans += [x for x in (e.condition, e.place) if x is not None]
        bad += sum(not 0 <= x.start < x.end <= size for x in spans)
    return bad


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds on the wall, and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _merge(parts: list[dict[str, int]]) -> dict[str, int]:
    return {key: sum(p[key] for p in parts) for key in parts[0]}


def two_processes(rows: list[Row]) -> dict[str, int]:
    """The same as read_rows, in two processes."""
    chunks = [rows[i : i + _CHUNK] for i in range(0, len(rows), _CHUNK)]
    with ProcessPoolExecutor(2) as pool:
        return _merge(list(pool.map(read_rows, chunks)))


def streamed(limit: int | None) -> dict[str, int]:
    """Read from the file one article at a time: what memory a run needs."""
    return _merge([read_rows([row]) for row in raw_articles(limit)])


def nets_alone(rows: list[Row]) -> float:
    """The seconds that reading with events spends in the nets."""
    session = onnxruntime.InferenceSession
    plain, spent = session.run, 0.0

    def watched(*given: Any) -> Any:
        nonlocal spent
        seconds, out = timed(lambda: plain(*given))
        spent += seconds
        return out

    session.run = watched
    try:
        read_rows(rows, events=True)
    finally:
        session.run = plain
    return spent


def tokenise(rows: list[Row]) -> int:
    """Tokens by spaCy's blank Indonesian pipeline."""
    import spacy

    pipeline = spacy.blank("id")
    return sum(len(pipeline(row["text"])) for row in rows)


def quotation_marks(rows: list[Row]) -> int:
    """Quotations by one regular expression."""
    pattern = re.compile(r"[\"“”][^\"“”]{10,2000}[\"“”]")
    return sum(len(pattern.findall(row["text"])) for row in rows)


def ran_on() -> str:
    """What reads: which Python, and whether parts of the reader are compiled."""
    compiled = [] if str(records.__file__).endswith(".py") else ["reader compiled by mypyc"]
    loops = ["loops compiled by numba"] if chain.loops() else []
    return ", ".join([f"{platform.python_implementation()} {platform.python_version()}", *compiled, *loops])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N articles")
    parser.add_argument("--only", default="", metavar="NAME", help="only what has this in its name; no memory")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    # Memory first, before the whole file is held for the timings.
    if not args.only:
        streamed(args.limit)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = list(raw_articles(args.limit))
    words = sum(len(row["text"].split()) for row in rows)
    result: dict[str, Any] = {"on": ran_on(), "articles": len(rows), "words": words}
    if not args.only:
        result["peak_mb"] = round(peak)
    runs: list[tuple[str, Callable[[], Any]]] = [
        ("reader, one core", lambda: read_rows(rows)),
        ("reader, two processes", lambda: two_processes(rows)),
        ("reader with events, one core", lambda: read_rows(rows, events=True)),
        ("its nets alone", lambda: nets_alone(rows)),
        ("rules alone, one core", lambda: read_rows(rows, "rules")),
        ("quotation-mark regex", lambda: quotation_marks(rows)),
        ("tokenisation (spaCy blank id)", lambda: tokenise(rows)),
    ]
    runs = [(name, work) for name, work in runs if args.only in name]
    if not runs:
        parser.error(f"nothing has {args.only!r} in its name")
    # The models are loaded before anything is timed.
    read_rows(rows[:1], events=True)
    for name, work in runs:
        try:
            seconds, found = timed(work)
        except ImportError:
            print(f"{name}: left out, spaCy is not installed (pip install 'ujar[bench]')", file=sys.stderr)
            continue
        if isinstance(found, float):
            # A part of what was done.
            seconds = found
        result[name] = {
            "seconds": round(seconds, 2),
            "articles_s": round(len(rows) / seconds, 1),
            "words_s": round(words / seconds),
        }
        if isinstance(found, dict):
            result[name] |= found
    if args.json:
        print(json.dumps(result, indent=1))
        return
    print(result["on"])
    memory = f"; peak memory of a streamed run {result['peak_mb']} MB" if "peak_mb" in result else ""
    print(f"{len(rows)} articles, {words} words{memory}")
    base = result.get("reader, one core", {}).get("articles_s")
    for name, _ in runs:
        if name in result:
            r = result[name]
            extra = "  ".join(
                f"{key} {r[key]}" for key in ("statements", "events", "exceptions", "invalid_spans") if key in r
            )
            times = f"{r['articles_s'] / base:>7.2f} x the reader  " if base else ""
            print(f"  {name:<30} {r['articles_s']:>9} articles/s {r['words_s']:>10} words/s  {times}{extra}")


if __name__ == "__main__":
    main()
