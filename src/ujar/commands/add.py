"""``ujar add``: news in, what it says kept in a ledger."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, REMARKS, Failed, counted, day_of, debug_option, progress
from ujar.commands.ledger import ledger_option, number_of, tell_damage
from ujar.write import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from rich.progress import Progress

    from ujar.config import Config
    from ujar.records import Analysis, Problem
    from ujar.run.keep import Keeper

# Longest time between two commits, in seconds, where articles are fetched one by one.
_SECONDS = 10
# So many problems of articles are told one by one.
_TOLD = 20


@click.command(short_help="Read news and keep what it says in a ledger.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@ledger_option
@click.option("--published", metavar="DATE", help="Day of publication (2024-06-07) of articles that do not tell it.")
@click.option("--outlet", metavar="NAME", help="Outlet of articles that do not tell it.")
@click.option("--reader", type=click.Choice(["learned", "rules"]), help="As for ujar read; rules find no events.")
@click.option("--again", is_flag=True, help="Read articles again that an older ujar or another reader has read.")
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Read in so many processes; an article that ends one of them is set aside. Without it: in this process.",
)
@click.option(
    "--engine",
    type=click.Choice(["processes", "ray"]),
    default="processes",
    show_default=True,
    help="Where the workers are: processes of this machine, or a Ray cluster (RAY_ADDRESS, else one on this machine).",
)
@debug_option
def add(
    sources: tuple[str, ...],
    folder: str | None,
    published: str | None,
    outlet: str | None,
    reader: str | None,
    again: bool,  # noqa: FBT001 - click passes flags so
    workers: int | None,
    engine: str,
    debug: bool,  # noqa: FBT001
) -> None:
    """Read news, statements and events, and keep them in a ledger, which is made when it is not there.

    An article that is kept already is passed over; one that has changed takes the place of its older reading, which can
    still be had. Stop and start again as you like: what was kept stays.

    \b
      ujar add articles.jsonl.gz --ledger news
      ujar add archive/ --ledger news --workers 8
      ujar add saved-pages/ https://example.com/berita/1

    Exit status: 0 all well, 1 error, 2 usage, 3 done but some sources have problems.
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    from ujar.run.keep import Keeper
    from ujar.store.engine import engine_of
    from ujar.store.ledger import ledger_to_be

    config = ujar.load_config(reader=reader)
    config = ujar.load_config(reader=reader, events=config.reader != "rules")
    ledger = ledger_to_be(folder or config.ledger)
    # An article in a part that is damaged must not pass for one that is there.
    ledger.verify()
    tell_damage(ledger)
    # By the clock only where it is the sources that are slow.
    seconds = _SECONDS if any(s.startswith(("http://", "https://")) for s in sources) else None
    keeper = Keeper(ledger, engine_of(config), again=again, seconds=seconds)
    counts = {"articles": 0, "statements": 0, "events": 0, "problems": 0}
    found = _results(sources, config, keeper, workers, engine, day_of(published), outlet)
    told = _Told()
    try:
        with _ended_kindly(), progress() as bar:
            keeper.keep(_shown(told.each(counted(found, counts, None)), sources, counts, keeper, bar))
    finally:
        # Stopped by hand or by a full disk, too: what was kept until then stays.
        for line in (*told.lines(), *_kept(keeper)):
            click.echo(line, err=True)
    if counts["problems"]:
        click.echo(number_of(counts["problems"], "problem"), err=True)
        if not counts["articles"] and not keeper.tally.known and counts["problems"] == 1:
            raise Failed
        sys.exit(EXIT_PROBLEMS)


def _results(
    sources: tuple[str, ...],
    config: Config,
    keeper: Keeper,
    workers: int | None,
    engine: str,
    published: date | None,
    outlet: str | None,
) -> Iterator[Analysis | Problem]:
    """What the sources hold, read by the engine that was asked for; what the ledger knows is passed over."""
    if workers is None and engine != "ray":
        return ujar.read_sources(sources, config, published=published, outlet=outlet, skip=keeper.knows)
    loaded = keeper.fresh(sources, config, published=published, outlet=outlet)
    if workers is None or engine == "ray":
        from ujar.run.ray_data import read_on_ray

        return read_on_ray(loaded, config, workers=workers, tell=lambda line: click.echo(line, err=True))
    from ujar.run.processes import read_in_processes

    return read_in_processes(loaded, config, workers=workers)


@contextmanager
def _ended_kindly() -> Iterator[None]:
    """Take being told to end (SIGTERM) as Ctrl-C: what was read is kept."""
    if current_thread() is not main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Told:
    """What was told of the articles."""

    def __init__(self) -> None:
        self.undated = 0
        self.problems = 0

    def each(self, results: Iterable[Analysis | Problem]) -> Iterator[Analysis | Problem]:
        """The results as they come; what is wrong with articles is told on standard error, the first of it."""
        from ujar.records import Analysis

        for result in results:
            if isinstance(result, Analysis):
                self.undated += any(p.slug == "no-date" for p in result.problems)
                for problem in result.problems:
                    if problem.slug not in REMARKS:
                        self.problems += 1
                        if self.problems <= _TOLD:
                            click.echo(f"{clean(problem.article_id)}: {clean(problem.message)}", err=True)
            yield result

    def lines(self) -> Iterator[str]:
        """What is told of them in the end."""
        if self.problems > _TOLD:
            yield f"and {number_of(self.problems - _TOLD, 'more problem')} of articles, kept with those that are kept"
        if self.undated:
            yield f"{number_of(self.undated, 'article')} without a day of publication (--published gives one)"


def _kept(keeper: Keeper) -> Iterator[str]:
    """What was kept, as it is told in the end."""
    tally = keeper.tally
    if not keeper.ledger.made:
        yield "nothing was kept"
        return
    yield (
        f"kept {number_of(tally.articles, 'article')} ({tally.changed} in place of an older reading) with"
        f" {number_of(tally.statements, 'statement')} and {number_of(tally.events, 'event')}"
        f" in {clean(str(keeper.ledger.folder))}; {tally.known} there already"
    )
    if tally.faulty:
        yield f"{number_of(tally.faulty, 'article')} not kept for a fault of ujar: the same command reads them again"
    if tally.aside:
        yield f"{number_of(tally.aside, 'article')} of them set aside: reading ended the workers (--again tries once more)"


def _shown(
    results: Iterable[Analysis | Problem],
    sources: tuple[str, ...],
    counts: dict[str, int],
    keeper: Keeper,
    bar: Progress | None,
) -> Iterator[Analysis | Problem]:
    """The results as they come; on a terminal with how far the run is."""
    if bar is None:
        yield from results
        return
    from ujar.run.progress import Pace, count_beside

    pace = Pace()
    count_beside(sources, pace)
    task = bar.add_task("reading", total=None)
    for result in results:
        pace.reached(counts["articles"] + keeper.tally.known, read=counts["articles"])
        bar.update(task, description=f"{pace}, {counts['statements']:,} statements")
        yield result
