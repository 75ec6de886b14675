"""Who said it: the source of each statement resolved to a speaker inside the article.

A named source is the fullest form of that name in the article. A pronoun, a clitic (``katanya``) or a quotation
without a cue goes to the nearest fitting antecedent; an office ("Presiden Finlandia itu") to the person who carries it;
an acronym to what the article says it stands for. What the text does not tell is None, not a guess.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.records import Step
from ujar.statements.antecedents import PLURAL, antecedent, holder_of
from ujar.statements.body_names import body_of
from ujar.statements.lexicon import lexicon
from ujar.statements.names import bodies, is_acronym, is_capital, name_words, span_words
from ujar.statements.people import DEMONSTRATIVE, MEMBERS, SKIP_FIRST
from ujar.statements.phrases import COUNTED, RELATION, is_person, names_in, preferred, segments_of, whose
from ujar.statements.scene import Scene, Speaker

if TYPE_CHECKING:
    from ujar.records import Parse, Statement, Word

# Words that describe a person rather than name an office; with "itu" they point back at whoever spoke last.
_DESCRIPTION = frozenset(
    "pria wanita perempuan lelaki politikus politisi aktris aktor artis penyanyi pemain pelatih musisi mantan eks kepala"
    " pemimpin ibu ayah anak istri suami tokoh senator diplomat jenderal legenda bintang striker gelandang bek kiper"
    " ekonom pengamat akademisi pengacara guru dosen peneliti pengusaha komedian presenter vokalis lulusan alumnus"
    " politisi kader perwira sang putra putri warga orang dokter bos pembalap petenis legislator".split()
)
# First words of those who are never named: no office to look up.
_NO_OFFICE = frozenset("seorang sejumlah salah sumber pejabat saksi para beberapa warga orang korban".split())


def name_speakers(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``speaker``, ``speaker_type`` and ``role`` filled in; None where the text does not tell."""
    if not statements:
        return statements
    scene = Scene.of(parse, statements)
    # Offices that only a source spells out ("Kevin Cheok, Wakil Sekretaris …") are known before reading begins.
    for statement in statements:
        if statement.source:
            _learn(scene, span_words(scene.parse, statement.source))
    out: list[Statement] = []
    for statement in statements:
        words = span_words(scene.parse, statement.source) if statement.source else []
        if not words or words[0].lower in lexicon().pronoun or words[0].lower in PLURAL:
            found = antecedent(scene, statement, words[0].lower if words else "")
        else:
            found = _named(scene, words, statement)
        scene.last = scene.sentence(statement)
        if found is None:
            out.append(replace(statement, steps=(*statement.steps, Step("speaker", "speaker.unknown"))))
            continue
        scene.history.append(found)
        head = _head(found.name) if found.person is None else ""
        if head:
            scene.heads[head] = found
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


def _head(phrase: str) -> str:
    """The noun a description is built on: "pejabat" of "seorang pejabat IDF"."""
    words = phrase.lower().split()
    return next((w for w in words if w not in SKIP_FIRST), words[0])


def _learn(scene: Scene, words: list[Word]) -> None:
    """Keep the office that a source tells together with a name."""
    for name, role in names_in(scene, words):
        person = scene.people.person(name)
        if person is not None and role:
            scene.people.learn(person, role)


def _named(scene: Scene, words: list[Word], statement: Statement) -> Speaker | None:
    """The speaker whom the words of a source name or describe."""
    while len(words) > 1 and words[0].lower == "pihak":
        words = words[1:]
    acronym = words[-1].lower
    if len(words) > 1 and words[0].lower in lexicon().role and is_acronym(scene.raw(words[-1:])):
        # "Putra Mahkota MBS"
        short = scene.people.shortened(acronym) if len(acronym) > 2 else None
        if short is not None:
            return Speaker(short.name, "person", short.role, "speaker.name", short)
    behind = next((i for i, w in enumerate(words) if w.lower in MEMBERS), -1) + 1
    if not behind and words[0].lower in COUNTED:
        # "Pasangan pengusaha Kenya, Peter dan Mary Otieno": who they are comes behind the comma.
        behind = next((i for i, w in enumerate(words) if w.lower == ","), -1) + 1
    joint = _joint(scene, words[behind:], statement)
    if joint is not None:
        return joint
    names = names_in(scene, words)
    segments = segments_of(words)
    if not segments:
        return None
    if any(step.part == "cue" and step.rule == "credit" for step in statement.steps):
        named = next((g for g in segments if is_capital(scene.text, g[0])), segments[0])
        return Speaker(scene.raw(named), "medium", None, "speaker.medium")
    first = segments[0][0]
    demonstrative = words[-1].lower in DEMONSTRATIVE or any(w.lower in DEMONSTRATIVE for w in segments[0][-1:])
    pointing = (
        demonstrative
        and (first.lower in _DESCRIPTION or first.lower in lexicon().role)
        and first.lower not in _NO_OFFICE
    )
    if names and not (
        pointing and not any(h.person is scene.people.person(n) for n, _ in names for h in scene.history)
    ):
        by_name = _by_name(scene, names, segments)
        if by_name is not None:
            return by_name
    # "Fraser", "Fraser dari Citigroup": untagged, but the article may have told of Jane Fraser.
    alone = len(segments[0]) == 1 or (len(segments[0]) > 2 and segments[0][1].lower in ("dari", "asal"))
    if len(segments) == 1 and alone and is_capital(scene.text, first):
        by_name = _short_name(scene, first, statement)
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
            return _named(scene, owner, statement)
        if scene.history:
            return replace(scene.history[-1], rule="speaker.previous")
    held = _by_office(scene, words, segments[0], statement, demonstrative=demonstrative)
    return held or body_of(scene, segments, words, demonstrative=demonstrative)


