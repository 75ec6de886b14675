"""Names and offices in the running text, by a trained tagger: who and what is mentioned, not yet who is who."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.chain import best_tags, tag_probabilities
from ujar.learned.encoder import Encoder, encode, encoder_of, word_vectors
from ujar.learned.layers import block, linear, softmax
from ujar.learned.tokens import shape_of, tokens_of, word_key
from ujar.learned.weights import Arrays, load_weights, part_of
from ujar.records import Mention, MentionKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ujar.learned.tokens import Tokens
    from ujar.records import Word

NAME_KINDS: tuple[MentionKind, ...] = ("person", "organisation", "place", "nationality", "other")
ROLE_KINDS: tuple[MentionKind, ...] = ("role",)
# A sentence is tagged in stretches of at most this many tokens, and this many stretches at a time.
_LONGEST, _BATCH = 160, 64
# A token with this probability of standing outside any name is not looked at again.
_SURELY_NONE = 0.999


@dataclass(frozen=True, slots=True)
class _Head:
    block: Arrays
    arrays: Arrays


@dataclass(frozen=True, slots=True)
class _Model:
    encoder: Encoder
    heads: dict[str, _Head]


@lru_cache(maxsize=1)
def _model() -> _Model:
    arrays = load_weights("names")
    heads = {head: part_of(arrays, head) for head in ("names", "roles", "nergrit")}
    return _Model(encoder_of(arrays), {head: _Head(part_of(own, "block"), own) for head, own in heads.items()})


def find_mentions(text: str, words: Sequence[Word], sentences: Sequence[Span]) -> tuple[Mention, ...]:
    """The names and offices of a text, in order of their starts, longer ones first; none runs over a line's end."""
    tokens = tokens_of(text, words)
    if not tokens.keys:
        return ()
    model = _model()
    states = encode(model.encoder, word_vectors().of(tokens.keys), tokens.shapes)
    stretches = _stretches(tokens, sentences)
    out: list[Mention] = []
    for head, kinds in (("names", NAME_KINDS), ("roles", ROLE_KINDS)):
        for first, last, kind, sure in tag_states(states, head, stretches):
            span = Span(tokens.starts[first], tokens.ends[last - 1])
            if "\n" not in text[span.start : span.end]:
                out.append(Mention(span, kinds[kind], round(sure, 3)))
    return tuple(sorted(_without_names(text, out), key=lambda m: (m.span.start, -m.span.end)))


def _without_names(text: str, mentions: list[Mention]) -> Iterator[Mention]:
    """The mentions, offices ending where a name begins that reaches beyond them ("Menteri Luar Negeri | Sari Kusumawati")."""
    persons = sorted(m.span for m in mentions if m.kind == "person")
    starts = [p.start for p in persons]
    offices = {m.span.start: m.span.end for m in mentions if m.kind == "role"}
    for mention in mentions:
        office = offices.get(mention.span.start)
        if mention.kind == "organisation" and office is not None and office < mention.span.end:
            # No body's name begins with an office: "Menteri Perdagangan | Sari Kusumawati".
            start = mention.span.end - len(text[office : mention.span.end].lstrip())
            yield replace(mention, span=Span(start, mention.span.end), kind="person")
            continue
        at = bisect_left(starts, mention.span.end) - 1
        if mention.kind == "role" and at >= 0 and persons[at].end > mention.span.end > persons[at].start:
            end = len(text[: persons[at].start].rstrip())
            if end > mention.span.start:
                yield replace(mention, span=Span(mention.span.start, end))
        else:
            yield mention


def _stretches(tokens: Tokens, sentences: Sequence[Span]) -> list[tuple[int, int]]:
    """The tokens in stretches [first, last): cut where sentences begin, and where one is very long."""
    count = len(tokens.keys)
    cuts = sorted({0, *(tokens.at(s.start) for s in sentences), count})
    return [
        (at, min(at + _LONGEST, high))
        for low, high in zip(cuts, cuts[1:], strict=False)
        for at in range(low, high, _LONGEST)
    ]


def tag_states(
    states: np.ndarray, head: str, stretches: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int, float]]:
    """What one head ("names", "roles", "nergrit") finds: tokens [first, last), number of the kind, probability.

    The probability is that of the least sure token.     ``states``: of the encoder, (tokens, width).
    """
    own = _model().heads[head]
    arrays = own.arrays
    emissions = linear(arrays, "tag", block(own.block, 1, states[None]))[0]
    chances = softmax(emissions)
    # Where every token is surely no name there is nothing to decode.
    doubtful = np.flatnonzero(chances[:, 0] < _SURELY_NONE)
    busy = [(first, last) for first, last in stretches if _any_between(doubtful, first, last)]
    for at in range(0, len(busy), _BATCH):
        batch = busy[at : at + _BATCH]
        lengths = [last - first for first, last in batch]
        padded = np.zeros((len(batch), max(lengths), emissions.shape[1]), dtype=np.float32)
        for row, (first, last) in enumerate(batch):
            padded[row, : last - first] = emissions[first:last]
        sure = tag_probabilities(arrays, padded, lengths)
        for row, ((first, _), tags) in enumerate(zip(batch, best_tags(arrays, padded, lengths), strict=True)):
            place = 0
            while place < len(tags):
                if tags[place] == 0:
                    place += 1
                    continue
                begin, kind = place, (int(tags[place]) - 1) // 2
                place += 1
                while place < len(tags) and tags[place] == 2 * kind + 2:
                    place += 1
                chance = float(sure[row, np.arange(begin, place), tags[begin:place]].min())
                yield first + begin, first + place, kind, chance


def _any_between(sorted_numbers: np.ndarray, low: int, high: int) -> bool:
    at = int(np.searchsorted(sorted_numbers, low))
    return at < len(sorted_numbers) and bool(sorted_numbers[at] < high)


def tag_forms(forms: Sequence[str], head: str) -> list[tuple[int, int, int, float]]:
    """What one head finds in a sentence that is cut into words already; as ``tag_states``."""
    model = _model()
    shapes = np.array([shape_of(f) for f in forms], dtype=np.int64)
    states = encode(model.encoder, word_vectors().of([word_key(f) for f in forms]), shapes)
    return list(tag_states(states, head, [(0, len(forms))]))
