"""Who does it to whom, by the grammar of Indonesian alone: from a trigger of the table and the noun phrases around it.

An active verb (meN-, or a bare one) has who does it in front and to whom behind, right away or after a preposition; a passive one
(di-, ter-) has it the other way round, the doer after *oleh* or right behind; a noun has the doer behind it and the other
after *ke, terhadap, atas …* ("serangan Israel ke Gaza"); what both sides do has them on both sides, with *dengan*, *dan* or
*antara … dan* ("A bertemu dengan B", "pertemuan antara A dan B"). The net takes this as a hint.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.events.triggers import Match
    from ujar.learned.tokens import Tokens
    from ujar.records import Parse

# Prepositions that lead to whom it is done.
_TO = frozenset("terhadap kepada ke atas dengan dari pada bagi melawan untuk di".split())
# A noun phrase behind one of these is not the subject.
_NOT_SUBJECT = frozenset(
    "di ke dari pada kepada terhadap oleh dengan untuk tentang atas dalam bagi soal antara melawan sejak hingga menurut"
    " demi tanpa selama usai menjelang terkait mengenai".split()
)
_AND = frozenset({"dan", "serta", ","})
_STOP = frozenset(". ; : ! ? \n setelah karena ketika saat sehingga sementara meski walau namun tetapi tapi".split())
# How many tokens away the other side may stand.
_NEAR, _FAR = 6, 30


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase that may take part: tokens [first, last)."""

    first: int
    last: int


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    """Words that a party can be called by without a name ("polisi", "pasukan", "pengunjuk rasa"): their first words."""
    return frozenset(
        row["form"].split()[0]
        for row in load_table("ujar.actors", "roles.tsv")
        if row["form"][0].islower() and row["kind"] not in ("skip", "former", "candidate")
    )


def phrases_of(parse: Parse, tokens: Tokens) -> list[Phrase]:
    """The noun phrases of an article that may take part in events: names and offices, and groups by a common noun."""
    heads = _heads()
    named: list[tuple[int, int]] = sorted(
        tokens.cover(m.span)
        for m in parse.mentions
        if m.kind in ("person", "organisation", "place", "nationality", "role")
    )
    taken = [False] * len(tokens.keys)
    for first, last in named:
        for at in range(first, min(last, len(taken))):
            taken[at] = True
    for at, key in enumerate(tokens.keys):
        if key in heads:
            taken[at] = True
    out: list[Phrase] = []
    at = 0
    while at < len(taken):
        if not taken[at]:
            at += 1
            continue
        first = at
        while at < len(taken):
            if taken[at]:
                at += 1
            elif (
                tokens.keys[at] == ","
                and at + 1 < len(taken)
                and taken[at + 1]
                and tokens.keys[at + 1] not in heads
                and _office(named, first, at)
            ):
                # "Menteri Luar Negeri AS, Antony Blinken"
                at += 1
            else:
                break
        out.append(Phrase(first, at))
    return out


def _office(named: list[tuple[int, int]], first: int, end: int) -> bool:
    """Whether a mention ends right here that began with the phrase."""
    at = bisect_left(named, (first, first))
    return at < len(named) and named[at][1] == end


