"""CSV, Parquet, packings, patterns, stores elsewhere, and repairs before anybody counts characters."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tracemalloc
from datetime import date, datetime
from pathlib import Path

import pytest

from ujar.config import Config
from ujar.read import Loaded, load_sources
from ujar.read.decode import decode
from ujar.read.files import kind_of
from ujar.read.rows import day_of

CONFIG = Config()
TEXT = '"Kami siap menerima mereka," kata Wali Kota Rina Wulandari, Kamis (6/6/2024).'
LONG = TEXT + "\n\n" + "Pengungsi itu datang dari pulau yang dilanda banjir.\r\n" * 4000


def load(*sources: Path | str, config: Config = CONFIG) -> list[Loaded]:
    return list(load_sources([str(s) for s in sources], config))


def slugs(loaded: list[Loaded]) -> list[str]:
    return [p.slug for row in loaded for p in row.problems if p.slug != "no-date"]


def texts(loaded: list[Loaded]) -> list[str]:
    return [row.article.text for row in loaded if row.article]


def digits(size: int) -> str:
    """Noise that does not pack well and is no words."""
    return str(int.from_bytes(os.urandom(size), "big"))


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def zst(data: bytes) -> bytes:
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


PACK = {"": bytes, ".gz": gzip.compress, ".bz2": lambda data: bz2.compress(data, 1), ".xz": lzma.compress, ".zst": zst}


@pytest.mark.parametrize(
    ("name", "kind", "packing"),
    [
        ("a.JSONL.GZ", "lines", "gz"),
        ("a.b.csv.zst", "csv", "zst"),
        ("CC-NEWS-20240607-00001.warc.gz", "warc", "gz"),
        ("a.html.xz", "page", "xz"),
        ("a.gz", "text", "gz"),
        ("a.txt", "text", None),
        ("a", "text", None),
        ("s3://b/c.parquet", "parquet", None),
    ],
)
def test_kinds_by_name(name: str, kind: str, packing: str | None) -> None:
    assert kind_of(name) == (kind, packing)


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize(
    "columns",
    [("id", "title", "content", "date", "link", "source"), ("ID", "Judul", "Isi Berita", "Tanggal", "URL", "Media")],
)
def test_csv(tmp_path: Path, delimiter: str, columns: tuple[str, ...]) -> None:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter)
    rows.writerow((*columns, "unused"))
    rows.writerow(("1", 'Kota, siap; "ya"', LONG, "2024-06-07 10:00:00", "https://news.detik.com/1", "Kabar Kota", "x"))
    rows.writerow(("2", "", "=SUM(A1) " + TEXT, "7 Juni 2024", "https://news.detik.com/2", "", "x"))
    rows.writerow(("3", "Kosong", " ", "", "", "", "x"))
    loaded = load(write(tmp_path / "a.csv", out.getvalue()))
    first, second, _ = loaded
    assert first.article is not None
    assert second.article is not None
    assert (first.article.id, first.article.text, first.article.title) == ("1", LONG, 'Kota, siap; "ya"')
    assert (first.article.published, first.article.outlet) == (date(2024, 6, 7), "Kabar Kota")
    assert second.article.text.startswith("=SUM(A1)")
    assert (second.article.published, second.article.outlet) == (date(2024, 6, 7), "detikcom")
    assert slugs(loaded) == ["empty"]


def test_csv_rows_without_ids_are_named_by_their_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f'text,date\n"{TEXT[1:20]}\n\nlagi",2024-06-07\n\nb{TEXT[1:20]},kemarin\n')
    loaded = load(path)
    assert [row.article.id.rsplit(":", 1)[1] for row in loaded if row.article] == ["2", "6"]
    assert slugs(loaded) == ["bad-date"]


def test_csv_with_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    rows = ["text;url", "satu;a", '"dua;b', "tiga;c", '"empat ""4""";d', "lima;e"]
    loaded = load(write(tmp_path / "a.csv", "\n".join(rows)))
    # The mark in "dua" pairs with that of "empat": what can be told is told, and the rows behind are read.
    assert "lima" in texts(loaded)
    rows[4] = "empat;d"
    loaded = load(write(tmp_path / "b.csv", "\n".join(rows)))
    assert texts(loaded) == ["satu", "tiga", "empat", "lima"]
    assert slugs(loaded) == ["bad-row"]
    rows[3:] = ["tiga;c"] * 3000
    loaded = load(write(tmp_path / "c.csv", "\n".join(rows)), config=Config(max_characters=1000))
    assert len(texts(loaded)) == 3001
    assert slugs(loaded) == ["bad-row"]


