"""The pages of new articles: fetched host by host, several hosts at a time, read one by one and kept commit by commit."""

from __future__ import annotations

import html
import queue
import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from ujar.errors import InputError
from ujar.follow.polite import LASTING, Halted, HostAway, back_off, host_of
from ujar.follow.state import Outcome
from ujar.pipeline import analyze_loaded
from ujar.read.sources import load_page
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ujar.config import Config
    from ujar.follow.polite import Hosts
    from ujar.follow.settings import FeedSettings
    from ujar.follow.state import Waiting
    from ujar.records import Analysis
    from ujar.store import Ledger

# A commit for so many articles, or after so many seconds: what is lost when the run is killed is read again.
_BATCH, _SECONDS = 25, 10
# Pages that wait to be read: more, and the hosts wait.
_AHEAD = 16
# An article that could not be had so many times is set aside; so is one that waited so many seconds.
_TRIES, _LONGEST_WAIT = 6, 14 * 86400
# So many pages of one host in a row that cannot be had mean that something is wrong with the host.
_IN_A_ROW = 3
# Seconds after which those are tried again for which no time was left.
_PAUSE = 10
# The days of Indonesian newspapers are those of Jakarta.
_JAKARTA = timezone(timedelta(hours=7))
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PAGES = ("text/html", "text/plain", "application/xhtml")
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page:
    """What came of one article: its page, or why there is none.

    Attributes:
        waiting: which article.
        body, url: the page and the address it finally came from, or empty.
        charset: what its host said of its encoding, or None.
        problem: why there is no page, or None.
        away: the host that is to be left alone from now on, or None.
        later: moment before which it is not tried again, where that is known.
    """

    waiting: Waiting
    body: bytes = b""
    url: str = ""
    charset: str | None = None
    problem: Problem | None = None
    away: HostAway | None = None
    later: float | None = None


@dataclass(slots=True)
class Taken:
    """Counts of one round: ``hand`` articles were to be had, and each is in one of the four below.

    Attributes:
        hand: articles in hand.
        kept, changed: those kept, and how many of them in place of an older reading.
        known: those that the ledger held already.
        aside: those set aside for good.
        later: those that are tried again.
        statements, events: kept with the articles.
    """

    hand: int = 0
    kept: int = 0
    changed: int = 0
    known: int = 0
    aside: int = 0
    later: int = 0
    statements: int = 0
    events: int = 0


@dataclass(slots=True)
class _Done(Generic[R]):
    """What a thread hands over."""

    result: R | None = None
    error: BaseException | None = None
    last: bool = False


def by_host(
    groups: Mapping[str, Sequence[T]], work: Callable[[str, Sequence[T]], Iterator[R]], hosts: Hosts
) -> Iterator[R | None]:
    """What the work on each host gives, as it comes; None when nothing came for a moment.

    So many hosts as the settings say are worked on at a time, each in a thread of its own. Ends early when the run is to
    end; what the threads have not handed over by then is lost.
    """
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    for host in groups:
        todo.put(host)
    out: queue.Queue[_Done[R]] = queue.Queue(_AHEAD)
    ended = threading.Event()

    def hand_over(done: _Done[R]) -> None:
        while not ended.is_set():
            try:
                out.put(done, timeout=0.2)
            except queue.Full:
                continue
            return
        raise Halted

    def thread() -> None:
        try:
            while not ended.is_set():
                host = todo.get_nowait()
                for result in work(host, groups[host]):
                    hand_over(_Done(result))
        except (queue.Empty, Halted):
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            with_error = error
            try:
                hand_over(_Done(error=with_error))
            except Halted:
                return
        try:
            hand_over(_Done(last=True))
        except Halted:
            return

    running = min(hosts.settings.hosts, len(groups))
    for _ in range(running):
        threading.Thread(target=thread, daemon=True).start()
    try:
        while running and not hosts.clock.stop.is_set():
            try:
                done = out.get(timeout=0.2)
            except queue.Empty:
                yield None
                continue
            if done.error is not None:
                raise done.error
            if done.last:
                running -= 1
            else:
                yield done.result
    finally:
        ended.set()


