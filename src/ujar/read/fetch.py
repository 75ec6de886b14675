"""An address to the bytes behind it, within bounds of time and size and away from private networks."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from concurrent.futures import Future
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ujar.errors import InputError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    import httpx

    from ujar.config import Config

T = TypeVar("T")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TYPES = ("text/html", "text/plain", "application/xhtml", "application/json", "application/x-ndjson")
# Longest silence: a host that does not let us in leaves time for its other addresses.
_CONNECT_SECONDS, _SILENT_SECONDS = 5, 10


class Fetched(NamedTuple):
    """What an address answered: the body, the address it finally came from, and its content type with parameters."""

    body: bytes
    url: str
    kind: str


class Answer(NamedTuple):
    """What one request was answered, whatever its status; the body is read for status 200 alone.

    ``headers``: by their names in small letters.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


def ask(
    url: str,
    config: Config,
    *,
    headers: Mapping[str, str] | None = None,
    limit: int | None = None,
    cut: bool = False,
) -> Answer:
    """The answer of an address to one request, with these headers beside ujar's own; redirects are not followed.

    ``limit``: largest body in bytes, unpacked (default: the setting max_page_bytes); with ``cut`` a larger one is cut off
    there. Raises InputError as ``fetch`` does, but for no status and no type of content.
    """
    import httpx

    def work(client: httpx.Client, deadline: float) -> Answer:
        try:
            response = _send(client, httpx.URL(url), config, headers)
            try:
                body = b""
                if response.status_code == 200:
                    body = _content(response, url, config, deadline, limit=limit, cut=cut)
                return Answer(response.status_code, url, dict(response.headers), body)
            finally:
                response.close()
        except httpx.InvalidURL as error:
            raise InputError("bad-address", f"{url} is no address", "give one that begins with https://") from error
        except httpx.TransportError as error:
            raise _out_of_time(url, config, deadline) or InputError(
                "unreachable", f"{url} cannot be reached ({type(error).__name__})", "try again later"
            ) from error

    return _in_time(url, config, work)


def fetch(url: str, config: Config) -> Fetched:
    """The answer of an address.

    Raises InputError for anything but http and https, an address in a private network (unless allowed, also behind a
    redirect), too many redirects, an answer that is no text, one that is too large, or one that takes too long; the
    bounds are the configuration's. The name is looked up once and the connection made to an address that was checked.
    """
    return _in_time(url, config, lambda client, deadline: _follow(client, url, config, deadline))


def _in_time(url: str, config: Config, function: Callable[[httpx.Client, float], T]) -> T:
    """What a function gets with a client before the deadline. Raises InputError when it is not done by then."""
    import httpx

    deadline = time.monotonic() + config.fetch_seconds
    answer: Future[T] = Future()
    client = httpx.Client(
        timeout=httpx.Timeout(
            min(_SILENT_SECONDS, config.fetch_seconds), connect=min(_CONNECT_SECONDS, config.fetch_seconds)
        ),
        follow_redirects=False,
        trust_env=False,
        verify=_trusted(),
    )

    def work() -> None:
        try:
            answer.set_result(function(client, deadline))
        except Exception as error:  # noqa: BLE001 - raised again below, in the thread that asked
            answer.set_exception(error)

    # In a thread of its own: neither the name lookup nor headers that arrive byte by byte can be bounded from within.
    # When time is up the client is closed under it, so that it ends soon after.
    threading.Thread(target=work, daemon=True).start()
    try:
        return answer.result(timeout=config.fetch_seconds)
    except TimeoutError as error:
        raise _too_slow(url, config) from error
    finally:
        client.close()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Whom to trust: loaded once, since it takes longer than many an answer."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _follow(client: httpx.Client, url: str, config: Config, deadline: float) -> Fetched:
    """The answer at the end of the redirects."""
    import httpx

    current = url
    for _ in range(config.max_redirects + 1):
        try:
            parsed = httpx.URL(current)
        except httpx.InvalidURL as error:
            raise InputError("bad-address", f"{current} is no address", "give one that begins with https://") from error
        try:
            response = _send(client, parsed, config)
        except httpx.HTTPError as error:
            raise _out_of_time(url, config, deadline) or InputError(
                "unreachable",
                f"{current} cannot be reached ({type(error).__name__})",
                "check the address and the connection",
            ) from error
        try:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                current = str(parsed.join(response.headers["location"]))
                continue
            return Fetched(
                _body(response, current, config, deadline), current, response.headers.get("content-type", "")
            )
        except httpx.InvalidURL as error:
            raise InputError(
                "bad-address", f"{current} redirects to what is no address", "give the final address"
            ) from error
        except httpx.HTTPError as error:
            raise _out_of_time(url, config, deadline) or InputError(
                "unreachable", f"{current} broke off ({type(error).__name__})", "try again later"
            ) from error
        finally:
            response.close()
    raise InputError(
        "too-many-redirects", f"{url} redirects more than {config.max_redirects} times", "give the final address"
    )


