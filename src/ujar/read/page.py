"""An HTML page to an article: title, date, outlet and body by trafilatura."""

from __future__ import annotations

from datetime import date

from ujar.read.outlets import outlet_of
from ujar.records import Article, Problem

# A body shorter than this is a menu or a teaser.
_SHORTEST = 80


def looks_like_html(text: str) -> bool:
    """Whether a text is an HTML page by its first tag."""
    head = text[:2000].lstrip().lower()
    return head.startswith(("<!doctype html", "<html", "<head", "<?xml")) and "<" in head[1:]


def article_from_page(html: str, article_id: str, url: str | None = None) -> tuple[Article | None, Problem | None]:
    """The article of a page, or the problem that it holds none."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(html, url=url, with_metadata=True, include_comments=False, include_tables=False)
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over, the run goes on
        return None, Problem("no-article", "read", f"the page could not be parsed ({type(error).__name__})", article_id)
    text = (getattr(found, "text", None) or "") if found is not None else ""
    if len(text.strip()) < _SHORTEST:
        return None, Problem(
            "no-article", "read", "no article was found on this page; save the page of one article", article_id
        )
    address = url or getattr(found, "url", None)
    return (
        Article(
            id=article_id,
            text=text,
            title=getattr(found, "title", None) or None,
            published=_date(getattr(found, "date", None)),
            outlet=outlet_of(address) or getattr(found, "sitename", None) or None,
            url=address,
        ),
        None,
    )


def _date(form: str | None) -> date | None:
    try:
        return date.fromisoformat((form or "")[:10])
    except ValueError:
        return None
