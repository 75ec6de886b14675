"""``ujar follow``: the feeds of newspapers, day by day, into a ledger."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, debug_option
from ujar.commands.ledger import ledger_option, number_of, tell_damage
from ujar.errors import UsageError
from ujar.write import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ujar.config import Config
    from ujar.follow.polite import Clock
    from ujar.follow.settings import FollowSettings
    from ujar.records import Problem

# So many problems are told one by one in each round.
_TOLD = 20
# Seconds for all feeds together when they are only checked.
_PATIENCE = 600


@click.command(short_help="Follow feeds and sitemaps, and keep what is new in a ledger.")
@click.argument("file", metavar="FEEDS.TOML", type=click.Path(path_type=Path))
@ledger_option
@click.option("--once", is_flag=True, help="One round, for those who start it by a timer; else until stopped.")
@click.option("--check", is_flag=True, help="Fetch each feed once, tell what is in it, keep nothing.")
@click.option(
    "--every", metavar="TIME", help="Time between two readings of each feed (15m, 2h), whatever the file says."
)
@click.option("--reader", type=click.Choice(["learned", "rules"]), help="As for ujar read; rules find no events.")
@click.option("--allow-private", is_flag=True, help="Fetch from this machine and private networks, too.")
@debug_option
def follow(
    file: Path,
    folder: str | None,
    once: bool,  # noqa: FBT001 - click passes flags so
    check: bool,  # noqa: FBT001
    every: str | None,
    reader: str | None,
    allow_private: bool,  # noqa: FBT001
    debug: bool,  # noqa: FBT001
) -> None:
    """Read the feeds in a file (RSS, Atom, sitemaps) again and again, fetch the articles that are new in them, and keep
    what those say in a ledger, as ujar add does.

    It asks one page of a host at a time, with pauses, as its robots.txt allows. Stop it with Ctrl-C or a signal: what was
    kept stays, and the next run goes on where this one stopped, also when it was killed.

    \b
      ujar follow feeds.toml --check
      ujar follow feeds.toml --ledger news
      ujar follow feeds.toml --ledger news --once

    Exit status: 0 all well or stopped, 1 error, 2 usage, 3 done (--once, --check) but some feeds failed.
    """  # noqa: D205, D301 - the first sentence is longer than a line; click takes the escape as "keep these lines"
    del debug
    from ujar.follow.polite import Clock
    from ujar.follow.settings import load_feeds, seconds_of

    seconds = seconds_of(every) if every is not None else None
    if every is not None and not seconds:
        raise UsageError("bad-time", f"--every {every!r} is no time", "write it as 90s, 15m, 2h or 1d")
    settings = load_feeds(file, every=seconds, allow_private=allow_private or None)
    config = ujar.load_config(reader=reader)
    config = ujar.load_config(reader=reader, events=config.reader != "rules")
    clock = Clock()
    with _ended_by_signals(clock):
        failed = _checked(settings, config, clock) if check else _followed(settings, config, folder, clock, once=once)
    if failed and (once or check):
        sys.exit(EXIT_PROBLEMS)


def _followed(settings: FollowSettings, config: Config, folder: str | None, clock: Clock, *, once: bool) -> int:
    """Follow until stopped; how many readings of feeds failed."""
    from ujar.follow.run import Round, following
    from ujar.follow.run import follow as follow_feeds
    from ujar.store.engine import engine_of
    from ujar.store.ledger import ledger_to_be

    ledger = ledger_to_be(folder or config.ledger)
    # An article in a part that is damaged must not pass for one that is there.
    ledger.verify()
    tell_damage(ledger)
    failed, told = 0, _Told()

    def done(round_: Round) -> None:
        nonlocal failed
        failed += round_.failed
        told.rest()
        click.echo(round_.line(), err=True)

    with following(ledger.folder) as state:
        follow_feeds(settings, ledger, config, engine_of(config), state, clock, once=once, told=told, done=done)
        waiting = state.counts()["waiting"]
        if waiting:
            click.echo(f"{number_of(waiting, 'article')} waiting for the next run", err=True)
    if clock.stop.is_set():
        click.echo("ujar: stopped", err=True)
    elif not once:
        click.echo("ujar: every feed is gone for good", err=True)
    return failed


def _checked(settings: FollowSettings, config: Config, clock: Clock) -> int:
    """Tell what is in each feed; how many could not be read."""
    from datetime import datetime

    from ujar.follow.polite import Hosts
    from ujar.follow.run import look_at_all
    from ujar.follow.state import open_state

    config = replace(config, private_addresses=config.private_addresses or settings.allow_private)
    state = open_state(None)
    failed = read = 0
    # Nobody waits for an answer as long as some hosts want pauses to be.
    for looked in look_at_all(settings.feeds, Hosts(settings, config, state, clock, until=clock.now() + _PATIENCE)):
        read += looked.outcome == "read"
        failed += looked.outcome != "read"
        click.echo(clean(looked.feed.address))
        if looked.form:
            newest = max((item.at for item in looked.items if item.at is not None), default=None)
            day = datetime.fromtimestamp(newest).astimezone().strftime("%Y-%m-%d %H:%M") if newest else "undated"
            click.echo(
                f"  {looked.form}: {number_of(looked.listed, 'entry').replace('entrys', 'entries')},"
                f" {len(looked.items)} to be fetched, {looked.old} too old, {looked.refused} unusable; newest {day}"
            )
            for item in looked.items[:1]:
                click.echo(f"  {clean(item.title or '')}  {clean(item.address)}".rstrip())
        if looked.outcome == "halted":
            click.echo("  not asked: its host wants a longer pause, or the run was stopped")
        for problem in looked.problems:
            click.echo(f"  {problem.slug}: {clean(problem.message)}")
        if looked.moved:
            click.echo(f"  moved for good to {clean(looked.moved)}")
    state.close()
    click.echo(f"{read} of {number_of(len(settings.feeds), 'feed')} could be read", err=True)
    return failed


class _Told:
    """Tells what is wrong with feeds and articles on standard error, the first of each round."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, problem: Problem) -> None:
        self.number += 1
        if self.number <= _TOLD:
            named = problem.article_id in problem.message
            what = problem.message if named else f"{problem.article_id}: {problem.message}"
            click.echo(f"  {problem.slug}: {clean(what)}", err=True)

    def rest(self) -> None:
        """Tell how many more there were; a new round begins."""
        if self.number > _TOLD:
            click.echo(f"  and {number_of(self.number - _TOLD, 'more problem')}", err=True)
        self.number = 0


@contextmanager
def _ended_by_signals(clock: Clock) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the run after the commit it is at; a second Ctrl-C ends it at once."""

    def stop(number: int, _frame: object) -> None:
        clock.stop.set()
        signal.signal(number, before[number])

    before: dict[int, Any] = {}
    numbers = (signal.SIGINT, signal.SIGTERM)
    try:
        for number in numbers:
            before[number] = signal.signal(number, stop)
    except ValueError:
        # Not the main thread, where signals do not come.
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])
