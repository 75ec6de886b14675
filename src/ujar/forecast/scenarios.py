"""What may come between two sides in the coming day, week or month: a short tree, with the precedents of each branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ujar.forecast.asked import facts_of
from ujar.forecast.precedents import (
    ANYTHING,
    NAMES,
    NOTHING,
    QUAD_OF,
    QUADS,
    WHATS,
    Rates,
    Window,
    dealings_of,
    is_of,
    near_windows,
    outcomes,
    rates_of_all,
    rates_of_pair,
    windows_after,
)
from ujar.forecast.report import MOVED, SEEN, Before, Branch, Case, Change, Outcome, Scenarios, Shift
from ujar.forecast.telling import deeds_of, likelihood_of, triggers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ujar.forecast.asked import Asked, Horizon
    from ujar.forecast.history import History
    from ujar.forecast.odds import Chance
    from ujar.forecast.report import Basis
    from ujar.forecast.telling import Deed
    from ujar.store import Ledger

# With fewer events between the two sides, fewer past spans that were observed, or more days before the period of which nothing
# was read, there is no forecast.
ENOUGH_EVENTS, ENOUGH_SPANS, LONGEST_GAP = 5, 8, 30
# A class with less than this is no branch of its own; so many types of a class are told, those of at least this, and all others
# of at least that.
_MATTERS, _TYPES, _TYPE_MATTERS, _TYPE_ALWAYS = 0.05, 3, 0.02, 0.2
# Cases that are told of a branch, and events of each.
_PRECEDENTS, _COUNTER, _EVENTS = 3, 2, 3
# So far from what is usual, with so few cases, a number stands alone.
_FAR, _CASES = 0.5, 3
# New events since the last outlook that are told, and last events between the two sides.
_NEW, _RECENT = 6, 4


class Forecaster(Protocol):
    """What gives probabilities: ``ujar.forecast.odds.Odds``."""

    def of(self, history: History, actor: Any, recipient: Any, horizon: Horizon, on: date, /) -> Sequence[Chance]:
        """Numbers of all types and quad classes, and of ANYTHING, in the days from ``on``, by what lies before it."""


def scenarios(
    ledger: Ledger,
    history: History,
    odds: Forecaster | None,
    asked: Asked,
    *,
    before: Before | None = None,
    observed: date | None = None,
) -> Scenarios:
    """The tree of what may come.

    Args:
        ledger: where the sentences of events, and the words for types, come from.
        history: what was known; only what lies before the period is used.
        odds: what gives probabilities; None: only numbers of all pairs.
        asked: the question.
        before: the last kept outlook for the same sides and length.
        observed: the day after the last one of the whole ledger, where ``history`` was cut; else that of ``history``.

    Raises LedgerError when the ledger cannot be read.
    """
    observed = observed or history.until
    history = history.before(asked.start)
    dealings = dealings_of(history, asked)
    general = rates_of_all(history, asked)
    own = rates_of_pair(history, asked, dealings, general)
    thin, unknown = _thin(history, asked, len(dealings), general)
    found: tuple[Outcome, ...] = ()
    basis: Basis = "none"
    if thin is None and odds is not None:
        found = _outcomes(history, odds, asked, own)
        # What gives no chance at all has nothing to go by.
        basis, thin = ("odds", None) if found else ("none", "short")
    if not found and general.share and general.spans > 1:
        basis = "all pairs"
        found = tuple(Outcome(what, general.share[what], general.share[what]) for what in (*WHATS, NOTHING))
    how, windows = "situation", list[Window]()
    if basis == "odds":
        if asked.given:
            how, windows = windows_after(history, asked, asked.given[0])
        else:
            windows = near_windows(history, asked, dealings)
    rows = dealings.rows
    tree = _Tree(history, asked, windows, outcomes(history, windows, asked.days))
    chosen = tree.chosen(found)
    recent = rows[-_RECENT:][::-1].tolist()
    start = asked.start.toordinal()
    late = rows[history.day[rows] >= start - SEEN]
    seen = tuple(history.id[row] for row in late.tolist())
    new = [row for row in late.tolist()[::-1] if before is not None and history.id[row] not in before.seen]
    if before is not None:
        # What is older than what the last outlook looked at says nothing of what came since.
        new = [row for row in new if history.day[row] >= before.start.toordinal() - SEEN]
    deeds = deeds_of(ledger, history, [*recent, *new[:_NEW], *tree.rows_of(chosen)])
    triggers = triggers_of(ledger, [what for _, types, _ in chosen for what in types])
    return Scenarios(
        asked=asked,
        basis=basis,
        thin=thin,
        unknown=unknown,
        method=_method(odds) if basis == "odds" else "",
        facts=len(history),
        between=len(dealings),
        known=history.until,
        observed=observed,
        gap=_gap(history, asked),
        spans=general.spans,
        pairs=general.pairs,
        how=how,
        recent=tuple(deeds[row] for row in recent),
        outcomes=found,
        branches=tuple(tree.branch(one, found, types, others, deeds, triggers) for one, types, others in chosen),
        change=_change(before, found, new, deeds),
        seen=seen,
    )


def _thin(history: History, asked: Asked, between: int, general: Rates) -> tuple[str | None, tuple[str, ...]]:
    """Why there can be no forecast, and which sides are not known."""
    if not len(history):
        return "empty", ()
    sides = [side for side in (asked.actor, asked.recipient) if side is not None]
    unknown = tuple(side.name for side in sides if not any(_has(history, unit) for unit in side.units))
    if unknown:
        return "unknown", unknown
    if between < ENOUGH_EVENTS:
        return "few", ()
    if general.spans < ENOUGH_SPANS:
        return "short", ()
    return ("stale", ()) if _gap(history, asked) > LONGEST_GAP else (None, ())


def _gap(history: History, asked: Asked) -> int:
    """Days before the period of which nothing is known."""
    return max(0, (asked.start - history.until).days)


def _has(history: History, unit: str) -> bool:
    """Whether there is an event by or towards a unit; ``names`` holds those of later days, too."""
    place = history.unit(unit)
    return place is not None and any(len(history.between(*way)) for way in ((place, None), (None, place)))


def _outcomes(history: History, odds: Forecaster, asked: Asked, own: Rates) -> tuple[Outcome, ...]:
    """The numbers with what is supposed, and without."""
    plainly = _chances(history, odds, asked)
    supposed = _chances(history.plus(facts_of(asked)), odds, asked) if asked.given else plainly
    if not plainly:
        return ()
    out = []
    for what in (*WHATS, NOTHING):
        if what == NOTHING:
            p, p_without = (1 - chances[ANYTHING].p for chances in (supposed, plainly))
            out.append(Outcome(what, p, own.share[what], without=p_without if asked.given else None))
            continue
        now, was = supposed.get(what), plainly.get(what)
        if now is None:
            continue
        out.append(
            Outcome(
                what, now.p, own.share[what], now.mean, now.low, now.high, tuple(now.shape), tuple(now.share),
                was.p if was is not None and asked.given else None,
                was.mean if was is not None and asked.given else None,
            )
        )  # fmt: skip
    return tuple(out)


def _chances(history: History, odds: Forecaster, asked: Asked) -> dict[str, Chance]:
    def units(side: tuple[str, ...]) -> str | tuple[str, ...]:
        known = tuple(unit for unit in side if history.unit(unit) is not None)
        return known[0] if len(known) == 1 else known

    recipient = units(asked.recipient.units) if asked.recipient else None
    found = odds.of(history, units(asked.actor.units), recipient, asked.every, asked.start)
    return {chance.what: chance for chance in found}


def _method(odds: Forecaster | None) -> str:
    return str(getattr(odds, "version", None) or type(odds).__name__)


def _change(before: Before | None, found: tuple[Outcome, ...], new: list[int], deeds: dict[int, Deed]) -> Change | None:
    if before is None:
        return None
    shifts = [
        Shift(one.what, before.chances[one.what], now)
        for one in found
        if one.what in before.chances
        for now in (one.p if one.without is None else one.without,)
        if abs(round(now * 100) - round(before.chances[one.what] * 100)) >= MOVED
    ]
    shifts.sort(key=lambda s: (-abs(s.now - s.before), s.what))
    return Change(before.name, before.start, tuple(shifts), tuple(deeds[row] for row in new[:_NEW]), len(new))


@dataclass(frozen=True, slots=True)
class _Tree:
    """What the branches are made from: the cases and what followed each."""

    history: History
    asked: Asked
    windows: list[Window]
    after: list[NDArray[np.int64]]

    def chosen(self, found: tuple[Outcome, ...]) -> list[tuple[str, list[str], float | None]]:
        """The branches: what, its types, and the highest probability of its other types; the likeliest first."""
        numbers = {one.what: one for one in found}

        def most(what: str) -> float:
            one = numbers[what]
            return max(one.p, one.without or 0.0)

        quads = sorted((q for q in QUADS if q in numbers), key=lambda q: (-numbers[q].p, q))
        kept = [q for q in quads if round(most(q), 2) >= _MATTERS] or quads[:1]
        out: list[tuple[str, list[str], float | None]] = []
        for quad in kept:
            types = sorted(
                (n for n, q in zip(NAMES, QUAD_OF, strict=True) if q == QUADS.index(quad) + 1 and n in numbers),
                key=lambda n: (-numbers[n].p, n),
            )
            least = [_TYPE_MATTERS] * _TYPES + [_TYPE_ALWAYS] * len(types)
            shown = [n for n, at in zip(types, least, strict=False) if most(n) >= at] or types[:1]
            rest = [numbers[n].p for n in types if n not in shown]
            out.append((quad, shown, max(rest) if rest else None))
        if NOTHING in numbers:
            out.append((NOTHING, [], None))
        return sorted(out, key=lambda one: -numbers[one[0]].p)

    def rows_of(self, chosen: list[tuple[str, list[str], float | None]]) -> list[int]:
        """Rows that the cases of some branches tell of."""
        out: list[int] = []
        for what, types, _ in chosen:
            for name in (what, *types):
                for number in (n for some in self._told(name) for n in some):
                    out += [*self.windows[number].done, *self._hits(number, name)[:_EVENTS]]
        return out

    def branch(
        self,
        what: str,
        found: tuple[Outcome, ...],
        types: list[str],
        others: float | None,
        deeds: dict[int, Deed],
        triggers: dict[str, tuple[tuple[str, int], ...]],
    ) -> Branch:
        """A branch with its cases and its own branches."""
        outcome = next(one for one in found if one.what == what)
        yes, no = self._told(what)
        return Branch(
            outcome,
            likelihood_of(outcome.p),
            len(self.windows),
            sum(self._came(number, what) for number in range(len(self.windows))),
            tuple(self._case(number, what, deeds) for number in yes),
            tuple(self._case(number, what, deeds) for number in no),
            triggers.get(what, ()),
            tuple(self.branch(name, found, [], None, deeds, triggers) for name in types),
            others,
            self._doubt(outcome),
        )

    def _doubt(self, outcome: Outcome) -> Literal["alone"] | None:
        """Why the probability of a branch deserves little trust."""
        alone = len(self.windows) < _CASES and abs(outcome.p - outcome.base) >= _FAR
        return "alone" if alone and outcome.mean is not None else None

    def _hits(self, number: int, what: str) -> list[int]:
        rows = self.after[number]
        return [int(row) for row in rows[is_of(self.history, rows, what)]]

    def _came(self, number: int, what: str) -> bool:
        return bool(self._hits(number, what)) != (what == NOTHING)

    def _told(self, what: str) -> tuple[list[int], list[int]]:
        """The cases that are told: those in which it came, and those in which not; the nearest, the latest first."""
        every = sorted(range(len(self.windows)), key=lambda n: self.windows[n].distance or 0.0)
        yes = [n for n in every if self._came(n, what)][:_PRECEDENTS]
        no = [n for n in every if not self._came(n, what)][:_COUNTER]
        return sorted(yes), sorted(no)

    def _case(self, number: int, what: str, deeds: dict[int, Deed]) -> Case:
        window, hits = self.windows[number], self._hits(number, what)
        return Case(
            window.start,
            window.start + timedelta(days=self.asked.days),
            window.distance,
            tuple(deeds[row] for row in window.done),
            tuple(deeds[row] for row in hits[:_EVENTS]),
            len(hits),
        )
