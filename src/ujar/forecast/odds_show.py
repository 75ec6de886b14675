"""Chances and their scores as text, and as rows of JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ujar.forecast.odds_benchmark import BENCHMARKS
from ujar.forecast.odds_check import OURS, SCORES
from ujar.forecast.precedents import ANYTHING, QUADS
from ujar.write import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console
    from rich.table import Table

    from ujar.forecast.asked import Asked
    from ujar.forecast.odds import Chance
    from ujar.forecast.odds_check import Scores

# So many parts of what a chance rests on are told.
_PARTS = 3
_SCORE_NAMES = {"brier": "Brier", "log": "log score", "crps": "CRPS"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The chances between two sides, and what they were worked out from.

    Attributes:
        asked: the question.
        facts: events in the history before the period.
        between: events of the one side towards the other (or anybody) among them.
        known: the day after the last one of which anything is known.
        method: which method, and up to which day it had learned.
        chances: of the types, the quad classes, and anything; empty where nothing was observed before the period.
    """

    asked: Asked
    facts: int
    between: int
    known: date
    method: str
    chances: tuple[Chance, ...]


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as JSON: the question, then a row per chance."""
    asked = answer.asked
    return {
        "actor": {"name": asked.actor.name, "units": list(asked.actor.units)},
        "recipient": asked.recipient and {"name": asked.recipient.name, "units": list(asked.recipient.units)},
        "every": asked.every,
        "start": asked.start.isoformat(),
        "end": asked.end.isoformat(),
        "facts": answer.facts,
        "between": answer.between,
        "known": answer.known.isoformat(),
        "method": answer.method,
        "chances": [{**asdict(chance), "share": dict(chance.share)} for chance in answer.chances],
    }


def show_answer(answer: Answer, console: Console) -> None:
    """Print the chances: quad classes, then types, the most probable first."""
    asked = answer.asked
    console.print(clean(f"{asked.name}: {asked.start} up to, not including, {asked.end}"), style="bold")
    console.print(
        f"{answer.between} events between them among {answer.facts} before that day, known up to"
        f" {answer.known} · {answer.method}",
        style="dim",
    )
    if not answer.chances:
        console.print("Nothing was observed before that day: there is nothing to tell chances from.", style="yellow")
        return
    if any(chance.thin for chance in answer.chances):
        console.print(
            "Marked *: too little to learn from; a share of its class by what happened in the past, or the rate of that alone.",
            style="yellow",
        )
    table = _table("", ">at least one", ">expected", ">80 %", "rests most on")
    for part in (
        [chance for chance in answer.chances if chance.what == ANYTHING],
        [chance for chance in answer.chances if chance.what in QUADS],
        [chance for chance in answer.chances if chance.what not in (*QUADS, ANYTHING)],
    ):
        for chance in sorted(part, key=lambda one: -one.p):
            table.add_row(
                chance.what + (" *" if chance.thin else ""),
                _percent(chance.p),
                f"{chance.mean:.2f}",
                f"{chance.low}–{chance.high}" if chance.high > chance.low else f"{chance.low}",
                _rests(chance),
            )
    console.print(table)


def _rests(chance: Chance) -> str:
    """The largest parts of what a chance rests on."""
    if chance.thin:
        return ", ".join(f"{name} {value:.2f}" for name, value in chance.share)
    named = sorted((part for part in chance.share if part[0] != "base"), key=lambda part: -abs(part[1]))[:_PARTS]
    return ", ".join(f"{name} {value:+.1f}" for name, value in named if abs(value) >= 0.05) or "base rate"


def _percent(p: float) -> str:
    """A probability as a reader writes it: never 0 or 100 %."""
    if p < 0.001:
        return "< 0.1 %"
    if p > 0.999:
        return "> 99.9 %"
    return f"{100 * p:.1f} %" if p < 0.1 or p > 0.9 else f"{100 * p:.0f} %"


def scores_json(scores: Sequence[Scores]) -> list[dict[str, Any]]:
    """The scores as JSON, a row per horizon and kind of class."""
    return [asdict(one) for one in scores]


def show_scores(scores: Sequence[Scores], console: Console) -> None:
    """Print, per horizon and kind of class, the scores beside the benchmarks, coverage, and what came of what was said."""
    if not scores:
        console.print("Nothing to score: no pair has enough events before the first scored day.", style="yellow")
    for one in scores:
        console.print()
        console.print(
            f"{one.horizon}, {one.classes}: {one.pairs} pairs on {one.days} days, {one.cases} cases, at least one event in"
            f" {100 * one.happened:.1f} %",
            style="bold",
        )
        table = _table("", *(f">{_SCORE_NAMES[score]}" for score in SCORES))
        for name in (OURS, *BENCHMARKS):
            table.add_row(name, *(f"{one.scores[name][score]:.4f}" for score in SCORES))
        table.add_row("skill", *(f"{one.skill[score][0]:+.3f}" for score in SCORES), style="bold")
        table.add_row(
            "  95 % of draws", *(f"{low:+.3f} … {high:+.3f}" for _, low, high in (one.skill[score] for score in SCORES))
        )
        console.print(table)
        console.print(
            f"calibration error {one.calibration_error:.4f} · "
            + " · ".join(
                f"central {100 * c.central:.0f} %: {100 * c.seen:.1f} % seen, {100 * c.said:.1f} % said"
                for c in one.coverage
            )
        )
        table = _table("said", ">cases", ">mean said", ">came")
        for low, cases, said, came in one.reliability:
            table.add_row(
                f"{100 * low:.0f}–{100 * low + 10:.0f} %", f"{cases}", f"{100 * said:.1f} %", f"{100 * came:.1f} %"
            )
        console.print(table)


def _table(*names: str) -> Table:
    """An open table; names that begin with > are of numbers."""
    from rich.table import Table

    table = Table(box=None, show_header=True, header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
    for name in names:
        table.add_column(name.lstrip(">"), justify="right" if name.startswith(">") else "left")
    return table
