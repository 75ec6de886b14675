"""The documents hold: README commands and output, one heading per error, the flow as it is."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from conftest import ROOT

import ujar
from ujar.pipeline import STAGES

README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(mark: str) -> str:
    match = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert match, mark
    return match[1]


def test_readme_shows_the_listing_as_it_is() -> None:
    assert fenced("output") == (ROOT / "tests" / "golden" / "listing.txt").read_text(encoding="utf-8")
    assert "ujar read examples/article.txt --published 2025-03-12" in fenced("run")


def test_readme_python_runs() -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(fenced("tested"), "README.md", "exec"), {})  # noqa: S102 - our own README
    assert out.getvalue().startswith("Rina Wulandari Wali Kota direct 2024-06-06 ['Kami siap']")


def test_every_slug_is_explained_and_used() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src" / "ujar").rglob("*.py"))
    made = re.findall(r'(?:Problem|Error|failed)\(\s*"([a-z]+(?:-[a-z]+)*)"', source)
    headings = re.findall(r"^## ([a-z-]+)$", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(made)) == headings


def test_the_flow_has_a_heading_for_every_stage() -> None:
    page = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)$", page, re.MULTILINE)
    assert headings[:3] == ["read", "parse", "find_statements"]
    stages = [stage.__name__ for stage in (*STAGES["learned"], STAGES["rules"][-1])]
    assert headings[2 : 2 + len(stages)] == stages
    assert {stage.__name__ for stage in STAGES["rules"]} <= set(stages)


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists() or (page.parent / f"{target}.md").exists(), (page.name, target)


def test_no_path_of_a_machine() -> None:
    for path in ROOT.rglob("*"):
        if (
            path.suffix in (".py", ".md", ".toml", ".tsv", ".json")
            and ".venv" not in path.parts
            and "actual" not in path.parts
        ):
            assert not re.search(r"/(?:work|home|root)/", path.read_text(encoding="utf-8")), path


def test_version() -> None:
    assert f'version = "{ujar.__version__}"' in Path(ROOT / "pyproject.toml").read_text(encoding="utf-8")
