"""What is released: the wheel holds the package alone, the example of a container can be built, the pages are all in the site."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from conftest import ROOT

import ujar
from ujar.cli import cli

INSTRUCTIONS = set(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split()
)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dockerfile() -> list[tuple[str, str]]:
    """The instructions and what follows them, in order."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split()[0], line.split(None, 1)[1].strip()) for line in lines if line.strip()]


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def test_a_wheel_that_is_not_the_package_is_refused(tmp_path: Path) -> None:
    check = script("wheel")
    package = tmp_path / "src" / "ujar"
    package.mkdir(parents=True)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").write_bytes(b"")
    whole = {"ujar/__init__.py": b"", "ujar/words.tsv": b"kata\n"}
    for name, content in whole.items():
        (tmp_path / "src" / name).write_bytes(content)
    about = {
        f"ujar-1.dist-info/{n}": b"" for n in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    name = "ujar-1-py3-none-any.whl"
    good = wheel(tmp_path / name, whole | about)
    assert check.faults(tmp_path, good) == []
    assert check.main([str(tmp_path), str(good), str(good)]) == 0
    (tmp_path / "b").mkdir()
    bad = wheel(tmp_path / "b" / name, {"ujar/__init__.py": b"x", "tests/test_a.py": b""} | about)
    assert check.faults(tmp_path, bad) == [
        "ujar/words.tsv is not in the wheel",
        "tests/test_a.py has no place in the wheel",
        "ujar/__init__.py is another file in the wheel",
    ]
    assert len(check.differences(good, bad)) == 3
    assert check.main([str(tmp_path), str(good), str(bad)]) == 1


@pytest.mark.parametrize(
    ("name", "text", "loads"),
    [
        ("a.html", '<a href="https://example.com">x</a><link rel="canonical" href="https://example.com/a">', 0),
        ("a.html", '<script src="assets/a.js"></script><img src="a.png">', 0),
        ("a.html", '<script src="https://cdn.example.com/a.js"></script>', 1),
        ("a.html", '<link rel="preconnect" href="https://fonts.example.com" crossorigin>', 1),
        ("a.html", "<img src='//example.com/a.png'>", 1),
        ("a.html", "<style>p{background:url(https://example.com/a.png)}</style>", 1),
        ("a.css", '@import "https://example.com/a.css";', 1),
        ("a.css", "p{background:url(data:image/png;base64,AAAA)}", 0),
    ],
)
def test_a_page_that_loads_from_elsewhere_is_refused(tmp_path: Path, name: str, text: str, loads: int) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(script("site").outside(tmp_path)) == loads


def test_every_page_stands_in_the_site() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    shown = re.findall(r": (\S+\.md)$", settings.split("\nnav:")[1], re.MULTILINE)
    hooks = (ROOT / "docs" / "hooks.py").read_text(encoding="utf-8")
    elsewhere = dict(re.findall(r'^    "(\S+\.md)": "(\S+\.md)",$', hooks, re.MULTILINE))
    assert all((ROOT / name).exists() for name in elsewhere)
    assert sorted(shown) == sorted([*elsewhere.values(), *(page.name for page in (ROOT / "docs").glob("*.md"))])
    assert "font: false" in settings


def test_the_container() -> None:
    steps = dockerfile()
    assert {name for name, _ in steps} <= INSTRUCTIONS
    assert steps[0][0] == "FROM"
    stages = []
    for name, what in steps:
        if name == "FROM":
            image, *stage = what.split(" AS ")
            # A version, so that it is the same tomorrow.
            assert re.fullmatch(r"python:3\.\d+-slim", image), image
            stages += stage
        elif name == "COPY":
            words = what.split()
            if words[0].startswith("--from="):
                assert words[0].removeprefix("--from=") in stages
            else:
                assert all((ROOT / source).exists() for source in words[:-1]), what
        elif name == "RUN":
            assert subprocess.run(["sh", "-n", "-c", what], check=False).returncode == 0, what
    last = dict(steps)
    order = [name for name, _ in steps]
    # The user has no rights, and owns the folder before it becomes a volume.
    assert last["USER"] not in ("root", "0")
    assert f"--create-home {last['USER']}" in last["RUN"]
    assert last["VOLUME"] == last["WORKDIR"]
    assert f"--home-dir {last['VOLUME']} " in last["RUN"]
    assert order.index("USER") < order.index("VOLUME")
    extras = re.search(r'"ujar\[([\w,]+)\] @', last["RUN"])
    assert extras
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(extras[1].split(",")) <= set(known)
    # The command that it runs has these options.
    assert json.loads(last["ENTRYPOINT"]) == ["ujar"]
    command, *arguments = json.loads(last["CMD"])
    told = CliRunner().invoke(cli, [command, "--help"]).output
    assert all(word in told for word in arguments if word.startswith("--"))


def test_the_container_gets_what_it_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert lines[0] == "*"
    sources = [
        source.removeprefix("./")
        for name, what in dockerfile()
        if name == "COPY" and "--from" not in what
        for source in shlex.split(what)[:-1]
    ]
    assert sorted(sources) == sorted(line[1:] for line in lines if line.startswith("!"))


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == ujar.__version__
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    # What is not released yet, then versions with their days, the newest first.
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ – \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])


def test_the_check_is_a_script_that_bash_reads() -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    assert subprocess.run([bash, "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_the_pages_are_built(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs ujar[docs]")
    pytest.importorskip("material", reason="needs ujar[docs]")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert script("site").outside(tmp_path / "site") == []
    assert "Sari Kusumawati" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_what_mypyc_compiles_is_there_and_is_not_what_numba_compiles() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    hook = build["targets"]["wheel"]["hooks"]["mypyc"]
    assert hook["enable-by-default"] is False
    parts = [ROOT / part.lstrip("/") for part in hook["include"]]
    assert all(part.exists() for part in parts)
    modules = {m for part in parts for m in ([part] if part.is_file() else part.rglob("*.py"))}
    numba = {m for m in modules if "from numba" in m.read_text(encoding="utf-8")}
    assert numba == {ROOT / part.lstrip("/") for part in hook["exclude"]}
