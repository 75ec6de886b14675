"""Shared fixtures: golden files, and the evaluation data where it is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ujar import records
from ujar.config import load_config

HERE = Path(__file__).parent
ROOT = HERE.parent
# Compiled modules call each other directly: they do not see what a test puts in the place of a function of theirs.
replaces = pytest.mark.skipif(
    not str(records.__file__).endswith(".py"), reason="a compiled reader keeps to its own functions"
)
# How sure a finding is: "0.934", "93 % sure". Its last digits may differ from processor to processor, which add floats in
# different orders and then may round to another whole number.
_SURE = re.compile(r"\b(?:0\.\d+|1\.0+)\b|\b\d{1,3}(?= % sure)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew from what is found now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/NAME, probabilities to 0.03; on a difference what came out lies in tests/actual/NAME."""

    def check(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if request.config.getoption("--update"):
            path.write_text(text, encoding="utf-8")
            return
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        same = _SURE.sub("?", text) == _SURE.sub("?", wanted) and all(
            abs(float(one) - float(other)) <= (0.03 if "." in one else 3)
            for one, other in zip(_SURE.findall(text), _SURE.findall(wanted), strict=True)
        )
        if not same:
            actual = HERE / "actual"
            actual.mkdir(exist_ok=True)
            (actual / name).write_text(text, encoding="utf-8")
        assert same, f"differs from tests/golden/{name}; see tests/actual/{name}, accept with pytest --update"

    return check


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the evaluation data; tests that need it are skipped where it is absent."""
    folder = ROOT / load_config().data
    if not (folder / "gold" / "train.jsonl").exists():
        pytest.skip(f"no evaluation data in {folder} (set UJAR_DATA)")
    return folder
