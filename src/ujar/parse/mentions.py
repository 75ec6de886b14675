"""Names and offices in the running text, by a trained tagger: who and what is mentioned, not yet who is who."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.chain import best_tags, follows, loops, reach, runs
from ujar.learned.encoder import encode, shipped, word_vectors
from ujar.learned.layers import linear, softmax
from ujar.learned.stack import Stack, stack_of
from ujar.learned.tokens import shape_of, word_key
from ujar.learned.weights import Arrays, load_weights, part_of
from ujar.records import Mention, MentionKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ujar.learned.encoder import Encoded

NAME_KINDS: tuple[MentionKind, ...] = ("person", "organisation", "place", "nationality", "other")
ROLE_KINDS: tuple[MentionKind, ...] = ("role",)
# Stretches of at most this many tokens are decoded, this many at a time.
_LONGEST, _BATCH = 160, 64
# So far behind a token is looked for what a name that goes on over it would be without it.
_REST = 8


@dataclass(frozen=True, slots=True)
class _Model:
    block: Stack
    heads: dict[str, Arrays]


@lru_cache(maxsize=1)
def _model() -> _Model:
    arrays = load_weights("reader")
    return _Model(
        stack_of(arrays, "names_block"), {head: part_of(arrays, head) for head in ("names", "roles", "nergrit")}
    )


def find_mentions(text: str, encoded: Encoded, sentences: Sequence[Span]) -> tuple[Mention, ...]:
    """The names and offices of a text, in order of their starts, longer ones first; none runs over a line's end."""
    tokens = encoded.tokens
    if not tokens.keys:
        return ()
    states = _model().block(encoded.states)
    cuts = [tokens.at(s.start) for s in sentences]
    out: list[Mention] = []
    for head, kinds in (("names", NAME_KINDS), ("roles", ROLE_KINDS)):
        for first, last, kind, sure in tag_states(states, head, cuts):
            span = Span(tokens.starts[first], tokens.ends[last - 1])
            if "\n" not in text[span.start : span.end]:
                out.append(Mention(span, kinds[kind], round(sure, 3)))
    return tuple(sorted(_without_names(text, out), key=lambda m: (m.span.start, -m.span.end)))


def _without_names(text: str, mentions: list[Mention]) -> Iterator[Mention]:
    """The mentions, offices ending where a name begins that reaches beyond them ("Menteri Luar Negeri | Sari Kusumawati")."""
    persons = sorted(m.span for m in mentions if m.kind == "person")
    starts = [p.start for p in persons]
    roles = [m.span for m in mentions if m.kind == "role"]
    offices = {r.start: r.end for r in roles}
    for mention in mentions:
        office = offices.get(mention.span.start)
        if mention.kind == "organisation" and office is not None and office < mention.span.end:
            # No body's name begins with an office: "Menteri Perdagangan | Sari Kusumawati".
            start = mention.span.end - len(text[office : mention.span.end].lstrip())
            yield replace(mention, span=Span(start, mention.span.end), kind="person")
            continue
        around = next((r for r in roles if r.start < mention.span.start < r.end < mention.span.end), None)
        if mention.kind in ("place", "organisation", "other") and around is not None:
            # "Wali [Kota | Rina Wulandari]": what crosses the end of an office is the name behind it.
            start = mention.span.end - len(text[around.end : mention.span.end].lstrip())
            if start < mention.span.end and text[start].isupper():
                yield replace(mention, span=Span(start, mention.span.end), kind="person")
            continue
        if mention.kind == "person" and office is not None and office < mention.span.end:
            # "Presiden Finlandia | Alexander Stubb", tagged as one name.
            start = mention.span.end - len(text[office : mention.span.end].lstrip())
            if start < mention.span.end:
                yield replace(mention, span=Span(start, mention.span.end))
                continue
        at = bisect_left(starts, mention.span.end) - 1
        if mention.kind == "role" and at >= 0 and persons[at].end > mention.span.end > persons[at].start:
            end = len(text[: persons[at].start].rstrip())
            if end > mention.span.start:
                yield replace(mention, span=Span(mention.span.start, end))
        else:
            yield mention