def take_all(
    ledger: Ledger,
    config: Config,
    engine: str,
    hosts: Hosts,
    feeds: Mapping[str, FeedSettings],
    told: Callable[[Problem], None],
) -> Taken:
    """Fetch, read and keep the articles that wait; what comes of each is written down after it was kept.

    Raises LedgerError when the ledger or the state cannot be written; what was not kept then is read again next time.
    """
    run = _Taking(ledger, config, engine, hosts, feeds, told)
    waiting = hosts.state.waiting(hosts.clock.now())
    run.taken.hand = len(waiting)
    groups: dict[str, list[Waiting]] = {}
    for one in run.not_held(waiting):
        groups.setdefault(host_of(one.address), []).append(one)
    pages = by_host(groups, lambda host, group: _pages(host, group, hosts, feeds), hosts)
    try:
        for page in pages:
            if page is not None:
                run.take(page)
            if len(run.analyses) >= _BATCH or monotonic() - run.since > _SECONDS:
                run.commit()
                ledger.tidy()
    finally:
        pages.close()  # type: ignore[attr-defined]
    run.commit()
    ledger.tidy()
    run.taken.later = run.taken.hand - run.taken.kept - run.taken.known - run.taken.aside
    return run.taken


def _pages(host: str, group: Sequence[Waiting], hosts: Hosts, feeds: Mapping[str, FeedSettings]) -> Iterator[Page]:
    """The pages of one host, one after the other, until it wants to be left alone."""
    bad = 0
    for number, one in enumerate(group):
        feed = feeds.get(one.feed)
        text = hosts.state.text(one.key) if feed is not None and feed.full_text else None
        if text is not None:
            yield Page(one, _as_page(one, text), one.address, "utf-8")
            continue
        until = hosts.state.host(host)[1]
        if until > hosts.clock.now():
            yield from (Page(other, later=until) for other in group[number:])
            return
        try:
            answer = hosts.visit(one.address).answer
            told = answer.headers.get("content-type", "text/html")
            kind = told.split(";")[0].strip().lower()
            if not kind.startswith(_PAGES):
                raise InputError("not-text", f"{one.address} is {kind}, not a page")  # noqa: TRY301 - told as the others
        except Halted:
            # No time left in this round; the pause of its host may be long.
            yield from (Page(other, later=hosts.clock.now() + _PAUSE) for other in group[number:])
            return
        except HostAway as error:
            problem = Problem("host-away", "read", f"{error.host} is left alone: {error.reason}", one.address)
            yield Page(one, problem=problem, away=error)
            if error.host == host:
                # Until the reader of these pages has written it down, this thread knows it best.
                yield from (Page(other, later=hosts.clock.now() + 1) for other in group[number + 1 :])
                return
        except InputError as error:
            problem = Problem(error.slug, "read", error.message, one.address)
            bad = bad + 1 if error.slug in ("unreachable", "too-slow") else 0
            away = HostAway(host, None, f"{bad} pages in a row could not be had") if bad >= _IN_A_ROW else None
            yield Page(one, problem=problem, away=away)
            if away is not None:
                yield from (Page(other, later=hosts.clock.now() + 1) for other in group[number + 1 :])
                return
        else:
            bad = 0
            charset = _CHARSET.search(told)
            yield Page(one, answer.body, answer.url, charset[1] if charset else None)


def _as_page(one: Waiting, text: str) -> bytes:
    """An item that brings its whole text, as the page it would be."""
    title = html.escape(one.title or "")
    head = f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><article>{text}</article></body></html>".encode("utf-8", "replace")


