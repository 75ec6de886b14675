"""The events of an article: drafts of triggers, their parties named and resolved, mentions of one event joined."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ujar.actors.resolve import resolve
from ujar.actors.rows import HOME
from ujar.events.contexts import contexts_of
from ujar.events.parties import Parties, meet
from ujar.events.plover import BY_SPEAKING, PRIVATE, SYMMETRIC
from ujar.events.sides import marked_sides
from ujar.events.status import condition_of, status_and_day
from ujar.events.weigh import SIDES, Scene, features_of, probabilities
from ujar.records import Event, Party, Span, Step

if TYPE_CHECKING:
    from datetime import date

    from ujar.events.coder import Draft, Model
    from ujar.events.view import View
    from ujar.records import Analysis, EventType, Parse, Statement

# No event is told of which coder and table together hold less than this.
LEAST = 0.35
# Where these are done is no party to them: "berunjuk rasa di Nairobi"; to an attack or to aid it is ("serangan di Gaza").
_ANYWHERE = frozenset({"PROTEST"})
# A part is taken from this probability on.
_SURE = 0.3


def find_events(parse: Parse, statements: tuple[Statement, ...], *, model: Model | None = None) -> tuple[Event, ...]:
    """The events of an article whose statements are known, in text order; actors are resolved on its day."""
    told = told_of(readings_of(parse, statements, model=model))
    if not told:
        return ()
    sure = probabilities(np.stack([r.features for r in told])).tolist()
    return tuple(replace(r.event, confidence=round(chance, 3)) for r, chance in zip(told, sure, strict=True))


@dataclass(slots=True)
class Reading:
    """A trigger read as an event.

    Attributes:
        event: as it would be told; its confidence is what the coder and the table hold of it, not yet how probable it is.
        features: one number for each name in ``weigh.FEATURES``, of this mention alone.
    """

    event: Event
    features: np.ndarray


def told_of(readings: list[Reading]) -> list[Reading]:
    """The readings that are told, mentions of one event as one, in text order."""
    likely = [r for r in readings if r.event.confidence >= LEAST]
    features = {r.event.trigger: r.features for r in likely}
    told = sorted(joined([r.event for r in likely]), key=lambda e: e.trigger.start)
    return [Reading(placed(event), features[event.trigger]) for event in told]


def readings_of(parse: Parse, statements: tuple[Statement, ...], *, model: Model | None = None) -> list[Reading]:
    """Every event that the coder sees in an article, each mention by itself."""
    from ujar.events.coder import draft
    from ujar.events.topic import POLITICAL, political_chance
    from ujar.events.view import view_of

    if parse.encoded is None or not parse.words:
        return []
    topic = political_chance(parse.encoded.lower)
    if topic < POLITICAL:
        return []
    view = view_of(parse, statements)
    drafts = draft(view, parse.encoded.lower, model)
    if not drafts:
        return []
    parties = Parties(parse, statements)
    scene = Scene(topic, len(drafts), Counter(parties.sentence_at(d.trigger.start) for d in drafts))
    return [found for d in drafts if (found := _reading(parse, parties, view, d, drafts, scene)) is not None]


def resolve_events(analysis: Analysis) -> Analysis:
    """The analysis with the parties of its events resolved anew, by the tables as they are now; confidences stay as they are."""
    on = analysis.article.published
    text = analysis.article.text
    persons = [m.span for m in analysis.mentions if m.kind == "person"]
    events = tuple(
        placed(
            replace(
                e,
                actors=tuple(resolved(text, p, on, persons) for p in e.actors),
                recipients=tuple(resolved(text, p, on, persons) for p in e.recipients),
            )
        )
        for e in analysis.events
    )
    return replace(analysis, events=events)


def resolved(text: str, party: Party, on: date | None, persons: list[Span]) -> Party:
    """The party with its actor: by its words and its name, else by its office, on a day.

    A person of whom nothing else is known (one of ``persons``) is taken to be of the state that the article suggests.
    """
    words = text[party.span.start : party.span.end]
    actor = resolve(words, on, name=party.name, country=party.country)
    if actor.id is not None and actor.id.startswith("person:") and not _shares_a_word(actor.name, party.name):
        # Who holds the office by the tables is not whom the article names.
        actor = replace(actor, id=None, name=party.name, candidates=())
    if actor.code is None and party.role:
        office = resolve(party.role, on, country=party.country)
        if office.code is not None:
            actor = office
    party = replace(party, actor=actor)
    return _of_there(party) if _is_unknown(party) and any(meet(party.span, p) for p in persons) else party


def placed(event: Event) -> Event:
    """The event with a state for the parties of whom nothing is known: the one that the article suggests.

    "para pelaku", "perbankan", "Djarum" are taken to be of where the report is; "dunia internasional" and "kedua negara" are not.
    """
    actors, recipients = (
        tuple(_of_there(p) if _is_unknown(p) and _OF_MANY.isdisjoint(p.name.lower().split()) else p for p in side)
        for side in (event.actors, event.recipients)
    )
    return replace(event, actors=actors, recipients=recipients)


def _is_unknown(party: Party) -> bool:
    """Whether nothing is known of a party, not even several whom it may be."""
    return party.actor is not None and party.actor.code is None and not party.actor.candidates


def _of_there(party: Party) -> Party:
    """The party, taken to be of the state that the article suggests, if it suggests one."""
    if party.actor is None or party.country is None:
        return party
    return replace(party, actor=replace(party.actor, code=party.country, rule="article", confidence=_ASSUMED))


# Words for those who are of no state, of several, or of one that is not said.
_OF_MANY = frozenset(
    "dunia internasional global negara negara-negara bangsa negeri barat arab eropa asia afrika amerika sekutu semua seluruh"
    " berbagai pihak kedua keduanya masing-masing dia ia mereka kami kita saya".split()
)
# How sure the state is that is only the one which the article suggests.
_ASSUMED = 0.4


def _is_assumed(party: Party) -> bool:
    """Whether nothing is known of a party but the state that the article suggests."""
    return party.actor is not None and party.actor.rule == "article"


def _shares_a_word(one: str | None, other: str) -> bool:
    """Whether two names have a word in common; a name that is written small is none."""
    return (
        one is None
        or other.islower()
        or not other[:1].isupper()
        or bool(set(one.lower().split()) & set(other.lower().split()))
    )


def _reading(
    parse: Parse, parties: Parties, view: View, draft: Draft, drafts: list[Draft], scene: Scene
) -> Reading | None:
    """A draft, one of some, as an event; None when nobody does it."""
    text, on = parse.article.text, parse.article.published
    sides: dict[str, list[Party]] = {"actor": [], "recipient": []}
    sure = 1.0
    tokens = view.sequence.tokens
    grammar = [
        [Span(tokens.starts[p.first], tokens.ends[p.last - 1]) for p in side] for side in view.grammar(draft.row)
    ]
    if draft.type in _ANYWHERE:
        grammar = [[span for span in side if not parties.is_where(span)] for side in grammar]
        parts = {part: tuple(m for m in marked if not parties.is_where(m[0])) for part, marked in draft.parts.items()}
        draft = replace(draft, parts=draft.parts | {side: parts[side] for side in sides})
    doers = [Span(tokens.starts[p.first], tokens.ends[p.last - 1]) for p in view.doers(draft.row)]
    condition = condition_of(parse, parties, draft.trigger) or _surest(draft, "condition")
    number = parties.statement_at(draft.trigger.start)
    told = parties.statements[number] if number is not None else None
    if number is None and draft.type in BY_SPEAKING:
        number = parties.statement_by_cue(draft.trigger)
    marked = marked_sides(parse, draft, drafts, told, grammar, doers)
    for side, found in sides.items():
        for span, chance in marked[side]:
            if chance < _SURE or (condition is not None and meet(span, condition)):
                continue
            named = [resolved(text, party, on, parties.persons) for party in parties.parties(span)]
            found += named
            sure = min(sure, chance if named else 1.0, _ASSUMED if any(map(_is_assumed, named)) else 1.0)
    sides["recipient"] = [p for p in sides["recipient"] if not any(_itself(p, a) for a in sides["actor"])]
    rule = f"row {draft.row.row.form!r}, net"
    if not all(sides.values()):
        # A side that the net does not see is the one that the grammar knows.
        for (side, found), spans in zip(sides.items(), grammar, strict=True):
            for span in () if found else spans:
                if condition is not None and meet(span, condition):
                    continue
                for party in parties.parties(span):
                    sides[side].append(resolved(text, party, on, parties.persons))
                    rule = rule.removesuffix(", grammar") + ", grammar"
    if sides["actor"] and not sides["recipient"]:
        other = _only_other_state(parse, parties, draft, sides["actor"])
        if other is not None:
            sides["recipient"].append(resolved(text, other, on, parties.persons))
            rule += ", only other state in the sentence"
            sure = min(sure, _GUESSED)
    if not sides["actor"]:
        own = number if number is not None else parties.statement_of(draft.trigger)
        if own is not None and draft.type in BY_SPEAKING and parties.statements[own].speaker:
            # Said without naming oneself: the speaker's own act.
            statement = parties.statements[own]
            speaker = parties.speaker(own, statement.source or statement.contents[0])
            if speaker is not None:
                sides["actor"].append(resolved(text, speaker, on, parties.persons))
                rule += ", speaker"
    if any(draft.parts.get(side) for side in SIDES) and not _has_state(sides["actor"]):
        # Nobody of them has a state: what the net marks is left, and the grammar alone says who takes part.
        parts = {part: () if part in SIDES else spans for part, spans in draft.parts.items()}
        return _reading(parse, parties, view, replace(draft, parts=parts), drafts, scene)
    if not political(draft.type, sides["actor"], sides["recipient"]):
        return None
    actors = _distinct(sides["actor"])
    names = {p.name for p in actors}
    recipients = tuple(
        p for p in _distinct(sides["recipient"]) if p.name not in names and not any(_itself(p, a) for a in actors)
    )
    claimed = None
    if told is not None and draft.type not in BY_SPEAKING and told.speaker not in names:
        claimed = told.speaker
    place = _surest(draft, "place")
    status, day = status_and_day(parse, parties, draft, number)
    features = features_of(
        parse, parties, draft, status, scene, {"actor": actors, "recipient": recipients}, marked, grammar, told,
        claimed=claimed is not None,
    )  # fmt: skip
    event = Event(
        type=draft.type,
        mode=draft.mode,
        status=status,
        trigger=draft.trigger,
        actors=actors,
        recipients=recipients,
        condition=condition,
        place=place,
        date=day,
        claimed_by=claimed,
        statement=number,
        contexts=contexts_of(parse, draft.trigger),
        mentions=(draft.trigger,),
        steps=(Step("event", f"{rule} {draft.probability:.2f}"),),
        confidence=round(draft.chance * (0.5 + 0.5 * sure), 3),
    )
    return Reading(event, features)


# What private parties do to each other is no political event, except the types that are done by the people.
_BY_THE_PEOPLE = frozenset({"PROTEST", "ASSAULT", "COERCE"})


def political(type_: EventType, actors: list[Party], recipients: list[Party]) -> bool:
    """Whether somebody does it who has a state, and a political actor takes part: one whom the tables know as not private."""
    if not _has_state(actors):
        return False
    known = [
        p.actor
        for p in (*actors, *recipients)
        if p.actor is not None and p.actor.code is not None and not _is_assumed(p)
    ]
    return any(type_ in _BY_THE_PEOPLE or a.sector not in PRIVATE for a in known)


def _has_state(parties: list[Party]) -> bool:
    return any(p.actor is not None and p.actor.code is not None for p in parties)


def _surest(draft: Draft, part: str) -> Span | None:
    spans = draft.parts.get(part, ())
    return max(spans, key=lambda s: s[1])[0] if spans else None


# How sure a recipient is that is only the one other state which the sentence names.
_GUESSED = 0.5


def _only_other_state(parse: Parse, parties: Parties, draft: Draft, actors: list[Party]) -> Party | None:
    """The state that the sentence of a trigger names beside its actors', when it names just one: "serangan itu … di Yaman"."""
    own = {a.actor.code for a in actors if a.actor is not None}
    if None in own or not parse.sentences or draft.type in _ANYWHERE:
        return None
    sentence = parse.sentences[parties.sentence_at(draft.trigger.start)]
    low, high = bisect_left(parties.state_starts, sentence.start), bisect_left(parties.state_starts, sentence.end)
    others = [start for start, code in parties.states[low:high] if code not in own]
    if len({code for _, code in parties.states[low:high] if code not in own}) != 1:
        return None
    span = next(m.span for m in parties.names if m.span.start == others[0])
    return parties.party(span)


