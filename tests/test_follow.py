"""Following feeds of newspapers on this machine, good and bad; nothing is lost and nothing kept twice."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import replaces
from feed_server import (
    BROKEN,
    LAUGHS,
    OUTSIDE,
    Paper,
    atom,
    bomb,
    drip,
    endless,
    hang_up,
    lying,
    more_than_told,
    newspaper,
    nonsense,
    packed_blanks,
    page_of,
    rss,
    sitemap,
    sitemap_index,
    slow_headers,
    text_of,
)

from ujar.config import Config
from ujar.errors import LedgerError
from ujar.follow.feeds import key_of
from ujar.follow.polite import Clock, Hosts, back_off
from ujar.follow.run import Round, follow, following, one_round
from ujar.follow.settings import FeedSettings, FollowSettings
from ujar.follow.state import State, open_state
from ujar.store import Ledger, open_ledger
from ujar.store.ledger import ledger_to_be

if TYPE_CHECKING:
    from ujar.records import Problem

CONFIG = Config(reader="rules", private_addresses=True, fetch_seconds=2)
ENGINE = "test/rules"


class Desk:
    """Someone who follows feeds: a ledger, the state beside it, and a clock that can be set on."""

    def __init__(self, folder: Path, *feeds: FeedSettings, **settings: object) -> None:
        self.ledger: Ledger = ledger_to_be(folder)
        self.state: State = open_state(folder / "follow" / "state.sqlite")
        self.ahead = 0.0
        self.clock = Clock(now=lambda: time.time() + self.ahead)
        self.settings = FollowSettings(feeds, **{"delay": 0.0, **settings})
        self.problems: list[Problem] = []
        self.hosts = Hosts(self.settings, CONFIG, self.state, self.clock)

    def round(self, ahead: float = 0.0) -> Round:
        self.ahead += ahead
        out = one_round(self.hosts, self.ledger, CONFIG, ENGINE, once=True, told=self.problems.append)
        assert out.feeds == out.read + out.unchanged + out.failed + out.put_off
        assert out.listed == out.new + out.seen + out.old + out.left + out.refused
        taken = out.taken
        assert taken.hand == taken.kept + taken.known + taken.aside + taken.later
        assert min(taken.kept, taken.known, taken.aside, taken.later) >= 0
        return out

    def slugs(self) -> list[str]:
        return [p.slug for p in self.problems]

    def kept(self) -> list[str]:
        rows = self.ledger.ask("SELECT article FROM all_articles ORDER BY article") if self.ledger.made else None
        return rows["article"].to_pylist() if rows is not None else []


@pytest.fixture
def paper() -> Iterator[Paper]:
    with newspaper() as one:
        yield one


# What is well behaved


def test_feeds_of_every_kind(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(*range(8))
    feeds = [
        paper.rss("/rss", pages[0:2]),
        paper.put("/atom", atom(pages[1:3]), "application/atom+xml"),
        paper.put(
            "/index",
            sitemap_index(
                [
                    paper.put("/map1", sitemap(pages[3:5])),
                    paper.put("/map2.gz", gzip.compress(sitemap(pages[5:7], news=True).encode()), "application/gzip"),
                    paper.put("/old", sitemap(pages[7:], days=30)),
                ]
            ),
        ),
    ]
    desk = Desk(tmp_path, *(FeedSettings(f, outlet="Koran Uji") for f in feeds))
    out = desk.round()
    assert (out.read, out.listed, out.new, out.seen, out.old) == (3, 9, 7, 1, 1)
    assert (out.taken.kept, out.taken.hand) == (7, 7)
    assert out.taken.statements >= 7
    assert desk.kept() == sorted(pages[:7])
    first = desk.ledger.articles(pages[0]).to_pylist()[0]
    assert first["text"] == text_of(0).replace("\n\n", "\n")
    assert (first["outlet"], str(first["published"])[:10]) == ("Koran Uji", "2025-03-06")
    assert desk.problems == []
    # Nothing is due again; once it is, everything has been seen.
    assert desk.round().feeds == 0
    again = desk.round(ahead=2000)
    assert (again.read, again.new, again.taken.hand) == (3, 0, 0)
    assert "articles 0: 0 kept" in again.line()


def test_not_modified(paper: Paper, tmp_path: Path) -> None:
    feeds = [
        paper.rss("/etag", paper.articles(1), ETag='"a1"'),
        paper.rss("/day", paper.articles(2), Last_Modified="Thu, 06 Mar 2025 01:00:00 GMT"),
    ]
    desk = Desk(tmp_path, *(FeedSettings(f) for f in feeds))
    assert desk.round().taken.kept == 2
    out = desk.round(ahead=2000)
    assert (out.unchanged, out.listed) == (2, 0)
    paper.rss("/etag", paper.articles(1, 3), ETag='"a2"')
    out = desk.round(ahead=2000)
    assert (out.read, out.unchanged, out.new, out.taken.kept) == (1, 1, 1, 1)


def test_what_is_left_comes_next_time(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(*range(5))
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages, ETag='"same"'), most=2))
    left = []
    for _ in range(4):
        out = desk.round(ahead=2000)
        left.append((out.taken.kept, out.left))
    assert left == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert desk.round(ahead=2000).unchanged == 1
    assert desk.kept() == sorted(pages)


def test_tracking_parameters_make_no_other_article(paper: Paper, tmp_path: Path) -> None:
    page = paper.articles(1)[0]
    for mark in ("?utm_source=rss&utm_medium=x", "?fbclid=1"):
        paper.put(f"/berita/1{mark}", page_of(1), "text/html")
    desk = Desk(
        tmp_path,
        FeedSettings(paper.rss("/a", [f"{page}?utm_source=rss&utm_medium=x", f"{page}#top"])),
        FeedSettings(paper.rss("/b", [f"{page}?fbclid=1"])),
    )
    out = desk.round()
    assert (out.new, out.seen, out.taken.kept) == (1, 2, 1)
    assert key_of("https://www.Koran.id/a/?id=2&utm_x=1#b") == key_of("http://koran.id/a?id=2") == "koran.id/a?id=2"
    assert key_of("https://koran.id/?id=1") != key_of("https://koran.id/?id=2")


def test_whole_texts(paper: Paper, tmp_path: Path) -> None:
    text = "".join(f"<p>{p}</p>" for p in text_of(5).split("\n\n"))
    more = f"<content:encoded><![CDATA[{text}<script>x()</script>]]></content:encoded>"
    address = paper.rss("/rss", [f"{paper.address}/berita/5"], more=more)
    desk = Desk(tmp_path, FeedSettings(address, full_text=True))
    assert desk.round().taken.kept == 1
    assert paper.paths() == ["/rss"]
    row = desk.ledger.articles(f"{paper.address}/berita/5").to_pylist()[0]
    assert row["text"].startswith('"Pembangunan taman kota nomor 5')
    assert "x()" not in row["text"]
    assert row["title"] == "Judul"
    # Without the switch the page is fetched.
    paper.articles(5)
    other = Desk(tmp_path / "other", FeedSettings(address))
    assert other.round().taken.kept == 1
    assert paper.paths() == ["/rss", "/rss", "/berita/5"]


def test_moved_for_good_is_remembered(paper: Paper, tmp_path: Path) -> None:
    new = paper.rss("/new", paper.articles(1))
    old = paper.put("/old", "", status=301, Location="/new")
    desk = Desk(tmp_path, FeedSettings(old))
    assert desk.round().read == 1
    assert desk.slugs() == ["feed-moved"]
    assert desk.state.feed(old).moved == new
    desk.round(ahead=2000)
    assert paper.paths() == ["/old", "/new", "/berita/1", "/new"]
    # Where it moved to turns out to be wrong: after a while the old address is asked again.
    del paper.answers["/new"]
    paper.rss("/old", paper.articles(2))
    for _ in range(4):
        desk.round(ahead=90000)
    assert len(desk.kept()) == 2


def test_moved_for_now_is_not(paper: Paper, tmp_path: Path) -> None:
    paper.rss("/new", paper.articles(1))
    paper.put("/now", "", status=302, Location="/new")
    old = paper.put("/old", "", status=301, Location="/now")
    desk = Desk(tmp_path, FeedSettings(old))
    desk.round()
    assert desk.state.feed(old).moved == f"{paper.address}/now"


def test_gone(paper: Paper, tmp_path: Path) -> None:
    desk = Desk(tmp_path, FeedSettings(paper.put("/rss", "", status=410)))
    assert desk.round().failed == 1
    assert desk.slugs() == ["address-gone", "feed-gone"]
    assert desk.round(ahead=900_000).feeds == 0
    assert paper.paths() == ["/rss"]
    # The loop ends by itself when there is nothing left to do.
    follow(desk.settings, desk.ledger, CONFIG, ENGINE, desk.state, desk.clock, once=False, told=print, done=print)


# Politeness


def test_robots(paper: Paper, tmp_path: Path) -> None:
    paper.put("/robots.txt", "User-agent: *\nDisallow: /berita/*2$\nDisallow: /rss-no\n", "text/plain")
    pages = paper.articles(1, 2, 3)
    paper.put("/berita/3", "", status=302, Location="/berita/2")
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages)), FeedSettings(paper.rss("/rss-no", pages)))
    out = desk.round()
    assert (out.read, out.failed) == (1, 1)
    assert (out.taken.kept, out.taken.aside) == (1, 2)
    assert paper.paths() == ["/rss", "/berita/1", "/berita/3"]
    assert desk.slugs() == ["not-allowed"] * 3
    # Asked for once a day.
    desk.round(ahead=40_000)
    assert [p for _, p, _ in paper.asked].count("/robots.txt") == 1
    desk.round(ahead=50_000)
    assert [p for _, p, _ in paper.asked].count("/robots.txt") == 2


def test_no_answer_for_robots_means_no(paper: Paper, tmp_path: Path) -> None:
    paper.put("/robots.txt", "", status=500)
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1))))
    assert desk.round().failed == 1
    assert paper.paths() == []
    paper.put("/robots.txt", "User-agent: *\nAllow: /", "text/plain")
    assert desk.round(ahead=4000).taken.kept == 1


def test_delay_and_one_at_a_time(paper: Paper, tmp_path: Path) -> None:
    paper.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", "text/plain")
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1, 2, 3))))
    assert desk.round().taken.kept == 3
    times = [t for t, path, _ in paper.asked if path != "/robots.txt"]
    assert all(later - sooner >= 0.28 for sooner, later in zip(times, times[1:], strict=False))


def test_a_pause_too_long_for_the_round(paper: Paper, tmp_path: Path) -> None:
    paper.put("/robots.txt", "User-agent: *\nCrawl-delay: 86000\n", "text/plain")
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1))))
    start = time.monotonic()
    assert desk.round().put_off == 1
    assert time.monotonic() - start < 2
    assert paper.paths() == []


def test_hosts_are_asked_side_by_side(tmp_path: Path) -> None:
    with ExitStack() as stack:
        papers = [stack.enter_context(newspaper()) for _ in range(4)]
        for number, one in enumerate(papers):
            one.pause = 0.2
            one.rss("/rss", one.articles(number * 2, number * 2 + 1))
        desk = Desk(tmp_path, *(FeedSettings(f"{one.address}/rss") for one in papers))
        start = time.monotonic()
        assert desk.round().taken.kept == 8
        # One after the other it would be sixteen pauses.
        assert time.monotonic() - start < 0.2 * 14
    for one in papers:
        times = [t for t, _, _ in one.asked]
        assert all(later - sooner >= 0.18 for sooner, later in zip(times, times[1:], strict=False))


def test_server_error_then_fine(paper: Paper, tmp_path: Path) -> None:
    address = paper.rss("/rss", paper.articles(1))
    fine = paper.answers["/rss"]
    paper.answers["/rss"] = [(500, {}, b""), (500, {}, b""), fine]
    desk = Desk(tmp_path, FeedSettings(address))
    assert desk.round().failed == 1
    first = desk.state.feed(address)
    assert first.failures == 1
    assert 1790 < first.due - desk.clock.now() <= 1980
    assert desk.round(ahead=1000).feeds == 0
    assert desk.round(ahead=1000).failed == 1
    assert 3590 < desk.state.feed(address).due - desk.clock.now() <= 3960
    assert desk.round(ahead=4000).taken.kept == 1
    assert desk.state.feed(address).failures == 0


def test_too_many_requests(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(*range(6))
    paper.answers["/berita/2"] = [(429, {"Retry-After": "5000"}, b""), paper.answers["/berita/2"]]
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages)))
    out = desk.round()
    assert (out.taken.kept, out.taken.later) == (2, 4)
    failures, until = desk.state.host(paper.address.removeprefix("http://"))
    assert failures == 1
    assert 4990 < until - desk.clock.now() <= 5000
    asked = len(paper.asked)
    out = desk.round(ahead=4000)
    assert (out.put_off, out.taken.hand, len(paper.asked)) == (1, 0, asked)
    out = desk.round(ahead=1100)
    assert (out.taken.kept, out.taken.later) == (4, 0)
    assert desk.state.host(paper.address.removeprefix("http://"))[0] == 0
    assert desk.kept() == sorted(pages)


def test_nobody_there(tmp_path: Path) -> None:
    with newspaper() as paper:
        pages = paper.articles(1, 2)
        desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages)))
        port = paper.address
    out = desk.round()
    assert (out.failed, desk.slugs()) == (1, ["host-away"])
    assert desk.state.host(port.removeprefix("http://"))[0] == 1


def test_pages_that_fail_are_tried_again_and_then_set_aside(paper: Paper, tmp_path: Path) -> None:
    pages = [*paper.articles(1), f"{paper.address}/berita/404"]
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages)))
    outs = [desk.round(ahead=90_000) for _ in range(8)]
    assert [o.taken.later for o in outs] == [1, 1, 1, 1, 1, 0, 0, 0]
    assert [o.taken.aside for o in outs] == [0, 0, 0, 0, 0, 1, 0, 0]
    assert desk.state.counts() == {"waiting": 0, "kept": 1, "aside": 1}
    assert paper.paths().count("/berita/404") == 6


def test_back_off_has_a_ceiling() -> None:
    assert back_off(900, 50, 86400) == 86400
    assert back_off(900, 1, 86400, 7200) == 7200
    assert back_off(900, 1, 86400, 10**9) == 86400


# What is not


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        pytest.param(drip, "too-slow", id="drip"),
        pytest.param(slow_headers, "too-slow", id="slow headers"),
        pytest.param(endless, "too-large", id="endless"),
        pytest.param(lying, "unreachable", id="shorter than told"),
        pytest.param(more_than_told, "bad-feed", id="longer than told"),
        pytest.param(bomb, "too-large", id="packed bomb"),
        pytest.param(hang_up, "unreachable", id="hangs up"),
        pytest.param(nonsense, "unreachable", id="no http"),
        pytest.param((302, {"Location": "/feed"}, b""), "too-many-redirects", id="circle"),
        pytest.param((302, {"Location": "file:///etc/passwd"}, b""), "bad-address", id="to a file"),
        pytest.param((302, {}, b""), "bad-address", id="to nowhere"),
        pytest.param((200, {}, b""), "bad-feed", id="empty"),
        pytest.param((200, {}, b"\x00\x01\x02" * 1000), "bad-feed", id="binary"),
        pytest.param((200, {"Content-Type": "text/html"}, page_of(1).encode()), "bad-feed", id="page"),
        pytest.param((200, {}, LAUGHS), "bad-feed", id="laughs"),
        pytest.param((200, {}, LAUGHS.decode().encode("utf-16")), "bad-feed", id="wide laughs"),
        pytest.param((200, {}, OUTSIDE), "bad-feed", id="file of ours"),
        pytest.param((200, {}, packed_blanks()), "too-large", id="bomb of a sitemap"),
        pytest.param((200, {}, gzip.compress(sitemap([]).encode())[:60]), "bad-feed", id="cut off"),
        pytest.param((200, {}, b"<rss><channel>" + b"<a>" * 20_000), "bad-feed", id="deep"),
        pytest.param((200, {}, b"<urlset>" + b"<url>" * 200_000), "bad-feed", id="deep sitemap"),
    ],
)
def test_bad_feeds(paper: Paper, tmp_path: Path, answer: object, slug: str) -> None:
    paper.answers["/feed"] = answer
    good = paper.rss("/good", paper.articles(1))
    # Its own feeds first: what is bad must not keep the good one of the same host from being read.
    desk = Desk(tmp_path, FeedSettings(f"{paper.address}/feed"), FeedSettings(good))
    start = time.monotonic()
    out = desk.round()
    assert time.monotonic() - start < 8
    assert desk.slugs() == [slug]
    assert (out.failed, out.read, out.taken.kept) == (1, 1, 1)


@pytest.mark.parametrize(
    "answer", [drip, endless, lying, bomb, hang_up, nonsense, (200, {"Content-Type": "image/png"}, b"x")], ids=str
)
def test_bad_pages(paper: Paper, tmp_path: Path, answer: object) -> None:
    pages = paper.articles(1, 2, 3)
    paper.answers["/berita/2"] = answer
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", pages)))
    out = desk.round()
    assert out.taken.kept == 2
    assert out.taken.aside + out.taken.later == 1
    assert sum(desk.state.counts().values()) == 3


@pytest.mark.parametrize("answer", [drip, endless, lying, bomb, (302, {"Location": "/robots.txt"}, b"")])
def test_bad_robots(paper: Paper, tmp_path: Path, answer: object) -> None:
    paper.answers["/robots.txt"] = answer
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1))))
    start = time.monotonic()
    out = desk.round()
    assert time.monotonic() - start < 6
    assert out.read + out.failed == 1


def test_damaged_feeds_give_what_can_be_made_out(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(1, 2, 3)
    whole = sitemap(pages[1:])
    desk = Desk(
        tmp_path,
        FeedSettings(paper.put("/rss", BROKEN % pages[0].encode())),
        FeedSettings(paper.put("/map", whole[: whole.index("</url>") + 20])),
        FeedSettings(paper.put("/latin", rss(pages[2:]).replace("Judul", "Caf\xe9").encode("latin-1"))),
    )
    out = desk.round()
    assert (out.read, out.taken.kept) == (3, 3)
    assert set(desk.slugs()) == {"damaged-feed"}


def test_wrong_charset_of_a_page(paper: Paper, tmp_path: Path) -> None:
    page = page_of(1).replace("Wali Kota", "Wali Kota “baru”")
    paper.put("/berita/1", page, "text/html; charset=iso-8859-1")
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", [f"{paper.address}/berita/1"])))
    assert desk.round().taken.kept == 1
    assert "“baru”" in desk.ledger.ask("SELECT text FROM articles")["text"][0].as_py()


def test_sitemaps_that_name_each_other(paper: Paper, tmp_path: Path) -> None:
    paper.put("/a", sitemap_index([f"{paper.address}/a", f"{paper.address}/b", f"{paper.address}/c"]))
    paper.put("/b", sitemap_index([f"{paper.address}/a", f"{paper.address}/b"]))
    paper.put("/c", sitemap(paper.articles(1)))
    desk = Desk(tmp_path, FeedSettings(f"{paper.address}/a"))
    out = desk.round()
    assert (out.read, out.taken.kept) == (1, 1)
    assert len(paper.paths()) < 20


def test_private_addresses_are_refused_behind_redirects_too(paper: Paper, tmp_path: Path) -> None:
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1))))
    desk.hosts = Hosts(desk.settings, replace(CONFIG, private_addresses=False), desk.state, desk.clock)
    assert desk.round().failed == 1
    assert desk.slugs() == ["private-address"]
    assert paper.asked == []


@replaces
def test_a_fault_in_one_article_stops_nothing(paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ujar.pipeline

    analyze = ujar.pipeline.analyze

    def sometimes(article, **what):
        if article.id.endswith("/2"):
            raise RecursionError
        return analyze(article, **what)

    monkeypatch.setattr(ujar.pipeline, "analyze", sometimes)
    desk = Desk(tmp_path, FeedSettings(paper.rss("/rss", paper.articles(1, 2, 3))))
    out = desk.round()
    assert (out.taken.kept, out.taken.later, desk.slugs()) == (2, 1, ["internal-error"])


# Runs


def test_one_run_for_one_ledger(tmp_path: Path) -> None:
    with following(tmp_path), pytest.raises(LedgerError) as caught, following(tmp_path):
        pass
    assert caught.value.slug == "followed-already"


def test_damaged_state(tmp_path: Path) -> None:
    (tmp_path / "follow").mkdir()
    (tmp_path / "follow" / "state.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(LedgerError) as caught, following(tmp_path):
        pass
    assert caught.value.slug == "follow-state"


def test_a_lost_state_keeps_nothing_twice(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(1, 2)
    feed = FeedSettings(paper.rss("/rss", pages))
    Desk(tmp_path, feed).round()
    for file in (tmp_path / "follow").iterdir():
        file.unlink()
    out = Desk(tmp_path, feed).round()
    assert (out.new, out.taken.kept, out.taken.known) == (2, 0, 2)
    # They are known by their addresses: not even fetched.
    assert paper.paths() == ["/rss", "/berita/1", "/berita/2", "/rss"]


def test_killed_between_ledger_and_state(paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = paper.articles(1, 2)
    # What is known by another address than the one it was kept under is fetched again, and then known.
    around = paper.put("/lama/3", "", status=302, Location="/berita/3")
    pages += paper.articles(3)
    feed = FeedSettings(paper.rss("/rss", [*pages[:2], around]))
    with monkeypatch.context() as patch:

        def killed(state: State, outcomes: object) -> None:
            if list(outcomes):  # type: ignore[call-overload]
                raise KeyboardInterrupt

        patch.setattr(State, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            Desk(tmp_path, feed).round()
    desk = Desk(tmp_path, feed)
    assert desk.kept() == sorted(pages)
    assert desk.state.counts() == {"waiting": 3, "kept": 0, "aside": 0}
    out = desk.round()
    assert (out.feeds, out.taken.hand, out.taken.kept, out.taken.known) == (0, 3, 0, 3)
    assert desk.kept() == sorted(pages)
    assert [paper.paths().count(p) for p in ("/berita/1", "/lama/3")] == [1, 2]


def start(paper: Paper, folder: Path, *more: str) -> subprocess.Popen[str]:
    file = folder / "feeds.toml"
    file.write_text(
        f'delay = "0s"\nallow_private = true\n[[feed]]\naddress = "{paper.address}/rss"\n'
        f'[[feed]]\naddress = "{paper.address}/map"\n',
        encoding="utf-8",
    )
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ujar",
            "follow",
            str(file),
            "--ledger",
            str(folder / "news"),
            "--reader",
            "rules",
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def test_killed_and_resumed(paper: Paper, tmp_path: Path) -> None:
    pages = paper.articles(*range(100))
    paper.rss("/rss", pages[:70], ETag='"1"')
    paper.put("/map", sitemap(pages[50:]), ETag='"1"')
    paper.put("/berita/7", "<html><body>kosong</body></html>", "text/html")
    paper.pause = 0.01
    chance = random.Random(4)
    for _ in range(4):
        process = start(paper, tmp_path, "--once")
        # At any moment of fetching, reading and keeping.
        enough, deadline = len(paper.asked) + chance.randrange(1, 60), time.monotonic() + 20
        while len(paper.asked) < enough and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(paper, tmp_path, "--once")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    rows = open_ledger(tmp_path / "news").ask("SELECT article FROM all_articles")["article"].to_pylist()
    assert sorted(rows) == sorted(set(pages) - {pages[7]})
    state = open_state(tmp_path / "news" / "follow" / "state.sqlite")
    assert state.counts() == {"waiting": 0, "kept": 99, "aside": 1}
    state.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_by_a_signal(paper: Paper, tmp_path: Path, number: int) -> None:
    paper.rss("/rss", paper.articles(*range(40)))
    paper.put("/map", sitemap([]))
    paper.pause = 0.05
    process = start(paper, tmp_path)
    deadline = time.monotonic() + 20
    while len(paper.asked) < 15 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    begun = time.monotonic()
    _, told = process.communicate(timeout=20)
    assert time.monotonic() - begun < 8
    assert process.returncode == 0, told
    assert "ujar: stopped" in told
    state = open_state(tmp_path / "news" / "follow" / "state.sqlite")
    counts = state.counts()
    state.close()
    assert sum(counts.values()) == 40
    rows = open_ledger(tmp_path / "news").ask("SELECT article FROM all_articles")["article"].to_pylist()
    assert len(rows) == len(set(rows)) == counts["kept"] > 0
