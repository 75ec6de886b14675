"""Asking hosts politely: one request at a time to each, with pauses, as its robots.txt allows, and not while it is unwell."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from ujar.errors import InputError
from ujar.follow.feeds import absolute
from ujar.follow.robots import ROBOTS_BYTES, ROBOTS_SECONDS, Rules, parse_rules
from ujar.read.fetch import Answer, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ujar.config import Config
    from ujar.follow.settings import FollowSettings
    from ujar.follow.state import State

_REDIRECTS, _FOR_GOOD = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
# The host is busy or unwell, not the one page.
_BUSY = frozenset({429, 502, 503, 504})
# What a second try would not change.
LASTING = frozenset(
    {"bad-address", "private-address", "too-large", "not-text", "too-many-redirects", "not-allowed", "address-gone"}
)


class Halted(Exception):  # noqa: N818 - a way out, not an error
    """The run is to end, or the round has no time left for another request to this host."""


class HostAway(Exception):  # noqa: N818 - a value that travels past the page it was asked for
    """A host is to be left alone for a while.

    Attributes:
        host: which.
        seconds: how long it asked for itself, or None.
        reason: why, one sentence.
    """

    def __init__(self, host: str, seconds: float | None, reason: str) -> None:
        super().__init__(reason)
        self.host, self.seconds, self.reason = host, seconds, reason


class Visit(NamedTuple):
    """The answer at the end of the redirects.

    Attributes:
        answer: with status 200 or 304.
        moved: the address that all redirects on the way gave as the new one for good, or None.
    """

    answer: Answer
    moved: str | None = None


@dataclass(slots=True)
class Clock:
    """The time, and waiting; ``stop`` set: the run is to end, and nobody waits any longer."""

    now: Callable[[], float] = time.time
    stop: Event = field(default_factory=Event)

    def wait(self, seconds: float) -> None:
        """Wait. Raises Halted when the run is to end."""
        if self.stop.wait(max(0.0, seconds)):
            raise Halted


@dataclass(slots=True)
class Hosts:
    """The hosts of a run. Safe for threads.

    Attributes:
        settings, config: how they are asked.
        state: where it is kept what they said.
        clock: the time.
        until: moment after which no new request is made in this round, or None.
    """

    settings: FollowSettings
    config: Config
    state: State
    clock: Clock
    until: float | None = None
    _rules: dict[str, tuple[float, Rules]] = field(default_factory=dict)
    _turns: dict[str, Lock] = field(default_factory=dict)
    _free: dict[str, float] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def visit(self, url: str, *, headers: Mapping[str, str] | None = None, limit: int | None = None) -> Visit:
        """Ask an address, and follow its redirects.

        Raises InputError when the address gives nothing, HostAway when its host is to be left alone, Halted when the time
        of the round or the run is up.
        """
        current, moved, steady = url, None, True
        for _ in range(self.config.max_redirects + 1):
            rules = self._rules_of(current)
            if not rules.allows(current):
                raise InputError("not-allowed", f"the robots.txt of its host does not allow {current}")
            answer = self._request(current, rules.delay, headers=headers, limit=limit)
            if answer.status in _REDIRECTS:
                target = absolute(answer.headers.get("location"), current)
                if target is None:
                    raise InputError("bad-address", f"{current} redirects to what is no address")
                steady = steady and answer.status in _FOR_GOOD
                current, moved = target, target if steady else moved
                continue
            if answer.status in (200, 304):
                return Visit(answer, moved)
            if answer.status == 410:
                raise InputError("address-gone", f"{current} is gone for good (status 410)")
            raise InputError("unreachable", f"{current} answers with status {answer.status}")
        raise InputError("too-many-redirects", f"{url} redirects more than {self.config.max_redirects} times")

    def _rules_of(self, url: str) -> Rules:
        """The rules of the host of an address, asked for once a day."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        with self._guard:
            known = self._rules.get(origin)
        if known is None:
            kept = self.state.robots(origin)
            known = (kept[0], parse_rules(kept[1])) if kept else None
        if known is None or not known[0] <= self.clock.now() < known[0] + ROBOTS_SECONDS:
            body = self._robots(origin)
            known = (self.clock.now(), parse_rules(body))
            self.state.keep_robots(origin, known[0], body)
        with self._guard:
            self._rules[origin] = known
        return known[1]

    def _robots(self, origin: str) -> bytes | None:
        """The robots.txt of a host, or None when it has none. Without an answer the host is left alone (RFC 9309)."""
        current = f"{origin}/robots.txt"
        for _ in range(self.config.max_redirects + 1):
            try:
                answer = self._request(current, None, limit=ROBOTS_BYTES, cut=True)
            except InputError as error:
                if error.slug in ("private-address", "bad-address"):
                    raise
                raise HostAway(host_of(origin), None, f"its robots.txt: {error.message}") from error
            if answer.status in _REDIRECTS:
                current = absolute(urljoin(current, answer.headers.get("location", "")), current) or current
                continue
            if answer.status >= 500:
                raise HostAway(host_of(origin), _retry_after(answer, self.clock.now()), "its robots.txt cannot be had")
            return answer.body if answer.status == 200 else None
        return None

    def _request(
        self,
        url: str,
        delay: float | None,
        *,
        headers: Mapping[str, str] | None = None,
        limit: int | None = None,
        cut: bool = False,
    ) -> Answer:
        """One request, in the turn of its host. Raises HostAway when the host is busy or cannot be reached at all."""
        host = host_of(url)
        more = {"User-Agent": f"ujar (+https://pypi.org/project/ujar; {self.settings.contact})"}
        with self._turn(host, max(self.settings.delay, delay or 0)):
            try:
                answer = ask(
                    url,
                    self.config,
                    headers={**(headers or {}), **(more if self.settings.contact else {})},
                    limit=limit,
                    cut=cut,
                )
            except InputError as error:
                if error.slug == "unreachable" and _nobody_there(error):
                    raise HostAway(host, None, error.message) from error
                raise
        if answer.status in _BUSY:
            seconds = _retry_after(answer, self.clock.now())
            raise HostAway(host, seconds, f"{url} answers with status {answer.status}")
        return answer

    @contextmanager
    def _turn(self, host: str, delay: float) -> Iterator[None]:
        """Alone with a host, after the pause since it was asked last."""
        with self._guard:
            lock = self._turns.setdefault(host, Lock())
        with lock:
            now = self.clock.now()
            # Never longer than the pause itself: the clock of the machine may have been set back.
            wanted = delay * random.uniform(1, 1.2)  # noqa: S311 - no secret
            pause = min(wanted, max(0.0, self._free.get(host, 0.0) + wanted - now))
            if self.until is not None and now + pause > self.until:
                raise Halted
            self.clock.wait(pause)
            try:
                yield
            finally:
                self._free[host] = self.clock.now()


def host_of(url: str) -> str:
    """The host of an address, with its port where it gives one, in small letters."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def back_off(every: float, failures: int, longest: float, asked: float | None = None) -> float:
    """Seconds to leave alone what has failed so many times in a row: twice as long each time, a little spread.

    ``asked``: seconds that the host asked for, which hold when they are longer, up to the longest.
    """
    seconds = every * float(2 ** min(failures, 20)) * random.uniform(1, 1.1)  # noqa: S311 - no secret
    return min(longest, max(seconds, asked or 0.0))


def _retry_after(answer: Answer, now: float) -> float | None:
    """The seconds of a Retry-After, given as seconds or as a day, or None."""
    form = answer.headers.get("retry-after", "").strip()
    if form.isdecimal() and len(form) < 10:
        return float(form)
    try:
        return max(0.0, parsedate_to_datetime(form).timestamp() - now) if form else None
    except (ValueError, TypeError, OverflowError):
        return None


def _nobody_there(error: InputError) -> bool:
    """Whether it was the host that could not be found or reached, not an answer that broke off."""
    import httpx

    return isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout, OSError, UnicodeError))
