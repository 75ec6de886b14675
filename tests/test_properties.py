"""Whatever the text: nothing is raised, every span lies in it, the same text gives the same result."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

import ujar
from ujar.pipeline import analyze
from ujar.records import Article

FRAGMENTS = [
    '"Kami siap', '," ', "kata ", "Rina Wulandari", "katanya", ". ", "\n\n", "menurut ", "dia ", "mengatakan ", "bahwa ", ", ",
    "Presiden Finlandia itu ", "“", "”", "seperti dikutip Reuters", " Kamis (6/6)", "Baca juga: ", "(KPK) ", "yang ", "dan ",
    "kepada wartawan ", "meminta ", "agar ", "Hal itu disampaikan ", "Menurutnya, ", "ujarRina ", "'", "…", "\u00a0", "mereka ", ":",
]  # fmt: skip


def check(text: str) -> None:
    analysis = ujar.read(text, published=date(2024, 6, 7))
    for s in analysis.statements:
        assert s.contents
        for one, other in zip(s.contents, s.contents[1:], strict=False):
            assert one.end <= other.start
        for span in (*s.contents, *s.via, *(x for x in (s.cue, s.source, s.addressee, s.time) if x)):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()
        assert s.speaker is None or s.speaker.strip()
        assert 0 <= s.confidence <= 1
    contents = sorted(span for s in analysis.statements for span in s.contents)
    assert all(one.end <= other.start for one, other in zip(contents, contents[1:], strict=False)), "no words twice"
    assert analysis == ujar.read(text, published=date(2024, 6, 7))


def test_half_a_character_is_read() -> None:
    """A lone surrogate, as a file name or broken JSON may bring it: no UTF-8 can be made of it."""
    text = 'Wali Kota Rin\udcc6a Wulandari mengatakan, "Kami \ud800 siap." \udfff'
    for reader in ("rules", "learned"):
        found = analyze(Article("half", text, published=date(2024, 6, 7)), reader=reader, events=reader == "learned")
        assert [text[c.start : c.end] for s in found.statements for c in s.contents] == ["Kami \ud800 siap."]


def test_a_line_break_is_no_source() -> None:
    """Found by bench/fuzz.py: the net tagged the line break as the source."""
    text = "itu tapi\nmembantah akan akan a"
    found = analyze(Article("break", text), reader="learned")
    assert all(s.source is None or text[s.source.start : s.source.end].strip() for s in found.statements)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
@settings(deadline=None, max_examples=300)
def test_news_like_text(text: str) -> None:
    check(text)


def test_hostile_texts_end() -> None:
    for text in ('"' * 50_000, "kata " * 20_000, "a, " * 20_000, "(" * 50_000, "Rina " * 20_000, "katanya." * 10_000):
        check(text)
