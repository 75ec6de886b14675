"""Histories and ledgers for the tests of scenarios, countable by hand, and a forecaster that says what it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import prod
from typing import TYPE_CHECKING, Any

from ledger_case import analysis, article, done

from ujar.forecast.history import History, history_from_rows
from ujar.forecast.precedents import ANYTHING, QUADS, WHATS
from ujar.store import Ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

SINCE, START = date(2025, 1, 1), date(2025, 3, 12)
VERBS = {"THREATEN": "mengancam", "ASSAULT": "menyerang", "CONSULT": "menemui", "AID": "membantu"}
# Russia threatens on the last day of three weeks; after the first of them it attacks. Somebody else meets every week.
DEEDS = [
    (date(2025, 1, 7), "Rusia", "THREATEN", "Ukraina"),
    (date(2025, 1, 10), "Rusia", "ASSAULT", "Ukraina"),
    (date(2025, 2, 4), "Rusia", "THREATEN", "Ukraina"),
    (date(2025, 2, 20), "Ukraina", "ASSAULT", "Rusia"),
    (date(2025, 3, 11), "Rusia", "THREATEN", "Ukraina"),
    *((SINCE + timedelta(days=7 * week), "Jerman", "AID", "Moldova") for week in range(10)),
]
CODES = {"Rusia": "RUS", "Ukraina": "UKR", "Jerman": "DEU", "Moldova": "MDA"}


def history(deeds: list[tuple[date, str, str, str]] | None = None, until: date = START) -> History:
    """The history of some deeds, by codes; ids "row#0", …."""
    rows = DEEDS if deeds is None else deeds
    return history_from_rows(
        [(day, CODES[a], kind, CODES[r], f"row#{n}") for n, (day, a, kind, r) in enumerate(rows)], SINCE, until
    )


def ledger_of(folder: Path, deeds: list[tuple[date, str, str, str]] | None = None) -> Ledger:
    """A ledger with an article a deed, published on its day."""
    ledger = open_ledger(folder, create=True)
    add(ledger, DEEDS if deeds is None else deeds)
    return ledger


def add(ledger: Ledger, deeds: list[tuple[date, str, str, str]]) -> None:
    """More deeds for a ledger, an article each."""
    found = []
    for day, actor, kind, recipient in deeds:
        text = f"{actor} {VERBS[kind]} {recipient} pada hari itu."
        name = f"{day}-{actor}-{kind}"
        own = article(name, text, day.isoformat(), "Harian Uji")
        found.append(analysis(own, done(text, VERBS[kind], actor, recipient, type=kind, date=day.isoformat(), on=day)))
    ledger.keep(found, engine="test")


@dataclass(frozen=True, slots=True)
class Chance:
    """As the one of ``ujar.forecast.odds``."""

    what: str
    p: float
    mean: float
    low: int
    high: int
    shape: tuple[float, ...]
    share: tuple[tuple[str, float], ...]


@dataclass(slots=True)
class Told:
    """A forecaster with given probabilities, 0.01 for all others; a supposed fact raises that of material conflict to 0.9.

    Attributes:
        p: type or quad class → probability.
        asked: what it was asked for: (actor, recipient, horizon, first day).
    """

    p: dict[str, float]
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    version: str = "told 1"

    def of(self, history: History, actor: Any, recipient: Any, horizon: str, on: date) -> tuple[Chance, ...]:
        """The chances."""
        self.asked.append((actor, recipient, horizon, on))
        given = any(name.startswith("given#") for name in history.id)
        out = []
        for what in WHATS:
            p = self.p.get(what, 0.01)
            if given and what == "material conflict":
                p = 0.9
            out.append(Chance(what, p, p, 0, 1, (1 - p, p), (("base", -1.0), ("same, last days", 0.5))))
        # As if the quad classes did not depend on one another.
        none = prod(1 - one.p for one in out[-len(QUADS) :])
        out.append(Chance(ANYTHING, 1 - none, 1 - none, 0, 1, (none, 1 - none), (("base", 0.0),)))
        return tuple(out)
