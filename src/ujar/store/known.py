"""Which articles a ledger holds, learnt once and then part by part: asked for every article that is to be added."""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ujar.store.parts import visible_parts
from ujar.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

_COLUMNS = ["article", "fingerprint", "engine"]
_QUESTION = f"SELECT {', '.join(_COLUMNS)} FROM articles"  # noqa: S608 - our names


@dataclass(slots=True)
class Known:
    """The current reading of each article.

    Attributes:
        readings: article → (fingerprint, engine).
        seen: names of the parts in which that was seen.
        at: when the folder of parts had last changed then.
    """

    readings: dict[str, tuple[str, str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    at: int = 0

    def learn(self, root: Path, ask: Callable[[str], pa.Table], *, without: Collection[str]) -> None:
        """Take notice of the articles of parts that came since; ``without``: parts that are damaged."""
        try:
            at = (root / "parts").stat().st_mtime_ns
        except FileNotFoundError:
            return
        # What comes within one tick of the clock may be missed; the article is then read again, and found when it is kept.
        if at == self.at:
            return
        parts = [p for p in visible_parts(root)[0] if p.name not in without]
        # A part that holds the rows of parts that were seen brings nothing new.
        new = [p for p in parts if p.name not in self.seen and not (p.replaces and self.seen.issuperset(p.replaces))]
        try:
            if len(new) == len(parts) or any(p.replaces or p.schema < SCHEMA_VERSION for p in new):
                tables = [ask(_QUESTION)]
            else:
                tables = [pq.read_table(part.file("articles"), columns=_COLUMNS) for part in new]
        except (OSError, pa.ArrowException):
            tables = [ask(_QUESTION)]
        for table in tables:
            keys, marks, engines = (table[c].to_pylist() for c in _COLUMNS)
            # Few engines have read many articles: the name of each is held once.
            self.readings.update(zip(keys, zip(marks, map(intern, engines), strict=True), strict=True))
        self.seen.update(p.name for p in parts)
        self.at = at
