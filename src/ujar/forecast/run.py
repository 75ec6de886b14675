"""From a ledger and a question to scenarios; what was fitted is remembered while the ledger stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from ujar.forecast.asked import asked_of, first_day
from ujar.forecast.history import history_of
from ujar.forecast.outlooks import last_before
from ujar.forecast.scenarios import scenarios

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from ujar.forecast.asked import Horizon
    from ujar.forecast.history import History
    from ujar.forecast.odds import Chance
    from ujar.forecast.report import Scenarios
    from ujar.forecast.scenarios import Forecaster
    from ujar.store import Ledger

# So many first days are remembered.
_MOST = 4


def _fit(history: History, until: date) -> Forecaster:
    from ujar.forecast.odds import fit

    return fit(history, until=until)


@dataclass(slots=True)
class _Later:
    """A forecaster that is fitted when it is first asked: where the ledger is too thin, never.

    Attributes:
        history: what it is fitted to.
        until: the day before which that lies.
        fit: what fits it.
    """

    history: History
    until: date
    fit: Callable[[History, date], Forecaster]
    _odds: Forecaster | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def version(self) -> str:
        """Of what was fitted, as it calls itself."""
        odds = self._fitted()
        return str(getattr(odds, "version", None) or type(odds).__name__)

    def of(self, history: History, actor: Any, recipient: Any, horizon: Horizon, on: date, /) -> Sequence[Chance]:
        """See ``Odds.of``."""
        return self._fitted().of(history, actor, recipient, horizon, on)

    def _fitted(self) -> Forecaster:
        with self._lock:
            if self._odds is None:
                self._odds = self.fit(self.history, self.until)
            return self._odds


@dataclass(slots=True)
class Memory:
    """What was found of a ledger: its history, and what was fitted to it. Safe for threads: a fit is waited for.

    Attributes:
        fit: what makes a forecaster of a history.
    """

    fit: Callable[[History, date], Forecaster] = _fit
    _state: object = None
    _whole: History | None = None
    _fitted: OrderedDict[date, tuple[History, Forecaster | None]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def whole(self, ledger: Ledger) -> History:
        """All that the ledger has. Raises LedgerError when it cannot be read."""
        with self._lock:
            return self._history(ledger)

    def known(self, ledger: Ledger, start: date) -> tuple[History, Forecaster | None]:
        """What was known before a day, and the forecaster for it; None where nothing was known."""
        with self._lock:
            whole = self._history(ledger)
            # After the last day nothing more is known than on it.
            start = min(start, whole.until)
            if start not in self._fitted:
                history = whole if start >= whole.until else history_of(ledger, until=start)
                self._fitted[start] = (history, _Later(history, start, self.fit) if len(history) else None)
            self._fitted.move_to_end(start)
            while len(self._fitted) > _MOST:
                self._fitted.popitem(last=False)
            return self._fitted[start]

    def _history(self, ledger: Ledger) -> History:
        state = _state(ledger)
        if self._whole is None or state != self._state:
            self._whole, self._state = history_of(ledger), state
            self._fitted.clear()
        return self._whole


def _state(ledger: Ledger) -> tuple[object, ...]:
    """What changes when the ledger does: its parts, what is imported, which parts are damaged."""
    places = (ledger.folder / "parts", *sorted((ledger.folder / "history").glob("*/import.json")))
    return (*((p.name, p.parent.name, p.stat().st_mtime_ns) for p in places if p.exists()), len(ledger.problems))


def look_ahead(
    ledger: Ledger,
    *,
    actor: str,
    recipient: str | None,
    every: str,
    on: date | None = None,
    given: Sequence[str] = (),
    memory: Memory | None = None,
) -> Scenarios:
    """What may come.

    Args:
        ledger: the ledger.
        actor: whose acts: a name or code; a bloc is itself and its members.
        recipient: towards whom; None: towards anybody.
        every: "day", "week" or "month": the coming 1, 7 or 30 days.
        on: the day on which one looks ahead; the period begins the day after. None: the last day of the ledger.
        given: supposed events: "RUS THREATEN NATO".
        memory: what was fitted before; None: fit anew.

    Raises:
        UsageError: when the question makes no sense.
        LedgerError: when the ledger cannot be read.
    """
    memory = memory or Memory()
    whole = memory.whole(ledger)
    asked = asked_of(actor, recipient, every, first_day(whole, on), given)
    history, odds = memory.known(ledger, asked.start)
    return scenarios(ledger, history, odds, asked, before=last_before(ledger.folder, asked), observed=whole.until)
