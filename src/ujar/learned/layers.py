"""The layers of the nets, forward only: what ``training/nets.py`` trains with torch, said again in numpy."""

from __future__ import annotations

import numpy as np

from ujar.learned.weights import Arrays

_EPSILON = np.float32(1e-5)


def linear(arrays: Arrays, name: str, x: np.ndarray) -> np.ndarray:
    """An affine map: (…, in) to (…, out)."""
    return np.asarray(x @ arrays[f"{name}.weight"] + arrays[f"{name}.bias"])


def normal(arrays: Arrays, name: str, x: np.ndarray) -> np.ndarray:
    """Layer normalisation over the last axis (Ba et al. 2016)."""
    away = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((away * away).mean(-1, keepdims=True) + _EPSILON)
    return np.asarray(away / spread * arrays[f"{name}.weight"] + arrays[f"{name}.bias"])


def block(own: Arrays, dilation: int, x: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
    """Normalise, convolve over three tokens ``dilation`` apart, rectify, mix, add: (batch, tokens, width) to the same.

    ``own``: the arrays of this block (``norm``, ``conv``, ``mix``). ``keep``: 1 for the tokens that are there, 0 for padding, (batch, tokens, 1).
    """
    y = normal(own, "norm", x)
    if keep is not None:
        y *= keep
    batch, tokens, width = y.shape
    wide = np.zeros((batch, tokens + 2 * dilation, width), dtype=np.float32)
    wide[:, dilation : dilation + tokens] = y
    # The kernel is stored as (3 * width, inner): what stands before, at, and after the token, side by side.
    beside = np.concatenate((wide[:, :tokens], y, wide[:, 2 * dilation : 2 * dilation + tokens]), axis=2).reshape(
        batch * tokens, 3 * width
    )
    inner = beside @ own["conv.weight"] + own["conv.bias"]
    np.maximum(inner, 0, out=inner)
    return np.asarray(x + (inner @ own["mix.weight"] + own["mix.bias"]).reshape(batch, tokens, width))


def softmax(x: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    y = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(y / y.sum(-1, keepdims=True))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Probabilities from scores."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
