"""What an event is about: PLOVER's contexts, by the words of its paragraph (``contexts.tsv``)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.records import Parse, Span


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {row["form"]: row["context"] for row in load_table("ujar.events", "contexts.tsv")}


def contexts_of(parse: Parse, trigger: Span) -> tuple[str, ...]:
    """The contexts that the words of a trigger's paragraph name, in alphabetical order.

    After the codebook, contexts belong to the passage: one does not say why the event happened.
    """
    at = bisect_right([p.start for p in parse.paragraphs], trigger.start) - 1
    if at < 0:
        return ()
    table, paragraph = _words(), parse.paragraphs[at]
    first = bisect_left(parse.words, (paragraph.start, -1, ""))
    found = set()
    for word in parse.words[first:]:
        if word.start >= paragraph.end:
            break
        context = table.get(word.lower) or table.get(word.lower.removesuffix("nya"))
        if context is not None:
            found.add(context)
    return tuple(sorted(found))
