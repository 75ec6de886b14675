"""Sentences: where one ends in news text, quotations kept whole."""

from __future__ import annotations

import re
from functools import lru_cache

from ujar.records import Quote, Span
from ujar.tables import load_table

# A full stop, question or exclamation mark, with closing brackets; what follows decides.
_STOP = re.compile(r"[.?!…]+[)\]]*")
# Quotations of one paragraph that furniture is held against; a paragraph with more is no article.
_QUOTES_NEAR = 200
_LAST_WORD = re.compile(r"[\w.'’-]+\Z")


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    return frozenset(row["form"].lower() for row in load_table("ujar.parse", "abbreviations.tsv"))


def find_sentences(
    text: str, paragraphs: tuple[Span, ...], quotes: tuple[Quote, ...], noise: tuple[Span, ...] = ()
) -> tuple[Span, ...]:
    """Sentence spans in order; page furniture between two of them belongs to neither.

    A quotation is never cut, and stays with an attribution in lower case behind it.
    """
    sentences: list[Span] = []
    at = 0
    at_noise = 0
    for paragraph in paragraphs:
        inside: list[Quote] = []
        while at < len(quotes) and quotes[at].outer.start < paragraph.end:
            inside.append(quotes[at])
            at += 1
        while at_noise < len(noise) and noise[at_noise].end <= paragraph.start:
            at_noise += 1
        between: list[Span] = []
        while at_noise < len(noise) and noise[at_noise].start < paragraph.end:
            between.append(noise[at_noise])
            at_noise += 1
        sentences += _split(text, paragraph, inside, between)
    return tuple(sentences)


def _split(text: str, paragraph: Span, quotes: list[Quote], noise: list[Span]) -> list[Span]:
    cuts: list[int] = []
    spot = paragraph.start
    for quote in quotes:
        cuts += _cuts(text, spot, quote.outer.start, paragraph.end)
        spot = quote.outer.end
        last = text[quote.span.end - 1]
        following = spot
        while following < paragraph.end and text[following].isspace():
            following += 1
        if following >= paragraph.end:
            break
        if last in ".?!…" and text[following] not in ",;)" and not text[following].islower():
            cuts.append(spot)
    cuts += _cuts(text, spot, paragraph.end, paragraph.end)
    # Furniture inside a quotation stays there: the quotation is not cut.
    gaps = [n for n in noise if not any(q.outer.start < n.end and n.start < q.outer.end for q in quotes[:_QUOTES_NEAR])]
    sentences = []
    start = paragraph.start
    skip = {n.start: n.end for n in gaps}
    for cut in sorted({*cuts, *skip, paragraph.end}):
        if cut < start:
            continue
        span = _strip(text, start, cut)
        if span.start < span.end:
            sentences.append(span)
        start = skip.get(cut, cut)
    return sentences


def _cuts(text: str, start: int, end: int, limit: int) -> list[int]:
    cuts: list[int] = []
    for match in _STOP.finditer(text, start, end):
        spot = match.end()
        if spot >= limit:
            break
        mark = match.group()
        following = text[spot]
        if following.isspace():
            while spot < limit and text[spot].isspace():
                spot += 1
            if spot >= limit:
                break
            following = text[spot]
            if following.islower() and (mark[0] != "." or len(mark) > 1 or following != "i"):
                # "…" or "dll." in mid-sentence; after a full stop too: real sentences begin with a capital.
                continue
        elif not (following.isupper() or following in "\"“”'‘"):
            continue
        if mark.startswith("."):
            word = _LAST_WORD.search(text, max(start, match.start() - 24), match.start())
            form = word.group() if word else ""
            glued = not text[match.end()].isspace()
            # An initial ("B. J. Habibie"), a title ("Prof. Rina"), a number ("No. 5", "1. Pertama").
            if (
                (len(form) == 1 and form.isalpha())
                or form.lower() in _abbreviations()
                or (form.isdigit() and len(form) < 3 and len(cuts) == 0 and match.start() - start < 4)
            ):
                continue
            # "katanya.Menurut" is two sentences; "TEMPO.CO", "S.Kom" and "Rp.500" are not.
            closed = match.start() > start and text[match.start() - 1] in ')”"'
            # "di Pelindo II.Dia", "tahun 2023.Dia": a capital and a small letter, so no "TEMPO.CO".
            begins = text[spot + 1 : spot + 2].islower() and (form.isupper() or form.isdigit()) and len(form) > 1
            if glued and not closed and not begins and not (form.islower() and len(form) > 2) and following.isalnum():
                continue
        cuts.append(match.end())
    return cuts


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
