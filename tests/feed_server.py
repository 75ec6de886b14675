"""Newspapers on this machine: well behaved ones, and all others."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PEOPLE = (
    "Rina Wulandari", "Bambang Prasetyo", "Siti Maharani", "Agus Setiawan", "Dewi Lestari", "Hendra Gunawan",
    "Maya Kusuma", "Joko Santoso", "Putri Anggraini", "Yusuf Hidayat",
)  # fmt: skip
_WORKS = ("jembatan", "pasar", "terminal", "puskesmas", "sekolah", "taman kota", "pelabuhan", "bendungan", "stadion")
_TOWNS = ("Bandung", "Semarang", "Padang", "Manado", "Kupang", "Jambi", "Palu", "Serang", "Ambon", "Kendari", "Blitar")


def text_of(number: int) -> str:
    """An article that no other number has."""
    person, work, town = (rows[number % len(rows)] for rows in (_PEOPLE, _WORKS, _TOWNS))
    return (
        f'"Pembangunan {work} nomor {number} sudah selesai dan bulan depan mulai dipakai oleh warga," kata Wali Kota'
        f" {town} {person} di {town}, Kamis.\n\nIa mengatakan bahwa anggaran untuk {work} itu berasal dari kas daerah"
        f" dan tidak akan ditambah lagi pada tahun ini. Menurut {person}, warga {town} telah lama menunggu {work}"
        f" tersebut karena yang lama rusak akibat banjir {number + 3} bulan yang lalu."
    )


def page_of(number: int) -> str:
    paragraphs = "".join(f"<p>{p}</p>" for p in text_of(number).split("\n\n"))
    return (
        '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">'
        f"<title>Pekerjaan {number} selesai</title>"
        '<meta property="article:published_time" content="2025-03-06T08:00:00+07:00"></head>'
        f"<body><article>{paragraphs}</article></body></html>"
    )


@dataclass
class Paper:
    """One newspaper: answers by path, and who asked for what when.

    Attributes:
        answers: path → (status, headers, body), or a function that writes the answer itself.
        asked: (moment, path, headers) of each request.
    """

    address: str = ""
    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    pause: float = 0.0

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked if path != "/robots.txt"]

    def put(
        self, path: str, body: str | bytes, kind: str = "application/xml", status: int = 200, **headers: str
    ) -> str:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": kind, **named}, data)
        return self.address + path

    def articles(self, *numbers: int) -> list[str]:
        return [self.put(f"/berita/{n}", page_of(n), "text/html; charset=utf-8") for n in numbers]

    def rss(self, path: str, addresses: list[str], *, more: str = "", **headers: str) -> str:
        return self.put(path, rss(addresses, more=more), "application/rss+xml", **headers)


def rss(addresses: list[str], *, more: str = "", at: datetime | None = None) -> str:
    day = format_datetime(at or datetime.now(UTC))
    items = "".join(
        f"<item><title>Judul</title><link>{a.replace('&', '&amp;')}</link><pubDate>{day}</pubDate>{more}</item>"
        for a in addresses
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Koran</title>'
        f"<link>http://localhost/</link><description>x</description>{items}</channel></rss>"
    )


def atom(addresses: list[str]) -> str:
    day = datetime.now(UTC).isoformat()
    entries = "".join(
        f'<entry><title>Judul</title><id>urn:x:{i}</id><link rel="alternate" href="{a}"/><updated>{day}</updated></entry>'
        for i, a in enumerate(addresses)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Koran</title><id>urn:x</id>{entries}</feed>'


def sitemap(addresses: list[str], *, days: int = 0, news: bool = False) -> str:
    day = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    told = (
        "<news:news><news:publication><news:name>Koran</news:name><news:language>id</news:language></news:publication>"
        f"<news:publication_date>{day}</news:publication_date><news:title>Judul</news:title></news:news>"
        if news
        else f"<lastmod>{day}</lastmod>"
    )
    rows = "".join(
        f"<url><loc>{a}</loc>{told}<image:image><image:loc>http://localhost/x.png</image:loc></image:image></url>"
        for a in addresses
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )


def sitemap_index(addresses: list[str], *, days: int = 0) -> str:
    day = (datetime.now(UTC) - timedelta(days=days)).date()
    rows = "".join(f"<sitemap><loc>{a}</loc><lastmod>{day}</lastmod></sitemap>" for a in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


# Answers that a newspaper gives by writing them itself.


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(300):
        handler.wfile.write(b"<")
        handler.wfile.flush()
        time.sleep(0.1)


def slow_headers(handler: BaseHTTPRequestHandler) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 300:
        handler.wfile.write(bytes([letter]))
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b'<?xml version="1.0"?><rss version="2.0"><channel>')
    while True:
        handler.wfile.write(b"<item><title>lagi</title></item>" * 2000)


def lying(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(rss([]).encode())


def more_than_told(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "40")
    handler.end_headers()
    handler.wfile.write(rss(["http://localhost/x"] * 100).encode())


@lru_cache(maxsize=1)
def packed_blanks() -> bytes:
    """60 MB of nothing in very little."""
    return gzip.compress(b" " * 60_000_000, compresslevel=1)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    handler.wfile.write(packed_blanks())


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff\xfe this is no http\r\n\r\n")


BROKEN = b'<?xml version="1.0"?><rss version="2.0"><channel><title>K</title><item><title>x</title><link>%s</link></item><item><tit'
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]>
<rss version="2.0"><channel><title>&g;</title><item><link>http://localhost/&g;</link></item></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<urlset><url><loc>http://localhost/&x;</loc></url></urlset>"""


@contextmanager
def newspaper() -> Iterator[Paper]:
    """A newspaper on a port of its own; what it has not is answered with 404."""
    paper = Paper()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            paper.asked.append((time.monotonic(), self.path, dict(self.headers)))
            time.sleep(paper.pause)
            answer = paper.answers.get(self.path, (404, {}, b""))
            try:
                if callable(answer):
                    answer(self)
                    return
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                status, headers, body = answer
                named = headers.get("ETag")
                if named and self.headers.get("If-None-Match") == named:
                    status, body = 304, b""
                if headers.get("Last-Modified") and self.headers.get("If-Modified-Since") == headers["Last-Modified"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, request: object, address: object) -> None:
            """A connection that one of the answers above has closed."""

    with Server(("127.0.0.1", 0), Handler) as http:
        paper.address = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield paper
        http.shutdown()
