"""Who might have made a statement: everybody the article offers as its speaker.

A candidate is the rules' own answer, a person or body the article names, an earlier speaker, or the source phrase itself
as a description. ``measures`` says what speaks for each.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from ujar.statements.antecedents import PLURAL
from ujar.statements.cast import Cast, anchor_of, name_key
from ujar.statements.lexicon import lexicon
from ujar.statements.measures import INDEX, Candidate, Origin, SourceClass, View
from ujar.statements.names import bodies, span_words, states
from ujar.statements.people import DEMONSTRATIVE, MEMBERS
from ujar.statements.phrases import COUNTED, CUT, outside_brackets, whose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import SpeakerType, Statement, Word
    from ujar.statements.persons import Person

# No statement has more candidates of one origin than this: nearest and most often named first.
_MOST, _RECENT = 24, 12
# Reflexive forms that refer like a pronoun.
_SELF = frozenset({"dirinya", "pihaknya", "beliau"})
_AND = frozenset({"dan", "serta", "bersama", "maupun", ","})


def _end(statement: Statement) -> int:
    return max(s.end for s in (*statement.contents, *(x for x in (statement.cue, statement.source) if x is not None)))


def source_class(words: list[Word], cast: Cast) -> SourceClass:
    """What kind of reference a source phrase is."""
    if not words:
        return "none"
    first = words[0].lower
    if first in PLURAL:
        return "plural"
    if first in lexicon().pronoun or first in _SELF:
        return "pronoun"
    if words[-1].lower in DEMONSTRATIVE:
        return "pointing"
    people = cast.people
    if first in lexicon().role and not any(
        words[0].start <= people.word_starts[n.start] <= words[-1].start for n in people.namings
    ):
        return "office"
    begin, end = words[0].start, words[-1].end
    named = any(m.kind != "role" and m.span.start < end and begin < m.span.end for m in cast.parse.mentions)
    return "named" if named else "common"


def candidates_of(cast: Cast, statement: Statement) -> list[Candidate]:
    """The candidates for one statement with their features; ``statement.speaker`` is the rules' own answer."""
    words = span_words(cast.parse, statement.source) if statement.source else []
    kind = source_class(words, cast)
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
        # The subject in front is one to the scorer, named or pointed at by his office.
        rule = next((s.rule for s in statement.steps if s.part == "speaker"), "").removesuffix("-office")
        own = add(statement.speaker, statement.speaker_type, statement.role, "rule")
        own.features[INDEX[f"rule@{kind}"]] = 1
        if f"rule={rule}" in INDEX:
            own.features[INDEX[f"rule={rule}"]] = 1
    # A source that names somebody is not somebody else: only who shares a word with it, or may be spelled like it.
    letters = {w.lower[0] for w in words} if kind == "named" else None
    joint = _joint(cast, words)
    # "Sejumlah negara, termasuk Prancis dan Kanada": where the members are named, the group has no other name, and none of
    # them speaks alone.
    members = joint is not None and (words[0].lower in COUNTED or any(w.lower in MEMBERS for w in words))
    barred = _barred(cast, words, members=members)
    for person in cast.persons[:_MOST]:
        if id(person) in barred or (not person.roles and person.name.lower() in states()):
            # "Samoa" is no person, whatever it was tagged as.
            continue
        if kind in ("none", "pronoun", "plural") and cast.places[id(person)][0] > _end(statement):
            # A pronoun does not stand for somebody who is named only later.
            continue
        if letters is None or not letters.isdisjoint(w[0].lower() for w in person.words):
            add(person.name, "person", person.role, "person", person)
    for body in cast.bodies[:_MOST]:
        if kind == "plural" and body.place and body.name.lower() not in states():
            # "Mereka" are no city, even one that stands for a state.
            continue
        if letters is None or any(not letters.isdisjoint(w[0] for w in name_key(form)) for form in body.forms):
            add(body.name, None, None, "body")
    for _, spoken, _ in cast.spoke[: -_RECENT - 1 : -1]:
        if (kind == "plural" and spoken.type == "document") or id(spoken.person) in barred:
            continue
        add(spoken.name, spoken.type, spoken.role, "history", spoken.person)
    for name, phrase in () if members else _phrases(cast, words):
        add(phrase, None, None, "phrase").features[INDEX[name]] = 1
    if joint:
        add(joint, None, None, "phrase").features[INDEX["joint-named"]] = 1
    for name, pair in _pairs(cast, words):
        add(pair, None, None, "phrase").features[INDEX[name]] = 1
    for state in _seats(cast, words):
        add(state, "state", None, "body").features[INDEX["state-of-seat"]] = 1
    view = View(cast, statement, words, kind, here)
    out = list(found.values())
    for candidate in out:
        view.measure(candidate)
    return out


def _phrases(cast: Cast, words: list[Word]) -> Iterable[tuple[str, str]]:
    """The source phrase as a description, in several lengths."""
    if not words or words[0].lower in lexicon().pronoun or words[0].lower in PLURAL:
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
        if index and (word.lower in CUT or word.lower in (",", "(")):
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
    mentions = cast.parse.mentions
    for number, word in outside_brackets(words):
        if word.lower in CUT:
            break
        if word.lower in MEMBERS or (word.lower == "," and words[0].lower in COUNTED and len(parts) == 1):
            parts = [[]]
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


def _barred(cast: Cast, words: list[Word], *, members: bool) -> set[int]:
    """The ids of persons whom a source names, but not as its speaker: "ajudan Ghani" is not Ghani.

    ``members``: it names those who speak together, of whom none speaks alone.
    """
    other = whose(words, cast.text)
    if not members and other is None:
        return set()
    begin, end = (words[0].start, words[-1].end) if members or other is None else (other.start, other.end)
    return {id(p) for p in cast.persons if any(begin <= place < end for place in cast.places[id(p)])}


def _pairs(cast: Cast, words: list[Word]) -> Iterable[tuple[str, str]]:
    """Two who may be meant by "keduanya", "kedua menteri itu": who spoke last, persons and bodies named last, in text order."""
    if not words or words[0].lower not in ("kedua", "keduanya"):
        return
    spoke = [c.name for _, c, _ in reversed(cast.spoke) if " & " not in c.name]
    persons = [(_last_before(cast.places[id(p)], words[0].start), p.name) for p in cast.persons]
    named = [(_last_before(b.places, words[0].start), b.name) for b in cast.bodies]
    among = states()
    of_states = [(place, name) for place, name in named if name.lower() in among]
    for name, found in (
        ("pair-spoke", list(dict.fromkeys(spoke))[1::-1]),
        ("pair-persons", [n for place, n in sorted(persons)[-2:] if place >= 0]),
        ("pair-bodies", [n for place, n in sorted(named)[-2:] if place >= 0]),
        ("pair-states", [n for place, n in sorted(of_states)[-2:] if place >= 0]),
    ):
        if len(found) == 2:
            yield name, " & ".join(found)


def _last_before(places: list[int], limit: int) -> int:
    """The last of some places in front of another; -1 when there is none."""
    at = bisect_left(places, limit)
    return places[at - 1] if at else -1


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
    tokens, lowers = cast.parse.words, cast.lowers
    text = cast.text
    index = -1
    for _ in range(lowers.count(wanted[0])):
        index = lowers.index(wanted[0], index + 1)
        end = index + len(wanted)
        if lowers[index:end] != wanted:
            continue
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
