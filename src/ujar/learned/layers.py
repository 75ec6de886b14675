"""The layers of the nets, forward only: what ``training/nets.py`` trains with torch, said again in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ujar.learned.weights import Arrays

_EPSILON = np.float32(1e-5)


def linear(arrays: Arrays, name: str, x: np.ndarray) -> np.ndarray:
    """An affine map: (…, in) to (…, out)."""
    return np.asarray(x @ arrays[f"{name}.weight"] + arrays[f"{name}.bias"])


def normal(arrays: Arrays, name: str, x: np.ndarray) -> np.ndarray:
    """Layer normalisation over the last axis (Ba et al. 2016)."""
    width = x.shape[-1]
    # Sums by matrix product: for rows this short much quicker than a reduction.
    share = np.full(width, 1 / width, dtype=np.float32)
    out = x - (x @ share)[..., None]
    out *= (1 / np.sqrt((out * out) @ share + _EPSILON))[..., None]
    out *= arrays[f"{name}.weight"]
    out += arrays[f"{name}.bias"]
    return np.asarray(out)


def block(own: Arrays, dilation: int, x: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
    """Normalise, convolve over three tokens ``dilation`` apart, rectify, mix, add: (batch, tokens, width) to the same.

    ``own``: the arrays of this block (``norm``, ``conv``, ``mix``). ``keep``: 1 for the tokens that are there, 0 for padding,
    (batch, tokens, 1).
    """
    y = normal(own, "norm", x)
    if keep is not None:
        y *= keep
    batch, tokens, width = y.shape
    # The kernel is stored as (3 * width, inner): what stands before, at, and after the token, side by side.
    inside = max(0, tokens - dilation)
    beside = np.empty((batch, tokens, 3 * width), dtype=np.float32)
    beside[:, :dilation, :width] = 0
    beside[:, dilation:, :width] = y[:, :inside]
    beside[:, :, width : 2 * width] = y
    beside[:, :inside, 2 * width :] = y[:, dilation:]
    beside[:, inside:, 2 * width :] = 0
    inner = beside.reshape(batch * tokens, 3 * width) @ own["conv.weight"]
    inner += own["conv.bias"]
    np.maximum(inner, 0, out=inner)
    out = inner @ own["mix.weight"]
    out += own["mix.bias"]
    out += x.reshape(batch * tokens, width)
    return np.asarray(out.reshape(batch, tokens, width))


def softmax(x: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    y = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(y / y.sum(-1, keepdims=True))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Probabilities from scores."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
