"""An article as the learned models see it: one sequence of tokens, each with its form and what is known about it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.tokens import BREAK, shape_of, word_key
from ujar.statements.attribution import CREDIT, PASSIVE
from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import looks_verbal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import Parse, Span, Statement

# What is known about a token besides its form, in the order of the columns of ``Sequence.known``.
KNOWN = (
    "quoted", "opens", "closes", "dated", "noise", "first", "paragraph", "before", "after", "role", "pronoun", "clitic",
    "stop", "subordinator", "adverb", "verbal", "place", "passive",
    "rule-cue", "rule-source", "rule-begin", "rule-content",
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(KNOWN)}


@dataclass(frozen=True, slots=True)
class Sequence:
    """The tokens of an article, paragraph breaks among them.

    Attributes:
        starts, ends: character offsets, ascending; a break is empty.
        keys: the forms under which words are looked up.
        shapes: the class of each written form, int64.
        known: float32 (tokens, len(KNOWN)), 0 or 1.
        sentences: number of the sentence of each token, int64; page furniture has that of the sentence before it.
    """

    starts: list[int]
    ends: list[int]
    keys: list[str]
    shapes: np.ndarray
    known: np.ndarray
    sentences: np.ndarray

    def at(self, offset: int) -> int:
        """The token that holds or follows a character offset."""
        index = bisect_right(self.starts, offset) - 1
        if index >= 0 and self.ends[index] > offset:
            return index
        return index + 1

    def cover(self, span: Span) -> tuple[int, int]:
        """The tokens [first, last) that begin inside a span."""
        first = self.at(span.start)
        last = first
        while last < len(self.starts) and self.starts[last] < span.end:
            last += 1
        return first, last


def sequence_of(parse: Parse, statements: Iterable[Statement] = ()) -> Sequence:
    """The sequence of an article; ``statements``: what the rules found, which the models take as a hint."""
    text, words = parse.article.text, parse.words
    lex = lexicon()
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    shapes: list[int] = []
    marks: list[tuple[int, int]] = []
    end = 0
    spoken = PASSIVE | CREDIT
    flags: dict[str, tuple[int, ...]] = {}
    for word in words:
        if starts and "\n" in text[end : word.start]:
            starts.append(end)
            ends.append(end)
            keys.append(BREAK)
            shapes.append(shape_of(BREAK))
        form, lower = text[word.start : word.end], word.lower
        at = len(starts)
        known = flags.get(lower)
        if known is None:
            root = lower.removesuffix("nya")
            known = flags[lower] = tuple(
                _COLUMN[name]
                for name, holds in (
                    ("before", lower in lex.before or root in lex.before),
                    ("after", root in lex.after),
                    ("role", lower in lex.role),
                    ("pronoun", lower in lex.pronoun),
                    ("clitic", root != lower),
                    ("stop", lower in lex.stop),
                    ("subordinator", lower in lex.subordinator),
                    ("adverb", lower in lex.adverb),
                    ("verbal", looks_verbal(lower)),
                    ("place", lower in lex.place),
                    ("passive", lower in spoken),
                )
                if holds
            )
        marks += [(at, column) for column in known]
        starts.append(word.start)
        ends.append(word.end)
        keys.append(word_key(form))
        shapes.append(shape_of(form))
        end = word.end
    matrix = np.zeros((len(starts), len(KNOWN)), dtype=np.float32)
    if marks:
        rows, columns = zip(*marks, strict=True)
        matrix[list(rows), list(columns)] = 1
    sentences = np.zeros(len(starts), dtype=np.int64)
    out = Sequence(starts, ends, keys, np.array(shapes, dtype=np.int64), matrix, sentences)
    _mark(out, parse)
    for statement in statements:
        if statement.cue:
            _set(out, statement.cue, "rule-cue")
        if statement.source:
            _set(out, statement.source, "rule-source")
        for content in statement.contents:
            first, last = out.cover(content)
            matrix[first:last, _COLUMN["rule-content"]] = 1
            matrix[first : first + 1, _COLUMN["rule-begin"]] = 1
    return out


def _set(sequence: Sequence, span: Span, name: str) -> None:
    first, last = sequence.cover(span)
    sequence.known[first:last, _COLUMN[name]] = 1


def _mark(sequence: Sequence, parse: Parse) -> None:
    """Fill in quotation, time, furniture, sentence and paragraph."""
    known = sequence.known
    for quote in parse.quotes:
        first, last = sequence.cover(quote.span)
        known[first:last, _COLUMN["quoted"]] = 1
        known[first : first + 1, _COLUMN["opens"]] = 1
        known[max(first, last - 1) : last, _COLUMN["closes"]] = 1
    for time in parse.times:
        _set(sequence, time.span, "dated")
    for noise in parse.noise:
        _set(sequence, noise, "noise")
    for number, sentence in enumerate(parse.sentences):
        first = sequence.at(sentence.start)
        sequence.sentences[first:] = number
        known[first : first + 1, _COLUMN["first"]] = 1
    for paragraph in parse.paragraphs:
        first = sequence.at(paragraph.start)
        known[first : first + 1, _COLUMN["paragraph"]] = 1
