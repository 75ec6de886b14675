"""A phrase cut into the longest forms of the tables, and what the pieces come to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ujar.actors.forms import fold, tokens
from ujar.actors.lexicon import Lexicon, Meaning, Person, lexicon

if TYPE_CHECKING:
    from ujar.actors.rows import Row

# What follows is not part of the name: "warga Palestina yang tinggal di Lembah Yordan", "Dubes Rusia untuk Indonesia".
_CUT = frozenset(
    "yang untuk kepada terhadap pada dengan dalam bagi soal tentang karena usai saat sebagai oleh ke menjadi atas agar "
    "setelah sebelum sejak melalui akan telah sudah tidak".split()
)
_WHERE = frozenset({"di", "se"})
_KIN = frozenset({"al", "bin", "ibn"})
_AND = frozenset({"dan", "serta", "maupun", "atau"})
# Roles that say nothing of what somebody is.
_LIGHT = frozenset({"skip", "rank", "former", "candidate"})
_PRIORITY = ("ambiguous", "person", "body", "seat", "state", "capital", "group", "role", "place")


class Piece(NamedTuple):
    """A part of a phrase.

    Attributes:
        kind: a kind of Meaning, or "cut", "where", "and", "break", "word" (a word of no table).
        text: the words.
        meanings: what it may mean, of its kind only.
        role: the role row of the same form, when a body and a role share it ("Mahkamah Konstitusi").
    """

    kind: str
    text: str
    meanings: tuple[Meaning, ...] = ()
    role: Row | None = None


def row_of(meaning: Meaning) -> Row:
    """The row of a meaning that is no person."""
    assert isinstance(meaning.ref, dict)  # noqa: S101 - the kind says so
    return meaning.ref


def person_of(meaning: Meaning) -> Person:
    """The person of a meaning that is one."""
    assert isinstance(meaning.ref, Person)  # noqa: S101 - the kind says so
    return meaning.ref


@lru_cache(maxsize=65536)
def pieces_of(text: str) -> tuple[Piece, ...]:
    """The phrase cut into the longest forms of the tables."""
    lex = lexicon()
    words = tokens(text)
    keys = [fold(w) for w in words]
    out: list[Piece] = []
    at = 0
    while at < len(words):
        piece, at = _next(lex, words, keys, at)
        if piece.kind == "word" and not piece.text:
            continue
        out.append(piece)
    return tuple(out)


def _next(lex: Lexicon, words: list[str], keys: list[str], at: int) -> tuple[Piece, int]:
    key = keys[at]
    if key in ("turki", "jordan", "yordania") and at + 1 < len(words) and keys[at + 1] in _KIN:
        # "Turki al-Maliki" is a man.
        return Piece("word", words[at]), at + 1
    if not key:
        kind = "break" if words[at] in ",;:" else "word"
        return Piece(kind, "" if kind == "word" else words[at]), at + 1
    for size in range(min(lex.longest.get(key, 0), len(words) - at), 0, -1):
        span = keys[at : at + size]
        if "" in span:
            # A form may hold a comma ("Bidang Politik, Hukum, dan Keamanan"); one at its end is not of it.
            if not span[-1]:
                continue
            span = [k for k in span if k]
        meanings = lex.meanings.get(" ".join(span))
        if meanings:
            fitting = [m for m in meanings if _fits(m.guard, words, at, size)]
            if at == 0 and size == 1 and len(words) > 1 and any(m.kind == "capital" for m in fitting):
                # "Lima warga sipil" are five, not of Peru.
                fitting = [m for m in fitting if m.kind == "role"] or fitting
            if fitting and not (size > 1 and _begins_longer(lex, keys, at + size - 1)):
                return _piece(" ".join(words[at : at + size]), fitting), at + size
    if key.endswith("nya") and at == len(words) - 1:
        # "hakimnya", "juru bicaranya": the role, of somebody else.
        bare = [m for m in lex.meanings.get(key[:-3], ()) if m.kind == "role"]
        if bare:
            return _piece(words[at], bare), at + 1
    if key in _CUT:
        return Piece("cut", words[at]), at + 1
    if key in _WHERE:
        return Piece("where", words[at]), at + 1
    if key in _AND:
        return Piece("and", words[at]), at + 1
    return Piece("word", words[at]), at + 1


def _begins_longer(lex: Lexicon, keys: list[str], at: int) -> bool:
    """Whether a state of several words begins at a word: "Tentara Sudan Selatan" is no army of Sudan."""
    longest = min(lex.longest.get(keys[at], 0), len(keys) - at)
    return any(
        m.kind == "state"
        for size in range(2, longest + 1)
        for m in lex.meanings.get(" ".join(keys[at : at + size]), ())
    )


def _fits(condition: str, words: list[str], at: int, size: int) -> bool:
    if not condition:
        return True
    if condition == "^":
        return words[at][:1].isupper()
    return "".join(words[at : at + size]).replace(".", "") == condition


def _piece(text: str, meanings: list[Meaning]) -> Piece:
    kind = min((m.kind for m in meanings), key=_PRIORITY.index)
    role = next((m.ref for m in meanings if m.kind == "role" and row_of(m)["kind"] not in _LIGHT), None)
    # "Imam", "Putra", "Bang" are names as well as words: a single small word is the word.
    if kind == "person" and role is not None and text.islower():
        kind = "role"
    return Piece(
        kind,
        text,
        tuple(m for m in meanings if m.kind == kind),
        role if kind != "role" and isinstance(role, dict) else None,
    )


class Reading:
    """What the pieces of a phrase come to; filled from left to right."""

    def __init__(self) -> None:
        self.former = False
        self.candidate: Row | None = None
        self.roles: list[Row] = []
        self.rank: Row | None = None
        self.bodies: list[Piece] = []
        self.body_at = -1
        self.states: list[Piece] = []
        self.state_at = -1
        self.where: Piece | None = None
        self.groups: list[Piece] = []
        self.people: list[tuple[int, Piece]] = []
        self.words: list[str] = []
        self.name: list[str] = []
        self.apposed: Piece | None = None
        self.first_role = -1
        self.last_role = -1
        self.ours: Row | None = None
        self.ambiguous: Piece | None = None


def gather(pieces: tuple[Piece, ...]) -> Reading:
    """What the pieces of a phrase come to."""
    r = Reading()
    aside = False
    at_place = False
    if len(pieces) > 2 and pieces[-2].kind == "break" and pieces[-1].kind in ("body", "state"):
        r.apposed = pieces[-1]
    for at, piece in enumerate(pieces):
        # The name is the capitalised words that come last.
        if (piece.text[:1].isupper() and piece.kind in ("word", "person") and (not aside or r.name)) or (
            piece.kind == "group" and r.name
        ):
            r.name.append(piece.text)
        elif piece.kind not in ("word", "role") or not piece.text[:1].isupper():
            r.name = []
        match piece.kind:
            case "cut":
                if piece.text.lower() == "yang" and (r.states or r.bodies or r.people):
                    break
                aside, at_place = True, False
            case "where":
                aside, at_place = True, True
            case "break":
                aside = at_place = False
            case "role":
                _take_role(r, piece, at, aside=aside)
            case "state" | "capital" | "seat" | "place":
                if aside:
                    if at_place and r.where is None:
                        r.where = piece
                elif piece.kind == "place" and r.states:
                    pass
                else:
                    if not r.states:
                        r.state_at = at
                    r.states.append(piece)
            case "group":
                # "PT Bank Central Asia" is no continent.
                if not aside and not r.name:
                    r.groups.append(piece)
            case "body":
                # "pejabat di Departemen Kehakiman AS" is of it.
                if not aside or (at_place and r.roles and not r.bodies and not r.states):
                    aside = at_place = False
                    if not r.bodies:
                        r.body_at = at
                    r.bodies.append(piece)
            case "person":
                # A full name behind "untuk Indonesia" is again the one who is meant.
                if not aside or " " in piece.text:
                    r.people.append((at, piece))
                    aside = at_place = False
            case "ambiguous":
                r.ambiguous = r.ambiguous or piece
            case "word":
                if not aside or piece.text[:1].isupper():
                    r.words.append(piece.text)
    return r


def _take_role(r: Reading, piece: Piece, at: int, *, aside: bool) -> None:
    role = row_of(piece.meanings[0])
    kind = role["kind"]
    if kind == "skip" or aside:
        return
    if role["sector"] == "CVL" and r.words and r.roles and piece.text[:1].isupper():
        # "Kepala Pusat Hubungan Masyarakat": a word of the name.
        return
    if kind == "former":
        if not r.roles and not r.bodies:
            r.former = True
            if not r.first_role >= 0 and role["sector"] != "ELI":
                r.rank = role
    elif kind == "rank":
        r.rank = r.rank or role
    elif kind == "candidate":
        r.candidate = r.candidate or role
    else:
        if kind == "ours" or "whole" in role:
            r.ours = r.ours or role
        r.roles.append(role)
        if r.first_role < 0:
            r.first_role = at
        r.last_role = at
