"""What reading gives: an article with what was wrong with it, or why there is none."""

from __future__ import annotations

from typing import NamedTuple

from ujar.read.decode import decode
from ujar.read.page import article_from_page, looks_like_html
from ujar.records import Article, Problem


class Loaded(NamedTuple):
    """One article with what was wrong with it, or, without an article, why there is none."""

    article: Article | None
    problems: tuple[Problem, ...] = ()


def failed(slug: str, message: str, name: str) -> Loaded:
    """No article, and the reason; ``name`` says of what."""
    return Loaded(None, (Problem(slug, "read", message, name),))


def document(
    data: bytes,
    name: str,
    *,
    page: bool,
    url: str | None = None,
    charset: str | None = None,
    largest: int | None = None,
) -> Loaded:
    """One text or page as an article.

    ``page``: whether it is HTML in any case; else its beginning tells. ``charset``: what the server said of it.
    ``largest``: of a page, in bytes; a longer one is refused.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return failed("empty", "there is nothing in it", name)
    text, damage = decode(data, charset, html=page)
    if text is None:
        return failed("binary", "this is binary data, not text", name)
    problems = (Problem("encoding", "read", damage, name),) if damage else ()
    if page or looks_like_html(text):
        if largest is not None and len(data) > largest:
            return failed("too-large", f"the page is larger than {largest} bytes (max_page_bytes)", name)
        article, problem = article_from_page(text, name, url)
        return Loaded(article, (*problems, problem) if problem else problems)
    return Loaded(Article(id=name, text=text, url=url), problems)
