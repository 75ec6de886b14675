"""News outlets by name: whether a phrase is a medium that passes on the words of others."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.statements.nouns import Range
    from ujar.statements.unit import Unit

# "kantor berita AFP", "laman PBB", "media pemerintah": a medium by its first word.
MEDIUM_KINDS = frozenset("media laman situs portal harian majalah koran televisi stasiun website blog tabloid".split())
MEDIUM_PAIRS = frozenset({"surat kabar", "kantor berita", "stasiun televisi", "stasiun tv", "akun resmi"})


@lru_cache(maxsize=1)
def media() -> frozenset[str]:
    """Names of news agencies, newspapers, broadcasters and sites, in lower case."""
    return frozenset(row["form"] for row in load_table("ujar.statements", "media.tsv"))


def is_medium(unit: Unit, phrase: Range) -> bool:
    """Whether the tokens name a news outlet, or a page as the place where words were published."""
    start, end = phrase
    if start >= end:
        return False
    first = unit.lower(start)
    if first in MEDIUM_KINDS or f"{first} {unit.lower(start + 1)}" in MEDIUM_PAIRS:
        return True
    return is_medium_name(unit.text[unit.tokens[start].start : unit.tokens[end - 1].end])


def is_medium_name(name: str) -> bool:
    """Whether a name is that of a news outlet or of a site."""
    form = name.lower()
    return form in media() or form.removeprefix("the ") in media() or ".com" in form or ".co" in form
