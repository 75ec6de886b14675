"""For mkdocs: pages that stand outside docs/, such as the README, are part of the site, and links to them lead there."""

# ruff: noqa: INP001 - a script, no package

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
# Where a page of the project stands in the site; those of docs/ keep their names.
ELSEWHERE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "training/README.md": "training.md",
    "bench/README.md": "bench.md",
    "tests/cases/README.md": "test-cases.md",
}
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The files of docs/ and, beside them, the pages that stand elsewhere."""
    for source, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The text of a page with its links, which lead from file to file in the project, leading from page to page."""
    del config, files
    name = page.file.src_uri
    own = next((source for source, there in ELSEWHERE.items() if there == name), f"docs/{name}")

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(own), match[1]))
        if target not in ELSEWHERE and not target.startswith("docs/"):
            # Not part of the site: mkdocs says so.
            return match[0]
        return f"]({ELSEWHERE.get(target, target.removeprefix('docs/'))}{match[2] or ''})"

    return _LINK.sub(led, markdown)
