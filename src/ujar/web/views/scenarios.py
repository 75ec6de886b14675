"""Scenarios and the score of outlooks, from the values of a form. Nothing is kept: a GET changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.forecast.report import Scenarios
    from ujar.forecast.run import Memory
    from ujar.forecast.score import Scored
    from ujar.store import Ledger
    from ujar.web.questions import Outlooks
    from ujar.web.questions import Scenarios as Question

# So many supposed events are taken at a time.
_MOST_GIVEN = 3


_memories: dict[Path, Memory] = {}


def memory_of(folder: Path) -> Memory:
    """What was fitted to the ledger in a folder: once for each state of it and first day."""
    from ujar.forecast.run import Memory

    return _memories.setdefault(folder, Memory())


def ahead(ledger: Ledger, asked: Question) -> Scenarios:
    """What may come. Raises UsageError when the question makes no sense."""
    from ujar.forecast.run import look_ahead

    given = [text for part in (asked.given or "").split(";") if (text := part.strip())]
    if len(given) > _MOST_GIVEN:
        raise UsageError("bad-given", f"more than {_MOST_GIVEN} supposed events", f"give {_MOST_GIVEN} at most")
    return look_ahead(
        ledger,
        actor=asked.actor,
        recipient=asked.recipient,
        every=asked.every,
        on=asked.on,
        given=given,
        memory=memory_of(ledger.folder),
    )


def score(ledger: Ledger, asked: Outlooks) -> Scored:
    """How kept outlooks came true."""
    from ujar.forecast.score import scored

    return scored(ledger.folder, memory_of(ledger.folder).whole(ledger), every=asked.every, late=asked.late)
