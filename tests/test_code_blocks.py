"""Every code block of the pages runs on invented news, or is looked through as far as can be; what does not run says why."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

pytest.importorskip("duckdb", reason="needs ujar[ledger]")

import warc_case
from click.testing import CliRunner, Result
from conftest import ROOT

from ujar.cli import cli
from ujar.follow.settings import load_feeds
from ujar.store import open_ledger

try:
    from compression import zstd
except ImportError:
    zstd = pytest.importorskip("zstandard")

PAGES = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "training/README.md", "bench/README.md")
] + sorted((ROOT / "docs").glob("*.md"))

# Commands that are parsed and not run: how they begin, and why. An entry that fits no command is an error.
NOT_RUN = {
    "ujar read https://": "asks a server elsewhere; tests/test_fetch.py has one here",
    "ujar add s3://": "asks an object store; tests/test_formats.py reads from a file system in memory",
    "ujar add archive/ --ledger news --engine ray": "needs Ray; tests/test_run_ray.py",
    "ujar follow": "asks newspapers; tests/test_follow.py has a server here",
    "ujar serve": "runs until it is stopped; tests/test_readme_path.py",
    "ujar history import": "reads collections of others, which are not ours to give; tests/test_history.py",
    "ujar history remove": "nothing was imported; tests/test_history.py",
    "ujar forecast calibration": "reads a data set of others; tests/test_forecast_odds.py",
    "ujar forecast benchmark": "reads a data set of others; tests/test_forecast_ranks.py",
    "ujar actors import": "reads a dump of Wikidata; tests/test_own_actors.py",
}
# Blocks in a language that is not run here, by page and how they begin.
NOT_LOOKED_THROUGH = {
    ("ledger.md", "library(arrow)"): "no R here; the Python blocks beside it ask the same",
}
# Other programs that a block may name. Where they would change something outside, they are not run.
OTHER = {"git", "mike", "mkdocs", "sqlite3", "twine"}
# The names in the pages are invented; these stand for something that is there.
SHOWN_ADDRESS, SHOWN_ROW = "https://example.com/berita/1", "5c1f0e1d2a3b4c5d.3"


@dataclass(frozen=True)
class Block:
    """A fenced block: the name of its page, the line of its fence, its language and text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def is_shell(self) -> bool:
        return self.language == "sh" or (
            self.language in ("", "text") and re.search(r"^ujar ", self.text, re.MULTILINE) is not None
        )


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix().removeprefix("docs/")
    found = re.finditer(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [Block(name, text.count("\n", 0, m.start()) + 1, m[2], m[3]) for m in found]


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


@dataclass(frozen=True)
class Command:
    """A command of a block: program and arguments, and the files that the shell opens for it."""

    words: tuple[str, ...]
    given: str | None = None
    written: str | None = None

    @property
    def program(self) -> str:
        return self.words[0].rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return " ".join(self.words)


def commands_of(block: Block) -> list[Command]:
    """The commands of a shell block in their order; comments are left out."""
    out = []
    for line in block.text.replace("\\\n", " ").splitlines():
        words = list(shell_words(re.sub(r"(?:^|\s+)#( .*)?$", "", line)))
        for part in split(words, {"&&", "|", ";"}):
            files: dict[str, str] = {}
            for mark in ("<", ">"):
                while mark in part:
                    at = part.index(mark)
                    files[mark] = part[at + 1]
                    del part[at : at + 2]
            while part and re.fullmatch(r"[A-Z_]+=.*", part[0]):
                part = part[1:]
            if part:
                out.append(Command(tuple(part), files.get("<"), files.get(">")))
    return out


def shell_words(line: str) -> Iterator[str]:
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    words.commenters = ""
    yield from words


def split(words: list[str], marks: set[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word in marks:
            yield part
            part = []
        else:
            part.append(word)
    yield part


SHELL = [pytest.param(b, id=f"{b.page}:{b.line}") for b in BLOCKS if b.is_shell]
PYTHON = sorted({b.page for b in BLOCKS if b.language == "python" and not b.text.startswith(">>>")})


def parse(words: tuple[str, ...]) -> None:
    """Parse a command of ujar as click would, without running it: commands and options exist, what is required is there."""
    command: click.Command = cli
    context = cli.make_context("ujar", list(words[1:]), resilient_parsing=False)
    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(
            context, [*getattr(context, "_protected_args", ()), *context.args]
        )
        assert name is not None
        assert command is not None
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("block", SHELL)
def test_every_command_is_one(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    monkeypatch.chdir(tmp_path)
    for command in commands_of(block):
        words = command.words
        if command.program == "ujar":
            parse(words)
        elif command.program in ("python", "python3"):
            script = words[1]
            assert script in ("-m", "-c") or (ROOT / script).exists(), command
        elif command.program == "pip":
            named = [re.fullmatch(r"(?:\.|ujar)\[(.*)\]", word) for word in words]
            assert all(extra in extras for match in named if match for extra in match[1].split(",")), command
        elif command.program == "pytest":
            assert all((ROOT / word).exists() for word in words[1:] if not word.startswith("-")), command
        elif command.program == "ruff":
            assert words[1] in ("check", "format"), command
        else:
            assert command.program in {*OTHER, "export", ".", "mypy"}, command


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages speak of: a ledger, articles, pages, archives; all of it invented."""
    place = tmp_path_factory.mktemp("pages")
    news = (ROOT / "examples" / "invented-news.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in news.splitlines()]
    shutil.copytree(ROOT / "examples", place / "examples")
    shutil.copy(ROOT / "examples" / "article.txt", place)
    shutil.copy(ROOT / "examples" / "feeds.toml", place)
    table = io.StringIO()
    writer = csv.DictWriter(table, ["id", "title", "published", "outlet", "text"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows[:3])
    (place / "archive" / "2025").mkdir(parents=True)
    (place / "archive" / "2025" / "news.csv.gz").write_bytes(gzip.compress(table.getvalue().encode()))
    (place / "articles.jsonl.gz").write_bytes(gzip.compress(news.encode()))
    (place / "articles.jsonl.zst").write_bytes(zstd.compress(news.encode()))
    for number, name in enumerate(("CC-NEWS-20240607-00001.warc.gz", "archive/news.warc.gz")):
        records = map(warc_case.record, range(2 * number, 2 * number + 2))
        (place / name).write_bytes(b"".join(warc_case.packed(records)))
    for folder in ("saved-pages", "pages"):
        (place / folder).mkdir()
        for row in rows[:2]:
            body = "".join(f"<p>{paragraph}</p>" for paragraph in row["text"].split("\n\n"))
            page = (
                f"<html lang=id><head><title>{row['title']}</title></head><body><article>{body}</article></body></html>"
            )
            (place / folder / f"{row['id']}.html").write_text(page, encoding="utf-8")
    out = run_in(place, ["add", "examples/invented-news.jsonl", "--ledger", "news"])
    assert out.exit_code == 0, out.output
    # Where no ledger is named, that is its name.
    shutil.copytree(place / "news", place / "ledger")
    return place


def stand_ins(place: Path) -> dict[str, str]:
    """What stands in the ledger of a prepared folder for the names that the pages have made up."""
    (row,) = open_ledger(place / "news").statements(limit=1).to_pylist()
    return {SHOWN_ROW: row["id"], SHOWN_ADDRESS: "https://example.com/contoh/01"}


def run_in(place: Path, words: Sequence[str], given: str | None = None, env: dict[str, str] | None = None) -> Result:
    before = Path.cwd()
    os.chdir(place)
    try:
        return CliRunner().invoke(cli, words, input=given, env={"COLUMNS": "100", **(env or {})}, standalone_mode=False)
    finally:
        os.chdir(before)


@pytest.mark.parametrize("block", SHELL)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_commands_run(block: Block, prepared: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    env = {}
    known = stand_ins(prepared)
    for command in commands_of(block):
        if command.words[0] == "export":
            name, value = command.words[1].split("=", 1)
            env[name] = value
        if command.program != "ujar" or any(str(command).startswith(begin) for begin in NOT_RUN):
            continue
        if not place.exists():
            shutil.copytree(prepared, place)
        given = (place / command.given).read_text(encoding="utf-8") if command.given else None
        words = [known.get(word, word) for word in command.words[1:]]
        out = run_in(place, words, given, env)
        assert out.exit_code == 0, (str(command), out.output, out.exception)


@pytest.mark.parametrize("page", PYTHON)
def test_python_runs(page: str, prepared: Path, tmp_path: Path) -> None:
    """All of a page in one namespace, as a file that a user would make of it."""
    place = tmp_path / "place"
    shutil.copytree(prepared, place)
    text = "\n".join(block.text for block in BLOCKS if block.page == page and block.language == "python")
    for made_up, there in stand_ins(prepared).items():
        text = text.replace(made_up, there)
    (place / "page.py").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "page.py"], cwd=place, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_data_parse(tmp_path: Path) -> None:
    for block in BLOCKS:
        if block.language == "toml":
            tomllib.loads(block.text)
            if "[[feed]]" in block.text:
                (tmp_path / "feeds.toml").write_text(block.text, encoding="utf-8")
                assert load_feeds(tmp_path / "feeds.toml").feeds
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "jsonl":
            assert all(json.loads(line) for line in block.text.splitlines())


def test_every_block_is_looked_at() -> None:
    """Each is run or parsed above, is what a command writes, or has its reason; no reason is left over."""
    used = set()
    for block in BLOCKS:
        reasons = [key for key in NOT_LOOKED_THROUGH if key[0] == block.page and block.text.startswith(key[1])]
        used.update(reasons)
        assert reasons or block.is_shell or block.language in {"python", "toml", "json", "jsonl", "text", ""}, block
        # Sessions with their answers run as doctests, of which somebody must think.
        assert block.page == "spacy.md" or ">>>" not in block.text, (
            "tests/test_components.py runs those of one page alone"
        )
    assert used == set(NOT_LOOKED_THROUGH)
    commands = [str(command) for block in BLOCKS if block.is_shell for command in commands_of(block)]
    assert [begin for begin in NOT_RUN if not any(c.startswith(begin) for c in commands)] == []


def test_commands_in_prose_exist() -> None:
    """Of `ujar …` between words the command and its options are there; arguments may be abridged."""
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for form in re.findall(r"`ujar ([a-z][^`]*)`", text):
            command: click.Command = cli
            words = form.split()
            while words and isinstance(command, click.Group):
                # `history import|list|remove` are three.
                names = words[0].split("|")
                assert set(names) <= set(command.commands), (page.name, form)
                command, words = command.commands[names[0]], words[1:]
            options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            for word in words:
                if word.startswith("--"):
                    assert word.split("=")[0] in {*options, "--help"}, (page.name, form)
