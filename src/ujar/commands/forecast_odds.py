"""``ujar forecast odds`` and ``ujar forecast calibration``: how probable, and how well such numbers came true."""

from __future__ import annotations

import click

from ujar.commands.common import console, day_of, debug_option, output_option, target, text_or_json
from ujar.commands.ledger import ledger_option, opened

_EVERY = click.Choice(["day", "week", "month"])


@click.command(short_help="How probable each kind of event is between two sides.")
@click.option("--from", "actor", metavar="ACTOR", required=True, help="Whose acts.")
@click.option("--to", "recipient", metavar="ACTOR", help="Towards whom (default: anybody).")
@click.option("--every", type=_EVERY, required=True, help="How far ahead: 1, 7 or 30 days.")
@click.option(
    "--on", metavar="DATE", help="As on this day; the period begins the day after (default: the last day known)."
)
@ledger_option
@text_or_json
@output_option
@debug_option
def odds(
    actor: str,
    recipient: str | None,
    every: str,
    on: str | None,
    folder: str | None,
    form: str,
    output: str | None,
    debug: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Tell how probable at least one event of each type and quad class is in the coming period, and how many there may be.

    Learned from the ledger and what was imported. Where that is too thin, it says so, and gives the rate of the own history
    drawn to what is usual between others.

    \b
      ujar forecast odds --from RUS --to UKR --every week --ledger news
      ujar forecast odds --from NATO --every month --format json
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    ledger = opened(folder)
    from ujar.forecast.asked import asked_of, first_day
    from ujar.forecast.history import history_of
    from ujar.forecast.odds import fit, rows_of
    from ujar.forecast.odds_show import Answer, answer_json, show_answer
    from ujar.write_rows import json_text

    history = history_of(ledger)
    start = first_day(history, day_of(on, "--on"))
    asked = asked_of(actor, recipient, every, start)
    known = history.before(start)
    to = asked.recipient.units if asked.recipient else None
    learned = fit(known, until=start)
    answer = Answer(
        asked=asked,
        facts=len(known),
        between=len(rows_of(known, asked.actor.units, to)),
        known=known.until,
        method=learned.version,
        chances=learned.of(known, asked.actor.units, to, asked.every, start),
    )
    with target(output) as out:
        if form == "json":
            out.write(json_text(answer_json(answer), indent=2) + "\n")
        else:
            show_answer(answer, console(out))


@click.command(short_help="Score such chances on a benchmark folder.")
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--every", type=_EVERY, help="Only this horizon (default: all three).")
@click.option("--validation", is_flag=True, help="Score the validation part instead, for choices of method.")
@text_or_json
@output_option
@debug_option
def calibration(
    folder: str,
    every: str | None,
    validation: bool,  # noqa: FBT001 - click passes flags so
    form: str,
    output: str | None,
    debug: bool,  # noqa: FBT001 - as above
) -> None:
    """Learn from the first parts of a benchmark folder (train, valid) and score every day of its test part.

    FOLDER holds train.txt, valid.txt, test.txt (subject, relation, object, hour; .gz may be), entity2id.txt and
    relation2id.txt; relations are names of CAMEO. Scored beside the same as last period, the own history and a Poisson of it:
    Brier, log score, CRPS, coverage, calibration.

    \b
      ujar forecast calibration ICEWS14 --every week
    """  # noqa: D301 - as above
    del debug
    from ujar.forecast.odds import HORIZONS
    from ujar.forecast.odds_benchmark import history_of_benchmark
    from ujar.forecast.odds_check import check
    from ujar.forecast.odds_show import scores_json, show_scores
    from ujar.write_rows import json_text

    read = history_of_benchmark(folder)
    _, valid, test = read.starts
    horizons = tuple(horizon for horizon in HORIZONS if every in (None, horizon))
    start, until = (valid, test) if validation else (test, None)
    scores = check(read.history, start, until, horizons=horizons)
    with target(output) as out:
        if form == "json":
            out.write(json_text(scores_json(scores), indent=2) + "\n")
        else:
            show_scores(scores, console(out))
