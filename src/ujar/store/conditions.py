"""Conditions of a question in SQL, each with the values of its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Conditions:
    """Conditions of a question, each with its parameters; all must hold."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def add(self, sql: str, *values: object) -> None:
        """One more condition."""
        self.parts.append(f"({sql})")
        self.values += values

    @property
    def all(self) -> str:
        """That all of them hold, as one condition."""
        return " AND ".join(self.parts) or "true"

    @property
    def where(self) -> str:
        """The WHERE clause, or nothing."""
        return f" WHERE {' AND '.join(self.parts)}" if self.parts else ""


def one_of(c: Conditions, ways: Sequence[Conditions]) -> None:
    """Add that one of some groups of conditions holds."""
    c.add(" OR ".join(f"({way.all})" for way in ways), *(value for way in ways for value in way.values))
