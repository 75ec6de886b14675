"""``ujar read``: sources in, statements and events out, nothing kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, Failed, console, counted, day_of, debug_option, progress, target
from ujar.errors import UsageError
from ujar.records import Analysis, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

# Formats that hold events alone.
_EVENT_FORMS = frozenset({"plover", "icews"})


@click.command(short_help="Print who said what in the given news.")
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
@debug_option
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
    day = day_of(published)
    if events and form == "csv":
        raise UsageError("csv-and-events", "CSV holds statements, no events", "use --format icews, plover or jsonl")
    config = ujar.load_config(reader=reader, events=events or form in _EVENT_FORMS or None)
    counts = {"articles": 0, "statements": 0, "problems": 0}
    if config.events:
        counts = {"articles": 0, "statements": 0, "events": 0, "problems": 0}
    with progress() as advance:
        results = counted(ujar.read_sources(sources, config, published=day, outlet=outlet), counts, advance)
        _write(results, form, output, explain=explain, single=len(sources) == 1)
    if not counts["articles"] and counts["problems"] == 1 and len(sources) == 1:
        raise Failed
    if counts["articles"] != 1 or counts["problems"]:
        click.echo(", ".join(f"{n} {name if n != 1 else name[:-1]}" for name, n in counts.items()), err=True)
    if counts["problems"]:
        sys.exit(EXIT_PROBLEMS)


def _write(
    results: Iterator[Analysis | Problem], form: str, output: str | None, *, explain: bool, single: bool
) -> None:
    from ujar.write import write_csv, write_jsonl, write_table

    with target(output) as out:
        if form in _EVENT_FORMS:
            from ujar.write_events import write_icews, write_plover

            (write_plover if form == "plover" else write_icews)(results, out)
            return
        if form == "jsonl":
            write_jsonl(results, out)
        elif form == "csv":
            write_csv(results, out)
        else:
            shown = (r for r in results if isinstance(r, Analysis))
            write_table(shown, console(out), steps=explain)
        del single
