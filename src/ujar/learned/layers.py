"""The small layers of the nets, in numpy; ``stack.py`` has the large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ujar.learned.weights import Arrays


def linear(arrays: Arrays, name: str, x: np.ndarray) -> np.ndarray:
    """An affine map: (…, in) to (…, out)."""
    y = np.asarray(x @ arrays[f"{name}.weight"])
    y += arrays[f"{name}.bias"]
    return y


def softmax(x: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    y = np.exp(x - np.maximum.reduce(x, -1, keepdims=True))
    y /= np.add.reduce(y, -1, keepdims=True)
    return np.asarray(y)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Probabilities from scores."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
