"""Next events and the benchmark of ranking as text, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ujar.watch.names import name_of
from ujar.write import clean, put

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console

    from ujar.forecast.next_event import Next
    from ujar.forecast.rank_benchmark import Benchmarked
    from ujar.forecast.ranks import Figures

# So many reasons of an event are told.
_REASONS = 3
# Of fewer dated facts hardly anything can be learned.
_FEW = 500


def next_json(found: Sequence[Next], on: date, known: date, facts: int) -> dict[str, Any]:
    """Next events as JSON: for which day, up to which day what was known, how many facts, whether they are too few, and a row per event."""
    return {
        "on": on.isoformat(),
        "known": known.isoformat(),
        "facts": facts,
        "thin": facts < _FEW,
        "next": [asdict(event) for event in found],
    }


def show_next(found: Sequence[Next], name: str, on: date, facts: int, console: Console) -> None:
    """Print next events, the likeliest first, each with what speaks for it."""
    from rich.text import Text

    def line(text: str, style: str = "", indent: int = 0) -> None:
        put(console, Text(clean(text), style=style), indent, 2)

    line(f"{name}: the next event, as seen on {on}", "bold")
    if not found:
        line("The ledger has no event of this side: there is nothing to tell its next one from.", "yellow")
        return
    line(f"learned from {facts} dated facts; shares of all that may come next", "dim")
    if facts < _FEW:
        line("That is little to learn from: take the shares as a rough order.", "yellow")
    for event in found:
        line(f"{100 * event.p:5.1f} %  {name_of(event.actor)} {event.type} {name_of(event.recipient)}", "bold")
        line(f"happened {event.before} times before" if event.before else "never happened before", "dim", 9)
        for reason in [r for r in event.reasons if r.name != "base"][:_REASONS]:
            line(f"{reason.part:+.2f} {reason.name} ({reason.facts} facts)", indent=9)
            for fact in reason.heaviest:
                done = f"{name_of(fact.actor)} {fact.type} {name_of(fact.recipient)}"
                line(f"{fact.day} {done}  {fact.part:+.2f}  {fact.id}", "dim", 11)


def benchmark_json(found: Benchmarked) -> dict[str, Any]:
    """The benchmark as JSON; figures in percent, as ``Figures`` has them."""
    return asdict(found)


def show_benchmark(found: Benchmarked, console: Console) -> None:
    """Print the benchmark as a table."""
    from rich.table import Table

    how = "multi-step: nothing after the part before is known" if found.multi_step else "single-step"
    table = Table(
        title=f"{found.part} part, {how}; time-aware filter, mean rank of ties; percent", title_justify="left"
    )
    for column in ("method", "questions of", "number", "MRR", "Hits@1", "Hits@3", "Hits@10", "seconds"):
        table.add_column(column, justify="left" if column in ("method", "questions of") else "right")
    for ranked in found.ranked:
        kinds: tuple[tuple[str, Figures], ...] = (
            ("all", ranked.all),
            ("seen before", ranked.seen),
            ("novel", ranked.novel),
            ("(s, r, ?)", ranked.by_objects),
            ("(?, r, o)", ranked.by_subjects),
        )
        for number, (kind, figures) in enumerate(kinds):
            table.add_row(
                "" if number else ranked.method,
                kind,
                str(figures.questions),
                *(f"{value:.1f}" if figures.questions else "–" for value in (figures.mrr, *figures.hits)),
                "" if number else f"{ranked.seconds:.0f}",
                end_section=number == len(kinds) - 1,
            )
    console.print(table)
    if found.megabytes:
        console.print(f"at most {found.megabytes} MB of memory", style="dim", highlight=False)
