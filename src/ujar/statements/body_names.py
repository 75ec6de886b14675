"""What a body, state, document, medium, group or unnamed person is called: by its fullest form in the article."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.names import bodies, is_capital, kind_of_speaker, states
from ujar.statements.people import DEMONSTRATIVE, OCCURRENCES
from ujar.statements.scene import Speaker

if TYPE_CHECKING:
    from ujar.records import Word
    from ujar.statements.scene import Scene


def body_of(scene: Scene, segments: list[list[Word]], words: list[Word], *, demonstrative: bool) -> Speaker | None:
    """A state, body, document, medium, group or unnamed person, by its fullest form in the article."""
    table = bodies()
    segment = segments[0]
    # "Negara tetangga Indonesia, Singapura" / "Sayap elite militer Iran, Garda Revolusi": the name stands last.
    # "Perusahaan penerbangan Rusia, …" at the head of a sentence is as small.
    small = not is_capital(scene.text, segment[0]) or (
        segment[0].lower in table.kind and any(not is_capital(scene.text, w) for w in segment[1:])
    )
    if (len(segments) > 1 and small and is_capital(scene.text, segments[-1][0])) or (
        len(segments) > 1
        and len(segment) > len(segments[-1])
        and all(is_capital(scene.text, w) for w in segments[-1])
        and segments[-1][0].lower not in lexicon().role
    ):
        segment = segments[-1]
    while len(segment) > 1 and segment[-1].lower in DEMONSTRATIVE:
        segment = segment[:-1]
    while len(segment) > 1 and segment[0].lower in ("sebuah", "suatu", "si"):
        segment = segment[1:]
    form = scene.raw(segment)
    lower = form.lower()
    first = segment[0].lower
    if lower in table.place and is_capital(scene.text, segment[0]):
        name = scene.people.acronyms.get(lower) or _fullest_state(scene, lower, form)
        return Speaker(name, "state" if table.place[lower] != "place" else "organisation", None, "speaker.state")
    if lower in scene.people.acronyms:
        return Speaker(
            scene.people.acronyms[lower],
            kind_of_speaker(scene.people.acronyms[lower]),
            None,
            "speaker.acronym",
        )
    kind = table.kind.get(first)
    if demonstrative or len(segment) == 1:
        earlier = _earlier(scene, segment, words)
        if earlier is not None:
            return earlier
    if kind is None and len(segment) > 1 and scene.raw(segment[:2]).lower() in table.kind:
        kind = table.kind[scene.raw(segment[:2]).lower()]
    return Speaker(form, kind_of_speaker(form), None, "speaker.described")


def _fullest_state(scene: Scene, lower: str, form: str) -> str:
    """The longest name of a state that the article uses: "Amerika Serikat" for "AS"."""
    same = states().get(lower, ())
    return max((n for n in same if n in scene.text), key=len, default=form)


def _earlier(scene: Scene, segment: list[Word], words: list[Word]) -> Speaker | None:
    """A body that was named more fully before: "laporan itu", "Aliansi", "sumber tersebut"."""
    head = segment[0].lower
    known = scene.heads.get(head)
    if known is not None and len(known.name) > len(scene.raw(segment)):
        return replace(known, rule="speaker.repeated")
    if bodies().kind.get(head) == "unnamed" and head in ("sumber", "pejabat", "saksi"):
        unnamed = next((s for s in reversed(scene.history[-OCCURRENCES:]) if s.type == "unnamed"), None)
        if unnamed is not None:
            return replace(unnamed, rule="speaker.repeated")
    # "militer" after "militer Lebanon" in the running text: a longer phrase with the same head, last before this.
    if head in lexicon().common and bodies().kind.get(head) in ("organisation", "document"):
        full = _fuller(scene, head, words[0].start)
        if full:
            return Speaker(full, kind_of_speaker(full), None, "speaker.fuller")
    if len(segment) > 1:
        tail = segment[-1].lower
        for name in (n for n in scene.history[: -OCCURRENCES - 1 : -1] if n.person is None):
            parts = name.name.lower().split()
            if head in parts and tail in parts:
                return replace(name, rule="speaker.repeated")
    return None


def _fuller(scene: Scene, head: str, before: int) -> str | None:
    """The last phrase "head Capital…" in the text in front of an offset."""
    words = scene.parse.words
    index = bisect_right(scene.people.word_starts, before) - 2
    steps = 0
    while index >= 0 and steps < 400:
        if words[index].lower == head and index + 1 < len(words) and is_capital(scene.text, words[index + 1]):
            end = index + 1
            while (
                end < len(words)
                and end - index < 7
                and is_capital(scene.text, words[end])
                and words[end].start - words[end - 1].end <= 1
            ):
                end += 1
            return scene.text[words[index].start : words[end - 1].end]
        index -= 1
        steps += 1
    return None
