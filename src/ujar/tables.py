"""Load a lexicon: a tab-separated table that lies beside the code that reads it.

The first line names the columns. Lines that begin with ``#`` and empty lines are comments.
A cell that would be empty may be left out at the end of a row.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from ujar.errors import TableError


@cache
def load_table(package: str, name: str) -> tuple[dict[str, str], ...]:
    """Rows of the table ``name`` in ``package``, in file order, each as column → cell.

    Raises TableError with file and line number when a row has more cells than the header has columns.
    """
    text = (resources.files(package) / name).read_text(encoding="utf-8")
    header: list[str] | None = None
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if header is None:
            header = cells
            continue
        if len(cells) > len(header):
            raise TableError(
                "bad-table",
                f"{name}, line {number}: {len(cells)} cells, but the header names {len(header)} columns",
                "take out the surplus tab characters",
            )
        cells += [""] * (len(header) - len(cells))
        rows.append(dict(zip(header, cells, strict=True)))
    if header is None:
        raise TableError("bad-table", f"{name} has no header line", "restore the file from the project")
    return tuple(rows)


@cache
def common_words() -> frozenset[str]:
    """Words that news writes in lower case (``common_words.tsv``, made by training/common_words.py)."""
    return frozenset(row["form"] for row in load_table("ujar", "common_words.tsv"))


@cache
def whole_words() -> frozenset[str]:
    """Capitalised words, in lower case, that end in a common word and are one word (``whole_words.tsv``)."""
    return frozenset(row["form"] for row in load_table("ujar", "whole_words.tsv"))


@cache
def capital_words() -> frozenset[str]:
    """Words, in lower case, that news writes with a capital: the words of names (``capital_words.tsv``)."""
    return frozenset(row["form"] for row in load_table("ujar", "capital_words.tsv"))


@cache
def empty_words() -> frozenset[str]:
    """Words that only hold a sentence together ("yang", "tersebut", "sebagai"), in small letters."""
    uses = {"stop", "subordinator", "adverb", "opener", "pronoun"}
    return frozenset(
        row["form"] for row in load_table("ujar.statements", "function_words.tsv") if uses & set(row["use"].split())
    )
