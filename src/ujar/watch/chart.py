"""The chart of a watch, with matplotlib: events of conflict and cooperation by period, the balance, and what is usual."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ujar.errors import InputError, UsageError, missing_extra
from ujar.watch.usual import PAST

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ujar.watch.report import Measure, Report

# Blue and orange are told apart by nearly everybody, on light and on dark.
_FOR, _AGAINST, _LINE = "#3b82c4", "#d9722e", "#7a6fb0"
_INK = "#222222"


def write_chart(report: Report, path: Path) -> None:
    """Write the chart to a file, SVG or PNG by its ending; raises UjarError for another, or without matplotlib."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png"):
        raise UsageError("bad-chart", f"{path.name} is neither .svg nor .png", "name the file chart.svg or chart.png")
    data = _drawn(report, kind)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            "cannot-write", f"{path} cannot be written ({error.strerror or error})", "choose another file"
        ) from error


def _drawn(report: Report, kind: str) -> bytes:
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise missing_extra("ledger", "the chart") from error
    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "ujar",
        "font.family": "sans-serif",
        "font.size": 9,
        "text.color": _INK,
        "axes.edgecolor": _INK,
        "axes.labelcolor": _INK,
        "axes.titlecolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        # A name with a dollar sign is no formula.
        "text.parse_math": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(9, 5), layout="constrained")
        _draw(report, figure)
        out = io.BytesIO()
        what = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=144, metadata=what)
    return out.getvalue()


def _draw(report: Report, figure: Figure) -> None:
    points = report.timeline[-PAST:]
    at = list(range(len(points)))
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    figure.suptitle(f"{report.question.name}: {report.period.every} by {report.period.every} to {report.period.name}")

    for sign, colour, name in ((1, _FOR, "cooperation"), (-1, _AGAINST, "conflict")):
        measures: list[Measure] = [getattr(point, name) for point in points]
        _band(top, measures, sign, colour)
        bars = top.bar(at, [sign * (m.value or 0) for m in measures], width=0.7, color=colour, label=name)
        for bar, measure in zip(bars, measures, strict=True):
            if measure.unusual:
                bar.set_edgecolor(_INK)
                bar.set_linewidth(1.4)
    top.axhline(0, color=_INK, linewidth=0.8)
    top.set_ylabel("events")
    top.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    top.yaxis.get_major_locator().set_params(integer=True)
    for place, point in zip(at, points, strict=True):
        if not point.articles:
            # Nothing read is not nothing done.
            for axes in (top, bottom):
                axes.axvspan(place - 0.5, place + 0.5, color=_INK, alpha=0.06, linewidth=0)

    _band(bottom, [point.balance for point in points], 1, _LINE)
    values = [point.balance.value for point in points]
    bottom.plot(
        at, [float("nan") if v is None else v for v in values], color=_LINE, marker="o", markersize=4, label="balance"
    )
    bottom.axhline(0, color=_INK, linewidth=0.8)
    bottom.set_ylim(-10.5, 10.5)
    bottom.set_yticks([-10, -5, 0, 5, 10])
    bottom.set_ylabel("balance\n← conflict   cooperation →")
    step = max(1, len(points) // 9)
    # Counted from the end, so that the period itself is named.
    shown = at[::-1][::step][::-1]
    bottom.set_xticks(shown, [points[i].period.name for i in shown], rotation=30, ha="right")
    bottom.set_xlim(-0.6, len(points) - 0.4)
    _legend(top, bottom)


def _band(axes: Axes, measures: list[Measure], sign: int, colour: str) -> None:
    """The usual range of each period, shaded; none where there is none."""
    for place, measure in enumerate(measures):
        if measure.low is not None and measure.high is not None:
            axes.fill_between(
                [place - 0.5, place + 0.5],
                sign * measure.low,
                sign * measure.high,
                color=colour,
                alpha=0.22,
                linewidth=0,
            )


def _legend(top: Axes, bottom: Axes) -> None:
    from matplotlib.patches import Patch

    handles, labels = top.get_legend_handles_labels()
    more, names = bottom.get_legend_handles_labels()
    extra = [
        (Patch(facecolor=_LINE, alpha=0.22), "usual range"),
        (Patch(facecolor="none", edgecolor=_INK, linewidth=1.4), "unusual"),
        (Patch(facecolor=_INK, alpha=0.06), "nothing read"),
    ]
    figure = top.get_figure()
    if figure is not None:
        figure.legend(
            [*handles, *more, *(patch for patch, _ in extra)],
            [*labels, *names, *(name for _, name in extra)],
            loc="outside lower center",
            ncols=6,
            frameon=False,
        )
