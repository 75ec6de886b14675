"""The application: the pages, the interface below /api, and how errors answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ujar.errors import LedgerError, UjarError, missing_extra

try:
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from pydantic import ValidationError
    from starlette.exceptions import HTTPException
except ImportError as error:  # pragma: no cover - only without the extra
    raise missing_extra("serve", "ujar serve") from error

import ujar
from ujar.web import api, pages
from ujar.web.guard import Guard, secured
from ujar.web.questions import malformed, status_of
from ujar.write_rows import json_text

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ujar.store import Ledger

_ABOUT = """What Indonesian-language news says, from a ledger of `ujar add`: who said what in which exact words, to whom
and when, and who did what to whom.

Nothing can be changed here: every question is a GET. Days are half-open: `since` ≤ day < `until`. What is unknown is
`null`. Offsets count characters (code points) of the article's text. Errors are `{error, message, next}`. When a part
of the ledger is damaged, every answer says so in the header `Ujar-Problems`: rows may be missing."""


class Json(JSONResponse):
    """JSON in which what could drive a terminal, or turn the direction of text, is written as an escape."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json_text(content).encode()


def create_app(ledger: Ledger, *, token: str | None = None, loopback_only: bool = True) -> FastAPI:
    """The application over a ledger.

    Args:
        ledger: what is shown; other programs may add to it meanwhile.
        token: what must be given to see anything; None for nothing.
        loopback_only: answer only requests to a name of this machine (localhost, 127.0.0.1, ::1), so that no page from
            elsewhere reads the ledger through a name of its own. A server for others sets it False, and a token.
    """
    app = FastAPI(
        title="ujar",
        version=ujar.__version__,
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        default_response_class=Json,
    )
    # Each of these answers is an `Error`, whatever the route.
    app.add_exception_handler(UjarError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(ValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)
    if token is not None:
        _ask_for_token(app)
    app.include_router(api.router(ledger, token=token is not None))
    app.include_router(pages.router(ledger, token=token))
    app.add_middleware(
        Guard, token=token, loopback_only=loopback_only, refuse=refusal, problems=lambda: ledger.problems
    )
    return app


def _ask_for_token(app: FastAPI) -> None:
    """Say in the description that a token is needed."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        schema = plain()
        schema.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"token": []}]
        return schema

    app.openapi = described  # type: ignore[method-assign]


def refusal(request: Request, status: int, error: UjarError) -> Response:
    """An error as JSON below /api, as a page elsewhere."""
    if request.url.path.startswith("/api"):
        return Json({"error": error.slug, "message": error.message, "next": error.next_step}, status)
    return pages.error_page(request, status, error)


def _ours(request: Request, error: Exception) -> Response:
    """What ujar itself has to say: 400 for a question that makes no sense, 404 for a row that is not there."""
    assert isinstance(error, UjarError)  # noqa: S101 - registered for it
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
    return refusal(request, status, error)


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)  # noqa: S101 - registered for these
    if not request.url.path.startswith("/api") and any(e["loc"][:1] == ("path",) for e in error.errors()):
        # An address with a name in it that none has: for a person that is a page that is not there.
        return refusal(request, HTTPStatus.NOT_FOUND, _NO_PAGE)
    return refusal(request, 422, malformed(error.errors()))


_NO_PAGE = LedgerError("no-such-page", "there is nothing at this address", "begin at the start page, /")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == HTTPStatus.NOT_FOUND:
        what = _NO_PAGE
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        what = LedgerError("read-only", "nothing can be changed here", "ask with GET")
    else:
        what = LedgerError("bad-request", HTTPStatus(error.status_code).phrase.lower(), None)
    answer = refusal(request, error.status_code, what)
    # A refused method must say which are allowed.
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _internal(request: Request, error: Exception) -> Response:
    """A fault of ours: the server's log has it, the answer does not."""
    del error
    what = UjarError("internal-error", "ujar failed on this request", "please report it")
    # Made outside all other layers, so the headers are put on here.
    return secured(refusal(request, 500, what))
