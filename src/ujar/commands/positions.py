"""``ujar positions``: where the members of a bloc stand on an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ujar.commands.common import console, day_of, debug_option, output_option, target
from ujar.commands.ledger import ledger_option, opened

if TYPE_CHECKING:
    from typing import TextIO

    from ujar.positions.records import Matrix


@click.command(short_help="Where the members of a bloc stand on an issue.")
@click.argument("issue", nargs=-1, metavar="[ISSUE]...")
@ledger_option
@click.option(
    "--bloc", metavar="NAME", help="Its members are the rows (NATO, ASEAN, Uni Eropa); without it speakers are."
)
@click.option("--on", metavar="DATE", help="Members on this day, words up to it (default: last day in the ledger).")
@click.option("--since", metavar="DATE", help="Words from this day on.")
@click.option("--until", metavar="DATE", help="Words before this day.")
@click.option("--type", "type_", metavar="TYPE", help="Events of this PLOVER type: doing it is being for it.")
@click.option("--recipient", metavar="ACTOR", help="Events with this recipient.")
@click.option("--actor", metavar="ACTOR", help="Only words of this person, body or state.")
@click.option("--roll-up", is_flag=True, help="What was said or done by or to a member counts for the bloc.")
@click.option("--match", "share", type=click.FloatRange(0.01, 1), help="Share of the issue's words that must be there.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "jsonl"]),
    default="table",
    show_default=True,
    help="A listing to read, one JSON object, a word a line, or a member a line.",
)
@output_option
@debug_option
def positions(issue: tuple[str, ...], **options: Any) -> None:
    """Print where each member of a bloc stands on ISSUE: for, against, conditional, unclear or silent, by its latest word.

    ISSUE is a few words that name what one may be for or against ("pengakuan negara Palestina"). A member speaks through
    everybody of its country, those who speak for the state before others. Where the words do not tell a stance, it is
    unclear: nothing is guessed.

    \b
      ujar positions "rudal jarak jauh ke wilayah Rusia" --bloc NATO --on 2024-11-30
      ujar positions "revisi UU KPK" --format csv --output kpk.csv
      ujar positions --type SANCTION --recipient Rusia --bloc "Uni Eropa"
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    from ujar.positions import positions as asked

    matrix = asked(
        opened(options["folder"]),
        " ".join(issue),
        bloc=options["bloc"],
        on=day_of(options["on"], "--on"),
        since=day_of(options["since"], "--since"),
        until=day_of(options["until"], "--until"),
        type=options["type_"].upper() if options["type_"] else None,
        recipient=options["recipient"],
        actor=options["actor"],
        roll_up=options["roll_up"],
        share=options["share"],
    )
    with target(options["output"]) as out:
        _write(matrix, options["form"], out)


def _write(matrix: Matrix, form: str, out: TextIO) -> None:
    from ujar.positions import show

    if form == "table":
        show.write_table(matrix, console(out))
        return
    {"json": show.write_json, "csv": show.write_csv, "jsonl": show.write_jsonl}[form](matrix, out)
