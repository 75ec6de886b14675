"""An article as the learned models see it: one sequence of tokens, each with its form and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.tokens import BREAK, Tokens, tokens_of
from ujar.statements.attribution import CREDIT, PASSIVE
from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import looks_verbal
from ujar.statements.once import once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import Parse, Span, Statement

# What is known about a token besides its form, in the order of the columns of ``Sequence.known``.
KNOWN = (
    "quoted", "opens", "closes", "dated", "noise", "first", "paragraph", "before", "after", "role-word", "pronoun",
    "clitic", "stop", "subordinator", "adverb", "verbal", "place-word", "passive",
    "person", "organisation", "place", "nationality", "other", "role", "begins",
    "rule-cue", "rule-source", "rule-begin", "rule-content",
)  # fmt: skip
COLUMN = {name: i for i, name in enumerate(KNOWN)}


@dataclass(frozen=True, slots=True)
class Sequence:
    """The tokens of an article with what is known about them.

    Attributes:
        tokens: the tokens, paragraph breaks among them.
        known: float32 (tokens, len(KNOWN)), 0 or 1.
        sentences: number of the sentence of each token, int64; page furniture has that of the sentence before it.
    """

    tokens: Tokens
    known: np.ndarray
    sentences: np.ndarray


def sequence_of(parse: Parse, statements: Iterable[Statement] = ()) -> Sequence:
    """The sequence of an article; ``statements``: what the rules found, which the models take as a hint."""
    plain = _plain(parse)
    out = Sequence(plain.tokens, plain.known.copy(), plain.sentences)
    for statement in statements:
        if statement.cue:
            _set(out, statement.cue, "rule-cue")
        if statement.source:
            _set(out, statement.source, "rule-source")
        for content in statement.contents:
            _set(out, content, "rule-content", "rule-begin")
    return out


@once
def _plain(parse: Parse) -> Sequence:
    """The sequence of an article, statements left aside."""
    tokens = parse.encoded.tokens if parse.encoded else tokens_of(parse.article.text, parse.words)
    lists = np.array([_lists(key) for key in tokens.keys], dtype=np.int64)
    matrix = ((lists[:, None] >> np.arange(len(KNOWN))) & 1).astype(np.float32)
    out = Sequence(tokens, matrix, np.zeros(len(tokens.keys), dtype=np.int64))
    _mark(out, parse)
    return out


@lru_cache(maxsize=100_000)
def _lists(key: str) -> int:
    """The lists that a word is in: a bit for each column."""
    if key == BREAK:
        return 0
    lex = lexicon()
    root = key.removesuffix("nya")
    return sum(
        1 << COLUMN[name]
        for name, holds in (
            ("before", key in lex.before or root in lex.before),
            ("after", root in lex.after),
            ("role-word", key in lex.role),
            ("pronoun", key in lex.pronoun),
            ("clitic", root != key),
            ("stop", key in lex.stop),
            ("subordinator", key in lex.subordinator),
            ("adverb", key in lex.adverb),
            ("verbal", looks_verbal(key)),
            ("place-word", key in lex.place),
            ("passive", key in PASSIVE or key in CREDIT),
        )
        if holds
    )


def _set(sequence: Sequence, span: Span, name: str, begin: str | None = None) -> None:
    first, last = sequence.tokens.cover(span)
    sequence.known[first:last, COLUMN[name]] = 1
    if begin:
        sequence.known[first : first + 1, COLUMN[begin]] = 1


def _mark(sequence: Sequence, parse: Parse) -> None:
    """Fill in names, quotation, time, furniture, sentence and paragraph."""
    known = sequence.known
    for mention in parse.mentions:
        _set(sequence, mention.span, mention.kind, "begins")
    for quote in parse.quotes:
        first, last = sequence.tokens.cover(quote.span)
        known[first:last, COLUMN["quoted"]] = 1
        known[first : first + 1, COLUMN["opens"]] = 1
        known[max(first, last - 1) : last, COLUMN["closes"]] = 1
    for time in parse.times:
        _set(sequence, time.span, "dated")
    for noise in parse.noise:
        _set(sequence, noise, "noise")
    for number, sentence in enumerate(parse.sentences):
        first = sequence.tokens.at(sentence.start)
        sequence.sentences[first:] = number
        known[first : first + 1, COLUMN["first"]] = 1
    for paragraph in parse.paragraphs:
        first = sequence.tokens.at(paragraph.start)
        known[first : first + 1, COLUMN["paragraph"]] = 1
