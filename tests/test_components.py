"""The spaCy components: the tutorial runs, documents can be stored, odd texts do no harm."""

from __future__ import annotations

import doctest

import pytest
from conftest import ROOT

spacy = pytest.importorskip("spacy", reason="needs ujar[spacy]")


@pytest.mark.filterwarnings("ignore")
def test_the_tutorial_runs() -> None:
    failed, tried = doctest.testfile(str(ROOT / "docs" / "spacy.md"), module_relative=False)
    assert tried > 10
    assert failed == 0


@pytest.mark.filterwarnings("ignore")
def test_documents_are_stored_and_read_back() -> None:
    nlp = spacy.blank("id")
    nlp.add_pipe("ujar_names")
    nlp.add_pipe("ujar_statements")
    doc = nlp('"Kami siap," kataRina Wulandari.')
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.statements == doc._.statements
    assert doc._.statements[0]["speaker"] == "Rina Wulandari"
    assert [s.text for s in again.spans["cues"]] == ["kataRina"]
    for text in ("", " ", "\n\n", "“", "x" * 5000):
        assert nlp(text)._.statements == []


@pytest.mark.filterwarnings("ignore")
def test_components_of_two_documents_do_not_share_rows() -> None:
    nlp = spacy.blank("id")
    nlp.add_pipe("ujar_statements")
    first, second = nlp('"Kami siap," kata Rina Wulandari.'), nlp("Hujan turun.")
    assert len(first._.statements) == 1
    assert second._.statements == []
