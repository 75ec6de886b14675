"""Annotated articles as the statement models learn from them."""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import article_of, data_folder
from scoring import trim

from ujar.parse import parse
from ujar.parse.mentions import find_mentions
from ujar.records import Parse, Span, Statement
from ujar.statements.find import find_statements
from ujar.statements.reader import PARTS, TAGS
from ujar.statements.sequence import Sequence, sequence_of

if TYPE_CHECKING:
    from collections.abc import Sequence as Seq

Row = dict[str, Any]
ANNOTATIONS = Path(__file__).with_name("annotations.jsonl")

@dataclass(slots=True)
class Example:
    """An article with its gold statements, what the rules find, and the sequence."""

    row: Row
    parse: Parse
    rules: tuple[Statement, ...]
    sequence: Sequence
    cues: np.ndarray
    spans: list[tuple[int, int, np.ndarray]]  # cue tokens [first, last) and the tag of every token


def example(row: Row) -> Example:
    """An annotated article, ready to learn from."""
    parsed = parse(article_of(row))
    parsed = replace(parsed, mentions=find_mentions(row['text'], parsed.words))
    rules = find_statements(parsed)
    sequence = sequence_of(parsed, rules)
    cues = np.zeros(len(sequence.tokens.starts), dtype=np.int64)
    spans = []
    for statement in row["statements"]:
        if not statement["cue"]:
            continue
        first, last = sequence.tokens.cover(Span(*trim(row["text"], statement["cue"])))
        if last <= first:
            continue
        cues[first] = 1
        cues[first + 1 : last] = 2
        tags = np.zeros(len(sequence.tokens.starts), dtype=np.int64)
        for number, part in reversed(list(enumerate(PARTS))):
            value = statement[part]
            values = value if part in ("content", "via") else [value] if value else []
            for span in values:
                begin, end = sequence.tokens.cover(Span(*trim(row["text"], span)))
                tags[begin:end] = 2 + 2 * number
                tags[begin : begin + 1] = 1 + 2 * number
        spans.append((first, last, tags))
    return Example(row, parsed, rules, sequence, cues, spans)


def gold(name: str) -> list[Row]:
    """One set of the evaluation data."""
    with (data_folder() / "gold" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def annotated(path: Path = ANNOTATIONS) -> list[Row]:
    """The project's own annotations: their offsets joined with the texts of the raw news."""
    with path.open(encoding="utf-8") as lines:
        notes = {row["id"]: row for row in map(json.loads, lines)}
    out = []
    with gzip.open(data_folder() / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["id"] in notes:
                out.append(row | notes[row["id"]])
    return out


def fold_of(rows: Seq[Row], folds: int) -> list[int]:
    """A fold for each article, the same whatever stands beside it."""
    import zlib

    return [zlib.crc32(str(row["id"]).encode()) % folds for row in rows]
