"""What several stages need of an article is made once."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from ujar.records import Parse

Made = TypeVar("Made")


def once(make: Callable[[Parse], Made]) -> Callable[[Parse], Made]:
    """``make``, which gives the same object again as long as it is asked for the same parse; nobody may change it.

    Only the last article is remembered, by identity. Safe between threads: they may make it twice, never mix it up.
    """
    last: tuple[Parse, Made] | None = None

    @wraps(make)
    def remembered(parse: Parse) -> Made:
        nonlocal last
        known = last
        if known is None or known[0] is not parse:
            known = last = (parse, make(parse))
        return known[1]

    return remembered
