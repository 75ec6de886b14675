"""Which articles a ledger holds, learnt once and then part by part: asked for every article that is to be added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ujar.store.parts import visible_parts
from ujar.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

# Rows that are looked at together.
_AT_ONCE = 10_000
_COLUMNS = ["article", "fingerprint", "engine"]
_QUESTION = f"SELECT {', '.join(_COLUMNS)} FROM articles"  # noqa: S608 - our names
# Few engines have read many articles: beside the hash of a fingerprint stands a number for its engine.
_ENGINE_BITS = 16


@dataclass(slots=True)
class Known:
    """The current reading of each article, of which only hashes are held: they take far less memory than the words.

    Should two articles ever have one hash, one of them is read again, and then not kept twice.

    Attributes:
        readings: hash of the article → hash of its fingerprint and number of its engine, in one.
        engines: engine → its number.
        seen: names of the parts in which that was seen.
        at: when the folder of parts had last changed then.
    """

    readings: dict[int, int] = field(default_factory=dict)
    engines: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    at: int = 0

    def holds(self, key: str, mark: str, engine: str | None) -> bool:
        """Whether the current reading of an article has this fingerprint and, if one is given, is by this engine."""
        found = self.readings.get(hash(key))
        if found is None or found >> _ENGINE_BITS != hash(mark):
            return False
        return engine is None or self.engines.get(engine) == found & ((1 << _ENGINE_BITS) - 1)

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
            for batch in table.to_batches(max_chunksize=_AT_ONCE):
                for key, mark, engine in zip(*(batch[c].to_pylist() for c in _COLUMNS), strict=True):
                    number = self.engines.setdefault(engine, len(self.engines))
                    self.readings[hash(key)] = hash(mark) << _ENGINE_BITS | number
        self.seen.update(p.name for p in parts)
        self.at = at
