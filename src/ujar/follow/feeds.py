"""The bytes of a feed or sitemap to the addresses of articles in it. The bytes are hostile."""

from __future__ import annotations

import io
import re
import zlib
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ujar.errors import InputError, missing_extra
from ujar.follow.markup import Enough, NotSound, SitemapReader, is_plain
from ujar.follow.settings import is_address

if TYPE_CHECKING:
    from ujar.follow.settings import FeedKind

# Largest feed, and largest sitemap, packed or not, in bytes; most entries that are looked at.
FEED_BYTES, SITEMAP_BYTES = 5 * 1024 * 1024, 20 * 1024 * 1024
_ITEMS = 50_000
# What a feed may have to be parsed here: depth of elements, attributes and children of one, entries.
_DEEPEST, _ATTRIBUTES, _CHILDREN, _ENTRIES = 64, 64, 500, 5_000
# Longest address, title and text that an item may bring, in characters.
_ADDRESS, _TITLE, _TEXT = 2_000, 500, 500_000
# Parameters of an address that tell where a reader came from, not what is read.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|ocid|cmpid", re.IGNORECASE)


class Item(NamedTuple):
    """What a feed says of one article.

    Attributes:
        address: of its page, absolute.
        at: when it was published, in seconds since 1970, or None.
        title: its headline, or None.
        text: its whole text as HTML where the feed brings that, or None.
    """

    address: str
    at: float | None = None
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What stands in a feed or sitemap.

    Attributes:
        form: "rss20", "atom10" and the like, "sitemap", or "index" (a list of sitemaps).
        items: articles, in the order they stand.
        maps: of an index: the sitemaps, each with the time of its last change in seconds since 1970, or None.
        refused: entries without an address that can be fetched.
        damage: what was wrong with it though something was found, or None.
    """

    form: str
    items: tuple[Item, ...] = ()
    maps: tuple[tuple[str, float | None], ...] = ()
    refused: int = 0
    damage: str | None = None


def parse_feed(data: bytes, url: str, *, kind: FeedKind = "auto", content_type: str = "") -> FeedContent:
    """The content of what was fetched from an address.

    Raises InputError for what is neither feed nor sitemap, declares entities of its own, or is too large.
    """
    data = _unpacked(data, url)
    # Wide encodings have a NUL beside each letter; without it their marks read like others.
    narrow = data.replace(b"\0", b"")
    if re.search(rb"<!ENTITY", narrow, re.IGNORECASE):
        raise InputError("bad-feed", f"{url} declares entities of its own, which feeds have no use for", None)
    head = narrow[:65536]
    is_map = b"<urlset" in head or b"<sitemapindex" in head
    if kind == "sitemap" or (kind == "auto" and is_map):
        return _sitemap(data, url)
    if len(data) > FEED_BYTES:
        raise InputError("too-large", f"{url} is a feed of more than {FEED_BYTES} bytes", None)
    if is_plain(data, deepest=_DEEPEST, attributes=_ATTRIBUTES, children=_CHILDREN, entries=_ENTRIES):
        return entries_of(data, url, content_type)
    from ujar.follow.apart import parse_apart

    return parse_apart(data, url, content_type)


def _unpacked(data: bytes, url: str) -> bytes:
    """The content of a file packed with gzip, as sitemaps often are; anything else as it is."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpack = zlib.decompressobj(wbits=31)
    try:
        out = unpack.decompress(data, SITEMAP_BYTES + 1)
    except zlib.error as error:
        raise InputError("bad-feed", f"{url} is a damaged gzip file", None) from error
    if len(out) > SITEMAP_BYTES:
        raise InputError("too-large", f"{url} unpacks to more than {SITEMAP_BYTES} bytes", None)
    if not unpack.eof:
        raise InputError("bad-feed", f"{url} is a gzip file that was cut off", None)
    return out


