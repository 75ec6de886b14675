"""Several questions to a ledger as it is at one moment, two of them at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("duckdb")

from ledger_case import small_ledger

from ujar.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.store.moment import Moment

ENDLESS = "SELECT count(*) AS n FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"


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


@pytest.mark.parametrize("first", [True, False])
def test_a_fault_of_either_is_told_and_stops_the_first_ones_other(tmp_path: Path, first: bool) -> None:
    put: list[str] = []

    def wrong(moment: Moment) -> None:
        moment.ask("SELECT nothing FROM nowhere")

    def slow(moment: Moment) -> None:
        while True:
            put.append("")
            moment.ask("SELECT count(*) FROM range(1000) a, range(1000) b")
            if not first and len(put) == 3:
                return

    def both(moment: Moment) -> object:
        return moment.beside(wrong, slow) if first else moment.beside(slow, wrong)

    ledger = small_ledger(tmp_path / "ledger")
    with pytest.raises(UsageError) as caught:
        ledger.at_once(both)
    assert caught.value.slug == "bad-question"
    many = len(put)
    time.sleep(0.2)
    # Nothing goes on behind the caller's back.
    assert len(put) == many


@pytest.mark.parametrize("first", [True, False])
def test_patience_holds_for_both(tmp_path: Path, first: bool) -> None:
    def short(moment: Moment) -> int:
        return moment.ask("SELECT 1 AS n").num_rows

    def both(moment: Moment) -> object:
        def endless(own: Moment) -> int:
            return own.ask(ENDLESS).num_rows

        return moment.beside(endless, short) if first else moment.beside(short, endless)

    ledger = small_ledger(tmp_path / "ledger")
    ledger.patience = 0.3
    with pytest.raises(LedgerError) as caught:
        ledger.at_once(both)
    assert caught.value.slug == "question-too-slow"
    ledger.patience = None
    assert ledger.at_once(short) == 1
