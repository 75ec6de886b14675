"""What a net is given that looks at the sentences around one word: windows of tokens, laid end to end.

The statement reader looks so at cues, the event coder at triggers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.chain import loops
from ujar.learned.layers import linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.learned.weights import Arrays

# A window reaches at most this many tokens to each side.
BACK, AHEAD = 100, 70
# No convolution over windows reaches farther in one step: nothing is seen across as many empty places.
GAP = 8
# So many windows are looked at in one pass: more than a usual article has, and few enough for one that is nothing but cues.
AT_ONCE = 128


def laid_out(windows: Sequence[tuple[int, int]], gap: int = GAP) -> tuple[np.ndarray, np.ndarray]:
    """Windows [low, high) of tokens laid end to end, ``gap`` empty places behind each, so that one pass does for all.

    Returns for each place the token, -1 where there is none, and the number of the window: int64 (places) both.
    """
    tokens, rows = [], []
    nothing = np.full(gap, -1)
    for row, (low, high) in enumerate(windows):
        tokens += [np.arange(low, high), nothing]
        rows.append(np.full(high - low + gap, row))
    return np.concatenate(tokens), np.concatenate(rows)


def _distance_class(distance: np.ndarray) -> np.ndarray:
    """Classes of the signed distance to the cue: 0 inside, exact up to 4, then coarser by 1.6, the sides apart."""
    size = np.abs(distance)
    coarse = np.where(
        size <= 4, size, np.minimum(11, 4 + np.ceil(np.log(np.maximum(size, 1) / 4) / np.log(1.6)))
    ).astype(np.int64)
    return np.asarray(np.where(distance < 0, coarse + 12, coarse))


# From this distance on all are of the last class of their side.
_FAR = 128
_CLASS = _distance_class(np.arange(-_FAR, _FAR + 1))


def seen_from(
    sentences: np.ndarray, tokens: np.ndarray, first: np.ndarray | int, last: np.ndarray | int
) -> tuple[np.ndarray, np.ndarray]:
    """How some tokens stand to the tokens [first, last), which may be others for each.

    Returns the class of the distance, and 0, 1, 2 for a token of the sentence before, of the same, and of the one behind.
    """
    distance = np.where(tokens < first, tokens - first, np.where(tokens >= last, tokens - last + 1, 0))
    return _CLASS[distance.clip(-_FAR, _FAR) + _FAR], np.sign(sentences[tokens] - sentences[first]) + 1


def window_of(sentences: np.ndarray, first: int, last: int, around: int = BACK) -> tuple[int, int]:
    """The tokens [low, high) that are looked at for the cue [first, last).

    Its sentence and at most ``around`` tokens of the one before and the one behind.
    """
    here = sentences[first]
    begin, end = int(sentences.searchsorted(here)), int(sentences.searchsorted(here, "right"))
    low = max(0, first - BACK, begin - around, int(sentences.searchsorted(here - 1)))
    high = min(len(sentences), last + AHEAD, end + around, int(sentences.searchsorted(here + 1, "right")))
    return min(low, first), max(high, last)


def means(states: np.ndarray, stretches: Sequence[tuple[int, int]]) -> np.ndarray:
    """The mean state of each stretch [first, last): float32 (stretches, width)."""
    out = states[[first for first, _ in stretches]]
    for row, (first, last) in enumerate(stretches):
        # Most are one token.
        if last - first > 1:
            out[row] = states[first:last].mean(0)
    return out


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows around some jobs, each the tokens [first, last), laid end to end with empty places between.

    Attributes:
        jobs: what is looked at.
        bounds: for each job the tokens [low, high) of its window.
        tokens: for each place its token, -1 where there is none.
        rows: for each place the number of its job.
        begins: for each job its first place.
        distance, side: for each place how its token stands to its job (``seen_from``).
        held: for each place what is held of its token beforehand, float32 (places, hints).
    """

    jobs: list[tuple[int, int]]
    bounds: list[tuple[int, int]]
    tokens: np.ndarray
    rows: np.ndarray
    begins: list[int]
    distance: np.ndarray
    side: np.ndarray
    held: np.ndarray

    @property
    def keep(self) -> np.ndarray:
        """1 where there is a token, float32 (places, 1)."""
        return (self.tokens >= 0)[:, None].astype(np.float32)

    def seen_by(self, arrays: Arrays, states: np.ndarray) -> np.ndarray:
        """What a net of windows, whose arrays these are, is given of tokens in these states: float32 (places, width)."""
        # Nothing of a window looks further than these layers: projecting all tokens once is cheaper than every window.
        begin, end = min(low for low, _ in self.bounds), max(high for _, high in self.bounds)
        seen = linear(arrays, "into", states[begin:end])
        pivots = linear(arrays, "pivot", means(states, self.jobs)) + arrays["hint.bias"]
        compiled = loops()
        if compiled is not None:
            own = (arrays[f"{name}.weight"] for name in ("where", "same", "hint"))
            places = self.tokens, self.rows, self.distance, self.side, self.held
            return np.asarray(compiled.sums(seen, pivots, *own, begin, *places))
        x: np.ndarray = seen[(self.tokens - begin).clip(0)]
        x += pivots[self.rows]
        x += arrays["where.weight"][self.distance]
        x += arrays["same.weight"][self.side]
        x += self.held @ arrays["hint.weight"]
        return x


def windows_around(
    sentences: np.ndarray,
    jobs: list[tuple[int, int]],
    around: int,
    hints: dict[int, np.ndarray],
    width: int,
) -> Windows:
    """The windows around some jobs, with ``around`` tokens of the sentences beside theirs.

    ``hints``: first token of a job → what is held of it beforehand, (tokens, ``width``).
    """
    bounds = [window_of(sentences, first, last, around) for first, last in jobs]
    begins = [0, *accumulate(high - low + GAP for low, high in bounds)][:-1]
    compiled = loops()
    if compiled is not None:
        tokens, rows, distance, side = compiled.laid_out(sentences, np.array(bounds), np.array(jobs), _CLASS, GAP)
    else:
        tokens, rows = laid_out(bounds)
        firsts, lasts = np.array(jobs).T
        distance, side = seen_from(sentences, tokens.clip(0), firsts[rows], lasts[rows])
    held = np.zeros((len(tokens), width), dtype=np.float32)
    for (first, _), (low, high), begin in zip(jobs, bounds, begins, strict=True):
        hint = hints.get(first)
        if hint is not None:
            held[begin : begin + high - low] = hint[low:high]
    return Windows(jobs, bounds, tokens, rows, begins, distance, side, held)
