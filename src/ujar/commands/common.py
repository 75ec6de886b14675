"""What the commands have in common: dates, errors on standard error, progress, output files."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from ujar.errors import InputError, UsageError
from ujar.records import Analysis, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID

EXIT_OK, EXIT_ERROR, EXIT_USAGE, EXIT_PROBLEMS, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
# Remarks that do not make a run one with problems: the articles were read, or there was none.
REMARKS = frozenset({"no-date", "not-a-page"})


# Options that many commands have.
text_or_json = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="To read, or JSON."
)
# Endings of files that are no text, and of pictures that a chart would be.
_NO_TEXT = (".xlsx", ".xls", ".ods", ".parquet", ".svg", ".png", ".jpg", ".jpeg", ".pdf", ".docx", ".gz", ".zip")

output_option = click.option("--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file.")
debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an error.")


class Failed(Exception):  # noqa: N818 - a way out, not an error: the problem has been printed
    """The only source could not be read; what was wrong has been said."""


def day_of(form: str | None, option: str = "--published") -> date | None:
    """The day that an option gives; raises UsageError for what is none."""
    if form is None:
        return None
    try:
        return date.fromisoformat(form)
    except ValueError as error:
        raise UsageError("bad-date", f"{option} {form!r} is no date", "write it as 2024-06-07") from error


def counted(
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
            if problem.slug not in REMARKS:
                counts["problems"] += 1
                if isinstance(result, Problem):
                    named = problem.message.startswith(problem.article_id)
                    tell(problem.slug, problem.message if named else f"{problem.article_id}: {problem.message}")
            elif isinstance(result, Problem):
                from ujar.write import clean

                click.echo(f"{clean(problem.article_id)}: {clean(problem.message)}", err=True)
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
def progress() -> Iterator[Progress | None]:
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


@contextmanager
def target(output: str | None) -> Iterator[TextIO]:
    """The file that is written to, or standard output; raises InputError when it cannot be written."""
    if output is None:
        yield sys.stdout
        return
    ending = Path(output).suffix.lower()
    if ending in _NO_TEXT:
        raise UsageError(
            "bad-ending",
            f"{output} would be text, whatever {ending} promises",
            "name a file .txt, .json, .jsonl or .csv, with --format; a chart is drawn with --chart",
        )
    try:
        with open(output, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - click gives a string
            yield file
    except OSError as error:
        raise InputError(
            "cannot-write", f"{output} cannot be written ({error.strerror or error})", "choose another file"
        ) from error


def console(out: TextIO) -> Console:
    """What listings are printed to; into a file or pipe as wide as COLUMNS says, else 100."""
    from rich.console import Console

    columns = os.environ.get("COLUMNS", "")
    width = None if out.isatty() else int(columns) if columns.isdecimal() and int(columns) else 100
    return Console(file=out, width=width, highlight=False, markup=False, emoji=False)


def tell(slug: str, message: str, next_step: str | None = None) -> None:
    """One error on standard error, in the one shape all of them have."""
    from ujar.write import clean

    click.echo(f"ujar: {clean(message)}", err=True)
    if next_step:
        click.echo(f"  next: {clean(next_step)}", err=True)
    click.echo(f"  more: docs/errors.md#{slug}", err=True)