def test_csv_with_a_row_that_is_too_long(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"text,url\nsatu,a\n{'x' * 50_000},b\ntiga,c\n")
    loaded = load(path, config=Config(max_characters=10_000))
    assert texts(loaded) == ["satu", "tiga"]
    assert slugs(loaded) == ["too-large"]


def test_csv_short_rows_other_encodings_and_none(tmp_path: Path) -> None:
    assert slugs(load(write(tmp_path / "a.csv", "url,text\nhttps://example.com\nx,kata\n"))) == ["bad-row"]
    loaded = load(write(tmp_path / "b.csv", "text,url\nKota “siap”,x\n".encode("cp1252")))
    assert (texts(loaded), slugs(loaded)) == (["Kota “siap”"], ["encoding"])
    assert texts(load(write(tmp_path / "c.csv", "text,url\nKota “siap”,x\n".encode("utf-16")))) == ["Kota “siap”"]
    assert texts(load(write(tmp_path / "d.csv", "text,url\nKota “siap”,x\n".encode("utf-8-sig")))) == ["Kota “siap”"]
    damaged = "text,url\nKota “siap” é,x\n".encode() + b"Rusak \xff,y\n"
    assert slugs(load(write(tmp_path / "e.csv", damaged))) == ["encoding"]
    assert slugs(load(write(tmp_path / "f.csv", "nama,umur\nRina,40\n"))) == ["no-text-column"]
    assert slugs(load(write(tmp_path / "g.csv", ""))) == ["empty"]
    assert slugs(load(write(tmp_path / "h.csv", bytes(range(256)) * 9))) == ["binary"]


@pytest.mark.parametrize("end", PACK)
@pytest.mark.parametrize("kind", ["txt", "html", "jsonl", "csv", "parquet"])
def test_every_kind_in_every_packing(tmp_path: Path, kind: str, end: str) -> None:
    body = TEXT + " Ratusan tenda sudah berdiri di lapangan kota itu sejak pagi."
    if kind == "parquet":
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        out = io.BytesIO()
        pq.write_table(pa.table({"text": [body], "published": [datetime(2024, 6, 7, 10)]}), out)  # noqa: DTZ001
        data = out.getvalue()
    else:
        quoted = body.replace('"', '""')
        data = {
            "txt": body,
            "html": f"<html><body><article><p>{body}</p></article></body></html>",
            "jsonl": json.dumps({"text": body}),
            "csv": f'text\n"{quoted}"\n',
        }[kind].encode()
    loaded = load(write(tmp_path / f"a.{kind}{end}", PACK[end](data)))
    assert (texts(loaded), slugs(loaded)) == ([body], [])
    if kind == "parquet":
        assert loaded[0].article.published == date(2024, 6, 7)


