"""Who takes part in an event: from the words beside its trigger to the fullest name the article has."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from ujar.actors.phrase import Piece, pieces_of
from ujar.actors.resolve import resolve
from ujar.actors.rows import NOT_STATES
from ujar.actors.terms import spells
from ujar.records import Party, Span
from ujar.statements.cast import Cast
from ujar.statements.lexicon import lexicon
from ujar.statements.people import DEMONSTRATIVE

if TYPE_CHECKING:
    from ujar.records import Mention, Parse, Statement

# Who speaks of himself, or of himself and others.
_FIRST_PERSON = frozenset("saya aku kami kita pihaknya beta".split())
# One's own state, in what one says.
_OWN_STATE = frozenset("negaranya negerinya pemerintahannya".split())
# What points back at a bloc that was named: "aliansi militer itu".
_ALLIANCE = frozenset("aliansi pakta blok".split())
_THIRD_PERSON = frozenset("dia ia beliau mereka dirinya keduanya -nya nya".split())
# What joins names: "Thailand dan Kamboja", "AS-China".
_JOINT = re.compile(r"\s*,?\s+(?:dan|serta|maupun)\s+|\s*[,&–]\s*|(?<=\w)-(?=[A-Z])")
# In front of a place where something is; so many characters are looked at.
_LEAD = 18
_AT = re.compile(r"\bdi\s+(?:kota\s+|kawasan\s+|wilayah\s+)?\Z", re.IGNORECASE)


def meet(one: Span, other: Span) -> bool:
    """Whether two spans have a character in common."""
    return one.start < other.end and other.start < one.end


def _names_in(words: str) -> list[Piece]:
    """The pieces of some words, but for what joins them."""
    return [p for p in pieces_of(words) if p.kind not in ("and", "break")]


class Parties:
    """The parties of one article: mentions found again by their place, pronouns by who spoke or was named last."""

    def __init__(self, parse: Parse, statements: tuple[Statement, ...]) -> None:
        self.parse = parse
        self.text = parse.article.text
        self.on = parse.article.published
        self.statements = statements
        self.cast = Cast(parse, statements)
        self.names = [m for m in parse.mentions if m.kind != "role"]
        self.persons = [m.span for m in self.names if m.kind == "person"]
        self.name_starts = [m.span.start for m in self.names]
        self.sentence_starts = [s.start for s in parse.sentences]
        known = [(m, resolve(self.text[slice(*m.span)], self.on)) for m in self.names if m.kind != "other"]
        self.states = [
            (m.span.start, actor.code)
            for m, actor in known
            if m.kind in ("place", "nationality") and actor.code and actor.id and actor.id.startswith("state:")
        ]
        self.state_starts = [start for start, _ in self.states]
        # What the article is about: the state that its names most often belong to.
        common = Counter(actor.code for _, actor in known if actor.code and actor.code not in NOT_STATES)
        self.usual = common.most_common(1)[0][0] if common else None

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that a character lies in."""
        return max(0, bisect_right(self.sentence_starts, place) - 1)

    def statement_at(self, place: int) -> int | None:
        """The number of the statement in whose content a character lies."""
        for number, statement in enumerate(self.statements):
            if any(c.start <= place < c.end for c in statement.contents):
                return number
        return None

    def statement_by_cue(self, trigger: Span) -> int | None:
        """The number of the statement whose cue meets a trigger: the demand, charge or promise that it is."""
        for number, statement in enumerate(self.statements):
            if statement.cue and meet(statement.cue, trigger):
                return number
        return None

    def statement_of(self, span: Span) -> int | None:
        """The number of the first statement whose source meets a span."""
        for number, statement in enumerate(self.statements):
            if statement.source and meet(statement.source, span):
                return number
        return None

    def parties(self, span: Span) -> list[Party]:
        """The parties that some words name, several where names of unlike actors are joined ("Thailand dan Kamboja")."""
        return [p for part in self._parted(span) if (p := self.party(part)) is not None]

    def _parted(self, span: Span) -> list[Span]:
        """Some words cut where they join names of actors that differ in their codes."""
        cuts = [m.span() for m in _JOINT.finditer(self.text, span.start, span.end)]
        if all(self.text[slice(*cut)].strip() == "," for cut in cuts):
            # "Sekjen NATO, Mark Rutte" is one.
            return [span]
        edges = [span.start, *(edge for cut in cuts for edge in cut), span.end]
        parts = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
        if len(_names_in(self.text[slice(*span)])) < sum(len(_names_in(self.text[slice(*p)])) for p in parts):
            # "Guinea-Bissau", "Menteri Hukum dan HAM" are one.
            return [span]
        found = [resolve(self.text[slice(*p)], self.on) for p in parts]
        codes = {a.code for a in found}
        if None in codes or len(codes) != len(parts) or any(a.id is None and a.rule != "role" for a in found):
            return [span]
        if len({a.id is not None and a.id.startswith("state:") for a in found}) > 1:
            # "warga Thailand dan Kamboja" are the people of both.
            return [span]
        return parts

    def party(self, span: Span) -> Party | None:
        """The party that some words name; None for a pronoun that nobody stands behind."""
        words = self.text[span.start : span.end]
        lower = words.lower()
        if lower in _FIRST_PERSON:
            number = self.statement_at(span.start)
            return self.speaker(number, span) if number is not None else None
        if lower in _OWN_STATE:
            number = self.statement_at(span.start)
            if number is not None and self.statements[number].speaker is not None:
                return self.speaker(number, span)
        if lower.split()[0] in _ALLIANCE and lower.split()[-1] in DEMONSTRATIVE:
            bloc = self._bloc_before(span)
            if bloc is not None:
                return Party(span, bloc, None, None)
        if lower in _THIRD_PERSON or lower.split()[0] in lexicon().pronoun:
            return self._behind(span)
        number = self.statement_of(span)
        persons = [m for m in self._inside(span) if m.kind == "person"]
        if persons:
            # Of several names the one in front: "Joe Biden dan Kamala Harris" are two parties, said as one.
            name = self.cast.full(self.text[slice(*persons[0].span)])
            return Party(span, name, self._role(name) or self._beside(span, persons[0].span), self._country(span))
        speaker = self.statements[number].speaker if number is not None else None
        # Several who spoke together are not each of them.
        if number is not None and speaker is not None and " & " not in speaker:
            return self.speaker(number, span)
        name = self.cast.full(words)
        if name == words and words[:1].isupper() and " " not in words:
            # A part of a name that is tagged as none: "Stoltenberg".
            bearers = {p.name for p in map(self.cast.people.alias, self.cast.people.by_word.get(lower, []))}
            if len(bearers) == 1:
                name = bearers.pop()
                return Party(span, name, self._role(name), self._country(span))
        return Party(span, name, None, self._country(span))

    def is_where(self, span: Span) -> bool:
        """Whether some words only say where something is: a place behind "di"."""
        return _AT.search(self.text, max(0, span.start - _LEAD), span.start) is not None and any(
            m.kind == "place" for m in self._inside(span)[:1] if m.span.start == span.start
        )

    def speaker(self, number: int, span: Span) -> Party | None:
        """The speaker of a statement as a party, named by some words; None when that is unknown."""
        statement = self.statements[number]
        if statement.speaker is None:
            return None
        return Party(span, statement.speaker, statement.role, self._country(statement.source or span))

    def _behind(self, span: Span) -> Party | None:
        """Who a pronoun stands for: the speaker whose source it is, else who spoke or was named last before it."""
        number = self.statement_of(span)
        if number is not None:
            return self.speaker(number, span)
        spoke = [
            (max(c.start for c in s.contents), i)
            for i, s in enumerate(self.statements)
            if s.speaker and s.speaker_type == "person" and (s.source or s.contents[0]).start < span.start
        ]
        at = bisect_left(self.name_starts, span.start) - 1
        named = next((m for m in self.names[max(0, at - 8) : at + 1][::-1] if m.kind == "person"), None)
        if spoke and (named is None or max(spoke)[0] > named.span.start):
            return self.speaker(max(spoke)[1], span)
        if named is None:
            return None
        name = self.cast.full(self.text[slice(*named.span)])
        return Party(span, name, self._role(name), self._country(named.span))

    def _bloc_before(self, span: Span) -> str | None:
        """The bloc with members that was named last before some words."""
        at = bisect_left(self.name_starts, span.start)
        for mention in reversed(self.names[max(0, at - 12) : at]):
            form = self.text[slice(*mention.span)]
            actor = resolve(form, self.on)
            if actor.id is not None and actor.id.startswith("body:") and spells(actor.id):
                return self.cast.full(form)
        return None

    def _inside(self, span: Span) -> list[Mention]:
        low = bisect_left(self.name_starts, span.start)
        return self.names[low : bisect_left(self.name_starts, span.end)]

    def _role(self, name: str) -> str | None:
        for person in self.cast.persons:
            if person.name == name:
                return person.role
        return None

    def _beside(self, span: Span, name: Span) -> str | None:
        """What stands in the party's words before the name: its office."""
        words = self.text[span.start : name.start].strip(" ,")
        return words or None

    def _country(self, span: Span) -> str | None:
        """The state that the words suggest for a bare office or group.

        One that is named in them, else the last one in front of them in the sentence, else the state that the article
        is most about.
        """
        low, high = bisect_left(self.state_starts, span.start), bisect_left(self.state_starts, span.end)
        if high > low:
            return self.states[low][1]
        if not self.parse.sentences:
            return self.usual
        sentence = self.parse.sentences[max(0, bisect_right(self.sentence_starts, span.start) - 1)]
        if low and self.states[low - 1][0] >= sentence.start:
            return self.states[low - 1][1]
        return self.usual
