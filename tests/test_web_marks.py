"""Marks in a text, the words of the pages, languages and charts."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from ujar.store.reports import Piece, differing
from ujar.tables import load_table
from ujar.web.bars import bars
from ujar.web.marks import Mark, anchor_of, beginning, paragraphs, visible
from ujar.web.phrases import chosen


def joined(text: str, marks: list[Mark]) -> str:
    return "\n".join("".join(p.text for p in line) for line in paragraphs(text, marks))


@given(
    st.text(alphabet="ab \ncd", max_size=40),
    st.lists(
        st.tuples(st.integers(0, 45), st.integers(0, 45), st.sampled_from(["content", "cue", "trigger"])), max_size=6
    ),
)
@settings(max_examples=150, deadline=None)
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    marks = [Mark(a, b, part, f"s{n}") for n, (a, b, part) in enumerate(spans)]
    assert joined(text, marks) == "\n".join(line for line in text.split("\n") if line.strip())
    # Each character carries exactly the marks that it lies in.
    pieces = [p for line in paragraphs(text, marks) for p in line]
    assert sum(len(p.text) * len(p.marks) for p in pieces) == sum(
        sum(1 for i in range(m.start, min(m.end, len(text))) if text[i] != "\n" and _in_words(text, i)) for m in marks
    )


def _in_words(text: str, at: int) -> bool:
    """Whether the line of a character is shown."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return bool(text[start : len(text) if end < 0 else end].strip())


def test_overlapping_marks() -> None:
    ((*pieces,),) = paragraphs("satu dua tiga", [Mark(0, 8, "content", "s0"), Mark(5, 13, "trigger", "e0")])
    assert [(p.text, [m.anchor for m in p.marks], p.begins) for p in pieces] == [
        ("satu ", ["s0"], ("s0",)),
        ("dua", ["s0", "e0"], ("e0",)),
        (" tiga", ["e0"], ()),
    ]
    assert anchor_of("0123456789abcdef.3") == "s3"
    assert anchor_of("0123456789abcdef.e3") == "e3"
    assert visible("a\x1b[31m\u202eb\tc\n") == "a[31mb\tc\n"


def test_differing_words() -> None:
    left, right = differing("Harga beras sudah turun.", "“harga beras, belum turun")
    assert [(p.text, p.differs) for p in left] == [("Harga beras ", False), ("sudah ", True), ("turun.", False)]
    assert [(p.text, p.differs) for p in right] == [("“harga beras, ", False), ("belum ", True), ("turun", False)]
    assert differing("", "apa") == ((), (Piece("apa", differs=True),))
    assert beginning("kata " * 1000) == ("kata " * 600)[:-1]


def test_chosen_language() -> None:
    assert chosen(None, None, None) == "id"
    assert chosen("en", "id", "id") == "en"
    assert chosen("fr", "en", None) == "en"
    assert chosen(None, None, "de, en-GB;q=0.8, id;q=0.9") == "id"
    assert chosen(None, None, "en-US,id;q=0.5") == "en"
    assert chosen(None, None, "id;q=0, en;q=x, ,;;") == "id"


def test_every_phrase_is_there_in_both_languages() -> None:
    rows = {row["form"]: row for row in load_table("ujar.web", "phrases.tsv")}
    for row in rows.values():
        assert row["id"]
        assert row["en"]
        assert sorted(re.findall(r"\{\w+\}", row["id"])) == sorted(re.findall(r"\{\w+\}", row["en"])), row["form"]
    used: set[str] = set()
    for path in (ROOT / "src" / "ujar" / "web" / "templates").glob("*.html"):
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\bt\(\s*['\"]([a-z_]+[a-z])['\"]\s*[,)]", source))
        used |= set(re.findall(r"\b(?:field|choice|tick)\(\"\w+\", \"(\w+)\"", source))
        used |= set(re.findall(r'hint="(\w+)"', source))
    assert used <= set(rows), used - set(rows)


def test_bars_of_a_pair() -> None:
    from datetime import date

    drawn = bars(
        [(date(2024, 6, 6), "forth", "verbal conflict", 3), (date(2024, 6, 20), "both", "verbal cooperation", 1)]
    )
    assert drawn
    assert drawn.unit == "day"
    assert drawn.most == 3
    assert [(b.way, b.quad, b.number) for b in drawn.bars] == [
        ("forth", "verbal-conflict", 3), ("forth", "verbal-cooperation", 1), ("back", "verbal-cooperation", 1),
    ]  # fmt: skip
    below, above, _ = drawn.bars
    assert below.y == drawn.middles[0]
    assert above.y + above.height == pytest.approx(drawn.middles[0], abs=0.2)
    assert bars([]) is None
    years = bars([(date(1, 1, 1), "forth", "verbal conflict", 1), (date(9999, 12, 31), "back", "verbal conflict", 1)])
    assert years
    assert years.unit == "year"
