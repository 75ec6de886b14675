"""The learned coder: whether a word of the table tells of an event here, who does it to whom, where, if what, and how far.

The layout is that of the statement reader, and so are the lower blocks of the encoder; the upper ones are tuned anew.
One net gives every token a type of event or none, and so says whether to believe a row of the table; a second one looks
at the sentences around each trigger that is believed and tags actors, recipients, place and condition *of that event*,
and tells mode and status. Trained by ``training/events.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.plover import STATUSES, TYPES
from ujar.events.triggers import right_share
from ujar.learned.batches import batches
from ujar.learned.chain import best_tags, runs, tag_probabilities
from ujar.learned.layers import block, linear, normal, softmax
from ujar.learned.weights import Arrays, blocks_of, load_weights, part_of
from ujar.records import Span
from ujar.statements.reader import seen_from, window_of

if TYPE_CHECKING:
    from ujar.events.triggers import Match
    from ujar.events.view import View
    from ujar.records import EventStatus, EventType

PARTS = ("actor", "recipient", "place", "condition")
TAGS = ("O", *(f"{b}-{part}" for part in PARTS for b in "BI"))
KINDS: tuple[EventType, ...] = tuple(TYPES)
# No mode, then those of each type.
MODES: tuple[tuple[str, str] | None, ...] = (None, *((t.name, mode) for t in TYPES.values() for mode in t.modes))
# What is told in the end.
KEEP = 0.32
# A row of one word, or of several, counts so much when the net sees nothing in it.
_ROW_ALONE, _ROWS_ALONE = 0.3, 0.4
# The window: the sentence, and so many tokens of the one before and the one behind.
AROUND = 40
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Draft:
    """What the net makes of one trigger.

    Attributes:
        token: the token it is told by.
        trigger: the words.
        type, mode, status: what it is taken for.
        probability: that this tells of an event of this type, as the net sees it.
        row: the row of the table that fires.
        parts: spans of each part, by the names in PARTS, with the probability that each is right.
    """

    token: int
    trigger: Span
    type: EventType
    mode: str | None
    status: EventStatus
    probability: float
    row: Match
    parts: dict[str, tuple[tuple[Span, float], ...]] = field(default_factory=dict)

    @property
    def chance(self) -> float:
        """How probable this is, net and table taken together."""
        return chance_of(self.probability, self.row)


@dataclass(frozen=True, slots=True)
class Model:
    """The arrays of the coder, by what they are for."""

    arrays: Arrays
    upper: tuple[tuple[Arrays, int], ...]
    norm: Arrays
    first: tuple[tuple[Arrays, int], ...]
    blocks: tuple[tuple[Arrays, int], ...]
    chain: Arrays


def model_of(arrays: Arrays) -> Model:
    """The coder that some arrays are (those of the package, or one being trained)."""
    return Model(
        arrays,
        tuple(zip(blocks_of(arrays, "upper"), (int(d) for d in arrays["upper_dilations"]), strict=True)),
        part_of(arrays, "upper_norm"),
        tuple(zip(blocks_of(arrays, "first"), (int(d) for d in arrays["first_dilations"]), strict=True)),
        tuple(zip(blocks_of(arrays), (int(d) for d in arrays["span_dilations"]), strict=True)),
        part_of(arrays, "chain"),
    )


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The coder of the package, loaded on first use."""
    return model_of(load_weights("events"))


def chance_of(probability: float, match: Match) -> float:
    """How probable it is that a trigger tells of its event: net and table each have a say."""
    alone = _ROW_ALONE if len(match.row.parts) == 1 else _ROWS_ALONE
    return right_share(match.row) * (alone + (1 - alone) * probability)


def draft(view: View, encoded: np.ndarray, model: Model | None = None) -> list[Draft]:
    """The likely events of an article, one for each row of the table that fires and that the net believes, in text order.

    ``encoded``: the states of its tokens after the lower blocks of the package's encoder, (tokens, width).
    """
    model = model or shipped()
    arrays = model.arrays
    rows = sorted({(m.first, KINDS.index(m.row.type)) for m in view.rows.values()})
    if not rows:
        return []
    states = _states(model, view, encoded, [token for token, _ in rows])
    chances = softmax(linear(arrays, "trigger", states))
    jobs = [(token, token + 1, kind) for token, kind in rows]
    kept = [job for job in jobs if chance_of(_seen(view, chances, job), view.rows[job[0]]) >= KEEP]
    windows = {job: window_of(view.sequence.sentences, job[0], job[1], AROUND) for job in kept}
    sizes = {job: high - low for job, (low, high) in windows.items()}
    kept.sort(key=lambda job: (sizes[job], job))
    inner = linear(arrays, "into", states)
    out = []
    for batch in batches(kept, sizes.__getitem__, _BATCH, lambda size: size * 1.4 + 24):
        out += _read(model, view, states, inner, chances, {job: windows[job] for job in batch})
    return sorted(out, key=lambda d: d.token)


