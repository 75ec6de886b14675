"""What `import ujar` offers, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

import ujar


def test_exports_are_sorted_and_there() -> None:
    assert ujar.__all__ == sorted(ujar.__all__)
    assert all(hasattr(ujar, name) for name in ujar.__all__)


def test_import_loads_nothing_heavy() -> None:
    heavy = ["trafilatura", "httpx", "rich", "py3langid", "numpy", "onnxruntime", "lxml", "click"]
    code = f"import sys, ujar; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_read_and_explain() -> None:
    text = '"Kami siap," kata Wali Kota Rina Wulandari kepada wartawan, Kamis (6/6).'
    (statement,) = ujar.read(text, published=date(2024, 6, 7)).statements
    assert text[slice(*statement.contents[0])] == "Kami siap"
    explained = ujar.explain(statement)
    for step in statement.steps:
        assert f"{step.part}: {step.rule}" in explained
    assert {s.part for s in statement.steps} == {"content", "cue", "source", "speaker", "addressee", "date"}


def test_records_cannot_be_changed() -> None:
    analysis = ujar.read("Rina datang.")
    with pytest.raises(FrozenInstanceError):
        analysis.article.text = "x"  # type: ignore[misc]


def test_same_path_as_the_command(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_text('"Kami siap," kata Rina Wulandari.', encoding="utf-8")
    (from_file,) = ujar.read_sources([str(path)])
    assert from_file.statements == ujar.read(path.read_text(encoding="utf-8")).statements
