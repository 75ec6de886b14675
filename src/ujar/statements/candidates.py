"""Who might have made a statement: everybody the article offers as its speaker, and what speaks for each.

A candidate is the rules' own answer, a person or body the article names, an earlier speaker, or the source phrase itself
as a description. ``FEATURES`` says what is measured; ``training/speakers.py`` learns how much each counts.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

import numpy as np

from ujar.actors import resolve
from ujar.actors.forms import fold
from ujar.statements.attribution import CREDIT
from ujar.statements.cast import Cast, anchor_of, name_key
from ujar.statements.lexicon import lexicon
from ujar.statements.media import is_medium_name
from ujar.statements.names import bodies, is_acronym, span_words, states
from ujar.statements.nouns import looks_verbal
from ujar.statements.people import DEMONSTRATIVE, SKIP_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import SpeakerType, Statement, Word
    from ujar.statements.names import Person
    from ujar.statements.people import People

Origin = Literal["person", "body", "phrase", "history", "rule"]
# What the source of a statement looks like; features of reference are told apart by it.
SourceClass = Literal["none", "pronoun", "plural", "pointing", "office", "named"]
_CLASSES: tuple[SourceClass, ...] = ("none", "pronoun", "plural", "pointing", "office", "named")
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
    "in-source", "in-source-whole", "in-source-begins", "in-source-first", "in-source-last", "in-source-behind-preposition", "source-is-name",
    "word-share", "words-inside", "begins-alike", "spelled-alike", "acronym", "fuller", "shorter-than-source",
    "office-share", "office-whole", "office-head", "mentions", "mention-share", "in-lead", "in-title", "same-paragraph",
    "in-content", "in-quotation-only", "medium", "described", "capital", "joint", "never-spoke", "spoke-before",
    "only-person", "last-person-speaker", "head-alike", "head-alike-spoke", "credit-phrase", "credit-medium", "credit-other", "seat", "state-of-seat",
    "joint-named", "holder", "holder-other", "held-share", "held-whole",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    *(f"rule={name}" for name in _RULES),
    *(f"{name}@{kind}" for kind in _CLASSES for name in _REFERENCE),
    *_PLAIN,
)
_INDEX = {name: i for i, name in enumerate(FEATURES)}
# No statement has more candidates of one origin than this: nearest and most often named first.
_MOST, _RECENT = 24, 12
_PLURAL = frozenset({"mereka", "keduanya", "ketiganya"})
# Reflexive forms that refer like a pronoun.
_SELF = frozenset({"dirinya", "pihaknya", "beliau"})
_AND = frozenset({"dan", "serta", "bersama", "maupun", ","})
# Words in front of the noun that a description is built on.
_NO_HEAD = SKIP_FIRST | {"dua", "tiga", "empat", "beberapa", "sejumlah", "sebagian", "pihak"}
_CUT = frozenset({"yang", "atau", "alias", "selaku", "melalui"})


@dataclass(slots=True)
class Candidate:
    """Somebody who might have spoken.

    Attributes:
        name: as it would be told.
        type: what kind of speaker; None where only the table of the rules can tell.
        role: office or description, or None.
        origins: where the candidate came from.
        person: the person behind it, or None.
        features: how it stands to the statement, one number per name in FEATURES.
    """

    name: str
    type: SpeakerType | None
    role: str | None
    origins: set[Origin]
    person: Person | None = None
    features: np.ndarray = field(default_factory=lambda: np.zeros(len(FEATURES), dtype=np.float32))


def _end(statement: Statement) -> int:
    return max(s.end for s in (*statement.contents, *(x for x in (statement.cue, statement.source) if x is not None)))


def source_class(words: list[Word], people: People) -> SourceClass:
    """What kind of reference a source phrase is."""
    if not words:
        return "none"
    first = words[0].lower
    if first in _PLURAL:
        return "plural"
    if first in lexicon().pronoun or first in _SELF:
        return "pronoun"
    if words[-1].lower in DEMONSTRATIVE:
        return "pointing"
    if first in lexicon().role and not any(
        words[0].start <= people.word_starts[n.start] <= words[-1].start for n in people.namings
    ):
        return "office"
    return "named"


def candidates_of(cast: Cast, statement: Statement) -> list[Candidate]:
    """The candidates for one statement with their features; ``statement.speaker`` is the rules' own answer."""
    words = span_words(cast.parse, statement.source) if statement.source else []
    kind = source_class(words, cast.people)
    found: dict[tuple[str, ...], Candidate] = {}
    here = anchor_of(statement)

    def add(
        name: str, type_: SpeakerType | None, role: str | None, origin: Origin, person: Person | None = None
    ) -> Candidate:
        name = name if person is not None else cast.full(name)
        key = name_key(name)
        known = found.get(key)
        if known is None:
            known = found[key] = Candidate(name, type_, role, {origin}, person)
        else:
            known.origins.add(origin)
            known.person = known.person or person
            known.role = known.role or role
            known.type = known.type or type_
        return known

    if statement.speaker:
        rule = next((s.rule for s in statement.steps if s.part == "speaker"), "")
        own = add(statement.speaker, statement.speaker_type, statement.role, "rule")
        own.features[_INDEX[f"rule@{kind}"]] = 1
        if f"rule={rule}" in _INDEX:
            own.features[_INDEX[f"rule={rule}"]] = 1
    # A source that names somebody is not somebody else: only who shares a word with it, or may be spelled like it.
    letters = {w.lower[0] for w in words} if kind == "named" else None
    for person in cast.persons[:_MOST]:
        if kind in ("none", "pronoun", "plural") and cast.places[id(person)][0] > _end(statement):
            # A pronoun does not stand for somebody who is named only later.
            continue
        if letters is None or not letters.isdisjoint(w[0].lower() for w in person.words):
            add(person.name, "person", person.role, "person", person)
    for body in cast.bodies[:_MOST]:
        if letters is None or any(not letters.isdisjoint(w[0] for w in name_key(form)) for form in body.forms):
            add(body.name, None, None, "body")
    for _, spoken, _ in cast.spoke[: -_RECENT - 1 : -1]:
        add(spoken.name, spoken.type, spoken.role, "history", spoken.person)
    for name, phrase in _phrases(cast, words):
        add(phrase, None, None, "phrase").features[_INDEX[name]] = 1
    joint = _joint(cast, words)
    if joint:
        add(joint, None, None, "phrase").features[_INDEX["joint-named"]] = 1
    for state in _seats(cast, words):
        add(state, "state", None, "body").features[_INDEX["state-of-seat"]] = 1
    view = _View(cast, statement, words, kind, here)
    out = list(found.values())
    for candidate in out:
        view.measure(candidate)
    return out


