"""Templates to pages: the language, the words, and the few functions that templates call."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ujar.store.negation import negation_of
from ujar.web.marks import anchor_of, visible
from ujar.web.phrases import LANGUAGES, chosen, day_words, teller, when_words
from ujar.web.views import called

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LANGUAGE_COOKIE = "ujar_lang"
_YEAR = 365 * 24 * 3600
# The files that pages name; nothing else is ever read for a request.
STATIC = {"style.css": "text/css", "ujar.js": "text/javascript", "icon.svg": "image/svg+xml"}


@cache
def static_file(name: str) -> bytes:
    """One of ``STATIC``."""
    return (files("ujar.web") / "static" / name).read_bytes()


@cache
def _static_url(name: str) -> str:
    """Its address, another one when it has changed."""
    return f"/static/{name}?{hashlib.blake2b(static_file(name), digest_size=4).hexdigest()}"


def _finished(value: object) -> object:
    """What a template prints: nothing for None, and no character that is not to be seen."""
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ujar.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "static": _static_url,
        "link": link,
        "called": called,
        "anchor_of": anchor_of,
        "negation": negation_of,
    }
    environment.filters |= {"web_address": web_address, "sure": _sure, "article_of": _article_of}
    return environment


def link(path: str, /, **values: object) -> str:
    """An address of ours with some parameters; those that are None, empty or False are left out."""
    given = {
        k: "true" if v is True else str(v) for k, v in values.items() if v is not None and v is not False and v != ""
    }
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


def web_address(url: str | None) -> str | None:
    """An address that a browser may open from a page: http and https only."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _sure(confidence: float) -> str:
    """Confidence in percent; nothing is certain."""
    return f"{min(99, round(confidence * 100))} %"


def _article_of(name: str) -> str:
    """Where a row stands: on the page of its article, by its id."""
    return f"/article/{quote(name.rpartition('.')[0])}#{quote(anchor_of(name))}"


def language_of(request: Request) -> str:
    """The language of the answer to a request."""
    return chosen(
        request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )


def asked_of(request: Request) -> dict[str, str]:
    """The parameters of a request, blank fields of forms and the language left out."""
    return {k: v.strip() for k, v in request.query_params.items() if v.strip() and k != "lang"}


def page(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page in the language of the request; a language that is asked for is remembered."""
    language = language_of(request)
    tell = teller(language)
    asked = asked_of(request)
    body = (
        _environment()
        .get_template(template)
        .render(
            {"damage": (), **values},
            t=tell,
            lang=language,
            day=lambda d: day_words(d, language),
            when=lambda row: when_words(row.get("date"), row["day"], language),
            path=request.url.path,
            asked=asked,
            languages=[(name, link(request.url.path, **{**asked, "lang": name})) for name in LANGUAGES],
        )
    )
    response = HTMLResponse(body, status, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response
