"""The arrays of a trained model, read from the package on first use."""

from __future__ import annotations

import io
from functools import cache
from importlib import resources
from zipfile import BadZipFile

import numpy as np

from ujar.errors import TableError

Arrays = dict[str, np.ndarray]


@cache
def load_weights(name: str) -> Arrays:
    """The arrays of ``ujar/learned/models/NAME.npz`` by name.

    Raises TableError when the file is missing or damaged.
    """
    try:
        return read_arrays((resources.files("ujar.learned") / "models" / f"{name}.npz").read_bytes())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise TableError(
            "bad-model", f"the model {name}.npz cannot be read: {error}", "install ujar again, or use --reader rules"
        ) from error


def read_arrays(data: bytes) -> Arrays:
    """The arrays of an npz file by name; those stored as half precision come back as float32."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return in_floats({key: stored[key] for key in stored.files})


def in_floats(arrays: Arrays) -> Arrays:
    """The arrays, those in half precision as float32."""
    return {key: a.astype(np.float32) if a.dtype == np.float16 else a for key, a in arrays.items()}


def part_of(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays whose names begin with ``prefix`` and a full stop, without it."""
    return {key[len(prefix) + 1 :]: a for key, a in arrays.items() if key.startswith(prefix + ".")}
