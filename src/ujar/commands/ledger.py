"""``ujar add`` keeps what was read in a ledger; ``statements``, ``events`` and ``show`` ask it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, Failed, counted, day_of, progress, target, tell
from ujar.errors import LedgerError, UsageError
from ujar.write import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from ujar.records import Analysis, Article, Problem
    from ujar.store import Ledger

# A commit for so many articles, or after so many seconds: what is lost when the run is killed is read again next time.
_BATCH, _SECONDS = 200, 10

ledger_option = click.option(
    "--ledger", "folder", metavar="FOLDER", help="The ledger (default: the setting ledger, UJAR_LEDGER)."
)


def opened(folder: str | None) -> Ledger:
    """The ledger that is meant; damaged parts are told on standard error."""
    from ujar.store import open_ledger

    ledger = open_ledger(folder or ujar.load_config().ledger)
    for problem in ledger.check():
        tell(problem.slug, problem.message)
    return ledger


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
    from ujar.store import open_ledger
    from ujar.store.engine import engine_of

    config = ujar.load_config(reader=reader)
    config = ujar.load_config(reader=reader, events=config.reader != "rules")
    ledger = open_ledger(folder or config.ledger, create=True)
    ledger.check_writable()
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
            _keep(ledger, results, engine, tally, again=again)
    finally:
        # Stopped by hand or by a full disk, too: what was kept until then stays.
        click.echo(
            f"kept {_number(tally.articles, 'article')} ({tally.changed} in place of an older reading) with"
            f" {_number(tally.statements, 'statement')} and {_number(tally.events, 'event')}"
            f" in {clean(str(ledger.folder))}; {tally.known} there already",
            err=True,
        )
    if counts["problems"]:
        click.echo(_number(counts["problems"], "problem"), err=True)
        if not counts["articles"] and not tally.known and counts["problems"] == 1:
            raise Failed
        sys.exit(EXIT_PROBLEMS)


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(slots=True)
class _Tally:
    """What a run kept, and how many articles were there already."""

    articles: int = 0
    changed: int = 0
    statements: int = 0
    events: int = 0
    known: int = 0


def _keep(ledger: Ledger, results: Iterable[Analysis | Problem], engine: str, tally: _Tally, *, again: bool) -> None:
    """Keep analyses as they come, commit by commit."""
    from time import monotonic

    from ujar.records import Analysis

    waiting, since = list[Analysis](), monotonic()

    def commit() -> None:
        kept = ledger.keep(waiting, engine=engine, again=again)
        tally.articles += kept.articles
        tally.changed += kept.changed
        tally.statements += kept.statements
        tally.events += kept.events
        tally.known += len(waiting) - kept.articles
        waiting.clear()

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


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options that statements and events share."""
    for option in reversed(
        [
            click.argument("words", nargs=-1, metavar="[WORDS]..."),
            ledger_option,
            click.option("--outlet", metavar="NAME", help="In this outlet."),
            click.option("--since", metavar="DATE", help="From this day on."),
            click.option("--until", metavar="DATE", help="Before this day."),
            click.option(
                "--in", "within", metavar="BLOC", help="By (events: by or to) a member of this bloc on the day."
            ),
            click.option(
                "--members", is_flag=True, help="A bloc that is named stands for its members on the day, too."
            ),
            click.option("--article", metavar="ID", help="In this article (address, id or reading)."),
            click.option("--sure", "confidence", type=click.FloatRange(0, 1), help="At least so sure (0 to 1)."),
            click.option("--once", is_flag=True, help="Leave out other reports of the same."),
            click.option(
                "--sort", default="-day", show_default=True, help="day, published, confidence, outlet; - turns it."
            ),
            click.option("--limit", type=click.IntRange(1, 1_000_000), help="Rows a page (listing: 20; else all)."),
            click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which page."),
            click.option(
                "--format",
                "form",
                type=click.Choice(["table", "jsonl", "csv", "parquet"]),
                default="table",
                show_default=True,
                help="A listing to read, JSON Lines, CSV, or Parquet (needs --output).",
            ),
            click.option("--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file."),
            click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        ]
    ):
        command = option(command)
    return command


@click.command(short_help="Who said what, from the ledger.")
@_asked
@click.option("--speaker", metavar="ACTOR", help="Said by this person, body or state.")
@click.option("--about", metavar="ACTOR", help="Whose content names this actor.")
@click.option("--to", metavar="ACTOR", help="Said to.")
@click.option("--via", metavar="NAME", help="Carried by this medium.")
@click.option("--kind", type=click.Choice(["direct", "indirect", "mixed"]), help="Quoted, paraphrased, partly quoted.")
def statements(**options: Any) -> None:
    """Print the statements in the ledger whose content has all WORDS, and for which all options hold.

    A word ending in * is the begin of a word; words in quotation marks stand in a row. ACTOR is read as ujar actors show
    does: a state means everybody who acts for it.

    \b
      ujar statements rudal --speaker Rusia --since 2024-06-01
      ujar statements '"gencatan senjata"' --in NATO --format csv --output said.csv
    """  # noqa: D301 - as above
    _ask("statements", options)


