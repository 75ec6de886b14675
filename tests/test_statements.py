"""The cases in tests/cases, family by family."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from case_files import Case, load_cases, parse_marks

import ujar
from scoring import trim


def found(case: Case, reader: str) -> list[dict]:
    """What a reader finds, in the shape of the expectation."""
    rows = []
    for s in ujar.read(case.text, published=case.published, reader=reader).statements:
        spans = {
            "content": list(s.contents),
            "cue": [s.cue] if s.cue else [],
            "source": [s.source] if s.source else [],
            "addressee": [s.addressee] if s.addressee else [],
            "via": list(s.via),
            "time": [s.time] if s.time else [],
        }
        rows.append({"statement": s, "spans": {k: [trim(case.text, x) for x in v] for k, v in spans.items()}})
    return rows


def check(case: Case, reader: str) -> None:
    if case.reader not in (None, reader):
        pytest.skip(f"read so by {case.reader} only")
    rows = found(case, reader)
    shown = [[case.text[a:b] for a, b in r["spans"]["content"]] for r in rows]
    assert len(rows) == len(case.expected), f"{case.name}: found {shown}"
    for row, expected in zip(rows, case.expected, strict=True):
        for part in ("content", "cue", "source", *(p for p in ("addressee", "via", "time") if p in expected.spans)):
            wanted = [trim(case.text, x) for x in expected.spans.get(part, [])]
            got = row["spans"][part]
            assert [case.text[a:b] for a, b in got] == [case.text[a:b] for a, b in wanted], f"{case.name}: {part}"
            assert got == wanted, f"{case.name}: {part} stands elsewhere"
        statement = row["statement"]
        for name, value in expected.fields.items():
            if name == "unknown":
                assert statement.speaker is None, case.name
            else:
                assert getattr(statement, name) == value, f"{case.name}: {name}"


BOTH = pytest.mark.parametrize("reader", ["learned", "rules"])


@BOTH
@pytest.mark.parametrize("case", load_cases("wild"), ids=lambda c: c.name)
def test_wild(case: Case, reader: str) -> None:
    check(case, reader)


@BOTH
@pytest.mark.parametrize("case", load_cases("synthetic"), ids=lambda c: c.name)
def test_synthetic(case: Case, reader: str) -> None:
    check(case, reader)


@BOTH
@pytest.mark.parametrize("case", load_cases("negative"), ids=lambda c: c.name)
def test_negative(case: Case, reader: str) -> None:
    assert not case.expected, "a negative case has no marks"
    check(case, reader)


@pytest.mark.parametrize("case", load_cases("known-failures"), ids=lambda c: c.name)
@pytest.mark.xfail(strict=True, reason="known failure; when it passes, move the case to another file")
def test_known_failures(case: Case) -> None:
    check(case, "rules")


def test_a_mark_that_does_not_close_is_refused() -> None:
    with pytest.raises(ValueError, match="does not close"):
        parse_marks("x", "{content|Kami siap")


def test_braces_of_the_text_are_kept() -> None:
    assert parse_marks("x", r"\{a\} {cue|kata}")[0] == "{a} kata"


@BOTH
def test_what_has_no_word_is_no_statement(reader: str) -> None:
    """Between two quotations that hold nothing but marks something seems quoted: a comma, a dash."""
    text = 'Rina Wulandari, pedagang beras, mengatakan ",". "Kami siap pindah pekan depan," kata Budi Santosa. "–," ujarnya.'
    found = ujar.read(text, reader=reader).statements
    assert [[text[c.start : c.end] for c in s.contents] for s in found] == [["Kami siap pindah pekan depan"]]


@BOTH
def test_several_are_never_one_person(reader: str) -> None:
    """ "Mereka" stands for those who spoke before, however they were called; where only one did, for nobody."""
    one = '"Rudal ini baru," kata Vladimir Putin di Moskwa. Mereka menilai kemampuan rudal itu belum terbukti.'
    found = ujar.read(one, reader=reader).statements
    assert [s.speaker for s in found] == ["Vladimir Putin", None]
    several = (
        "Sejumlah pakar pertahanan mengatakan rudal itu belum diuji. Mereka menilai kemampuan rudal itu belum terbukti."
    )
    found = ujar.read(several, reader=reader).statements
    assert [s.speaker for s in found] == ["Sejumlah pakar pertahanan"] * 2


def test_two_spellings_of_a_name_are_one_person() -> None:
    from ujar.statements.names import Naming
    from ujar.statements.persons import find_people

    found = [
        Naming(0, 3, ("Mohammad", "Javad", "Rahimi"), None),
        Naming(9, 12, ("Mohamad", "Javad", "Rahimi"), None),
        Naming(20, 22, ("Javad", "Rahimi"), None),
        Naming(30, 32, ("Budi", "Santosa"), None),
        Naming(40, 42, ("Budi", "Santoso"), None),
        Naming(50, 52, ("Rini", "Wati"), None),
        Naming(60, 62, ("Rina", "Wati"), None),
    ]
    names = sorted(p.name for p in find_people(found))
    # Long words may be misspelt; short ones that differ are two persons.
    assert names == ["Budi Santosa", "Mohammad Javad Rahimi", "Rina Wati", "Rini Wati"]
