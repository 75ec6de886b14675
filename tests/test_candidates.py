"""Who might have made a statement: which candidates a source has, which it cannot have, and what is known of each."""

from __future__ import annotations

import numpy as np
import pytest

from ujar.parse import parse
from ujar.parse.words import find_words
from ujar.records import Article, Parse, Span, Statement
from ujar.statements.candidates import candidates_of, source_class
from ujar.statements.cast import Cast
from ujar.statements.measures import FEATURES, Candidate
from ujar.statements.phrases import whose
from ujar.statements.who import inputs_of

TEXT = (
    "Presiden Kenya William Ruto bertemu Menteri Luar Negeri Kenya Alfred Mutua di Nairobi. Perusahaan Kenya Railways tutup. "
    "{source} mengatakan kunjungan itu singkat."
)


def one(source: str) -> tuple[Parse, Statement, list[Candidate]]:
    """The candidates for a statement whose source are these words ("" for none)."""
    text = TEXT.format(source=source) if source else TEXT.format(source="Lalu") + " Ujarnya, semua baik."
    at = text.index(f"{source} mengatakan") if source else 0
    cue = text.index("mengatakan" if source else "Ujarnya")
    content = text.index("kunjungan" if source else "semua")
    statement = Statement(
        contents=(Span(content, len(text) - 1),),
        kind="indirect",
        cue=Span(cue, cue + len("mengatakan" if source else "Ujarnya")),
        source=Span(at, at + len(source)) if source else None,
        steps=(),
    )
    parsed = parse(Article("a", text), mentions=True)
    return parsed, statement, candidates_of(Cast(parsed, (statement,)), statement)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("seorang ajudan Ruto", "Ruto"),
        ("Ajudan Ruto", "Ruto"),
        ("pengacara Rina Wulandari", "Rina"),
        ("putri Candrawathi", "Candrawathi"),
        ("Putri Candrawathi", None),
        ("Ibu Megawati", None),
        ("Sekretaris Kabinet Teddy Wijaya", None),
        ("pihak Hamano", None),
        ("istri pejabat itu", None),
        ("ajudan", None),
        ("Presiden Ruto", None),
    ],
)
def test_whose_somebody_is(phrase: str, name: str | None) -> None:
    word = whose(find_words(phrase), phrase)
    assert (word and phrase[word.start : word.end]) == name


def test_an_aide_is_not_whom_he_serves() -> None:
    _, _, found = one("Seorang ajudan Ruto")
    names = {c.name for c in found}
    assert "William Ruto" not in names
    assert {"Seorang ajudan Ruto", "ajudan Ruto"} <= names
    assert "William Ruto" in {c.name for c in one("Presiden Ruto")[2]}


def test_both_are_the_two_named_last() -> None:
    assert "William Ruto & Alfred Mutua" in {c.name for c in one("Keduanya")[2]}
    assert not any(" & " in c.name for c in one("Ruto")[2])


def test_a_pair_that_is_described_goes_by_its_names() -> None:
    _, _, found = one("Pasangan pengusaha, Peter dan Mary Otieno,")
    names = {c.name for c in found}
    assert any(" & " in n and "Otieno" in n for n in names)
    assert not any(n.startswith("Pasangan") for n in names)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Perusahaan", "common"),
        ("Kenya Railways", "named"),
        ("Ia", "pronoun"),
        ("Mereka", "plural"),
        ("Menteri itu", "pointing"),
        ("Presiden", "office"),
    ],
)
def test_what_kind_of_reference_a_source_is(source: str, kind: str) -> None:
    parsed, statement, _ = one(source)
    assert statement.source is not None
    words = [w for w in parsed.words if statement.source.start <= w.start < statement.source.end]
    assert source_class(words, Cast(parsed, (statement,))) == kind


def test_a_common_noun_may_point_back_at_a_body() -> None:
    assert any("Railways" in c.name for c in one("Perusahaan")[2])


@pytest.mark.parametrize("source", ["Ruto", "Seorang pejabat", ""])
def test_what_is_known_of_a_candidate(source: str) -> None:
    parsed, statement, found = one(source)
    assert parsed.encoded is not None
    states, tokens = parsed.encoded.states, parsed.encoded.tokens
    x = inputs_of(parsed, statement, found)
    width = states.shape[1]
    assert x.shape == (len(found), len(FEATURES) + 2 * width)
    begin = statement.source.start if statement.source else statement.cue.start  # type: ignore[union-attr]
    for row, candidate in zip(x, found, strict=True):
        assert np.array_equal(row[: len(FEATURES)], candidate.features)
        assert np.array_equal(row[len(FEATURES) : -width], states[tokens.at(begin)])
        where = np.zeros(width) if candidate.place is None else states[tokens.at(candidate.place)]
        assert np.array_equal(row[-width:], where)
        if candidate.place is not None:
            assert parsed.article.text[candidate.place :].startswith(candidate.name.split()[0]) or candidate.person


def test_an_article_that_was_not_encoded_has_no_states() -> None:
    parsed, statement, found = one("Ruto")
    with pytest.raises(ValueError, match="encoded"):
        inputs_of(parse(parsed.article), statement, found)
