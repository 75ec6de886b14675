"""``ujar add``: news in, what it says kept in a ledger."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, REMARKS, Failed, counted, day_of, progress
from ujar.commands.ledger import ledger_option, number_of, tell_damage
from ujar.errors import LedgerError
from ujar.write import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ujar.records import Analysis, Article, Problem
    from ujar.store import Ledger

# A commit for so many articles, or after so many seconds: what is lost when the run is killed is read again next time.
_BATCH, _SECONDS = 200, 10
# So many problems of articles are told one by one.
_TOLD = 20


@click.command(short_help="Read news and keep what it says in a ledger.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@ledger_option
@click.option("--published", metavar="DATE", help="Day of publication (2024-06-07) of articles that do not tell it.")
@click.option("--outlet", metavar="NAME", help="Outlet of articles that do not tell it.")
@click.option("--reader", type=click.Choice(["learned", "rules"]), help="As for ujar read; rules find no events.")
@click.option("--again", is_flag=True, help="Read articles again that an older ujar or another reader has read.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def add(
    sources: tuple[str, ...],
    folder: str | None,
    published: str | None,
    outlet: str | None,
    reader: str | None,
    again: bool,  # noqa: FBT001 - click passes flags so
    debug: bool,  # noqa: FBT001
) -> None:
    """Read news, statements and events, and keep them in a ledger, which is made when it is not there.

    An article that is kept already is passed over; one that has changed takes the place of its older reading, which can
    still be had. Stop and start again as you like: what was kept stays.

    \b
      ujar add articles.jsonl.gz --ledger news
      ujar add saved-pages/ https://example.com/berita/1

    Exit status: 0 all well, 1 error, 2 usage, 3 done but some sources have problems.
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    from ujar.store.engine import engine_of
    from ujar.store.ledger import ledger_to_be

    config = ujar.load_config(reader=reader)
    config = ujar.load_config(reader=reader, events=config.reader != "rules")
    ledger = ledger_to_be(folder or config.ledger)
    # An article in a part that is damaged must not pass for one that is there.
    ledger.verify()
    tell_damage(ledger)
    engine = engine_of(config)
    counts = {"articles": 0, "statements": 0, "events": 0, "problems": 0}
    tally = _Tally()

    def passed_over(article: Article) -> bool:
        known = ledger.holds(article, engine=engine if again else None)
        tally.known += known
        return known

    try:
        with progress() as advance:
            results = counted(
                ujar.read_sources(sources, config, published=day_of(published), outlet=outlet, skip=passed_over),
                counts,
                advance,
            )
            _keep(ledger, _told(results, tally), engine, tally, again=again)
    finally:
        # Stopped by hand or by a full disk, too: what was kept until then stays.
        for line in tally.lines(str(ledger.folder), made=ledger.made):
            click.echo(line, err=True)
    if counts["problems"]:
        click.echo(number_of(counts["problems"], "problem"), err=True)
        if not counts["articles"] and not tally.known and counts["problems"] == 1:
            raise Failed
        sys.exit(EXIT_PROBLEMS)


@dataclass(slots=True)
class _Tally:
    """What a run kept, how many articles were there already, and what was wrong with some."""

    articles: int = 0
    changed: int = 0
    statements: int = 0
    events: int = 0
    known: int = 0
    undated: int = 0
    problems: int = 0

    def lines(self, folder: str, *, made: bool) -> Iterator[str]:
        """What is told in the end; ``made``: whether there is a ledger."""
        if self.problems > _TOLD:
            yield f"and {number_of(self.problems - _TOLD, 'more problem')} of articles, kept with them"
        if self.undated:
            yield f"{number_of(self.undated, 'article')} without a day of publication (--published gives one)"
        if not made:
            yield "nothing was kept"
            return
        yield (
            f"kept {number_of(self.articles, 'article')} ({self.changed} in place of an older reading) with"
            f" {number_of(self.statements, 'statement')} and {number_of(self.events, 'event')}"
            f" in {clean(folder)}; {self.known} there already"
        )


def _told(results: Iterable[Analysis | Problem], tally: _Tally) -> Iterator[Analysis | Problem]:
    """The results as they come; what is wrong with articles is told on standard error, the first of it."""
    from ujar.records import Analysis

    for result in results:
        if isinstance(result, Analysis):
            tally.undated += any(p.slug == "no-date" for p in result.problems)
            for problem in result.problems:
                if problem.slug not in REMARKS:
                    tally.problems += 1
                    if tally.problems <= _TOLD:
                        click.echo(f"{clean(problem.article_id)}: {clean(problem.message)}", err=True)
        yield result


def _keep(ledger: Ledger, results: Iterable[Analysis | Problem], engine: str, tally: _Tally, *, again: bool) -> None:
    """Keep analyses as they come, commit by commit."""
    from time import monotonic

    from ujar.records import Analysis

    waiting, since = list[Analysis](), monotonic()

    def commit() -> None:
        nonlocal waiting
        kept = ledger.keep(waiting, engine=engine, again=again)
        known = len(waiting) - kept.articles
        # Nothing is called from here on: a signal that came between would have them counted twice.
        tally.articles += kept.articles
        tally.changed += kept.changed
        tally.statements += kept.statements
        tally.events += kept.events
        tally.known += known
        waiting = []

    try:
        for result in results:
            # What failed by a fault of ours is not kept: it is read again next time.
            if isinstance(result, Analysis) and not any(p.slug == "internal-error" for p in result.problems):
                waiting.append(result)
            if len(waiting) >= _BATCH or (waiting and monotonic() - since > _SECONDS):
                commit()
                ledger.tidy()
                since = monotonic()
    except LedgerError:
        raise
    except BaseException:
        # Stopped by hand, or a model is damaged: what was read is kept all the same.
        commit()
        raise
    commit()
    ledger.tidy()
