"""CAMEO's codes and names as PLOVER types, so that older collections of events can be learned from (``cameo.tsv``).

The root decides the type, with the exceptions that PLOVER's own crosswalk makes; what only speaks (roots 01 and 02) has no
type in PLOVER and gives None.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.records import EventType

# What collections append to the name of a code that has finer ones beside it.
_REST = re.compile(r"\bnot spec(ified)? below$")
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def type_of_code(code: str) -> EventType | None:
    """The type of a CAMEO code, "0256" or, as GDELT's number columns lose it, "256" without its first zero.

    A code that the table lacks takes the type of the longest beginning it has; None for 01, 02 and what is no code.
    """
    known = _known(code)
    return _types_of_codes()[known] if known else None


def is_code(code: str) -> bool:
    """Whether a text is a CAMEO code, with a type or without."""
    return _known(code) is not None


def _known(code: str) -> str | None:
    """The longest beginning of a code that the table has; None for what is no code."""
    code = code.strip()
    types = _types_of_codes()
    if not (code.isascii() and code.isdecimal()):
        return None
    # Only the roots 01 to 09 begin with a zero, and no root lies above 20.
    if code[:2] not in types and "0" + code in types:
        code = "0" + code
    return next((code[:n] for n in range(len(code), 1, -1) if code[:n] in types), None)


def type_of_name(name: str) -> EventType | None:
    """The type of an event's CAMEO name, however it is cased, hyphenated or underscored; None for 01, 02 and unknown names."""
    return _types_of_names().get(_bare(name))


def is_name(name: str) -> bool:
    """Whether a text is the name of a CAMEO code, with a type or without."""
    return _bare(name) in _types_of_names()


def _bare(name: str) -> str:
    """The letters and figures of a name, in lower case, one space between words."""
    return _REST.sub("", _NO_LETTER.sub(" ", name.lower()).strip()).strip()


@cache
def _types_of_codes() -> dict[str, EventType | None]:
    rows = load_table("ujar.events", "cameo.tsv")
    return {row["code"]: cast("EventType", row["type"]) if row["type"] else None for row in rows}


@cache
def _types_of_names() -> dict[str, EventType | None]:
    types = _types_of_codes()
    out: dict[str, EventType | None] = {}
    for row in load_table("ujar.events", "cameo.tsv"):
        for name in (row["name"], *filter(None, row["also"].split(";"))):
            out[_bare(name)] = types[row["code"]]
    return out
