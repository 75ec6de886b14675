"""Whether a place in the text lies inside what somebody says."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from ujar.records import Span, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable


class Cover:
    """The contents of all statements of an article, for asking which places they cover; quick for long texts."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._spans: list[Span] = []
        for span in sorted(s for statement in statements for s in statement.contents):
            if self._spans and span.start < self._spans[-1].end:
                last = self._spans[-1]
                self._spans[-1] = Span(last.start, max(last.end, span.end))
            else:
                self._spans.append(span)
        self._starts = [s.start for s in self._spans]

    def holds(self, at: int) -> bool:
        """Whether the character at an offset is part of a content."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._spans[index].end

    def meets(self, span: Span) -> bool:
        """Whether any character of a span is part of a content."""
        index = bisect_right(self._starts, span.end - 1) - 1
        return index >= 0 and span.start < self._spans[index].end
