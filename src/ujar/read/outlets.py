"""What is known of Indonesian outlets: names by domain, and the zones their times are told in."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from ujar.tables import load_table


class Outlet(NamedTuple):
    """An outlet: its name, and the IANA time zone of the times on its pages ("" when not known)."""

    name: str
    zone: str


@lru_cache(maxsize=1)
def _outlets() -> dict[str, Outlet]:
    out = {}
    for row in load_table("ujar.read", "outlets.tsv"):
        for domain in (row["form"], *row["domains"].split()):
            out[domain] = Outlet(row["outlet"], row["zone"])
    return out


def find_outlet(url: str | None) -> Outlet | None:
    """The outlet at an address ("https://nasional.kompas.com/…" → Kompas.com), or None: one that is not in the table."""
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return None
    parts = host.rstrip(".").split(".")
    for start in range(len(parts) - 1):
        found = _outlets().get(".".join(parts[start:]))
        if found:
            return found
    return None


def outlet_of(url: str | None) -> str | None:
    """The name of the outlet at an address, or None."""
    found = find_outlet(url)
    return found.name if found else None
