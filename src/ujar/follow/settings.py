"""What is to be followed, and how: ``feeds.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from ujar.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FeedKind = Literal["auto", "feed", "sitemap"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_TABLE = re.compile(r"\s*\[\[\s*feed\s*\]\]")
# Longest time that can be meant, in seconds; most of anything that is counted.
_LONGEST, _MOST = 366 * 86400, 100_000
# What stands between brackets in the header that names us must not end it.
_CONTACT = re.compile(r"[\w.@+:/~-]{3,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One feed or sitemap.

    Attributes:
        address: where it lies.
        outlet: the newspaper, or None: as the address or the page tells.
        kind: "feed" (RSS or Atom), "sitemap" (one, or an index of some), or "auto": told by what comes.
        every: seconds between two readings.
        most: new addresses that are taken from it in one reading; those left over come with the next.
        within: age in seconds of the oldest articles that are taken from it, or None: a week for a sitemap, else any.
        full_text: whether an item that brings its whole text is kept as it is, without its page being fetched.
    """

    address: str
    outlet: str | None = None
    kind: FeedKind = "auto"
    every: float = 900
    most: int = 500
    within: float | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class FollowSettings:
    """A whole ``feeds.toml``.

    Attributes:
        feeds: what is followed, in the order of the file.
        every: seconds between two readings of a feed that does not say it itself.
        delay: least seconds between two requests to one host; a longer Crawl-delay of its robots.txt holds.
        back_off: longest seconds that a feed or host which fails is left alone.
        hosts: hosts that are asked at the same time; each gets one request at a time.
        most: as of a feed, for those that do not say it themselves.
        contact: an address under which a host can reach whoever follows it, sent with each request, or None.
        allow_private: whether addresses of this machine and of private networks may be fetched.
    """

    feeds: tuple[FeedSettings, ...]
    every: float = 900
    delay: float = 2
    back_off: float = 86400
    hosts: int = 8
    most: int = 500
    contact: str | None = None
    allow_private: bool = False


_TIMES = frozenset({"every", "delay", "back_off", "within"})
_COUNTS = frozenset({"hosts", "most"})
_SWITCHES = frozenset({"full_text", "allow_private"})
_TOP = tuple(f.name for f in fields(FollowSettings) if f.name != "feeds")
_FEED = tuple(f.name for f in fields(FeedSettings))


def load_feeds(path: Path, **flags: Any) -> FollowSettings:
    """The settings in a file; flags that are not None take the place of what it says for all feeds.

    Raises SettingError, with the line where one can be told, for a file that cannot be read, an unknown setting, a value
    that cannot be, no feed at all, or the same feed twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise _wrong(path, "is not UTF-8", "save it as UTF-8") from error
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"cannot be read: {reason}", "mend the file") from error
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _TABLE.match(line)]
    rows = table.pop("feed", [])
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise _wrong(path, "names no feed", 'write [[feed]] and below it address = "https://…"')
    common = _checked(path, "", table, _TOP)
    common |= {name: value for name, value in flags.items() if value is not None}
    feeds: list[FeedSettings] = []
    for number, row in enumerate(rows):
        where = f"line {lines[number]}" if len(lines) == len(rows) else f"feed {number + 1}"
        given = _checked(path, f"{where}: ", row, _FEED)
        if "address" not in given:
            raise _wrong(path, f"{where}: the feed has no address", 'write address = "https://…" below [[feed]]')
        if any(given["address"] == feed.address for feed in feeds):
            raise _wrong(path, f"{where}: {given['address']} is there twice", "take one of them away")
        for name in ("every", "most"):
            if name in common and name not in given:
                given[name] = common[name]
        if flags.get("every") is not None:
            given["every"] = flags["every"]
        feeds.append(FeedSettings(**given))
    return FollowSettings(tuple(feeds), **common)


def seconds_of(form: object) -> float | None:
    """The seconds of a time ("15m", "90s", "1.5h", "2d"), or None for what is none."""
    found = _TIME.fullmatch(form.strip()) if isinstance(form, str) and len(form) < 20 else None
    seconds = float(found[1]) * _UNITS[found[2]] if found else -1
    return seconds if 0 <= seconds <= _LONGEST else None


def _checked(path: Path, where: str, row: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """The values of a table as they are used. Raises SettingError for the first that cannot be."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if name not in known:
            raise _wrong(path, f"{where}unknown setting {name!r}", f"known are here: {', '.join(known)}")
        used, wanted = _used(name, value)
        if used is None:
            raise _wrong(path, f"{where}{name} is {value!r}", f"{name} takes {wanted}")
        out[name] = used
    return out


def _used(name: str, value: object) -> tuple[object, str]:
    """A value as it is used, or None, and what it should have been."""
    if name in _TIMES:
        seconds = seconds_of(value)
        # A reading every 0 seconds would never leave the host alone.
        return (seconds if seconds or name == "delay" else None), 'a time like "90s", "15m", "2h" or "7d"'
    if name in _COUNTS:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST
        return (value if fits else None), f"a whole number from 1 to {_MOST}"
    if name in _SWITCHES:
        return (value if isinstance(value, bool) else None), "true or false"
    if name == "kind":
        return (value if value in get_args(FeedKind) else None), " or ".join(f'"{k}"' for k in get_args(FeedKind))
    if name == "address":
        return (value if isinstance(value, str) and is_address(value) else None), "an http or https address"
    if name == "contact":
        fits = isinstance(value, str) and _CONTACT.fullmatch(value) is not None
        return (value if fits else None), "a mail address or the address of a page"
    return (value if isinstance(value, str) and value.strip() else None), "text"


def is_address(form: str) -> bool:
    """Whether a text is an http or https address with a host."""
    try:
        parts = urlsplit(form)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in form
    except ValueError:
        return False


def _wrong(path: Path, what: str, next_step: str) -> SettingError:
    return SettingError("bad-feeds", f"{path}: {what}", next_step)
