"""``ujar actors``: look up, check and extend the tables of actors."""

from __future__ import annotations

import sys

import click

import ujar
from ujar.commands.common import EXIT_PROBLEMS, Failed, day_of, tell


@click.group(short_help="Look up, check and extend the tables of actors.")
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

    for line in lines(name, day_of(on, "--on"), country):
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
        tell(error.slug, error.message, error.next_step)
    click.echo(f"{rows} rows, {len(faults)} faults", err=True)
    if faults:
        raise Failed


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
        tell(error.slug, error.message, error.next_step)
    write(target, "terms", rows)
    click.echo(f"{len(rows)} terms to {target}, {len(faults)} faults", err=True)
    if faults:
        sys.exit(EXIT_PROBLEMS)
