"""Every word list: loads, sorted, no form twice, examples that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

import ujar
from ujar.errors import TableError
from ujar.parse.layout import find_paragraphs
from ujar.statements.lexicon import lexicon
from ujar.tables import load_table

# These have keys and tests of their own (test_actors.py, test_history.py, test_cameo.py).
OTHERS = {"actors", "forecast", "history", "cameo.tsv"}
TABLES = sorted(p for p in (ROOT / "src" / "ujar").rglob("*.tsv") if OTHERS.isdisjoint((p.parent.name, p.name)))


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.name)
def test_table(path: Path) -> None:
    package = ".".join(path.relative_to(ROOT / "src").parts[:-1])
    rows = load_table(package, path.name)
    forms = [row["form"] for row in rows]
    assert rows
    assert forms == sorted(forms), "sorted by form"
    # A word may decide one way in front of the issue and another behind it (positions/stance.tsv).
    keys = [(row["form"], row.get("side")) for row in rows]
    assert len(set(keys)) == len(keys), "no form twice"
    assert all(form.strip() == form and form for form in forms)
    for row in rows:
        if row.get("example"):
            assert re.search(row["form"], row["example"], re.IGNORECASE), row


def test_every_cue_fires_on_its_example() -> None:
    for row in load_table("ujar.statements", "cues.tsv"):
        statements = ujar.read(row["example"], reader="rules").statements
        cues = [row["example"][slice(*s.cue)].lower() for s in statements if s.cue]
        assert cues == [row["form"]], row


def test_furniture_is_noise() -> None:
    for row in load_table("ujar.parse", "furniture.tsv"):
        assert find_paragraphs(row["example"])[1], row


def test_uses_of_function_words_are_known() -> None:
    uses = {use for row in load_table("ujar.statements", "function_words.tsv") for use in row["use"].split()}
    assert uses == {"adverb", "subordinator", "opener", "stop", "pronoun", "role", "place", "noun"}
    assert lexicon().role


def test_a_broken_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lists"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.tsv").write_text("form\nx\ty\n")
    (package / "b.tsv").write_text("# nothing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("a.tsv", "b.tsv"):
        with pytest.raises(TableError):
            load_table("lists", name)
