"""Linear-chain conditional random fields (Lafferty et al. 2001): the best tags, and how probable each tag is.

In numpy, many sequences at a time; in compiled loops (``loops.py``) where there is numba.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from ujar.learned.weights import Arrays


@lru_cache(maxsize=1)
def loops() -> ModuleType | None:
    """The compiled loops, or None: without the extra ``fast``, with a numpy too new for it, or with no folder to keep them in."""
    try:
        from ujar.learned import loops as compiled
    except (ImportError, RuntimeError):
        return None
    return compiled


# Steps that cannot be, to the inside of what did not begin, have scores below this.
_NEVER = -1000


def reach(arrays: Arrays) -> float:
    """By how much two steps, or two first tags, that may be differ at most."""
    allowed = [part[part > _NEVER] for part in (arrays["steps"], arrays["first"])]
    return float(max(part.max() - part.min() for part in allowed))


def follows(tags: Sequence[int]) -> bool:
    """Whether no inside tag (2, 4 …) stands without its own begin (1, 3 …) or inside in front of it."""
    before = 0
    for tag in tags:
        if tag and tag % 2 == 0 and before not in (tag, tag - 1):
            return False
        before = tag
    return True


def runs(tags: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """What some tags mark: begin, end and number of the kind, whose tags are 1 + 2 * number (begin) and the next (inside)."""
    at = 0
    while at < len(tags):
        if tags[at] == 0:
            at += 1
            continue
        begin, number = at, (tags[at] - 1) // 2
        at += 1
        while at < len(tags) and tags[at] == 2 + 2 * number:
            at += 1
        yield begin, at, number


def best_tags(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """The most probable tag sequence of each member of a batch (Viterbi); emissions (batch, tokens, tags).

    ``arrays``: ``steps`` [from, to] and ``first``, scores of transitions and of the first tag.
    """
    steps = arrays["steps"]
    batch, longest, count = emissions.shape
    # The score of the best path to each tag: (tokens, tags, batch), so that one goes through whole rows at a time. Which tag
    # it came from is asked only of the tags that are taken in the end. What stands behind a length does no harm.
    best = emissions.transpose(1, 2, 0).copy()
    best[0] += arrays["first"][:, None]
    ways = np.ascontiguousarray(steps[:, :, None])
    every, top = np.empty((count, count, batch), dtype=np.float32), np.empty((count, batch), dtype=np.float32)
    before = list(best[:, :, None])
    for t, now in enumerate(list(best[1:])):
        np.add(before[t], ways, every)
        np.maximum.reduce(every, axis=0, out=top)
        np.add(now, top, now)
    limits = np.asarray(lengths)
    ends: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        ends.setdefault(length - 1, []).append(row)
    final = best[limits - 1, :, np.arange(batch)].argmax(1)
    scores = np.ascontiguousarray(best.transpose(0, 2, 1))
    into = np.ascontiguousarray(steps.T)
    tags = np.empty((longest, batch), dtype=np.int64)
    last = final.copy()
    for t in range(longest - 1, -1, -1):
        if t in ends:
            last[ends[t]] = final[ends[t]]
        tags[t] = last
        if t:
            last = (scores[t - 1] + into.take(last, 0)).argmax(1)
    return [tags[:length, row] for row, length in enumerate(lengths)]


# So many sequences are decoded together.
_BATCH = 64


def decoded(arrays: Arrays, emissions: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The most probable tags of some sequences, and the probability of each tag at each token: (tokens) and (tokens, tags).

    ``emissions``: (tokens, tags) of each, of at least one token.
    """
    compiled = loops()
    if compiled is not None and emissions:
        return _decoded_by(compiled, arrays, emissions)
    # Like lengths are decoded together.
    order = sorted(range(len(emissions)), key=lambda number: len(emissions[number]))
    found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for at in range(0, len(order), _BATCH):
        batch = order[at : at + _BATCH]
        lengths = [len(emissions[number]) for number in batch]
        padded = np.zeros((len(batch), max(lengths), emissions[batch[0]].shape[1]), dtype=np.float32)
        for row, number in enumerate(batch):
            padded[row, : lengths[row]] = emissions[number]
        paths, chances = best_tags(arrays, padded, lengths), tag_probabilities(arrays, padded, lengths)
        for row, number in enumerate(batch):
            found[number] = paths[row], chances[row, : lengths[row]]
    return [found[number] for number in range(len(emissions))]


def _decoded_by(
    compiled: ModuleType, arrays: Arrays, emissions: Sequence[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    bounds = np.cumsum([0, *map(len, emissions)])
    laid = np.concatenate(emissions)
    tags = compiled.best_tags(arrays["steps"], arrays["first"], laid, bounds)
    steps, first = np.exp(arrays["steps"]), np.exp(arrays["first"] - arrays["first"].max())
    chances = compiled.tag_probabilities(steps, first, laid, bounds)
    return [(tags[begin:end], chances[begin:end]) for begin, end in pairwise(bounds.tolist())]


# After so many steps sums are brought back to 1, so that products of many factors stay in range (Rabiner 1989).
_RESCALE = 4


def tag_probabilities(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """The probability of each tag at each token (forward-backward): (batch, tokens, tags), 0 behind the lengths."""
    batch, longest, count = emissions.shape
    limits, rows, places = np.asarray(lengths), np.arange(batch), np.arange(longest)
    factors = np.exp(emissions - emissions.max(-1, keepdims=True))
    # Both ways at once: (tokens, way, batch, tags), the second way from each sequence's own end.
    mirror = np.maximum(limits[:, None] - 1 - places, 0)
    sums = np.empty((longest, 2, batch, count), dtype=np.float32)
    sums[:, 0] = factors.transpose(1, 0, 2)
    sums[:, 1] = factors[rows[:, None], mirror].transpose(1, 0, 2)
    first = arrays["first"]
    sums[0, 0] *= np.exp(first - first.max())
    steps = np.exp(arrays["steps"])
    ways = np.stack([steps, steps.T])
    reached = np.empty((2, batch, count), dtype=np.float32)
    before = sums[0]
    for t, now in enumerate(list(sums[1:]), start=1):
        np.matmul(before, ways, reached)
        np.multiply(now, reached, now)
        if t % _RESCALE == 0:
            now /= np.maximum(now.sum(2, keepdims=True), _TINY)
        before = now
    # What comes behind a token is the sum at the next one, one step back; at the end it is 1.
    behind = np.ones((batch, longest, count), dtype=np.float32)
    behind[:, :-1] = sums[:, 1].transpose(1, 0, 2)[rows[:, None], mirror][:, 1:] @ ways[1]
    behind[rows, limits - 1] = 1
    out = sums[:, 0].transpose(1, 0, 2) * behind
    out /= np.maximum(out.sum(2, keepdims=True), _TINY)
    out[places >= limits[:, None]] = 0
    return np.asarray(out)


_TINY = np.float32(1e-35)