def sides_of(
    match: Match, tokens: Tokens, phrases: list[Phrase], low: int, high: int
) -> tuple[list[Phrase], list[Phrase]]:
    """Who does it and to whom, by the voice of a trigger, in the sentence of tokens [low, high); either may be empty."""
    keys = tokens.keys
    before = [p for p in phrases if low <= p.first and p.last <= match.first]
    behind = [p for p in phrases if match.last <= p.first and p.last <= high]
    voice = match.row.voice
    left = _joined_left(keys, before, match.first)
    if voice in ("active", "alone"):
        right = _object(keys, behind, match.last, _TO)
        return left, ([] if voice == "alone" and not _led(keys, right, {"terhadap", "kepada", "melawan"}) else right)
    if voice == "passive":
        doer = _after(keys, behind, match.last, {"oleh"}, _FAR) or [p for p in behind[:1] if p.first - match.last <= 1]
        return _with_joined(keys, behind, doer), left
    if voice == "noun":
        by = _after(keys, behind, match.last, {"oleh"}, _FAR)
        if by:
            # "penahanan dua kapal oleh polisi Tonga": what stands between suffers it.
            whom = [p for p in behind if p.last < by[0].first and keys[p.first - 1] not in _STOP][:1]
            return _with_joined(keys, behind, by), _with_joined(keys, behind, whom)
        # "serangan Israel", "serangan udara Israel", and where the row itself holds the name.
        inside = [p for p in phrases if match.first < p.first < match.last]
        near = [p for p in behind[:1] if p.first - match.last <= 1 and keys[p.first - 1] not in _TO]
        doer = inside or near or _after(keys, behind, match.last, {"oleh", "dari", "antara"}, _NEAR)
        doer = _with_joined(keys, behind, doer)
        rest = [p for p in behind if not doer or p.first >= doer[-1].last]
        start = doer[-1].last if doer else match.last
        whom = _after(keys, rest, start, {"ke", "terhadap", "atas", "kepada", "pada", "di", "dengan", "dari"}, _NEAR)
        return (doer or left), _with_joined(keys, rest, whom)
    # mutual
    other = _after(keys, behind, match.last, {"dengan", "antara", "dan"}, _FAR) or [
        p for p in behind[:1] if p.first == match.last
    ]
    return [*left, *_with_joined(keys, behind, other)], []


def doers_of(match: Match, tokens: Tokens, phrases: list[Phrase], high: int) -> list[Phrase]:
    """Whom "oleh" behind a passive or a noun names, in a sentence that ends at token ``high``: nobody else does it."""
    if match.row.voice not in ("passive", "noun"):
        return []
    behind = [p for p in phrases if match.last <= p.first and p.last <= high]
    return _with_joined(tokens.keys, behind, _after(tokens.keys, behind, match.last, {"oleh"}, _FAR))


def _joined_left(keys: list[str], before: list[Phrase], end: int) -> list[Phrase]:
    """The subject: the nearest phrase in front that no preposition leads to, with those joined to it."""
    for number in range(len(before) - 1, -1, -1):
        phrase = before[number]
        if end - phrase.last > _FAR:
            break
        lead = keys[phrase.first - 1] if phrase.first else ""
        if lead in _NOT_SUBJECT:
            continue
        out = [phrase]
        at = number - 1
        while at >= 0 and out[0].first - before[at].last == 1 and keys[before[at].last] in _AND:
            out.insert(0, before[at])
            at -= 1
        return out
    return []


def _with_joined(keys: list[str], phrases: list[Phrase], found: list[Phrase]) -> list[Phrase]:
    """The phrases with those that "dan" or a comma joins to the last of them."""
    out = list(found)
    while out:
        nxt = next((p for p in phrases if p.first - out[-1].last == 1 and keys[out[-1].last] in _AND), None)
        if nxt is None:
            break
        out.append(nxt)
    return out


def _object(keys: list[str], behind: list[Phrase], start: int, leads: frozenset[str]) -> list[Phrase]:
    """To whom: the phrase right behind, or the first that a preposition leads to before the clause ends."""
    for phrase in behind:
        between = keys[start : phrase.first]
        if len(between) > _NEAR + 4 or any(k in _STOP for k in between):
            break
        lead = keys[phrase.first - 1]
        if not between or lead in leads or len(between) <= 2:
            return _with_joined(keys, behind, [phrase])
    return []


def _after(keys: list[str], behind: list[Phrase], start: int, leads: set[str], reach: int) -> list[Phrase]:
    """The first phrase that one of some words leads to."""
    for phrase in behind:
        if phrase.first - start > reach:
            break
        if keys[phrase.first - 1] in leads:
            return [phrase]
        if any(k in _STOP for k in keys[start : phrase.first]):
            break
    return []


def _led(keys: list[str], phrases: list[Phrase], leads: set[str]) -> bool:
    return bool(phrases) and keys[phrases[0].first - 1] in leads
