"""``ujar history``: bring events of ICEWS, POLECAT and GDELT into a ledger, to learn from."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, Failed, day_of, debug_option, progress, tell
from ujar.commands.ledger import ledger_option, number_of, opened
from ujar.write import clean

if TYPE_CHECKING:
    from datetime import date

    from ujar.history.bring import Imported
    from ujar.history.formats import FormatName
    from ujar.history.read import Read
    from ujar.history.store import Import

# So many of the codes and countries that are not known are named.
_MOST_WORDS = 8


@click.group(short_help="Events of other collections, to learn from.")
def history() -> None:
    """Bring years of events from elsewhere into a ledger, so that there is a past to learn from.

    They are kept apart: no question about what ujar read itself ever finds them. docs/history.md tells the layouts.
    """


@history.command("import", short_help="Bring event files into the ledger.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["icews", "polecat", "gdelt1", "gdelt2"]),
    required=True,
    help="How the files are laid out.",
)
@click.option("--name", metavar="NAME", help="Under which name they are kept (default: that of the format).")
@click.option("--since", metavar="DATE", help="Only events of this day and later.")
@click.option("--until", metavar="DATE", help="Only events before this day.")
@ledger_option
@debug_option
def import_(
    files: tuple[Path, ...],
    form: str,
    name: str | None,
    since: str | None,
    until: str | None,
    folder: str | None,
    debug: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Bring event files into the ledger, plain, gzipped or zipped. Files that it has already are left out.

    What is left out of a file is told with its reason. More files under the same name add to it.

    \b
      ujar history import events.2014.tab.zip --format icews
      ujar history import 2014*.export.CSV.zip --format gdelt1 --name gdelt
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    from ujar.history.bring import import_files
    from ujar.store.ledger import ledger_to_be

    ledger = ledger_to_be(folder or ujar.load_config().ledger)
    days = day_of(since, "--since"), day_of(until, "--until")
    name = name or form
    with progress() as bar:
        task = bar.add_task("reading", total=None) if bar is not None else None

        def told(lines: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, description=f"{lines} lines")

        found = import_files(
            ledger.folder, name, cast("FormatName", form), files, since=days[0], until=days[1], told=told
        )
    _tell(name, found)
    _tell_overlap(ledger.folder, found)
    if found.failed:
        if not found.read and not found.had:
            raise Failed
        sys.exit(EXIT_PROBLEMS)


def _tell(name: str, found: Imported) -> None:
    for path, read in found.read:
        _tell_read(path, read)
    for path in found.had:
        click.echo(f"{clean(path.name)}: is there already", err=True)
    for _, error in found.failed:
        tell(error.slug, error.message, error.next_step)
    if found.twice:
        click.echo(f"{number_of(found.twice, 'row')} left out: told a second time, the same in every part", err=True)
    if not found.read and not found.had:
        return
    rows = f"{number_of(found.new, 'new row')} under {name}"
    click.echo(f"{rows}; {_summary(found.kept)}" if found.kept else f"{rows}, nothing kept", err=True)


def _tell_read(path: Path, read: Read) -> None:
    """What became of a file, and of each line that gave no row why."""
    from ujar.history.formats import CODE, COUNTRY, LINE, REASONS

    click.echo(f"{clean(path.name)}: {number_of(read.lines, 'line')}, {number_of(read.rows, 'row')}", err=True)
    for reason in REASONS:
        if number := read.left_out[reason]:
            more = ""
            if reason == LINE:
                more = f" (line {', '.join(map(clean, read.where))}{', …' if number > len(read.where) else ''})"
            if reason in (CODE, COUNTRY):
                words = Counter({word: n for (why, word), n in read.words.items() if why == reason})
                named = ", ".join(f"{clean(word)!r} {n}" for word, n in words.most_common(_MOST_WORDS))
                more = f" ({named}{', …' if len(words) > _MOST_WORDS else ''})"
            click.echo(f"  {number} left out: {reason}{more}", err=True)
    if read.unsound:
        click.echo(f"  {number_of(read.unsound, 'line')} not in UTF-8, read as Windows-1252", err=True)


def _tell_overlap(folder: Path, found: Imported) -> None:
    """Which other imports tell of the same days: what both saw counts twice."""
    from ujar.history.store import imports

    if found.kept is None or not found.new:
        return
    for other in imports(folder):
        if other.name != found.kept.name and any(a < d and c < b for a, b in found.kept.spans for c, d in other.spans):
            click.echo(f"{other.name} tells of the same days: what both saw counts twice", err=True)


@history.command("list", short_help="What was imported.")
@ledger_option
@debug_option
def list_(folder: str | None, debug: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Print what was imported, with the files it came from."""
    del debug
    from ujar.history.store import imports

    found = imports(opened(folder).folder)
    for one in found:
        click.echo(f"{one.name} · {_summary(one)}")
        for source in one.sources:
            days = f"{source.first} to {_last(source.end)}" if source.first and source.end else "no day"
            click.echo(
                f"  {clean(source.file)} · {number_of(source.rows, 'row')} of {number_of(source.lines, 'line')} · {days}"
                f" · imported {source.when[:10]} · sha256 {source.sha256[:12]}…"
            )
    if not found:
        click.echo("nothing was imported", err=True)


@history.command("remove", short_help="Take an import out again.")
@click.argument("name", metavar="NAME")
@ledger_option
@debug_option
def remove(name: str, folder: str | None, debug: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Take what was imported as NAME out of the ledger; what ujar read itself stays."""
    del debug
    from ujar.history.store import remove as remove_import

    found = remove_import(opened(folder).folder, name)
    click.echo(f"{found.name} removed: {number_of(found.rows, 'row')}", err=True)


def _summary(found: Import) -> str:
    from ujar.history.formats import LAYOUTS

    days = ", ".join(f"{a} to {_last(b)}" for a, b in found.spans[:3]) + (", …" if len(found.spans) > 3 else "")
    title, files = LAYOUTS[found.format].title, number_of(len(found.sources), "file")
    return f"{title}, {number_of(found.rows, 'row')} from {files}, {days}"


def _last(end: date | str) -> str:
    """The last day before one that is not included any more."""
    from datetime import date, timedelta

    return str((date.fromisoformat(end) if isinstance(end, str) else end) - timedelta(days=1))
