"""Linear-chain conditional random fields (Lafferty et al. 2001): the best tags, and how probable each tag is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ujar.learned.weights import Arrays


def _by_length(lengths: Sequence[int], longest: int) -> tuple[np.ndarray, list[int]]:
    """The order that puts the longest first, and how many sequences still go on at each token."""
    limits = np.asarray(lengths)
    order = np.argsort(-limits, kind="stable")
    return order, (limits[:, None] > np.arange(longest)).sum(0).tolist()


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
    into = np.ascontiguousarray(steps.T)
    batch, longest, _ = emissions.shape
    order, live = _by_length(lengths, longest)
    # The score of the best path to each tag: (tokens, tags, batch), so that one goes through whole rows at a time. Which tag
    # it came from is asked only of the tags that are taken in the end.
    best = np.ascontiguousarray(emissions[order].transpose(1, 2, 0))
    best[0] += arrays["first"][:, None]
    ways = np.ascontiguousarray(steps[:, :, None])
    for t in range(1, longest):
        n = live[t]
        best[t, :, :n] += np.maximum.reduce(best[t - 1, :, None, :n] + ways)
    tags = np.zeros((batch, longest), dtype=np.int64)
    limits = np.asarray(lengths)[order]
    last = best[limits - 1, :, np.arange(batch)].argmax(1)
    for t in range(longest - 1, -1, -1):
        n = live[t]
        tags[:n, t] = last[:n]
        if t:
            last[:n] = (best[t - 1, :, :n].T + into[last[:n]]).argmax(1)
    out: list[np.ndarray] = [tags[0]] * batch
    for row, number in enumerate(order.tolist()):
        out[number] = tags[row, : lengths[number]]
    return out


# After so many steps sums are brought back to 1, so that products of many factors stay in range (Rabiner 1989).
_RESCALE = 4


def tag_probabilities(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """The probability of each tag at each token (forward-backward): (batch, tokens, tags), 0 behind the lengths."""
    steps = np.exp(arrays["steps"])
    back_steps = np.ascontiguousarray(steps.T)
    batch, longest, count = emissions.shape
    order, live = _by_length(lengths, longest)
    factors = np.exp(emissions - emissions.max(-1, keepdims=True))[order].transpose(1, 0, 2).copy()
    ahead = np.zeros((longest, batch, count), dtype=np.float32)
    first = arrays["first"]
    ahead[0] = factors[0] * np.exp(first - first.max())
    for t in range(1, longest):
        n = live[t]
        state = ahead[t - 1, :n] @ steps
        state *= factors[t, :n]
        if t % _RESCALE == 0:
            state /= np.maximum(state.sum(1, keepdims=True), _TINY)
        ahead[t, :n] = state
    behind = np.zeros((longest, batch, count), dtype=np.float32)
    for row, limit in enumerate(np.asarray(lengths)[order].tolist()):
        behind[limit - 1, row] = 1
    for t in range(longest - 1, 0, -1):
        n = live[t]
        state = (factors[t, :n] * behind[t, :n]) @ back_steps
        if t % _RESCALE == 0:
            state /= np.maximum(state.sum(1, keepdims=True), _TINY)
        behind[t - 1, :n] = state
    both = ahead * behind
    both /= np.maximum(both.sum(2, keepdims=True), _TINY)
    out = np.zeros(emissions.shape, dtype=np.float32)
    out[order] = both.transpose(1, 0, 2)
    return out


_TINY = np.float32(1e-35)
