"""``ujar forecast next`` and ``ujar forecast benchmark``: the forecaster of the next event."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ujar.commands.common import console, day_of, debug_option, output_option, target, text_or_json
from ujar.commands.ledger import ledger_option, opened
from ujar.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@click.command("next", short_help="What an actor may do next, to whom, and on what that rests.")
@click.option("--from", "actor", metavar="ACTOR", help="Whose next event.")
@click.option("--to", "recipient", metavar="ACTOR", help="In the place of --from: what may be done to this one.")
@click.option("--type", "kind", metavar="TYPE", help="Only events of this PLOVER type.")
@click.option("--on", metavar="DATE", help="As on this day (default: the last day known).")
@click.option("--top", type=click.IntRange(1, 50), default=5, show_default=True, help="How many.")
@ledger_option
@text_or_json
@output_option
@debug_option
def next_(
    actor: str | None,
    recipient: str | None,
    kind: str | None,
    on: str | None,
    top: int,
    folder: str | None,
    form: str,
    output: str | None,
    debug: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Rank what may come next: each event with its share of the chances and the dated facts that speak for it.

    \b
      ujar forecast next --from Rusia --ledger news
      ujar forecast next --to UKR --type ASSAULT --format json
    """  # noqa: D301 - click takes the escape as "keep these lines as they are"
    del debug
    if (actor is None) == (recipient is None):
        raise UsageError("bad-filter", "one side is asked for", "give --from or --to")
    ledger = opened(folder)
    from datetime import timedelta

    from ujar.forecast.asked import first_day, side_of
    from ujar.forecast.history import history_of
    from ujar.forecast.next_event import learned, next_events
    from ujar.forecast.rank_show import next_json, show_next
    from ujar.write_rows import json_text

    history = history_of(ledger)
    start = first_day(history, day_of(on, "--on"))
    side = side_of(actor or recipient or "", start - timedelta(days=1))
    if side.bloc:
        raise UsageError("bad-filter", f"{side.name} is a bloc", "ask for one of its members, or ujar forecast odds")
    known = history.before(start)
    with _days() as tick:
        ranker = learned(known, tick)
    found = next_events(
        known,
        ranker,
        side.units[0],
        on=start,
        type=kind and kind.upper(),
        towards=actor is None,
        top=top,
    )
    with target(output) as out:
        if form == "json":
            out.write(json_text(next_json(found, start, known.until, len(known)), indent=2) + "\n")
        else:
            show_next(found, side.name, start, len(known), console(out))


@click.command(short_help="Measure the forecaster of the next event on a benchmark folder.")
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--multi-step", is_flag=True, help="Nothing after the part before is known.")
@click.option("--validation", is_flag=True, help="Score the validation part instead, for choices of method.")
@click.option("--without", metavar="CLUE,...", default="", help="Leave clues out, to see what they bring.")
@text_or_json
@output_option
@debug_option
def benchmark(
    folder: str,
    multi_step: bool,  # noqa: FBT001 - click passes flags so
    validation: bool,  # noqa: FBT001 - as above
    without: str,
    form: str,
    output: str | None,
    debug: bool,  # noqa: FBT001 - as above
) -> None:
    """Rank the answers of a benchmark's test part among all entities: (s, r, ?, t) and (?, r, o, t).

    FOLDER holds train.txt, valid.txt, test.txt (subject, relation, object, hour; .gz may be), entity2id.txt and
    relation2id.txt. Time-aware filter, mean rank of ties; single-step unless --multi-step. Beside it the yardstick: decayed
    counts, four numbers in all.

    \b
      ujar forecast benchmark ICEWS14
      ujar forecast benchmark ICEWS14 --multi-step --format json
    """  # noqa: D301 - as above
    del debug
    from ujar.forecast.clues import FAR, NEAR
    from ujar.forecast.quadruples import read_quadruples
    from ujar.forecast.rank_benchmark import benchmark as measured
    from ujar.forecast.rank_show import benchmark_json, show_benchmark
    from ujar.forecast.ranker import Settings
    from ujar.write_rows import json_text

    left_out = tuple(
        clue
        for name in filter(None, (part.strip() for part in without.split(",")))
        for clue in _clues(name, (*NEAR, *FAR))
    )
    facts = read_quadruples(folder)
    with _days() as tick:
        found = measured(
            facts, multi_step=multi_step, validation=validation, settings=Settings(without=left_out), tick=tick
        )
    with target(output) as out:
        if form == "json":
            out.write(json_text(benchmark_json(found), indent=2) + "\n")
        else:
            show_benchmark(found, console(out))


@contextmanager
def _days() -> Iterator[Callable[[int, int], None]]:
    """A bar of the days on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("days", total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)


def _clues(name: str, known: tuple[str, ...]) -> list[str]:
    """The clues that a name means: itself, or all that begin with it."""
    found = [clue for clue in known if clue == name or clue.split()[0] == name]
    if not found:
        raise UsageError("bad-filter", f"{name!r} is no clue", f"known are: {', '.join(known)}")
    return found
