"""ujar reads Indonesian news and tells who said what.

>>> import ujar
>>> analysis = ujar.read('"Kami siap," kata Wali Kota Rina Wulandari, Kamis (6/6/2024).')
>>> [(s.speaker, s.kind, s.date) for s in analysis.statements]
[('Rina Wulandari', 'direct', '2024-06-06')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.config import Config, load_config
from ujar.errors import InputError, SettingError, TableError, UjarError, UsageError
from ujar.pipeline import analyze, read_sources
from ujar.records import Actor, Analysis, Article, Event, Party, Problem, Span, Statement, Step, TimeExpression
from ujar.write import explain

if TYPE_CHECKING:
    from datetime import date

    from ujar.records import Reader

__version__ = "0.1.0"

__all__ = [
    "Actor",
    "Analysis",
    "Article",
    "Config",
    "Event",
    "InputError",
    "Party",
    "Problem",
    "SettingError",
    "Span",
    "Statement",
    "Step",
    "TableError",
    "TimeExpression",
    "UjarError",
    "UsageError",
    "analyze",
    "explain",
    "load_config",
    "read",
    "read_sources",
]


def read(
    text: str,
    *,
    published: date | None = None,
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    id: str = "text",  # noqa: A002 - the name of the field
    reader: Reader = "learned",
    events: bool = False,
) -> Analysis:
    """Who said what in one text: its statements in the order they stand, every span an offset into ``text``.

    With ``events``, who did what to whom as well (``Analysis.events``).

    ``published`` anchors weekdays and dates without a year; without it they stay undated. ``reader``: "learned" (rules
    and trained models together) or "rules" (the rules alone).
    """
    if isinstance(published, str):
        raise UsageError("bad-date", f"published {published!r} is text", "give a datetime.date")
    article = Article(id=id, text=text, title=title, published=published, outlet=outlet, url=url)
    return analyze(article, reader=reader, events=events)
