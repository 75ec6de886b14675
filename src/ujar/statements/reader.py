"""The learned reader: cues first, then what each cue reports, who is its source, to whom, through whom and when.

A net tags every token as part of a cue or not. For each likely cue, and for each cue of the rules, a second net looks at
the sentences around it and tags content, source, addressee, intermediate source and time *of that cue*. Both stand on an
encoder pretrained on unlabelled news (``training/pretrain.py``, ``training/statements.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.chain import decoded, runs
from ujar.learned.encoder import Encoder, encode, encoder_of, word_vectors
from ujar.learned.layers import linear, softmax
from ujar.learned.stack import Stack, stack_of
from ujar.learned.weights import Arrays, load_weights, part_of
from ujar.learned.windows import AT_ONCE, windows_around
from ujar.records import Span
from ujar.statements.sequence import COLUMN

if TYPE_CHECKING:
    from ujar.learned.encoder import Encoded
    from ujar.records import Statement
    from ujar.statements.sequence import Sequence

# Parts of a statement that the second net marks, given the cue.
PARTS = ("content", "source", "addressee", "via", "time")
# O, then begin and inside of each part.
TAGS = ("O", *(f"{b}-{part}" for part in PARTS for b in "BI"))
# A token is looked at as a cue from this probability on; what becomes of it is decided later.
POSSIBLE = 0.2
# Reading looks less far beyond the sentence of the cue than training does: there is hardly anything to find.
_AROUND = 24
# A token with this probability of belonging to no part is not looked at again at the edges of a window.
_SURELY_NONE = 0.999


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the net makes of one cue.

    Attributes:
        cue: the cue.
        parts: spans of each part that it marked, by the names in PARTS.
        cue_probability: that this is a cue.
        content_probability: that the marked contents begin and end where they do; 0 when none is marked.
        source_probability: the same of the source; that there is none, when none is marked.
    """

    cue: Span
    cue_probability: float
    content_probability: float = 0.0
    source_probability: float = 0.0
    parts: dict[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """The arrays of the reader, by what they are for."""

    arrays: Arrays
    encoder: Encoder
    cue_block: Stack
    blocks: Stack
    chain: Arrays


def model_of(arrays: Arrays) -> Model:
    """The reader that some arrays are (those of the package, or one being trained)."""
    return Model(
        arrays, encoder_of(arrays), stack_of(arrays, "cue_block"), stack_of(arrays, "blocks"), part_of(arrays, "chain")
    )


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The reader of the package, loaded on first use."""
    return model_of(load_weights("reader"))


def propose(
    sequence: Sequence,
    rules: tuple[Statement, ...],
    model: Model | None = None,
    hints: dict[int, np.ndarray] | None = None,
    encoded: Encoded | None = None,
) -> tuple[Proposal, ...]:
    """The proposals for one article, in the order of their cues.

    ``rules``: what the rules found in it; ``hints``: what is held of each cue beforehand, as ``hints_of`` the rules;
    ``encoded``: the article by this model's encoder, where that was done before.
    """
    model = model or shipped()
    tokens = sequence.tokens
    if not tokens.keys:
        return ()
    arrays = model.arrays
    states = (
        encoded.states if encoded else encode(model.encoder, word_vectors().of(tokens.keys), tokens.shapes)[0]
    ) + linear(arrays, "known", sequence.known)
    cue = softmax(linear(arrays, "cue", model.cue_block(states)))
    hints = hints_of(sequence, rules) if hints is None else hints
    jobs = []
    for first in range(len(tokens.keys)):
        if cue[first, 1] < POSSIBLE and first not in hints:
            continue
        last = first + 1
        while last < len(tokens.keys) and cue[last, 2] > 0.5:
            last += 1
        jobs.append((first, last))
    marked: list[tuple[tuple[int, int], int, np.ndarray]] = []
    for at in range(0, len(jobs), AT_ONCE):
        marked += _mark(model, sequence, states, jobs[at : at + AT_ONCE], hints)
    found = decoded(model.chain, [emissions for _, _, emissions in marked])
    return tuple(
        _proposal(sequence, job, low, path, sure, float(cue[job[0], 1]))
        for (job, low, _), (path, sure) in zip(marked, found, strict=True)
    )


def hints_of(sequence: Sequence, rules: tuple[Statement, ...]) -> dict[int, np.ndarray]:
    """Cue token → what the rules hold to be the begin of its content, its content, and its source: (tokens, 3)."""
    out: dict[int, np.ndarray] = {}
    cover = sequence.tokens.cover
    for statement in rules:
        if statement.cue is None:
            continue
        first, _ = cover(statement.cue)
        if first in out:
            continue
        hint = out[first] = np.zeros((len(sequence.tokens.keys), 3), dtype=np.float32)
        for content in statement.contents:
            low, high = cover(content)
            hint[low:high, 1] = 1
            hint[low : low + 1, 0] = 1
        if statement.source:
            low, high = cover(statement.source)
            hint[low:high, 2] = 1
    return out


def _mark(
    model: Model,
    sequence: Sequence,
    states: np.ndarray,
    jobs: list[tuple[int, int]],
    hints: dict[int, np.ndarray],
) -> list[tuple[tuple[int, int], int, np.ndarray]]:
    """For some cues the cue, the first token of what may belong to it, and the emissions of those tokens."""
    windows = windows_around(sequence.sentences, jobs, _AROUND, hints, len(model.arrays["hint.weight"]))
    x = model.blocks(windows.seen_by(model.arrays, states), windows.keep)
    emissions = linear(model.arrays, "tag", x)
    # Where every token is surely no part of anything there is nothing to decode.
    busy = np.flatnonzero((softmax(emissions)[:, 0] < _SURELY_NONE) & (windows.tokens >= 0))
    begins, ends = np.searchsorted(windows.rows[busy], [np.arange(len(jobs)), np.arange(1, len(jobs) + 1)])
    out = []
    for job, (low, high), place, begin, end in zip(
        jobs, windows.bounds, windows.begins, begins.tolist(), ends.tolist(), strict=True
    ):
        first, last = place, place + 1
        if begin < end:
            first, last = max(place, int(busy[begin]) - 1), min(place + high - low, int(busy[end - 1]) + 2)
        out.append((job, low + first - place, emissions[first:last]))
    return out


def _proposal(
    sequence: Sequence, job: tuple[int, int], low: int, path: np.ndarray, sure: np.ndarray, cue_probability: float
) -> Proposal:
    """One proposal from the tags of its window."""
    tokens = sequence.tokens
    spans: dict[str, list[Span]] = {part: [] for part in PARTS}
    right = dict.fromkeys(PARTS, 1.0)
    # Page furniture is no part of anything.
    noise = sequence.known[low : low + len(path), COLUMN["noise"]] > 0
    tags = np.where(noise, 0, path).tolist()
    for start, at, number in runs(tags):
        begin, inside = 1 + 2 * number, 2 + 2 * number
        # The span begins at its first token, and ends where the next one is not inside it any more.
        right[PARTS[number]] *= float(sure[start, begin]) * (float(1 - sure[at, inside]) if at < len(tags) else 1.0)
        spans[PARTS[number]].append(Span(tokens.starts[low + start], tokens.ends[low + at - 1]))
    if not spans["source"]:
        right["source"] = float((1 - sure[: len(tags), 1 + 2 * PARTS.index("source")]).prod())
    return Proposal(
        cue=Span(tokens.starts[job[0]], tokens.ends[job[1] - 1]),
        cue_probability=cue_probability,
        content_probability=right["content"] if spans["content"] else 0.0,
        source_probability=right["source"],
        parts={part: tuple(found) for part, found in spans.items()},
    )
