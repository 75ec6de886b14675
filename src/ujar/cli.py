"""The command line: arguments in, one call, print. Heavy modules are imported where they are used."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

import ujar
from ujar.errors import InputError, UjarError, UsageError
from ujar.records import Analysis, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Progress, TaskID

EXIT_OK, EXIT_ERROR, EXIT_USAGE, EXIT_PROBLEMS, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
# Remarks that do not make a run one with problems: the articles were read.
_REMARKS = frozenset({"no-date"})
# Formats that hold events alone.
_EVENT_FORMS = frozenset({"plover", "icews"})


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(ujar.__version__, prog_name="ujar")
def cli() -> None:
    """Read Indonesian news and tell who said what, in which exact words, to whom and when."""


@cli.command(short_help="Print who said what in the given news.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--published", metavar="DATE", help="Day of publication (2024-06-07) of articles that do not tell it.")
@click.option("--outlet", metavar="NAME", help="Outlet of articles that do not tell it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv", "plover", "icews"]),
    default="table",
    show_default=True,
    help="A listing to read, JSON Lines with offsets and text, CSV with a row a statement; of events: PLOVER records"
    " (JSON Lines), or tab-separated rows like those of ICEWS.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file instead of standard output."
)
@click.option(
    "--reader",
    type=click.Choice(["learned", "rules"]),
    help="Rules and trained models together (learned, the default), or the rules alone: quicker, finds less.",
)
@click.option("--events", is_flag=True, help="Find events too: who did what to whom (PLOVER).")
@click.option("--explain", is_flag=True, help="Show in the listing which rule or model found each part.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def read(
    sources: tuple[str, ...],
    published: str | None,
    outlet: str | None,
    form: str,
    output: str | None,
    reader: str | None,
    events: bool,  # noqa: FBT001 - click passes flags so
    explain: bool,  # noqa: FBT001 - click passes flags so
    debug: bool,  # noqa: FBT001
) -> None:
    """Print who said what in the given news, and with --events who did what to whom.

    SOURCE is a text file, an HTML page, JSON Lines of articles (also .gz), a folder of these, an http(s) address,
    or - for standard input.

    \b
      ujar read article.txt --published 2024-06-07
      ujar read saved-pages/ --format csv --output statements.csv
      ujar read articles.jsonl.gz --format jsonl > statements.jsonl
      ujar read articles.jsonl.gz --format icews > events.tsv
      ujar read https://example.com/berita/1

    Exit status: 0 all well, 1 error, 2 usage, 3 done but some sources have problems.
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    day = _day(published)
    if events and form == "csv":
        raise UsageError("csv-and-events", "CSV holds statements, no events", "use --format icews, plover or jsonl")
    config = ujar.load_config(reader=reader, events=events or form in _EVENT_FORMS or None)
    counts = {"articles": 0, "statements": 0, "problems": 0}
    if config.events:
        counts = {"articles": 0, "statements": 0, "events": 0, "problems": 0}
    with _progress() as advance:
        results = _counted(ujar.read_sources(sources, config, published=day, outlet=outlet), counts, advance)
        _write(results, form, output, explain=explain, single=len(sources) == 1)
    if not counts["articles"] and counts["problems"] == 1 and len(sources) == 1:
        raise _Failed
    if counts["articles"] != 1 or counts["problems"]:
        click.echo(", ".join(f"{n} {name if n != 1 else name[:-1]}" for name, n in counts.items()), err=True)
    if counts["problems"]:
        sys.exit(EXIT_PROBLEMS)


@cli.group(short_help="Look up, check and extend the tables of actors.")
def actors() -> None:
    """Look up, check and extend the tables of actors: states, bodies, groups, persons and their offices."""


@actors.command("show", short_help="Print whom a name means on a day.")
@click.argument("name", metavar="NAME")
@click.option("--on", metavar="DATE", help="The day (2024-06-07); without it what still holds is meant.")
@click.option("--country", metavar="CODE", help='Country of bare roles such as "polisi" (IDN).')
def show_actor(name: str, on: str | None, country: str | None) -> None:
    """Print whom NAME means on a day, and what the tables know of that actor.

    \b
      ujar actors show "Menlu AS" --on 2022-01-01
      ujar actors show NATO --on 2023-04-05
    """  # noqa: D301 - as above
    from ujar.actors.show import lines
    from ujar.write import clean

    for line in lines(name, _day(on, "--on"), country):
        click.echo(" " * (len(line) - len(line.lstrip())) + clean(line))


@actors.command("check", short_help="Say what is wrong with tables of actors.")
@click.argument("folder", required=False, metavar="[FOLDER]")
def check_actors(folder: str | None) -> None:
    """Say what is wrong with the tables in FOLDER, in your own folder (UJAR_ACTORS), or in the package's.

    Exit status: 0 all well, 1 something is wrong.
    """
    from pathlib import Path

    from ujar.actors.own import check

    name = folder or ujar.load_config().actors
    rows, faults = check(Path(name) if name else None)
    for fault in faults:
        error = fault.error()
        _tell(error.slug, error.message, error.next_step)
    click.echo(f"{rows} rows, {len(faults)} faults", err=True)
    if faults:
        raise _Failed


