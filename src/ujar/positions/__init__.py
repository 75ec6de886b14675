"""Positions: where the members of a bloc stand on an issue, by their own words."""

from ujar.positions.matrix import positions
from ujar.positions.records import Matrix, Row, Stance, Word

__all__ = ["Matrix", "Row", "Stance", "Word", "positions"]
