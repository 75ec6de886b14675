"""A text cut up at the borders of all that was found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.write_rows import marked_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters that are never shown: control codes, and marks that turn the direction of the text around them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# A page shows so much of a text, and compares so much of a content: the rest would only make it slow.
MOST_CHARACTERS, MOST_COMPARED = 200_000, 3_000


def visible(text: str) -> str:
    """A text without control characters; its offsets change, so it is cut up first."""
    return _UNSEEN.sub("", text)


class Mark(NamedTuple):
    """Words that are part of something found: offsets, which part ("cue", "content" …), and of what ("s3", "e0")."""

    start: int
    end: int
    part: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in which nothing begins or ends.

    Attributes:
        text: the words.
        marks: the marks it lies in, the longest first: the last is the closest.
        begins: anchors of what begins with it, to be numbered there.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[str, ...] = ()

    @property
    def anchor(self) -> str | None:
        """What a click on it explains: the closest mark."""
        return self.marks[-1].anchor if self.marks else None

    @property
    def names(self) -> str:
        """Class names: each part that it is, and each thing that it belongs to."""
        parts = dict.fromkeys(f"p-{m.part}" for m in self.marks)
        things = dict.fromkeys(f"of-{m.anchor}" for m in self.marks)
        return " ".join((*parts, *things))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that it is, each once."""
        return tuple(dict.fromkeys(m.part for m in self.marks))


def anchor_of(name: str) -> str:
    """Where a row stands on the page of its article, by its id: "s3" or "e0"."""
    number = name.rpartition(".")[2]
    return number if number.startswith("e") else f"s{number}"


def marks_of(table: str, rows: Iterable[dict[str, Any]]) -> list[Mark]:
    """The marks of some statements or events of one article."""
    return [
        Mark(span.start, span.end, part, anchor_of(row["id"]))
        for row in rows
        for span, part in marked_spans(table, row)
    ]


def paragraphs(text: str, marks: Iterable[Mark]) -> list[list[Piece]]:
    """The lines of a text, empty ones left out, each cut up at the borders of all marks; marks may overlap and nest."""
    text = text[:MOST_CHARACTERS]
    known = sorted(
        (
            Mark(max(0, m.start), min(m.end, len(text)), m.part, m.anchor)
            for m in marks
            if m.start < min(m.end, len(text))
        ),
        key=lambda m: (m.start, -m.end),
    )
    borders = sorted({b for m in known for b in (m.start, m.end)})
    begins = _begins(known)
    out = []
    at = 0
    following = 0
    inside: list[Mark] = []
    for line in text.split("\n"):
        end = at + len(line)
        cuts = [at, *(b for b in borders if at < b < end), end] if borders else [at, end]
        pieces = []
        for start, stop in zip(cuts, cuts[1:], strict=False):
            while following < len(known) and known[following].start <= start:
                inside.append(known[following])
                following += 1
            inside = [m for m in inside if m.end > start]
            closest = tuple(sorted(inside, key=lambda m: (m.start - m.end, m.part != "content")))
            words = visible(text[start:stop])
            if words:
                pieces.append(Piece(words, closest, tuple(begins.pop(start, ()))))
        if any(p.text.strip() for p in pieces):
            out.append(pieces)
        at = end + 1
    return out


def _begins(marks: Iterable[Mark]) -> dict[int, list[str]]:
    """Offset → what is numbered there: a statement where its content begins, an event at its trigger."""
    seen: set[str] = set()
    out: dict[int, list[str]] = {}
    for mark in marks:
        if mark.part in ("content", "trigger") and mark.anchor not in seen:
            seen.add(mark.anchor)
            out.setdefault(mark.start, []).append(mark.anchor)
    return out


def beginning(content: str) -> str:
    """So much of a content as is compared."""
    return content if len(content) <= MOST_COMPARED else content[: content.rfind(" ", 0, MOST_COMPARED)]
