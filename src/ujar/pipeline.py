"""The whole flow on one screen: an article in, its statements out."""

from __future__ import annotations

from collections.abc import Callable

from ujar.parse import parse
from ujar.records import Analysis, Article, Parse, Statement
from ujar.statements.addressees import find_addressees
from ujar.statements.dates import date_statements
from ujar.statements.find import find_statements
from ujar.statements.speakers import name_speakers
from ujar.statements.via import find_via

Stage = Callable[[Parse, tuple[Statement, ...]], tuple[Statement, ...]]

# What happens to the statements of an article once they are found, in order. Each stage fills in one part and is
# pure: the same parse and statements give the same result, here, in another process, or in a test.
STAGES: tuple[Stage, ...] = (name_speakers, find_addressees, find_via, date_statements)


def analyze(article: Article) -> Analysis:
    """The statements of one article, in text order.

    Every span of the result lies in ``article.text``. Never raises on account of the text; what is wrong with an
    input (empty, not Indonesian, wrongly encoded) is found where it is read, see ``ujar.read``.
    """
    parsed = parse(article)
    statements = find_statements(parsed)
    for stage in STAGES:
        statements = stage(parsed, statements)
    return Analysis(article, statements)
