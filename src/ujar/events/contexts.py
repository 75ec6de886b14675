"""What an event is about: PLOVER's contexts, by the words of its paragraph (``contexts.tsv``)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.records import Span
from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.records import Parse

# A paragraph of more characters than this is no passage.
_LONG = 1000


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {row["form"]: row["context"] for row in load_table("ujar.events", "contexts.tsv")}


def contexts_of(parse: Parse, trigger: Span) -> tuple[str, ...]:
    """The contexts that the words of a trigger's paragraph name, in alphabetical order.

    After the codebook, contexts belong to the passage: one does not say why the event happened. Where a paragraph is very
    long, the passage is the sentence with its neighbours: some outlets run a whole article into one.
    """
    at = bisect_right(parse.paragraphs, trigger.start, key=lambda p: p.start) - 1
    if at < 0:
        return ()
    table, passage = _words(), parse.paragraphs[at]
    if passage.end - passage.start > _LONG:
        sentence = bisect_right(parse.sentences, trigger.start, key=lambda s: s.start) - 1
        near = parse.sentences[max(0, sentence - 1) : sentence + 2]
        passage = Span(max(passage.start, near[0].start), min(passage.end, near[-1].end)) if near else passage
    first = bisect_left(parse.words, (passage.start, -1, ""))
    found = set()
    for word in parse.words[first:]:
        if word.start >= passage.end:
            break
        context = table.get(word.lower) or table.get(word.lower.removesuffix("nya"))
        if context is not None:
            found.add(context)
    return tuple(sorted(found))
