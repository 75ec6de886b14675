"""Web archives made for tests."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator

SENTENCES = (
    "Wali Kota Rina Wulandari mengatakan kotanya siap menerima para pengungsi yang menunggu di pelabuhan.",
    "Ia menambahkan bahwa ratusan tenda sudah berdiri di lapangan sejak kemarin pagi.",
    "Warga setempat membawa makanan dan selimut untuk keluarga yang kehilangan rumah mereka.",
)


def page(number: int, published: str | None = "2024-06-07T10:00:00+07:00") -> str:
    """An HTML page with an article, another one for each number."""
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    said = "".join(f"<p>{s} Kabar nomor {number} dari kota itu.</p>" for s in SENTENCES)
    return (
        f'<!DOCTYPE html><html lang="id"><head><title>Kota Siap {number}</title>{date}</head>'
        f"<body><nav>Beranda Politik</nav><article><h1>Kota Siap {number}</h1>{said}</article></body></html>"
    )


def record(
    number: int,
    body: bytes | None = None,
    *,
    kind: str = "response",
    status: str = "200 OK",
    headers: str = "Content-Type: text/html; charset=utf-8\r\n",
    length: int | None = None,
    url: str | None = None,
) -> bytes:
    """One record as it lies in an archive."""
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + (page(number).encode() if body is None else body)
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:08d}>\r\n"
        f"WARC-Date: 2024-06-09T01:02:03Z\r\nWARC-Target-URI: {url or f'https://news.detik.com/berita/{number}'}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(records: Iterable[bytes]) -> Iterator[bytes]:
    """Each record as a gzip member of its own, as crawlers write them."""
    return (gzip.compress(r, 1, mtime=0) for r in records)
