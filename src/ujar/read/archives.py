"""Web archives (WARC, WACZ) to articles: the pages among the records, what was passed over counted."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from typing import IO, TYPE_CHECKING, NamedTuple

from ujar.errors import InputError, UjarError
from ujar.read.loaded import Loaded, document, failed
from ujar.read.packed import PACKINGS, DamageError, Unpacked, unpack
from ujar.read.warc import Broken, Record, read_records
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:-]+)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# The sizes of headers are added to that of the page.
_HEADERS = 64 * 1024
# How the content of an answer may be packed, and the first bytes by which it is seen to be.
_ENCODINGS = {"gzip": ("gz", b"\x1f\x8b"), "x-gzip": ("gz", b"\x1f\x8b"), "zstd": ("zst", b"\x28\xb5\x2f\xfd")}


class _Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def read_warc(stream: Unpacked, name: str, config: Config) -> Iterator[Loaded]:
    """The articles of a WARC archive, in the order of its records.

    An article is the page of a ``response`` that is HTML and has status 200; its id is that of the record. The other records
    are counted, by what they are, in one remark at the end. Each broken record gives a problem and the next one is read.
    """
    passed: Counter[str] = Counter()
    count = 0
    for record in read_records(stream, config.max_page_bytes + _HEADERS):
        count += 1
        if isinstance(record, Broken):
            if record.last:
                yield failed(
                    "damaged-archive", f"record {record.number}: {record.reason}; nothing behind it can be read", name
                )
            else:
                yield failed("bad-record", f"record {record.number}: {record.reason}", name)
            continue
        found = _page(record, name, config)
        if isinstance(found, str):
            passed[found] += 1
        else:
            yield found
    if not count:
        yield failed("empty", "there is nothing in it", name)
    if passed:
        what = ", ".join(f"{number} {kind}" for kind, number in sorted(passed.items()))
        total = passed.total()
        yield failed("not-a-page", f"{total} of {count} records are no pages and were passed over ({what})", name)


def _page(record: Record, name: str, config: Config) -> Loaded | str:
    """The article of a record, or what it is instead of a page."""
    if record.kind != "response":
        return record.kind if record.kind in _KINDS else "of unknown type"
    url = record.headers.get("warc-target-uri", "").strip("<>")
    if not url.startswith(("http://", "https://")):
        return "response of no web server"
    where = record.headers.get("warc-record-id", "").strip("<>") or f"{name}:{record.number}"
    answer = _answer(record.block)
    if answer is None:
        return failed("bad-record", f"record {record.number}: its answer has no HTTP headers", where)
    if answer.status != 200:
        return "response with another status than 200"
    kind = answer.headers.get("content-type", "")
    if (
        kind.split(";")[0].strip().lower() or record.headers.get("warc-identified-payload-type", "text/html")
    ) not in _HTML:
        return "response that is no HTML"
    if not record.whole:
        return failed("too-large", f"the page is larger than {config.max_page_bytes} bytes (max_page_bytes)", where)
    try:
        body = _content(answer, where, config)
    except UjarError as error:
        return failed(error.slug, error.message, where)
    charset = _CHARSET.search(kind)
    loaded = document(
        body, where, page=True, url=url, charset=charset[1] if charset else None, largest=config.max_page_bytes
    )
    if loaded.article is None or loaded.article.published is not None:
        return loaded
    taken = record.headers.get("warc-date", "")[:10]
    if not _DAY.fullmatch(taken):
        return loaded
    # When it was archived says nothing of when it was published, but is worth knowing where nothing else is known.
    remark = f"no date of publication (the archive took the page on {taken}): weekdays cannot be dated; use --published"
    return Loaded(loaded.article, (*loaded.problems, Problem("no-date", "read", remark, where)))


_KINDS = frozenset({"warcinfo", "request", "metadata", "revisit", "conversion", "continuation", "resource"})


def _answer(block: bytes) -> _Answer | None:
    match = _STATUS.match(block)
    end = _HEAD_END.search(block)
    if match is None or end is None:
        return None
    headers: dict[str, str] = {}
    for line in block[: end.start()].decode("latin-1").splitlines()[1:]:
        key, _, value = line.partition(":")
        headers.setdefault(key.strip().lower(), value.strip())
    return _Answer(int(match[1]), headers, block[end.end() :])


def _content(answer: _Answer, name: str, config: Config) -> bytes:
    """The page without the encodings it was sent in; crawlers often have taken them away and left the headers.

    Raises InputError when it is damaged or unpacks to more than the largest page, missing-extra for Brotli without it.
    """
    body = answer.body
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    for encoding in reversed(answer.headers.get("content-encoding", "").lower().split(",")):
        encoding = encoding.strip()
        if encoding in _ENCODINGS:
            packing, begins = _ENCODINGS[encoding]
            if body.startswith(begins):
                body = unpack(body, packing, name, config, config.max_page_bytes)
        elif encoding == "deflate":
            body = _inflated(body, name, config)
        elif encoding == "br" and body.lstrip()[:1] != b"<":
            body = _brotli(body, name, config)
    return body


def _joined(body: bytes) -> bytes:
    """The chunks of a body in one; as it is when it is not cut in chunks."""
    parts = []
    at = 0
    while match := _CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if not size:
            break
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    return b"".join(parts) if parts else body


def _too_large(name: str, config: Config) -> InputError:
    return InputError("too-large", f"{name} unpacks to more than {config.max_page_bytes} bytes", "raise max_page_bytes")


def _inflated(body: bytes, name: str, config: Config) -> bytes:
    for bits in (15, -15):
        unpacker = zlib.decompressobj(wbits=bits)
        try:
            out = unpacker.decompress(body, config.max_page_bytes + 1)
        except zlib.error:
            continue
        if len(out) > config.max_page_bytes:
            raise _too_large(name, config)
        return out
    if body.lstrip()[:1] == b"<":
        return body
    raise InputError("bad-record", "the page is packed, and damaged", None)


def _brotli(body: bytes, name: str, config: Config) -> bytes:
    try:
        import brotli
    except ImportError as error:
        from ujar.errors import missing_extra

        raise missing_extra("archives", "reading pages packed with Brotli") from error
    unpacker = brotli.Decompressor()
    try:
        out = bytes(unpacker.process(body, output_buffer_limit=config.max_page_bytes + 1))
    except brotli.error as error:
        raise InputError("bad-record", "the page is packed with Brotli, and damaged", None) from error
    if len(out) > config.max_page_bytes:
        raise _too_large(name, config)
    return out


def read_wacz(file: IO[bytes], name: str, config: Config) -> Iterator[Loaded]:
    """The articles of the archives in a WACZ file, which must be able to seek, archive by archive."""
    try:
        opened = zipfile.ZipFile(file)
    except Exception as error:
        # What zipfile raises depends on what the damage leads it to.
        raise InputError(
            "damaged-archive", f"{name} is no WACZ file, or is cut off ({error})", "copy it again"
        ) from error
    with opened:
        inside = [
            entry
            for entry in opened.infolist()
            if entry.filename.startswith("archive/") and re.search(r"\.warc(?:\.\w{2,4})?$", entry.filename)
        ]
        if not inside:
            yield failed("empty", "there are no WARC archives in it (archive/*.warc.gz)", name)
        for entry in inside:
            where = f"{name}/{entry.filename}"
            packing = next((p for end, p in PACKINGS.items() if entry.filename.endswith(end)), None)
            try:
                with opened.open(entry) as member:
                    stream = Unpacked(_Bounded(member, where, entry, config), packing, where, config)
                    yield from read_warc(stream, where, config)
            except UjarError as error:
                yield failed(error.slug, error.message, where)
            except Exception as error:  # noqa: BLE001 - as above
                yield failed("damaged-archive", f"it cannot be read from the WACZ file ({error})", where)


class _Bounded:
    """A file of a zip archive that may not grow beyond what it says, and not beyond what text does."""

    def __init__(self, member: IO[bytes], name: str, entry: zipfile.ZipInfo, config: Config) -> None:
        self._member, self._name = member, name
        self._left = entry.compress_size * 300 + config.max_bytes

    def read(self, size: int = -1, /) -> bytes:
        """As a file does; raises InputError when there is far more than text unpacks to."""
        try:
            data = self._member.read(size)
        except Exception as error:
            raise DamageError(self._name, str(error)) from error
        self._left -= len(data)
        if self._left < 0:
            raise InputError("too-large", f"{self._name} unpacks to more than 300 times its size", None)
        return data
