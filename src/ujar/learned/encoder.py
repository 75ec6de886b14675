"""Words in, states out: vectors from word rows and character n-grams, then dilated convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.stack import Stack, stack_of
from ujar.learned.tokens import buckets_of, tokens_of
from ujar.learned.weights import Arrays, load_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ujar.learned.tokens import Tokens
    from ujar.records import Word

# New words whose vectors are remembered: names recur within an article and across the day's news.
_REMEMBERED = 20_000
# After so many blocks nets with other tasks part from the reader.
LOWER = 3


class WordVectors:
    """The vector of any word: of a known one its own row, of another the mean of its character n-grams."""

    def __init__(self, arrays: Arrays) -> None:
        words = bytes(arrays["words"]).decode().split("\x00")
        self._row = {word: i for i, word in enumerate(words)}
        self._table = arrays["rows"]
        self._scale = arrays["row_scales"]
        self._grams = arrays["grams"]
        self._gram_scale = arrays["gram_scales"]
        self._new: dict[str, np.ndarray] = {}

    def of(self, keys: Sequence[str]) -> np.ndarray:
        """The vectors of some word keys: float32 (words, width)."""
        rows = np.array([self._row.get(key, -1) for key in keys], dtype=np.int64)
        # Words without a row (-1) get the last one until their own vectors are put there.
        out = self._table[rows] * self._scale[rows, None]
        for index in (rows < 0).nonzero()[0].tolist():
            out[index] = self._unknown(keys[index])
        return np.asarray(out)

    def _unknown(self, key: str) -> np.ndarray:
        vector = self._new.get(key)
        if vector is None:
            if len(self._new) >= _REMEMBERED:
                self._new.clear()
            # The longest words are addresses and damage; their first letters are enough.
            buckets = np.array(buckets_of(key[:40]))
            rows = self._grams[buckets] * self._gram_scale[buckets, None]
            vector = self._new[key] = np.asarray(np.add.reduce(rows) / np.float32(len(rows)))
        return vector


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """The word vectors of the package, loaded on first use."""
    return WordVectors(load_weights("vectors"))


@dataclass(frozen=True, slots=True)
class Encoded:
    """An article as the nets see it: its tokens, and the state of each, float32 (tokens, width).

    ``lower`` is the state after LOWER blocks, from which other nets go on in their own way.
    """

    tokens: Tokens
    states: np.ndarray
    lower: np.ndarray


@dataclass(frozen=True, slots=True)
class Encoder:
    """A fine-tuned encoder: what the written form adds to a word, and its blocks with the last norm."""

    form: np.ndarray
    blocks: Stack


def encoder_of(arrays: Arrays) -> Encoder:
    """The encoder of a model."""
    return Encoder(arrays["encoder.form"], stack_of(arrays, "encoder"))


@lru_cache(maxsize=1)
def shipped() -> Encoder:
    """The encoder of the package, loaded on first use."""
    return encoder_of(load_weights("reader"))


def encode_text(text: str, words: Iterable[Word]) -> Encoded:
    """A text as the nets of the package see it."""
    tokens = tokens_of(text, words)
    states, lower = encode(shipped(), word_vectors().of(tokens.keys), tokens.shapes)
    return Encoded(tokens, states, lower)


def encode(encoder: Encoder, vectors: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The states of one text: vectors (tokens, width) and form classes (tokens) to float32 (tokens, width).

    The second array has them after LOWER blocks, not normalised.
    """
    if not len(vectors):
        return vectors, vectors
    states, lower = encoder.blocks.outputs(vectors + encoder.form[shapes])[:2]
    return states, lower
