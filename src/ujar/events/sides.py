"""Who of those that the net has marked does an event, and to whom: what the grammar knows better is set right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ujar.events.parties import meet
from ujar.events.plover import BY_SPEAKING

if TYPE_CHECKING:
    from ujar.events.coder import Draft
    from ujar.records import Parse, Span, Statement

# Who speaks, right in front of a verb; no further back than so many characters.
_ONESELF, _NEAR = re.compile(r"\b(?:saya|kami|kita|aku)\s+\Z", re.IGNORECASE), 10
# Who stands in front of one of these is hardly the subject of the verb behind it.
_CLAUSE = frozenset("yang untuk dalam agar supaya".split())
Marked = list[tuple["Span", float]]


def marked_sides(
    parse: Parse,
    draft: Draft,
    drafts: list[Draft],
    told: Statement | None,
    grammar: list[list[Span]],
    doers: list[Span],
) -> dict[str, Marked]:
    """The words that name actors and recipients of a draft, each with its probability, by "actor" and "recipient".

    ``drafts``: all of the article; ``told``: the statement in whose content the trigger stands; ``grammar``: actors and
    recipients by the grammar of the sentence; ``doers``: whom "oleh" names.
    """
    sides = {side: list(draft.parts.get(side, ())) for side in ("actor", "recipient")}
    voice = draft.row.row.voice
    if voice == "passive":
        # What a passive verb is said of suffers it.
        sides["actor"] = [m for m in sides["actor"] if not _meets(m[0], grammar[1])]
    if doers:
        # Who is marked for the wrong side is left out: the grammar has him.
        sides = {side: [m for m in part if _meets(m[0], doers) == (side == "actor")] for side, part in sides.items()}
    elif voice == "passive":
        both = [span for part in sides.values() for span, _ in part]
        by = [s for s in both if _behind_by(parse, s)] or [s for s in both if _meets(s, grammar[0])]
        source = [told.source] if told is not None and told.source is not None and _of_oneself(parse, draft) else []
        sides = _by(sides, by, draft.trigger, source) if by else sides
    sides["actor"] = _without(sides["actor"], _onlookers(parse, draft, drafts), grammar[0])
    agreed = [chance for span, chance in sides["actor"] if _meets(span, grammar[0])]
    if voice == "noun" and agreed:
        # "Warga mengungsi akibat blokade Israel": the doer behind a noun is likelier than who stands in front of it.
        sides["actor"] = [
            (span, chance)
            for span, chance in sides["actor"]
            if _meets(span, grammar[0]) or span.end > draft.trigger.start or chance >= max(agreed)
        ]
    if told is not None and told.source is not None:
        # A deed that somebody tells of is not his; a charge or promise in what he says may be, where it names nobody else.
        others = [m for m in sides["actor"] if not _meets(m[0], [told.source])]
        if draft.type not in BY_SPEAKING:
            sides = {side: [m for m in part if not _meets(m[0], [told.source])] for side, part in sides.items()}
        elif _within(others, told):
            sides["actor"] = others
        elif voice == "active" and (subject := _subject(parse, draft, _within(sides["recipient"], told), grammar[0])):
            # "Menteri Budi bilang pemerintah AS melakukan investigasi": who stands in front of the verb in what he says does it.
            sides = {"actor": subject, "recipient": [m for m in sides["recipient"] if m not in subject]}
    return sides


def _meets(span: Span, others: list[Span]) -> bool:
    return any(meet(span, other) for other in others)


def _subject(parse: Parse, draft: Draft, marked: Marked, grammar: list[Span]) -> Marked:
    """What is marked that is the subject of a trigger by the grammar, and of no clause around it ("KPK yang …", "AS untuk …")."""
    text, start = parse.article.text, draft.trigger.start
    ahead = [m for m in marked if m[0].end <= start and _meets(m[0], grammar)]
    return [m for m in ahead if _CLAUSE.isdisjoint(text[m[0].end : start].lower().split())]


def _within(marked: Marked, told: Statement) -> Marked:
    """What is marked in the content of a statement."""
    return [m for m in marked if _meets(m[0], list(told.contents))]


def _without(marked: Marked, some: list[Span], grammar: list[Span]) -> Marked:
    """What is marked without some words, where others that are marked, or known by the grammar, remain; else as it is."""
    rest = [m for m in marked if not _meets(m[0], some)]
    return rest if rest or any(not _meets(actor, some) for actor in grammar) else marked


def _behind_by(parse: Parse, span: Span) -> bool:
    """Whether some words stand behind "oleh"."""
    return parse.article.text[max(0, span.start - 8) : span.start].lower().split()[-1:] == ["oleh"]


def _of_oneself(parse: Parse, draft: Draft) -> bool:
    """Whether who speaks stands right in front of the trigger: "Saya diminta oleh …"."""
    start = draft.trigger.start
    return _ONESELF.search(parse.article.text[max(0, start - _NEAR) : start]) is not None


def _by(sides: dict[str, Marked], doers: list[Span], trigger: Span, source: list[Span]) -> dict[str, Marked]:
    """Sides of which some do it, whatever the net took them for, and who stands in front of the trigger suffers it.

    ``source``: who tells of it, when he is the one in front ("saya").
    """
    both = [*sides["actor"], *sides["recipient"]]
    suffer = [m for m in sides["recipient"] if not _meets(m[0], doers)]
    if not suffer:
        before = [m for m in sides["actor"] if m[0].end <= trigger.start or _meets(m[0], source)]
        suffer = [m for m in before if not _meets(m[0], doers)]
    return {"actor": [m for m in both if _meets(m[0], doers)], "recipient": suffer}


def _onlookers(parse: Parse, draft: Draft, drafts: list[Draft]) -> list[Span]:
    """Whom the net takes for actors of a deed of which they only speak: "Prabowo mengecam serangan Israel".

    They do an act by speaking whose word stands between them and the deed.
    """
    if draft.type in BY_SPEAKING:
        return []
    sentence = next((s for s in parse.sentences if s.start <= draft.trigger.start < s.end), draft.trigger)
    return [
        span
        for other in drafts
        if other.type in BY_SPEAKING and sentence.start <= other.trigger.start < draft.trigger.start
        for span, _ in other.parts.get("actor", ())
        if span.end <= other.trigger.start
    ]
