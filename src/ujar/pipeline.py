"""The whole flow on one screen: an article in, its statements out."""

from __future__ import annotations

from ujar.parse import parse
from ujar.records import Analysis, Article


def analyze(article: Article) -> Analysis:
    """The statements of one article, in text order, and what was wrong with it."""
    parsed = parse(article)
    statements = find_statements(parsed)
    return Analysis(article, statements)
