"""Rules and learned reader together: every reading of a cue is weighed, the best ones that do not clash are kept.

A *reading* is a statement as the rules or the net see it. Where both see the same content it is one reading; where they
differ there are two, and at most one of them is kept. A small net (``training/combine.py``) gives each reading the
probability that its content is right, from what both say about it (``FEATURES``); so neither overrides what the other
is sure of. The probability is the statement's confidence, before the speaker's comes in.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ujar.learned.layers import sigmoid
from ujar.learned.weights import load_weights
from ujar.records import Span, Statement, StatementKind, Step
from ujar.statements.confidence import words_right
from ujar.statements.find import has_word
from ujar.statements.indirect import NEGATIONS
from ujar.statements.media import MEDIUM_KINDS, MEDIUM_PAIRS, is_medium_name
from ujar.statements.sequence import COLUMN as _KNOWN

if TYPE_CHECKING:
    from ujar.records import Parse
    from ujar.statements.reader import Proposal
    from ujar.statements.sequence import Sequence

# A reading is kept from this weight on.
KEEP = 0.3
_RULES = (
    "according-to", "anaphoric", "aside", "ask", "bahwa", "clause", "content-first", "credit", "passive", "pledge",
    "quote.alone", "quote.attributed", "quote.introduced",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    "agree", "rule-only", "model-only", "rule-against-model", "model-against-rule", "model-finds-none",
    "cue", "cue-sure", "content", "content-sure", "source", "source-sure", "no-cue", "no-source",
    "rule-right", *(f"rule={name}" for name in _RULES),
    "direct", "indirect", "mixed", "words", "short", "one-word", "long", "spans", "overlap", "contained",
    "inside-other", "holds-other", "best-other", "quoted-cue", "cue-in-lists", "cue-passive",
    "content-before", "content-beside", "starts-sentence", "ends-sentence", "other-sentence", "source-person",
    "source-role", "source-body",
)  # fmt: skip
_INDEX = {name: i for i, name in enumerate(FEATURES)}


@dataclass(slots=True)
class Reading:
    """One way to read one cue.

    Attributes:
        statement: as it would be told.
        cue: first token of the cue, or of the content where there is no cue.
        origin: "agree", "rule" or "model".
        proposal: what the net says about the cue, or None.
        rival: the other reading of the same cue, or None.
        features: one number per name in FEATURES.
    """

    statement: Statement
    cue: int
    origin: str
    proposal: Proposal | None
    rival: Statement | None = None
    features: np.ndarray = field(default_factory=lambda: np.zeros(len(FEATURES), dtype=np.float32))


def combine(
    parse: Parse, sequence: Sequence, rules: tuple[Statement, ...], proposals: tuple[Proposal, ...]
) -> tuple[Statement, ...]:
    """The statements of rules and net that are probable and do not clash, in text order, with their confidence."""
    readings = readings_of(parse, sequence, rules, proposals)
    if not readings:
        return ()
    chances = chances_of(readings)
    kept = choose(readings, weights_of(readings, chances))
    return tuple(
        replace(readings[i].statement, confidence=float(chances[i]))
        for i in sorted(kept, key=lambda i: readings[i].statement.contents[0])
    )


def chances_of(readings: list[Reading]) -> np.ndarray:
    """The probability of each reading that its content is right."""
    arrays = load_weights("combine")
    x = np.stack([r.features for r in readings])
    hidden = np.tanh(x @ arrays["hidden.weight"] + arrays["hidden.bias"])
    return sigmoid(x @ arrays["direct.weight"][:, 0] + hidden @ arrays["out.weight"][:, 0] + arrays["bias"][0])


def weights_of(readings: list[Reading], chances: np.ndarray) -> np.ndarray:
    """What speaks for each reading: the mean of its probability and of what its finder by itself is sure of.

    That is the probability of the cue for what the net sees; certainty for quotations by rule, which have both marks to
    show for it; nothing for what the rules alone see elsewhere.
    """
    own = [
        1.0
        if r.statement.cue is None or (r.origin != "model" and r.statement.kind == "direct")
        else r.proposal.cue_probability
        if r.proposal is not None and r.origin != "rule"
        else 0.0
        for r in readings
    ]
    return np.asarray((np.array(own, dtype=np.float32) + chances) / 2)


def choose(readings: list[Reading], weights: np.ndarray, keep: float = KEEP) -> list[int]:
    """The readings to keep: the weightiest first, none below ``keep``, none that clashes with one kept before.

    Two readings clash when they are of the same cue, or when their contents overlap: the words belong to one statement.
    """
    taken_cues: set[int] = set()
    taken: list[Span] = []
    out = []
    for i in sorted(range(len(readings)), key=lambda i: (-weights[i], i)):
        if weights[i] < keep:
            break
        reading = readings[i]
        if reading.cue in taken_cues:
            continue
        spans = reading.statement.contents
        if any(a.start < b.end and b.start < a.end for a in spans for b in taken):
            continue
        taken_cues.add(reading.cue)
        taken += spans
        out.append(i)
    return out


def readings_of(
    parse: Parse, sequence: Sequence, rules: tuple[Statement, ...], proposals: tuple[Proposal, ...]
) -> list[Reading]:
    """All readings of an article with their features."""
    cover = sequence.tokens.cover
    by_cue = {cover(p.cue)[0]: p for p in proposals}
    out: list[Reading] = []
    seen: set[int] = set()
    for rule in rules:
        at = cover(rule.cue)[0] if rule.cue else cover(rule.contents[0])[0]
        proposal = by_cue.get(at) if rule.cue else None
        seen.add(at)
        told = _told(parse, proposal) if proposal is not None else None
        if told is None:
            out.append(Reading(rule, at, "rule", proposal))
        elif _same(parse, rule, told):
            out.append(Reading(_merged(rule, told, proposal), at, "agree", proposal))
        else:
            out.append(Reading(rule, at, "rule", proposal, told))
            out.append(Reading(_merged(told, told, proposal, rule), at, "model", proposal, rule))
    for proposal in proposals:
        at = cover(proposal.cue)[0]
        if at in seen:
            continue
        told = _told(parse, proposal)
        if told is None or _unsaid(sequence, at):
            continue
        inner = _passed_on(parse, told, out)
        if inner is None:
            out.append(Reading(told, at, "model", proposal))
        else:
            # The net is right that words are passed on here; whose they are the rules know.
            inner.origin, inner.proposal = "agree", proposal
    _measure(parse, sequence, out)
    return out


def _unsaid(sequence: Sequence, at: int) -> bool:
    """Whether a cue is one of telling, and denied: "tidak menjelaskan apa …" says nothing."""
    keys = sequence.tokens.keys
    return at > 0 and keys[at - 1] in NEGATIONS and keys[at] in _TELLING


_TELLING = frozenset(
    "menjelaskan menyebut menyebutkan merinci merincikan mengungkap mengungkapkan memberitahu menyampaikan".split()
)


def _passed_on(parse: Parse, told: Statement, readings: list[Reading]) -> Reading | None:
    """The rules' reading of what a medium only passes on: "Putin mengancam …, menurut surat kabar The Moscow Times"."""
    if told.source is None:
        return None
    words = parse.article.text[told.source.start : told.source.end].lower().split()
    first = " ".join(words[:2])
    if not (is_medium_name(" ".join(words)) or words[0] in MEDIUM_KINDS or first in MEDIUM_PAIRS):
        return None
    for reading in readings:
        cue = reading.statement.cue
        if reading.origin == "rule" and cue is not None and any(c.start <= cue.start < c.end for c in told.contents):
            return reading
    return None


