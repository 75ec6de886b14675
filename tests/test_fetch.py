"""Fetching from a server on this machine that behaves badly."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ujar.config import Config
from ujar.errors import InputError
from ujar.read.fetch import fetch

OPEN = Config(private_addresses=True, fetch_seconds=2, max_page_bytes=200_000)


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def start(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_type": "text/html", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_GET(self) -> None:
        try:
            getattr(self, self.path.strip("/"))()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def good(self) -> None:
        self.start()
        self.wfile.write(b"<html><body>halo</body></html>")

    def packed(self) -> None:
        self.start(content_encoding="gzip")
        self.wfile.write(gzip.compress(b"<html>halo</html>"))

    def bomb(self) -> None:
        self.start(content_encoding="gzip")
        self.wfile.write(gzip.compress(b"a" * 50_000_000))

    def endless(self) -> None:
        self.start()
        while True:
            self.wfile.write(b"a" * 10_000)

    def slow(self) -> None:
        self.start()
        for _ in range(100):
            self.wfile.write(b"a")
            self.wfile.flush()
            time.sleep(0.1)

    def lying(self) -> None:
        self.start(content_length="1000")
        self.wfile.write(b"short")

    def circle(self) -> None:
        self.start(302, location="/circle")

    def once(self) -> None:
        self.start(302, location="/good")

    def missing(self) -> None:
        self.start(404)

    def picture(self) -> None:
        self.start(content_type="image/png")

    def elsewhere(self) -> None:
        self.start(302, location="file:///etc/passwd")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.mark.parametrize("path", ["good", "packed", "once"])
def test_good(server: str, path: str) -> None:
    body, final, kind = fetch(f"{server}/{path}", OPEN)
    assert b"halo" in body
    assert kind == "text/html"
    assert final.startswith(server)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("bomb", "too-large"),
        ("endless", "too-large"),
        ("slow", "too-slow"),
        ("lying", "unreachable"),
        ("circle", "too-many-redirects"),
        ("missing", "unreachable"),
        ("picture", "not-text"),
        ("elsewhere", "bad-address"),
    ],
)
def test_bad(server: str, path: str, slug: str) -> None:
    start = time.monotonic()
    with pytest.raises(InputError) as caught:
        fetch(f"{server}/{path}", OPEN)
    assert caught.value.slug == slug
    assert time.monotonic() - start < 15


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"]
)
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(InputError) as caught:
        fetch(f"http://{host}:1/", Config(fetch_seconds=2))
    assert caught.value.slug == "private-address"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/a", "http://"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        fetch(url, OPEN)
    assert caught.value.slug == "bad-address"


def test_nobody_listens() -> None:
    with pytest.raises(InputError) as caught:
        fetch("http://127.0.0.1:1/", OPEN)
    assert caught.value.slug == "unreachable"
