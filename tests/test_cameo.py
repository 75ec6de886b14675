"""CAMEO codes and names as PLOVER types."""

from __future__ import annotations

from pathlib import Path

import pytest

from ujar.config import load_config
from ujar.events.cameo import is_code, is_name, type_of_code, type_of_name
from ujar.events.plover import TYPES
from ujar.tables import load_table

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("010", None),  # speaks only
        ("0256", None),
        ("256", None),  # a number column has lost the first zero
        ("03", "AGREE"),
        ("36", "AGREE"),
        ("042", "CONSULT"),
        ("083", "CONCEDE"),
        ("0841", "RETREAT"),  # of root 08, what is done
        ("0871", "RETREAT"),
        ("090", "ACCUSE"),
        ("10", "REQUEST"),  # a root, not the code 010
        ("112", "ACCUSE"),
        ("163", "COERCE"),  # the exceptions
        ("161", "SANCTION"),
        ("1712", "ASSAULT"),
        ("175", "ASSAULT"),
        ("173", "COERCE"),
        ("191", "COERCE"),
        ("192", "COERCE"),
        ("190", "ASSAULT"),
        ("2042", "ASSAULT"),
        ("1839", "ASSAULT"),  # unknown in its last figure
        ("99", None),
        ("", None),
        ("---", None),
    ],
)
def test_a_code_has_the_type_of_its_root_with_the_exceptions(code: str, kind: str | None) -> None:
    assert type_of_code(code) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Make_a_visit", "CONSULT"),
        ("Express_intent_to_meet_or_negotiate", "AGREE"),
        ("Criticize_or_denounce", "ACCUSE"),
        ("criticize or denounce", "ACCUSE"),
        ("fight with small arms and light weapons", "ASSAULT"),
        ("Meet_at_a_'third'_location", "CONSULT"),
        ("Express intent to allow international involvement (non mediation)", "AGREE"),
        ("Threaten, not specified below", "THREATEN"),
        ("Return,_release_person(s)", "RETREAT"),
        ("Make_statement", None),
        ("Dance", None),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, kind: str | None) -> None:
    assert type_of_name(name) == kind


def test_a_name_without_a_type_is_a_name() -> None:
    assert is_name("Make_statement")
    assert not is_name("Dance")


def test_every_type_of_the_table_is_one_of_the_codebook_and_names_are_of_one_type() -> None:
    rows = load_table("ujar.events", "cameo.tsv")
    assert {row["type"] for row in rows} == {"", *TYPES}
    assert len({row["code"] for row in rows}) == len(rows) > 300
    for row in rows:
        for name in (row["name"], *filter(None, row["also"].split(";"))):
            assert type_of_name(name) == (row["type"] or None), row
        # A code lies below its root.
        assert row["code"][:2] in {"01", "02", *(f"{n:02}" for n in range(3, 21))}


def test_every_relation_of_the_benchmarks_is_known() -> None:
    folder = ROOT / load_config().data / "tkg"
    files = sorted(folder.glob("*/relation2id.txt"))
    if not files:
        pytest.skip(f"no benchmark in {folder} (set UJAR_DATA)")
    for file in files:
        names = [line.split("\t")[0] for line in file.read_text(encoding="utf-8").splitlines()]
        assert [name for name in names if not is_name(name)] == []


def test_what_only_speaks_is_a_code_and_what_is_none_is_not() -> None:
    # "25" is 025 without its first zero.
    assert all(is_code(code) and type_of_code(code) is None for code in ("010", "01", "1", "25", "025", "256"))
    assert not any(is_code(code) or type_of_code(code) for code in ("99", "999", "99x", "", "x", "\u0661\u0669"))
