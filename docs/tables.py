"""Make docs/ledger-tables.md from the schema: ``python docs/tables.py``; a test checks that it was done."""

# ruff: noqa: INP001 - a script, no package

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from ujar.store.schema import SCHEMA_VERSION, TABLES

PAGE = Path(__file__).with_name("ledger-tables.md")

_ABOUT = {
    "articles": "A row a reading of an article. What it supersedes stays in the table (see [the ledger](ledger.md)).",
    "statements": "A row a statement: words, claims, demands, promises, threats or denials that a report attributes.",
    "events": "A row an event: something that an actor does to another, after PLOVER, as the article tells it.",
}


def page() -> str:
    """The page."""
    lines = [
        "# The tables of the ledger",
        "",
        f"Version {SCHEMA_VERSION}. Made from `src/ujar/store/schema.py` by `python docs/tables.py`. How the files lie and how",
        "they are read without ujar says [the ledger](ledger.md). `text[]` is a list of texts.",
    ]
    for table, columns in TABLES.items():
        lines += [
            "",
            f"## {table}",
            "",
            _ABOUT[table],
            "",
            "| column | type | what stands in it |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{c.name}` | {kind(c.type)} | {c.doc.replace('|', chr(92) + '|')} |" for c in columns]
    return "\n".join(lines) + "\n"


def kind(type_: pa.DataType) -> str:
    """An Arrow type as a reader of the page needs it."""
    if pa.types.is_list(type_):
        return f"{kind(type_.value_type)}[]"
    if pa.types.is_struct(type_):
        return "{" + ", ".join(f"{field.name}: {kind(field.type)}" for field in type_) + "}"
    names = {"string": "text", "date32[day]": "day", "timestamp[us, tz=UTC]": "time (UTC)"}
    return names.get(str(type_), str(type_))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
