"""How far a run is: articles a second, and the time that remains where it is known how many there are."""

from __future__ import annotations

import gzip
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The rate is that of so many seconds past.
_SECONDS = 30.0
_LINES = (".jsonl", ".ndjson")
_BLOCK = 1 << 20


@dataclass(slots=True)
class Pace:
    """The pace of a run.

    Attributes:
        total: number of articles that there are, or None while that is not known.
        done: articles read or passed over.
    """

    total: int | None = None
    done: int = 0
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def reached(self, done: int, *, read: int, now: float | None = None) -> None:
        """So many articles are done; of these so many were read, which alone takes time."""
        self.done = done
        now = monotonic() if now is None else now
        self._marks.append((now, read))
        while now - self._marks[0][0] > _SECONDS and len(self._marks) > 2:
            self._marks.popleft()

    @property
    def rate(self) -> float | None:
        """Articles read a second of late, or None when too little was read to tell."""
        if not self._marks:
            return None
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last - first >= 1 and after > before else None

    @property
    def remaining(self) -> float | None:
        """Seconds until all is read, or None when that cannot be told."""
        rate = self.rate
        return max(0, self.total - self.done) / rate if rate and self.total is not None else None

    def __str__(self) -> str:
        rate, remaining = self.rate, self.remaining
        of = f" of {self.total:,}" if self.total is not None else ""
        pace = f", {rate:,.0f} a second" if rate is not None else ""
        return f"{self.done:,}{of} articles{pace}" + (f", {_span(remaining)} left" if remaining is not None else "")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def count_beside(sources: Sequence[str], pace: Pace) -> None:
    """Find out beside the reading how many articles there are, and tell the pace; nothing when that is too much work."""

    def count() -> None:
        try:
            pace.total = count_articles(sources)
        except (OSError, EOFError):
            # The reading will tell.
            pace.total = None

    Thread(target=count, daemon=True).start()


def count_articles(sources: Sequence[str]) -> int | None:
    """The number of articles in JSON Lines files and single texts or pages, or None for all other sources."""
    total = 0
    for source in sources:
        path = Path(source)
        names = path.name.lower().removesuffix(".gz")
        if source == "-" or "://" in source or not path.is_file():
            return None
        if names.endswith(_LINES):
            total += _lines(path)
        elif path.suffix.lower() in (".txt", ".html", ".htm", ".xhtml"):
            total += 1
        else:
            return None
    return total


def _lines(path: Path) -> int:
    count, last = 0, b"\n"
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
    return count + (last != b"\n")
