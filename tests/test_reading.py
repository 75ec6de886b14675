"""Sources: files, folders, lines, pages, damage."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from conftest import replaces

import ujar
from ujar.config import Config
from ujar.read import load_sources
from ujar.read.decode import decode
from ujar.read.language import foreign_language
from ujar.read.page import outlet_of

TEXT = '"Kami siap menerima mereka," kata Wali Kota Rina Wulandari, Kamis (6/6/2024).'
PAGE = f"""<!DOCTYPE html><html lang="id"><head><title>Kota Siap</title><meta property="og:site_name" content="Kabar Kota">
<meta property="article:published_time" content="2024-06-07T10:00:00+07:00"></head><body><nav>Beranda Politik</nav><article>
<h1>Kota Siap</h1><p>{TEXT}</p><p>Kota itu sudah menyiapkan ratusan tenda di lapangan dekat pelabuhan sejak pagi hari.</p>
</article></body></html>"""
CONFIG = Config()


def load(*sources: Path | str, config: Config = CONFIG, **known: object) -> list:
    return list(load_sources([str(s) for s in sources], config, **known))


def slugs(loaded: list) -> list[str]:
    return [p.slug for row in loaded for p in row.problems if p.slug != "no-date"]


def test_text_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("\ufeff" + TEXT + "\r\n").encode())
    (row,) = load(path, published=date(2024, 6, 7), outlet="Kabar Kota")
    assert row.article.text == TEXT + "\r\n"
    assert (row.article.published, row.article.outlet) == (date(2024, 6, 7), "Kabar Kota")


def test_page(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    (row,) = load(path)
    assert TEXT in row.article.text
    assert "Beranda" not in row.article.text
    assert (row.article.title, row.article.outlet, row.article.published) == (
        "Kota Siap",
        "Kabar Kota",
        date(2024, 6, 7),
    )


def test_page_without_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><nav>Beranda</nav></body></html>", encoding="utf-8")
    assert slugs(load(path)) == ["no-article"]


def test_lines_with_faults_go_on(tmp_path: Path) -> None:
    rows = [
        json.dumps({"id": 1, "text": TEXT, "published": "2024-06-07", "publisher": "Kabar Kota"}),
        "{broken",
        "[1, 2]",
        json.dumps({"id": 1, "text": TEXT, "published": "kemarin"}),
        json.dumps({"id": "", "text": "   "}),
        "",
        json.dumps({"id": 2, "text": TEXT + "\ud800"}),
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    loaded = load(path)
    assert [row.article.id for row in loaded if row.article] == ["1", "1#2", "2"]
    assert slugs(loaded) == ["bad-json", "bad-json", "bad-date", "duplicate-id", "empty"]
    assert loaded[0].article.outlet == "Kabar Kota"
    assert "?" in loaded[-1].article.text


def test_packed_lines_and_a_cut_archive(tmp_path: Path) -> None:
    data = gzip.compress("\n".join(json.dumps({"id": n, "text": f"{TEXT} {n}"}) for n in range(2000)).encode())
    whole, cut = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    whole.write_bytes(data)
    cut.write_bytes(data[: len(data) // 2])
    assert sum(row.article is not None for row in load(whole)) == 2000
    loaded = load(cut)
    assert slugs(loaded)[-1] == "damaged-archive"
    assert sum(row.article is not None for row in loaded) > 100


def test_packed_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 30_000_000))
    assert slugs(load(path, config=Config(max_bytes=100_000))) == ["too-large"]


def test_folder_in_order_hidden_files_left_out(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    loaded = load(tmp_path)
    assert [Path(row.article.id).name for row in loaded if row.article] == ["1.txt", "2.txt"]
    assert slugs(loaded) == ["binary"]


@pytest.mark.parametrize("make", [lambda p: p / "no.txt", lambda p: "ftp://example.com/a", lambda p: "http://"])
def test_sources_that_are_none(tmp_path: Path, make: object) -> None:
    assert len(slugs(load(make(tmp_path)))) == 1


def test_empty_and_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "leer").mkdir()
    assert slugs(load(tmp_path / "a.txt", tmp_path / "leer")) == ["empty", "empty"]


def test_too_long_and_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a" * 5000, encoding="utf-8")
    assert slugs(load(path, config=Config(max_characters=1000))) == ["article-too-long"]
    assert slugs(load(path, config=Config(max_bytes=1000))) == ["too-large"]


@pytest.mark.parametrize(
    ("data", "text", "damage"),
    [
        ("Kota “siap”".encode(), "Kota “siap”", None),
        ("Kota “siap”".encode("utf-8-sig"), "Kota “siap”", None),
        ("Kota “siap”".encode("cp1252"), "Kota “siap”", "Windows-1252"),
        ("Kota siap".encode("utf-16"), "Kota siap", None),
        ("Kota siap".encode("utf-16-le"), "Kota siap", "UTF-16-LE"),
        ("Kota siap".encode("utf-16-be"), "Kota siap", "UTF-16-BE"),
        ("Kota “siap” é ü".encode() + b"\xff", "Kota “siap” é ü\ufffd", "broken UTF-8"),
        (bytes(range(256)) * 4, None, "binary"),
    ],
)
def test_encodings(data: bytes, text: str | None, damage: str | None) -> None:
    got, said = decode(data)
    assert got == text
    assert (damage is None and said is None) or damage in said


def test_languages() -> None:
    english = (
        "The mayor said on Thursday that the city was ready to receive the refugees who had been waiting for weeks. "
        * 3
    )
    malay = (
        "Polis menahan dua suspek kerana didakwa mencuri kereta di kawasan itu pada Khamis. Ketua polis daerah berkata siasatan"
        " masih dijalankan dan suspek ditahan manakala sebuah syarikat telah membuat laporan mengenai kes itu pada Isnin lalu."
    )
    indonesian = (
        "Wali kota itu mengatakan bahwa kotanya siap menerima pengungsi yang sudah menunggu selama dua minggu di pelabuhan karena badai. "
        * 2
    )
    assert foreign_language(english) == "en"
    assert foreign_language(malay) == "ms"
    assert foreign_language(indonesian) is None
    assert foreign_language("Terlalu pendek") is None


def test_foreign_article_is_told_and_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text('"We are ready," said the mayor of the city on Thursday. ' * 10, encoding="utf-8")
    (result,) = ujar.read_sources([str(path)])
    assert result.statements == ()
    assert "not-indonesian" in [p.slug for p in result.problems]


@replaces
def test_a_fault_of_ours_does_not_stop_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.txt", "2.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    real = ujar.pipeline.analyze

    def failing(article: ujar.Article, **more: object) -> ujar.Analysis:
        if article.id.endswith("1.txt"):
            raise RuntimeError("boom")
        return real(article, **more)

    monkeypatch.setattr("ujar.pipeline.analyze", failing)
    first, second = ujar.read_sources([str(tmp_path)])
    assert first.problems[-1].slug == "internal-error"
    assert len(second.statements) == 1


def test_outlets() -> None:
    assert outlet_of("https://nasional.kompas.com/read/1") == "Kompas.com"
    assert outlet_of("https://example.org/a") is None
    assert outlet_of(None) is None
