"""Quotations: words between marks, also where a mark is doubled, reversed or lost."""

from __future__ import annotations

import re
from bisect import bisect_right

from ujar.records import Quote, Span

_DOUBLE = re.compile(r"[\"“”„«»‟＂]|''|``|‘‘|’’")
_SINGLE = re.compile(r"(?<![\w'’])['‘](?=[^\W_])|['’](?!\w)")
# Longest stretch believed to be one quotation. News quotations are paragraphs, not pages: beyond this a mark was lost.
_LONGEST = 3000
# Single marks are apostrophes as often as not: a pair further apart than this is none.
_LONGEST_SINGLE = 400


def find_quotes(text: str, paragraphs: tuple[Span, ...], noise: tuple[Span, ...] = ()) -> tuple[Quote, ...]:
    """The quotations of each paragraph, in order, not nested.

    Marks are read by what stands around them, not by their shape: Indonesian outlets write ”…”, "…", “…” and mix
    them. A closing mark whose opening one is lost gives a quotation from the beginning of its paragraph (or from the
    end of the quotation before it); an opening one without an end gives one up to the end of the paragraph.
    """
    quotes: list[Quote] = []
    noise_ends = [n.end for n in noise]
    for paragraph in paragraphs:
        marks = [m.span() for m in _DOUBLE.finditer(text, *paragraph)]
        found = _pair(text, paragraph, marks, noise_ends)
        if not found:
            found = _pair_single(text, paragraph)
        quotes += found
    return tuple(quotes)


def _lean(text: str, start: int, end: int, paragraph: Span) -> int:
    """+1 for a mark that can only open, -1 for one that can only close, 0 when its surroundings do not tell."""
    before = text[start - 1] if start > paragraph.start else " "
    after = text[end] if end < paragraph.end else " "
    open_before = before.isspace() or before in "([{-–—/"
    closed_after = after.isspace() or after in ".,;:?!)]}…-–—/"
    if open_before and not closed_after:
        return 1
    if not open_before and closed_after:
        return -1
    return 0


def _pair(text: str, paragraph: Span, marks: list[tuple[int, int]], noise_ends: list[int]) -> list[Quote]:
    leans = [_lean(text, start, end, paragraph) for start, end in marks]
    quotes: list[Quote] = []
    floor = paragraph.start
    open_at: int | None = None
    nested = False
    for number, (start, end) in enumerate(marks):
        lean = leans[number]
        if open_at is None:
            if lean < 0 and (len(marks) - number) % 2 == 1:
                # Closing, and the marks from here on do not pair up: its opening one is lost.
                behind = bisect_right(noise_ends, start) - 1
                if behind >= 0:
                    floor = max(floor, noise_ends[behind])
                if text[floor:start].strip():
                    quotes.append(_quote(text, floor, floor, start, end, opened=False))
                floor = end
            else:
                open_at = number
            continue
        opening = marks[open_at]
        if start - opening[1] > _LONGEST:
            open_at = number if lean >= 0 else None
            floor = end
            continue
        if lean > 0:
            if number + 2 < len(marks) and leans[number + 1] < 0 and leans[number + 2] < 0:
                nested = True
                continue
            if number + 1 < len(marks) and leans[number + 1] <= 0:
                # Two opening marks and then a closing one: the first quotation lost its end.
                quotes.append(_unclosed(text, opening, start))
                open_at = number
                floor = start
                continue
        if nested:
            nested = False
            continue
        quotes.append(_quote(text, opening[0], opening[1], start, end))
        open_at, floor = None, end
    if open_at is not None:
        opening = marks[open_at]
        rest = text[opening[1] : paragraph.end]
        if rest.strip() and len(rest) <= _LONGEST and leans[open_at] >= 0:
            quotes.append(_unclosed(text, opening, paragraph.end))
    return [q for q in quotes if q.span.start < q.span.end]


_ATTRIBUTION = re.compile(
    r",?\s*(?=\b(?:kata|ujar|ucap|tutur|tambah|imbuh|ungkap|jelas|tegas|terang|papar|sebut|lanjut|sambung|tandas)(?:nya)?\b)"
)


def _unclosed(text: str, opening: tuple[int, int], limit: int) -> Quote:
    """A quotation whose closing mark is lost: up to the attribution that follows a comma, or else up to ``limit``."""
    for match in _ATTRIBUTION.finditer(text, opening[1], limit):
        if match.group().startswith(","):
            return _quote(text, opening[0], opening[1], match.start() + 1, match.start() + 1, closed=False)
    return _quote(text, opening[0], opening[1], limit, limit, closed=False)


def _quote(
    text: str, outer_start: int, start: int, end: int, outer_end: int, *, opened: bool = True, closed: bool = True
) -> Quote:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Quote(Span(start, end), Span(outer_start, outer_end), opened, closed)


def _pair_single(text: str, paragraph: Span) -> list[Quote]:
    """Quotations in single marks; only where the paragraph has no double ones."""
    quotes: list[Quote] = []
    open_at: tuple[int, int] | None = None
    for match in _SINGLE.finditer(text, *paragraph):
        start, end = match.span()
        opens = end < paragraph.end and text[end].isalnum()
        if open_at is not None and start - open_at[1] > _LONGEST_SINGLE:
            open_at = None
        if open_at is None:
            if opens:
                open_at = (start, end)
        elif not opens:
            quotes.append(_quote(text, open_at[0], open_at[1], start, end))
            open_at = None
    return quotes
