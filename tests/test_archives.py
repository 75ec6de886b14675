"""WARC and WACZ: pages among records, everything accounted for, damage survived, memory flat."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from warc_case import packed, page, record

from ujar.config import Config
from ujar.read import Loaded, load_sources
from ujar.read.archives import read_warc
from ujar.read.packed import Unpacked

CONFIG = Config()
OTHERS = [
    record(90, b"software: none", kind="warcinfo"),
    record(91, b"", kind="request"),
    record(92, b"", kind="revisit"),
    record(93, b"hilang", status="404 Not Found"),
    record(94, b"\x89PNG", headers="Content-Type: image/png\r\n"),
    record(95, b"", url="dns:example.com"),
    record(96, b"", kind="aneh"),
]


def load(path: Path, config: Config = CONFIG) -> list[Loaded]:
    return list(load_sources([str(path)], config))


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def ids(loaded: list[Loaded]) -> list[int]:
    return [int(row.article.id[-8:]) for row in loaded if row.article]


def slugs(loaded: list[Loaded]) -> list[str]:
    return [p.slug for row in loaded for p in row.problems]


def accounted(loaded: list[Loaded]) -> int:
    """Records that came out: as an article, as a problem, or counted in the remark."""
    passed = [int(p.message.split()[0]) for row in loaded for p in row.problems if p.slug == "not-a-page"]
    return sum(1 for row in loaded if "not-a-page" not in {p.slug for p in row.problems}) + sum(passed)


def test_pages_are_articles_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", *packed([*OTHERS[:3], record(1), *OTHERS[3:], record(2)]))
    loaded = load(path)
    assert ids(loaded) == [1, 2]
    article = loaded[0].article
    assert article is not None
    assert (article.title, article.published, article.outlet) == ("Kota Siap 1", date(2024, 6, 7), "detikcom")
    assert (article.id, article.url) == ("urn:uuid:00000001", "https://news.detik.com/berita/1")
    assert "Kabar nomor 1" in article.text
    assert "Beranda" not in article.text
    (remark,) = loaded[-1].problems
    assert remark.slug == "not-a-page"
    assert remark.message.startswith("7 of 9 records are no pages")
    assert "1 revisit" in remark.message
    assert accounted(loaded) == 9


@pytest.mark.parametrize("end", ["", ".gz", ".bz2", ".xz"])
def test_every_packing(tmp_path: Path, end: str) -> None:
    data = b"".join(record(n) for n in range(1, 6))
    pack = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[end]
    assert ids(load(write(tmp_path / f"a.warc{end}", pack(data)))) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("whole", [False, True])
def test_an_archive_cut_in_half(tmp_path: Path, whole: bool) -> None:
    records = [record(n) for n in range(1, 41)]
    parts = list(packed(records)) if not whole else records
    data = b"".join(parts)
    # Cut at every kind of place inside a record: its headers, its page, its end.
    for place in (10, 200, len(parts[20]) // 2, len(parts[20]) - 9):
        cut = sum(len(p) for p in parts[:20]) + place
        loaded = load(write(tmp_path / ("a.warc" if whole else "a.warc.gz"), data[:cut]))
        assert ids(loaded) == list(range(1, 21))
        assert slugs(loaded) == ["damaged-archive"]


def broken(number: int) -> dict[str, bytes]:
    good = record(number)
    return {
        "no record": good.replace(b"WARC/1.0", b"SAMPAH!!"),
        "no length": re.sub(rb"Content-Length: \d+", b"Content-Length: banyak", good),
        "length too small": record(number, length=300),
        "length too large": record(number, length=9000),
        "length far too large": record(number, length=10**12),
        "no headers end": good[:150],
        "no http": good.replace(b"HTTP/1.1 200 OK", b"tidak ada apa-apa"[:15]),
    }


@pytest.mark.parametrize("fault", list(broken(3)))
@pytest.mark.parametrize("gz", [False, True])
def test_a_broken_record_and_the_next_ones(tmp_path: Path, fault: str, gz: bool) -> None:
    records = [record(1), record(2), broken(3)[fault], *(record(n) for n in range(4, 9))]
    data = packed(records) if gz else records
    loaded = load(write(tmp_path / ("a.warc.gz" if gz else "a.warc"), *data))
    assert ids(loaded) == [1, 2, 4, 5, 6, 7, 8]
    assert slugs(loaded) == ["bad-record"]
    assert accounted(loaded) == 8


@pytest.mark.parametrize("place", [0, 1, 3, 12, 60, -30, -6, -1])
def test_a_damaged_member_and_the_next_ones(tmp_path: Path, place: int) -> None:
    parts = list(packed(record(n) for n in range(1, 8)))
    hit = bytearray(parts[3])
    for at in range(place, min(place + 6, 0) if place < 0 else place + 6):
        hit[at] ^= 0x5A
    loaded = load(write(tmp_path / "a.warc.gz", *parts[:3], bytes(hit), *parts[4:]))
    assert ids(loaded) == [1, 2, 3, 5, 6, 7]
    assert slugs(loaded) == ["bad-record"]


def test_noise_between_records(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 50
    path = write(tmp_path / "a.warc.gz", *packed([record(1)]), noise, *packed([record(2)]), b"\0" * 512)
    loaded = load(path)
    assert ids(loaded) == [1, 2]
    assert slugs(loaded) == ["bad-record"]


@pytest.mark.parametrize("data", [b"", b"bukan arsip", bytes(range(256)) * 300, b"\x1f\x8b\x08" + b"x" * 500])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.warc.xz", "a.wacz"])
def test_what_is_no_archive(tmp_path: Path, data: bytes, name: str) -> None:
    loaded = load(write(tmp_path / name, data))
    assert len(loaded) == 1
    assert slugs(loaded)[0] in {"empty", "damaged-archive"}


def chunked(body: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%s\r\n" % (len(body[n : n + 700]), body[n : n + 700]) for n in range(0, len(body), 700))
        + b"0\r\n\r\n"
    )


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


BODY = page(7).encode()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", chunked(BODY)),
        ("Transfer-Encoding: chunked\r\n", BODY),
        ("Content-Encoding: gzip\r\n", gzip.compress(BODY)),
        ("Content-Encoding: gzip\r\n", BODY),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(gzip.compress(BODY))),
        ("Content-Encoding: deflate\r\n", zlib.compress(BODY)),
        ("Content-Encoding: deflate\r\n", deflated(BODY)),
        ("X-Crawler-Content-Encoding: br\r\n", BODY),
    ],
)
def test_encodings_of_answers(tmp_path: Path, headers: str, body: bytes) -> None:
    path = write(tmp_path / "a.warc", record(7, body, headers=f"Content-Type: text/html\r\n{headers}"), record(8))
    assert ids(load(path)) == [7, 8]
    assert "Kabar nomor 7" in load(path)[0].article.text


def test_brotli(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    headers = "Content-Type: text/html\r\nContent-Encoding: br\r\n"
    bomb = brotli.compress(b"<html>" + b"a" * 20_000_000)
    path = write(
        tmp_path / "a.warc",
        record(1, brotli.compress(BODY), headers=headers),
        record(2, bomb, headers=headers),
        record(3, b"rusak" * 100, headers=headers),
    )
    loaded = load(path)
    assert ids(loaded) == [1]
    assert slugs(loaded) == ["too-large", "bad-record"]


def test_charsets(tmp_path: Path) -> None:
    text = page(1).replace("lapangan", "lapangan “Merdeka”")
    greek = page(3).replace("lapangan", "lapangan Αθήνα")
    path = write(
        tmp_path / "a.warc",
        record(1, text.encode("cp1252"), headers="Content-Type: text/html; charset=ISO-8859-1\r\n"),
        record(2, text.encode(), headers="Content-Type: text/html; charset=ISO-8859-1\r\n"),
        record(3, greek.encode("iso-8859-7"), headers='Content-Type: text/html; charset="iso-8859-7"\r\n'),
        record(
            4,
            greek.replace("<title>", '<meta charset="windows-1253"><title>').encode("cp1253"),
            headers="Content-Type: text/html\r\n",
        ),
        record(5, page(5).encode(), headers="Content-Type: text/html; charset=zip\r\n"),
    )
    loaded = load(path)
    assert ids(loaded) == [1, 2, 3, 4, 5]
    assert slugs(loaded) == []
    for row, form in zip(loaded, ("“Merdeka”", "“Merdeka”", "Αθήνα", "Αθήνα", "nomor 5"), strict=True):
        assert form in row.article.text


def test_the_day_of_the_archive_is_a_remark_and_no_date(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", record(1, page(1, published=None).encode()))
    (row,) = load(path)
    assert row.article.published is None
    (remark,) = row.problems
    assert remark.slug == "no-date"
    assert "2024-06-09" in remark.message
    (dated,) = load_sources([str(path)], CONFIG, published=date(2024, 6, 8))
    assert dated.article.published == date(2024, 6, 8)
    assert dated.problems == ()


def test_bounds(tmp_path: Path) -> None:
    small = Config(max_page_bytes=20_000)
    bomb = gzip.compress(b"<html>" + b"a" * 30_000_000)
    path = write(
        tmp_path / "a.warc",
        record(1),
        record(2, b"<html>" + b"a" * 200_000),
        record(3, bomb, headers="Content-Type: text/html\r\nContent-Encoding: gzip\r\n"),
        record(4, b"\x00" * 300_000, headers="Content-Type: video/mp4\r\n"),
        record(5),
    )
    loaded = load(path, small)
    assert ids(loaded) == [1, 5]
    assert slugs(loaded) == ["too-large", "too-large", "not-a-page"]
    assert accounted(loaded) == 5


def test_an_archive_that_is_a_bomb(tmp_path: Path) -> None:
    data = gzip.compress(record(1)) + gzip.compress(b"\r\n" * 40_000_000)
    loaded = load(write(tmp_path / "a.warc.gz", data), Config(max_bytes=100_000))
    assert ids(loaded) == [1]
    assert slugs(loaded) == ["too-large"]


def test_no_article_on_a_page_is_told(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "a.warc", record(1, b"<html><body><nav>Beranda</nav></body></html>"), record(2)))
    assert ids(loaded) == [2]
    assert slugs(loaded) == ["no-article"]


def test_the_command_tells_what_was_passed_over(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.warc.gz", *packed([OTHERS[0], record(1)]))
    half = write(tmp_path / "b.warc", record(1), record(2)[:500])
    for path, status, said in ((whole, 0, "1 of 2 records"), (half, 3, "record 2: cut off")):
        command = [sys.executable, "-m", "ujar", "read", str(path), "--reader", "rules"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == status, done.stderr
        assert said in done.stderr
        assert "Rina Wulandari" in done.stdout


def wacz(path: Path, **archives: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("datapackage.json", "{}")
        for name, data in archives.items():
            file.writestr(f"archive/{name}.warc.gz", data)
        file.writestr("indexes/index.cdx.gz", b"x")
    return path


def test_wacz(tmp_path: Path) -> None:
    first = b"".join(packed([record(1), record(2)]))
    second = b"".join(packed([OTHERS[0], record(3), record(4)]))
    loaded = load(wacz(tmp_path / "a.wacz", a=first, b=second[:-40]))
    assert ids(loaded) == [1, 2, 3]
    assert sorted(slugs(loaded)) == ["damaged-archive", "not-a-page"]
    assert slugs(load(wacz(tmp_path / "b.wacz"))) == ["empty"]
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.pipe("/w/a.wacz", (tmp_path / "a.wacz").read_bytes())
    system.pipe("/w/b.warc.gz", b"".join(packed([record(8), record(9)])))
    assert ids(list(load_sources(["memory://w"], CONFIG))) == [1, 2, 3, 8, 9]
    system.rm("/w", recursive=True)
    whole = wacz(tmp_path / "c.wacz", a=first).read_bytes()
    assert slugs(load(write(tmp_path / "d.wacz", whole[:-60]))) == ["damaged-archive"]


def test_memory_stays_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Taking pages apart is not what is measured here.
    monkeypatch.setattr(import_module("ujar.read.archives"), "document", lambda body, where, **_: Loaded(None, ()))
    pages = [record(n, BODY * 20) for n in range(40)]
    path = tmp_path / "a.warc.gz"
    parts = b"".join(packed(pages))
    with path.open("wb") as file:
        for _ in range(100):
            file.write(parts)

    def peak(records: int) -> int:
        tracemalloc.start()
        with path.open("rb") as file:
            found = read_warc(Unpacked(file, "gz", "a", CONFIG), "a", CONFIG)
            assert sum(1 for _ in zip(found, range(records), strict=False)) == records
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    few, many = peak(200), peak(4000)
    assert many < few * 1.2
    assert many < 3_000_000


def test_archives_of_another_writer(tmp_path: Path) -> None:
    warc = pytest.importorskip("fastwarc.warc")
    out = io.BytesIO()
    for number in range(1, 4):
        made = warc.WarcRecord()
        made.init_headers(warc.WarcRecordType.response, b"urn:uuid:%08d" % number)
        made.headers["WARC-Target-URI"] = f"https://example.com/{number}"
        made.is_http = True
        made.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(number).encode())
        made.write(out)
    loaded = load(write(tmp_path / "a.warc", out.getvalue()))
    assert [row.article.title for row in loaded if row.article] == ["Kota Siap 1", "Kota Siap 2", "Kota Siap 3"]
    assert slugs(loaded) == []
