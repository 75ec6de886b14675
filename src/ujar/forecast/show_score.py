"""How outlooks came true, as text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ujar.forecast.telling import percent, teller, what_words
from ujar.write import clean, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from ujar.forecast.score import Miss, Score, Scored


def show_score(found: Scored, console: Console, language: str) -> None:
    """Print the scores by length, calibration, and the largest misses; or that there is nothing to score yet."""
    tell = teller(language)

    def line(text: str, *, style: str = "", indent: int = 0, hang: int = 0) -> None:
        from rich.text import Text

        put(console, Text(text, style=style), indent, hang)

    line(tell("scores"), style="bold")
    line(" · ".join(tallies(found, tell)), style="dim")
    if not found.scored:
        line(tell("scores_none" if found.kept else "scores_no_outlooks"), style="yellow")
        if found.first:
            line(tell("scores_first", day=found.first))
        return
    for score in found.scores:
        console.print()
        _one(score, line, tell)
    if found.misses:
        console.print()
        line(tell("misses"), style="bold")
        for miss in found.misses:
            _miss(miss, line, tell, language)


def tallies(found: Scored, tell: Callable[..., str]) -> list[str]:
    """How many outlooks there are, and why some do not count."""
    out = [f"{found.scored} {tell('outlooks')}"]
    names = ("waiting", "given", "thin", "late", "unread", "replaced", "unreadable")
    return [*out, *(tell(f"scores_{name}", number=number) for name in names if (number := getattr(found, name)))]


def _one(score: Score, line: Callable[..., None], tell: Callable[..., str]) -> None:
    line(f"{tell(f'every_{score.every}')}, {tell(f'level_{score.level}')}", style="bold")
    line(
        f"{score.outlooks} {tell('outlooks')} · {score.number} {tell('probabilities')} · {tell('bin_came')} {score.came}",
        indent=2,
        style="dim",
    )
    bits = [
        f"{tell('brier')} {score.brier:.4f}",
        f"{tell('brier_base')} {score.brier_base:.4f}",
    ]
    if score.skill is not None:
        bits.append(f"{tell('skill')} {score.skill:+.3f}")
    bits.append(f"{tell('log_score')} {score.log_score:.4f}")
    if score.crps is not None:
        bits.append(f"{tell('crps')} {score.crps:.4f}")
    if score.coverage is not None:
        bits.append(f"{tell('coverage')} {round(score.coverage * 100)} %")
    bits.append(f"{tell('ece')} {score.ece:.3f}")
    line(" · ".join(bits), indent=2, hang=2)
    line(
        f"{tell('bin'):>12}  {tell('bin_mean'):>10}  {tell('bin_came'):>10}  {tell('bin_n'):>8}", indent=2, style="dim"
    )
    for one in score.bins:
        if one.number:
            span = f"{round(one.low * 100)}–{round(one.high * 100)} %"
            line(
                f"{span:>12}  {percent(one.mean or 0):>10}  {round((one.came or 0) * 100):>8} %  {one.number:>8}",
                indent=2,
            )


def _miss(miss: Miss, line: Callable[..., None], tell: Callable[..., str], language: str) -> None:
    said = tell("miss_came" if miss.number else "miss_not", p=percent(miss.p))
    last = miss.end - timedelta(days=1)
    span = f"{miss.start}" if last == miss.start else tell("span_of", start=miss.start, last=last)
    line(f"{clean(miss.pair)}: {what_words(miss.what, language)}", style="cyan", indent=2, hang=2)
    line(f"{tell(f'every_{miss.every}')} {span} · {said}", indent=4, hang=2)
    if miss.ids:
        more = f" + {miss.number - len(miss.ids)}" if miss.number > len(miss.ids) else ""
        line(f"{', '.join(map(clean, miss.ids))}{more}", indent=4, hang=2, style="dim")
