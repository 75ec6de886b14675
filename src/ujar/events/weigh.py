"""How probable it is that an event is right: its type, who does it and to whom.

A small net (``training/event_weights.py``) that learned from what the coder made of articles which it had not learned from,
beside their annotation. What it weighs (``FEATURES``) is how sure the coder is of the trigger and of the parties, what the
trigger table says of the row, how the parties were found and resolved, and where the trigger stands. Its answer is the
confidence of the event.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from ujar.actors.rows import HOME
from ujar.events.parties import Parties, meet
from ujar.events.plover import BY_SPEAKING, PRIVATE, STATUSES, TYPES
from ujar.events.triggers import Voice, right_share
from ujar.learned.layers import linear, sigmoid
from ujar.learned.weights import load_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.events.coder import Draft
    from ujar.events.sides import Marked
    from ujar.learned.weights import Arrays
    from ujar.records import EventStatus, Parse, Party, Span, Statement

SIDES = ("actor", "recipient")
# How a party was resolved, by the commoner rules of ujar.actors.
_RULES = (
    "state", "body", "person", "office", "role", "home", "given", "words", "article", "unknown", "ambiguous", "of",
    "where",
)  # fmt: skip
_OF_SIDE = (
    "none", "several", "many", "sure", "resolved", "no-code", "all-no-code", "home", "private", "grammar", "net",
    "other-sentence", "behind", "near", "far", "short", *(f"rule={name}" for name in _RULES),
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    "net", "net-odds", "row-right", "row-words", "chance", "topic", "topic-odds", "by-speaking", "in-statement",
    "in-quote", "claimed", "lead", "later", "title", "same-state", "home-only", "no-recipient-known", "others-here",
    "others", "words-of-trigger",
    *(f"type={name}" for name in TYPES), *(f"voice={name}" for name in get_args(Voice)), *(f"status={name}" for name in STATUSES),
    *(f"{side}-{name}" for side in SIDES for name in _OF_SIDE),
)  # fmt: skip
_INDEX = {name: i for i, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known about an article: how probably it is political, its drafts, and how many each sentence has."""

    topic: float
    drafts: int
    drafts_of: dict[int, int]


def features_of(
    parse: Parse,
    parties: Parties,
    draft: Draft,
    status: EventStatus,
    scene: Scene,
    sides: dict[str, tuple[Party, ...]],
    marked: dict[str, Marked],
    grammar: list[list[Span]],
    told: Statement | None,
    *,
    claimed: bool,
) -> np.ndarray:
    """What is known about an event, float32 (len(FEATURES),).

    Args:
        parse: the article.
        parties: those of the article.
        draft: what the net makes of the trigger.
        status: how far the event has come.
        scene: what is known about the article.
        sides: actors and recipients, resolved, by the names in SIDES.
        marked: the words that the net marks for each side, with their probability.
        grammar: the words that the grammar has for each side.
        told: the statement in whose content the trigger stands.
        claimed: whether the event is somebody's claim.
    """
    at = parties.sentence_at(draft.trigger.start)
    # A text that is all furniture has no sentence.
    sentence = parse.sentences[at] if parse.sentences else draft.trigger
    title = (parse.article.title or "").lower()
    words = parse.article.text[slice(*draft.trigger)].lower().split()
    codes = [{p.actor.code for p in sides[side] if p.actor is not None} for side in SIDES]
    out: dict[str, float] = {
        "net": draft.probability,
        "chance": draft.chance,
        "net-odds": _odds(draft.probability),
        "row-right": right_share(draft.row.row),
        "row-words": len(draft.row.row.parts) / 4,
        "topic": scene.topic,
        "topic-odds": _odds(scene.topic),
        "by-speaking": draft.type in BY_SPEAKING,
        "in-statement": told is not None,
        "in-quote": told is not None and told.kind == "direct",
        "claimed": claimed,
        f"type={draft.type}": 1,
        f"voice={draft.row.row.voice}": 1,
        f"status={status}": 1,
        "words-of-trigger": (draft.row.last - draft.row.first) / 4,
        "lead": at < _LEAD,
        "later": math.log1p(at) / 4,
        "title": any(word in title for word in words if len(word) >= _SHORT),
        "others": math.log1p(scene.drafts) / 3,
        "others-here": scene.drafts_of[at] / 4,
        "same-state": bool(codes[0] & codes[1] - {None}),
        "home-only": codes[0] | codes[1] <= {HOME, None},
        "no-recipient-known": not codes[1] - {None},
    }
    for number, side in enumerate(SIDES):
        own = _side(draft, sentence, sides[side], marked[side], grammar[number])
        out |= {f"{side}-{name}": value for name, value in own.items()}
    x = np.zeros(len(FEATURES), dtype=np.float32)
    for name, value in out.items():
        x[_INDEX[name]] = value
    return x


def _side(
    draft: Draft, sentence: Span, parties: Sequence[Party], marked: Marked, grammar: list[Span]
) -> dict[str, float]:
    """What is known about one side of an event."""
    if not parties:
        return {"none": 1, "grammar": bool(grammar), "net": bool(marked)}
    actors = [p.actor for p in parties if p.actor is not None]
    spans = [p.span for p in parties]
    chances = [max((c for m, c in marked if meet(m, s)), default=0.0) for s in spans]
    away = min(max(s.start - draft.trigger.end, draft.trigger.start - s.end, 0) for s in spans)
    out: dict[str, float] = {
        "several": len(parties) > 1,
        "many": len(parties) > _MANY,
        "sure": min(chances),
        "resolved": min((a.confidence for a in actors), default=0.0),
        "no-code": any(a.code is None for a in actors),
        "all-no-code": all(a.code is None for a in actors),
        "home": any(a.code == HOME for a in actors),
        "private": any(a.sector in PRIVATE for a in actors),
        "grammar": sum(any(meet(s, g) for g in grammar) for s in spans) / len(spans),
        "net": sum(c > 0 for c in chances) / len(spans),
        "other-sentence": any(not sentence.start <= s.start < sentence.end for s in spans),
        "behind": any(s.start >= draft.trigger.end for s in spans),
        "near": away < _NEAR,
        "far": math.log1p(away) / 6,
        "short": any(s.end - s.start < _SHORT for s in spans),
    }
    for actor in actors:
        if actor.rule in _RULES:
            out[f"rule={actor.rule}"] = 1
    return out


# So many sentences are the lead; so many characters are near; a word of fewer is short; more parties than these are many.
_LEAD, _NEAR, _SHORT, _MANY = 2, 4, 5, 2
# No chance counts as smaller than this, nor its opposite.
_LEAST = 0.002


def _odds(chance: float) -> float:
    """Log odds, brought to lie between -1 and 1."""
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance)) / math.log((1 - _LEAST) / _LEAST)


def probabilities(x: np.ndarray, arrays: Arrays | None = None) -> np.ndarray:
    """How probable it is that events are right, 0 to 1 (events,), from their features (events, len(FEATURES))."""
    arrays = arrays or load_weights("weigh")
    hidden = np.tanh(linear(arrays, "hidden", x))
    return sigmoid((x @ arrays["direct.weight"] + hidden @ arrays["out.weight"] + arrays["bias"])[:, 0])
