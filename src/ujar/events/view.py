"""An article as the event coder sees it: the sequence of the statement reader, with the rows of the trigger table marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.grammar import Phrase, doers_of, phrases_of, sides_of
from ujar.events.plover import TYPES
from ujar.events.triggers import Match, find_triggers
from ujar.statements.sequence import KNOWN as SEQUENCE_KNOWN
from ujar.statements.sequence import Sequence, sequence_of

if TYPE_CHECKING:
    from ujar.records import Parse, Statement

# What is known about a token, in the order of the columns of ``View.known``: the statements stand where the statement
# reader has those of the rules; then the type that the table gives a token, and whether its row begins there.
KNOWN = (*SEQUENCE_KNOWN, *(f"row={name}" for name in TYPES), "row-begins")
_ROW = {name: len(SEQUENCE_KNOWN) + i for i, name in enumerate(TYPES)}
_BEGINS = len(KNOWN) - 1


@dataclass(frozen=True, slots=True)
class View:
    """The tokens of an article with what is known about them.

    Attributes:
        sequence: tokens, sentences, and what the statement reader knows.
        known: float32 (tokens, len(KNOWN)), 0 or 1.
        rows: token → the row of the table that fires there, with its tokens.
        phrases: the noun phrases that may take part.
    """

    sequence: Sequence
    known: np.ndarray
    rows: dict[int, Match]
    phrases: list[Phrase]

    def hint(self, token: int) -> np.ndarray | None:
        """What the grammar holds of a trigger: its actors and its recipients, float32 (tokens, 2); None without a row."""
        match = self.rows.get(token)
        if match is None:
            return None
        out = np.zeros((len(self.sequence.sentences), 2), dtype=np.float32)
        for column, side in enumerate(self.grammar(match)):
            for phrase in side:
                out[phrase.first : phrase.last, column] = 1
        return out

    def grammar(self, match: Match) -> tuple[list[Phrase], list[Phrase]]:
        """Actors and recipients of a row of the table by the grammar of its sentence."""
        return sides_of(match, self.sequence.tokens, self.phrases, *self._sentence(match))

    def doers(self, match: Match) -> list[Phrase]:
        """Whom "oleh" names as doing it."""
        return doers_of(match, self.sequence.tokens, self.phrases, self._sentence(match)[1])

    def _sentence(self, match: Match) -> tuple[int, int]:
        sentences = self.sequence.sentences
        here = sentences[match.first]
        return int(sentences.searchsorted(here)), int(sentences.searchsorted(here, "right"))


def view_of(parse: Parse, statements: tuple[Statement, ...]) -> View:
    """The view of an article whose statements are known."""
    sequence = sequence_of(parse, statements)
    keys = sequence.tokens.keys
    known = np.zeros((len(keys), len(KNOWN)), dtype=np.float32)
    known[:, : len(SEQUENCE_KNOWN)] = sequence.known
    rows: dict[int, Match] = {}
    cuts = np.flatnonzero(np.diff(sequence.sentences, prepend=-1)).tolist()
    for low, high in zip(cuts, [*cuts[1:], len(keys)], strict=True):
        for match in find_triggers(keys[low:high]):
            first, last = low + match.first, low + match.last
            for token in range(first, last):
                rows[token] = Match(match.row, first, last)
            known[first:last, _ROW[match.row.type]] = 1
            known[first, _BEGINS] = 1
    return View(sequence, known, rows, phrases_of(parse, sequence.tokens))
