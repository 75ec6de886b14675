"""``ujar forecast``: the commands that look ahead, together."""

from __future__ import annotations

import click

from ujar.commands.forecast_odds import calibration, odds
from ujar.commands.forecast_rank import benchmark, next_
from ujar.commands.forecast_score import score


@click.group(short_help="How probable what may come is, and how such numbers came true.")
def forecast() -> None:
    """Look ahead from dated events, and keep score."""


for _command in (next_, odds, score, benchmark, calibration):
    forecast.add_command(_command)
