"""The command as a user meets it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from conftest import ROOT

ARTICLE = "examples/article.txt"


def run(*args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **env}
    return subprocess.run(
        [sys.executable, "-m", "ujar", *args], input=stdin, capture_output=True, cwd=ROOT, env=environment, timeout=120
    )


def test_listing(golden: Callable[[str, str], None]) -> None:
    done = run("read", ARTICLE, "--published", "2025-03-12")
    assert (done.returncode, done.stderr) == (0, b"")
    golden("listing.txt", done.stdout.decode())


def test_listing_explained(golden: Callable[[str, str], None]) -> None:
    golden("explained.txt", run("read", ARTICLE, "--published", "2025-03-12", "--explain").stdout.decode())


def test_csv(golden: Callable[[str, str], None]) -> None:
    golden("statements.csv", run("read", ARTICLE, "--published", "2025-03-12", "--format", "csv").stdout.decode())


def test_jsonl_points_to_the_words() -> None:
    done = run("read", ARTICLE, "--published", "2025-03-12", "--format", "jsonl")
    (line,) = done.stdout.decode().splitlines()
    row = json.loads(line)
    assert row["text"] == (ROOT / ARTICLE).read_text(encoding="utf-8")
    first = row["statements"][0]
    assert [row["text"][a:b] for a, b in first["content"]] == ["Indonesia siap menjadi tuan rumah perundingan damai"]
    assert {
        "content",
        "kind",
        "cue",
        "source",
        "speaker",
        "speaker_type",
        "role",
        "addressee",
        "time",
        "via",
        "date",
    } <= set(first)


def test_standard_input_and_output_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    done = run("read", "-", "--format", "csv", "--output", str(target), stdin=b'"Kami siap," kata Rina Wulandari.')
    assert done.returncode == 0
    assert "Rina Wulandari" in target.read_text(encoding="utf-8")


def test_one_bad_source_alone_is_an_error() -> None:
    done = run("read", "no-such.txt")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines()[-1] == "  more: docs/errors.md#no-such-file"


def test_a_bad_source_among_good_ones_is_a_problem() -> None:
    done = run("read", ARTICLE, "no-such.txt", "--published", "2025-03-12")
    assert done.returncode == 3
    assert "1 article, 11 statements, 1 problem" in done.stderr.decode()
    assert "Sari Kusumawati" in done.stdout.decode()


def test_usage() -> None:
    for args in (["read"], ["read", ARTICLE, "--published", "besok"], ["read", ARTICLE, "--format", "xml"], ["write"]):
        done = run(*args)
        assert done.returncode == 2, args
        assert b"Traceback" not in done.stderr


def test_bad_setting() -> None:
    done = run("read", ARTICLE, UJAR_MAX_BYTES="many")
    assert done.returncode == 1
    assert b"#bad-setting" in done.stderr


def test_unwritable_output() -> None:
    done = run("read", ARTICLE, "--output", "no-such-folder/out.txt")
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr


def test_help_shows_the_formats() -> None:
    assert b"jsonl" in run("read", "--help").stdout
    assert run("--version").stdout.startswith(b"ujar, version")


def test_a_reader_that_goes_away() -> None:
    command = f"{sys.executable} -m ujar read examples examples examples --format jsonl | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, timeout=120)
    assert b"Traceback" not in done.stderr


def test_hostile_text_does_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text('"Kami \x1b[31msiap\x07 [bold]sekali[/bold]," kata Rina \u202eWulandari.', encoding="utf-8")
    out = run("read", str(path)).stdout.decode()
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "[bold]sekali[/bold]" in out


def test_formulas_are_neutral_in_csv() -> None:
    out = run("read", "-", "--format", "csv", stdin=b'"=1+1 dan seterusnya," kata Rina Wulandari.').stdout.decode()
    assert ",'=1+1" in out
