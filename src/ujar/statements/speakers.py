"""Who said it: the source of each statement resolved to a speaker inside the article.

A named source is the fullest form of that name in the article. A pronoun, a clitic (``katanya``) or a quotation
without a cue goes to the nearest fitting antecedent; an office ("Presiden Finlandia itu") to the person who carries it;
an acronym to what the article says it stands for. What the text does not tell is None, not a guess.

What speaks for an antecedent, in this order:

1. a person who is the subject of a sentence that stands between the last statement and this one (the nearest first);
2. the speaker of the last statement, when the pronoun fits him: ``dia``, ``ia``, ``beliau``, -nya a single person
   before anything else, ``mereka`` a body, a state or a group before a person;
3. the last fitting speaker further back.

Persons who are named only inside what somebody says are not candidates.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ujar.records import Parse, Span, SpeakerType, Statement, Step, Word
from ujar.statements.cover import Cover
from ujar.statements.lexicon import lexicon
from ujar.statements.names import (
    bodies,
    is_acronym,
    is_capital,
    kind_of_speaker,
    name_start,
    name_words,
    span_words,
    states,
)
from ujar.statements.nouns import looks_verbal
from ujar.statements.people import DEMONSTRATIVE, MEMBERS, OCCURRENCES, SKIP_FIRST, People, credible

if TYPE_CHECKING:
    from ujar.statements.persons import Person

_PLURAL = frozenset({"mereka", "keduanya", "ketiganya"})
# Words that describe a person rather than name an office; with "itu" they point back at whoever spoke last.
_DESCRIPTION = frozenset(
    "pria wanita perempuan lelaki politikus politisi aktris aktor artis penyanyi pemain pelatih musisi mantan eks kepala"
    " pemimpin ibu ayah anak istri suami tokoh senator diplomat jenderal legenda bintang striker gelandang bek kiper"
    " ekonom pengamat akademisi pengacara guru dosen peneliti pengusaha komedian presenter vokalis lulusan alumnus"
    " politisi kader perwira sang putra putri warga orang dokter bos pembalap petenis legislator".split()
)
# First words of those who are never named: no office to look up.
_NO_OFFICE = frozenset("seorang sejumlah salah sumber pejabat saksi para beberapa warga orang korban".split())
_HEAD_OF_STATE = ("kepala negara", "kepala pemerintahan", "orang nomor")


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A resolved speaker: the name, its type, the person behind it when there is one, and the rule that found it."""

    name: str
    type: SpeakerType
    role: str | None
    rule: str
    person: Person | None = None


