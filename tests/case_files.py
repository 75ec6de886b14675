"""Test cases in TOML with the spans marked in the text itself; the notation is explained in cases/README.md."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
_MARK = re.compile(r"\{(?:(\d+)\.)?(content|cue|source|addressee|via|time)\|")
_FIELDS = {"kind", "speaker", "speaker_type", "role", "date", "unknown"}


@dataclass
class Expected:
    """One expected statement: its marked spans, and the fields the case names."""

    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class Case:
    """One case: the text without its marks, what must be found in it, and the only reader that must (None: both)."""

    name: str
    text: str
    published: date | None
    expected: list[Expected]
    reader: str | None = None


def parse_marks(name: str, marked: str) -> tuple[str, dict[int, Expected]]:
    """The text without marks, and the marked spans by statement number; ValueError for a mark that does not close."""
    text = ""
    found: dict[int, Expected] = {}
    open_marks: list[tuple[int, str, int]] = []
    at = 0
    while at < len(marked):
        mark = _MARK.match(marked, at)
        if mark:
            open_marks.append((int(mark[1] or 1), mark[2], len(text)))
            at = mark.end()
        elif marked[at] == "}" and open_marks:
            number, kind, start = open_marks.pop()
            found.setdefault(number, Expected()).spans.setdefault(kind, []).append((start, len(text)))
            at += 1
        elif marked[at] == "\\" and marked[at + 1 : at + 2] in ("{", "}"):
            text += marked[at + 1]
            at += 2
        else:
            text += marked[at]
            at += 1
    if open_marks:
        msg = f"case {name!r}: the mark {open_marks[-1][1]} does not close"
        raise ValueError(msg)
    for expected in found.values():
        for spans in expected.spans.values():
            spans.sort()
    return text, found


def load_cases(family: str) -> list[Case]:
    """The cases of one file."""
    with (FOLDER / f"{family}.toml").open("rb") as file:
        rows = tomllib.load(file)["case"]
    cases = []
    for row in rows:
        name = row["name"]
        text, marked = parse_marks(name, row["text"].strip("\n"))
        statements = row.get("statement", [])
        unknown = {key for s in statements for key in s} - _FIELDS
        if unknown:
            msg = f"case {name!r}: unknown fields {sorted(unknown)}"
            raise ValueError(msg)
        for number, fields in enumerate(statements, start=1):
            if number not in marked:
                msg = f"case {name!r}: statement {number} has no marks in the text"
                raise ValueError(msg)
            marked[number].fields = fields
        published = date.fromisoformat(row["published"]) if "published" in row else None
        cases.append(Case(name, text, published, [marked[k] for k in sorted(marked)], row.get("reader")))
    return cases
