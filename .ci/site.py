"""Do the pages of a built site fetch anything from elsewhere? ``python .ci/site.py FOLDER`` says what, and ends with status 1.

Links that a reader may follow are no concern; what a browser loads by itself is: scripts, styles, fonts, pictures, frames.
"""

# ruff: noqa: INP001 - a script, no package

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

_LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "link": "href",
    "source": "src",
    "video": "src",
    "audio": "src",
}
_OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class _Loads(HTMLParser):
    """What a page makes a browser load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # Of links only the canonical address and its like are not loaded.
        if tag == "link" and (given.get("rel") or "").lower() in {"canonical", "alternate", "prev", "next"}:
            return
        address = given.get(_LOADS.get(tag, ""))
        if address and _OUTSIDE.match(address):
            self.found.append(address)
        self.found += _IN_STYLE.findall(given.get("style") or "")


def outside(site: Path) -> list[str]:
    """A line for each thing that a page or style of the site loads from elsewhere: file and address."""
    out = []
    for path in sorted(site.rglob("*")):
        if path.suffix == ".html":
            page = _Loads()
            text = path.read_text(encoding="utf-8")
            page.feed(text)
            styles = "".join(re.findall(r"<style.*?</style>", text, re.DOTALL))
            out += [f"{path.relative_to(site)} {address}" for address in [*page.found, *_IN_STYLE.findall(styles)]]
        elif path.suffix == ".css":
            found = _IN_STYLE.findall(path.read_text(encoding="utf-8"))
            out += [f"{path.relative_to(site)} {address}" for address in found]
    return out


if __name__ == "__main__":
    loaded = outside(Path(sys.argv[1]))
    print("\n".join(loaded) or "nothing is loaded from elsewhere")
    sys.exit(1 if loaded else 0)