# The convolutions in front of the triggers see so many tokens to each side.
_REACH = 12


def _states(model: Model, view: View, encoded: np.ndarray, triggers: list[int]) -> np.ndarray:
    """The states of the sentences that hold triggers and of those beside them, (tokens, width); 0 for the others."""
    sentences = view.sequence.sentences
    own = sentences[triggers]
    wanted = np.isin(sentences, np.concatenate([own - 1, own, own + 1]))
    edges = np.diff(wanted.astype(np.int8), prepend=0, append=0)
    places: list[np.ndarray] = []
    for first, last in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        # Nothing is seen across a gap.
        places += [np.arange(first, last), np.full(_REACH, -1)]
    index = np.concatenate(places[:-1])
    there = (index >= 0)[:, None].astype(np.float32)
    x, keep = (encoded[index] * there)[None], there[None]
    for block_, dilation in model.upper:
        x = block(block_, dilation, x, keep)
    x = normal(model.norm, "norm", x) + linear(model.arrays, "known", view.known[index])
    for block_, dilation in model.first:
        x = block(block_, dilation, x, keep)
    out = np.zeros((len(sentences), x.shape[2]), dtype=np.float32)
    out[index[index >= 0]] = x[0][index >= 0]
    return out


def _seen(view: View, chances: np.ndarray, job: tuple[int, int, int]) -> float:
    """What the net makes of a row: the probability of its type at the likeliest of its words."""
    match = view.rows[job[0]]
    return float(chances[match.first : match.last, 1 + job[2]].max())


def _read(
    model: Model,
    view: View,
    states: np.ndarray,
    inner: np.ndarray,
    chances: np.ndarray,
    windows: dict[tuple[int, int, int], tuple[int, int]],
) -> list[Draft]:
    """The drafts for some triggers, from their windows of tokens."""
    arrays = model.arrays
    sentences, tokens = view.sequence.sentences, view.sequence.tokens
    lengths = [high - low for low, high in windows.values()]
    x = np.zeros((len(windows), max(lengths), inner.shape[1]), dtype=np.float32)
    keep = np.zeros((len(windows), max(lengths), 1), dtype=np.float32)
    for row, ((first, last, kind), (low, high)) in enumerate(windows.items()):
        distance, side = seen_from(sentences, first, last, low, high)
        x[row, : high - low] = (
            inner[low:high]
            + linear(arrays, "pivot", states[first:last].mean(0))
            + arrays["kind.weight"][kind]
            + arrays["where.weight"][distance]
            + arrays["same.weight"][side]
            + arrays["hint.bias"]
        )
        hint = view.hint(first)
        if hint is not None:
            x[row, : high - low] += hint[low:high] @ arrays["hint.weight"]
        keep[row, : high - low] = 1
    for own, dilation in model.blocks:
        x = block(own, dilation, x, keep)
    x = normal(arrays, "norm", x)
    emissions = linear(arrays, "tag", x)
    paths = best_tags(model.chain, emissions, lengths)
    sure = tag_probabilities(model.chain, emissions, lengths)
    out = []
    for row, ((first, last, kind), (low, _)) in enumerate(windows.items()):
        middle = x[row, first - low : last - low].mean(0)
        type_ = KINDS[kind]
        fits = np.array([m is None or m[0] == type_ for m in MODES])
        mode = MODES[int(np.where(fits, linear(arrays, "mode", middle), -1e9).argmax())]
        out.append(
            Draft(
                token=first,
                trigger=Span(tokens.starts[first], tokens.ends[view.rows[first].last - 1]),
                type=type_,
                mode=mode[1] if mode else None,
                status=STATUSES[int(linear(arrays, "status", middle).argmax())],
                probability=_seen(view, chances, (first, last, kind)),
                row=view.rows[first],
                parts=_parts(view, paths[row].tolist(), sure[row], low),
            )
        )
    return out


def _parts(view: View, tags: list[int], sure: np.ndarray, low: int) -> dict[str, tuple[tuple[Span, float], ...]]:
    """The spans that the tags of a window mark."""
    tokens = view.sequence.tokens
    found: dict[str, list[tuple[Span, float]]] = {part: [] for part in PARTS}
    for start, end, number in runs(tags):
        chance = float(sure[start, 1 + 2 * number : 3 + 2 * number].sum())
        found[PARTS[number]].append((Span(tokens.starts[low + start], tokens.ends[low + end - 1]), chance))
    return {part: tuple(spans) for part, spans in found.items()}
