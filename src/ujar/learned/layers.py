"""The layers of the nets, forward only: what ``training/nets.py`` trains with torch, said again in numpy."""

from __future__ import annotations

from functools import cache
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
    share = _share(x.shape[-1])
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
    kernel = _kernel(own)
    batch, tokens, width = x.shape
    wide = width + 2
    beside = np.empty((batch, tokens, 3 * wide), dtype=np.float32)
    here = beside[:, :, wide : 2 * wide]
    mean = x @ _share(width)
    spread = np.einsum("bti,bti->bt", x, x) * np.float32(1 / width) - mean * mean
    scale = 1 / np.sqrt(np.maximum(spread, 0) + _EPSILON)
    np.multiply(x, scale[..., None], here[:, :, :width])
    np.multiply(mean, scale, here[:, :, width])
    here[:, :, width + 1] = 1
    if keep is not None:
        here *= keep
    inside = max(0, tokens - dilation)
    beside[:, :dilation, :wide] = 0
    beside[:, dilation:, :wide] = here[:, :inside]
    beside[:, :inside, 2 * wide :] = here[:, dilation:]
    beside[:, inside:, 2 * wide :] = 0
    inner = beside.reshape(batch * tokens, 3 * wide) @ kernel
    np.maximum(inner, 0, out=inner)
    out = inner @ own["mix.weight"]
    out += own["mix.bias"]
    out += x.reshape(batch * tokens, width)
    return np.asarray(out.reshape(batch, tokens, width))


def _kernel(own: Arrays) -> np.ndarray:
    """The kernel of a block, made on first use: what stands before, at, and after the token, side by side.

    Of each token it takes the state divided by its deviation, the mean divided by that, and 1: the rest of the normalisation
    and what is added to it and to the convolution are in the kernel, which spares five passes over the states.
    """
    kernel = own.get("conv.kernel")
    if kernel is None:
        weight, bias = own["norm.weight"], own["norm.bias"]
        taps = own["conv.weight"].reshape(3, len(weight), -1).astype(np.float64)
        scaled = taps * weight[:, None]
        whole = np.concatenate(
            [scaled, -scaled.sum(1, keepdims=True), (taps * bias[:, None]).sum(1, keepdims=True)], axis=1
        )
        whole[1, -1] += own["conv.bias"]
        kernel = own["conv.kernel"] = whole.reshape(3 * (len(weight) + 2), -1).astype(np.float32)
    return kernel


@cache
def _share(width: int) -> np.ndarray:
    """What a mean takes of each number. Sums by matrix product: for rows this short much quicker than a reduction."""
    return np.full(width, 1 / width, dtype=np.float32)


def softmax(x: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    y = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(y / y.sum(-1, keepdims=True))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Probabilities from scores."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
