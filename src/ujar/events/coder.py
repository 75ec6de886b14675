"""The learned coder: whether a word of the table tells of an event here, who does it to whom, where, if what, and how far.

The layout is that of the statement reader, and so are the lower blocks of the encoder; the upper ones are tuned anew.
One net gives every token a type of event or none, and so says whether to believe a row of the table; a second one looks
at the sentences around each trigger that is believed and tags actors, recipients, place and condition *of that event*,
and tells mode and status. Trained by ``training/events.py``, the second net again by ``training/event_parts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ujar.events.plover import STATUSES, TYPES
from ujar.events.triggers import right_share
from ujar.learned.chain import decoded, runs
from ujar.learned.layers import linear, softmax
from ujar.learned.stack import Stack, stack_of
from ujar.learned.weights import Arrays, load_weights, part_of
from ujar.learned.windows import AT_ONCE, laid_out, means, windows_around
from ujar.records import Span

if TYPE_CHECKING:
    from ujar.events.triggers import Match
    from ujar.events.view import View
    from ujar.records import EventStatus, EventType

PARTS = ("actor", "recipient", "place", "condition")
TAGS = ("O", *(f"{b}-{part}" for part in PARTS for b in "BI"))
KINDS: tuple[EventType, ...] = tuple(TYPES)
# No mode, then those of each type.
MODES: tuple[tuple[str, str] | None, ...] = (None, *((t.name, mode) for t in TYPES.values() for mode in t.modes))
# Which of the modes each type may have.
_FITS = np.array([[mode is None or mode[0] == kind for mode in MODES] for kind in KINDS])
# What is told in the end.
KEEP = 0.32
# A row of one word, or of several, counts so much when the net sees nothing in it.
_ROW_ALONE, _ROWS_ALONE = 0.3, 0.4
# From this probability on it is told that an event is not actual.
_NOT_DONE = 0.7
# The window: the sentence, and so many tokens of the one before and the one behind.
AROUND = 40


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
    upper: Stack
    first: Stack
    blocks: Stack
    chain: Arrays


def model_of(arrays: Arrays) -> Model:
    """The coder that some arrays are (those of the package, or one being trained)."""
    upper, first, blocks = (stack_of(arrays, name) for name in ("upper", "first", "blocks"))
    return Model(arrays, upper, first, blocks, part_of(arrays, "chain"))


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
    rows = sorted({(m.first, KINDS.index(m.row.type)) for m in view.rows.values()})
    if not rows:
        return []
    states = states_around(model, view, encoded, [token for token, _ in rows])
    chances = softmax(linear(model.arrays, "trigger", states))
    jobs = [(token, token + 1, kind) for token, kind in rows]
    kept = [job for job in jobs if chance_of(_seen(view, chances, job), view.rows[job[0]]) >= KEEP]
    kept.sort()
    out: list[Draft] = []
    for at in range(0, len(kept), AT_ONCE):
        out += _read(model, view, states, chances, kept[at : at + AT_ONCE])
    return out


def states_around(model: Model, view: View, encoded: np.ndarray, triggers: list[int]) -> np.ndarray:
    """The states of the sentences that hold triggers and of those beside them, (tokens, width); 0 for the others."""
    sentences = view.sequence.sentences
    own = sentences[triggers]
    # One place more at either end: the first sentence has none before it, the last none behind.
    near = np.zeros(int(sentences[-1]) + 3, dtype=np.int8)
    near[own] = near[own + 1] = near[own + 2] = 1
    edges = np.diff(near[sentences + 1], prepend=0, append=0)
    stretches = zip((edges == 1).nonzero()[0].tolist(), (edges == -1).nonzero()[0].tolist(), strict=True)
    index, _ = laid_out(list(stretches))
    there = index >= 0
    keep = there[:, None].astype(np.float32)
    x = model.upper(encoded[index.clip(0)] * keep, keep)
    x += linear(model.arrays, "known", view.known[index.clip(0)])
    x = model.first(x, keep)
    out = np.zeros((len(sentences), x.shape[1]), dtype=np.float32)
    out[index[there]] = x[there]
    return out


def _seen(view: View, chances: np.ndarray, job: tuple[int, int, int]) -> float:
    """What the net makes of a row: the probability of its type at the likeliest of its words."""
    match = view.rows[job[0]]
    return float(chances[match.first : match.last, 1 + job[2]].max())


def _read(
    model: Model, view: View, states: np.ndarray, chances: np.ndarray, jobs: list[tuple[int, int, int]]
) -> list[Draft]:
    """The drafts for some triggers."""
    arrays, tokens = model.arrays, view.sequence.tokens
    kinds = [kind for _, _, kind in jobs]
    hints = {first: hint for first, _, _ in jobs if (hint := view.hint(first)) is not None}
    windows = windows_around(view.sequence.sentences, [job[:2] for job in jobs], AROUND, hints, 2)
    x = windows.seen_by(arrays, states) + arrays["kind.weight"][kinds][windows.rows]
    x = model.blocks(x, windows.keep)
    triggers = [
        (begin + first - low, begin + last - low)
        for begin, (first, last), (low, _) in zip(windows.begins, windows.jobs, windows.bounds, strict=True)
    ]
    middles = means(x, triggers)
    modes = np.where(_FITS[kinds], linear(arrays, "mode", middles), -np.inf).argmax(1)
    status = softmax(linear(arrays, "status", middles))
    # What is told is done, unless the net is sure that it is not.
    statuses = np.where(status.max(1) >= _NOT_DONE, status.argmax(1), STATUSES.index("actual"))
    emissions = linear(arrays, "tag", x)
    of_windows = [
        emissions[at : at + high - low] for at, (low, high) in zip(windows.begins, windows.bounds, strict=True)
    ]
    out = []
    for number, (tags, sure) in enumerate(decoded(model.chain, of_windows)):
        first, last, kind = jobs[number]
        mode = MODES[int(modes[number])]
        out.append(
            Draft(
                token=first,
                trigger=Span(tokens.starts[first], tokens.ends[view.rows[first].last - 1]),
                type=KINDS[kind],
                mode=mode[1] if mode else None,
                status=STATUSES[int(statuses[number])],
                probability=_seen(view, chances, (first, last, kind)),
                row=view.rows[first],
                parts=_parts(view, tags.tolist(), sure, windows.bounds[number][0]),
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