def _told(parse: Parse, proposal: Proposal | None) -> Statement | None:
    """A proposal as a statement, or None when it marks no content, or one without a word."""
    if proposal is None or not proposal.parts.get("content"):
        return None
    text = parse.article.text
    contents = proposal.parts["content"]
    if not has_word(text, contents):
        return None
    # A line break is a token, and may be tagged: of blanks no part is made.
    source, addressee = (
        [s for s in proposal.parts[part] if text[s.start : s.end].strip()] for part in ("source", "addressee")
    )
    steps = [Step("content", "model"), Step("cue", f"model {proposal.cue_probability:.2f}")]
    if source:
        steps.append(Step("source", f"model {proposal.source_probability:.2f}"))
    if addressee:
        steps.append(Step("addressee", "model"))
    return Statement(
        contents=contents,
        kind=_kind(parse, contents),
        cue=proposal.cue,
        source=_closed(text, source[0]) if source else None,
        addressee=addressee[0] if addressee else None,
        steps=tuple(steps),
    )


def _closed(text: str, span: Span) -> Span:
    """A span with the bracket that closes one opened in it: "Komando Pusat AS (Centcom" lacks its last."""
    words = text[span.start : span.end]
    return (
        Span(span.start, span.end + 1) if words.count("(") > words.count(")") and text[span.end :][:1] == ")" else span
    )


def _kind(parse: Parse, contents: tuple[Span, ...]) -> StatementKind:
    """How contents are reported, by how many of their words stand in quotation marks."""
    quotes = [q.span for q in parse.quotes if q.span.end > contents[0].start and q.span.start < contents[-1].end]
    if not quotes:
        return "indirect"
    quoted = words = 0
    for content in contents:
        at = bisect_left(parse.words, (content.start, -1, ""))
        while at < len(parse.words) and parse.words[at].start < content.end:
            word = parse.words[at]
            if word.lower[0].isalnum():
                words += 1
                quoted += any(q.start <= word.start < q.end for q in quotes)
            at += 1
    if not quoted:
        return "indirect"
    return "direct" if quoted == words else "mixed"


def _same(parse: Parse, one: Statement, other: Statement) -> bool:
    """Whether two readings have the same content, punctuation at the edges apart."""
    return [_trim(parse.article.text, s) for s in one.contents] == [
        _trim(parse.article.text, s) for s in other.contents
    ]


