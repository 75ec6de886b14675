"""Paragraphs of running text, and what on the page is not the article (noise)."""

from __future__ import annotations

import re
from functools import lru_cache

from ujar.records import Span
from ujar.tables import load_table

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_SENTENCE_END = frozenset(".?!:;…\"”“'’)»]")

# JAKARTA, KOMPAS.com –   Jakarta (ANTARA) -   TRIBUNNEWS.COM, JAKARTA -   London -   Liputan6.com, Jakarta   – (lost)
_PLACE = r"[A-Z][\w.'’]*(?: [A-Z][\w.'’]*){0,3}"
_OUTLET = r"(?:[A-Za-z0-9]+\.(?:com|co|id|net|COM|CO|ID|NET)(?:\.id)?|CNN Indonesia|CNBC Indonesia|ANTARA|Antara|BBC News Indonesia|KOMPAS|TEMPO|SINDOnews|KBRN|detik\w*|VOA|DW)"
_DATELINE = re.compile(
    rf"\s*(?:"
    rf"(?:{_PLACE}\s*[,/]\s*)?{_OUTLET}\s*(?:,\s*{_PLACE}\s*)?(?:[-–—:|]+|(?=\s[A-Z]))"
    rf"|(?:{_PLACE},\s*)?{_PLACE}\s*\([^()\n]{{2,20}}\)\s*[-–—:]+"
    rf"|{_PLACE}(?:, {_PLACE})?\s*(?:--+|[–—]|-(?=\s))"
    rf"|[-–—]+(?=\s)"
    rf")\s*"
)
# "Laporan Wartawan Tribunnews.com, Syahrizal Sidik": a byline in front of the dateline.
_BYLINE = re.compile(r"\s*Laporan (?:[Ww]artawan|[Rr]eporter|[Jj]urnalis) [^\n]{3,60}?(?=(?:TRIBUN|[A-Z]{4,}[.,]|\n))")
_INITIALS = r"\(\s*(?:[a-z]{2,5}(?:/[a-z]{2,5}){0,3}|[a-z]{2,5}/[A-Za-z]{2,10}|\*|[A-Z][a-z]+/[A-Z][a-z]+)\s*\)"
_CAPITAL_LINE = re.compile(r"[A-Z][A-Z .|/&]{3,60}$")
# Small words that a headline in title case leaves in lower case.
_IN_TITLES = frozenset(
    "dan di ke dari yang untuk pada dengan saat soal atau oleh dalam agar karena hingga usai bagi tak para per akan"
    " jadi bak kala ini itu juga sebagai jika vs".split()
)
_TITLE_WORD = re.compile(r"\S+")


@lru_cache(maxsize=1)
def _furniture() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Two patterns: what makes a whole line noise, and what begins a noise title in the middle of a line."""
    rows = load_table("ujar.parse", "furniture.tsv")
    line = "|".join(r["form"] for r in rows)
    inline = "|".join(r["form"] for r in rows if r["inline"] == "yes")
    return re.compile(rf"\W*(?:{line})", re.IGNORECASE), re.compile(rf"(?<![\w(])(?:{inline})")


@lru_cache(maxsize=1)
def _credit() -> re.Pattern[str]:
    """The brackets that end an article: initials of editors, and those that outlets have of their own."""
    own = {row["credit"] for row in load_table("ujar.read", "outlets.tsv") if row["credit"].startswith(("\\(", "\\["))}
    return re.compile(rf"(?:{'|'.join([_INITIALS, *sorted(own)])})\s*$")


def find_paragraphs(text: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The paragraphs of running text and the noise between and within them, each in text order.

    A line is a paragraph, except that a line which ends in mid-sentence and goes on in lower case on the next one
    (text wrapped by an editor) belongs with it. Noise that stands inside a paragraph is listed, the paragraph stays
    whole; a paragraph that is only noise is not listed.
    """
    whole_line, inline = _furniture()
    credit = _credit()
    blocks: list[list[int]] = []
    for match in _LINE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        if blocks:
            last = blocks[-1][1]
            gap = text[last:start]
            if gap.count("\n") <= 1 and text[last - 1] not in _SENTENCE_END and text[start].islower():
                blocks[-1][1] = end
                continue
        blocks.append([start, end])
    paragraphs: list[Span] = []
    noise: list[Span] = []
    for number, (start, end) in enumerate(blocks):
        line = text[start : min(end, start + 400)]
        # A furniture line is short; a long one that begins so has the article running on in it (lost line breaks).
        if end - start < 160 and whole_line.match(line):
            noise.append(Span(start, end))
            continue
        if number > 2 and end - start < 62 and _CAPITAL_LINE.match(line):
            noise.append(Span(start, end))
            continue
        if number < 2:
            for pattern in (_BYLINE, _DATELINE):
                head = pattern.match(text, start, min(end, start + 160))
                if head and head.end() > start:
                    noise.append(Span(start, head.end()))
                    start = head.end()
        tail = credit.search(text, max(start, end - 40), end)
        inner = [Span(m.start(), _title_end(text, m.end(), end)) for m in inline.finditer(text, start, end)]
        for span in inner:
            if not noise or span.start >= noise[-1].end:
                noise.append(span)
        if tail:
            if not noise or tail.start() >= noise[-1].end:
                noise.append(Span(tail.start(), end))
            end = tail.start()
        if end > start:
            paragraphs.append(Span(start, end))
    return tuple(paragraphs), tuple(noise)


def _title_end(text: str, start: int, limit: int) -> int:
    """Where the headline of a "Baca juga" in running text ends: before the sentence that has lower-case words again."""
    limit = min(limit, start + 200)
    last_capital = start
    for match in _TITLE_WORD.finditer(text, start, limit):
        form = match.group()
        if form[0].islower() and form not in _IN_TITLES:
            return last_capital
        if form[0].isupper() or form[0] in "\"“'‘":
            last_capital = match.start()
        if form[-1] in ".?!" and len(form) > 3:
            return match.end()
    return start if limit - start > 180 else limit