def _phrases(cast: Cast, words: list[Word]) -> Iterable[tuple[str, str]]:
    """The source phrase as a description, in several lengths."""
    if not words or words[0].lower in lexicon().pronoun or words[0].lower in _PLURAL:
        return
    body = list(words)
    while len(body) > 1 and body[0].lower == "pihak":
        body = body[1:]
    while len(body) > 1 and body[-1].lower in DEMONSTRATIVE:
        body = body[:-1]
    text = cast.text
    yield "phrase-whole", text[body[0].start : body[-1].end]
    short = body
    for index, word in enumerate(body):
        if index and (word.lower in _CUT or word.lower in (",", "(")):
            short = body[:index]
            break
    yield "phrase-short", text[short[0].start : short[-1].end]
    if any(w.lower == "(" for w in body):
        plain, depth = [], 0
        for word in body:
            depth += word.lower == "("
            if not depth:
                plain.append(text[word.start : word.end])
            depth -= word.lower == ")"
        if plain:
            yield "phrase-plain", " ".join(plain)
    bare = short
    while len(bare) > 1 and bare[0].lower in ("sebuah", "suatu", "si", "sang", "para", "seorang"):
        bare = bare[1:]
    yield "phrase-bare", text[bare[0].start : bare[-1].end]
    # "militer" after "militer Israel": the longest phrase of the text that begins so.
    if len(bare) <= 2:
        longer = _longer(cast, bare)
        if longer:
            yield "phrase-longer", longer


