"""Round after round: the feeds that are due, then the articles that wait, until told to stop."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ujar.errors import LedgerError, missing_extra
from ujar.follow.look import Looked, look_at
from ujar.follow.polite import Hosts, back_off, host_of
from ujar.follow.state import FeedState, State, open_state
from ujar.follow.take import Taken, by_host, leave_alone, take_all
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ujar.config import Config
    from ujar.follow.polite import Clock
    from ujar.follow.settings import FeedSettings, FollowSettings
    from ujar.store import Ledger

# Seconds for the feeds of a round, for the articles at the least, and for those of a run that makes one round.
_FEEDS, _LEAST, _ONCE = 600, 60, 3600
# A feed that has moved and fails so many times is asked at its old address again.
_GIVE_UP_MOVED = 3


@dataclass(slots=True)
class Round:
    """What one round did. ``feeds`` is the sum of the four behind it, ``listed`` that of new, seen, old, left and refused.

    Attributes:
        feeds: feeds that were due: read, unchanged, failed (or gone for good), or put off.
        listed: entries of the feeds that were read: new, seen before, too old, left for the next reading, refused.
        taken: what became of the articles in hand.
    """

    at: float
    feeds: int = 0
    read: int = 0
    unchanged: int = 0
    failed: int = 0
    put_off: int = 0
    listed: int = 0
    new: int = 0
    seen: int = 0
    old: int = 0
    left: int = 0
    refused: int = 0
    taken: Taken = field(default_factory=Taken)

    def line(self) -> str:
        """One line with all counts."""
        taken, time = self.taken, datetime.fromtimestamp(self.at).astimezone().strftime("%Y-%m-%d %H:%M")
        more = "".join(
            f", {number} {what}"
            for number, what in ((self.old, "too old"), (self.left, "left for next time"), (self.refused, "unusable"))
            if number
        )
        return (
            f"{time}  feeds {self.feeds}: {self.read} read, {self.unchanged} unchanged, {self.failed} failed,"
            f" {self.put_off} put off; entries {self.listed}: {self.new} new, {self.seen} seen before{more};"
            f" articles {taken.hand}: {taken.kept} kept, {taken.known} there already, {taken.aside} set aside,"
            f" {taken.later} later; {taken.statements} statements, {taken.events} events"
        )


@contextmanager
def following(folder: Path) -> Iterator[State]:
    """The state beside a ledger, for one run alone.

    Raises LedgerError when another run follows feeds into the same ledger, or the state cannot be read or written.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise missing_extra("follow", "ujar follow") from error

    state = open_state(folder / "follow" / "state.sqlite")
    try:
        lock = FileLock(folder / "follow" / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise LedgerError(
                "followed-already",
                f"another ujar follow keeps its news in {folder}",
                "stop it, or choose another ledger",
            ) from error
        except (OSError, NotImplementedError) as error:
            raise LedgerError("follow-state", f"{folder} cannot be locked ({error})", "look at the disk") from error
        try:
            yield state
        finally:
            lock.release()
    finally:
        state.close()


def follow(
    settings: FollowSettings,
    ledger: Ledger,
    config: Config,
    engine: str,
    state: State,
    clock: Clock,
    *,
    once: bool,
    told: Callable[[Problem], None],
    done: Callable[[Round], None],
) -> None:
    """Follow the feeds until the clock is stopped, or every one is gone and nothing waits; with ``once`` one round.

    ``told`` hears what is wrong with feeds and articles, ``done`` what each round did that did something.
    """
    hosts = Hosts(
        settings, replace(config, private_addresses=config.private_addresses or settings.allow_private), state, clock
    )
    state.forget_other_feeds([feed.address for feed in settings.feeds])
    while not clock.stop.is_set():
        out = one_round(hosts, ledger, config, engine, once=once, told=told)
        if once or out.feeds or out.taken.hand > out.taken.later:
            done(out)
        due = next_time(settings, state)
        if once or due is None:
            return
        # At least a second: a due time that has come already must not make the loop spin.
        clock.stop.wait(max(1.0, due - clock.now()))


def one_round(
    hosts: Hosts, ledger: Ledger, config: Config, engine: str, *, once: bool, told: Callable[[Problem], None]
) -> Round:
    """One round: the feeds that are due, then the articles that wait."""
    now = hosts.clock.now()
    out = Round(now)
    due = [feed for feed in hosts.settings.feeds if _is_due(hosts.state.feed(feed.address), now)]
    hosts.until = now + _FEEDS
    for looked in look_at_all(due, hosts):
        _write_down(looked, out, hosts, told)
    out.feeds = out.read + out.unchanged + out.failed + out.put_off
    if hosts.clock.stop.is_set():
        return out
    now = hosts.clock.now()
    following_due = next_feed(hosts.settings, hosts.state)
    hosts.until = now + (_ONCE if once else max(_LEAST, (following_due or now + _ONCE) - now))
    out.taken = take_all(ledger, config, engine, hosts, {f.address: f for f in hosts.settings.feeds}, told)
    return out


def look_at_all(feeds: Sequence[FeedSettings], hosts: Hosts) -> Iterator[Looked]:
    """What a look at each feed gives, as it comes; several hosts at a time."""
    groups: dict[str, list[FeedSettings]] = {}
    for feed in feeds:
        groups.setdefault(host_of(hosts.state.feed(feed.address).moved or feed.address), []).append(feed)

    def work(_host: str, group: Sequence[FeedSettings]) -> Iterator[Looked]:
        for feed in group:
            yield look_at(feed, hosts.state.feed(feed.address), hosts)

    for looked in by_host(groups, work, hosts):
        if looked is not None:
            yield looked


def next_feed(settings: FollowSettings, state: State) -> float | None:
    """When the next feed is read, in seconds since 1970, or None when all are gone."""
    known = [state.feed(feed.address) for feed in settings.feeds]
    return min((feed.due for feed in known if not feed.gone), default=None)


def next_time(settings: FollowSettings, state: State) -> float | None:
    """When there is something to do again, in seconds since 1970, or None when there never will be."""
    return min((t for t in (next_feed(settings, state), state.next_due()) if t is not None), default=None)


def _is_due(feed: FeedState, now: float) -> bool:
    return not feed.gone and feed.due <= now


def _write_down(looked: Looked, out: Round, hosts: Hosts, told: Callable[[Problem], None]) -> None:
    """The feed as it is after a look, with what is new in it; and into the counts of the round."""
    state, settings, now = hosts.state, hosts.settings, hosts.clock.now()
    feed = looked.feed
    known = state.feed(feed.address)
    for problem in looked.problems:
        told(problem)
    every = feed.every * random.uniform(1, 1.05)  # noqa: S311 - no secret: feeds that began together drift apart
    if looked.outcome in ("read", "unchanged"):
        out.read += looked.outcome == "read"
        out.unchanged += looked.outcome == "unchanged"
        if looked.moved and looked.moved != known.moved:
            told(
                Problem(
                    "feed-moved", "read", f"it has moved for good to {looked.moved}; write that instead", feed.address
                )
            )
        after = FeedState(feed.address, looked.moved, now + every, 0)
        state.host_is_back(host_of(looked.moved or feed.address))
    elif looked.outcome == "resting":
        out.put_off += 1
        after = replace(known, due=state.host(host_of(known.moved or feed.address))[1])
    elif looked.outcome == "halted":
        out.put_off += 1
        after = replace(known, due=now + _LEAST)
    else:
        out.failed += 1
        failures = known.failures + 1
        due = now + back_off(feed.every, failures, settings.back_off)
        if looked.away is not None:
            due = max(due, leave_alone(hosts, looked.away))
        # Only the address in the file can be gone for good: that it moved to may have been a mistake.
        gone = looked.outcome == "gone" and known.moved is None
        if gone:
            told(Problem("feed-gone", "read", "it is gone for good and is not asked again; take it out", feed.address))
        lost = looked.outcome == "gone" or failures >= _GIVE_UP_MOVED
        after = FeedState(feed.address, None if lost else known.moved, due, failures, int(gone))
    new = state.keep_feed(after, looked.items, looked.marks)
    out.listed += looked.listed
    out.new += new
    # Named by two feeds in the same round.
    out.seen += looked.seen + len(looked.items) - new
    out.old += looked.old
    out.left += looked.left
    out.refused += looked.refused
