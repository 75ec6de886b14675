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

from ujar.learned.batches import batches
from ujar.learned.chain import best_tags, runs, tag_probabilities
from ujar.learned.encoder import Encoder, encode, encoder_of, word_vectors
from ujar.learned.layers import block, linear, normal, softmax
from ujar.learned.weights import Arrays, blocks_of, load_weights, part_of
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
# The window around a cue: the sentence, the one before and the one behind, at most this many tokens to each side.
BACK, AHEAD = 100, 70
_BATCH = 64
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
    cue_block: Arrays
    blocks: tuple[tuple[Arrays, int], ...]
    chain: Arrays


def model_of(arrays: Arrays) -> Model:
    """The reader that some arrays are (those of the package, or one being trained)."""
    dilations = [int(d) for d in arrays["span_dilations"]]
    return Model(
        arrays,
        encoder_of(arrays),
        part_of(arrays, "cue_block"),
        tuple(zip(blocks_of(arrays), dilations, strict=True)),
        part_of(arrays, "chain"),
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
    cue = softmax(linear(arrays, "cue", block(model.cue_block, 1, states[None])))[0]
    hints = hints_of(sequence, rules) if hints is None else hints
    jobs = []
    for first in range(len(tokens.keys)):
        if cue[first, 1] < POSSIBLE and first not in hints:
            continue
        last = first + 1
        while last < len(tokens.keys) and cue[last, 2] > 0.5:
            last += 1
        jobs.append((first, last))
    windows = {job: window_of(sequence.sentences, *job, _AROUND) for job in jobs}
    sizes = {job: high - low for job, (low, high) in windows.items()}
    jobs.sort(key=sizes.__getitem__)
    # Nothing of a window looks further than these layers: projecting all tokens once is cheaper than every window.
    inner = linear(arrays, "into", states)
    marked: list[tuple[tuple[int, int], int, np.ndarray]] = []
    for batch in batches(jobs, sizes.__getitem__, _BATCH, lambda size: max(1.4 * size, size + 24)):
        marked += _mark(model, sequence, states, inner, {job: windows[job] for job in batch}, hints)
    out: list[Proposal] = []
    for at in range(0, len(marked), _BATCH):
        out += _decode(model, sequence, cue, marked[at : at + _BATCH])
    return tuple(sorted(out, key=lambda p: p.cue))


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


def _distance_class(distance: np.ndarray) -> np.ndarray:
    """Classes of the signed distance to the cue: 0 inside, exact up to 4, then coarser by 1.6, the sides apart."""
    size = np.abs(distance)
    coarse = np.where(
        size <= 4, size, np.minimum(11, 4 + np.ceil(np.log(np.maximum(size, 1) / 4) / np.log(1.6)))
    ).astype(np.int64)
    return np.asarray(np.where(distance < 0, coarse + 12, coarse))


# From this distance on all are of the last class of their side.
_FAR = 128
_CLASS = _distance_class(np.arange(-_FAR, _FAR + 1))


def seen_from(sentences: np.ndarray, first: int, last: int, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """How the tokens [low, high) stand to the tokens [first, last): class of the distance, and 0, 1, 2 for the sentence.

    (The one before, the same, the one behind.)
    """
    place = np.arange(low, high)
    distance = np.where(place < first, place - first, np.where(place >= last, place - last + 1, 0))
    return _CLASS[distance.clip(-_FAR, _FAR) + _FAR], np.sign(sentences[low:high] - sentences[first]) + 1


def window_of(sentences: np.ndarray, first: int, last: int, around: int = BACK) -> tuple[int, int]:
    """The tokens [low, high) that are looked at for the cue [first, last).

    Its sentence and at most ``around`` tokens of the one before and the one behind.
    """
    here = sentences[first]
    begin, end = int(np.searchsorted(sentences, here)), int(np.searchsorted(sentences, here, side="right"))
    low = max(0, first - BACK, begin - around, int(np.searchsorted(sentences, here - 1)))
    high = min(len(sentences), last + AHEAD, end + around, int(np.searchsorted(sentences, here + 1, side="right")))
    return min(low, first), max(high, last)


def _mark(
    model: Model,
    sequence: Sequence,
    states: np.ndarray,
    inner: np.ndarray,
    windows: dict[tuple[int, int], tuple[int, int]],
    hints: dict[int, np.ndarray],
) -> list[tuple[tuple[int, int], int, np.ndarray]]:
    """For some cues the cue, the first token of its window, and the emissions of the window's tokens."""
    arrays = model.arrays
    lengths = [high - low for low, high in windows.values()]
    x = np.zeros((len(windows), max(lengths), inner.shape[1]), dtype=np.float32)
    keep = np.zeros((len(windows), max(lengths), 1), dtype=np.float32)
    for row, ((first, last), (low, high)) in enumerate(windows.items()):
        distance, side = seen_from(sequence.sentences, first, last, low, high)
        x[row, : high - low] = (
            inner[low:high]
            + linear(arrays, "pivot", states[first:last].mean(0))
            + arrays["where.weight"][distance]
            + arrays["same.weight"][side]
            + arrays["hint.bias"]
        )
        hint = hints.get(first)
        if hint is not None:
            x[row, : high - low] += hint[low:high] @ arrays["hint.weight"]
        keep[row, : high - low] = 1
    for own, dilation in model.blocks:
        x = block(own, dilation, x, keep)
    emissions = linear(arrays, "tag", normal(arrays, "norm", x))
    return [
        (job, low, emissions[row, :length])
        for row, ((job, (low, _)), length) in enumerate(zip(windows.items(), lengths, strict=True))
    ]


def _decode(
    model: Model, sequence: Sequence, cue: np.ndarray, marked: list[tuple[tuple[int, int], int, np.ndarray]]
) -> list[Proposal]:
    """The proposals for some cues from the emissions of their windows (cue, first token, emissions)."""
    cropped = []
    for job, low, emissions in marked:
        # Where every token is surely no part of anything there is nothing to decode.
        busy = np.flatnonzero(softmax(emissions)[:, 0] < _SURELY_NONE)
        begin, end = (max(0, int(busy[0]) - 1), int(busy[-1]) + 2) if len(busy) else (0, 1)
        cropped.append((job, low + begin, emissions[begin:end]))
    lengths = [len(emissions) for _, _, emissions in cropped]
    padded = np.zeros((len(cropped), max(lengths), len(TAGS)), dtype=np.float32)
    for row, (_, _, emissions) in enumerate(cropped):
        padded[row, : len(emissions)] = emissions
    paths = best_tags(model.chain, padded, lengths)
    sure = tag_probabilities(model.chain, padded, lengths)
    return [
        _proposal(sequence, job, low, path, sure[row], float(cue[job[0], 1]))
        for row, ((job, low, _), path) in enumerate(zip(cropped, paths, strict=True))
    ]


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
        right["source"] = float(np.prod(1 - sure[: len(tags), 1 + 2 * PARTS.index("source")]))
    return Proposal(
        cue=Span(tokens.starts[job[0]], tokens.ends[job[1] - 1]),
        cue_probability=cue_probability,
        content_probability=right["content"] if spans["content"] else 0.0,
        source_probability=right["source"],
        parts={part: tuple(found) for part, found in spans.items()},
    )
