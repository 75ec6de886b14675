"""Damaged and hostile input, kind by kind: what is tried, what of it crashes or hangs.

usage: python bench/fuzz.py [--seconds CPU] [--kinds text,page,feed,…] [--seed N] [--folder FOLDER]

Each kind gets the same share of the seconds, which are those of the processor. Inputs are made from small whole ones by
cutting, doubling, exchanging and adding pieces and bytes, again and again. A crash is an exception that is no UjarError,
or an article or a finding whose places do not lie in its text; a hang is an input that takes more than ten seconds. Such
inputs are left in the folder. Texts are read by the rules, every tenth one by the learned reader with events.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import os
import random
import signal
import sys
import tempfile
import traceback
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import feed_server
import pyarrow as pa
import pyarrow.parquet as pq
import warc_case

from ujar.config import Config
from ujar.errors import UjarError
from ujar.follow.feeds import parse_feed
from ujar.follow.robots import parse_rules
from ujar.pipeline import analyze
from ujar.read.files import read_file
from ujar.records import Article, Span
from ujar.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 10.0
# Enough for every kind, and little, so that what unpacks to much is met.
_CONFIG = replace(Config(), max_bytes=2_000_000)
_NEWS = [feed_server.text_of(n) for n in range(4)] + [
    (Path(__file__).parents[1] / "examples" / "article.txt").read_text(encoding="utf-8")
]
_ROWS = b"".join(
    json.dumps({"id": str(n), "published": "2024-06-07", "text": t[:300]}).encode() + b"\n"
    for n, t in enumerate(_NEWS[:3])
)
_ADDRESSES = ["http://a.example/x?y=1&utm_source=2", "https://[::1]:80/a", "http://b.example/\u00e9"]


class Hang(BaseException):
    """An input took too long; no Exception, so that nothing catches it."""


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in files.items():
            file.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": _NEWS[:3], "published": ["2024-06-07"] * 3}), out, row_group_size=2)
    return out.getvalue()


_WARC = b"".join(warc_case.record(n) for n in range(3))
_PAGES = [warc_case.page(1).encode(), feed_server.page_of(2).encode(), warc_case.page(3).encode("utf-16")]
_CSV = b"id;published;text\n" + b"".join(
    b'%d;2024-06-07;"%s"\n' % (n, t.encode()[:200]) for n, t in enumerate(_NEWS[:3])
)
_MAP = feed_server.sitemap(_ADDRESSES, news=True).encode()
_FEEDS = [
    feed_server.rss(_ADDRESSES).encode(), feed_server.atom(_ADDRESSES).encode(), _MAP, gzip.compress(_MAP, mtime=0),
    feed_server.sitemap_index(_ADDRESSES).encode(), feed_server.LAUGHS, feed_server.OUTSIDE, feed_server.BROKEN,
]  # fmt: skip
_ROBOTS = [
    b"User-agent: *\nDisallow: /a*b$\nCrawl-delay: 3\n\nUser-agent: ujar\nAllow: /\nSitemap: http://a.example/s.xml\n"
]
# What is put into an input of any kind, beside pieces of itself and of others.
_PIECES = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r\n\r\n", b'"' * 50, b"<![CDATA[", b"]]>", b"<!--", b"<p>" * 300,
    b"&#x110000;", b"&#0;", b"<script>", b"http://[", b"http://a:99999/", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59-12:00",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n",
    b"charset=utf-7", b"{" * 400, b"[" * 400, b'{"text": 1e400}', b"\\ud800", b"NaN", b"1" * 5000, b", kata dia, ujarnya, ", "\u201c\u201d\u2026\u2028".encode(),
    b"Senin (31/2/0000) ", b"menurut dia bahwa ", b"\n\n\n", b" " * 3000,
]  # fmt: skip


class Tally:
    """What was tried of a kind."""

    def __init__(self) -> None:
        self.inputs = self.articles = self.refused = self.crashes = self.hangs = 0
        self.slowest = 0.0


def read_one(name: str, data: bytes, tally: Tally) -> None:
    """Read a file as ``ujar read`` does, and its articles by the rules; raises what ujar raises."""
    for loaded in read_file(io.BytesIO(data), name, _CONFIG):
        if loaded.article is None:
            tally.refused += 1
        else:
            tally.articles += 1
            check(loaded.article, learned=False)


def check(article: Article, *, learned: bool) -> None:
    """Read an article and make the rows of the ledger of it; AssertionError when a place is not in the text."""
    found = analyze(article, reader="learned" if learned else "rules", events=learned)
    size = len(article.text)
    for s in found.statements:
        for span in (*s.contents, *s.via, *(x for x in (s.cue, s.source, s.addressee, s.time) if x)):
            _lies(span, size)
    for event in found.events:
        _lies(event.trigger, size)
    rows_of(found, engine="fuzz", supersedes=None)


def _lies(span: Span, size: int) -> None:
    if not 0 <= span.start < span.end <= size:
        raise AssertionError(span)


def read_text(data: bytes, tally: Tally) -> None:
    """Read a text, decoded as files are."""
    tally.articles += 1
    check(Article("fuzz", data.decode("utf-8", "surrogateescape")[:20_000]), learned=tally.articles % 10 == 0)


def read_feed(data: bytes, tally: Tally) -> None:
    """Read a feed or sitemap."""
    tally.articles += len(parse_feed(data, "http://a.example/f").items)


def read_robots(data: bytes, tally: Tally) -> None:
    """Read rules for robots, and ask them."""
    parse_rules(data).allows("http://a.example/f?x=%zz")
    tally.articles += 1


_LINES = [_ROWS, _ROWS.replace(b"\n", b"\r\n"), b"[" + _ROWS.replace(b"\n", b",")[:-1] + b"]"]
KINDS: dict[str, tuple[Callable[[bytes, Tally], None], list[bytes]]] = {
    "text": (read_text, [t.encode() for t in _NEWS]),
    "page": (lambda data, tally: read_one("x.html", data, tally), _PAGES),
    "feed": (read_feed, _FEEDS),
    "robots": (read_robots, _ROBOTS),
    "json": (lambda data, tally: read_one("x.jsonl", data, tally), _LINES),
    "csv": (lambda data, tally: read_one("x.csv", data, tally), [_CSV, _CSV.replace(b";", b"\t"), _CSV.decode().encode("utf-16")]),
    "warc": (lambda data, tally: read_one("x.warc", data, tally), [_WARC, _WARC.replace(b"WARC/1.0", b"WARC/1.1")]),
    "warc.gz": (lambda data, tally: read_one("x.warc.gz", data, tally), [b"".join(warc_case.packed([warc_case.record(n) for n in range(3)]))]),
    "wacz": (lambda data, tally: read_one("x.wacz", data, tally), [_zip(archive__a_warc=_WARC, datapackage_json=b"{}"), _zip(archive__a_warc_gz=gzip.compress(_WARC, mtime=0))]),
    "parquet": (lambda data, tally: read_one("x.parquet", data, tally), [_parquet()]),
    "gz": (lambda data, tally: read_one("x.jsonl.gz", data, tally), [gzip.compress(_ROWS, mtime=0)]),
    "bz2": (lambda data, tally: read_one("x.jsonl.bz2", data, tally), [bz2.compress(_ROWS)]),
    "xz": (lambda data, tally: read_one("x.jsonl.xz", data, tally), [lzma.compress(_ROWS)]),
}  # fmt: skip


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """One of the seeds after some damage."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8, 13))):
        at = rng.randrange(len(data) + 1)
        way = rng.random()
        if way < 0.3:
            data[at:at] = rng.choice(_PIECES)
        elif way < 0.5:
            del data[at : at + rng.choice((1, 2, 10, 100, 1000))]
        elif way < 0.7 and data:
            data[at % len(data)] = rng.randrange(256)
        elif way < 0.85:
            start = rng.randrange(len(data) + 1)
            data[at:at] = data[start : start + rng.choice((1, 10, 100, 1000))]
        elif way < 0.95:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + rng.choice((10, 100, 1000))]
        else:
            del data[at:]
    return bytes(data)


