"""The command line: the commands together, and how errors end them. Each family of commands has a file in commands/."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

import ujar
from ujar.commands import actors, add, follow, forecast, history, ledger, positions, reading, scenarios, serve, watch
from ujar.commands.common import EXIT_ERROR, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, Failed, tell
from ujar.errors import UjarError


class _ReaderGone(Exception):  # noqa: N818 - a way out, not an error
    """Whoever read our output has gone ("| head")."""


class _Commands(click.Group):
    """The commands together. That the reader of the output has gone is told in words that click and rich leave alone.

    Both know it for themselves and end with status 1.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _ReaderGone from error
        except SystemExit as error:
            if isinstance(error.__context__, BrokenPipeError):
                raise _ReaderGone from error
            raise


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(ujar.__version__, prog_name="ujar")
def cli() -> None:
    """Read Indonesian news and tell who said what, in which exact words, to whom and when."""


for _command in (
    reading.read,
    add.add,
    follow.follow,
    ledger.statements,
    ledger.events,
    ledger.show,
    ledger.tidy,
    watch.watch,
    scenarios.scenarios,
    positions.positions,
    forecast.forecast,
    history.history,
    serve.serve,
    actors.actors,
):
    cli.add_command(_command)


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
    except Failed:
        sys.exit(EXIT_ERROR)
    except (_ReaderGone, BrokenPipeError):
        # Not an error. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OK)
    except UjarError as error:
        if "--debug" in sys.argv:
            raise
        tell(error.slug, error.message, error.next_step)
        sys.exit(error.exit_code)