def _itself(one: Party, other: Party) -> bool:
    """Whether two parties are a state and its own government or forces: these do nothing to each other."""
    a, b = one.actor, other.actor
    if a is None or b is None or a.code is None or a.code != b.code or a.code == HOME:
        return False
    whole = [actor.id is not None and actor.id.startswith("state:") and actor.sector is None for actor in (a, b)]
    return any(whole) and a.sector in _STATE and b.sector in _STATE


def _distinct(parties: list[Party]) -> tuple[Party, ...]:
    """The parties, each once."""
    out: dict[str, Party] = {}
    for party in parties:
        out.setdefault(party.name, party)
    return tuple(out.values())


@dataclass(slots=True)
class _Group:
    event: Event
    actors: frozenset[str]
    recipients: frozenset[str]


def joined(events: list[Event]) -> list[Event]:
    """Mentions of one event as one: the same type, the same actors, and recipients that do not contradict each other.

    The clearest mention, the most confident one, is told; the others lend it recipients that it lacks.
    """
    groups: list[_Group] = []
    for event in sorted(events, key=lambda e: (-e.confidence, e.trigger.start)):
        own = _Group(event, _who(event.actors), frozenset(_kind(p) for p in event.recipients))
        for group in groups:
            if _same(group, own):
                group.event = replace(
                    group.event,
                    mentions=tuple(sorted((*group.event.mentions, *event.mentions))),
                    recipients=group.event.recipients or event.recipients,
                )
                group.recipients = group.recipients or own.recipients
                break
        else:
            groups.append(own)
    told = [g.event for g in groups]
    return [e for e in told if not (e.type == "MOBILIZE" and any(_used(e, other) for other in told))]


