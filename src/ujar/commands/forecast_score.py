"""``ujar forecast score``: how kept outlooks came true."""

from __future__ import annotations

import click

from ujar.commands.common import console, debug_option, output_option, target, text_or_json
from ujar.commands.ledger import ledger_option, opened


@click.command(short_help="How kept outlooks came true.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), help="Only outlooks of this length.")
@click.option("--late", is_flag=True, help="Count outlooks that were made in retrospect (--on), too.")
@click.option(
    "--lang", "language", type=click.Choice(["id", "en"]), default="en", show_default=True, help="Language of the text."
)
@ledger_option
@text_or_json
@output_option
@debug_option
def score(
    every: str | None,
    late: bool,  # noqa: FBT001 - click passes flags so
    language: str,
    folder: str | None,
    form: str,
    output: str | None,
    debug: bool,  # noqa: FBT001 - as above
) -> None:
    """Compare the outlooks that ujar scenarios kept with what the ledger then saw, once their span is over.

    By length of the span: Brier score beside that of the base rate, log score, CRPS, coverage of the 80 % range, calibration;
    then the largest misses by name.

    \b
      ujar forecast score --ledger news
      ujar forecast score --every week --format json
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    ledger = opened(folder)
    from ujar.forecast.history import history_of
    from ujar.forecast.score import as_json, scored
    from ujar.forecast.show_score import show_score
    from ujar.write_rows import json_text

    found = scored(ledger.folder, history_of(ledger), every=every, late=late)
    with target(output) as out:
        if form == "json":
            out.write(json_text(as_json(found), indent=2) + "\n")
        else:
            show_score(found, console(out), language)