def tag_states(states: np.ndarray, head: str, cuts: Sequence[int]) -> Iterator[tuple[int, int, int, float]]:
    """What one head ("names", "roles", "nergrit") finds: tokens [first, last), number of the kind, probability.

    The probability is that of the least sure token, its neighbours left aside. ``states``: of the block of the heads,
    (tokens, width); ``cuts``: the tokens at which sentences begin, over which no name runs.
    """
    own = _model().heads[head]
    emissions = linear(own, "tag", states)
    compiled = loops()
    if compiled is None:
        tags = _tags_of_islands(own, emissions, cuts)
    else:
        borders = np.array(sorted({0, *cuts, len(emissions)}))
        tags = compiled.best_tags(own["steps"], own["first"], emissions, borders)
    marked = tags.nonzero()[0]
    sure = softmax(emissions[marked])[np.arange(len(marked)), tags[marked]].tolist()
    at = 0
    # No sentence begins inside a name, so that they can be gone through as one.
    for first, last, kind in runs(tags.tolist()):
        here, at = at, at + last - first
        yield first, last, kind, min(sure[here:at])


def _tags_of_islands(own: Arrays, emissions: np.ndarray, cuts: Sequence[int]) -> np.ndarray:
    """The best tags (tokens), looked for only where there may be names."""
    ranked = np.sort(emissions, axis=1)
    # What a step can cost or bring is little: a tag that is so much better than the next one needs no neighbours.
    step = reach(own)
    likeliest, sure = emissions.argmax(1), (ranked[:, -1] - ranked[:, -2] > 2 * step).tolist()
    tags = np.zeros(len(emissions), dtype=np.int64)
    islands: list[tuple[int, int]] = []
    for first, last in _islands(_doubtful(emissions, step), cuts):
        # Where every token is sure of its tag, and the tags follow each other, there is nothing to weigh.
        if all(sure[first:last]) and follows(likeliest[first:last].tolist()):
            tags[first:last] = likeliest[first:last]
        else:
            islands.append((first, last))
    for at in range(0, len(islands), _BATCH):
        batch = islands[at : at + _BATCH]
        lengths = [last - first for first, last in batch]
        padded = np.zeros((len(batch), max(lengths), emissions.shape[1]), dtype=np.float32)
        for row, (first, last) in enumerate(batch):
            padded[row, : last - first] = emissions[first:last]
        for (first, last), path in zip(batch, best_tags(own, padded, lengths), strict=True):
            tags[first:last] = path
    return tags


def _doubtful(emissions: np.ndarray, step: float) -> np.ndarray:
    """Whether the best tags may have a name at each token: bool (tokens).

    None is, where standing outside is so much better than any other tag that it would be taken whatever stands around: it
    makes up for the steps to it and from it, and for the rest of a name behind it, which is to begin anew or to be none.
    """
    outside, begin, inside = emissions[:, :1], emissions[:, 1::2], emissions[:, 2::2]
    anew, none = inside - begin + step, inside - outside + step
    rest = anew.clip(0)
    for _ in range(_REST):
        rest = np.minimum(anew, none + _next(rest)).clip(0)
    need = _next(rest).max(1) + 2 * step
    return np.asarray(outside[:, 0] - emissions[:, 1:].max(1) <= need)


def _next(of: np.ndarray) -> np.ndarray:
    """What each token's follower has; 0 of none."""
    return np.concatenate([of[1:], np.zeros_like(of[:1])])


def _islands(doubtful: np.ndarray, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """The stretches [first, last) in which there may be names: what lies between surely has none, and decodes to none.

    One token is kept on either side, and a stretch ends where a sentence begins, or when it grows very long; short
    ones come first, so that like lengths are decoded together.
    """
    near = doubtful.copy()
    near[1:] |= doubtful[:-1]
    near[:-1] |= doubtful[1:]
    edges = np.diff(near.astype(np.int8), prepend=0, append=0)
    out: list[tuple[int, int]] = []
    borders = sorted(cuts)
    for first, last in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        inner = borders[bisect_right(borders, first) : bisect_left(borders, last)]
        for low, high in zip([first, *inner], [*inner, last], strict=True):
            out += [(at, min(at + _LONGEST, high)) for at in range(low, high, _LONGEST)]
    return sorted(out, key=lambda island: island[1] - island[0])


def tag_forms(forms: Sequence[str], head: str) -> list[tuple[int, int, int, float]]:
    """What one head finds in a sentence that is cut into words already; as ``tag_states``."""
    shapes = np.array([shape_of(f) for f in forms], dtype=np.int64)
    states, _ = encode(shipped(), word_vectors().of([word_key(f) for f in forms]), shapes)
    return list(tag_states(_model().block(states), head, [0]))
