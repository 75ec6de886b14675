"""Linear-chain conditional random fields (Lafferty et al. 2001): the best tags, and how probable each tag is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.learned.weights import Arrays


def _by_length(lengths: Sequence[int], longest: int) -> tuple[np.ndarray, list[int]]:
    """The order that puts the longest first, and how many sequences still go on at each token."""
    limits = np.asarray(lengths)
    order = np.argsort(-limits, kind="stable")
    return order, (limits[:, None] > np.arange(longest)).sum(0).tolist()


def best_tags(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """The most probable tag sequence of each member of a batch (Viterbi); emissions (batch, tokens, tags).

    ``arrays``: ``steps`` [from, to] and ``first``, scores of transitions and of the first tag.
    """
    steps = arrays["steps"]
    batch, longest, count = emissions.shape
    order, live = _by_length(lengths, longest)
    scores = emissions[order]
    best = scores[:, 0] + arrays["first"]
    back = np.zeros((longest, batch, count), dtype=np.int8)
    for t in range(1, longest):
        n = live[t]
        grown = best[:n, :, None] + steps
        back[t, :n] = grown.argmax(1)
        best[:n] = grown.max(1) + scores[:n, t]
    tags = np.zeros((batch, longest), dtype=np.int64)
    last = best.argmax(1)
    for t in range(longest - 1, -1, -1):
        n = live[t]
        tags[:n, t] = last[:n]
        if t:
            last[:n] = back[t, np.arange(n), last[:n]]
    out: list[np.ndarray] = [tags[0]] * batch
    for row, number in enumerate(order.tolist()):
        out[number] = tags[row, : lengths[number]]
    return out


def tag_probabilities(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """The probability of each tag at each token (forward-backward): (batch, tokens, tags), 0 behind the lengths."""
    # Each step is scaled to sum 1, so that products of many factors stay in range (Rabiner 1989).
    steps = np.exp(arrays["steps"])
    back_steps = np.ascontiguousarray(steps.T)
    batch, longest, count = emissions.shape
    order, live = _by_length(lengths, longest)
    factors = np.exp(emissions - emissions.max(-1, keepdims=True))[order]
    ahead = np.zeros((longest, batch, count), dtype=np.float32)
    first = arrays["first"]
    state = factors[:, 0] * np.exp(first - first.max())
    ahead[0] = state / state.sum(1, keepdims=True)
    for t in range(1, longest):
        n = live[t]
        state = (ahead[t - 1, :n] @ steps) * factors[:n, t]
        ahead[t, :n] = state / np.maximum(state.sum(1, keepdims=True), 1e-30)
    out = np.zeros(emissions.shape, dtype=np.float32)
    behind = np.ones((batch, count), dtype=np.float32)
    for t in range(longest - 1, -1, -1):
        n = live[t]
        both = ahead[t, :n] * behind[:n]
        out[order[:n], t] = both / np.maximum(both.sum(1, keepdims=True), 1e-30)
        if t:
            state = (factors[:n, t] * behind[:n]) @ back_steps
            behind[:n] = state / np.maximum(state.sum(1, keepdims=True), 1e-30)
    return out
