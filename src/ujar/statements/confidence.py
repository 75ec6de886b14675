"""How sure a statement is: how often statements found by the same rules were right on the annotated articles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.records import Parse, Statement

# Without any experience of a rule: the middle.
_UNKNOWN = 0.5


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    return {row["form"]: float(row["right"]) for row in load_table("ujar.statements", "confidence.tsv")}


def weigh(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``confidence`` filled in.

    It is the share of right ones among statements whose words were found by the same rules (content and cue), times
    that among those whose speaker was. Shares are smoothed; the table says from how many cases.
    """
    del parse
    return tuple(replace(s, confidence=_confidence(s)) for s in statements)


def words_right(statement: Statement) -> float:
    """How often contents found by the same rules were right."""
    rules = {step.part: step.rule for step in statement.steps}
    return _table().get(f"words {rules.get('content', '')}+{rules.get('cue', '')}", _UNKNOWN)


def _confidence(statement: Statement) -> float:
    rule = next((step.rule for step in statement.steps if step.part == "speaker"), "")
    return round(words_right(statement) * _table().get(f"speaker {rule}", _UNKNOWN), 2)
