"""Linear-chain conditional random fields (Lafferty et al. 2001): the best tags, and how probable each tag is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.learned.weights import Arrays


def best_tags(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """The most probable tag sequence of each member of a batch (Viterbi); emissions (batch, tokens, tags).

    ``arrays``: ``steps`` [from, to] and ``first``, scores of transitions and of the first tag.
    """
    steps, first = arrays["steps"], arrays["first"]
    batch, longest, count = emissions.shape
    limits = np.asarray(lengths)
    best = emissions[:, 0] + first
    back = np.zeros((longest, batch, count), dtype=np.int8)
    same = np.arange(count, dtype=np.int8)
    for t in range(1, longest):
        grown = best[:, :, None] + steps
        came = grown.argmax(1)
        top = np.take_along_axis(grown, came[:, None, :], 1)[:, 0] + emissions[:, t]
        live = (t < limits)[:, None]
        best = np.where(live, top, best)
        back[t] = np.where(live, came, same)
    tags = np.zeros((batch, longest), dtype=np.int64)
    tags[:, -1] = best.argmax(1)
    rows = np.arange(batch)
    for t in range(longest - 1, 0, -1):
        tags[:, t - 1] = back[t, rows, tags[:, t]]
    return [tags[b, : limits[b]] for b in range(batch)]


def tag_probabilities(arrays: Arrays, emissions: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """The probability of each tag at each token (forward-backward): (batch, tokens, tags), 0 behind the lengths."""
    steps, first = arrays["steps"], arrays["first"]
    batch, longest, count = emissions.shape
    limits = np.asarray(lengths)
    ahead = np.empty((longest, batch, count), dtype=np.float32)
    ahead[0] = emissions[:, 0] + first
    for t in range(1, longest):
        grown = _sum(ahead[t - 1][:, :, None] + steps, 1) + emissions[:, t]
        ahead[t] = np.where((t < limits)[:, None], grown, ahead[t - 1])
    behind = np.zeros((batch, count), dtype=np.float32)
    total = _sum(ahead[-1], 1)[:, None]
    out = np.zeros(emissions.shape, dtype=np.float32)
    for t in range(longest - 1, -1, -1):
        live = (t < limits)[:, None]
        out[:, t] = np.where(live, np.exp(np.minimum(ahead[t] + behind - total, 0)), 0)
        if t:
            grown = _sum(steps + (emissions[:, t] + behind)[:, None, :], 2)
            behind = np.where(live, grown, behind)
    return out


def _sum(x: np.ndarray, axis: int) -> np.ndarray:
    top = x.max(axis, keepdims=True)
    return np.asarray(np.squeeze(top, axis) + np.log(np.exp(x - top).sum(axis)))
