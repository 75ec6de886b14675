"""Words, paragraphs, noise, quotations, sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ujar.parse import parse
from ujar.parse.layout import find_paragraphs
from ujar.parse.quotes import find_quotes
from ujar.parse.sentences import find_sentences
from ujar.parse.words import find_words
from ujar.records import Article


def words(text: str) -> list[str]:
    return [text[w.start : w.end] for w in find_words(text)]


def quotes(text: str) -> list[str]:
    return [text[q.span.start : q.span.end] for q in find_quotes(text, find_paragraphs(text)[0])]


def sentences(text: str) -> list[str]:
    paragraphs = find_paragraphs(text)[0]
    return [text[a:b] for a, b in find_sentences(text, paragraphs, find_quotes(text, paragraphs))]


def noise(text: str) -> list[str]:
    return [text[a:b].strip() for a, b in find_paragraphs(text)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kota-kota siap.", ["kota-kota", "siap", "."]),
        ("Jum'at (7/6/2024)", ["Jum'at", "(", "7/6/2024", ")"]),
        ("Rp 14.700,50", ["Rp", "14.700,50"]),
        ("ujarRina", ["ujar", "Rina"]),
        ("katanya.Menurut", ["katanya", ".", "Menurut"]),
        ("PresidenFinlandiaAlexander", ["Presiden", "Finlandia", "Alexander"]),
        ("iPhone", ["iPhone"]),
        ("Liputan6.com", ["Liputan6.com"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Kami siap," kata Rina.', ["Kami siap,"]),
        ("”Kami siap,” kata Rina.", ["Kami siap,"]),
        ("“Kami siap,” kata Rina.", ["Kami siap,"]),
        ("'Kami siap,' kata Rina.", ["Kami siap,"]),
        ("Ma'ruf pergi Jum'at sore", []),
        ('"Kami tolak "perang" itu," kata Rina.', ['Kami tolak "perang" itu,']),
        ('Kami siap," kata Rina.', ["Kami siap,"]),
        ('"Kami siap, kata Rina.', ["Kami siap,"]),
        ('"Satu," kata Rina. "Dua," kata Budi.', ["Satu,", "Dua,"]),
    ],
)
def test_quotes(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rina datang. Budi pergi.", ["Rina datang.", "Budi pergi."]),
        ("Prof. Rina datang.", ["Prof. Rina datang."]),
        ("B. J. Habibie datang.", ["B. J. Habibie datang."]),
        ("Rina berkata.Budi pergi.", ["Rina berkata.", "Budi pergi."]),
        ("Situs TEMPO.CO memuatnya.", ["Situs TEMPO.CO memuatnya."]),
        ('"Mau ke mana? Pulang?" tanya Rina. Budi diam.', ['"Mau ke mana? Pulang?" tanya Rina.', "Budi diam."]),
        ('"Kami siap." Rina lalu pergi.', ['"Kami siap."', "Rina lalu pergi."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_noise_is_found_and_kept_out() -> None:
    text = "JAKARTA, KOMPAS.com - Rina datang.\n\nBaca juga: Rina Tiba\n\nBudi pergi. (rds/ard)"
    assert noise(text) == ["JAKARTA, KOMPAS.com -", "Baca juga: Rina Tiba", "(rds/ard)"]
    assert sentences(text) == ["Rina datang.", "Budi pergi."]


def test_reading_on_in_running_text_ends_with_its_headline() -> None:
    text = "Rina datang. Baca Juga: Wali Kota Tiba di Pelabuhan Budi kemudian pergi."
    assert noise(text) == ["Baca Juga: Wali Kota Tiba di Pelabuhan"]


def test_lines_wrapped_by_an_editor_are_one_paragraph() -> None:
    assert len(find_paragraphs("Rina mengatakan bahwa kotanya\nsudah siap.\n\nBudi pergi.")[0]) == 2


@given(st.text(alphabet=st.sampled_from("ab A.,\"“”'’?!\n ()-kataRina"), max_size=200) | st.text(max_size=200))
def test_any_text(text: str) -> None:
    parsed = parse(Article(id="x", text=text))
    size = len(text)
    for spans in (parsed.paragraphs, parsed.sentences, [q.outer for q in parsed.quotes], parsed.noise):
        last = 0
        for span in spans:
            assert last <= span.start < span.end <= size
            last = span.end
    for quote in parsed.quotes:
        assert quote.outer.start <= quote.span.start < quote.span.end <= quote.outer.end
    last = 0
    for word in parsed.words:
        assert last <= word.start < word.end <= size
        last = word.end


def test_a_brand_run_into_a_name_is_parted_where_both_stand_elsewhere() -> None:
    text = "NasDem rapat. Ketua Umum NasDemSurya Paloh hadir, kata Surya. iPhoneRina tetap satu."
    forms = [text[w.start : w.end] for w in find_words(text)]
    assert forms.count("NasDem") == 2
    assert forms.count("Surya") == 2
    assert "iPhoneRina" in forms
