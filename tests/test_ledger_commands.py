"""add, statements, events, show and tidy as a user meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")

import pyarrow.parquet as pq
from conftest import ROOT
from ledger_case import analysis, article, done, said, small, small_ledger

from ujar import cli
from ujar.records import Analysis, Article, Problem
from ujar.store import open_ledger

NEWS = [
    {
        "id": "n1",
        "title": "Warga Siap",
        "published": "2024-06-03",
        "publisher": "Harian Satu",
        "text": '"Kami siap pindah," kata Sari Wening, warga Desa Banyu, Senin (3/6/2024).',
    },
    {
        "id": "n2",
        "title": "\x1b]0;owned\x07Judul",
        "published": "2024-06-04",
        "publisher": "=1+1",
        "text": '"\x1b[31mHarga naik\u009b5m \u202etxet," ujar Budi Laksono, pedagang beras, Selasa (4/6/2024).',
    },
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: exit status, what it prints, what it tells."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ujar", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
            status = 0
        except SystemExit as way_out:
            status = way_out.code if isinstance(way_out.code, int) else 1
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in NEWS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_ledger(tmp_path_factory.mktemp("commands") / 'it\'s "a" ledger').folder


# Adding


def test_add_and_again_and_changed(run: Run, news: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "a 'ledger'"
    add = ("add", news, "--ledger", ledger, "--reader", "rules")
    status, out, err = run(*add)
    assert (status, out) == (0, "")
    assert err.startswith("kept 2 articles (0 in place of an older reading) with 2 statements and 0 events in ")
    assert run(*add)[2].startswith("kept 0 articles (0 in place of an older reading) with 0 statements and 0 events")
    assert run(*add)[2].rstrip().endswith("; 2 there already")
    news.write_text(news.read_text(encoding="utf-8").replace("siap pindah", "belum siap pindah"), encoding="utf-8")
    assert run(*add)[2].startswith("kept 1 article (1 in place of an older reading) with 1 statement and 0 events")
    assert "belum siap pindah" in run("statements", "pindah", "--ledger", ledger)[1]
    status, out, _ = run("show", "n1", "--ledger", ledger)
    assert status == 0
    assert [line.split(" · ")[1] for line in out.splitlines() if " · " in line and "kept" in line] == [
        "current", "superseded",
    ]  # fmt: skip
    older = out.splitlines()[-1 if "superseded" in out.splitlines()[-1] else -2].split(" · ")[0]
    status, out, _ = run("show", f"{older}.0", "--ledger", ledger)
    assert status == 0
    assert "[Kami siap pindah]content" in out.replace(",", "")


def test_no_ledger_is_left_behind_by_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    status, _, err = run("add", tmp_path / "none.jsonl", "--ledger", tmp_path / "led", "--reader", "rules")
    assert status == 1
    assert err.splitlines()[0].count("none.jsonl") == 1
    assert err.splitlines()[-2:] == ["nothing was kept", "1 problem"]
    assert list(tmp_path.iterdir()) == []


def test_problems_are_told_article_by_article(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(number: int) -> Analysis:
        own = analysis(article(f"x{number}", f"Teks {number}.", None, None))
        slug = "no-events" if number < 23 else "no-date"
        return replace(own, problems=(Problem(slug, "events", "no \x1bevents were looked for", own.article.id),))

    monkeypatch.setattr("ujar.read_sources", lambda *a, **k: map(made, range(25)))
    status, _, err = run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")
    assert status == 3
    lines = err.splitlines()
    assert lines[:20] == [f"x{n}: no events were looked for" for n in range(20)]
    assert lines[20:22] == [
        "and 3 more problems of articles, kept with those that are kept",
        "2 articles without a day of publication (--published gives one)",
    ]
    assert lines[22].startswith("kept 25 articles ")
    assert lines[23:] == ["23 problems"]


def test_damage_that_only_the_answer_shows_is_told_and_mended(run: Run, news: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "led"
    add = ("add", news, "--ledger", ledger, "--reader", "rules")
    run(*add)
    (file,) = ledger.glob("parts/*/statements.parquet")
    content = bytearray(file.read_bytes())
    content[8:600] = bytes(b ^ 0xFF for b in content[8:600])
    file.write_bytes(bytes(content))
    status, out, err = run("statements", "--ledger", ledger, "--format", "jsonl")
    assert (status, out) == (0, "")
    assert err.count("is damaged and left out; add its articles again") == 1
    _, _, err = run(*add)
    assert err.count("is damaged and left out; add its articles again") == 1
    assert "kept 2 articles " in err
    assert len(run("statements", "--ledger", ledger, "--format", "jsonl")[1].splitlines()) == 2


def test_what_failed_by_our_fault_is_not_kept(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Problem("internal-error", "statements", "ujar failed on this article", "n1")
    made = [Analysis(Article("n1", "Teks."), (), (fault,)), analysis(Article("n2", "Teks lain."))]
    monkeypatch.setattr("ujar.read_sources", lambda *a, **k: iter(made))
    status, _, err = run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")
    assert status == 3
    assert "kept 1 article " in err
    assert "1 article not kept for a fault of ujar" in err
    assert open_ledger(tmp_path / "led").articles("n1").num_rows == 0


def test_commits_come_by_and_by_and_are_merged(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [analysis(article(f"x{n}", f"Teks {n}.", "2024-01-01", None)) for n in range(15)]
    monkeypatch.setattr("ujar.read_sources", lambda *a, **k: iter(made))
    monkeypatch.setattr("ujar.run.keep.BATCH", 1)
    assert "kept 15 articles" in run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")[2]
    assert len(list((tmp_path / "led" / "parts").iterdir())) == 3


def test_stopped_by_hand_what_was_read_is_kept(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Any:
        yield small()["a"]
        raise KeyboardInterrupt

    monkeypatch.setattr("ujar.read_sources", stopped)
    status, _, err = run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")
    assert status == 130
    assert "kept 1 article " in err
    assert err.rstrip().endswith("ujar: stopped")
    assert open_ledger(tmp_path / "led").size()["statements"] == 2


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_in_a_process_of_its_own(tmp_path: Path) -> None:
    """From outside, at some moment: no traceback, and the same command goes on where it was."""
    rows = [{**NEWS[0], "id": f"x{n}", "text": NEWS[0]["text"] + f" Nomor {n}." * 200} for n in range(3000)]
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "ujar", "add", path, "--ledger", tmp_path / "led", "--reader", "rules"]
    started = subprocess.Popen(
        [str(c) for c in command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # Where the tests themselves run in the background, they were told to take no notice of it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads are needed in it
    )
    until = time.monotonic() + 60
    while not list((tmp_path / "led").glob("parts/*")) and time.monotonic() < until:
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130, err
    assert "Traceback" not in err
    # What was on its way when the signal came may be told as there already.
    told = int(err.split("kept ")[1].split()[0]) + int(err.split("; ")[1].split()[0])
    assert 0 < told < 3000
    assert open_ledger(tmp_path / "led").size()["articles"] == told


def test_a_full_disk_is_told(run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ujar.store.parts.pq.ParquetWriter", full)
    status, _, err = run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")
    assert status == 1
    assert "No space left on device" in err
    assert "docs/errors.md#ledger-not-written" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["statements", "events", "tidy"])
def test_no_ledger(run: Run, tmp_path: Path, command: str) -> None:
    status, out, err = run(command, "--ledger", tmp_path / "nowhere")
    assert (status, out) == (1, "")
    assert err.splitlines()[1] == "  next: make one with: ujar add SOURCE --ledger FOLDER"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_no_ledger_is_left_alone(run: Run, news: Path) -> None:
    before = sorted(news.parent.iterdir())
    assert run("add", news, "--ledger", news.parent, "--reader", "rules")[0] == 1
    assert run("add", news, "--ledger", news, "--reader", "rules")[0] == 1
    assert sorted(news.parent.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(
    run: Run, news: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ujar.store.mark.os.access", lambda *_: False)
    monkeypatch.setattr("ujar.read_sources", lambda *a, **k: pytest.fail("read"))
    status, _, err = run("add", news, "--ledger", folder)
    assert status == 1
    assert "cannot be written" in err


def test_a_damaged_part_is_told_with_every_answer(run: Run, tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "led")
    ledger.keep([analysis(article("x", "Teks.", None, None))], engine="test")
    (max((ledger.folder / "parts").iterdir()) / "events.parquet").write_bytes(b"")
    status, out, err = run("statements", "--ledger", ledger.folder, "--format", "jsonl")
    assert status == 0
    assert len(out.splitlines()) == 10
    assert "is damaged and left out" in err
    assert "docs/errors.md#damaged-part" in err


# Asking


def test_listing_and_pages(run: Run, folder: Path) -> None:
    status, out, err = run("statements", "--ledger", folder, "--limit", "4")
    assert status == 0
    assert out.startswith("Media pemerintah")
    assert err == "rows 1–4 of 10 statements; more with --page 2\n"
    assert run("statements", "--ledger", folder, "--limit", "4", "--page", "3")[2] == "rows 9–10 of 10 statements\n"
    assert run("events", "--ledger", folder, "--type", "threaten")[2] == "3 events\n"
    assert run("events", "--ledger", folder, "--recipient", "Ukraina")[2] == "1 event\n"
    assert run("statements", "--ledger", folder, "--limit", "9", "--page", "2")[2] == "rows 10–10 of 10 statements\n"
    for page in ("4", "999999"):
        told = f"page {page} is behind the last: 10 statements on 3 pages\n"
        assert run("statements", "--ledger", folder, "--limit", "4", "--page", page)[:3] == (0, "", told)
    assert run("statements", "--ledger", folder, "--limit", "1000000")[2] == "10 statements\n"
    assert "THREATEN  Rusia (RUS) → Ukraina (UKR)" in run("events", "--ledger", folder, "--recipient", "Ukraina")[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--speaker", "Zorblax"), ["no statement in the ledger has a speaker 'Zorblax'"]),
        (("--outlet", "nosuch", "--speaker", "Rusia"), ["no statement in the ledger is from an outlet 'nosuch'"]),
        (("--to", "Zorblax", "--via", "Zorblax"), [
            "no statement in the ledger has an addressee 'Zorblax'", "no statement in the ledger is carried by 'Zorblax'",
        ]),
        (("--about", "Zorblax", "--until", "2024-01-01"),
         ["no statement in the ledger before 2024-01-01 names, in what is said, 'Zorblax'"]),
        (("--article", "nosuch"), ["the ledger has no article 'nosuch'"]),
        (("--speaker", "Rusia", "--about", "Gaza"), []),
    ],
)  # fmt: skip
def test_names_that_nobody_bears_are_told(run: Run, folder: Path, options: tuple[str, ...], told: list[str]) -> None:
    status, out, err = run("statements", "--ledger", folder, *options)
    assert (status, out) == (0, "")
    assert err.splitlines() == ["0 statements", *told]
    assert run("statements", "--ledger", folder, *options, "--format", "csv")[2].splitlines() == told


def test_names_of_a_pair_that_nobody_bears_are_told(run: Run, folder: Path) -> None:
    err = run("events", "--ledger", folder, "--pair", "Rusia:Zorblax", "--in", "ASEAN")[2].splitlines()
    assert err == [
        "0 events",
        "no event in the ledger is by or to a member of 'ASEAN'",
        "no event in the ledger has an actor or recipient 'Zorblax'",
    ]


def test_every_option_of_statements(run: Run, folder: Path) -> None:
    _, out, _ = run(
        "statements", "rudal", "siap", "--ledger", folder, "--speaker", "Rusia", "--via", "reuters", "--outlet", "satu",
        "--kind", "direct", "--since", "2024-06-01", "--until", "2024-06-03", "--sure", "0.5", "--article",
        "https://satu.example/a", "--once", "--sort", "day", "--format", "jsonl",
    )  # fmt: skip
    (row,) = map(json.loads, out.splitlines())
    assert row["content"] == "Rudal kami sudah siap di perbatasan timur"
    assert row["day"] == "2024-06-02"
    assert "words" not in row
    for options in (("--about", "Ukraina"), ("--to", "Israel"), ("--in", "NATO"), ("--speaker", "NATO", "--members")):
        found = run("statements", "--ledger", folder, *options, "--format", "jsonl")[1].splitlines()
        assert len(found) == (2 if "NATO" in options else 1), options


def test_every_option_of_events(run: Run, folder: Path) -> None:
    _, out, _ = run(
        "events", "mengancam", "--ledger", folder, "--actor", "Rusia", "--recipient", "Ukraina", "--type", "THREATEN",
        "--status", "actual", "--format", "jsonl",
    )  # fmt: skip
    (row,) = map(json.loads, out.splitlines())
    assert row["condition"] == "bila bantuan tiba"
    assert row["actors"][0]["country"] == "RUS"


@pytest.mark.parametrize(
    "options",
    [
        ("--sort", "x"), ("--since", "yesterday"), ("--since", "2024-01-02", "--until", "2024-01-01"), ("--in", "Narnia"),
        ("!!",), ("",), ("  ",), ("--speaker", ""), ("--about", '"'), ("--speaker", "Greenpeace"), ("--format", "parquet"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_with_what_does(run: Run, folder: Path, options: tuple[str, ...]) -> None:
    status, out, err = run("statements", "--ledger", folder, *options)
    assert (status, out) == (2, "")
    assert err.startswith("ujar: ")
    assert "\n  next: " in err


def test_csv_is_safe_in_a_spreadsheet_and_text_on_a_terminal(run: Run, news: Path, tmp_path: Path) -> None:
    run("add", news, "--ledger", tmp_path / "led", "--reader", "rules")
    _, out, _ = run("statements", "--ledger", tmp_path / "led", "--format", "csv", "--sort", "day")
    first, second = csv.DictReader(io.StringIO(out))
    assert first["speaker"] == "Sari Wening"
    assert second["outlet"] == "'=1+1"
    name = second["id"]
    for arguments in (("statements",), ("statements", "--format", "csv"), ("statements", "--format", "jsonl"),
                      ("show", name), ("show", "n2")):  # fmt: skip
        _, out, err = run(*arguments, "--ledger", tmp_path / "led")
        assert out
        assert not {"\x1b", "\x07", "\u009b", "\u202e"} & set(out + err), arguments
    _, out, _ = run("statements", "naik", "--ledger", tmp_path / "led", "--format", "jsonl")
    assert json.loads(out)["content"].startswith("\x1b[31mHarga naik\u009b5m")


def test_csv_of_events_names_the_parties(run: Run, tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "led")
    own = small()["c"]
    party = replace(own.events[0].actors[0], name="=cmd\x1b[2J", actor=None)
    event = replace(own.events[0], actors=(party, own.events[0].actors[1]))
    ledger.keep([replace(own, article=replace(own.article, id="y"), events=(event,))], engine="test")
    _, out, _ = run("events", "--article", "y", "--ledger", ledger.folder, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["actors"] == "'=cmd[2J | Indonesia (IDN)"


def test_files(run: Run, folder: Path, tmp_path: Path) -> None:
    for form in ("jsonl", "csv", "parquet", "table"):
        path = tmp_path / f"found.{form}"
        assert run("statements", "--ledger", folder, "--format", form, "--output", path)[:2] == (0, "")
        assert path.stat().st_size
        by_ending = tmp_path / f"again.{form.upper()}"
        assert run("statements", "--ledger", folder, "--output", by_ending)[:2] == (0, "")
        assert by_ending.read_bytes() == path.read_bytes()
    assert pq.read_table(tmp_path / "found.parquet").num_rows == 10
    assert len((tmp_path / "found.jsonl").read_text(encoding="utf-8").splitlines()) == 10
    for form in ("jsonl", "parquet"):
        status, _, err = run("statements", "--ledger", folder, "--format", form, "--output", tmp_path / "no" / "x")
        assert status == 1
        assert "docs/errors.md#cannot-write" in err


def test_show(run: Run, folder: Path) -> None:
    (row,) = open_ledger(folder).statements(words="siap", outlet="Satu").to_pylist()
    _, out, _ = run("show", row["id"], "--ledger", folder)
    assert "[Presiden Rusia Vladimir Putin]source [mengatakan]cue kepada [Reuters]via" in " ".join(out.split())
    assert "[Rudal kami sudah siap di perbatasan timur]content" in " ".join(out.split())
    assert "Rusia mengancam" not in out
    (event,) = open_ledger(folder).events(recipient="Ukraina").to_pylist()
    _, out, _ = run("show", event["id"], "--ledger", folder)
    assert "[mengancam]trigger" in out
    assert "[bila bantuan tiba]condition" in out
    status, _, err = run("show", "nothing", "--ledger", folder)
    assert status == 1
    assert "  next: ids stand at the end of each entry of a listing" in err
    assert "docs/errors.md#no-such-row" in err


def test_show_an_article(run: Run, tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "led")
    own = small()["a"]
    later = replace(own, article=replace(own.article, title="Judul Baru"), statements=own.statements[:1])
    ledger.keep([later], engine="test")
    status, out, _ = run("show", own.article.url, "--ledger", ledger.folder)
    assert status == 0
    lines = out.splitlines()
    assert lines[:3] == ["Judul Baru", "2024-06-03 · Harian Satu · 1 statement, 1 event", own.article.url]
    assert "  “Rudal kami sudah siap di perbatasan timur”" in lines
    assert "Jens Stoltenberg" not in out
    assert any(line.startswith("THREATEN  Rusia (RUS) → Ukraina (UKR)") for line in lines)
    older, newer = ledger.articles(own.article.url)["reading"].to_pylist()[::-1]
    assert [line[:16] for line in lines if line[16:17] == " "][-2:] == [newer, older]
    out = run("show", older, "--ledger", ledger.folder)[1]
    assert out.startswith("Kabar a\n2024-06-03 · Harian Satu · 2 statements, 1 event\n")
    assert "Jens Stoltenberg" in out


def test_no_line_of_a_listing_ends_in_a_space(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = open_ledger(folder).statements(words="siap", outlet="Satu").to_pylist()
    for columns in ("30", "60", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        for command in (("statements",), ("events",), ("show", row["id"]), ("show", row["article"])):
            out = run(*command, "--ledger", folder)[1]
            assert out
            assert [line for line in out.splitlines() if line != line.rstrip()] == [], (columns, command)


def test_tidy(run: Run, tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "led")
    ledger.keep([analysis(article("x", "Teks.", None, None))], engine="test")
    assert run("tidy", "--ledger", ledger.folder)[2] == "0 parts merged\n"
    assert run("tidy", "--all", "--ledger", ledger.folder)[2] == "2 parts merged\n"


@pytest.mark.parametrize("columns", ["20", "", "wide"])
def test_any_width(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    status, out, _ = run("events", "--ledger", folder)
    assert status == 0
    if columns == "20":
        assert max(map(len, out.splitlines())) <= 20


@pytest.mark.skipif(os.name == "nt", reason="a pipe of Unix")
@pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
def test_a_reader_that_goes_away(tmp_path: Path, form: str) -> None:
    """It is more than a pipe takes, so that writing fails; the status is 0 all the same."""
    ledger = open_ledger(tmp_path / "led", create=True)
    words = "Kami siap " + "sekali lagi " * 3000
    made = (article(f"x{n}", f"{words}{n}.", "2024-01-01", None) for n in range(10))
    ledger.keep([analysis(own, said(own.text, own.text, speaker="Sari")) for own in made], engine="test")
    folder = ledger.folder
    command = f'"{sys.executable}" -m ujar statements --ledger "$LEDGER" --format {form} | head -1'
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "LEDGER": str(folder)},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.splitlines()) == 1


def test_an_address_stays_whole(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    address = "https://kabar.example/2024/01/01/" + "-".join(["panjang"] * 15)
    ledger = open_ledger(tmp_path / "led", create=True)
    ledger.keep([analysis(article(address, "Kami siap, kata Sari.", "2024-01-01", None))], engine="test")
    assert address in run("show", address, "--ledger", ledger.folder)[1]


@pytest.mark.parametrize("ending", [".xlsx", ".svg", ".PNG", ".parquet"])
def test_text_is_not_written_into_what_is_none(run: Run, folder: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"said{ending}"
    status, _, error = run("statements", "--format", "csv", "--output", file, "--ledger", folder)
    assert (status, "docs/errors.md#bad-ending" in error, file.exists()) == (2, True, False)


def test_a_month_is_no_day(run: Run, tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "led", create=True)
    text = "Rusia menyerang Ukraina pada 2023."
    event = done(text, "menyerang", "Rusia", "Ukraina", type="ASSAULT", date="2023")
    ledger.keep([analysis(article("a", text, "2024-05-01", None), event)], engine="test")
    _, out, _ = run("events", "--ledger", ledger.folder)
    assert "  2023 · " in out


def test_what_was_not_said_is_marked(run: Run, tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "led", create=True)
    for number, (cue, before) in enumerate(
        [("menyerukan", "belum pernah "), ("menyerukan", "juga "), ("membantah", "tidak "), ("menyerukan", "Siti Tak ")]
    ):
        text = f"Beijing {before}{cue} agar pasukan itu ditarik."
        statement = said(text, "pasukan itu ditarik", speaker="Beijing", cue=cue, kind="indirect")
        ledger.keep([analysis(article(f"a{number}", text, f"2024-01-0{number + 1}", None), statement)], engine="test")
    _, out, _ = run("statements", "--sort", "day", "--ledger", ledger.folder)
    assert [line.count("not said") for line in out.split("\n\n")] == [1, 0, 0, 0]
    assert "not said: “belum pernah menyerukan”" in out
