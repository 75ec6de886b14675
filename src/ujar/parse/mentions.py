"""Names and offices in the running text, by a trained tagger: who and what is mentioned, not yet who is who."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.chain import best_tags, tag_probabilities
from ujar.learned.encoder import encode, word_vectors
from ujar.learned.layers import block, linear
from ujar.learned.tokens import tokens_of
from ujar.learned.weights import Arrays, load_weights, part_of
from ujar.records import Mention, MentionKind, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.learned.tokens import Tokens
    from ujar.records import Word

NAME_KINDS: tuple[MentionKind, ...] = ("person", "organisation", "place", "nationality", "other")
ROLE_KINDS: tuple[MentionKind, ...] = ("role",)
# A text is tagged in pieces of at most this many tokens, cut at breaks where there are any: time stays linear.
_PIECE = 400


@lru_cache(maxsize=1)
def _model() -> tuple[Arrays, Arrays, tuple[tuple[tuple[MentionKind, ...], Arrays], ...], tuple[int, ...]]:
    arrays = load_weights("names")
    heads = tuple((kinds, part_of(arrays, head)) for head, kinds in (("names", NAME_KINDS), ("roles", ROLE_KINDS)))
    return arrays, part_of(arrays, "encoder"), heads, tuple(int(d) for d in arrays["dilations"])


def find_mentions(text: str, words: Sequence[Word]) -> tuple[Mention, ...]:
    """The names and offices of a text, in order of their starts, longer ones first."""
    tokens = tokens_of(text, words)
    if not tokens.keys:
        return ()
    vectors = word_vectors().of(tokens.keys)
    out: list[Mention] = []
    for low, high in _pieces(tokens):
        out += _tag(text, tokens, vectors, low, high)
    return tuple(sorted(out, key=lambda m: (m.span.start, -m.span.end)))


def _pieces(tokens: Tokens) -> list[tuple[int, int]]:
    """The tokens in pieces [low, high)."""
    count = len(tokens.keys)
    return [(low, min(count, low + _PIECE)) for low in range(0, count, _PIECE)]


def _tag(text: str, tokens: Tokens, vectors: np.ndarray, low: int, high: int) -> list[Mention]:
    """The mentions that begin in one piece."""
    _, encoder, heads, dilations = _model()
    states = encode(encoder, vectors[low:high], tokens.shapes[low:high], dilations)
    out = []
    for kinds, head in heads:
        emissions = linear(head, "tag", block(head, "block", 1, states[None]))
        tags = best_tags(head, emissions, [high - low])[0]
        sure = tag_probabilities(head, emissions, [high - low])[0]
        chosen = sure[np.arange(high - low), tags]
        at = 0
        while at < high - low:
            if tags[at] == 0:
                at += 1
                continue
            kind, begin = kinds[(tags[at] - 1) // 2], at
            inside = 2 * ((tags[at] - 1) // 2) + 2
            at += 1
            while at < high - low and tags[at] == inside:
                at += 1
            span = Span(tokens.starts[low + begin], tokens.ends[low + at - 1])
            if "\n" not in text[span.start : span.end]:
                out.append(Mention(span, kind, round(float(chosen[begin:at].min()), 3)))
    return out
