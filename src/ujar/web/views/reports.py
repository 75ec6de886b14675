"""A watch and a matrix, from the values of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.errors import UsageError

if TYPE_CHECKING:
    from ujar.positions import Matrix
    from ujar.store import Ledger
    from ujar.watch import Report
    from ujar.web.questions import Positions, Watch


def watched(ledger: Ledger, asked: Watch) -> Report:
    """The report of a period. Raises UsageError when the question makes no sense."""
    from ujar.watch import watch

    if (asked.one is None) != (asked.other is None):
        raise UsageError("bad-filter", "a pair needs two actors", "give one and other")
    pair = (asked.one, asked.other) if asked.one is not None and asked.other is not None else None
    return watch(ledger, every=asked.every, on=asked.on, actor=asked.actor, pair=pair, bloc=asked.bloc)


def matrix(ledger: Ledger, asked: Positions) -> Matrix:
    """The positions on an issue. Raises UsageError when the question makes no sense."""
    from ujar.positions import positions

    return positions(
        ledger,
        asked.issue,
        bloc=asked.bloc,
        on=asked.on,
        since=asked.since,
        until=asked.until,
        type=asked.type,
        actor=asked.actor,
        recipient=asked.recipient,
        roll_up=asked.roll_up,
    )