def name_speakers(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``speaker``, ``speaker_type`` and ``role`` filled in; None where the text does not tell."""
    if not statements:
        return statements
    return _Resolver(parse, statements).resolve()


def _head(phrase: str) -> str:
    """The noun a description is built on: "pejabat" of "seorang pejabat IDF"."""
    words = phrase.lower().split()
    return next((w for w in words if w not in SKIP_FIRST), words[0])


# Nouns that stand in a relation to somebody: "ajudan Ghani" is not Ghani.
_RELATION = frozenset(
    "ajudan istri suami pengacara anak ayah ibu kakak adik putra putri putera putri penasihat utusan sekretaris asisten kubu tim"
    " keluarga pendukung relawan rekan kolega sahabat teman loyalis kerabat saudara sepupu keponakan staf sopir menantu mertua cucu orang pihak perwakilan manajer".split()
)


class _Resolver:
    """The state of reading one article from top to bottom: whom it names, and who spoke so far."""

    def __init__(self, parse: Parse, statements: tuple[Statement, ...]) -> None:
        self.parse = parse
        self.text = parse.article.text
        self.statements = statements
        self.people = People(parse)
        self.sentence_starts = [s.start for s in parse.sentences]
        self.cover = Cover(statements)
        self.history: list[_Speaker] = []
        self.heads: dict[str, _Speaker] = {}
        self.last = -1

    def resolve(self) -> tuple[Statement, ...]:
        """All statements with their speakers."""
        # Offices that only a source spells out ("Kevin Cheok, Wakil Sekretaris …") are known before reading begins.
        for statement in self.statements:
            if statement.source:
                self._learn(span_words(self.parse, statement.source))
        out: list[Statement] = []
        last = -1
        for statement in self.statements:
            self.last = last
            sentence = self._sentence(statement)
            words = span_words(self.parse, statement.source) if statement.source else []
            if not words or words[0].lower in lexicon().pronoun or words[0].lower in _PLURAL:
                found = self._antecedent(statement, words[0].lower if words else "", last, sentence)
            else:
                found = self._named(words, statement)
            last = sentence
            if found is None:
                out.append(replace(statement, steps=(*statement.steps, Step("speaker", "speaker.unknown"))))
                continue
            self.history.append(found)
            head = _head(found.name) if found.person is None else ""
            if head:
                self.heads[head] = found
            role = (found.person.role if found.person else None) or found.role
            out.append(
                replace(
                    statement,
                    speaker=found.name,
                    speaker_type=found.type,
                    role=role,
                    steps=(*statement.steps, Step("speaker", found.rule)),
                )
            )
        return tuple(out)

    # --- a source in words -------------------------------------------------------------------------------------

    def _learn(self, words: list[Word]) -> None:
        """Keep the office that a source tells together with a name."""
        for name, role in self._names_in(words):
            person = self.people.person(name)
            if person is not None and role:
                self.people.learn(person, role)

    def _raw(self, words: list[Word]) -> str:
        return self.text[words[0].start : words[-1].end] if words else ""

    def _names_in(self, words: list[Word]) -> list[tuple[list[Word], str | None]]:
        """The personal names in a source phrase with the office beside each: from an apposition or in front of it."""
        segments = self._segments(words)
        if self.parse.mentions:
            return self._tagged_in(words, segments)
        found: list[tuple[list[Word], str | None, int]] = []
        for number, segment in enumerate(segments):
            end = len(segment)
            # "Fraser dari Citigroup", "Rina, petani asal Garut": what stands behind tells where from, not who.
            for place, word in enumerate(segment):
                if (
                    place
                    and word.lower in ("dari", "asal", "di", "bersama", "selaku")
                    and name_start(self.text, segment, 0, place) == 0
                ):
                    end = place
                    break
            while end > 0 and not segment[end - 1].lower[0].isalnum():
                end -= 1
            start = name_start(self.text, segment, 0, end, trusted=True)
            if start < end and not (start and segment[start - 1].lower in ("di", "ke", "asal")):
                found.append((segment[start:end], self._raw(segment[:start]) or None, number))
        if not found:
            return []
        out: list[tuple[list[Word], str | None]] = []
        for name, role, number in found:
            beside = role
            for other, segment in enumerate(segments):
                if beside is None and abs(other - number) == 1 and not any(other == n for _, _, n in found):
                    beside = self._raw(segment)
            out.append((name, beside))
        return out

    def _tagged_in(self, words: list[Word], segments: list[list[Word]]) -> list[tuple[list[Word], str | None]]:
        """The tagged persons in a source phrase, with the office beside each; none behind "yang" or in brackets."""
        inside = {word.start for segment in segments for word in segment}
        out: list[tuple[list[Word], str | None]] = []
        begin = words[0].start if words else 0
        for naming in self.people.namings:
            if naming.end <= naming.start or not words:
                continue
            first, last = self.parse.words[naming.start], self.parse.words[naming.end - 1]
            if first.start < begin or last.end > words[-1].end or first.start not in inside:
                continue
            before = self.parse.words[naming.start - 1] if naming.start else None
            if before is not None and before.start >= begin and before.lower in ("dari", "di", "ke", "asal", "bersama"):
                continue
            if before is not None and before.start >= begin and before.lower in _RELATION:
                # "relawan Jokowi", "rekan Silfester": somebody else.
                continue
            front = [w for segment in segments for w in segment if w.end <= first.start]
            own = next((s for s in segments if any(w.start == first.start for w in s)), [])
            role = naming.role or (self._raw([w for w in own if w in front]) or None)
            out.append((list(self.parse.words[naming.start : naming.end]), role))
        return out

    def _segments(self, words: list[Word]) -> list[list[Word]]:
        """The phrase cut at commas; brackets and relative clauses left out."""
        segments: list[list[Word]] = [[]]
        depth = 0
        for word in words:
            if word.lower == "(":
                depth += 1
            elif word.lower == ")":
                depth = max(0, depth - 1)
            elif depth:
                continue
            elif word.lower == ",":
                segments.append([])
            elif word.lower in ("yang", "atau", "alias", "selaku", "melalui") and (segments[-1] or len(segments) > 1):
                break
            else:
                segments[-1].append(word)
        return [s for s in segments if s]

    def _named(self, words: list[Word], statement: Statement) -> _Speaker | None:
        while len(words) > 1 and words[0].lower == "pihak":
            words = words[1:]
        acronym = words[-1].lower
        if len(words) > 1 and words[0].lower in lexicon().role and is_acronym(self._raw(words[-1:])):
            # "Putra Mahkota MBS"
            short = self.people.shortened(acronym) if len(acronym) > 2 else None
            if short is not None:
                return _Speaker(short.name, "person", short.role, "speaker.name", short)
        behind = next((i for i, w in enumerate(words) if w.lower in MEMBERS), -1) + 1
        joint = self._joint(words[behind:], statement)
        if joint is not None:
            return joint
        names = self._names_in(words)
        segments = self._segments(words)
        if not segments:
            return None
        if any(step.part == "cue" and step.rule == "credit" for step in statement.steps):
            named = next((g for g in segments if is_capital(self.text, g[0])), segments[0])
            return _Speaker(self._raw(named), "medium", None, "speaker.medium")
        table = bodies()
        first = segments[0][0]
        demonstrative = words[-1].lower in DEMONSTRATIVE or any(w.lower in DEMONSTRATIVE for w in segments[0][-1:])
        pointing = (
            demonstrative
            and (first.lower in _DESCRIPTION or first.lower in lexicon().role)
            and first.lower not in _NO_OFFICE
        )
        if names and not (
            pointing and not any(h.person is self.people.person(n) for n, _ in names for h in self.history)
        ):
            name, role = names[0] if len(names) == 1 else self._preferred(names)
            known = self.people.person(name)
            if (
                len(segments) == 1
                and len(name) == 1
                and first.lower in _RELATION
                and known is not None
                and len(known.words) > 1
            ):
                return _Speaker(self._raw(segments[0]), "unnamed", None, "speaker.described")
            if self._is_person(segments, name, role, known):
                if known is None:
                    known = self.people.add(name_words(self.text, name))
                alias = self.people.alias(known)
                return _Speaker(alias.name, "person", alias.role or role, "speaker.name", alias)
        # "Fraser", "Fraser dari Citigroup": untagged, but the article may have told of Jane Fraser.
        alone = len(segments[0]) == 1 or (len(segments[0]) > 2 and segments[0][1].lower in ("dari", "asal"))
        if len(segments) == 1 and alone and is_capital(self.text, first):
            by_name = self._short_name(first, statement)
            if by_name is not None:
                return by_name
        if first.lower == "pernyataan":
            # A statement speaks for whoever made it: "pernyataan resmi militer", "pernyataan itu".
            owner = [
                w
                for w in segments[0][1:]
                if w.lower not in ("resmi", "bersama", "tertulis", "pers", "dari", "itu", "tersebut", "ini")
            ]
            if owner:
                return self._named(owner, statement)
            if self.history:
                return replace(self.history[-1], rule="speaker.previous")
        kind = table.kind.get(first.lower)
        role_first = first.lower in lexicon().role and kind != "group" and first.lower not in _NO_OFFICE
        described = demonstrative and first.lower in _DESCRIPTION and len(segments[0]) <= 2
        if (role_first and not described) or (demonstrative and first.lower in _DESCRIPTION and not described):
            by_office = self._by_office(segments[0], demonstrative=demonstrative, at=words[0].start)
            if by_office is not None:
                return by_office
        if (
            demonstrative
            and first.lower not in _NO_OFFICE
            and (
                first.lower in _DESCRIPTION
                or first.lower in lexicon().role
                or (kind is None and not is_capital(self.text, first) and first.lower not in self.heads)
            )
        ):
            back = self._antecedent(statement, "dia", self.last, self._sentence(statement))
            if back is not None and back.type == "person":
                return replace(back, rule="speaker.description")
        return self._body(segments, words, demonstrative=demonstrative)

    def _short_name(self, word: Word, statement: Statement) -> _Speaker | None:
        """A lone capitalised word as a name that is a common word as well: "kata Muslim" after "Kennedy Muslim"."""
        known = self.people.person([word])
        if known is not None and len(known.words) > 1:
            fuller = self.people.alias(known)
            return _Speaker(fuller.name, "person", fuller.role, "speaker.name", fuller)
        behind = statement.cue is not None and statement.cue.end <= word.start
        if not behind or word.lower in lexicon().role or word.lower in bodies().kind or word.lower in bodies().place:
            return None
        if word.lower not in lexicon().common or is_acronym(self._raw([word])):
            return None
        # Behind its cue a word has no capital but its own.
        known = self.people.alias(known or self.people.add((self._raw([word]),)))
        return _Speaker(known.name, "person", known.role, "speaker.name", known)

    def _preferred(self, names: list[tuple[list[Word], str | None]]) -> tuple[list[Word], str | None]:
        """Of several names in one source the speaker's: the segment that is nothing but a name, with the office beside it.

        "juru bicara Partai Kiri, Dietmar Bartsch" and "Dietmar Bartsch, anggota Partai Kiri" name the same man.
        """
        alone = [name for name, role in names if role is None]
        if not alone:
            return names[0]
        office = next((role for _, role in names if role is not None), None)
        if office is None:
            return names[0]
        other = next(name for name, role in names if role is not None)
        return alone[0], f"{office} {self._raw(other)}"

    def _is_person(self, segments: list[list[Word]], name: list[Word], role: str | None, known: Person | None) -> bool:
        """Whether a name in a source is a person's and not that of a body, a state, a medium."""
        table = bodies()
        first = segments[0][0]
        kind = table.kind.get(first.lower)
        if role is not None and any(
            w in lexicon().role for w in role.lower().replace("(", " ").replace(",", " ").split()
        ):
            return True
        if kind in ("organisation", "document", "medium", "group") and name[0] is not first:
            return False
        if kind == "unnamed" and name[0] is not first and len(name) == 1:
            return False
        if len(name) == 1 and name[0] is first and first.lower in table.kind:
            return False
        if len(name) >= 2 and name[0] is first:
            return True
        if known is not None and (known.roles or len(known.words) > 1):
            return True
        return name[0] is first

    def _joint(self, words: list[Word], statement: Statement) -> _Speaker | None:
        """Two or more speakers of one statement: "Inggris dan Prancis", "Rina dan Budi"; None for one."""
        if any(w.lower in ("(", "yang") for w in words) or not any(w.lower in ("dan", "serta") for w in words):
            return None
        parts: list[list[Word]] = [[]]
        for word in words:
            if word.lower in ("dan", "serta", ","):
                parts.append([])
            else:
                parts[-1].append(word)
        parts = [p for p in parts if p]
        if len(parts) < 2 or len(parts) > 6:
            return None
        if not all(is_capital(self.text, w) for p in parts for w in p if w.lower[0].isalpha()):
            return None
        if parts[0][0].lower in bodies().kind or (
            parts[0][0].lower in lexicon().role and len(self._names_in(parts[0])) == 0
        ):
            return None
        found = [self._named(p, statement) for p in parts]
        if any(f is None for f in found):
            return None
        speakers = [f for f in found if f is not None]
        return _Speaker(" & ".join(s.name for s in speakers), speakers[0].type, None, "speaker.joint")

    # --- offices -----------------------------------------------------------------------------------------------

    def _by_office(self, words: list[Word], *, demonstrative: bool, at: int) -> _Speaker | None:
        """The speaker behind an office: the person who carries it, or whoever spoke last when it points back."""
        wanted = self.people.office(self._raw(words))
        if not wanted:
            return None
        person = self.people.carrier(wanted, demonstrative=demonstrative, at=at)
        if person is not None:
            return _Speaker(person.name, "person", person.role, "speaker.office", person)
        if demonstrative or " ".join(wanted).startswith(_HEAD_OF_STATE):
            back = self._last_person()
            if back is not None:
                return replace(back, rule="speaker.description")
        return None

    # --- bodies ------------------------------------------------------------------------------------------------

    def _body(self, segments: list[list[Word]], words: list[Word], *, demonstrative: bool) -> _Speaker | None:
        """A state, body, document, medium, group or unnamed person, by its fullest form in the article."""
        table = bodies()
        segment = segments[0]
        # "Negara tetangga Indonesia, Singapura" / "Sayap elite militer Iran, Garda Revolusi": the name stands last.
        if (len(segments) > 1 and not is_capital(self.text, segment[0]) and is_capital(self.text, segments[-1][0])) or (
            len(segments) > 1
            and len(segment) > len(segments[-1])
            and all(is_capital(self.text, w) for w in segments[-1])
            and segments[-1][0].lower not in lexicon().role
        ):
            segment = segments[-1]
        while len(segment) > 1 and segment[-1].lower in DEMONSTRATIVE:
            segment = segment[:-1]
        while len(segment) > 1 and segment[0].lower in ("sebuah", "suatu", "si"):
            segment = segment[1:]
        form = self._raw(segment)
        lower = form.lower()
        first = segment[0].lower
        if lower in table.place and is_capital(self.text, segment[0]):
            name = self.people.acronyms.get(lower) or self._fullest_state(lower, form)
            return _Speaker(name, "state" if table.place[lower] != "place" else "organisation", None, "speaker.state")
        if lower in self.people.acronyms:
            return _Speaker(
                self.people.acronyms[lower],
                kind_of_speaker(self.people.acronyms[lower]),
                None,
                "speaker.acronym",
            )
        kind = table.kind.get(first)
        if demonstrative or len(segment) == 1:
            earlier = self._earlier(segment, words)
            if earlier is not None:
                return earlier
        if kind is None and len(segment) > 1 and self._raw(segment[:2]).lower() in table.kind:
            kind = table.kind[self._raw(segment[:2]).lower()]
        return _Speaker(form, kind_of_speaker(form), None, "speaker.described")

    def _fullest_state(self, lower: str, form: str) -> str:
        """The longest name of a state that the article uses: "Amerika Serikat" for "AS"."""
        same = states().get(lower, ())
        return max((n for n in same if n in self.text), key=len, default=form)

    def _earlier(self, segment: list[Word], words: list[Word]) -> _Speaker | None:
        """A body that was named more fully before: "laporan itu", "Aliansi", "sumber tersebut"."""
        head = segment[0].lower
        known = self.heads.get(head)
        if known is not None and len(known.name) > len(self._raw(segment)):
            return replace(known, rule="speaker.repeated")
        if bodies().kind.get(head) == "unnamed" and head in ("sumber", "pejabat", "saksi"):
            unnamed = next((s for s in reversed(self.history[-OCCURRENCES:]) if s.type == "unnamed"), None)
            if unnamed is not None:
                return replace(unnamed, rule="speaker.repeated")
        # "militer" after "militer Lebanon" in the running text: a longer phrase with the same head, last before this.
        if head in lexicon().common and bodies().kind.get(head) in ("organisation", "document"):
            full = self._fuller(head, words[0].start)
            if full:
                return _Speaker(full, kind_of_speaker(full), None, "speaker.fuller")
        if len(segment) > 1:
            tail = segment[-1].lower
            for name in (n for n in self.history[: -OCCURRENCES - 1 : -1] if n.person is None):
                parts = name.name.lower().split()
                if head in parts and tail in parts:
                    return replace(name, rule="speaker.repeated")
        return None

    def _fuller(self, head: str, before: int) -> str | None:
        """The last phrase "head Capital…" in the text in front of an offset."""
        words = self.parse.words
        index = bisect_right(self.people.word_starts, before) - 2
        steps = 0
        while index >= 0 and steps < 400:
            if words[index].lower == head and index + 1 < len(words) and is_capital(self.text, words[index + 1]):
                end = index + 1
                while (
                    end < len(words)
                    and end - index < 7
                    and is_capital(self.text, words[end])
                    and words[end].start - words[end - 1].end <= 1
                ):
                    end += 1
                return self.text[words[index].start : words[end - 1].end]
            index -= 1
            steps += 1
        return None

    # --- pronouns ----------------------------------------------------------------------------------------------

    def _last_person(self) -> _Speaker | None:
        return next(
            (s for s in reversed(self.history[-OCCURRENCES:]) if s.type == "person" and s.person is not None), None
        )

    def _sentence(self, statement: Statement) -> int:
        place = statement.cue or statement.source or statement.contents[0]
        return max(0, bisect_right(self.sentence_starts, place.start) - 1)

    def _antecedent(self, statement: Statement, form: str, last: int, sentence: int) -> _Speaker | None:
        """Whom a pronoun, a clitic or a missing source stands for."""
        plural = form in _PLURAL
        if not plural:
            subject = self._subject_between(last, sentence, statement)
            if subject is not None:
                return subject
        previous = self.history[-1] if self.history else None
        if previous is not None:
            single = previous.type in ("person", "unnamed") and " & " not in previous.name
            if plural:
                if not single:
                    return replace(previous, rule="speaker.mereka")
                other = next(
                    (
                        s
                        for s in reversed(self.history[-OCCURRENCES:])
                        if s.type not in ("person", "unnamed") or " & " in s.name
                    ),
                    None,
                )
                return replace(other, rule="speaker.mereka") if other else replace(previous, rule="speaker.mereka")
            if single or not form or form.endswith("nya"):
                if not single and form == "" and statement.cue is not None:
                    person = next((s for s in self.history[:-4:-1] if s.type == "person"), None)
                    if person is not None and previous.type in ("document", "medium", "state"):
                        return replace(person, rule="speaker.previous")
                return replace(previous, rule="speaker.previous")
            person = next((s for s in reversed(self.history[-OCCURRENCES:]) if s.type in ("person", "unnamed")), None)
            if person is not None:
                return replace(person, rule="speaker.previous-person")
            named = self._last_named(statement)
            return named or replace(previous, rule="speaker.previous")
        return self._last_named(statement)

    def _last_named(self, statement: Statement) -> _Speaker | None:
        """The person named last before a statement, as its speaker."""
        person = self.people.named_before((statement.cue or statement.contents[0]).start, self.cover)
        return _Speaker(person.name, "person", person.role, "speaker.named-before", person) if person else None

    def _subject_between(self, last: int, sentence: int, statement: Statement) -> _Speaker | None:
        """A person who is the subject of a sentence after the last statement's and up to this one's own, nearest first."""
        begin = statement.contents[0].start
        for place in range(sentence, max(last, sentence - 6), -1):
            span = self.parse.sentences[place]
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
            office = self._subject_office(span, limit)
            if office is not None:
                return replace(office, rule="speaker.subject")
            person = self._subject(span, limit)
            if person is not None:
                person = self.people.alias(person)
                return _Speaker(person.name, "person", person.role, "speaker.subject", person)
        return None

    def _subject_office(self, span: Span, limit: int) -> _Speaker | None:
        """The person whose office, pointed back at, is the subject of a sentence ("Menteri itu menolak berkomentar")."""
        low = bisect_right(self.people.word_starts, span.start - 1)
        words = self.parse.words
        if low >= len(words) or words[low].lower not in lexicon().role:
            return None
        for index in range(low + 1, min(low + 8, len(words))):
            if words[index].start >= limit or (
                not is_capital(self.text, words[index]) and looks_verbal(words[index].lower)
            ):
                return None
            if words[index].lower in DEMONSTRATIVE:
                return self._by_office(list(words[low:index]), demonstrative=True, at=words[low].start)
        return None

    def _subject(self, span: Span, limit: int) -> Person | None:
        """The person named first in a sentence, when he stands in front of its first verb."""
        low = bisect_right(self.people.word_starts, span.start - 1)
        words = self.parse.words
        index = low
        while index < len(words) and words[index].start < limit and index - low < 30:
            person = self.people.at_token.get(index)
            if person is not None and credible(person):
                return None if self.cover.holds(words[index].start) else person
            if not is_capital(self.text, words[index]) and words[index].lower in lexicon().subordinator:
                return None
            if not is_capital(self.text, words[index]) and looks_verbal(words[index].lower):
                return None
            index += 1
        return None
