"""Annotated articles as the models learn from them."""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import Row, annotated, article_of, load
from scoring import trim
from ujar.parse import parse
from ujar.records import Parse, Span, Statement
from ujar.statements.find import find_statements
from ujar.statements.reader import PARTS, hints_of
from ujar.statements.sequence import Sequence, sequence_of

if TYPE_CHECKING:
    from collections.abc import Sequence as Series


@dataclass(slots=True)
class Example:
    """An article to learn from.

    Attributes:
        row: the annotated article.
        parse: the article cut up, names tagged.
        rules: what the rules find.
        sequence: its tokens, the rules' findings marked.
        cues: for every token 0 (no cue), 1 (a cue begins) or 2 (a cue goes on).
        spans: for every annotated cue its tokens [first, last) and the tag of every token.
        hints: what the rules say of each of their cues.
    """

    row: Row
    parse: Parse
    rules: tuple[Statement, ...]
    sequence: Sequence
    cues: np.ndarray
    spans: list[tuple[int, int, np.ndarray]]
    hints: dict[int, np.ndarray]


def example(row: Row) -> Example:
    """An annotated article, ready to learn from."""
    parsed = parse(article_of(row), mentions=True)
    rules = find_statements(parsed)
    sequence = sequence_of(parsed, rules)
    cover = sequence.tokens.cover
    count = len(sequence.tokens.keys)
    cues = np.zeros(count, dtype=np.int64)
    spans = []
    for statement in row["statements"]:
        if not statement["cue"]:
            continue
        first, last = cover(Span(*trim(row["text"], statement["cue"])))
        if last <= first:
            continue
        cues[first] = 1
        cues[first + 1 : last] = 2
        tags = np.zeros(count, dtype=np.int64)
        # Content last: where annotations overlap, the words belong to it.
        for number, part in reversed(list(enumerate(PARTS))):
            value = statement[part]
            for span in value if part in ("content", "via") else [value] if value else []:
                begin, end = cover(Span(*trim(row["text"], span)))
                tags[begin:end] = 2 + 2 * number
                tags[begin : begin + 1] = 1 + 2 * number
        # Where one part was painted over another, what is left of that begins anew.
        before = np.concatenate(([0], tags[:-1]))
        torn = (tags > 0) & (tags % 2 == 0) & (before != tags) & (before != tags - 1)
        tags[torn] -= 1
        spans.append((first, last, tags))
    return Example(row, parsed, rules, sequence, cues, spans, hints_of(sequence, rules))


def learning_rows() -> list[Row]:
    """Everything that shipped models learn from: gold train, and the project's own annotations (never dev, seed, held)."""
    return [*load("train").values(), *annotated("statements").values()]


def left_out(row: Row) -> bool:
    """Whether the coder of events does not learn from a raw article, so that what it makes of it can be judged: two in five."""
    return fold_of([row], 5)[0] < 2


def fold_of(rows: Series[Row], folds: int) -> list[int]:
    """A part for each article, the same whatever stands beside it."""
    return [zlib.crc32(str(row["id"]).encode()) % folds for row in rows]
