"""Stage 2: an article cut up into words, paragraphs, sentences, quotations and time expressions; nothing decided."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.parse.layout import find_paragraphs
from ujar.parse.quotes import find_quotes
from ujar.parse.sentences import find_sentences
from ujar.parse.times import find_times
from ujar.parse.words import find_words
from ujar.records import Article, Mention, Parse, Span, Word

if TYPE_CHECKING:
    from ujar.learned.encoder import Encoded

__all__ = ["parse"]


def parse(article: Article, *, mentions: bool = False) -> Parse:
    """The article cut up; every span refers to ``article.text`` as it is. ``mentions``: whether to tag names and offices."""
    text = article.text
    paragraphs, noise = find_paragraphs(text)
    words = find_words(text)
    quotes = find_quotes(text, paragraphs, noise)
    sentences = find_sentences(text, paragraphs, quotes, noise)
    encoded = _encoded(text, words) if mentions else None
    return Parse(
        article=article,
        words=words,
        paragraphs=paragraphs,
        sentences=sentences,
        quotes=quotes,
        noise=noise,
        times=find_times(text, article.published),
        mentions=_mentions(text, encoded, sentences, noise) if encoded else (),
        encoded=encoded,
    )


def _encoded(text: str, words: tuple[Word, ...]) -> Encoded:
    """The article as the nets see it."""
    # The nets need numpy, which is imported where it is used.
    from ujar.learned.encoder import encode_text

    return encode_text(text, words)


def _mentions(text: str, encoded: Encoded, sentences: tuple[Span, ...], noise: tuple[Span, ...]) -> tuple[Mention, ...]:
    """The tagged names and offices of the running text: what reaches into page furniture ends or begins at its edge."""
    from ujar.parse.mentions import find_mentions

    out = []
    starts = [n.start for n in noise]
    for mention in find_mentions(text, encoded, sentences):
        start, end = mention.span
        at = bisect_right(starts, end - 1) - 1
        if at < 0 or noise[at].end <= start:
            out.append(mention)
            continue
        if noise[at].start <= start:
            start = noise[at].end + len(text[noise[at].end : end]) - len(text[noise[at].end : end].lstrip())
        else:
            end = start + len(text[start : noise[at].start].rstrip())
        if start < end:
            out.append(replace(mention, span=Span(start, end)))
    return tuple(out)