@click.command(short_help="Who did what to whom, from the ledger.")
@_asked
@click.option("--actor", metavar="ACTOR", help="Done by this person, body or state.")
@click.option("--recipient", metavar="ACTOR", help="Done to.")
@click.option("--pair", metavar="A:B", help="Between these two, either way or both together.")
@click.option("--type", "type_", metavar="TYPE", help="PLOVER type: AGREE, CONSULT, … ASSAULT.")
@click.option("--status", metavar="STATUS", help="actual, historical, planned, conditional, demanded or denied.")
def events(**options: Any) -> None:
    """Print the events in the ledger whose sentence has all WORDS, and for which all options hold.

    \b
      ujar events --actor Israel --recipient Palestina --type ASSAULT
      ujar events --recipient NATO --members --type THREATEN
      ujar events --pair AS:Iran --status conditional
    """  # noqa: D301 - as above
    if options["pair"] is not None:
        one, _, other = options["pair"].partition(":")
        if not one.strip() or not other.strip():
            raise UsageError("bad-filter", f"--pair {options['pair']!r} is not two actors", "write it as AS:Iran")
        options["pair"] = (one, other)
    options["type"] = options.pop("type_").upper() if options["type_"] else options.pop("type_")
    _ask("events", options)


def _ask(table: str, options: dict[str, Any]) -> None:
    options.pop("debug")
    form, output, page = options.pop("form"), options.pop("output"), options.pop("page")
    ledger = opened(options.pop("folder"))
    options["words"] = " ".join(options["words"]) or None
    for name in ("since", "until"):
        options[name] = day_of(options[name], f"--{name}")
    if options["limit"] is None and (form == "table" or page > 1):
        options["limit"] = 20
    limit = options["limit"]
    # One row more tells whether there is another page.
    found = getattr(ledger, table)(
        **{**options, "limit": limit + 1 if limit else None, "offset": (page - 1) * (limit or 0)}
    )
    more = bool(limit) and found.num_rows > limit
    write_found(table, found.slice(0, limit) if limit else found, form, output)
    if form == "table":
        click.echo(f"page {page}; more with --page {page + 1}" if more else f"{found.num_rows} {table}", err=True)


def write_found(table: str, found: pa.Table, form: str, output: str | None) -> None:
    """Rows in one of the formats, to standard output or a file."""
    from ujar import write_rows

    if form == "parquet":
        if output is None:
            raise UsageError("needs-output", "Parquet is no text", "name a file with --output")
        write_rows.write_parquet(found, Path(output))
        return
    with target(output) as out:
        if form == "jsonl":
            write_rows.write_json_rows(found, out)
        elif form == "csv":
            write_rows.write_csv_rows(found, out)
        else:
            listing = write_rows.list_statements if table == "statements" else write_rows.list_events
            listing(found.to_pylist(), _console(out))


def _console(out: Any) -> Any:
    from rich.console import Console

    columns = os.environ.get("COLUMNS", "")
    width = None if out.isatty() else int(columns) if columns.isdecimal() and int(columns) else 100
    return Console(file=out, width=width, highlight=False, markup=False, emoji=False)


@click.command(short_help="Show a statement or event in its paragraph, or an article.")
@click.argument("name", metavar="ID")
@ledger_option
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def show(name: str, folder: str | None, debug: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Show a statement or event in its paragraph with its parts marked, and what found them.

    ID stands at the end of each entry of a listing. The address or id of an article lists its readings, the newest first;
    those that were superseded are kept.
    """
    del debug
    from ujar import write_rows
    from ujar.store.reports import reports

    ledger = opened(folder)
    console = _console(sys.stdout)
    readings = ledger.articles(name).to_pylist()
    if readings:
        for number, row in enumerate(readings):
            what = "current" if not number else "superseded"
            console.print(
                f"{row['reading']} · {what} · {_number(row['statements'], 'statement')},"
                f" {_number(row['events'], 'event')} ·"
                f" kept {row['added'].isoformat()[:19]} · {row['engine']} · {clean(row['title'] or row['article'])}"
            )
        return
    table, row = ledger.row(name)
    article = next(a for a in ledger.articles(row["article"]).to_pylist() if a["reading"] == row["reading"])
    write_rows.show_row(table, row, article, console)
    if table == "statements" and (others := reports(ledger, row["id"])):
        console.print("\nreported several times; in brackets what differs from the first report")
        write_rows.show_reports(others, console)


@click.command(short_help="Merge the small files of a ledger.")
@ledger_option
@click.option("--all", "everything", is_flag=True, help="Merge all into one, in the newest form of the tables.")
def tidy(folder: str | None, everything: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Merge the small parts of a ledger into one. ujar add does so by itself when there are many."""
    merged = opened(folder).tidy(everything=everything)
    click.echo(f"{merged} parts merged", err=True)
