"""Scenarios as text, in Indonesian or English."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ujar.forecast.precedents import NOTHING, QUADS
from ujar.forecast.report import MOVED
from ujar.forecast.scenarios import ENOUGH_EVENTS, ENOUGH_SPANS
from ujar.forecast.telling import likelihoods, looks_like, percent, rests_on, teller, what_words
from ujar.write import clean, put

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from ujar.forecast.outlooks import Kept
    from ujar.forecast.report import Branch, Case, Outcome, Scenarios
    from ujar.forecast.telling import Deed


def show_scenarios(found: Scenarios, console: Console, language: str, kept: Kept | None = None) -> None:
    """Print the tree: what is asked, what has changed, then the branches with their precedents, the likeliest first."""
    _Page(found, console, language).print(kept)


class _Page:
    """The sections of one tree, each on its own."""

    def __init__(self, found: Scenarios, console: Console, language: str) -> None:
        self.found = found
        self.console = console
        self.language = language
        self.tell = teller(language)

    def print(self, kept: Kept | None) -> None:
        """All sections."""
        self.head()
        if self.found.thin is not None:
            self.thin()
        self.changed(kept)
        for branch in self.found.branches:
            self.branch(branch)
        if self.found.basis == "odds":
            self.legend()
        self.foot(kept)

    def line(self, text: str, *, style: str = "", indent: int = 0, hang: int = 0) -> None:
        """A text, wrapped; ``hang``: how much farther in its second line begins."""
        from rich.text import Text

        put(self.console, Text(text, style=style), indent, hang)

    def head(self) -> None:
        found, asked, tell = self.found, self.found.asked, self.tell
        self.line(f"{clean(asked.name)}: {tell(f'coming_{asked.every}')}", style="bold")
        known = tell(
            "known" if asked.recipient else "known_one",
            until=_day_before(found.known),
            facts=found.facts,
            between=found.between,
        )
        name = "span" if asked.days > 1 else "span_one"
        self.line(
            f"{tell(name, start=asked.start, last=_day_before(asked.end), days=asked.days)} · {known}", style="dim"
        )
        for side in (asked.actor, asked.recipient):
            if side is not None and side.bloc:
                # The first unit is the bloc itself.
                self.line(tell("bloc", name=clean(side.name), number=len(side.units) - 1), style="dim")
            if side is not None and side.person:
                self.line(tell("stands_for", person=clean(side.asked), name=clean(side.name)), style="dim")
        if found.gap:
            self.line(tell("gap", days=found.gap), style="yellow")
        for given in asked.given:
            text = f"{clean(given.actor.name)} {given.type} {clean(given.recipient.name)}"
            self.line(tell("given", day=_day_before(asked.start), text=text), style="yellow")

    def thin(self) -> None:
        """That and why there is no forecast, and what the numbers are that are shown instead."""
        found, tell = self.found, self.tell
        self.console.print()
        self.line(tell("thin"), style="bold yellow")
        for name in found.unknown:
            self.line(tell("thin_unknown", name=clean(name)), indent=2)
        if found.thin != "unknown":
            why = tell(
                f"thin_{found.thin}",
                between=found.between,
                few=ENOUGH_EVENTS,
                spans=found.spans,
                short=ENOUGH_SPANS,
                gap=found.gap,
            )
            self.line(why, indent=2)
        if found.basis == "all pairs":
            name = "general" if found.asked.recipient else "general_one"
            self.line(tell(name, pairs=found.pairs, spans=found.spans), indent=2)
        else:
            self.line(tell("no_numbers"), indent=2)

    def changed(self, kept: Kept | None) -> None:
        """What has changed since the last outlook."""
        found, tell = self.found, self.tell
        if found.basis != "odds":
            return
        if found.change is None:
            if kept is not None and kept.name and not kept.before and not found.asked.given:
                self.console.print()
                self.line(tell("first_outlook"), style="dim")
            return
        self.console.print()
        self.line(tell("changed", start=found.change.start), style="bold")
        for shift in found.change.moved:
            points = round(shift.now * 100) - round(shift.before * 100)
            row = tell(
                "changed_row", what=what_words(shift.what, self.language), before=percent(shift.before),
                now=percent(shift.now), move=f"{points:+d}",
            )  # fmt: skip
            self.line(row, indent=2, hang=2)
        if not found.change.moved:
            self.line(tell("changed_none", least=MOVED), indent=2, style="dim")
        if found.change.number:
            self.line(f"{tell('new_events')}: {found.change.number}", indent=2)
            for deed in found.change.new:
                self.deed(deed, 4)
        else:
            self.line(tell("no_new"), indent=2, style="dim")

    def branch(self, branch: Branch) -> None:
        """A branch of the first level, and its types below it."""
        self.console.print()
        self.line(self._head(branch), style="bold", hang=2)
        self.numbers(branch, 2)
        self.cases(branch, 2)
        for one in branch.branches:
            self.line(self._head(one), style="cyan", indent=2, hang=2)
            self.numbers(one, 4, above=branch)
            self.dates(one, 4)
            self.news(one, 4)
        if branch.others is not None and self.found.basis == "odds":
            self.line(self.tell("more_types", p=f"{int(branch.others * 100) + 1} %"), indent=2, style="dim")

    def _head(self, branch: Branch) -> str:
        outcome = branch.outcome
        words = what_words(outcome.what, self.language)
        if self.found.basis != "odds":
            return f"{words} · {percent(outcome.p)} ({self.tell('general_mark')})"
        said = getattr(branch.likelihood, self.language)
        return f"{words} · {percent(outcome.p)} · {said}"

    def numbers(self, branch: Branch, indent: int, *, above: Branch | None = None) -> None:
        """The expected number and the base rate; beside what it would be without what is supposed."""
        outcome, tell = branch.outcome, self.tell
        if self.found.basis != "odds":
            return
        bits = []
        if outcome.mean is not None:
            bits.append(tell("expected", mean=_number(outcome.mean), low=outcome.low, high=outcome.high))
        bits.append(tell("usual", p=percent(outcome.base)))
        self.line(" · ".join(bits), style="dim", indent=indent, hang=2)
        if outcome.without is not None:
            self.line(self._supposed(outcome), indent=indent, hang=2, style="yellow")
        if branch.doubt is not None and (above is None or above.doubt is None):
            self.line(tell(f"doubt_{branch.doubt}"), indent=indent, hang=2, style="yellow")
        if outcome.what in QUADS and outcome.share:
            self.line(rests_on(outcome.share, self.language), style="dim", indent=indent, hang=2)

    def _supposed(self, outcome: Outcome) -> str:
        tell, without = self.tell, outcome.without or 0.0
        points = round(outcome.p * 100) - round(without * 100)
        return f"{tell('without')} {percent(without)} · {tell('with')} {percent(outcome.p)} · {tell('difference')} {points:+d}"

    def counted(self, branch: Branch, indent: int) -> bool:
        """In how many cases it came; whether there are any."""
        found, tell = self.found, self.tell
        if found.basis != "odds":
            return False
        if not branch.cases:
            self.line(tell("cases_none" if found.how == "situation" else "case_none_given"), indent=indent, style="dim")
            return False
        name = "cases" if found.how == "situation" else f"cases_{found.how}"
        self.line(tell(name, k=branch.followed, n=branch.cases), indent=indent, hang=2)
        return True

    def cases(self, branch: Branch, indent: int) -> None:
        """In how many cases it came, and the cases in full."""
        if not self.counted(branch, indent):
            return
        for heading, cases in (("precedents", branch.precedents), ("counter", branch.counter)):
            if cases:
                self.line(f"{self.tell(heading)}:", indent=indent, style="dim")
            for case in cases:
                self.case(case, branch.outcome.what, indent + 2)

    def dates(self, branch: Branch, indent: int) -> None:
        """In how many cases it came, and their days: what they were stands with the quad class, or in the JSON."""
        # That there is no case stands with the quad class.
        if not branch.cases or not self.counted(branch, indent):
            return
        if branch.precedents:
            days = ", ".join(
                f"{_day_before(case.start)} → {case.followed[0].day} {clean(case.followed[0].id)}"
                for case in branch.precedents
            )
            self.line(f"{self.tell('precedents')}: {days}", style="dim", indent=indent, hang=2)
        if branch.counter:
            days = ", ".join(str(_day_before(case.start)) for case in branch.counter)
            self.line(f"{self.tell('counter')}: {days}", style="dim", indent=indent, hang=2)

    def case(self, case: Case, what: str, indent: int) -> None:
        """One case: what was done before, and what followed."""
        tell = self.tell
        if case.done:
            for deed in case.done[-2:]:
                self.deed(deed, indent)
        else:
            name = "quiet" if self.found.asked.recipient else "quiet_one"
            quiet = tell(name, days=self.found.looked_back)
            self.line(f"{_day_before(case.start)}  {quiet}", indent=indent, hang=2)
        if not case.followed:
            days = (case.end - case.start).days
            name = "then_quiet" if what == NOTHING else "then_nothing"
            self.line(f"→ {tell(name, days=days)}", indent=indent + 2, hang=2, style="dim")
        for number, deed in enumerate(case.followed):
            self.deed(deed, indent + 2, before=f"→ {tell('then')} " if not number else "→ ", sentence=not number)
        if case.number > len(case.followed):
            self.line(f"→ + {case.number - len(case.followed)}", indent=indent + 2, style="dim")

    def deed(self, deed: Deed, indent: int, *, before: str = "", sentence: bool = True) -> None:
        """An event: day, who did what to whom, its id, and the sentence where there is one."""
        bits = f"{before}{deed.day}  {clean(deed.actor_name)} {deed.type} {clean(deed.recipient_name)}"
        self.line(f"{bits} · {clean(deed.id)}", indent=indent, hang=2)
        if deed.sentence and sentence:
            outlet = f" ({clean(deed.outlet)})" if deed.outlet else ""
            self.line(f"“{_cut(deed.sentence)}”{outlet}", indent=indent + 2, hang=1, style="dim")

    def news(self, branch: Branch, indent: int) -> None:
        """What a type looks like in the news."""
        if self.found.basis != "odds":
            return
        type_ = branch.outcome.what
        text = f"{self.tell('watch_for')}: {looks_like(type_, self.language)}"
        if branch.triggers:
            seen = ", ".join(f"“{clean(word)}” {number}" for word, number in branch.triggers)
            text += f"; {self.tell('seen_words')}: {seen}"
        self.line(text, indent=indent, hang=2, style="green")

    def legend(self) -> None:
        self.console.print()
        words = ", ".join(
            f"{getattr(one, self.language)} {one.low}–{min(one.high, 100)} %" for one in reversed(likelihoods())
        )
        self.line(f"{self.tell('probability_words')}: {words}", style="dim", hang=2)
        self.line(f"{self.tell('by_method')}: {clean(self.found.method)}", style="dim", hang=2)

    def foot(self, kept: Kept | None) -> None:
        if kept is None:
            return
        if kept.name is None:
            self.line(self.tell("not_kept", why=clean(kept.why or "?")), style="yellow")
        else:
            self.line(self.tell("kept_before" if kept.before else "kept", name=kept.name), style="dim", hang=2)
            if self.found.asked.given:
                self.line(self.tell("given_note"), style="dim")


def _number(mean: float) -> str:
    return f"{mean:.1f}" if mean >= 0.1 else "< 0.1"


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _cut(text: str, most: int = 220) -> str:
    bare = clean(text)
    return bare if len(bare) <= most else bare[: bare.rfind(" ", 0, most)] + " …"
