"""Which actor the words of a mention mean.

A form that stands in the tables is looked up (``single.py``); any other phrase is cut into forms (``phrase.py``) and read
as Indonesian builds it (``compose.py``). Nothing is guessed: a phrase without a known part is unknown, and one that may be
two actors is ambiguous and keeps both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.actors.compose import ASSUMED, both, compose
from ujar.actors.forms import fold
from ujar.actors.lexicon import Lexicon, lexicon
from ujar.actors.phrase import gather, pieces_of, row_of
from ujar.actors.single import code_of, single
from ujar.records import Actor

if TYPE_CHECKING:
    from datetime import date

    from ujar.records import Term

_ASIDE = re.compile(r"\(([^()]*)\)?")
# "PresidenFinlandia", "Prancis,Emmanuel"; not "NasDem" or "McDonald", which are tried as they are first.
_RUN_TOGETHER = re.compile(r"(?<=[a-z,)])(?=[A-Z])")
_EDGE = " \t\n\"'“”‘’.,;:-–"


def resolve(form: str, on: date | None = None, *, name: str | None = None, country: str | None = None) -> Actor:
    """Which actor the words of a mention mean, its PLOVER country code and sector.

    Args:
        form: the words: "Menlu AS", "Presiden Rusia Vladimir Putin", "Kremlin", "warga Palestina".
        on: the day; without it offices and bodies that still last are meant.
        name: the fullest name of the same actor in the article, when known.
        country: alpha-3 to assume for bare roles ("polisi", "pemerintah").

    Returns:
        The actor; unknown and ambiguous forms have no code (unless all candidates agree in it) and say so in ``rule``.
    """
    return _resolve(form, on, name if name != form else None, country)


def forget() -> None:
    """Resolve anew after a change of the tables or the setting ``actors``."""
    lexicon.cache_clear()
    _resolve.cache_clear()
    _read.cache_clear()
    pieces_of.cache_clear()


@lru_cache(maxsize=65536)
def _resolve(form: str, on: date | None, name: str | None, country: str | None) -> Actor:
    actor = _read(form, on, country)
    if not name:
        return actor
    other = _read(name, on, country)
    short = set(fold(form).split())
    if _is_person(actor) and not _is_person(other) and short < set(fold(name).split()):
        # "Luhut" where the article has "Luhut Simanjuntak": the short name means another.
        return replace(other, form=form)
    return _join(actor, other)


def _is_person(actor: Actor) -> bool:
    return actor.id is not None and actor.id.startswith("person:")


def _join(actor: Actor, other: Actor) -> Actor:
    """What the words say, made fuller by what the full name says."""
    if other.rule in ("unknown", "ambiguous") and other.code is None and other.sector is None:
        return actor
    if _is_person(other):
        if actor.code is None or (actor.rule == "ambiguous" or actor.rule in ASSUMED):
            return replace(other, form=actor.form, former=other.former or actor.former)
        if actor.former and not other.former and other.office:
            # "mantan Panglima TNI itu" of a minister: he is what he is now.
            return replace(other, form=actor.form)
        if actor.id is None or _is_person(actor):
            return replace(
                actor,
                id=other.id,
                name=other.name,
                office=other.office,
                sector=actor.sector or other.sector,
                candidates=(),
                confidence=max(actor.confidence, other.confidence),
            )
        return actor
    if actor.code is None and other.code is not None:
        return replace(other, form=actor.form, sector=other.sector or actor.sector)
    if actor.rule in ASSUMED and other.code and other.rule not in ASSUMED:
        return replace(other, form=actor.form, sector=actor.sector or other.sector)
    if actor.code is None and actor.sector is None:
        return replace(other, form=actor.form)
    if actor.id is None and other.id is not None and other.code == actor.code:
        return replace(actor, id=other.id, name=other.name, sector=actor.sector or other.sector)
    return actor


@lru_cache(maxsize=65536)
def _read(form: str, on: date | None, country: str | None) -> Actor:
    """What the words alone say."""
    lex = lexicon()
    plain = form.strip(_EDGE)
    asides: list[str] = []
    if "(" in plain:
        asides = [a.strip(_EDGE) for a in _ASIDE.findall(plain)]
        plain = " ".join(_ASIDE.sub(" ", plain).split()).replace(" ,", ",").strip(_EDGE)
    for text in (plain, _RUN_TOGETHER.sub(" ", plain)):
        actor = _phrase(lex, form, text, on, country)
        if actor.rule != "unknown":
            break
    if actor.code is None:
        for aside in asides:
            other = _phrase(lex, form, aside, on, country)
            if other.code is not None and other.rule in ("body", "state", "person"):
                return other
    return actor


def _phrase(lex: Lexicon, form: str, text: str, on: date | None, country: str | None) -> Actor:
    pieces = pieces_of(text)
    if not pieces:
        return Actor(form)
    if len(pieces) == 1 and pieces[0].kind != "role":
        return single(lex, form, pieces[0], on, country)
    if any(p.kind == "and" for p in pieces):
        joined = both(lex, form, pieces, on)
        if joined is not None:
            return joined
    return compose(lex, form, pieces, on, country)


def terms_of(office: str) -> list[Term]:
    """All terms of an office, named as in the tables or in short."""
    lex = lexicon()
    whole = lex.office_forms.get(fold(office))
    if whole:
        return whole
    r = gather(pieces_of(office))
    if not r.roles:
        return []
    base = fold(r.roles[0]["means"] or r.roles[0]["form"])
    code = code_of(lex, r.states[0]) if r.states else r.roles[0]["home"].rstrip("?")
    if r.bodies:
        ids = {row_of(m)["id"] for m in r.bodies[0].meanings}
        return [t for i in ids for t in lex.of_body.get(i, ()) if fold(t.office).startswith(base)]
    return lex.offices.get((base, code or ""), []) or lex.office_forms.get(base, [])