def _by_name(scene: Scene, names: list[tuple[list[Word], str | None]], segments: list[list[Word]]) -> Speaker | None:
    """The person whom a source names, with the office beside the name; None when the name is not the speaker's."""
    name, role = names[0] if len(names) == 1 else preferred(scene, names)
    known = scene.people.person(name)
    related = len(segments) == 1 and len(name) == 1 and segments[0][0].lower in RELATION
    if related and known is not None and len(known.words) > 1:
        return Speaker(scene.raw(segments[0]), "unnamed", None, "speaker.described")
    if not is_person(segments, name, role, known):
        return None
    alias = scene.people.alias(known or scene.people.add(name_words(scene.text, name)))
    return Speaker(alias.name, "person", alias.role or role, "speaker.name", alias)


def _by_office(
    scene: Scene, words: list[Word], segment: list[Word], statement: Statement, *, demonstrative: bool
) -> Speaker | None:
    """The person whom a source only describes, by an office or otherwise ("menteri itu", "pria tersebut")."""
    first = segment[0]
    kind = bodies().kind.get(first.lower)
    description, office = first.lower in _DESCRIPTION, first.lower in lexicon().role
    if not demonstrative and whose(words, scene.text) is not None:
        return None
    named = first.lower not in _NO_OFFICE
    described = demonstrative and description and len(segment) <= 2
    if not described and ((office and kind != "group" and named) or (demonstrative and description)):
        holder = holder_of(scene, segment, demonstrative=demonstrative, at=words[0].start)
        if holder is not None:
            return holder
    unknown = kind is None and not is_capital(scene.text, first) and first.lower not in scene.heads
    if demonstrative and named and (description or office or unknown):
        back = antecedent(scene, statement, "dia")
        if back is not None and back.type == "person":
            return replace(back, rule="speaker.description")
    return None


def _short_name(scene: Scene, word: Word, statement: Statement) -> Speaker | None:
    """A lone capitalised word as a name that is a common word as well: "kata Muslim" after "Kennedy Muslim"."""
    known = scene.people.person([word])
    if known is not None and len(known.words) > 1:
        fuller = scene.people.alias(known)
        return Speaker(fuller.name, "person", fuller.role, "speaker.name", fuller)
    behind = statement.cue is not None and statement.cue.end <= word.start
    if not behind or word.lower in lexicon().role or word.lower in bodies().kind or word.lower in bodies().place:
        return None
    if word.lower not in lexicon().common or is_acronym(scene.raw([word])):
        return None
    # Behind its cue a word has no capital but its own.
    known = scene.people.alias(known or scene.people.add((scene.raw([word]),)))
    return Speaker(known.name, "person", known.role, "speaker.name", known)


def _joint(scene: Scene, words: list[Word], statement: Statement) -> Speaker | None:
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
    if not all(is_capital(scene.text, w) for p in parts for w in p if w.lower[0].isalpha()):
        return None
    if parts[0][0].lower in bodies().kind or (
        parts[0][0].lower in lexicon().role and len(names_in(scene, parts[0])) == 0
    ):
        return None
    found = [_named(scene, p, statement) for p in parts]
    if any(f is None for f in found):
        return None
    speakers = [f for f in found if f is not None]
    return Speaker(" & ".join(s.name for s in speakers), speakers[0].type, None, "speaker.joint")
