"""An address to the bytes behind it, within bounds of time and size and away from private networks."""

from __future__ import annotations

import ipaddress
import socket
import time
import zlib
from typing import TYPE_CHECKING

from ujar.errors import InputError

if TYPE_CHECKING:
    import httpx

    from ujar.config import Config

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TYPES = ("text/html", "text/plain", "application/xhtml", "application/json", "application/x-ndjson")
_LARGEST_PAGE = 10 * 1024 * 1024


def fetch(url: str, config: Config) -> tuple[bytes, str, str]:
    """The body at an address, the address it finally came from, and its content type.

    Raises InputError for anything but http and https, an address in a private network (unless allowed), too many
    redirects, an answer that is no text, one that is too large, or one that takes too long; the bounds are the
    configuration's. The name is looked up once and the connection made to the address that was checked.
    """
    import httpx

    deadline = time.monotonic() + config.fetch_seconds
    current = url
    with httpx.Client(
        timeout=httpx.Timeout(min(10, config.fetch_seconds)), follow_redirects=False, trust_env=False
    ) as client:
        for _ in range(config.max_redirects + 1):
            if time.monotonic() > deadline:
                raise _too_slow(url, config)
            try:
                parsed = httpx.URL(current)
            except httpx.InvalidURL as error:
                raise InputError(
                    "bad-address", f"{current} is no address", "give one that begins with https://"
                ) from error
            request = _request(client, parsed, config)
            try:
                response = client.send(request, stream=True)
            except httpx.HTTPError as error:
                raise InputError(
                    "unreachable",
                    f"{current} cannot be reached ({type(error).__name__})",
                    "check the address and the connection",
                ) from error
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    current = str(parsed.join(response.headers["location"]))
                    continue
                return (
                    _body(response, current, config, deadline),
                    current,
                    response.headers.get("content-type", ""),
                )
            except httpx.HTTPError as error:
                raise InputError(
                    "unreachable", f"{current} broke off ({type(error).__name__})", "try again later"
                ) from error
            finally:
                response.close()
    raise InputError(
        "too-many-redirects", f"{url} redirects more than {config.max_redirects} times", "give the final address"
    )


def _request(client: httpx.Client, url: httpx.URL, config: Config) -> httpx.Request:
    """A request to the checked network address of a host, with the host's own name in its header and handshake."""
    if url.scheme not in ("http", "https") or not url.host:
        raise InputError("bad-address", f"{url} is not an http or https address", "give one that begins with https://")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError("unreachable", f"{url.host} is not known", "check the address and the connection") from error
    address = str(found[0][4][0])
    if not config.private_addresses and not all(
        ipaddress.ip_address(str(f[4][0]).split("%")[0]).is_global for f in found
    ):
        raise InputError(
            "private-address", f"{url.host} lies in a private network", "set private_addresses if that is meant"
        )
    host = url.netloc.decode("ascii")
    return client.build_request(
        "GET",
        url.copy_with(host=address),
        headers={
            "Host": host.rsplit("@", 1)[-1],
            "Accept-Encoding": "identity",
            "User-Agent": "ujar (+https://pypi.org/project/ujar)",
        },
        extensions={"sni_hostname": url.host},
    )


def _too_slow(url: str, config: Config) -> InputError:
    return InputError(
        "too-slow", f"{url} took longer than {config.fetch_seconds} seconds", "raise fetch_seconds or save the page"
    )


def _body(response: httpx.Response, url: str, config: Config, deadline: float) -> bytes:
    if response.status_code >= 400:
        raise InputError("unreachable", f"{url} answers with status {response.status_code}", "check the address")
    kind = response.headers.get("content-type", "text/html").split(";")[0].strip().lower()
    if not kind.startswith(_TYPES):
        raise InputError("not-text", f"{url} is {kind}, not a page", "give the address of an article")
    limit = min(config.max_bytes, _LARGEST_PAGE)
    encoding = response.headers.get("content-encoding", "identity").lower()
    unpack = None
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpack = zlib.decompressobj(wbits=47 if encoding != "deflate" else 15)
    elif encoding not in ("identity", ""):
        raise InputError("not-text", f"{url} is sent packed as {encoding}", "save the page and give the file")
    parts: list[bytes] = []
    size = 0
    for raw in response.iter_raw(65536):
        if time.monotonic() > deadline:
            raise _too_slow(url, config)
        try:
            # One byte more than allowed is enough to know that it is too much, however small the packed data.
            chunk = unpack.decompress(raw, limit - size + 1) if unpack else raw
        except zlib.error as error:
            raise InputError("not-text", f"{url} sends damaged data", "save the page and give the file") from error
        size += len(chunk)
        if size > limit:
            raise InputError("too-large", f"{url} is larger than {limit} bytes", "save the article and give the file")
        parts.append(chunk)
    return b"".join(parts)
