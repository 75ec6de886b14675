"""One feed or sitemap looked at: asked whether it has changed, fetched, and what is new in it picked out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ujar.errors import InputError
from ujar.follow.feeds import SITEMAP_BYTES, FeedContent, key_of, parse_feed
from ujar.follow.polite import Halted, HostAway, host_of
from ujar.follow.state import Mark, Waiting
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.follow.feeds import Item
    from ujar.follow.polite import Hosts, Visit
    from ujar.follow.settings import FeedSettings
    from ujar.follow.state import FeedState

# How deep indexes of sitemaps may name each other, how many sitemaps of one feed are fetched in one reading, and how old
# an article of a sitemap may be in seconds: sitemaps go back years.
_DEEPEST, _MOST_MAPS, _WITHIN = 2, 100, 7 * 86400
# An item with fewer characters of text than this brings a summary, not its whole text.
_SHORTEST = 300
_TAG = re.compile(r"<[^<>]{0,1000}>")

Outcome = Literal["read", "unchanged", "failed", "gone", "resting", "halted"]


@dataclass(slots=True)
class Looked:
    """What a look at a feed gave.

    Attributes:
        feed: which.
        outcome: "read", "unchanged" (its host says so), "failed", "gone" (for good), "resting" (its host is left alone),
            "halted" (no time was left for it).
        form: what it is, as ``FeedContent.form``; empty when it was not read.
        moved: its new address, when its host gave one for good.
        listed, seen, old, left, refused: entries in it; those known before, too old, left for the next reading, and
            without an address that can be fetched.
        items: those that are new.
        marks: what its host is to be sent with the next request.
        maps: sitemaps of an index that were asked for.
        away: the host that is to be left alone, or None.
        problems: what was wrong with it.
    """

    feed: FeedSettings
    outcome: Outcome = "read"
    form: str = ""
    moved: str | None = None
    listed: int = 0
    seen: int = 0
    old: int = 0
    left: int = 0
    refused: int = 0
    items: list[Waiting] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    maps: int = 0
    away: HostAway | None = None
    problems: list[Problem] = field(default_factory=list)


def look_at(feed: FeedSettings, known: FeedState, hosts: Hosts) -> Looked:
    """What is new in a feed; whatever is wrong with it is in the result."""
    out = Looked(feed)
    address = known.moved or feed.address
    if hosts.state.host(host_of(address))[1] > hosts.clock.now():
        out.outcome = "resting"
        return out
    try:
        visit = _asked(address, hosts)
        out.moved = visit.moved or known.moved
        if visit.answer.status == 304:
            out.outcome = "unchanged"
            return out
        content = _content(visit, feed)
        out.form = content.form
        _take(content, visit, address, out, hosts)
        _walk(content, out, hosts, depth=0)
    except HostAway as error:
        out.outcome, out.away = "failed", error
        out.problems.append(Problem("host-away", "read", f"{error.host} is left alone: {error.reason}", feed.address))
    except Halted:
        out.outcome = "halted"
    except InputError as error:
        out.outcome = "gone" if error.slug == "address-gone" else "failed"
        out.problems.append(Problem(error.slug, "read", error.message, feed.address))
    if out.left or out.outcome != "read":
        # Without them the whole comes again, with what was left.
        out.marks.clear()
    return out


def _asked(address: str, hosts: Hosts) -> Visit:
    mark = hosts.state.mark(address)
    headers = {"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"}
    if mark.etag:
        headers["If-None-Match"] = mark.etag
    if mark.modified:
        headers["If-Modified-Since"] = mark.modified
    return hosts.visit(address, headers=headers, limit=SITEMAP_BYTES)


def _content(visit: Visit, feed: FeedSettings) -> FeedContent:
    answer = visit.answer
    return parse_feed(answer.body, answer.url, kind=feed.kind, content_type=answer.headers.get("content-type", ""))


def _take(content: FeedContent, visit: Visit, asked: str, out: Looked, hosts: Hosts) -> None:
    """The new items of what was fetched, into the result."""
    feed, now = out.feed, hosts.clock.now()
    is_map = content.form in ("sitemap", "index")
    within = feed.within if feed.within is not None else (_WITHIN if is_map else None)
    if content.damage:
        out.problems.append(Problem("damaged-feed", "read", content.damage, feed.address))
    out.listed += len(content.items) + content.refused
    out.refused += content.refused
    fresh: dict[str, Item] = {}
    picked = {i.key for i in out.items}
    for item in content.items:
        key = key_of(item.address)
        if within is not None and item.at is not None and now - item.at > within:
            out.old += 1
        elif key in fresh or key in picked:
            out.seen += 1
        else:
            fresh[key] = item
    known = hosts.state.known(list(fresh))
    out.seen += len(known)
    for key, item in fresh.items():
        if key in known:
            continue
        if len(out.items) >= feed.most:
            out.left += 1
            continue
        text = item.text if feed.full_text and item.text and len(_TAG.sub("", item.text)) >= _SHORTEST else None
        out.items.append(Waiting(key, item.address, feed.address, now, item.at, item.title, text))
    headers = visit.answer.headers
    # An index is always asked for whole: its sitemaps change without it. So is what was damaged.
    if content.form != "index" and not content.damage and (headers.get("etag") or headers.get("last-modified")):
        out.marks.append(
            Mark(asked, headers.get("etag", "")[:500] or None, headers.get("last-modified", "")[:100] or None)
        )


def _walk(index: FeedContent, out: Looked, hosts: Hosts, *, depth: int) -> None:
    """The sitemaps of an index, those that changed last first."""
    feed, now = out.feed, hosts.clock.now()
    within = feed.within if feed.within is not None else _WITHIN
    maps = [(address, at) for address, at in index.maps if at is None or now - at <= within]
    if not maps:
        return
    if depth >= _DEEPEST:
        _remark(out, f"indexes of sitemaps name each other more than {_DEEPEST} deep; {len(maps)} were left out")
        return
    maps.sort(key=lambda pair: -(pair[1] if pair[1] is not None else now))
    for address, _ in _first_time(maps, feed.address):
        if len(out.items) >= feed.most:
            # The others are read next time, when these are known.
            return
        if out.maps >= _MOST_MAPS:
            _remark(out, f"only the newest {_MOST_MAPS} sitemaps were read")
            return
        out.maps += 1
        try:
            visit = _asked(address, hosts)
            if visit.answer.status == 304:
                continue
            answer = visit.answer
            content = parse_feed(answer.body, answer.url, kind="sitemap")
        except InputError as error:
            # One bad sitemap must not keep the others from being read.
            out.problems.append(Problem(error.slug, "read", error.message, feed.address))
            continue
        _take(content, visit, address, out, hosts)
        _walk(content, out, hosts, depth=depth + 1)


def _first_time(maps: Iterable[tuple[str, float | None]], own: str) -> list[tuple[str, float | None]]:
    """The sitemaps without repetitions, and without the index itself."""
    return [pair for pair in dict(maps).items() if pair[0] != own]


def _remark(out: Looked, message: str) -> None:
    out.problems.append(Problem("damaged-feed", "read", f"{out.feed.address}: {message}", out.feed.address))
