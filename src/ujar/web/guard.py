"""Who may ask, and what every answer carries: host names, the token, and the headers that keep a page to itself."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse

from ujar.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ujar.errors import UjarError
    from ujar.records import Problem

COOKIE = "ujar_token"
# Tells a program that the ledger is damaged: an answer may lack rows.
PROBLEMS = "Ujar-Problems"
# So many questions are worked on at once; who waits longer than so many seconds for a turn is told to come back.
AT_ONCE, _PATIENCE = 16, 20
# Nothing is loaded from elsewhere, no script or style stands in a page, no form leads away, no page frames this one.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache, private",
}
# Without the token: how to give it, and what the page that asks for it looks like.
_OPEN = ("/login", "/static/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine only."""
    bare = host.strip("[]").lower().removesuffix(".")
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def session_of(token: str) -> str:
    """What the cookie holds: made of the token, which cannot be told from it."""
    return hmac.new(token.encode(), b"ujar session", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def local_path(path: str | None) -> str:
    """A path of ours to go on to after the login; the start page for anything else."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path or any(c < " " for c in path):
        return "/"
    return "/" if urlsplit(path).netloc or len(path) > 2000 else path


def secured(response: Response) -> Response:
    """A response with the headers that every answer has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@dataclass(frozen=True, slots=True)
class Guard:
    """The outermost layer: refuses unknown hosts and asks for the token, and puts the headers on every answer.

    Attributes:
        app: what is guarded.
        token: what must be given, or None for nothing.
        loopback_only: whether only names of this machine are answered: another page could have its own name point here.
        refuse: makes the answer to a refused request, of a status and an error.
        problems: tells what is wrong with the ledger, as it was found last.
        turns: as many requests are worked on at once as this has places.
    """

    app: ASGIApp
    token: str | None
    loopback_only: bool
    refuse: Callable[[Request, int, UjarError], Response]
    problems: Callable[[], Sequence[Problem]] = tuple
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        answer = self._refused(scope)
        path = scope["path"]
        if answer is not None or path.startswith(_OPEN):
            await (answer or self.app)(scope, receive, _securing(send))
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.turns.acquire()
        except TimeoutError:
            await self._busy(scope)(scope, receive, _securing(send))
            return
        working = True

        async def send_told(message: Message) -> None:
            nonlocal working
            if message["type"] == "http.response.start":
                # The work is done when the answer begins: how slowly it is fetched keeps nobody else waiting.
                self.turns.release()
                working = False
                if problems := self.problems():
                    MutableHeaders(scope=message)[PROBLEMS] = _header("; ".join(p.message for p in problems))
            await send(message)

        try:
            await self.app(scope, receive, _securing(send_told))
        finally:
            if working:
                self.turns.release()

    def _busy(self, scope: Scope) -> Response:
        what = LedgerError("busy", "too many questions are being answered", "ask again in a moment")
        answer = self.refuse(Request(scope), 503, what)
        answer.headers["Retry-After"] = "5"
        return answer

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        request = Request(scope)
        if self.loopback_only and not is_loopback(_host_name(headers.get("host", ""))):
            what = UsageError(
                "unknown-host", "this server does not go by that name", "use http://127.0.0.1 or http://localhost"
            )
            return self.refuse(request, 400, what)
        path = scope["path"]
        if self.token is None or path.startswith(_OPEN) or self._allowed(headers, self.token):
            return None
        if path.startswith("/api"):
            what = UsageError(
                "token-needed", "this server asks for a token", "send the header Authorization: Bearer TOKEN"
            )
            answer = self.refuse(request, 401, what)
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        query = scope.get("query_string", b"").decode("latin-1")
        return RedirectResponse(f"/login?next={quote(path + ('?' + query if query else ''), safe='')}", status_code=303)

    def _allowed(self, headers: Headers, token: str) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and same(given.strip(), token):
            return True
        # Cookies of other programs at this host may have any form; they are none of ours.
        return same(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""), session_of(token))


def _securing(send: Send) -> Send:
    """Sends with the headers that every answer has."""

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_secured


def _header(text: str) -> str:
    """A text as the value of a header: letters of ASCII that can be seen."""
    bare = text[:1000].encode("ascii", "backslashreplace").decode("ascii")
    return "".join(c if c.isprintable() else " " for c in bare)


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0].strip("[")
    return host.rpartition(":")[0] if ":" in host else host