def _joint(cast: Cast, words: list[Word]) -> str | None:
    """The speakers that a source joins ("Don Milgiori dan Sean Carter"), each by its fullest name; None for one."""
    parts: list[list[Word]] = [[]]
    depth = 0
    mentions = cast.parse.mentions
    for number, word in enumerate(words):
        if word.lower == "(":
            depth += 1
        elif word.lower == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif word.lower in _CUT:
            break
        elif word.lower in _AND:
            if any(m.span.start < word.start < m.span.end for m in mentions) or _goes_on(
                cast, parts[-1], words[number + 1 :]
            ):
                # "Kementerian Pertanian dan Peternakan", "Deputi Penindakan dan Eksekusi": one name, one office.
                parts[-1].append(word)
            else:
                parts.append([])
        else:
            parts[-1].append(word)
    parts = [p for p in parts if p]
    if not 2 <= len(parts) <= 5 or not any(w.lower in _AND - {","} for w in words):
        return None
    names = []
    for part in parts:
        naming = next(
            (
                n
                for n in reversed(cast.people.namings)
                if part[0].start <= cast.people.word_starts[n.start] < part[-1].end
            ),
            None,
        )
        person = cast.people.at_token.get(naming.start) if naming else None
        if person is not None:
            names.append(cast.people.alias(person).name)
            continue
        body = next((b for b in cast.bodies if any(part[0].start == p for p in b.places)), None)
        if body is None and len(part) > 6:
            return None
        names.append(body.name if body else cast.full(cast.text[part[0].start : part[-1].end]))
    return " & ".join(dict.fromkeys(names)) if len(set(names)) > 1 else None


# Bodies whose names may join their fields: "Kementerian Olahraga dan Pariwisata".
_FIELDS = frozenset(
    "kementerian departemen dinas badan komisi deputi biro direktorat fakultas pusat bidang menteri".split()
)


def _goes_on(cast: Cast, part: list[Word], rest: list[Word]) -> bool:
    """Whether the name of a body goes on behind "dan": with a capitalised word at which no other name begins."""
    if not part or not rest or part[0].lower not in _FIELDS or rest[0].lower in _FIELDS:
        return False
    after = next((w for w in rest if w.lower not in _AND), rest[0])
    return cast.text[after.start].isupper() and not any(
        m.span.start <= after.start < m.span.end and m.kind != "role" for m in cast.parse.mentions
    )


def _seats(cast: Cast, words: list[Word]) -> Iterable[str]:
    """The state that a capital stands for ("Teheran" for Iran), by its fullest name in the article."""
    if len(words) != 1:
        return
    table = bodies()
    form = words[0].lower
    if table.place.get(form) != "seat":
        return
    yield from sorted((n for n in states().get(f"={form}", ()) if n in cast.text), key=len)[-1:]


def _longer(cast: Cast, words: list[Word]) -> str | None:
    """A phrase elsewhere in the text that begins with these words and goes on with capitalised ones; the first."""
    wanted = [w.lower for w in words]
    tokens = cast.parse.words
    text = cast.text
    for index in range(len(tokens) - len(wanted)):
        if tokens[index].lower != wanted[0] or [t.lower for t in tokens[index : index + len(wanted)]] != wanted:
            continue
        end = index + len(wanted)
        while (
            end < len(tokens)
            and end - index < 8
            and text[tokens[end].start].isupper()
            and tokens[end].start - tokens[end - 1].end <= 1
            # "Presiden Finlandia" is no shorter form of "Presiden Finlandia Alexander Stubb".
            and end not in cast.people.at_token
        ):
            end += 1
        if end > index + len(wanted):
            return text[tokens[index].start : tokens[end - 1].end]
    return None