@actors.command("add", short_help="Add a row to your own tables.")
@click.argument("table", metavar="TABLE")
@click.argument("cells", nargs=-1, required=True, metavar="COLUMN=VALUE...")
@click.option("--folder", metavar="FOLDER", help="Your own folder of tables (default: the setting actors).")
def add_actor(table: str, cells: tuple[str, ...], folder: str | None) -> None:
    """Add a row to TABLE in your own folder; a row with the same key is replaced.

    \b
      ujar actors add terms person="Sari Kusumawati" office="Menteri Luar Negeri Palau" \\
          code=PLW sector=GOV start=2025-01-20 source="situs kementerian"
    """  # noqa: D301 - as above
    from ujar.actors.own import add, folder_of

    click.echo(f"added to {add(folder_of(folder), table, cells)}", err=True)


@actors.command("import", short_help="Take persons and offices from a Wikidata dump extract.")
@click.argument("file", metavar="FILE")
@click.option("--folder", metavar="FOLDER", help="Your own folder of tables (default: the setting actors).")
def import_actors(file: str, folder: str | None) -> None:
    """Take persons and the offices they held from FILE, an extract of a Wikidata JSON dump (also .gz, .bz2).

    The rows go to terms_wikidata.tsv in your own folder. What cannot be used is told on standard error.

    Exit status: 0 all well, 1 error, 3 done but some lines could not be used.
    """
    from pathlib import Path

    from ujar.actors.own import folder_of, write
    from ujar.actors.wikidata import import_terms

    target = folder_of(folder) / "terms_wikidata.tsv"
    rows, faults = import_terms(Path(file))
    for fault in faults:
        error = fault.error()
        _tell(error.slug, error.message, error.next_step)
    write(target, "terms", rows)
    click.echo(f"{len(rows)} terms to {target}, {len(faults)} faults", err=True)
    if faults:
        sys.exit(EXIT_PROBLEMS)


class _Failed(Exception):  # noqa: N818 - a way out, not an error: the problem has been printed
    """The only source could not be read; what was wrong has been said."""


def _day(form: str | None, option: str = "--published") -> date | None:
    if form is None:
        return None
    try:
        return date.fromisoformat(form)
    except ValueError as error:
        raise UsageError("bad-date", f"{option} {form!r} is no date", "write it as 2024-06-07") from error


def _counted(
    results: Iterable[Analysis | Problem], counts: dict[str, int], advance: Progress | None
) -> Iterator[Analysis | Problem]:
    """The results as they come; problems are counted and told on standard error."""
    task: TaskID | None = None
    for result in results:
        problems = (result,) if isinstance(result, Problem) else result.problems
        if isinstance(result, Analysis):
            counts["articles"] += 1
            counts["statements"] += len(result.statements)
            if "events" in counts:
                counts["events"] += len(result.events)
        for problem in problems:
            if problem.slug not in _REMARKS:
                counts["problems"] += 1
                if isinstance(result, Problem):
                    _tell(problem.slug, f"{problem.article_id}: {problem.message}")
        if advance is not None and counts["articles"] > 1:
            if task is None:
                task = advance.add_task("reading", total=None)
            advance.update(
                task,
                completed=counts["articles"],
                description=f"{counts['articles']} articles, {counts['statements']} statements",
            )
        yield result


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress line on standard error when that is a terminal and standard output is not."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        yield bar


def _write(
    results: Iterator[Analysis | Problem], form: str, output: str | None, *, explain: bool, single: bool
) -> None:
    from ujar.write import write_csv, write_jsonl, write_table

    with _target(output) as out:
        if form in _EVENT_FORMS:
            from ujar.write_events import write_icews, write_plover

            (write_plover if form == "plover" else write_icews)(results, out)
            return
        if form == "jsonl":
            write_jsonl(results, out)
        elif form == "csv":
            write_csv(results, out)
        else:
            from rich.console import Console

            shown = (r for r in results if isinstance(r, Analysis))
            # A file or pipe is not cut to the width of a terminal that is not there.
            width = None if out.isatty() else int(os.environ.get("COLUMNS", "100"))
            write_table(
                shown, Console(file=out, width=width, highlight=False, markup=False, emoji=False), steps=explain
            )
        del single


@contextmanager
def _target(output: str | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with open(output, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - click gives a string
            yield file
    except OSError as error:
        raise InputError(
            "cannot-write", f"{output} cannot be written ({error.strerror or error})", "choose another file"
        ) from error


def _tell(slug: str, message: str, next_step: str | None = None) -> None:
    """One error on standard error, in the one shape all of them have."""
    from ujar.write import clean

    click.echo(f"ujar: {clean(message)}", err=True)
    if next_step:
        click.echo(f"  next: {clean(next_step)}", err=True)
    click.echo(f"  more: docs/errors.md#{slug}", err=True)


def main() -> None:
    """Run the command; errors become one line on standard error and an exit status."""
    # The nets are small: a second thread of the linear algebra waits more than it works.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A lone surrogate or a narrow locale must not stop the listing.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("ujar: stopped", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except _Failed:
        sys.exit(EXIT_ERROR)
    except BrokenPipeError:
        # The reader of our output has gone ("| head"): not an error. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OK)
    except UjarError as error:
        if "--debug" in sys.argv:
            raise
        _tell(error.slug, error.message, error.next_step)
        sys.exit(error.exit_code)
