"""Stage 2: an article cut up into words, paragraphs, sentences, quotations and time expressions; nothing decided."""

from __future__ import annotations

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
        mentions=_mentions(text, words, sentences) if mentions else (),
    )


def _mentions(text: str, words: tuple[Word, ...], sentences: tuple[Span, ...]) -> tuple[Mention, ...]:
    # The tagger needs numpy, which is imported where it is used.
    from ujar.parse.mentions import find_mentions

    return find_mentions(text, words, sentences)
