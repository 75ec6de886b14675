"""Stage 2: an article cut up into words, paragraphs, sentences, quotations and time expressions; nothing decided."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from ujar.parse.layout import find_paragraphs
from ujar.parse.quotes import find_quotes
from ujar.parse.sentences import find_sentences
from ujar.parse.times import find_times
from ujar.parse.words import find_words
from ujar.records import Article, Mention, Parse, Span, Word

__all__ = ["parse"]


def parse(article: Article, *, mentions: bool = False) -> Parse:
    """The article cut up; every span refers to ``article.text`` as it is. ``mentions``: whether to tag names and offices."""
    text = article.text
    paragraphs, noise = find_paragraphs(text)
    words = find_words(text)
    quotes = find_quotes(text, paragraphs, noise)
    sentences = find_sentences(text, paragraphs, quotes, noise)
    return Parse(
        article=article,
        words=words,
        paragraphs=paragraphs,
        sentences=sentences,
        quotes=quotes,
        noise=noise,
        times=find_times(text, article.published),
        mentions=_mentions(text, words, sentences, noise) if mentions else (),
    )


def _mentions(
    text: str, words: tuple[Word, ...], sentences: tuple[Span, ...], noise: tuple[Span, ...]
) -> tuple[Mention, ...]:
    """The tagged names and offices of the running text: what reaches into page furniture ends or begins at its edge."""
    # The tagger needs numpy, which is imported where it is used.
    from ujar.parse.mentions import find_mentions

    out = []
    starts = [n.start for n in noise]
    for mention in find_mentions(text, words, sentences):
        start, end = mention.span
        at = bisect_right(starts, end - 1) - 1
        if at >= 0 and noise[at].end > start:
            if noise[at].start <= start:
                start = noise[at].end + len(text[noise[at].end : end]) - len(text[noise[at].end : end].lstrip())
            else:
                end = start + len(text[start : noise[at].start].rstrip())
        if start < end:
            out.append(replace(mention, span=Span(start, end)))
    return tuple(out)
