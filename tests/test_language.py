"""Indonesian against its neighbours: short texts of each, and what must not be called foreign."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from ujar.read.language import foreign_language
from ujar.tables import load_table

TEXTS = [
    line.split("\t")
    for line in (ROOT / "tests" / "cases" / "languages.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
# The share of each language's short texts that is told; the others are let through as undecided.
TOLD = {"en": 1.0, "ms": 0.85, "jv": 0.85, "su": 0.85}

INDONESIAN = [
    "Polisi menangkap dua tersangka pencurian mobil di kawasan itu, Kamis (6/6).",
    "Menteri Luar Negeri Malaysia Datuk Seri Ahmad mengatakan ringgit menguat terhadap dolar AS.",
    'Ia menulis "never give up, this is the time for us" di akun Instagram miliknya sebelum bertanding.',
    "Film The Lord of the Rings: The Return of the King diputar lagi di bioskop Jakarta pekan ini.",
    "Pertunjukan wayang kulit dengan lakon Wahyu Cakraningrat digelar di alun-alun, ujar Bupati.",
    "Sultan berpesan, aja dumeh, kepada para pejabat yang baru dilantik di Yogyakarta.",
    "Gubernur Jawa Barat menyapa warga dengan sampurasun, lalu berbicara soal anggaran desa.",
    "Rina menang 21-15, 21-18 atas Lin Dan.",
    "Mahkamah Konstitusi menolak gugatan itu, kata juru bicara lembaga tersebut.",
    "Beliau adalah guru kami, ujar seorang siswa di pemakaman.",
]


@pytest.mark.parametrize("language", TOLD)
def test_short_texts_of_other_languages(language: str) -> None:
    found = Counter(foreign_language(text) for code, text in TEXTS if code == language)
    assert found.total() >= 40
    assert set(found) <= {language, None}, "undecided, but never taken for a third language"
    assert found[language] >= TOLD[language] * found.total()


@pytest.mark.parametrize("language", TOLD)
def test_longer_texts_of_other_languages(language: str) -> None:
    texts = [text for code, text in TEXTS if code == language]
    for start in range(0, len(texts), 4):
        assert foreign_language(" ".join(texts[start : start + 4])) == language


@pytest.mark.parametrize("text", INDONESIAN)
def test_indonesian_that_looks_otherwise(text: str) -> None:
    assert foreign_language(text) is None
    assert foreign_language(f"{text} " * 8) is None


@pytest.mark.parametrize("text", ["", "…", "Halo", "The end", "12 34 56", "Kami siap", "Breaking News: Jakarta"])
def test_too_short_to_tell(text: str) -> None:
    assert foreign_language(text) is None


def test_words_that_tell() -> None:
    rows = load_table("ujar.read", "language_signs.tsv")
    assert {code for row in rows for code in row["language"].split()} == {"en", "id", "jv", "ms", "su"}
    assert {row["weight"] for row in rows} == {"", "2"}


def test_news_is_indonesian(data_folder: Path) -> None:
    articles = sentences = foreign = wrong = 0
    with gzip.open(data_folder / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in itertools.islice(file, 0, 30_000, 10):
            text = json.loads(line)["text"]
            articles += 1
            foreign += foreign_language(text) is not None
            for sentence in re.split(r"(?<=[.?!])\s+", text)[:6:3]:
                sentences += 1
                wrong += foreign_language(sentence) is not None
    assert articles == 3000
    assert foreign <= 0.003 * articles
    assert wrong <= 0.003 * sentences