@pytest.mark.parametrize("end", [".gz", ".bz2", ".xz", ".zst"])
def test_cut_and_damaged_packings(tmp_path: Path, end: str) -> None:
    lines = "\n".join(json.dumps({"id": n, "text": f"{TEXT} {digits(300)}"}) for n in range(1000)).encode()
    data = PACK[end](lines)
    assert len(texts(load(write(tmp_path / f"a.jsonl{end}", data)))) == 1000
    # Two files in one are what both hold.
    assert len(texts(load(write(tmp_path / f"b.jsonl{end}", data + PACK[end](b"\n" + lines))))) == 2000
    loaded = load(write(tmp_path / f"c.jsonl{end}", data[: len(data) // 2]))
    assert slugs(loaded)[-1] == "damaged-archive"
    assert len(texts(loaded)) > 100
    assert slugs(load(write(tmp_path / f"d.jsonl{end}", b"bukan arsip sama sekali"))) == ["damaged-archive"]
    assert slugs(load(write(tmp_path / f"e.jsonl{end}", b""))) == ["empty"]


@pytest.mark.parametrize("end", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("kind", ["txt", "jsonl", "csv", "parquet", "warc"])
def test_bombs(tmp_path: Path, kind: str, end: str) -> None:
    path = write(tmp_path / f"a.{kind}{end}", PACK[end](b" " * 60_000_000))
    tracemalloc.start()
    loaded = load(path, config=Config(max_bytes=1_000_000, max_characters=100_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert slugs(loaded) == ["too-large"] or (
        kind in {"csv", "warc"} and slugs(loaded)[-1] in {"too-large", "no-text-column"}
    )
    assert peak < 45_000_000


def test_parquet_in_row_groups_and_damage(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    rows = [f"{TEXT} {digits(1500)}" for _ in range(1000)]
    pq.write_table(
        pa.table({"isi": rows, "judul": ["Kota"] * 1000, "tanggal": [date(2024, 6, 7)] * 1000}),
        path,
        row_group_size=100,
        compression="none",
        use_dictionary=False,
    )
    loaded = load(path)
    assert texts(loaded) == rows
    assert {row.article.published for row in loaded} == {date(2024, 6, 7)}
    assert loaded[999].article.id.endswith("a.parquet:1000")
    place = pq.ParquetFile(path).metadata.row_group(4).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[place : place + 30] = b"\xff" * 30
    loaded = load(write(path, bytes(data)))
    assert texts(loaded) == rows[:400] + rows[500:]
    assert slugs(loaded) == ["damaged-archive"]
    assert slugs(load(write(path, bytes(data[: len(data) // 2])))) == ["damaged-archive"]
    pq.write_table(pa.table({"text": [" " * 20_000_000]}), path, compression="zstd")
    assert slugs(load(path, config=Config(max_bytes=100_000))) == ["too-large"]
    pq.write_table(pa.table({"umur": [1]}), path)
    assert slugs(load(path)) == ["no-text-column"]
    pq.write_table(pa.table({"text": pa.array([None, TEXT, 3 * TEXT])}), path)
    assert (len(texts(load(path))), slugs(load(path))) == (2, ["empty"])


def test_parquet_files_with_damaged_metadata(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [f"{TEXT} {n}" for n in range(50)]}), out, row_group_size=10)
    # In a process of its own: what is looked for is the end of it.
    code = (
        "import io, random, sys; from ujar.config import Config; from ujar.errors import InputError\n"
        "from ujar.read.files import read_file\n"
        "data = open(sys.argv[1], 'rb').read(); dice = random.Random(4)\n"
        "for _ in range(1500):\n"
        "    hit = bytearray(data)\n"
        "    for _ in range(dice.randrange(1, 4)): hit[-dice.randrange(1, 700)] = dice.randrange(256)\n"
        "    try: list(read_file(io.BytesIO(bytes(hit)), 'a.parquet', Config(max_bytes=100_000)))\n"
        "    except InputError: pass\n"
    )
    path = write(tmp_path / "a.parquet", out.getvalue())
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_patterns(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write(tmp_path / "a" / "1.txt", TEXT)
    write(tmp_path / "a" / ".2.txt", TEXT)
    write(tmp_path / "3.txt", TEXT)
    write(tmp_path / "[4].txt", TEXT)
    names = [Path(row.article.id).name for row in load(f"{tmp_path}/**/*.txt") if row.article]
    assert names == ["3.txt", "[4].txt", "1.txt"]
    assert len(texts(load(f"{tmp_path}/*"))) == 3
    assert len(texts(load(tmp_path / "[4].txt"))) == 1
    assert slugs(load(f"{tmp_path}/*.csv")) == ["no-such-file"]


def test_stores_elsewhere(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    lines = "\n".join(json.dumps({"id": n, "text": f"{TEXT} {n}"}) for n in range(50)).encode()
    for name, data in {"b/1.jsonl.gz": gzip.compress(lines), "b/c/2.txt": TEXT.encode(), "b/.x.txt": b"x"}.items():
        system.pipe(f"/{name}", data)
    try:
        loaded = load("memory://b")
        assert (len(loaded), slugs(loaded)) == (51, [])
        assert loaded[-1].article.id == "memory:///b/c/2.txt"
        assert len(load("memory://b/*.jsonl.gz")) == 50
        assert len(load("memory://b/c/2.txt")) == 1
        system.pipe("/b/3.jsonl.gz", gzip.compress(lines)[:-20])
        assert slugs(load("memory://b/3.jsonl.gz")) == ["damaged-archive"]
        assert slugs(load("memory://b/*.csv", "memory://nowhere/a.txt")) == ["no-such-file", "no-such-file"]
    finally:
        system.rm("/b", recursive=True)
    path = write(tmp_path / "a.txt", TEXT)
    assert slugs(load(f"file://{path}")) == ["private-address"]
    assert texts(load(f"file://{path}", config=Config(private_addresses=True))) == [TEXT]
    assert slugs(load("memory://a.zip::http://localhost/x", "zip://a.txt::x.zip")) == ["bad-address", "bad-address"]


def test_a_store_that_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec")

    class Lazy(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise ConnectionResetError("gone")
            return data

    system = fsspec.filesystem("memory")
    system.pipe("/d/1.jsonl", b'{"text": "satu"}\n')
    system.pipe("/d/2.jsonl", b'{"text": "dua"}\n')
    real = type(system).open
    monkeypatch.setattr(
        type(system), "open", lambda s, p, *a, **k: Lazy(s.cat(p)) if p.endswith("1.jsonl") else real(s, p, *a, **k)
    )
    try:
        loaded = load("memory://d")
    finally:
        system.rm("/d", recursive=True)
    assert texts(loaded) == ["satu", "dua"]
    assert slugs(loaded) == ["unreachable"]


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("pyarrow", "a.parquet"),
        ("fsspec", "memory://a.txt"),
        ("zstandard", "a.jsonl.zst"),
        ("s3fs", "s3://bucket/a.txt"),
    ],
)
def test_packages_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, source: str) -> None:
    if package == "zstandard" and sys.version_info >= (3, 14):
        pytest.skip("Python brings it")
    if package == "s3fs":
        pytest.importorskip("fsspec")
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.parquet", b"x")
    write(tmp_path / "a.jsonl.zst", b"x")
    write(tmp_path / "b.txt", TEXT)
    loaded = load(source, "b.txt")
    assert (slugs(loaded), texts(loaded)) == (["missing-extra"], [TEXT])


@pytest.mark.parametrize(
    ("form", "day"),
    [
        ("2024-06-07", date(2024, 6, 7)),
        ("2024-06-07T23:30:00+07:00", date(2024, 6, 7)),
        ("20240607", date(2024, 6, 7)),
        ("7 Juni 2024", date(2024, 6, 7)),
        ("Jumat, 07 Jun 2024 10:00 WIB", date(2024, 6, 7)),
        ("Fri, 07 Jun 2024 10:00:00 +0700", date(2024, 6, 7)),
        ("17/06/2024", date(2024, 6, 17)),
        ("06/17/2024", date(2024, 6, 17)),
        ("06/07/2024", None),
        ("2024-13-01", None),
        ("31 Juni 2024", None),
        ("20240607123456", None),
        ("kemarin", None),
        (1717729200, None),
        (None, None),
        (datetime(2024, 6, 7, 1), date(2024, 6, 7)),  # noqa: DTZ001
    ],
)
def test_days(form: object, day: date | None) -> None:
    assert day_of(form) == day


def test_what_was_encoded_twice_is_decoded_twice() -> None:
    text = "Wali Kota “Rina” berkata: ‘kami siap’ – café\xa0itu."
    twice = "".join(
        bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in text.encode()
    )
    got, said = decode(twice.encode())
    assert got == text
    assert said is not None
    assert "twice" in said
    # One character that was encoded once: nothing can be undone as a whole, and nothing is.
    assert decode((twice + " “").encode()) == (twice + " “", None)
    assert decode(twice.encode(), mend=False) == (twice, None)
    for sound in (text, "Â© 2024", "harga €5", "naïve façade – Ünal Ärger", "São Paulo, Ã\xa0 la carte"):
        assert decode(sound.encode()) == (sound, None)


def test_control_characters_that_are_quotation_marks() -> None:
    got, said = decode("Kota \x93siap\x94 \x96 ya".encode())
    assert got == "Kota “siap” – ya"
    assert said is not None


def test_invisible_characters_are_left_alone(tmp_path: Path) -> None:
    text = "Wali\xa0Kota Ri\u00adna\u200b berkata \ufeffia siap."
    path = write(tmp_path / "a.txt", text)
    assert texts(load(path)) == [text]
    lines = write(tmp_path / "a.jsonl", json.dumps({"text": "â€œKami siapâ€\x9d"}, ensure_ascii=False))
    # Whose text has offsets already keeps them.
    assert texts(load(lines)) == ["â€œKami siapâ€\x9d"]
