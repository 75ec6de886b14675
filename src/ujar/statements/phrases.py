"""The phrase of a source taken apart: its pieces, the personal names in it, and the office beside each."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.names import bodies, name_start
from ujar.statements.people import SKIP_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ujar.records import Word
    from ujar.statements.persons import Person
    from ujar.statements.scene import Scene

# Words at which a name or office ends: what follows describes it.
CUT = frozenset({"yang", "atau", "alias", "selaku", "melalui"})
# Nouns that stand in a relation to somebody: "ajudan Ghani" is not Ghani.
RELATION = frozenset(
    "ajudan agen istri suami pengacara anak ayah ibu kakak adik putra putri putera puteri penasihat utusan sekretaris asisten kubu tim"
    " keluarga pendukung relawan rekan kolega sahabat teman loyalis kerabat saudara sepupu keponakan staf sopir menantu mertua cucu orang pihak perwakilan manajer".split()
)
# Those of them who may be, or may speak for, whom they name: "pihak Hamano", "tim Anies", "ibu Megawati".
_MAY_BE = frozenset(
    "ibu sekretaris saudara staf manajer kubu tim keluarga pendukung relawan orang pihak perwakilan".split()
)
# Those of the others that are names and forms of address as well, where they are written large: "Putri Candrawathi".
_NAMES_TOO = frozenset("putra putri putera puteri anak kakak adik ayah".split())
# So many are counted before they are named: "pasangan pengusaha Kenya, Peter dan Mary Otieno".
COUNTED = frozenset("pasangan dua tiga empat lima enam kedua ketiga keempat duo trio".split())


def whose(words: Sequence[Word], text: str) -> Word | None:
    """The name to whose bearer a phrase stands in a relation: "Ghani" of "seorang ajudan Ghani"; None for other phrases."""
    for word, after in pairwise(words):
        if word.lower in RELATION - _MAY_BE and (text[word.start].islower() or word.lower not in _NAMES_TOO):
            return after if text[after.start].isupper() else None
        if word.lower not in SKIP_FIRST:
            return None
    return None


def outside_brackets(words: Sequence[Word]) -> Iterator[tuple[int, Word]]:
    """The words that stand in no round brackets, with their places; the brackets themselves are left out."""
    depth = 0
    for place, word in enumerate(words):
        if word.lower == "(":
            depth += 1
        elif word.lower == ")":
            depth = max(0, depth - 1)
        elif not depth:
            yield place, word


def segments_of(words: list[Word]) -> list[list[Word]]:
    """The phrase cut at commas; brackets and relative clauses left out."""
    segments: list[list[Word]] = [[]]
    for _, word in outside_brackets(words):
        if word.lower == ",":
            segments.append([])
        elif word.lower in CUT and (segments[-1] or len(segments) > 1):
            break
        else:
            segments[-1].append(word)
    return [s for s in segments if s]


def names_in(scene: Scene, words: list[Word]) -> list[tuple[list[Word], str | None]]:
    """The personal names in a source phrase with the office beside each: from an apposition or in front of it."""
    segments = segments_of(words)
    if scene.parse.mentions:
        return _tagged_in(scene, words, segments)
    found: list[tuple[list[Word], str | None, int]] = []
    for number, segment in enumerate(segments):
        end = len(segment)
        # "Fraser dari Citigroup", "Rina, petani asal Garut": what stands behind tells where from, not who.
        for place, word in enumerate(segment):
            if (
                place
                and word.lower in ("dari", "asal", "di", "bersama", "selaku")
                and name_start(scene.text, segment, 0, place) == 0
            ):
                end = place
                break
        while end > 0 and not segment[end - 1].lower[0].isalnum():
            end -= 1
        start = name_start(scene.text, segment, 0, end, trusted=True)
        if start < end and not (start and segment[start - 1].lower in ("di", "ke", "asal")):
            found.append((segment[start:end], scene.raw(segment[:start]) or None, number))
    if not found:
        return []
    out: list[tuple[list[Word], str | None]] = []
    for name, role, number in found:
        beside = role
        for other, segment in enumerate(segments):
            if beside is None and abs(other - number) == 1 and not any(other == n for _, _, n in found):
                beside = scene.raw(segment)
        out.append((name, beside))
    return out


def _tagged_in(scene: Scene, words: list[Word], segments: list[list[Word]]) -> list[tuple[list[Word], str | None]]:
    """The tagged persons in a source phrase, with the office beside each; none behind "yang" or in brackets."""
    inside = {word.start for segment in segments for word in segment}
    out: list[tuple[list[Word], str | None]] = []
    begin = words[0].start if words else 0
    for naming in scene.people.namings:
        if naming.end <= naming.start or not words:
            continue
        first, last = scene.parse.words[naming.start], scene.parse.words[naming.end - 1]
        if first.start < begin or last.end > words[-1].end or first.start not in inside:
            continue
        before = scene.parse.words[naming.start - 1] if naming.start else None
        if before is not None and before.start >= begin and before.lower in ("dari", "di", "ke", "asal", "bersama"):
            continue
        if before is not None and before.start >= begin and before.lower in RELATION:
            # "relawan Jokowi", "rekan Silfester": somebody else.
            continue
        front = [w for segment in segments for w in segment if w.end <= first.start]
        own = next((s for s in segments if any(w.start == first.start for w in s)), [])
        role = naming.role or (scene.raw([w for w in own if w in front]) or None)
        out.append((list(scene.parse.words[naming.start : naming.end]), role))
    return out


def preferred(scene: Scene, names: list[tuple[list[Word], str | None]]) -> tuple[list[Word], str | None]:
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
    return alone[0], f"{office} {scene.raw(other)}"


def is_person(segments: list[list[Word]], name: list[Word], role: str | None, known: Person | None) -> bool:
    """Whether a name in a source is a person's and not that of a body, a state, a medium."""
    table = bodies()
    first = segments[0][0]
    kind = table.kind.get(first.lower)
    if role is not None and any(w in lexicon().role for w in role.lower().replace("(", " ").replace(",", " ").split()):
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
