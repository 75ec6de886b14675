"""Who said it, by score: of the candidates for a statement the most probable one, or nobody when none is.

A log-linear model with one small hidden layer scores each candidate by its features (``measures.FEATURES``) and by how the
encoder sees the source and the place where the candidate is named; the scores of one statement's candidates are turned
into probabilities. Statements are settled in text order, since who spoke before is the best sign of who speaks now. Trained by ``training/speakers.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ujar.learned.layers import linear, softmax
from ujar.learned.weights import Arrays, load_weights
from ujar.records import Parse, Statement, Step
from ujar.statements.antecedents import PLURAL, is_single
from ujar.statements.candidates import candidates_of
from ujar.statements.cast import Cast, alike, anchor_of, name_key
from ujar.statements.names import kind_of_speaker

if TYPE_CHECKING:
    from ujar.statements.measures import Candidate

# Below this probability the speaker is unknown.
UNKNOWN = 0.2
# Whom the sentence in front points at as its subject ("Menteri itu menolak berkomentar. …") speaks, unless another is so likely:
# this is too rare to have been learned.
_AGAINST_OFFICE = 0.8
# A probability at which nobody is told.
_NOBODY = UNKNOWN * 0.99


def choose(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with the most probable speaker each; ``confidence`` is multiplied by its probability.

    The statements come with the rules' answer in ``speaker``, which is one candidate among others.
    """
    if not statements:
        return statements
    cast = Cast(parse, statements)
    arrays = load_weights("speakers")
    out = []
    for statement in statements:
        candidates = candidates_of(cast, statement)
        if not candidates:
            out.append(replace(statement, confidence=statement.confidence * UNKNOWN))
            continue
        chances = probabilities(arrays, candidates, inputs_of(parse, statement, candidates))
        best = int(chances.argmax())
        if chances[best] < _AGAINST_OFFICE and any(s.rule == "speaker.subject-office" for s in statement.steps):
            best = next((i for i, c in enumerate(candidates) if "rule" in c.origins), best)
        chosen, chance = candidates[best], min(1.0, float(chances[best]))
        if _stands_for_several(parse, statement) and is_single(chosen.name, chosen.type):
            # "mereka" is no single person: rather nobody than him.
            chance = min(chance, _NOBODY)
        out.append(_told(statement, chosen, chance))
        cast.heard(chosen, statement)
    return tuple(out)


def _stands_for_several(parse: Parse, statement: Statement) -> bool:
    """Whether the source of a statement begins with a pronoun of several: "mereka", "keduanya"."""
    source = statement.source
    return source is not None and parse.article.text[source.start : source.end].split()[0].lower() in PLURAL


def inputs_of(parse: Parse, statement: Statement, candidates: list[Candidate]) -> np.ndarray:
    """What is known of each candidate: float32 (candidates, features and twice the width of the states).

    Its features, the state of the first token of the source (without one that of the cue, else of the content), and that of the
    token at which the candidate stands (``Candidate.place``); 0 where it stands nowhere. Raises ValueError when the article was
    not encoded.
    """
    encoded = parse.encoded
    if encoded is None:
        raise ValueError("only an article that was encoded has states")
    last = len(encoded.states) - 1
    at = statement.source.start if statement.source else anchor_of(statement)
    source = encoded.states[min(last, encoded.tokens.at(at))]
    measured, width = len(candidates[0].features), len(source)
    out = np.zeros((len(candidates), measured + 2 * width), dtype=np.float32)
    out[:, :measured] = [c.features for c in candidates]
    out[:, measured : measured + width] = source
    placed = [(row, c.place) for row, c in enumerate(candidates) if c.place is not None]
    if placed:
        tokens = [min(last, encoded.tokens.at(place)) for _, place in placed]
        out[[row for row, _ in placed], measured + width :] = encoded.states[tokens]
    return out


def probabilities(arrays: Arrays, candidates: list[Candidate], x: np.ndarray) -> np.ndarray:
    """The probability that each candidate names the speaker; ``x``: what is known of each (``inputs_of``).

    "mahasiswa" and "mahasiswa Universitas Indonesia" may both do so: where one name is the head or tail of another, what
    speaks for one speaks for the other.
    """
    hidden = np.tanh(linear(arrays, "hidden", x))
    alone = softmax(x @ arrays["direct.weight"][:, 0] + hidden @ arrays["out.weight"][:, 0])
    # A name with its apposition is no name: "Hasan Basri, seorang petani di Garut".
    keys = [name_key(c.name) if "," not in c.name else (c.name,) for c in candidates]
    # Only what is not all but impossible can speak for another.
    possible = [(key, chance) for key, chance in zip(keys, alone.tolist(), strict=True) if chance > 0.005]
    together = [sum(chance for other, chance in possible if alike(key, other)) for key in keys]
    # Of names that say the same the rules' comes first, then a person's own, then the more probable one.
    first = [0.01 * ("rule" in c.origins) + 0.005 * (c.person is not None) for c in candidates]
    return np.array(together) + first + alone * 1e-3


def _told(statement: Statement, chosen: Candidate, chance: float) -> Statement:
    """The statement with its speaker, or without one where nothing is probable enough."""
    steps = tuple(s for s in statement.steps if s.part != "speaker")
    rule = next((s.rule for s in statement.steps if s.part == "speaker"), "")
    confidence = round(statement.confidence * chance, 3)
    if chance < UNKNOWN:
        return replace(
            statement, speaker=None, speaker_type=None, role=None, confidence=confidence,
            steps=(*steps, Step("speaker", "speaker.unknown")),
        )  # fmt: skip
    if "rule" in chosen.origins:
        # The rules said the same: their type, role and reason stand.
        how = f"{rule} + model {chance:.2f}"
        return replace(statement, confidence=confidence, steps=(*steps, Step("speaker", how)))
    kind = chosen.type or kind_of_speaker(chosen.name)
    role = chosen.person.role if chosen.person is not None else chosen.role
    origin = next(o for o in ("person", "body", "history", "phrase") if o in chosen.origins)
    return replace(
        statement, speaker=chosen.name, speaker_type=kind, role=role, confidence=confidence,
        steps=(*steps, Step("speaker", f"speaker.{origin} by model {chance:.2f}")),
    )  # fmt: skip
