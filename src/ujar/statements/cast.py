"""Everybody an article names: its persons and bodies by their fullest names, and who spoke so far."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.statements.cover import Cover
from ujar.statements.names import bodies, states
from ujar.statements.once import once
from ujar.statements.people import People

if TYPE_CHECKING:
    from ujar.records import Parse, Statement
    from ujar.statements.measures import Candidate
    from ujar.statements.persons import Person


@dataclass(slots=True)
class Body:
    """A body that the article names: its fullest form, all forms, where they stand, whether all are places."""

    name: str
    forms: set[str]
    places: list[int]
    spans: set[tuple[int, int]]
    place: bool


class Cast:
    """Everybody an article names, and what was said by whom so far."""

    def __init__(self, parse: Parse, statements: tuple[Statement, ...]) -> None:
        self.parse = parse
        self.text = parse.article.text
        self.lowers = [lower for _, _, lower in parse.words]
        self.people, self.bodies = _named(parse)
        # Somebody known under a nickname or a short form is one person with one candidate.
        fullest: dict[int, Person] = {}
        for person in sorted(self.people.all, key=lambda p: -len(p.mentions)):
            full = self.people.alias(person)
            fullest.setdefault(id(full), full)
        self.persons = list(fullest.values())
        self.places: dict[int, list[int]] = {id(p): [] for p in self.persons}
        for person in self.people.all:
            self.places[id(self.people.alias(person))] += [self.people.word_starts[m] for m in person.mentions]
        for places in self.places.values():
            places.sort()
        # How often the most often named person is named.
        self.most = max((len(p) for p in self.places.values()), default=1) or 1
        self.body_named = {body.name: body for body in reversed(self.bodies)}
        self._found: dict[str, list[int]] = {}
        self.cover = Cover(statements)
        self.starts = [s.start for s in parse.sentences]
        self.paragraphs = [p.start for p in parse.paragraphs]
        self.title = (parse.article.title or "").lower()
        self.lead = parse.sentences[min(1, len(parse.sentences) - 1)].end if parse.sentences else 0
        # Every written form of a body or state → its fullest name in the article.
        self.fullest = {form.lower(): body.name for body in reversed(self.bodies) for form in body.forms}
        # Every written form of a person's name → the fullest.
        self.named: dict[str, str] = {}
        for naming in self.people.namings:
            owner = self.people.at_token.get(naming.start)
            if owner is not None:
                self.named.setdefault(" ".join(naming.words).lower(), self.people.alias(owner).name)
        # Speakers so far, latest last: key, name, sentence.
        self.spoke: list[tuple[tuple[str, ...], Candidate, int]] = []

    def full(self, name: str) -> str:
        """The fullest name in the article of the body, state or person that a form names; any other form as it is."""
        form = " ".join(name.split())
        full = self.fullest.get(form.lower()) or self.named.get(form.lower())
        if full is not None:
            return full
        same = states().get(form.lower())
        return max((n for n in same if n in self.text), key=len, default=form) if same else form

    def places_of(self, name: str) -> list[int]:
        """Where a body is named, or where a form stands that names none, the first twenty times."""
        body = self.body_named.get(name)
        if body is not None:
            return body.places
        known = self._found.get(name)
        if known is None:
            known = self._found[name] = []
            at = self.text.find(name)
            while at >= 0 and len(known) < 20:
                known.append(at)
                at = self.text.find(name, at + 1)
        return known

    def sentence(self, offset: int) -> int:
        """The number of the sentence at an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def heard(self, candidate: Candidate, statement: Statement) -> None:
        """Remember who made a statement."""
        self.spoke.append((name_key(candidate.name), candidate, self.sentence(anchor_of(statement))))


@lru_cache(maxsize=20_000)
def name_key(name: str) -> tuple[str, ...]:
    """The words of a name or description by which two are the same."""
    return tuple(w for w in (part.strip(".,()\"'“”").lower() for part in name.split()) if w)


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names say the same: equal, or one the head or tail of the other; "Israel" is not the head of "Israel Katz"."""
    if one == other or "&" in one or "&" in other:
        # Several speakers are not one of them.
        return one == other
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if not short:
        return False
    return short == long[-len(short) :] or (short == long[: len(short)] and " ".join(short) not in states())


def anchor_of(statement: Statement) -> int:
    """Where a statement's attribution stands: its cue, else its source, else its content."""
    return (statement.cue or statement.source or statement.contents[0]).start


@once
def _named(parse: Parse) -> tuple[People, list[Body]]:
    """The persons and bodies of an article, as they are before anything is said; the events ask for them again."""
    people = People(parse)
    return people, _bodies_of(parse, people)


def _bodies_of(parse: Parse, people: People) -> list[Body]:
    """The organisations that the article names, forms of one joined (acronyms, abbreviations, longer forms)."""
    text = parse.article.text
    table = bodies().expansion
    same = states()
    out: list[Body] = []
    keys: list[tuple[str, ...]] = []
    for mention in parse.mentions:
        if mention.kind not in ("organisation", "place"):
            continue
        form = " ".join(text[mention.span.start : mention.span.end].split())
        place = mention.kind == "place"
        words: list[str] = []
        for word in name_key(form):
            for part in name_key(people.acronyms.get(word, word)):
                state = same.get(part)
                words += name_key(max(state, key=len)) if state else table.get(part, (part,))
        # "KPU RI" is the KPU.
        key = tuple(words[:-2]) if len(words) > 2 and words[-2:] == ["republik", "indonesia"] else tuple(words)
        at = next((i for i, k in enumerate(keys) if _same_body(k, key)), None)
        if at is None:
            full_form = people.acronyms.get(form.lower(), form)
            out.append(Body(full_form, {form}, [mention.span.start], {(mention.span.start, mention.span.end)}, place))
            keys.append(key)
            continue
        body = out[at]
        body.forms.add(form)
        body.places.append(mention.span.start)
        body.spans.add((mention.span.start, mention.span.end))
        body.place = body.place and place
        if len(form) > len(body.name):
            body.name = form
        if len(key) > len(keys[at]):
            keys[at] = key
    return sorted(out, key=lambda b: (-len(b.places), b.places[0]))


def _same_body(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names are those of one body: the same, the same with its state behind it, or its initials."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if not short:
        return False
    if len(short) > 1 and long[: len(short)] == short:
        # "Kementerian Luar Negeri" and "Kementerian Luar Negeri Rusia"; "Arab Saudi" and "Arab Saudi News" are two.
        return " ".join(long[len(short) :]) in states() and " ".join(short) not in states()
    initials = "".join(w[0] for w in long if w not in ("dan", "untuk", "the", "of"))
    return len(short) == 1 and len(long) > 1 and initials == short[0]
