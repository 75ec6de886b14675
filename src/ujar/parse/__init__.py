"""Stage 2: an article cut up into words, paragraphs, sentences, quotations and time expressions; nothing decided."""

from __future__ import annotations

from ujar.parse.layout import find_paragraphs
from ujar.parse.quotes import find_quotes
from ujar.parse.sentences import find_sentences
from ujar.parse.times import find_times
from ujar.parse.words import find_words
from ujar.records import Article, Parse

__all__ = ["parse"]


def parse(article: Article) -> Parse:
    """The article cut up; every span refers to ``article.text`` as it is."""
    text = article.text
    paragraphs, noise = find_paragraphs(text)
    quotes = find_quotes(text, paragraphs, noise)
    return Parse(
        article=article,
        words=find_words(text),
        paragraphs=paragraphs,
        sentences=find_sentences(text, paragraphs, quotes, noise),
        quotes=quotes,
        noise=noise,
        times=find_times(text, article.published),
    )
