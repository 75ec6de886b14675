"""What a host's robots.txt allows (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ujar.errors import missing_extra

if TYPE_CHECKING:
    from protego import Protego

# Most of a robots.txt that is read, in bytes (RFC 9309 asks for as much), and how long it holds, in seconds.
ROBOTS_BYTES, ROBOTS_SECONDS = 512 * 1024, 86400
# The name that robots.txt knows us by.
_NAME = "ujar"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows.

    Attributes:
        delay: seconds that it wants between two requests, or None.
    """

    delay: float | None
    _parsed: Protego | None

    def allows(self, url: str) -> bool:
        """Whether an address may be fetched; what cannot be made out is not allowed."""
        if self._parsed is None:
            return True
        try:
            return bool(self._parsed.can_fetch(url, _NAME))
        except Exception:  # noqa: BLE001 - an odd pattern or address
            return False


def parse_rules(body: bytes | None) -> Rules:
    """The rules in a robots.txt; ``body`` None: the host has none, and everything is allowed."""
    try:
        from protego import Protego
    except ImportError as error:
        raise missing_extra("follow", "ujar follow") from error

    if body is None:
        return Rules(None, None)
    try:
        parsed = Protego.parse(body.decode("utf-8-sig", errors="replace"))
        delay = parsed.crawl_delay(_NAME)
    except Exception:  # noqa: BLE001 - whatever the parser trips over: a host that wanted to say something is left alone
        parsed, delay = Protego.parse("User-agent: *\nDisallow: /"), None
    return Rules(delay if delay is not None and 0 <= delay < float("inf") else None, parsed)
