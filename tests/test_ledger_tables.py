"""The page of the tables is that of the schema, and the schema is that of the rows."""

from __future__ import annotations

import importlib.util
import re

import pytest

pytest.importorskip("pyarrow")

from conftest import ROOT

from ujar.store import migrate
from ujar.store.schema import SCHEMA_VERSION, TABLES


def test_the_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "tables.py")
    assert spec
    assert spec.loader
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    assert tables.PAGE.read_text(encoding="utf-8") == tables.page(), "run: python docs/tables.py"


def test_every_column_is_explained_once() -> None:
    for table, columns in TABLES.items():
        names = [column.name for column in columns]
        assert len(set(names)) == len(names), table
        for column in columns:
            assert re.match(r"[A-Z`].*\.$", column.doc), (table, column.name)


def test_there_is_a_step_from_every_older_version() -> None:
    assert sorted(migrate.STEPS) == list(range(1, SCHEMA_VERSION))
