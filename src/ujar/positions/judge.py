"""From a row of the ledger to a word with its stance: by its own words, and by the events that are told in it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ujar.actors.lexicon import lexicon
from ujar.positions.records import Word
from ujar.positions.stance import Judged, Voice, governs, is_issue, stance_of, turns
from ujar.store.negation import negation_of
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.positions.find import Asked
    from ujar.positions.records import Stance
    from ujar.positions.terms import Term

Row = dict[str, Any]

# Who speaks for a state.
OFFICIAL = frozenset({"GOV", "LEG", "MIL", "JUD", "COP", "SPY"})
_FOR = frozenset({"SUPPORT", "AGREE", "AID", "CONCEDE", "COOPERATE"})
_AGAINST = frozenset({"REJECT", "ACCUSE", "SANCTION", "COERCE", "PROTEST", "THREATEN"})
_DEEDS = frozenset({"SANCTION", "COERCE", "PROTEST", "THREATEN"})
_NEAR, _NEXT = 4, 0
# Views: a trigger of these that has a word of the issue does not do what the issue is.
_VIEWS = frozenset({"REJECT", "ACCUSE", "PROTEST", "THREATEN", "REQUEST", "CONSULT"})
# How sure a stance is, by what settled it: shares that were right when measured (docs/positions.md).
SURE = {"words": 0.75, "event": 0.75, "pattern": 1.0, "none": 1.0}
_GOVERNMENT = {
    "GOV": "pemerintah pemerintahan negara negaranya negeri presiden menteri kementerian",
    "LEG": "dpr parlemen fraksi komisi dewan",
    "MIL": "militer tentara angkatan",
    "COP": "polisi kepolisian",
    "JUD": "pengadilan mahkamah hakim",
}
_SMALL = frozenset(["dan", "untuk", "di", "ke", "dari", "yang", "the", "of", "atas", "bagi", "dengan", "pada"])


def statement_word(row: Row, events: Sequence[Row], asked: Asked, reports: int) -> Word:
    """One statement as a word on the issue."""
    voice = voice_of(
        row["country"],
        row["sector"],
        row["speaker"],
        row["role"],
        row["office"],
        direct=row["kind"] == "direct",
        several=row["speaker_type"] not in (None, "person"),
    )
    judged = stance_of(row["content"], asked.terms, voice, cue=row["cue"] or "", share=asked.share)
    told = _by_events(row, events, asked.terms, voice)
    event, basis = None, "words"
    if told is not None:
        if judged.stance == "unclear":
            judged, event, basis = told[0], told[1], "event"
        elif {judged.stance, told[0].stance} == {"for", "against"}:
            # Two readings that contradict each other tell nothing.
            judged = Judged("unclear")
    if negation_of(row):
        # That somebody does not say it is no word against it either.
        judged = Judged("unclear")
    return Word(
        stance=judged.stance,
        day=row["day"],
        speaker=row["speaker"],
        office=row["role"] or row["office"],
        country=row["country"],
        sector=row["sector"],
        official=official(row["sector"], row["key"]),
        content=row["content"],
        sentence=row["sentence"],
        outlet=row["outlet"],
        article=row["article"],
        url=url_of(row["article"]),
        id=row["id"],
        event=event,
        basis=judged.basis,
        condition=judged.condition,
        match=round(row["match"], 4),
        confidence=_sure(row["confidence"], judged, basis),
        reports=reports,
    )


def event_word(row: Row, asked: Asked, mine: frozenset[str], keys: frozenset[str], reports: int) -> Word:
    """One event as a word on the issue; its speaker is the actor that is of the countries or keys asked for."""
    party = next(
        (p for p in row["actors"] if p["country"] in mine or p["key"] in keys),
        row["actors"][0] if row["actors"] else None,
    )
    if asked.pattern:
        judged = _by_pattern(row, asked)
        basis = "pattern"
    else:
        voice = (
            voice_of(party["country"], party["sector"], party["name"], party["text"], party["role"])
            if party
            else Voice()
        )
        judged, basis = stance_of(row["sentence"], asked.terms, replace(voice, told=True), share=asked.share), "words"
        if judged.stance == "unclear":
            judged, basis = _by_event(row, row["sentence"], asked.terms, voice, within=False) or judged, "event"
    return Word(
        stance=judged.stance,
        # What is planned for a day was told before it.
        day=min((d for d in (row["day"], row["published"]) if d), default=None),
        speaker=party["name"] or party["text"] if party else None,
        office=party["role"] or party["office"] if party else None,
        country=party["country"] if party else None,
        sector=party["sector"] if party else None,
        official=party is not None and official(party["sector"], party["key"]),
        content=row["sentence"],
        sentence=row["sentence"],
        outlet=row["outlet"],
        article=row["article"],
        url=url_of(row["article"]),
        id=row["id"],
        event=row["type"],
        basis=judged.basis,
        condition=judged.condition or (row["condition"] if judged.stance == "conditional" else None),
        match=round(row["match"], 4),
        confidence=_sure(row["confidence"], judged, basis),
        reports=reports,
    )


def official(sector: str | None, key: str | None) -> bool:
    """Whether somebody speaks for a state: government, parliament, courts, forces, the state itself."""
    return sector in OFFICIAL or (sector is None and (key or "").startswith(("state:", "body:")))


def url_of(article: str) -> str | None:
    """The address of an article, when it is one that a browser may open."""
    return article if article.lower().startswith(("http://", "https://")) else None


def voice_of(
    country: str | None, sector: str | None, *names: str | None, direct: bool = False, several: bool = False
) -> Voice:
    """The words that name a speaker and the state it speaks for."""
    own = {w for name in names if name for w in folded(name).split()}
    if country:
        own |= _state_words(country)
    own |= set(_GOVERNMENT.get(sector or "", "").split())
    return Voice(frozenset(own - _SMALL), direct, several)


@lru_cache(maxsize=400)
def _state_words(country: str) -> frozenset[str]:
    row = lexicon().states.get(country)
    if row is None:
        return frozenset()
    return frozenset(
        w for form in (row["name"], *row["names"].split("|"), *row["capitals"].split("|")) for w in folded(form).split()
    )


def _sure(confidence: float, judged: Judged, basis: str) -> float:
    return round(confidence * SURE["none" if judged.stance == "unclear" else basis], 4)


def _by_events(row: Row, events: Sequence[Row], terms: Sequence[Term], voice: Voice) -> tuple[Judged, str] | None:
    """What the speaker's own acts in a statement tell; None when nothing, or when they contradict each other."""
    found = [
        (judged, e["type"])
        for e in events
        if row["key"] in e["actor_keys"] or (row["country"] is not None and row["country"] in e["actor_countries"])
        if (judged := _by_event(e, row["content"], terms, voice, within=True)) is not None
    ]
    if not found or len({j.stance for j, _ in found}) > 1:
        return None
    return found[0]


