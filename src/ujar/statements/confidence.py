"""How sure a statement is: how often statements found by the same rules were right on the annotated articles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ujar.records import Parse, Statement
from ujar.tables import load_table

# Without any experience of a rule: the middle.
_UNKNOWN = 0.5


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str], float]:
    return {tuple(row["form"].split(" ", 1)): float(row["right"]) for row in load_table("ujar.statements", "confidence.tsv")}  # type: ignore[misc]


def weigh(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``confidence``: the share of right ones among those whose words were found by the same rule
    (content and cue), times that among those whose speaker was. Shares are smoothed; the table says from how many.
    """
    del parse
    return tuple(replace(s, confidence=_confidence(s)) for s in statements)


def _confidence(statement: Statement) -> float:
    rules = {step.part: step.rule for step in statement.steps}
    table = _table()
    words = table.get(("words", f"{rules.get('content', '')}+{rules.get('cue', '')}"), _UNKNOWN)
    who = table.get(("speaker", rules.get("speaker", "")), _UNKNOWN)
    return round(words * who, 2)
