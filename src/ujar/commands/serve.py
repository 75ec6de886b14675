"""``ujar serve``: the ledger as pages and as an HTTP interface."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import click

from ujar.commands.common import debug_option
from ujar.commands.ledger import ledger_option, opened
from ujar.errors import UsageError, missing_extra

if TYPE_CHECKING:
    import asyncio

    from ujar.store import Ledger

# A token that somebody could guess is none.
_SHORTEST = 16
# At most so many connections; how many questions are worked on at once is bounded in ujar.web.guard.
_CONNECTIONS = 500
# Seconds in which a connection must bring a whole request, and within which an answer must be fetched.
_SILENT, _LONGEST = 10, 600
# Seconds after which a question is given up.
_PATIENCE = 60


@click.command(short_help="Look at a ledger in a browser, or ask it over HTTP.")
@ledger_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@click.option(
    "--token",
    envvar="UJAR_TOKEN",
    metavar="TOKEN",
    help="Ask everybody for this token (better in UJAR_TOKEN, where other users of the machine do not see it).",
)
@debug_option
def serve(folder: str | None, host: str, port: int, token: str | None, debug: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Serve the pages, and the HTTP interface below /api, until stopped with Ctrl-C.

    Only this machine can see them, unless --host says otherwise; then a token is needed. Nothing can be changed over
    HTTP, and what is added to the ledger meanwhile is shown.

    \b
      ujar serve --ledger news
      UJAR_TOKEN=$(openssl rand -hex 16) ujar serve --host 0.0.0.0
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    try:
        from ujar.web.guard import is_loopback
    except ImportError as error:
        raise missing_extra("serve", "ujar serve") from error

    local = is_loopback(host)
    if not local and not token:
        raise UsageError(
            "no-token",
            f"{host} can be reached from other machines, and without a token everybody there could read the ledger",
            "set UJAR_TOKEN, for instance to the output of: openssl rand -hex 16",
        )
    if token is not None and (len(token) < _SHORTEST or not token.isascii() or not token.isprintable() or " " in token):
        raise UsageError(
            "bad-token",
            f"the token is not made of at least {_SHORTEST} letters and digits",
            "make one with: openssl rand -hex 16",
        )
    run(opened(folder), host, port, token, local=local)


def run(ledger: Ledger, host: str, port: int, token: str | None, *, local: bool) -> None:
    """Serve until stopped. Raises UsageError when the address cannot be listened at."""
    from ujar.web.app import create_app

    ledger.patience = _PATIENCE
    app = create_app(ledger, token=token, loopback_only=local)
    import uvicorn

    listening = listen(host, port)
    config = uvicorn.Config(
        app,
        http=punctual(_SILENT, _LONGEST),
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
    )
    name = f"[{host}]" if ":" in host else host
    click.echo(f"ujar: http://{name}:{listening.getsockname()[1]}/   (stop with Ctrl-C)", err=True)
    with listening:
        uvicorn.Server(config).run(sockets=[listening])


def punctual(silent: float, longest: float) -> type[asyncio.Protocol]:
    """The protocol of uvicorn that closes connections on which nothing goes on: else they would shut out all others.

    Args:
        silent: seconds in which a connection must bring a whole request, or the next one.
        longest: seconds in which an answer must be made and fetched.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    class Punctual(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._look(None, self.loop.time())

        def _look(self, seen: object, since: float) -> None:
            """Look whether it still stands as it did: the request that was worked on, or none, since that moment."""
            if self.transport.is_closing():
                return
            now = self.loop.time()
            cycle = self.cycle if self.cycle is not None and not self.cycle.response_complete else None
            if cycle is not seen:
                seen, since = cycle, now
            if now - since >= (silent if cycle is None else longest):
                # What has not been fetched by now is thrown away.
                self.transport.abort()
                return
            self.loop.call_later(min(1, silent / 4), self._look, seen, since)

    return Punctual


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address. Raises UsageError when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        out = socket.socket(family, kind, protocol)
        try:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            out.bind(address)
            # At once: who reads where it is and asks must not be refused while the server still gets ready.
            out.listen()
        except OSError:
            out.close()
            raise
    except OSError as error:
        raise UsageError(
            "cannot-listen",
            f"nothing can listen at {host} port {port} ({error.strerror or error})",
            "choose another --port (0 for any that is free), or a --host that is this machine's",
        ) from error
    return out