def _by_event(event: Row, text: str, terms: Sequence[Term], voice: Voice, *, within: bool) -> Judged | None:
    """What an act says of the issue: its trigger governs the issue in its clause."""
    doing = is_issue(event["trigger"], terms)
    # Deeds against somebody ("memberi sanksi", "menghukum") are against what stands next to them, no more.
    near = _NEXT if event["type"] in _DEEDS else _NEAR
    if event["status"] == "demanded" or not governs(text, event["trigger"], terms, voice, near):
        return None
    stance: Stance
    if doing and event["type"] not in _VIEWS:
        # The mere name of the issue ("pengakuan negara") inside somebody's words is no act of theirs.
        if within and not event["condition"] and not is_issue(event["trigger"], terms, verb=True):
            return None
        stance = "for"
    elif event["type"] in _FOR:
        stance = "for"
    elif event["type"] == "ACCUSE" and event["mode"] != "disapprove":
        # An investigation is no view.
        return None
    elif event["type"] in _AGAINST and not doing:
        stance = "against"
    else:
        return None
    if turns(event["trigger"]):
        # "membantu pemadaman" is against what is put out.
        if stance == "against":
            return None
        stance = "against"
    if event["status"] == "denied":
        if stance == "against":
            return None
        stance = "against"
    if event["condition"] or event["status"] == "conditional":
        return Judged("conditional", event["trigger"], event["condition"])
    return Judged(stance, event["trigger"])


def _by_pattern(event: Row, asked: Asked) -> Judged:
    """Whoever does what is asked for is for it; where only a recipient is asked, who works with it is for it."""
    if event["condition"] or event["status"] == "conditional":
        return Judged("conditional", event["trigger"], event["condition"])
    if asked.type is None and event["type"] in ("CONSULT", "REQUEST"):
        return Judged("unclear")
    good = asked.type is not None or event["quad"].endswith("cooperation")
    if event["status"] == "denied":
        return Judged("against" if good else "unclear", event["trigger"])
    return Judged("for" if good else "against", event["trigger"])
