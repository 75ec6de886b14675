"""What is measured of a candidate: how it stands to the statement, the source phrase, and what was said before.

``FEATURES`` names the measures; ``training/speakers.py`` learns how much each counts.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from ujar.actors.forms import fold
from ujar.actors.resolve import resolve
from ujar.actors.rows import HOME
from ujar.statements.attribution import CREDIT
from ujar.statements.cast import Cast, name_key
from ujar.statements.media import is_medium_name
from ujar.statements.names import bodies, is_acronym
from ujar.statements.nouns import looks_verbal
from ujar.statements.people import DEMONSTRATIVE, SKIP_FIRST
from ujar.statements.phrases import RELATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import SpeakerType, Statement, Word
    from ujar.statements.persons import Person

Origin = Literal["person", "body", "phrase", "history", "rule"]
# What the source of a statement looks like; features of reference are told apart by it.
SourceClass = Literal["none", "pronoun", "plural", "pointing", "office", "common", "named"]
_CLASSES: tuple[SourceClass, ...] = ("none", "pronoun", "plural", "pointing", "office", "common", "named")
_RULES = (
    "speaker.name", "speaker.previous", "speaker.described", "speaker.subject", "speaker.state", "speaker.description",
    "speaker.repeated", "speaker.medium", "speaker.mereka", "speaker.joint", "speaker.office", "speaker.acronym",
)  # fmt: skip
# Measured for every source class apart: whether the rules chose the candidate, whether it spoke last, and so on.
_REFERENCE = (
    "last-person", "last-and-person", "near-subject", "named-next", "rule", "last-speaker", "speaker-before", "earlier-speaker", "subject", "near-1", "near-2", "near-4", "near-far",
    "person", "body", "group",
)  # fmt: skip
_PLAIN = (
    "phrase-whole", "phrase-short", "phrase-bare", "phrase-longer", "phrase-plain",
    "in-source", "in-source-whole", "in-source-begins", "in-source-first", "in-source-last", "in-source-behind-preposition",
    "in-source-behind-relation", "in-source-apposition", "source-is-name",
    "word-share", "words-inside", "begins-alike", "spelled-alike", "acronym", "fuller", "shorter-than-source",
    "office-share", "office-whole", "office-head", "mentions", "mention-share", "in-lead", "in-title", "same-paragraph",
    "in-content", "in-quotation-only", "medium", "described", "capital", "joint", "never-spoke", "spoke-before",
    "only-person", "last-person-speaker", "head-alike", "head-alike-spoke", "credit-phrase", "credit-medium", "credit-other", "seat", "state-of-seat",
    "joint-named", "pair-spoke", "pair-persons", "pair-bodies", "pair-states", "holder", "holder-other", "held-share", "held-whole",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    *(f"rule={name}" for name in _RULES),
    *(f"{name}@{kind}" for kind in _CLASSES for name in _REFERENCE),
    *_PLAIN,
)
INDEX = {name: i for i, name in enumerate(FEATURES)}
_AT = {kind: {name: INDEX[f"{name}@{kind}"] for name in _REFERENCE} for kind in _CLASSES}
# Words in front of the noun that a description is built on.
_NO_HEAD = SKIP_FIRST | {"dua", "tiga", "empat", "beberapa", "sejumlah", "sebagian", "pihak"}


def _head(words: Iterable[str]) -> str | None:
    """The noun that a name or description is built on: its first word that may be one."""
    return next((w for w in words if w not in _NO_HEAD), None)


@dataclass(slots=True)
class Candidate:
    """Somebody who might have spoken.

    Attributes:
        name: as it would be told.
        type: what kind of speaker; None where only the table of the rules can tell.
        role: office or description, or None.
        origins: where the candidate came from.
        person: the person behind it, or None.
        place: where it is named last before the statement, else first behind; None where the article does not name it.
        features: how it stands to the statement, one number per name in FEATURES.
    """

    name: str
    type: SpeakerType | None
    role: str | None
    origins: set[Origin]
    person: Person | None = None
    place: int | None = None
    features: np.ndarray = field(default_factory=lambda: np.zeros(len(FEATURES), dtype=np.float32))


class View:
    """One statement, from which candidates are measured."""

    def __init__(self, cast: Cast, statement: Statement, words: list[Word], kind: SourceClass, here: int) -> None:
        self.cast, self.statement, self.words, self.kind, self.here = cast, statement, words, kind, here
        self.sentence = cast.sentence(here)
        self.paragraph = bisect_right(cast.paragraphs, here) - 1
        self.source = [w.lower for w in words if w.lower[0].isalnum()]
        self.source_keys = set(self._expanded(self.source))
        self.source_head = _head(self.source)
        # "KPK" in "juru bicara KPK": a candidate's name may begin with its letters.
        self.acronyms = [w.lower for w in words if is_acronym(cast.text[w.start : w.end])]
        self.office = self._expanded(cast.people.office(cast.text[words[0].start : words[-1].end])) if words else []
        self.named_in_source = [
            n
            for n in cast.people.namings
            if words and words[0].start <= cast.people.word_starts[n.start] < words[-1].end
        ]
        self.persons = [p for p in cast.persons if len(p.words) > 1 or p.roles]
        cue = cast.text[statement.cue.start : statement.cue.end].lower() if statement.cue else ""
        self.credit = cue.split()[0] in CREDIT if cue else False
        self.speakers = list(dict.fromkeys(k for k, _, _ in reversed(cast.spoke)))
        self.last_person = next((k for k, c, _ in reversed(cast.spoke) if c.type == "person"), None)
        # Who held the office of the source on the day, by the tables of actors.
        self.on = cast.parse.article.published
        titled = kind in ("pointing", "office", "common") or (kind == "named" and not self.named_in_source)
        self.title = cast.text[words[0].start : words[-1].end] if words and titled else ""
        self.holder = resolve(self.title, self.on, country=HOME) if self.title else None

    def _expanded(self, words: Iterable[str]) -> list[str]:
        table, acronyms = bodies().expansion, self.cast.people.acronyms
        out: list[str] = []
        for word in words:
            out += table.get(word) or ((acronyms[word].lower().split()) if word in acronyms else (word,))
        return out

    def measure(self, candidate: Candidate) -> None:
        """Fill in the features of a candidate."""
        put = candidate.features
        key = name_key(candidate.name)
        cast, kind = self.cast, self.kind
        at = _AT[kind]
        person = candidate.person
        is_person = person is not None or candidate.type == "person"
        put[at["person" if is_person else "body" if "body" in candidate.origins else "group"]] = 1
        # --- what was said before
        distinct = self.speakers
        if key in distinct:
            rank = distinct.index(key)
            put[at[("last-speaker", "speaker-before", "earlier-speaker")[min(rank, 2)]]] = 1
            put[INDEX["spoke-before"]] = 1
        else:
            put[INDEX["never-spoke"]] = 1
        if self.last_person == key:
            put[INDEX["last-person-speaker"]] = 1
            put[at["last-person"]] = 1
        if is_person and distinct[:1] == [key]:
            put[at["last-and-person"]] = 1
        # --- where it stands
        places = self._places(candidate, person)
        if places:
            candidate.place = places[max(0, bisect_left(places, self.here) - 1)]
        before = [p for p in places[: bisect_left(places, self.here)] if not self._in_source(p)]
        # The last three outside quotations, the last one first; no more are asked for.
        outside = list(islice((p for p in reversed(before) if not cast.cover.holds(p)), 3))
        if outside:
            gap = self.sentence - cast.sentence(outside[0])
            put[at[f"near-{'1' if gap <= 1 else '2' if gap == 2 else '4' if gap <= 4 else 'far'}"]] = 1
            if self._subject(outside[0]):
                put[at["subject"]] = 1
                if is_person and gap <= 1:
                    put[at["near-subject"]] = 1
            if any(bisect_right(cast.paragraphs, p) - 1 == self.paragraph for p in outside):
                put[INDEX["same-paragraph"]] = 1
        elif before:
            put[INDEX["in-quotation-only"]] = 1
        elif places and is_person and 0 < cast.sentence(places[0]) - self.sentence <= 3:
            # "Seorang menteri mengatakan …": the lead tells what he is, the next sentences who.
            put[at["named-next"]] = 1
        if places:
            put[INDEX["mentions"]] = math.log1p(len(places))
            put[INDEX["mention-share"]] = min(1.0, len(places) / cast.most)
            if places[0] < cast.lead:
                put[INDEX["in-lead"]] = 1
            if any(c.start <= p < c.end for c in self.statement.contents for p in places):
                put[INDEX["in-content"]] = 1
        if key and key[-1] in cast.title:
            put[INDEX["in-title"]] = 1
        if is_person and len(self.persons) == 1:
            put[INDEX["only-person"]] = 1
        # --- beside the source phrase
        if self.words:
            self._beside(candidate, person, key, places)
        if is_person:
            self._held(candidate, put)
        medium = is_medium_name(candidate.name)
        if medium:
            put[INDEX["medium"]] = 1
        if self.credit:
            by = "phrase" if "phrase" in candidate.origins else "medium" if medium else "other"
            put[INDEX[f"credit-{by}"]] = 1
        if bodies().place.get(candidate.name.lower()) == "seat":
            put[INDEX["seat"]] = 1
        if candidate.name[:1].islower():
            put[INDEX["described"]] = 1
        else:
            put[INDEX["capital"]] = 1
        if " & " in candidate.name:
            put[INDEX["joint"]] = 1

    def _held(self, candidate: Candidate, put: np.ndarray) -> None:
        """How the source agrees with what a candidate held on the day, by the tables of actors."""
        if not self.title or self.holder is None:
            return
        own = resolve(candidate.name, self.on)
        if own.id is None or not own.id.startswith("person:"):
            return
        if self.holder.id is not None and self.holder.id.startswith("person:"):
            put[INDEX["holder" if self.holder.id == own.id else "holder-other"]] = 1
        have = set(self._expanded(fold(own.office or "").split()))
        wanted = {w for w in self._expanded(self.source) if w not in DEMONSTRATIVE}
        if have and wanted:
            put[INDEX["held-share"]] = len(have & wanted) / len(wanted)
            put[INDEX["held-whole"]] = float(wanted <= have)

    def _places(self, candidate: Candidate, person: Person | None) -> list[int]:
        """Offsets at which a candidate is named."""
        if person is not None:
            return self.cast.places.get(id(person)) or [self.cast.people.word_starts[m] for m in person.mentions]
        return self.cast.places_of(candidate.name)

    def _in_source(self, place: int) -> bool:
        return bool(self.words) and self.words[0].start <= place < self.words[-1].end

    def _subject(self, place: int) -> bool:
        """Whether a mention stands in front of the first verb of a sentence between the last statement and this."""
        number = self.cast.sentence(place)
        if self.sentence - number > 3:
            return False
        span = self.cast.parse.sentences[number]
        words = self.cast.parse.words
        index = bisect_left(words, (span.start, -1, ""))
        steps = 0
        while index < len(words) and words[index].start < place:
            lower = self.cast.text[words[index].start].islower()
            if (lower and looks_verbal(words[index].lower)) or steps > 25:
                return False
            index += 1
            steps += 1
        return True

    def _beside(self, candidate: Candidate, person: Person | None, key: tuple[str, ...], places: list[int]) -> None:
        """How a candidate stands to the words of the source."""
        put = candidate.features
        mine = set(self._expanded(key))
        inner = [p for p in places if self._in_source(p)]
        if inner:
            put[INDEX["in-source"]] = 1
        if any(self.cast.text[max(0, p - 3) : p].rstrip().endswith(",") for p in inner):
            put[INDEX["in-source-apposition"]] = 1
        if self.words[0].start in places:
            put[INDEX["in-source-begins"]] = 1
        body = self.cast.body_named.get(candidate.name)
        if body is not None and (self.words[0].start, self.words[-1].end) in body.spans:
            put[INDEX["in-source-whole"]] = 1
        inside = [
            n for n in self.named_in_source if person is not None and self.cast.people.word_starts[n.start] in places
        ]
        if inside:
            if inside[0] is self.named_in_source[0]:
                put[INDEX["in-source-first"]] = 1
            if inside[-1] is self.named_in_source[-1]:
                put[INDEX["in-source-last"]] = 1
            previous = self.cast.parse.words[inside[0].start - 1].lower if inside[0].start else ""
            if previous in ("dari", "di", "ke", "asal", "oleh", "kepada", "dengan"):
                put[INDEX["in-source-behind-preposition"]] = 1
            if previous in RELATION:
                put[INDEX["in-source-behind-relation"]] = 1
        if tuple(self.source) == key:
            put[INDEX["source-is-name"]] = 1
        shared = mine & self.source_keys
        if mine:
            put[INDEX["word-share"]] = len(shared) / len(mine | self.source_keys)
            put[INDEX["words-inside"]] = len(shared) / len(self.source_keys or {""})
        if len(self.source) <= 3:
            head = self.source[0] if self.source else ""
            if any(len(head) >= 4 and w != head and (w.startswith(head) or w.endswith(head)) for w in key):
                put[INDEX["begins-alike"]] = 1
            if len(head) >= 5 and any(
                w != head
                and w[0] == head[0]
                and abs(len(w) - len(head)) <= 2
                and SequenceMatcher(None, w, head).ratio() > 0.8
                for w in key
            ):
                put[INDEX["spelled-alike"]] = 1
        if self.acronyms and len(key) > 1 and "".join(w[0] for w in key if w not in ("dan", "untuk")) in self.acronyms:
            put[INDEX["acronym"]] = 1
        if self.source_head is not None and self.source_head == _head(key):
            put[INDEX["head-alike"]] = 1
            if put[INDEX["spoke-before"]]:
                put[INDEX["head-alike-spoke"]] = 1
        if shared and len(key) > len(self.source):
            put[INDEX["fuller"]] = 1
        if len(key) < len(self.source):
            put[INDEX["shorter-than-source"]] = 1
        if self.office and (person is not None or candidate.role):
            best = whole = first = 0.0
            for role in person.roles if person is not None else [candidate.role or ""]:
                have = self._expanded(self.cast.people.office(role))
                if not have:
                    continue
                wanted = self.office
                share = len(set(have) & set(wanted)) / len(set(wanted))
                best = max(best, share)
                whole = max(whole, float(set(wanted) <= set(have)))
                first = max(first, float(have[0] == wanted[0]))
            put[INDEX["office-share"]] = best
            put[INDEX["office-whole"]] = whole
            put[INDEX["office-head"]] = first
