"""Words that may tell of an event, by the table ``triggers.tsv``: one row a pattern, with a sentence it must fire on.

A pattern is a row of words; ``a/b`` gives alternatives of one word, ``..`` stands for up to four words between. A row does
not fire in a sentence that holds one of its ``unless`` words. Where rows overlap, the longer wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from ujar.errors import TableError
from ujar.events.plover import TYPES
from ujar.tables import load_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.records import EventType

# How the words around a trigger are laid out: who does it stands before an active verb, behind a passive one, behind a
# noun; "mutual" is done by both sides, "alone" has no object.
Voice = Literal["active", "passive", "noun", "mutual", "alone"]
GAP = ".."
_GAP_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    form: str
    type: EventType
    mode: str | None
    voice: Voice
    parts: tuple[frozenset[str] | None, ...]
    rest: tuple[frozenset[str], ...]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a row fires: tokens [first, last) of those given; its first and last words are the row's own."""

    row: Row
    first: int
    last: int


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """The table."""
    out = []
    for cells in load_table("ujar.events", "triggers.tsv"):
        type_ = cast("EventType", cells["type"])
        if type_ not in TYPES:
            raise TableError("bad-table", f"triggers.tsv: {type_!r} is no event type", "use one of the sixteen")
        parts = tuple(None if p == GAP else frozenset(p.split("/")) for p in cells["form"].split())
        out.append(
            Row(
                cells["form"], type_, cells["mode"] or None, cast("Voice", cells["voice"]), parts,
                tuple(p for p in parts[1:] if p is not None),
                frozenset(cells["unless"].split()),
            )
        )  # fmt: skip
    return tuple(out)


@lru_cache(maxsize=1)
def _by_first() -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = {}
    for row in rows():
        for word in row.parts[0] or ():
            out.setdefault(word, []).append(row)
    return out


@lru_cache(maxsize=1)
def _precision() -> dict[str, float]:
    return {row["form"]: float(row["right"]) for row in load_table("ujar.events", "precision.tsv")}


def right_share(row: Row) -> float:
    """How often the row told of an event of its type in annotated texts; one not seen there is as good as the average."""
    table = _precision()
    return table.get(row.form, table["*"])


def find_triggers(words: Sequence[str]) -> list[Match]:
    """The rows that fire in one sentence, given its words in lower case: in text order, none overlapping another."""
    found: list[Match] = []
    index = _by_first()
    held = frozenset(words)
    for first, word in enumerate(words):
        for row in index.get(word, ()):
            # Most rows lack a word in most sentences.
            for part in row.rest:
                if part.isdisjoint(held):
                    break
            else:
                last = _end(row.parts, words, first)
                if last is not None and row.unless.isdisjoint(held):
                    found.append(Match(row, first, last))
    # Longer rows first: those of more words, then those that begin first ("mencabut larangan" before "larangan demonstrasi"),
    # then those that reach farther ("bantuan … dihentikan" before "bantuan dana").
    found.sort(key=lambda m: (-sum(p is not None for p in m.row.parts), m.first, m.first - m.last, m.row.form))
    taken: set[int] = set()
    out = []
    for match in found:
        own = {match.first, *range(match.first, match.last)}
        if taken.isdisjoint(own):
            taken |= own
            out.append(match)
    return sorted(out, key=lambda m: m.first)


def fires(row: Row, words: Sequence[str]) -> bool:
    """Whether a row by itself fires in a sentence, given its words in lower case."""
    return row.unless.isdisjoint(words) and any(_end(row.parts, words, first) for first in range(len(words)))


def _end(parts: tuple[frozenset[str] | None, ...], words: Sequence[str], at: int) -> int | None:
    """Where a pattern that begins at a word ends, or None when it does not stand there."""
    for number, part in enumerate(parts):
        if part is None:
            for begin in range(at, min(len(words), at + _GAP_LONGEST) + 1):
                end = _end(parts[number + 1 :], words, begin)
                if end is not None:
                    return end
            return None
        if at >= len(words) or words[at] not in part:
            return None
        at += 1
    return at
