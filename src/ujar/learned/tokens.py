"""Tokens as the learned models see them: a key for the word, a class for its written form, paragraph breaks kept."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import Span, Word

# What stands between two paragraphs in the sequence of tokens.
BREAK = "\n"
# Classes of written forms.
LOWER, TITLE, UPPER, MIXED, DIGIT, PUNCTUATION, INITIAL, MASK = range(8)
BUCKETS = 40_000
_DIGIT = re.compile(r"\d")
_SHORTEST, _LONGEST = 3, 5


def word_key(form: str) -> str:
    """The form under which a word is looked up: lower case, every digit a 0, one kind of quotation mark and dash."""
    key = form.lower()
    if key.isalpha():
        return key
    return _DIGIT.sub("0", key).translate(_ALIKE)


_ALIKE = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "«": '"', "»": '"'})


def shape_of(form: str) -> int:
    """The class of a written form: lower case, Title, UPPER, mIxed, with digits, punctuation, one capital."""
    if form.islower():
        return LOWER if form.isalpha() or not _DIGIT.search(form) else DIGIT
    if form[0].isupper() and (len(form) == 1 or form[1:].islower()):
        return INITIAL if len(form) == 1 else TITLE
    if _DIGIT.search(form):
        return DIGIT
    if form.isupper():
        return UPPER
    return MIXED if any(c.isalpha() for c in form) else PUNCTUATION


@lru_cache(maxsize=100_000)
def _known(form: str) -> tuple[str, int]:
    return word_key(form), shape_of(form)


def buckets_of(key: str) -> list[int]:
    """The rows of a word's character n-grams (3 to 5, with marks at both ends), by CRC-32; the whole word included."""
    marked = f"<{key}>"
    grams = {marked}
    for size in range(_SHORTEST, _LONGEST + 1):
        grams.update(marked[i : i + size] for i in range(len(marked) - size + 1))
    return sorted(zlib.crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS for gram in grams)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text in order: its words, and one BREAK where a line ends between two words.

    Attributes:
        starts, ends: character offsets, ascending; a break is empty.
        keys: the forms under which words are looked up.
        shapes: the class of each written form, int64.
    """

    starts: list[int]
    ends: list[int]
    keys: list[str]
    shapes: np.ndarray

    def at(self, offset: int) -> int:
        """The token that holds or follows a character offset."""
        index = bisect_right(self.starts, offset) - 1
        return index if index >= 0 and self.ends[index] > offset else index + 1

    def cover(self, span: Span) -> tuple[int, int]:
        """The tokens [first, last) that begin inside a span."""
        first = self.at(span.start)
        return first, max(first, bisect_left(self.starts, span.end))


def tokens_of(text: str, words: Iterable[Word]) -> Tokens:
    """The words of a text as tokens."""
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    shapes: list[int] = []
    end = 0
    for start, word_end, _ in words:
        # Hardly ever is more than a space between two words.
        if start > end and starts and text[end:start] != " " and "\n" in text[end:start]:
            starts.append(end)
            ends.append(end)
            keys.append(BREAK)
            shapes.append(PUNCTUATION)
        end = word_end
        key, shape = _known(text[start:end])
        starts.append(start)
        ends.append(end)
        keys.append(key)
        shapes.append(shape)
    return Tokens(starts, ends, keys, np.array(shapes, dtype=np.int64))