def _send(
    client: httpx.Client, url: httpx.URL, config: Config, more: Mapping[str, str] | None = None
) -> httpx.Response:
    """The response, its body unread, of the first network address of a host that lets us in.

    The request goes to an address that was checked, with the host's own name in its header and handshake.
    """
    import httpx

    if url.scheme not in ("http", "https") or not url.host:
        raise InputError("bad-address", f"{url} is not an http or https address", "give one that begins with https://")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InputError("unreachable", f"{url.host} is not known", "check the address and the connection") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not config.private_addresses and not all(_is_public(address) for address in addresses):
        raise InputError(
            "private-address", f"{url.host} lies in a private network", "set private_addresses if that is meant"
        )
    headers = {
        "Host": url.netloc.decode("ascii").rsplit("@", 1)[-1],
        "Accept-Encoding": "identity",
        "User-Agent": "ujar (+https://pypi.org/project/ujar)",
        **(more or {}),
    }
    for address in addresses:
        request = client.build_request(
            "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": url.host}
        )
        try:
            return client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            # Many machines know an IPv6 address of a host and have no way there.
            if address == addresses[-1]:
                raise
    raise AssertionError("getaddrinfo gives at least one address")  # pragma: no cover


def _is_public(address: str) -> bool:
    """Whether a network address lies in the open network, also when it wraps an address of the older kind."""
    found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


def _too_slow(url: str, config: Config) -> InputError:
    return InputError(
        "too-slow", f"{url} took longer than {config.fetch_seconds} seconds", "raise fetch_seconds or save the page"
    )


def _out_of_time(url: str, config: Config, deadline: float) -> InputError | None:
    return _too_slow(url, config) if time.monotonic() >= deadline else None


def _body(response: httpx.Response, url: str, config: Config, deadline: float) -> bytes:
    if response.status_code >= 400:
        raise InputError("unreachable", f"{url} answers with status {response.status_code}", "check the address")
    kind = response.headers.get("content-type", "text/html").split(";")[0].strip().lower()
    if not kind.startswith(_TYPES):
        raise InputError("not-text", f"{url} is {kind}, not a page", "give the address of an article")
    return _content(response, url, config, deadline)


def _content(
    response: httpx.Response, url: str, config: Config, deadline: float, *, limit: int | None = None, cut: bool = False
) -> bytes:
    """The body of a response, unpacked, within the bounds; with ``cut`` as much of it as they let through."""
    limit = limit or config.max_page_bytes
    encoding = response.headers.get("content-encoding", "identity").lower()
    unpack = None
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpack = zlib.decompressobj(wbits=47 if encoding != "deflate" else 15)
    elif encoding not in ("identity", ""):
        raise InputError("not-text", f"{url} is sent packed as {encoding}", "save the page and give the file")
    parts: list[bytes] = []
    size = 0
    # As the network brings it: a chunk size would make httpx wait, without looking at the clock, until it has so much.
    for raw in response.iter_raw():
        if time.monotonic() > deadline:
            raise _too_slow(url, config)
        try:
            # One byte more than allowed is enough to know that it is too much, however small the packed data.
            chunk = unpack.decompress(raw, limit - size + 1) if unpack else raw
        except zlib.error as error:
            raise InputError("not-text", f"{url} sends damaged data", "save the page and give the file") from error
        size += len(chunk)
        if size > limit and cut:
            return b"".join((*parts, chunk))[:limit]
        if size > limit:
            raise InputError("too-large", f"{url} is larger than {limit} bytes", "save the article and give the file")
        parts.append(chunk)
    return b"".join(parts)