def _used(moved: Event, other: Event) -> bool:
    """Whether a force that is moved is then used, in the same breath: the codebook counts the use alone."""
    near = abs(other.trigger.start - moved.trigger.start) < _BREATH
    return other.type == "ASSAULT" and other.status == "actual" and near and _who(other.actors) == _who(moved.actors)


# So many characters are one breath.
_BREATH = 60


# What acts for a state: "Israel", "militer Israel" and "Netanyahu" may be one actor, named in three ways.
_STATE = frozenset({None, "GOV", "MIL", "SPY"})


def _who(parties: tuple[Party, ...]) -> frozenset[str]:
    """The parties as far as they are told apart: another state is one actor, at home every office and body is its own."""
    return frozenset(_key(p) for p in parties)


def _key(party: Party) -> str:
    actor = party.actor
    if actor is not None and actor.code == HOME:
        return actor.id or party.name.lower()
    return _kind(party)


def _kind(party: Party) -> str:
    """A recipient as far as one demand or charge is told from another: state and sector, else the name."""
    actor = party.actor
    if actor is None or actor.code is None:
        return party.name.lower()
    return actor.code if actor.sector in _STATE else f"{actor.code} {actor.sector}"


def _same(one: _Group, other: _Group) -> bool:
    if one.event.type != other.event.type or (one.event.status == "denied") != (other.event.status == "denied"):
        return False
    if one.event.type in SYMMETRIC:
        both, these = one.actors | one.recipients, other.actors | other.recipients
        return both <= these or these <= both
    near = abs(one.event.trigger.start - other.event.trigger.start) < _BREATH
    if one.actors != other.actors:
        # "mengancam Barat dengan konsekuensi serius" is one threat, whoever is taken for one of its actors.
        return near and not one.actors.isdisjoint(other.actors)
    return near or one.recipients == other.recipients or not one.recipients or not other.recipients
