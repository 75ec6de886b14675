"""What ``chain.py`` and ``windows.py`` do in numpy as plain loops, which numba compiles (extra ``fast``): the same answers, sooner.

A sentence is too little for numpy, whose calls cost more than what they count. In chains sequences lie end to end in one array; ``bounds``
has where each begins, and where the last ends. What was compiled is kept beside this file, or in the user's cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_TINY = np.float32(1e-35)


@njit(cache=True)
def best_tags(steps: np.ndarray, first: np.ndarray, emissions: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The most probable tags (Viterbi): emissions (tokens, tags), float32, to int64 (tokens)."""
    count = len(first)
    tags = np.empty(len(emissions), dtype=np.int64)
    came = np.empty(emissions.shape, dtype=np.int64)
    best, now = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.float32)
    for number in range(len(bounds) - 1):
        begin, end = bounds[number], bounds[number + 1]
        for tag in range(count):
            best[tag] = emissions[begin, tag] + first[tag]
        for t in range(begin + 1, end):
            for tag in range(count):
                top, way = best[0] + steps[0, tag], 0
                for before in range(1, count):
                    score = best[before] + steps[before, tag]
                    if score > top:
                        top, way = score, before
                now[tag], came[t, tag] = emissions[t, tag] + top, way
            best[:] = now
        last = best.argmax()
        for t in range(end - 1, begin - 1, -1):
            tags[t] = last
            last = came[t, last]
    return tags


@njit(cache=True)
def tag_probabilities(steps: np.ndarray, first: np.ndarray, emissions: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The probability of each tag at each token (forward-backward, Rabiner 1989), float32 (tokens, tags).

    ``steps`` and ``first`` are factors here, not scores; every sum is brought back to 1.
    """
    count = len(first)
    # How each tag fits its token; then what it weighs together with all that stands in front.
    fits, out = np.empty_like(emissions), np.empty_like(emissions)
    behind, ahead = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.float32)
    for number in range(len(bounds) - 1):
        begin, end = bounds[number], bounds[number + 1]
        for t in range(begin, end):
            top = emissions[t].max()
            for tag in range(count):
                fits[t, tag] = np.exp(emissions[t, tag] - top)
                reached = first[tag]
                if t > begin:
                    reached = np.float32(0)
                    for before in range(count):
                        reached += out[t - 1, before] * steps[before, tag]
                out[t, tag] = fits[t, tag] * reached
            out[t] /= max(out[t].sum(), _TINY)
        behind[:] = 1
        for t in range(end - 1, begin - 1, -1):
            for tag in range(count):
                ahead[tag] = fits[t, tag] * behind[tag]
                out[t, tag] *= behind[tag]
            out[t] /= max(out[t].sum(), _TINY)
            for tag in range(count):
                total = np.float32(0)
                for after in range(count):
                    total += steps[tag, after] * ahead[after]
                behind[tag] = total
            behind /= max(behind.sum(), _TINY)
    return out


@njit(cache=True)
def laid_out(
    sentences: np.ndarray, bounds: np.ndarray, jobs: np.ndarray, classes: np.ndarray, gap: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The tokens, rows, distances and sides of windows (``windows.Windows``), int64 (places) each.

    ``bounds``, ``jobs``: (windows, 2); ``classes``: of the distances from the farthest in front to the farthest behind.
    """
    count = gap * len(bounds)
    for row in range(len(bounds)):
        count += bounds[row, 1] - bounds[row, 0]
    tokens, rows = np.full(count, -1), np.empty(count, dtype=np.int64)
    distance, side = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    far = len(classes) // 2
    place = 0
    for row in range(len(bounds)):
        (low, high), (first, last) = bounds[row], jobs[row]
        for at in range(low, high + gap):
            token = 0
            if at < high:
                token = tokens[place] = at
            away = token - first if token < first else token - last + 1 if token >= last else 0
            beside = sentences[token] - sentences[first]
            rows[place] = row
            distance[place] = classes[min(max(away, -far), far) + far]
            side[place] = 0 if beside < 0 else 2 if beside > 0 else 1
            place += 1
    return tokens, rows, distance, side


@njit(cache=True)
def sums(
    seen: np.ndarray, jobs: np.ndarray, where: np.ndarray, same: np.ndarray, hints: np.ndarray,
    begin: int, tokens: np.ndarray, rows: np.ndarray, distance: np.ndarray, side: np.ndarray, held: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """What a net is given of windows (``windows.Windows.seen_by``): float32 (places, width)."""
    width = seen.shape[1]
    out, held_of = np.empty((len(tokens), width), dtype=np.float32), np.empty(width, dtype=np.float32)
    for place in range(len(tokens)):
        x, token, job = out[place], seen[max(tokens[place] - begin, 0)], jobs[rows[place]]
        away, beside = where[distance[place]], same[side[place]]
        for i in range(width):
            x[i] = token[i] + job[i] + away[i] + beside[i]
        held_of[:] = 0
        for hint in range(len(hints)):
            if held[place, hint]:
                held_of += held[place, hint] * hints[hint]
        x += held_of
    return out