def _trim(text: str, span: Span) -> tuple[int, int]:
    start, end = span
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def _merged(base: Statement, told: Statement, proposal: Proposal | None, rule: Statement | None = None) -> Statement:
    """The rules' reading (or the net's), with the source that the net is surer of, and parts that only one names."""
    if proposal is None:
        return base
    other = rule if rule is not None else base
    changed: dict[str, Any] = {}
    sure = proposal.source_probability
    if base is not told and base.source != told.source and sure > _SURE_SOURCE:
        changed["source"] = told.source
        changed["steps"] = (*(s for s in base.steps if s.part != "source"), Step("source", f"model {sure:.2f}"))
    elif base is told and other.source != told.source and sure <= _SURE_SOURCE:
        changed["source"] = other.source
    if base.addressee is None and (told.addressee or other.addressee):
        changed["addressee"] = told.addressee or other.addressee
        changed["steps"] = (*changed.get("steps", base.steps), Step("addressee", "model"))
    return replace(base, **changed) if changed else base


# From this probability on the net's source is taken where the rules see another one.
_SURE_SOURCE = 0.6


def _measure(parse: Parse, sequence: Sequence, readings: list[Reading]) -> None:
    """Fill in the features of all readings."""
    text = parse.article.text
    cover = sequence.tokens.cover
    sizes = [sum(c.end - c.start for c in r.statement.contents) for r in readings]
    for i, reading in enumerate(readings):
        put = reading.features
        statement, proposal = reading.statement, reading.proposal

        def mark(name: str, value: float = 1.0, put: np.ndarray = put) -> None:
            put[_INDEX[name]] = value

        if reading.origin == "agree":
            mark("agree")
        elif reading.rival is not None:
            mark("rule-against-model" if reading.origin == "rule" else "model-against-rule")
            mark("overlap", _overlap(statement.contents, reading.rival.contents))
        elif reading.origin == "rule":
            mark("rule-only")
            if proposal is not None:
                mark("model-finds-none")
        else:
            mark("model-only")
        if proposal is not None:
            mark("cue", _logit(proposal.cue_probability))
            mark("cue-sure", proposal.cue_probability)
            mark("content", _logit(proposal.content_probability))
            mark("content-sure", proposal.content_probability)
            mark("source", _logit(proposal.source_probability))
            mark("source-sure", proposal.source_probability)
        if reading.origin != "model":
            mark("rule-right", words_right(statement))
            rule = next((s.rule for s in statement.steps if s.part == "content"), "")
            if rule in _RULES:
                mark(f"rule={rule}")
        if statement.cue is None:
            mark("no-cue")
        if statement.source is None:
            mark("no-source")
        mark(statement.kind)
        first, last = cover(Span(statement.contents[0].start, statement.contents[-1].end))
        words = sum(text[c.start : c.end].count(" ") + 1 for c in statement.contents)
        mark("words", math.log1p(words))
        if words <= 1:
            mark("one-word")
        if words <= 3:
            mark("short")
        if words > 45:
            mark("long")
        mark("spans", len(statement.contents) - 1)
        for j, other in enumerate(readings):
            if j == i or other.cue == reading.cue:
                continue
            if not _meets(statement.contents, other.statement.contents):
                continue
            mark("inside-other" if sizes[i] < sizes[j] else "holds-other")
            chance = other.proposal.cue_probability if other.proposal is not None else 0.5
            put[_INDEX["best-other"]] = max(put[_INDEX["best-other"]], chance)
        known, sentences = sequence.known, sequence.sentences
        if statement.cue is not None:
            at = min(reading.cue, len(sentences) - 1)
            mark("quoted-cue", float(known[at, _KNOWN["quoted"]]))
            mark("cue-in-lists", float(max(known[at, _KNOWN["before"]], known[at, _KNOWN["after"]])))
            mark("cue-passive", float(known[at, _KNOWN["passive"]]))
            if last <= at:
                mark("content-before")
            if first <= at + 3 and last > at:
                mark("content-beside")
            if first < len(sentences) and sentences[first] != sentences[at]:
                mark("other-sentence")
        if first < len(sentences) and known[first, _KNOWN["first"]]:
            mark("starts-sentence")
        if last >= len(sentences) or sentences[min(last + 1, len(sentences) - 1)] != sentences[max(0, last - 1)]:
            mark("ends-sentence")
        if statement.source is not None:
            low, high = cover(statement.source)
            there = np.any(known[low:high], axis=0)
            for name, column in (("source-person", "person"), ("source-role", "role"), ("source-body", "organisation")):
                if there[_KNOWN[column]]:
                    mark(name)


def _meets(one: tuple[Span, ...], other: tuple[Span, ...]) -> bool:
    return any(a.start < b.end and b.start < a.end for a in one for b in other)


def _overlap(one: tuple[Span, ...], other: tuple[Span, ...]) -> float:
    """Intersection over union of characters."""
    both = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    total = sum(s.end - s.start for s in (*one, *other)) - both
    return both / total if total > 0 else 0.0


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance)) / 4