class _View:
    """One statement, from which candidates are measured."""

    def __init__(self, cast: Cast, statement: Statement, words: list[Word], kind: SourceClass, here: int) -> None:
        self.cast, self.statement, self.words, self.kind, self.here = cast, statement, words, kind, here
        self.sentence = cast.sentence(here)
        self.paragraph = bisect_right(cast.paragraphs, here) - 1
        self.source = [w.lower for w in words if w.lower[0].isalnum()]
        self.source_keys = set(self._expanded(self.source))
        self.office = cast.people.office(cast.text[words[0].start : words[-1].end]) if words else []
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
        titled = kind in ("pointing", "office") or (kind == "named" and not self.named_in_source)
        self.title = cast.text[words[0].start : words[-1].end] if words and titled else ""
        self.holder = resolve(self.title, self.on, country="IDN") if self.title else None

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

        def mark(name: str, value: float = 1.0) -> None:
            put[_INDEX[name]] = value

        person = candidate.person
        is_person = person is not None or candidate.type == "person"
        mark(f"{'person' if is_person else 'body' if 'body' in candidate.origins else 'group'}@{kind}")
        # --- what was said before
        distinct = self.speakers
        if key in distinct:
            rank = distinct.index(key)
            mark(f"{('last-speaker', 'speaker-before', 'earlier-speaker')[min(rank, 2)]}@{kind}")
            mark("spoke-before")
        else:
            mark("never-spoke")
        if self.last_person == key:
            mark("last-person-speaker")
            mark(f"last-person@{kind}")
        if is_person and distinct[:1] == [key]:
            mark(f"last-and-person@{kind}")
        # --- where it stands
        places = self._places(candidate, person)
        before = [p for p in places if p < self.here and not self._in_source(p)]
        outside = [p for p in before if not cast.cover.holds(p)]
        if outside:
            gap = self.sentence - cast.sentence(outside[-1])
            mark(f"near-{'1' if gap <= 1 else '2' if gap == 2 else '4' if gap <= 4 else 'far'}@{kind}")
            if self._subject(outside):
                mark(f"subject@{kind}")
                if is_person and gap <= 1:
                    mark(f"near-subject@{kind}")
            if any(bisect_right(cast.paragraphs, p) - 1 == self.paragraph for p in outside[-3:]):
                mark("same-paragraph")
        elif before:
            mark("in-quotation-only")
        elif places and is_person and 0 < cast.sentence(places[0]) - self.sentence <= 3:
            # "Seorang menteri mengatakan …": the lead tells what he is, the next sentences who.
            mark(f"named-next@{kind}")
        if places:
            mark("mentions", math.log1p(len(places)))
            mark("mention-share", min(1.0, len(places) / cast.most))
            if places[0] < cast.lead:
                mark("in-lead")
            if any(c.start <= p < c.end for c in self.statement.contents for p in places):
                mark("in-content")
        if key and key[-1] in cast.title:
            mark("in-title")
        if is_person and len(self.persons) == 1:
            mark("only-person")
        # --- beside the source phrase
        if self.words:
            self._beside(candidate, person, key, places)
        if is_person:
            self._held(candidate, put)
        medium = is_medium_name(candidate.name)
        if medium:
            mark("medium")
        if self.credit:
            mark("credit-phrase" if "phrase" in candidate.origins else "credit-medium" if medium else "credit-other")
        if bodies().place.get(candidate.name.lower()) == "seat":
            mark("seat")
        if candidate.name[:1].islower():
            mark("described")
        else:
            mark("capital")
        if " & " in candidate.name:
            mark("joint")

    def _held(self, candidate: Candidate, put: np.ndarray) -> None:
        """How the source agrees with what a candidate held on the day, by the tables of actors."""
        if not self.title or self.holder is None:
            return
        own = resolve(candidate.name, self.on)
        if own.id is None or not own.id.startswith("person:"):
            return
        if self.holder.id is not None and self.holder.id.startswith("person:"):
            put[_INDEX["holder" if self.holder.id == own.id else "holder-other"]] = 1
        have = set(self._expanded(fold(own.office or "").split()))
        wanted = {w for w in self._expanded(self.source) if w not in DEMONSTRATIVE}
        if have and wanted:
            put[_INDEX["held-share"]] = len(have & wanted) / len(wanted)
            put[_INDEX["held-whole"]] = float(wanted <= have)

    def _places(self, candidate: Candidate, person: Person | None) -> list[int]:
        """Offsets at which a candidate is named."""
        if person is not None:
            return self.cast.places.get(id(person)) or [self.cast.people.word_starts[m] for m in person.mentions]
        return self.cast.places_of(candidate.name)

    def _in_source(self, place: int) -> bool:
        return bool(self.words) and self.words[0].start <= place < self.words[-1].end

    def _subject(self, outside: list[int]) -> bool:
        """Whether the last mention stands in front of the first verb of a sentence between the last statement and this."""
        place = outside[-1]
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
        if any(self._in_source(p) for p in places):
            put[_INDEX["in-source"]] = 1
        if self.words[0].start in places:
            put[_INDEX["in-source-begins"]] = 1
        body = self.cast.body_named.get(candidate.name)
        if body is not None and (self.words[0].start, self.words[-1].end) in body.spans:
            put[_INDEX["in-source-whole"]] = 1
        inside = [
            n for n in self.named_in_source if person is not None and self.cast.people.word_starts[n.start] in places
        ]
        if inside:
            if inside[0] is self.named_in_source[0]:
                put[_INDEX["in-source-first"]] = 1
            if inside[-1] is self.named_in_source[-1]:
                put[_INDEX["in-source-last"]] = 1
            previous = self.cast.parse.words[inside[0].start - 1].lower if inside[0].start else ""
            if previous in ("dari", "di", "ke", "asal", "oleh", "kepada", "dengan"):
                put[_INDEX["in-source-behind-preposition"]] = 1
        if tuple(self.source) == key:
            put[_INDEX["source-is-name"]] = 1
        shared = mine & self.source_keys
        if mine:
            put[_INDEX["word-share"]] = len(shared) / len(mine | self.source_keys)
            put[_INDEX["words-inside"]] = len(shared) / len(self.source_keys or {""})
        if len(self.source) <= 3:
            head = self.source[0] if self.source else ""
            if any(len(head) >= 4 and w != head and (w.startswith(head) or w.endswith(head)) for w in key):
                put[_INDEX["begins-alike"]] = 1
            if len(head) >= 5 and any(
                w != head
                and w[0] == head[0]
                and abs(len(w) - len(head)) <= 2
                and SequenceMatcher(None, w, head).ratio() > 0.8
                for w in key
            ):
                put[_INDEX["spelled-alike"]] = 1
        for token in self.words:
            raw = self.cast.text[token.start : token.end]
            if (
                is_acronym(raw)
                and len(key) > 1
                and "".join(w[0] for w in key if w not in ("dan", "untuk")) == token.lower
            ):
                put[_INDEX["acronym"]] = 1
        heads = [w for w in key if w not in _NO_HEAD], [w for w in self.source if w not in _NO_HEAD]
        if heads[0] and heads[1] and heads[0][0] == heads[1][0]:
            put[_INDEX["head-alike"]] = 1
            if put[_INDEX["spoke-before"]]:
                put[_INDEX["head-alike-spoke"]] = 1
        if shared and len(key) > len(self.source):
            put[_INDEX["fuller"]] = 1
        if len(key) < len(self.source):
            put[_INDEX["shorter-than-source"]] = 1
        if self.office and (person is not None or candidate.role):
            best = whole = first = 0.0
            for role in person.roles if person is not None else [candidate.role or ""]:
                have = self._expanded(self.cast.people.office(role))
                if not have:
                    continue
                wanted = self._expanded(self.office)
                share = len(set(have) & set(wanted)) / len(set(wanted))
                best = max(best, share)
                whole = max(whole, float(set(wanted) <= set(have)))
                first = max(first, float(have[0] == wanted[0]))
            put[_INDEX["office-share"]] = best
            put[_INDEX["office-whole"]] = whole
            put[_INDEX["office-head"]] = first
