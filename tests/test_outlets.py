"""The table of outlets is sound, and what it says of datelines and closing lines holds."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from ujar.parse.layout import find_paragraphs
from ujar.read.outlets import find_outlet, outlet_of
from ujar.tables import load_table

ROWS = load_table("ujar.read", "outlets.tsv")
SENTENCE = "Menteri Rina Wulandari mengatakan pelabuhan itu dibuka lagi pekan depan."


def test_the_table_is_sound() -> None:
    assert len(ROWS) >= 60
    domains = [d for row in ROWS for d in (row["form"], *row["domains"].split())]
    assert len(set(domains)) == len(domains), "no domain twice"
    assert all(re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", d) for d in domains)
    names = [row["outlet"] for row in ROWS]
    assert len(set(names)) == len(names), "no name twice"
    assert all(row["outlet"] for row in ROWS)
    for row in ROWS:
        assert not row["zone"] or ZoneInfo(row["zone"])
        assert bool(row["credit"]) == bool(row["closing"]), row
        assert not row["mark"] or row["mark"] in row["dateline"], row


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://news.detik.com/berita/d-1/judul", "detikcom"),
        ("https://NASIONAL.Kompas.com/read/1", "Kompas.com"),
        ("https://www.kompas.tv/nasional/1", "Kompas TV"),
        ("https://www.kompas.id/baca/1", "Kompas"),
        ("https://lombokpost.jawapos.com/a", "Lombok Post"),
        ("https://radarsurabaya.jawapos.com/a", "Jawa Pos"),
        ("https://jateng.antaranews.com:443/berita/1", "ANTARA"),
        ("https://jubi.co.id/a", "Jubi"),
        ("https://www.republika.co.id./a", "Republika"),
        ("https://notdetik.com/a", None),
        ("https://detik.com.example.org/a", None),
        ("https://com/a", None),
        ("https://[broken/a", None),
        ("", None),
        (None, None),
    ],
)
def test_names_by_address(url: str | None, name: str | None) -> None:
    assert outlet_of(url) == name


def test_zones() -> None:
    found = find_outlet("https://jubi.id/a")
    assert found is not None
    assert found.zone == "Asia/Jayapura"


@pytest.mark.parametrize("row", [r for r in ROWS if r["dateline"]], ids=lambda r: r["form"])
def test_datelines_are_no_part_of_the_sentence(row: dict[str, str]) -> None:
    text = f"{row['dateline']} {SENTENCE}"
    paragraphs, noise = find_paragraphs(text)
    assert [text[p.start : p.end] for p in paragraphs] == [SENTENCE]
    assert [text[n.start : n.end].strip() for n in noise] == [row["dateline"]]


@pytest.mark.parametrize("row", [r for r in ROWS if r["closing"]], ids=lambda r: r["form"])
def test_closing_lines_are_no_part_of_the_article(row: dict[str, str]) -> None:
    assert re.match(row["credit"], row["closing"], re.IGNORECASE)
    for between in ("\n\n", " ") if row["closing"][0] in "([" else ("\n\n",):
        text = f"{SENTENCE}{between}{row['closing']}"
        paragraphs, noise = find_paragraphs(text)
        assert [text[p.start : p.end].strip() for p in paragraphs] == [SENTENCE]
        assert [text[n.start : n.end] for n in noise] == [row["closing"]]
