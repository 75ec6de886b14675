"""``ujar scenarios``: what may come between two sides, with the precedents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ujar.commands.common import console, day_of, debug_option, output_option, target, text_or_json
from ujar.commands.ledger import ledger_option, opened

if TYPE_CHECKING:
    from ujar.forecast.outlooks import Kept


@click.command(short_help="What may come between two sides, with the precedents.")
@click.option("--from", "actor", metavar="ACTOR", required=True, help="Whose acts.")
@click.option("--to", "recipient", metavar="ACTOR", help="Towards whom (default: anybody).")
@click.option(
    "--every", type=click.Choice(["day", "week", "month"]), required=True, help="How far ahead: 1, 7 or 30 days."
)
@click.option(
    "--on", metavar="DATE", help="As on this day; the period begins the day after (default: the last day known)."
)
@click.option("--given", multiple=True, metavar="EVENT", help='Suppose an event: "RUS THREATEN NATO". May be repeated.')
@click.option(
    "--lang", "language", type=click.Choice(["id", "en"]), default="en", show_default=True, help="Language of the text."
)
@ledger_option
@text_or_json
@click.option("--no-keep", is_flag=True, help="Do not keep this outlook for ujar forecast score.")
@output_option
@debug_option
def scenarios(
    actor: str,
    recipient: str | None,
    every: str,
    on: str | None,
    given: tuple[str, ...],
    language: str,
    folder: str | None,
    form: str,
    no_keep: bool,  # noqa: FBT001 - click passes flags so
    output: str | None,
    debug: bool,  # noqa: FBT001 - as above
) -> None:
    """Tell what one side may do towards another in the coming day, week or month, how probable it is, and on which precedents.

    ACTOR is a name or code as elsewhere; a bloc (NATO) is itself and its members. What is shown is kept in the ledger's folder,
    so that ujar forecast score can tell how such outlooks came true. Where the ledger is too thin, it says so.

    \b
      ujar scenarios --from Rusia --to Ukraina --every week --ledger news
      ujar scenarios --from RUS --to UKR --every month --given "RUS THREATEN NATO" --lang id
      ujar scenarios --from Israel --every day --on 2025-08-06 --format json
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    ledger = opened(folder)
    from ujar.forecast.outlooks import keep
    from ujar.forecast.report import as_json
    from ujar.forecast.run import look_ahead
    from ujar.forecast.show import show_scenarios
    from ujar.write_rows import json_text

    found = look_ahead(ledger, actor=actor, recipient=recipient, every=every, on=day_of(on, "--on"), given=given)
    kept: Kept | None = None if no_keep or found.basis == "none" else keep(ledger.folder, found)
    with target(output) as out:
        if form == "json":
            row = {**as_json(found), "kept": kept.name if kept else None}
            out.write(json_text(row, indent=2) + "\n")
        else:
            show_scenarios(found, console(out), language, kept)
