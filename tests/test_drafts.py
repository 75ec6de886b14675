"""The tables in the making have the form they must have; what they say is not checked here."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT

FOLDER = ROOT / "drafts" / "actors"
CODE = re.compile(r"[A-Z]{3}\Z")


def rows(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    columns = header.split("\t")
    cells = [line.split("\t") for line in lines]
    assert all(len(row) == len(columns) for row in cells), path.name
    return [dict(zip(columns, row, strict=True)) for row in cells]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.tsv")), ids=lambda p: p.stem)
def test_form(path: Path) -> None:
    table = rows(path)
    assert table
    for row in table:
        days = [date.fromisoformat(row[name]) for name in ("start", "end") if row.get(name)]
        assert days == sorted(days), row
        assert all(CODE.match(row[name]) for name in ("code", "member") if row.get(name)), row


def test_blocs_are_bodies() -> None:
    blocs = {row["id"] for row in rows(FOLDER / "bodies_blocs.tsv")}
    assert {row["bloc"] for row in rows(FOLDER / "memberships.tsv")} <= blocs


@pytest.mark.parametrize("path", sorted(FOLDER.glob("offices_*.tsv")), ids=lambda p: p.stem)
def test_one_holder_at_a_time(path: Path) -> None:
    terms: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows(path):
        if row["unique"] == "1":
            terms[row["office"], row["code"]].append((row["start"], row["end"] or "9999", row["person"]))
    for office, held in terms.items():
        for before, after in pairwise(sorted(held)):
            assert before[1] <= after[0] or before[2] == after[2], (office, before, after)
