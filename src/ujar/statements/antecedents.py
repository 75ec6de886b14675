"""Whom a pronoun, a clitic, a missing source or an office stands for.

What speaks for an antecedent, in this order:

1. a person who is the subject of a sentence that stands between the last statement and this one (the nearest first);
2. the speaker of the last statement, when the pronoun fits him: ``dia``, ``ia``, ``beliau``, -nya a single person
   before anything else, ``mereka`` a body, a state or a group before a person;
3. the last fitting speaker further back.

Persons who are named only inside what somebody says are not candidates.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.names import is_capital
from ujar.statements.nouns import looks_verbal
from ujar.statements.people import DEMONSTRATIVE, OCCURRENCES, credible
from ujar.statements.scene import Speaker

if TYPE_CHECKING:
    from ujar.records import Span, SpeakerType, Statement, Word
    from ujar.statements.persons import Person
    from ujar.statements.scene import Scene

# Pronouns of several.
PLURAL = frozenset({"mereka", "keduanya", "ketiganya"})
# First words of several who are not named.
_SEVERAL = frozenset(
    "sejumlah beberapa para banyak sebagian kalangan kelompok kubu massa warga orang-orang dua tiga".split()
)
# A subject is looked for in so many sentences.
_BACK = 6
# Begins of offices that somebody who spoke last may have without the text saying so.
_HEAD_OF_STATE = ("kepala negara", "kepala pemerintahan", "orang nomor")


def is_single(name: str, type_: SpeakerType | None) -> bool:
    """Whether a speaker is one person, whom no "mereka" stands for."""
    if " & " in name:
        return False
    return type_ == "person" or (type_ == "unnamed" and name.split(maxsplit=1)[0].lower() not in _SEVERAL)


def antecedent(scene: Scene, statement: Statement, form: str) -> Speaker | None:
    """Whom a pronoun or a clitic (``form``, in small letters), or a missing source (""), stands for."""
    if form in PLURAL:
        # Several are never one person, nor a paper: rather nobody than him.
        several = next(
            (
                s
                for s in reversed(scene.history[-OCCURRENCES:])
                if s.type != "document" and not is_single(s.name, s.type)
            ),
            None,
        )
        return replace(several, rule="speaker.mereka") if several else None
    beside = _before_relative(scene, statement)
    if beside is not None:
        return beside
    subject = _subject_between(scene, statement)
    if subject is not None:
        return subject
    previous = scene.history[-1] if scene.history else None
    if previous is not None:
        single = previous.type in ("person", "unnamed") and " & " not in previous.name
        if single or not form or form.endswith("nya"):
            if not single and form == "" and statement.cue is not None:
                person = next((s for s in scene.history[:-4:-1] if s.type == "person"), None)
                if person is not None and previous.type in ("document", "medium", "state"):
                    return replace(person, rule="speaker.previous")
            return replace(previous, rule="speaker.previous")
        person = next((s for s in reversed(scene.history[-OCCURRENCES:]) if s.type in ("person", "unnamed")), None)
        if person is not None:
            return replace(person, rule="speaker.previous-person")
        named = _last_named(scene, statement)
        return named or replace(previous, rule="speaker.previous")
    return _last_named(scene, statement)


def _before_relative(scene: Scene, statement: Statement) -> Speaker | None:
    """Whose word a relative clause gives ("Trump mengecam apa yang disebutnya …"): the person named last before it in its sentence."""
    cue = statement.cue
    if cue is None or statement.source is not None or not scene.text[cue.start : cue.end].lower().endswith("nya"):
        return None
    words = scene.parse.words
    at = bisect_right(scene.people.word_starts, cue.start - 1) - 1
    if at < 0 or words[at].lower != "yang":
        return None
    person = scene.people.named_before(cue.start, scene.cover)
    begin = scene.parse.sentences[scene.sentence(statement)].start
    if person is None or not any(begin <= scene.people.word_starts[m] < cue.start for m in person.mentions):
        return None
    return _last_named(scene, statement)


def _last_named(scene: Scene, statement: Statement) -> Speaker | None:
    """The person named last before a statement, as its speaker."""
    person = scene.people.named_before((statement.cue or statement.contents[0]).start, scene.cover)
    return Speaker(person.name, "person", person.role, "speaker.named-before", person) if person else None


def _subject_between(scene: Scene, statement: Statement) -> Speaker | None:
    """A person who is the subject of a sentence after the last statement's and up to this one's own, nearest first."""
    begin, sentence = statement.contents[0].start, scene.sentence(statement)
    for place in range(sentence, max(scene.last, sentence - _BACK), -1):
        span = scene.parse.sentences[place]
        limit = span.end
        if place == sentence:
            # In its own sentence only what stands in front of both cue and content can be the antecedent.
            limit = min(
                begin,
                statement.cue.start if statement.cue else begin,
                statement.source.start if statement.source else begin,
            )
            if limit <= span.start:
                continue
        office = _subject_office(scene, span, limit)
        if office is not None:
            return replace(office, rule="speaker.subject-office")
        person = _subject(scene, span, limit)
        if person is not None:
            person = scene.people.alias(person)
            return Speaker(person.name, "person", person.role, "speaker.subject", person)
    return None


def _subject_office(scene: Scene, span: Span, limit: int) -> Speaker | None:
    """The person whose office, pointed back at, is the subject of a sentence ("Menteri itu menolak berkomentar")."""
    low = bisect_right(scene.people.word_starts, span.start - 1)
    words = scene.parse.words
    if low >= len(words) or words[low].lower not in lexicon().role:
        return None
    for index in range(low + 1, min(low + 8, len(words))):
        if words[index].start >= limit or (
            not is_capital(scene.text, words[index]) and looks_verbal(words[index].lower)
        ):
            return None
        if words[index].lower in DEMONSTRATIVE:
            return holder_of(scene, list(words[low:index]), demonstrative=True, at=words[low].start)
    return None


def _subject(scene: Scene, span: Span, limit: int) -> Person | None:
    """The person named first in a sentence, when he stands in front of its first verb."""
    low = bisect_right(scene.people.word_starts, span.start - 1)
    words = scene.parse.words
    index = low
    while index < len(words) and words[index].start < limit and index - low < 30:
        person = scene.people.at_token.get(index)
        if person is not None and credible(person):
            return None if scene.cover.holds(words[index].start) else person
        if not is_capital(scene.text, words[index]) and words[index].lower in lexicon().subordinator:
            return None
        if not is_capital(scene.text, words[index]) and looks_verbal(words[index].lower):
            return None
        index += 1
    return None


def holder_of(scene: Scene, words: list[Word], *, demonstrative: bool, at: int) -> Speaker | None:
    """The speaker behind an office: the person who carries it, or whoever spoke last when it points back."""
    wanted = scene.people.office(scene.raw(words))
    if not wanted:
        return None
    person = scene.people.carrier(wanted, demonstrative=demonstrative, at=at)
    if person is not None:
        return Speaker(person.name, "person", person.role, "speaker.office", person)
    if demonstrative or " ".join(wanted).startswith(_HEAD_OF_STATE):
        back = scene.last_person()
        if back is not None:
            return replace(back, rule="speaker.description")
    return None