def _day(moment: float | None) -> date | None:
    try:
        return None if moment is None else datetime.fromtimestamp(moment, UTC).astimezone(_JAKARTA).date()
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(slots=True)
class _Taking:
    """The articles of one round on their way into the ledger."""

    ledger: Ledger
    config: Config
    engine: str
    hosts: Hosts
    feeds: Mapping[str, FeedSettings]
    told: Callable[[Problem], None]
    taken: Taken = field(default_factory=Taken)
    analyses: list[Analysis] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    since: float = field(default_factory=monotonic)

    def not_held(self, waiting: list[Waiting]) -> list[Waiting]:
        """Those that the ledger does not hold under their address; the others are done."""
        if not self.ledger.made:
            return waiting
        held: set[str] = set()
        for start in range(0, len(waiting), 1000):
            addresses = [one.address for one in waiting[start : start + 1000]]
            sql = "SELECT DISTINCT article FROM articles WHERE article IN (SELECT unnest(?::VARCHAR[]))"
            held.update(self.ledger.ask(sql, [addresses])["article"].to_pylist())
        there = [Outcome(one.key, "kept") for one in waiting if one.address in held]
        self.hosts.state.done(there)
        self.taken.known += len(there)
        return [one for one in waiting if one.address not in held]

    def take(self, page: Page) -> None:
        """Read one page, or write down why there is none."""
        one = page.waiting
        if page.away is not None:
            until = self.rest(page.away)
            self.fail(one, page.problem, until)
            return
        if page.later is not None:
            until = max(page.later, self.hosts.state.host(host_of(one.address))[1])
            self.outcomes.append(Outcome(one.key, "waiting", None, one.tries, until))
            return
        if page.problem is not None:
            self.fail(one, page.problem, None)
            return
        self.hosts.state.host_is_back(host_of(one.address))
        feed = self.feeds.get(one.feed)
        loaded = load_page(
            page.body,
            one.address,
            self.config,
            url=page.url,
            charset=page.charset,
            published=_day(one.at),
        )
        if loaded.article is None:
            self.aside(one, loaded.problems[-1])
            return
        # A page is often signed with no more than the name of its host.
        outlet = (feed.outlet if feed is not None else None) or loaded.article.outlet
        article = replace(loaded.article, title=loaded.article.title or one.title, outlet=outlet)
        if self.ledger.holds(article):
            self.taken.known += 1
            self.outcomes.append(Outcome(one.key, "kept"))
            return
        analysis = analyze_loaded(article, loaded.problems, self.config)
        fault = next((p for p in analysis.problems if p.slug == "internal-error"), None)
        if fault is not None:
            self.fail(one, fault, None)
            return
        self.analyses.append(analysis)
        self.keys.append(one.key)

    def rest(self, away: HostAway) -> float:
        """Leave a host alone; until when, in seconds since 1970."""
        return leave_alone(self.hosts, away)

    def fail(self, one: Waiting, problem: Problem | None, until: float | None) -> None:
        """Try an article again later, or set it aside when that is of no use."""
        problem = problem or Problem("unreachable", "read", f"{one.address} cannot be had", one.address)
        settings, now, tries = self.hosts.settings, self.hosts.clock.now(), one.tries + 1
        if problem.slug in LASTING or tries >= _TRIES or now - one.found > _LONGEST_WAIT:
            self.aside(one, problem, tries)
            return
        due = max(until or 0.0, now + back_off(settings.every, tries, settings.back_off))
        self.told(problem)
        self.outcomes.append(Outcome(one.key, "waiting", f"{problem.slug}: {problem.message}", tries, due))

    def aside(self, one: Waiting, problem: Problem, tries: int | None = None) -> None:
        """Set an article aside for good, with the reason."""
        self.told(problem)
        self.taken.aside += 1
        reason = f"{problem.slug}: {problem.message}"
        self.outcomes.append(Outcome(one.key, "aside", reason, one.tries if tries is None else tries))

    def commit(self) -> None:
        """Keep what was read; only then write down that it is done."""
        self.since = monotonic()
        kept = self.ledger.keep(self.analyses, engine=self.engine)
        self.hosts.state.done([*self.outcomes, *(Outcome(key, "kept") for key in self.keys)])
        self.taken.kept += kept.articles
        self.taken.changed += kept.changed
        self.taken.known += len(self.analyses) - kept.articles
        self.taken.statements += kept.statements
        self.taken.events += kept.events
        self.analyses, self.keys, self.outcomes = [], [], []


def leave_alone(hosts: Hosts, away: HostAway) -> float:
    """Write down that a host is left alone; until when, in seconds since 1970."""
    now = hosts.clock.now()
    failures, until = hosts.state.host(away.host)
    if until > now:
        # Told by several at once: one failure.
        return until
    failures += 1
    until = now + back_off(hosts.settings.every, failures - 1, hosts.settings.back_off, away.seconds)
    hosts.state.keep_host(away.host, failures, until)
    return until
