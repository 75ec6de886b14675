"""Several questions to a ledger as it is at one moment, two of them at a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("duckdb")

from ledger_case import small_ledger

from ujar.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ujar.store.moment import Moment

# Half a minute or more of work, so that a stop that is lost is told by the clock.
LONG = "SELECT count(*) AS n FROM range(60000) a, range(60000) b WHERE a.range * b.range % 7 = 3"
AT_ONCE = 8.0


def test_both_find_their_own(tmp_path: Path) -> None:
    def count(moment: Moment, table: str) -> int:
        # Each has tables of its own, though they have one name.
        moment.note("own", f"SELECT id FROM {table}")  # noqa: S608 - one of two names
        return int(moment.ask("SELECT count(*) AS n FROM own")["n"][0].as_py())

    def both(moment: Moment) -> tuple[int, int]:
        return moment.beside(lambda m: count(m, "statements"), lambda m: count(m, "events"))

    ledger = small_ledger(tmp_path / "ledger")
    size = ledger.size()
    assert size["statements"] != size["events"]
    for _ in range(5):
        assert ledger.at_once(both) == (size["statements"], size["events"])


def wrong(moment: Moment) -> None:
    moment.ask("SELECT nothing FROM nowhere")


def late_wrong(moment: Moment) -> None:
    time.sleep(0.3)
    wrong(moment)


def long(moment: Moment) -> None:
    moment.ask(LONG)


def many_short(moment: Moment) -> None:
    """Hardly ever within a question: only the look between two of them ends it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        moment.ask("SELECT 1")
        time.sleep(0.002)


@pytest.mark.parametrize("other", [long, many_short])
@pytest.mark.parametrize("fault", [wrong, late_wrong])
@pytest.mark.parametrize("first", [True, False])
def test_a_fault_of_either_stops_the_other(
    tmp_path: Path, fault: Callable[[Moment], None], other: Callable[[Moment], None], first: bool
) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    halves = (fault, other) if first else (other, fault)
    since = time.monotonic()
    with pytest.raises(UsageError) as caught:
        ledger.at_once(lambda moment: moment.beside(*halves))
    assert caught.value.slug == "bad-question"
    assert time.monotonic() - since < AT_ONCE
    # Nothing goes on behind the caller's back.
    assert not [t for t in threading.enumerate() if t.name.startswith(("beside", "patience"))]


def short(moment: Moment) -> None:
    moment.ask("SELECT 1")


def rest_then_long(moment: Moment) -> None:
    """Between two questions when the time is up."""
    time.sleep(0.6)
    long(moment)


@pytest.mark.parametrize(
    "halves",
    [(long, short), (short, long), (many_short, long), (rest_then_long, long), (long, rest_then_long)],
    ids=["long first", "long second", "many first", "rest first", "rest second"],
)
def test_patience_holds_for_both(tmp_path: Path, halves: tuple[Callable[[Moment], None], ...]) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    ledger.patience = 0.3
    since = time.monotonic()
    with pytest.raises(LedgerError) as caught:
        ledger.at_once(lambda moment: moment.beside(*halves))
    assert caught.value.slug == "question-too-slow"
    assert time.monotonic() - since < AT_ONCE
    ledger.patience = None
    assert ledger.size()["statements"] == 10


@pytest.mark.parametrize("patience", [0.0001, 0.001, 0.01])
def test_little_patience(tmp_path: Path, patience: float) -> None:
    """The time is up before the engine has begun, or just then."""
    ledger = small_ledger(tmp_path / "ledger")
    ledger.patience = patience
    since = time.monotonic()
    with pytest.raises(LedgerError):
        ledger.ask(LONG)
    assert time.monotonic() - since < AT_ONCE


def test_not_within_itself(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    with pytest.raises(AssertionError):
        ledger.at_once(lambda moment: moment.beside(short, lambda own: own.beside(short, short)))
