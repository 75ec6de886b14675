"""The watch as text: what an editor reads first comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.events.plover import SYMMETRIC
from ujar.write import clean, put

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console
    from rich.table import Table

    from ujar.watch.report import Change, Condition, Measure, NewEvent, Report, Speaker, Told, Towards

# So many entries of a list; the others are in the JSON.
_LINES = 8
_QUADS = ("words for", "deeds for", "words against", "deeds against")
_MORE = {"more": "more than usual", "less": "less than usual"}
_BALANCE = {"more": "friendlier than usual", "less": "more hostile than usual"}
_KINDS = {
    "denied after announced": "first told, now denied",
    "announced after denied": "first denied, now told",
    "turned against": "was for, is now against",
    "turned towards": "was against, is now for",
}


def show_report(report: Report, console: Console) -> None:
    """Print a report: the period and what is unusual, then what is new, changed, contradicted, conditional, then who spoke."""
    _Page(report, console).print()


class _Page:
    """The sections of one report, each on its own."""

    def __init__(self, report: Report, console: Console) -> None:
        self.report = report
        self.console = console

    def print(self) -> None:
        """All sections; those with nothing to say are left out."""
        self.head()
        report = self.report
        if not report.statements.value and not report.conflict.value and not report.cooperation.value:
            self.line("Nothing was said or done in this period, as far as the ledger knows.", style="yellow")
        else:
            self.numbers()
        self.new()
        self.changes("changed", "Changed", report.changed)
        self.changes("contradicted", "Told differently", report.contradicted)
        self.conditional()
        self.towards()
        self.speakers()

    def line(self, text: str, *, style: str = "", indent: int = 0, hang: int = 0) -> None:
        """A text, wrapped; ``hang``: how much farther in its second line begins."""
        from rich.text import Text

        put(self.console, Text(text, style=style), indent, hang)

    def table(self, table: Table) -> None:
        """A table, without the spaces that fill its last column."""
        from rich.text import Text

        with self.console.capture() as drawn:
            self.console.print(table)
        for row in drawn.get().splitlines():
            self.console.print(Text.from_ansi(row.rstrip()))

    def heading(self, text: str, total: int = 0, shown: int = 0) -> None:
        """A heading; how many there are when not all are shown."""
        from rich.text import Text

        self.console.print()
        out = Text(text, style="bold")
        if total > shown:
            out.append(f"  {shown} of {total}", style="dim")
        self.console.print(out)

    def head(self) -> None:
        report = self.report
        period = report.period
        days = f"{period.start}" if period.every == "day" else f"{period.start} up to, not including, {period.end}"
        self.line(f"{clean(report.question.name)}: {_period_name(report)}", style="bold")
        where = [days, report.zone]
        if not report.asked:
            where.append("the last period with anything on it")
        self.line(" · ".join(where), style="dim")
        if report.first_day and report.last_day:
            self.line(
                f"articles read of it: {report.articles} (copies counted once) · the ledger goes from {report.first_day} to"
                f" {report.last_day}",
                style="dim",
            )
        else:
            self.line("the ledger is empty", style="dim")

    def numbers(self) -> None:
        """The counts beside what is usual, and the balance."""
        from rich.table import Table

        report = self.report
        self.console.print()
        unusual = report.unusual
        if unusual:
            for measure in unusual:
                self.line(_unusual(measure), style="bold yellow")
        elif report.statements.why_none is None:
            self.line("Nothing unusual in the numbers.", style="green")
        table = Table(box=None, show_header=True, header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
        table.add_column("")
        table.add_column("now", justify="right")
        table.add_column("usual", justify="right")
        table.add_column("")
        for measure in (report.statements, report.cooperation, *report.quads[:2], report.conflict, *report.quads[2:]):
            name = (
                measure.name
                if measure in (report.statements, report.cooperation, report.conflict)
                else f"  {measure.name}"
            )
            table.add_row(
                name, f"{measure.value:g}", _range(measure), _MORE[measure.unusual] if measure.unusual else ""
            )
        balance = report.balance
        if balance.value is not None:
            table.add_row(
                "balance",
                f"{balance.value:+.1f}",
                _range(balance),
                _BALANCE[balance.unusual] if balance.unusual else "",
            )
        self.table(table)
        for measure, of in ((report.statements, "no usual range yet"), (balance, "no usual balance yet")):
            if measure.why_none and measure.value is not None:
                self.line(f"{of}: {measure.why_none}", style="dim")
        bits = []
        if report.reports > (report.statements.value or 0):
            bits.append(f"{report.reports} reports of the statements in all outlets")
        if report.claimed:
            bits.append(f"{report.claimed} of the events are somebody's claim")
        if report.not_actual:
            bits.append("not counted: " + ", ".join(f"{n} {status}" for status, n in report.not_actual.items()))
        if bits:
            self.line(" · ".join(bits), style="dim")

    def new(self) -> None:
        report = self.report
        if not report.new_read and report.articles:
            self.heading("New")
            self.line(
                f"What is new cannot be told: the ledger has no article of the {report.new_for} days before.",
                style="dim",
                indent=2,
            )
        elif report.new:
            shown = report.new[:_LINES]
            self.heading("New", report.totals["new"], len(shown))
            self.line(
                f"Nothing of the kind in the {report.new_for} days before; the ledger has articles of {report.new_read} of them.",
                style="dim" if report.new_read > report.new_for / 2 else "yellow",
                indent=2,
            )
            for event in shown:
                self.line(_new(event), style="cyan", indent=2, hang=2)
                self.told(event.told)
        if report.new_speakers and report.question.name != "everything":
            shown_speakers = report.new_speakers[:_LINES]
            self.heading("Heard on this for the first time", report.totals["new_speakers"], len(shown_speakers))
            for speaker in shown_speakers:
                where = f" ({speaker.country})" if speaker.country else ""
                self.line(f"{clean(speaker.name)}{where}", style="cyan", indent=2)
                self.line(f"{_cut(speaker.content)}", indent=4)
                self.line(f"{speaker.day} · {speaker.id}", style="dim", indent=4)

    def changes(self, which: str, heading: str, changes: tuple[Change, ...]) -> None:
        if not changes:
            return
        shown = changes[:_LINES]
        self.heading(heading, self.report.totals[which], len(shown))
        for change in shown:
            towards = f" → {clean(change.towards)}" if change.towards else ""
            what = _KINDS[change.kind] if change.kind else f"{change.after.type}: told and denied"
            self.line(f"{clean(change.who)}{towards}: {what}", style="cyan", indent=2)
            for told in (change.before, change.after):
                self.told(told, kind=True)

    def conditional(self) -> None:
        report = self.report
        if not report.conditional:
            return
        shown = report.conditional[:_LINES]
        self.heading("On the table", report.totals["conditional"], len(shown))
        for condition in shown:
            self.line(_condition(condition), style="cyan", indent=2, hang=2)
            since = f"since {condition.since}"
            if condition.times > 1:
                since += f", on {condition.times} days, last {condition.last}"
            self.line(_cut(condition.told.sentence), indent=4)
            self.line(" · ".join((since, *_source(condition.told)[1:])), style="dim", indent=4)

    def towards(self) -> None:
        report = self.report
        if not report.towards:
            return
        from rich.table import Table

        shown = report.towards[: 2 * _LINES]
        self.heading("Who did what to whom", report.totals["towards"], len(shown))
        table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("  ")
        for name in _QUADS:
            table.add_column(name, justify="right")
        table.add_column("balance", justify="right")
        table.add_column("mostly")
        for row in shown:
            counts = [str(n) if n else "·" for n in row.quads]
            table.add_row(f"  {_sides(row)}", *counts, f"{row.score:+.1f}", row.type)
        self.table(table)

    def speakers(self) -> None:
        report = self.report
        if report.speakers:
            shown = report.speakers[: 2 * _LINES]
            self.heading("Who spoke", report.totals["speakers"], len(shown))
            for speaker in shown:
                self.line(_speaker(speaker), indent=2, hang=5)
        if report.named:
            self.heading("On whom")
            self.line(", ".join(f"{clean(n.name)} {n.statements}" for n in report.named), indent=2)
        if report.words:
            self.heading("Words of this period, more than before")
            self.line(", ".join(f"{clean(w.word)} {w.statements}" for w in report.words), indent=2)

    def told(self, told: Told, *, kind: bool = False) -> None:
        """The sentence of an event, and where it stands."""
        self.line(_cut(told.sentence), indent=4)
        bits = _source(told)
        if kind:
            bits.insert(1, f"{told.type} {told.status}")
        self.line(" · ".join(bits), style="dim", indent=4)


def _period_name(report: Report) -> str:
    period = report.period
    if period.every == "day":
        return f"{period.start:%A} {period.name}"
    return f"{period.every} {period.name}"


def _unusual(measure: Measure) -> str:
    if measure.name == "balance":
        how = _BALANCE[measure.unusual or "more"]
        return f"Unusual: the balance is {measure.value:+.1f}, {how} ({_range(measure)})."
    how = _MORE[measure.unusual or "more"]
    return f"Unusual: {measure.value:g} {_noun(measure)}, {how} ({_range(measure)})."


def _noun(measure: Measure) -> str:
    return measure.name if measure.name == "statements" else f"events of {measure.name}"


def _range(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return "–"
    form = "{:+.1f}" if measure.name == "balance" else "{:g}"
    return f"{form.format(measure.low)} to {form.format(measure.high)}"


def _new(event: NewEvent) -> str:
    since = f"the first since {event.last}" if event.last else "the first in the ledger"
    also = f", {event.reports} reports" if event.reports > 1 else ""
    way = "↔" if event.told.type in SYMMETRIC else "→"
    return f"{event.told.type}  {clean(event.actor_name)} {way} {clean(event.recipient_name)}: {since}{also}"


def _condition(condition: Condition) -> str:
    to = f" → {clean(', '.join(condition.to))}" if condition.to else ""
    what = f": if {clean(condition.condition)}" if condition.condition else ""
    return f"{condition.kind}  {clean(', '.join(condition.who))}{to}{what}"


def _sides(row: Towards) -> str:
    return f"{clean(row.actor_name)} {'↔' if row.mutual else '→'} {clean(row.recipient_name)}"


def _speaker(speaker: Speaker) -> str:
    office = f", {clean(speaker.office.split(';')[0])}" if speaker.office else ""
    country = f" ({speaker.country})" if speaker.country else ""
    reports = f", {speaker.reports} reports" if speaker.reports > speaker.statements else ""
    about = f" · on {clean(', '.join(speaker.about))}" if speaker.about else ""
    return f"{speaker.statements:>3}  {clean(speaker.name)}{office}{country}{reports}{about}"


def _source(told: Told) -> list[str]:
    bits: list[date | str | None] = [told.day, clean(told.outlet) if told.outlet else None]
    if told.teller:
        bits.append(f"says {clean(told.teller)}")
    return [str(b) for b in (*bits, told.id) if b]


def _cut(text: str, most: int = 300) -> str:
    """A text of a line or three: a quotation of a whole paragraph is cut at a word."""
    bare = clean(text)
    return bare if len(bare) <= most else bare[: bare.rfind(" ", 0, most)] + " …"
