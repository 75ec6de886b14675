"""``ujar watch``: what a day, week or month brought, and what of it is unusual, new or changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ujar.commands.common import console, day_of, debug_option, output_option, target, text_or_json
from ujar.commands.ledger import ledger_option, opened
from ujar.errors import UsageError
from ujar.write import clean

if TYPE_CHECKING:
    from ujar.store import Ledger
    from ujar.watch.periods import Every


@click.command(short_help="What a day, week or month brought: unusual, new, changed.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), required=True, help="How long a period is.")
@click.option("--on", metavar="DATE", help="The period that holds this day (default: the last one with rows).")
@click.option("--actor", metavar="ACTOR", help="Where this actor acts, receives, speaks or is spoken of.")
@click.option("--pair", metavar="A:B", help="Between these two.")
@click.option("--bloc", metavar="BLOC", help="Of the members of this bloc on the day.")
@click.option("--zone", metavar="ZONE", default="Asia/Jakarta", show_default=True, help="Time zone of the days.")
@ledger_option
@text_or_json
@click.option(
    "--chart", metavar="FILE", type=click.Path(dir_okay=False), help="Draw a chart, too: FILE.svg or FILE.png."
)
@output_option
@debug_option
def watch(
    every: str,
    on: str | None,
    actor: str | None,
    pair: str | None,
    bloc: str | None,
    zone: str,
    folder: str | None,
    form: str,
    chart: str | None,
    output: str | None,
    debug: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Tell what a period brought: who spoke, on what, who did what to whom, and the balance of conflict and cooperation.

    Numbers are called unusual only when they lie outside of what the past periods make likely. Then what is new, what has
    changed, what is told differently, and which conditions are on the table. Weeks begin on Monday.

    \b
      ujar watch --every week --ledger news
      ujar watch --every month --pair AS:Iran --chart iran.svg
      ujar watch --every day --on 2025-08-06 --bloc NATO --format json
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    if chart is not None and Path(chart).suffix.lower() not in (".svg", ".png"):
        raise UsageError("bad-chart", f"{chart} is neither .svg nor .png", "name the file chart.svg or chart.png")
    ledger = opened(folder)
    from ujar.watch import as_json
    from ujar.watch import watch as watched
    from ujar.watch.show import show_report
    from ujar.write_rows import json_text

    report = watched(
        ledger, every=cast("Every", every), on=day_of(on, "--on"), actor=actor, pair=pair, bloc=bloc, zone=zone
    )
    if chart is not None:
        from ujar.watch.chart import write_chart

        write_chart(report, Path(chart))
        click.echo(f"chart in {chart}", err=True)
    for name in (actor, *(report.question.pair or ())):
        if name is not None and not _is_known(ledger, name):
            click.echo(f"nothing in the ledger is by, to or about {clean(name)!r}", err=True)
    with target(output) as out:
        if form == "json":
            out.write(json_text(as_json(report), indent=2) + "\n")
        else:
            show_report(report, console(out))


def _is_known(ledger: Ledger, name: str) -> bool:
    """Whether some statement or event is by, to or about somebody."""
    return any(ledger.events(**{side: name}, limit=1).num_rows for side in ("actor", "recipient")) or any(
        ledger.statements(**{side: name}, limit=1).num_rows for side in ("speaker", "to", "about")
    )
