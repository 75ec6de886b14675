"""The programs of ``bench/`` still start, and those that need no data still measure."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = sorted(
    p.name for p in (ROOT / "bench").glob("*.py") if "argparse.ArgumentParser" in p.read_text(encoding="utf-8")
)


def run(*args: str) -> str:
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_says_how_it_is_used(name: str) -> None:
    for module in ("duckdb", "httpx", "pandas"):
        pytest.importorskip(module)
    assert "usage:" in run(f"bench/{name}", "--help")


def test_one_story_or_two(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    text = " ".join(f"Warga kampung nomor {n} menanam padi di sawah pada bulan ke-{n % 12 + 1}." for n in range(40))
    own = {"id": "1", "title": "Panen", "published": "2024-05-01", "publisher": "Harian Satu", "text": text}
    copy = {**own, "id": "2", "publisher": "Harian Dua", "text": "Harian Dua. " + text}
    other = {**own, "id": "3", "publisher": "Harian Dua", "text": text[::-1]}
    program = (
        "import json, sys; sys.path[:0] = ['bench', 'eval']; import copies; from pathlib import Path;"
        "empty = copies.open_ledger(Path(sys.argv[1]), create=True); rows = json.loads(sys.argv[2]);"
        "print([copies.one_story(rows[0], row, empty) for row in rows[1:]])"
    )
    assert run("-c", program, str(tmp_path / "ledger"), json.dumps([own, copy, other])).strip() == "[True, False]"