def entries_of(data: bytes, url: str, content_type: str) -> FeedContent:
    """What stands in RSS or Atom. Raises InputError for what is neither."""
    try:
        import feedparser
    except ImportError as error:
        raise missing_extra("follow", "ujar follow") from error

    try:
        # A stream: what is handed over as bytes or text may be taken for an address and fetched.
        found = feedparser.parse(
            io.BytesIO(data),
            response_headers={"content-type": content_type or "application/xml", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # Whatever the parser trips over, the other feeds go on.
        raise InputError("bad-feed", f"{url} could not be parsed ({type(error).__name__})", None) from error
    entries = found.get("entries") or []
    if not entries and (not found.get("version") or found.get("bozo")):
        raise InputError("bad-feed", f"{url} is neither RSS nor Atom nor a sitemap", None)
    items = [_item(entry, url) for entry in entries[:_ITEMS]]
    fault = found.get("bozo_exception") if found.get("bozo") else None
    # Declared as one encoding and sent in another, which was found out: no damage.
    named = None if fault is None or type(fault).__name__ == "CharacterEncodingOverride" else type(fault).__name__
    return FeedContent(
        str(found.get("version") or "rss"),
        tuple(item for item in items if item is not None),
        refused=sum(item is None for item in items),
        damage=f"{url} is not well formed ({named}); what could be made out of it was taken" if named else None,
    )


def _item(entry: Any, url: str) -> Item | None:
    """One entry of a feed, or None when its address cannot be fetched."""
    link = entry.get("link") or (entry.get("id") if is_address(str(entry.get("id") or "")) else None)
    address = absolute(link, url)
    if address is None:
        return None
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    bodies = [str(part.get("value") or "") for part in entry.get("content") or ()]
    text = max(bodies, key=len, default="")
    title = _plain(entry.get("title"))
    return Item(address, _seconds(moment), title, text if 0 < len(text) <= _TEXT else None)


def _seconds(moment: Any) -> float | None:
    try:
        return float(timegm(moment)) if moment else None
    except (ValueError, OverflowError, TypeError):
        return None


def _sitemap(data: bytes, url: str) -> FeedContent:
    """A sitemap, a news sitemap, or an index of sitemaps."""
    reader, damage = SitemapReader(_ITEMS), None
    try:
        reader.read(data)
    except NotSound as error:
        damage = f"{url} is not well formed ({error}); what stood before was taken"
    except Enough:
        damage = f"{url} has more than {_ITEMS} entries; the first were taken"
    if reader.root not in ("urlset", "sitemapindex"):
        raise InputError("bad-feed", f"{url} is no sitemap", None)
    items: list[Item] = []
    maps: list[tuple[str, float | None]] = []
    refused = 0
    # One that was cut off within an entry has no address there, or half of one.
    entries = reader.entries[:-1] if damage and len(reader.entries) < _ITEMS else reader.entries
    for entry in entries:
        texts = entry.texts
        address = absolute(texts.get("loc"), url)
        if address is None:
            refused += 1
        elif entry.name == "sitemap":
            maps.append((address, _moment(texts.get("lastmod"))))
        else:
            moment = texts.get("news/publication_date") or texts.get("lastmod")
            items.append(Item(address, _moment(moment), _plain(texts.get("news/title"))))
    if damage and not (items or maps or refused):
        raise InputError("bad-feed", damage, None)
    return FeedContent("index" if maps and not items else "sitemap", tuple(items), tuple(maps), refused, damage)


def _plain(words: object) -> str | None:
    form = " ".join(str(words or "").split())[:_TITLE]
    return form.encode("utf-8", "replace").decode("utf-8") or None


def _moment(form: str | None) -> float | None:
    """The seconds of "2024-06-07", "2024-06-07T10:00+07:00" and the like; days without a zone are those of UTC."""
    try:
        found = datetime.fromisoformat(form) if form else None
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def absolute(link: object, base: str) -> str | None:
    """A link as an address that can be fetched, without its fragment, or None."""
    if not isinstance(link, str) or not link.strip() or len(link) > _ADDRESS:
        return None
    try:
        parts = urlsplit(urljoin(base, link.strip().replace(" ", "%20")))
        address = urlunsplit(parts._replace(fragment=""))
        address.encode("utf-8")
    except ValueError:
        return None
    return address if is_address(address) else None


def key_of(address: str) -> str:
    """What an address is known by: without scheme, capitals in its host, "www.", and parameters that only track."""
    parts = urlsplit(address)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.rstrip("/")
    return host + path + (f"?{urlencode(kept)}" if kept else "")