def cpu() -> float:
    """Seconds of the processor, with those of ended children: feeds that are not plain are read by one."""
    return sum(os.times()[:4])


def _stop(*_: object) -> None:
    raise Hang


def fuzz(kind: str, seconds: float, rng: random.Random, folder: Path) -> Tally:
    """Try inputs of a kind for so many seconds of the processor; those that crash or hang are left in the folder."""
    read, seeds = KINDS[kind]
    tally = Tally()
    signal.signal(signal.SIGALRM, _stop)
    until = cpu() + seconds
    while cpu() < until:
        data = mutated(rng, seeds)
        tally.inputs += 1
        start = cpu()
        signal.setitimer(signal.ITIMER_REAL, 3 * _LONGEST)
        fault = ""
        try:
            read(data, tally)
        except UjarError:
            tally.refused += 1
        except Hang:
            tally.hangs += 1
            fault = "hang"
        except Exception:  # noqa: BLE001 - that is what is looked for
            tally.crashes += 1
            fault = traceback.format_exc()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        took = cpu() - start
        tally.slowest = max(tally.slowest, took)
        if not fault and took > _LONGEST:
            tally.hangs += 1
            fault = "hang"
        if fault:
            path = folder / f"{kind}-{tally.inputs}"
            path.write_bytes(data)
            print(f"{path}: {fault}", flush=True)
    return tally


def main() -> None:
    """Try and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    kinds = args.kinds.split(",")
    print(f"{'':10}{'inputs':>9}{'articles':>10}{'refused':>9}{'crashes':>9}{'hangs':>7}{'slowest s':>11}")
    for kind in kinds:
        own = fuzz(kind, args.seconds / len(kinds), random.Random(f"{args.seed} {kind}"), folder)  # noqa: S311 - a test
        print(
            f"{kind:10}{own.inputs:>9}{own.articles:>10}{own.refused:>9}{own.crashes:>9}{own.hangs:>7}{own.slowest:>11.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
