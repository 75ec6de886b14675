"""Which actor the words of a mention mean.

A form that stands in the tables is looked up. Any other phrase is cut from left to right into the longest forms that do,
and read as Indonesian builds it: what somebody is comes first ("juru bicara militer"), what it belongs to behind it
("Israel"), and a name last ("Daniel Hagari"). The country is the first one named, the sector that of the first word that
has one; "juru bicara" and "anggota" take that of what follows. Nothing is guessed: a phrase without a known part is
unknown, and one that may be two actors is ambiguous and keeps both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ujar.actors.forms import fold, tokens
from ujar.actors.lexicon import Lexicon, Meaning, Person, lexicon
from ujar.actors.rows import NOT_STATES
from ujar.actors.terms import held, in_force, last_held, weight
from ujar.records import Actor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ujar.actors.rows import Row
    from ujar.records import Term

_ASIDE = re.compile(r"\(([^()]*)\)?")
# "PresidenFinlandia", "Prancis,Emmanuel"; not "NasDem" or "McDonald", which are tried as they are first.
_RUN_TOGETHER = re.compile(r"(?<=[a-z,)])(?=[A-Z])")
_EDGE = " \t\n\"'“”‘’.,;:-–"
# What follows is not part of the name: "warga Palestina yang tinggal di Lembah Yordan", "Dubes Rusia untuk Indonesia".
_CUT = frozenset(
    "yang untuk kepada terhadap pada dengan dalam bagi soal tentang karena usai saat sebagai oleh ke menjadi atas agar "
    "setelah sebelum sejak melalui akan telah sudah tidak".split()
)
_WHERE = frozenset({"di", "se"})
_KIN = frozenset({"al", "bin", "ibn"})
_AND = frozenset({"dan", "serta", "maupun", "atau"})
# Kinds of bodies every state has: "DPR AS" is not the Indonesian DPR.
_EVERYWHERE = frozenset(
    {"ministry", "agency", "parliament", "court", "police", "army", "election", "palace", "intelligence"}
)
# Words for people that keep their own sector whatever they belong to: "karyawan Pertamina", "tahanan KPK".
_OWN = frozenset({"CVL", "LAB", "REF", "JRN", "CRM", "LEG", "ELI", "MED"})
# Where something happens says whose police it is, not whose army: "tentara di Irak".
_AT_HOME = frozenset({"CVL", "COP", "EDU", "MED", "REL", "LAB", "OPP", "JUD", "SOC", "JRN", "GOV", "BUS"})
# A former official is ELI; who led an armed group or a church stays of it.
_LEFT = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "SPY", "PTY", "OPP", None})
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
    _pieces.cache_clear()


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
        if actor.code is None or actor.rule in ("ambiguous", "words", "home", "given"):
            return replace(other, form=actor.form, former=other.former or actor.former)
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
    if actor.rule in ("home", "given", "words") and other.code and other.rule not in ("home", "given", "words"):
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
    pieces = _pieces(text)
    if not pieces:
        return Actor(form)
    if len(pieces) == 1 and pieces[0].kind != "role":
        return _single(lex, form, pieces[0], on, country)
    if any(p.kind == "and" for p in pieces):
        both = _both(lex, form, pieces, on)
        if both is not None:
            return both
    return _compose(lex, form, pieces, on, country)


# --- cutting ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _pieces(text: str) -> tuple[Piece, ...]:
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
            if fitting:
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


def _fits(condition: str, words: list[str], at: int, size: int) -> bool:
    if not condition:
        return True
    if condition == "^":
        return words[at][:1].isupper()
    return "".join(words[at : at + size]).replace(".", "") == condition


def _piece(text: str, meanings: list[Meaning]) -> Piece:
    kind = min((m.kind for m in meanings), key=_PRIORITY.index)
    role = next((m.ref for m in meanings if m.kind == "role"), None)
    # "Imam", "Putra", "Bang" are names as well as words: a single small word is the word.
    if kind == "person" and role is not None and text.islower():
        kind = "role"
    return Piece(
        kind,
        text,
        tuple(m for m in meanings if m.kind == kind),
        role if kind != "role" and isinstance(role, dict) else None,
    )


# --- one form ---------------------------------------------------------------------------------------------------------


def _single(lex: Lexicon, form: str, piece: Piece, on: date | None, country: str | None) -> Actor:
    """A mention that is one form of the tables."""
    match piece.kind:
        case "state" | "capital" | "seat":
            return _state(form, piece)
        case "place":
            row = _row(piece.meanings[0])
            return Actor(form, name=row["form"], code=_folded(lex, row["code"]), rule="place", confidence=0.6)
        case "group":
            row = _row(piece.meanings[0])
            return Actor(form, f"group:{row['id']}", row["name"], rule="group", confidence=0.9)
        case "body":
            return _body(lex, form, piece, on, country)
        case "person":
            return _persons(lex, form, [_person(m) for m in piece.meanings], on, short=" " not in piece.text.strip())
        case "ambiguous":
            ids = tuple(f"body:{i}" for i in _row(piece.meanings[0])["candidates"].split("|") if i)
            return Actor(form, candidates=ids, rule="ambiguous")
    return Actor(form)


def _row(meaning: Meaning) -> Row:
    assert isinstance(meaning.ref, dict)  # noqa: S101 - the kind says so
    return meaning.ref


def _person(meaning: Meaning) -> Person:
    assert isinstance(meaning.ref, Person)  # noqa: S101 - the kind says so
    return meaning.ref


def _folded(lex: Lexicon, code: str) -> str:
    """The code PLOVER wants: dependencies fold into their sovereign."""
    row = lex.states.get(code)
    return row["folds"] or code if row else code


def _state(form: str, piece: Piece) -> Actor:
    rows = [_row(m) for m in piece.meanings]
    if len(rows) > 1:
        codes = {r["folds"] or r["code"] for r in rows}
        ids = tuple(sorted(f"state:{r['code']}" for r in rows))
        code = codes.pop() if len(codes) == 1 else None
        return Actor(form, code=code, candidates=ids, rule="ambiguous")
    row = rows[0]
    # A building stands for the government, a capital for the state.
    sector = "GOV" if piece.kind == "seat" else None
    sure = 0.98 if piece.kind == "state" else 0.9
    return Actor(form, f"state:{row['code']}", row["name"], row["folds"] or row["code"], sector, None, rule="state",
                 confidence=sure)  # fmt: skip


def _lasting(rows: Iterable[Row], on: date | None) -> list[Row]:
    """The bodies that existed on the day; all when none did (the tables may err)."""
    rows = list(rows)
    if len(rows) == 1:
        return rows
    iso = on.isoformat() if on else None
    if iso is None:
        found = [r for r in rows if not r["end"]]
    else:
        found = [r for r in rows if (not r["start"] or r["start"] <= iso) and (not r["end"] or iso < r["end"])]
    return found or rows


def _body(lex: Lexicon, form: str, piece: Piece, on: date | None, country: str | None) -> Actor:
    rows = _lasting((_row(m) for m in piece.meanings), on)
    if piece.role is not None:
        # "Kementerian Luar Negeri", "Mahkamah Konstitusi": every state may have one.
        home = country or piece.role["home"].rstrip("?")
        rows = [r for r in rows if r["code"] == home] if home else []
        if not rows:
            code = country or None
            return Actor(form, code=code, sector=piece.role["sector"] or None, rule="given" if code else "role",
                         confidence=0.7 if code else 0.0)  # fmt: skip
    if len(rows) > 1:
        codes = {r["code"] for r in rows}
        sectors = {r["sector"] for r in rows}
        ids = tuple(sorted(f"body:{r['id']}" for r in rows))
        code = codes.pop() if len(codes) == 1 else None
        sector = sectors.pop() or None if len(sectors) == 1 else None
        return Actor(form, code=code, sector=sector, candidates=ids, rule="ambiguous", confidence=0.5 if code else 0.0)
    row = rows[0]
    return Actor(form, f"body:{row['id']}", row["name"], _folded(lex, row["code"]), row["sector"] or None, rule="body",
                 confidence=0.95)  # fmt: skip


def _persons(lex: Lexicon, form: str, people: list[Person], on: date | None, *, short: bool) -> Actor:
    """A name without an office: who it is, and what that person was on the day."""
    if len(people) > 1:
        # Whoever is in office is meant before those who are not.
        active = [p for p in people if held(p, on)]
        people = active or people
    if len(people) > 1:
        actors = [_standing(form, p, on) for p in people]
        codes = {a.code for a in actors}
        sectors = {a.sector for a in actors}
        ids = tuple(sorted(p.id for p in people))
        code = codes.pop() if len(codes) == 1 else None
        sector = sectors.pop() if len(sectors) == 1 else None
        return Actor(form, code=code, sector=sector, candidates=ids, rule="ambiguous", confidence=0.5 if code else 0.0)
    person = people[0]
    actor = _standing(form, person, on)
    if not short or len(person.words) == 1:
        return actor
    word = fold(form)
    others = lex.bearers.get(word, set()) - {person.id}
    if others and min(map(weight, person.terms)) > 0:
        # "Hadi" is the short name of one, and a name of many.
        return Actor(form, candidates=tuple(sorted({person.id, *others})), rule="ambiguous")
    return replace(actor, confidence=actor.confidence - 0.1)


def _standing(form: str, person: Person, on: date | None) -> Actor:
    """A person on a day: in office, out of it, or not yet."""
    now = held(person, on)
    if now:
        office = "; ".join(dict.fromkeys(t.office for t in now))
        return Actor(form, person.id, person.name, now[0].code, now[0].sector, office, rule="person", confidence=0.95)
    last = last_held(person, on)
    if last is not None:
        sector = "ELI" if last.sector in _LEFT else last.sector
        return Actor(
            form, person.id, person.name, _origin(person, last), sector, None, former=True, rule="person",
            confidence=0.85,
        )  # fmt: skip
    first = person.terms[0]
    return Actor(form, person.id, person.name, _origin(person, first), rule="person", confidence=0.6)


def _origin(person: Person, term: Term) -> str:
    """The state of a person out of office: who led an international body belongs to a state again, if one is known."""
    if term.code in NOT_STATES:
        return next((t.code for t in reversed(person.terms) if t.code not in NOT_STATES), term.code)
    return term.code


# --- a phrase ---------------------------------------------------------------------------------------------------------


def _both(lex: Lexicon, form: str, pieces: tuple[Piece, ...], on: date | None) -> Actor | None:
    """ "AS dan Inggris": two actors joined; None when it is one after all ("Menteri Hukum dan HAM")."""
    at = next(i for i, p in enumerate(pieces) if p.kind == "and")
    left, right = pieces[:at], pieces[at + 1 :]
    if not left or not right:
        return None
    sides = [
        _single(lex, form, side[0], on, None) if len(side) == 1 and side[0].kind != "role" else _compose(lex, form, side, on, None)
        for side in (left, right)
    ]  # fmt: skip
    if any(s.rule in ("unknown", "home", "given", "words") or (s.code is None and s.id is None) for s in sides):
        return None
    if sides[0].code == sides[1].code and sides[0].code is not None:
        return None
    ids = tuple(s.id or f"state:{s.code}" for s in sides)
    sector = sides[0].sector if sides[0].sector == sides[1].sector else None
    return Actor(form, sector=sector, candidates=ids, rule="several", confidence=0.0)


class _Reading:
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
        self.first_role = -1
        self.last_role = -1
        self.ours: Row | None = None
        self.ambiguous: Piece | None = None


def _gather(pieces: tuple[Piece, ...]) -> _Reading:
    r = _Reading()
    aside = False
    at_place = False
    for at, piece in enumerate(pieces):
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
                if not aside:
                    r.groups.append(piece)
            case "body":
                if not aside:
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


def _take_role(r: _Reading, piece: Piece, at: int, *, aside: bool) -> None:
    role = _row(piece.meanings[0])
    kind = role["kind"]
    if kind == "skip" or aside:
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
        if kind == "ours":
            r.ours = r.ours or role
        r.roles.append(role)
        if r.first_role < 0:
            r.first_role = at
        r.last_role = at


def _compose(lex: Lexicon, form: str, pieces: tuple[Piece, ...], on: date | None, country: str | None) -> Actor:
    r = _gather(pieces)
    head = r.roles[0] if r.roles else None
    person = _holder(lex, r, pieces, on)
    body, body_code = _its_body(lex, r, on, country)
    code, rule, sure = _its_code(lex, r, body, body_code)
    sector = _its_sector(r, body, body_code)
    of_person = head is not None and head["kind"] == "of" and r.people and r.people[0][0] == r.last_role + 1
    if of_person and code is None:
        owner = _persons(
            lex, form, [_person(m) for m in r.people[0][1].meanings], on, short=" " not in r.people[0][1].text
        )
        if owner.code is not None:
            kept = sector or (owner.sector if head and not head["sector"] else None)
            return Actor(form, code=owner.code, sector=kept, former=False, rule="of", confidence=0.7)
    if person is not None and not (of_person and len(r.people) == 1):
        return _in_role(lex, form, r, person, on, code, sector)
    if head is None and not r.bodies and not r.states and not r.groups:
        return _without_head(lex, form, r, on, country)
    if head is None and not r.rank and not r.candidate and r.words and not _tame(r):
        return Actor(form)
    if code is None and r.groups and (head is None or not head["home"]):
        row = _row(r.groups[0].meanings[0])
        return Actor(form, f"group:{row['id']}", row["name"], None, sector, rule="group", confidence=0.6)
    if code is None:
        code, rule, sure = _default(head, r, country)
    actor_id, name = None, " ".join(w for w in r.words if w[:1].isupper()) or None
    office = None
    if body is not None and body["code"] == code:
        direct = head is None or (
            head["kind"] == "part" and not name and not r.former and len(r.roles) == 1 and head["form"] in _ITSELF
        )
        if direct and not r.words:
            actor_id, name = f"body:{body['id']}", body["name"]
    elif r.states and head is not None and head["form"].lower() in _ITSELF_STATE and not r.words:
        row = _row(r.states[0].meanings[0])
        actor_id, name = f"state:{row['code']}", row["name"]
    elif r.states and head is None and not r.words:
        return replace(_state(form, r.states[0]), former=r.former)
    if head is not None and head["kind"] == "office" and code is not None:
        office = head["means"] or head["form"]
        if name is None and not r.former and not r.candidate:
            term = _only(lex, office, code, on)
            if term is not None:
                person = lex.persons[_id_of(lex, term)]
                return Actor(form, person.id, person.name, _folded(lex, code), term.sector or sector, term.office, rule="office",
                             confidence=0.85)  # fmt: skip
        office = None
    if head is not None and body is not None and body["id"] and name is None and not r.former and on is not None:
        base = fold(head["means"] or head["form"])
        found = {
            t.person: t
            for t in lex.of_body.get(body["id"], ())
            if in_force(t.start, t.end, on) and fold(t.office).startswith(base)
        }
        if len(found) == 1 and not (term := next(iter(found.values()))).shared and len(r.roles) == 1:
            person = lex.persons[_id_of(lex, term)]
            return Actor(form, person.id, person.name, _folded(lex, term.code), term.sector, term.office, rule="office",
                         confidence=0.85)  # fmt: skip
    if r.former:
        sector = "ELI" if sector in _LEFT else sector
    return Actor(form, actor_id, name, code, sector, office, former=r.former, rule=rule if code else "role",
                 confidence=sure if code else 0.0)  # fmt: skip


# "pihak Hamas", "kelompok Taliban" are the body; "negara Palestina" the state.
_ITSELF = frozenset({"pihak", "kantor", "markas", "markas besar", "mabes", "organisasi", "negara", "lembaga"})
_ITSELF_STATE = frozenset({"negara", "republik", "pihak", "kerajaan"})


def _tame(r: _Reading) -> bool:
    """Whether unknown words beside a state or body are small ("jet tempur Rusia", "delegasi"), so that it may be its."""
    return all(w[:1].islower() or w.isdigit() for w in r.words)


def _without_head(lex: Lexicon, form: str, r: _Reading, on: date | None, country: str | None) -> Actor:
    """Names and ranks only."""
    del lex, on
    if r.rank is not None or r.candidate is not None:
        role = r.rank or r.candidate
        assert role is not None  # noqa: S101 - one of them is there
        code = country or role["home"].rstrip("?") or None
        rule = "home" if role["home"] else "given"
        name = " ".join(w for w in r.words if w[:1].isupper()) or None
        sector = "ELI" if r.former and role["sector"] != "PTY" else role["sector"]
        return Actor(form, name=name, code=code, sector=sector or None, former=r.former, rule=rule if code else "role",
                     confidence=0.6 if code else 0.0)  # fmt: skip
    if r.ambiguous is not None:
        ids = tuple(f"body:{i}" for i in _row(r.ambiguous.meanings[0])["candidates"].split("|") if i)
        return Actor(form, candidates=ids, rule="ambiguous")
    return Actor(form)


def _its_body(lex: Lexicon, r: _Reading, on: date | None, country: str | None) -> tuple[Row | None, str | None]:
    """The first body of the phrase and the code it has here: "DPR AS" is a parliament of the United States."""
    if not r.bodies:
        return None, None
    piece = r.bodies[0]
    rows = _lasting((_row(m) for m in piece.meanings), on)
    state = None
    if r.states and r.state_at > r.body_at:
        state = _code_of(lex, r.states[0])
    if piece.role is not None:
        home = state or country or piece.role["home"].rstrip("?")
        fitting = [row for row in rows if row["code"] == home]
        if fitting:
            return fitting[0], home
        return {
            "id": "",
            "name": piece.text,
            "code": "",
            "sector": piece.role["sector"],
            "kind": "agency",
        }, home or None
    if len(rows) > 1:
        if state is not None and any(row["code"] == state for row in rows):
            rows = [row for row in rows if row["code"] == state]
        codes = {row["code"] for row in rows}
        if len(codes) > 1:
            return None, None
    row = rows[0]
    if state is not None and row["code"] == "IDN" and state != "IDN" and row["kind"] in _EVERYWHERE:
        return {**row, "id": "", "code": ""}, state
    return row, _folded(lex, row["code"])


def _code_of(lex: Lexicon, piece: Piece) -> str | None:
    codes = {_folded(lex, _row(m)["code"]) for m in piece.meanings}
    return codes.pop() if len(codes) == 1 else None


def _its_code(lex: Lexicon, r: _Reading, body: Row | None, body_code: str | None) -> tuple[str | None, str, float]:
    """The country of a phrase that names one: of the body or the state, whichever comes first."""
    if (
        body is not None
        and body_code is not None
        and not (r.states and r.state_at < r.body_at and body["code"] == "IDN")
    ):
        if not (r.states and r.state_at < r.body_at and r.roles):
            return body_code, "body" if not r.roles else "role", 0.9
    if r.states:
        code = _code_of(lex, r.states[0])
        if code is not None:
            if r.roles or r.rank or r.candidate:
                return code, "role", 0.9
            return code, "words" if r.words else "state", 0.5 if r.words else 0.9
    if r.ours is not None:
        return r.ours["home"], "role", 0.95
    if r.where is not None and (not r.roles or r.roles[0]["sector"] in _AT_HOME):
        code = _code_of(lex, r.where)
        if code is not None and r.roles and r.roles[0]["home"] != "IDN":
            return code, "where", 0.6
    return None, "role", 0.0


def _its_sector(r: _Reading, body: Row | None, body_code: str | None) -> str | None:
    own = next((role["sector"] for role in r.roles if role["sector"] and role["kind"] != "part"), "")
    head = r.roles[0] if r.roles else None
    if body is not None and body_code is not None:
        its = body["sector"]
        if not own or (its and its != "PTY" and own not in _OWN and not (its == "JUD" and own == "GOV")):
            if not own and not its and body_code not in NOT_STATES and head is not None:
                return head["sector"] or None
            return its or None
        return own
    if own:
        return own
    if head is not None and head["kind"] == "part" and r.states:
        return head["sector"] or None
    if r.candidate is not None:
        return r.candidate["sector"]
    if r.rank is not None:
        return r.rank["sector"] or None
    if r.states and r.states[0].kind == "seat":
        return "GOV"
    return None


def _default(head: Row | None, r: _Reading, country: str | None) -> tuple[str | None, str, float]:
    """The country of a phrase that names none."""
    role = next((x for x in r.roles if x["home"]), None) or r.rank or r.candidate or head
    if role is None or (role is head and role["form"].lower() in _ITSELF):
        return None, "role", 0.0
    home = role["home"]
    if home and not home.endswith("?"):
        return home, "home", 0.85
    if country:
        return country, "given", 0.7
    if home:
        return home.rstrip("?"), "home", 0.8
    return None, "role", 0.0


# --- persons in a phrase ----------------------------------------------------------------------------------------------


def _holder(lex: Lexicon, r: _Reading, pieces: tuple[Piece, ...], on: date | None) -> Person | None:
    """The person a phrase names, when it is one of the tables."""
    if r.people:
        at, piece = r.people[-1]
        people = [_person(m) for m in piece.meanings]
        # "Luhut Simanjuntak": a short name inside a longer unknown one means another.
        beside = [pieces[i] for i in (at - 1, at + 1) if 0 <= i < len(pieces)]
        if " " not in piece.text and any(p.kind == "word" and p.text[:1].isupper() for p in beside):
            return None
        if len(people) > 1:
            code = _code_of(lex, r.states[0]) if r.states else None
            people = [p for p in people if code and any(t.code == code for t in p.terms)] or people
            people = [p for p in people if held(p, on)] or people
        if len(people) > 1:
            return None
        person = people[0]
        if " " not in piece.text and len(person.words) > 1 and not _believable(lex, r, person, piece.text):
            return None
        return person
    if r.words and r.roles and r.roles[0]["kind"] == "office":
        # "Menlu Pompeo": whoever holds or held such an office and has that name.
        said = {fold(w) for w in r.words if w[:1].isupper()}
        office = fold(r.roles[0]["means"] or r.roles[0]["form"])
        code = _code_of(lex, r.states[0]) if r.states else None
        terms = lex.offices.get((office, code), []) if code else lex.wherever.get(office, [])
        named = [t for t in terms if said and said <= set(fold(t.person).split())]
        if on is not None and len({t.person for t in named}) > 1:
            named = [t for t in named if in_force(t.start, t.end, on)] or named
        names = {t.person for t in named}
        if len(names) == 1:
            r.words = []
            return lex.persons[_id_of(lex, named[0])]
    return None


def _believable(lex: Lexicon, r: _Reading, person: Person, text: str) -> bool:
    """Whether a short name in a phrase means the person it is the short name of."""
    if not lex.bearers.get(fold(text), set()) - {person.id} or min(map(weight, person.terms)) == 0:
        return True
    return bool(r.roles) and any(_matches(role, t) for role in r.roles for t in person.terms)


def _id_of(lex: Lexicon, term: Term) -> str:
    return next(
        m.ref.id for m in lex.meanings[fold(term.person)] if isinstance(m.ref, Person) and m.ref.name == term.person
    )


def _matches(role: Row, term: Term) -> bool:
    office = fold(role["means"] or role["form"])
    return fold(term.office).startswith(office)


def _in_role(
    lex: Lexicon, form: str, r: _Reading, person: Person, on: date | None, code: str | None, sector: str | None
) -> Actor:
    """A person with what the phrase calls him: the phrase says which of the offices is meant."""
    standing = _standing(form, person, on)
    now = held(person, on)
    if not r.roles or r.candidate is not None:
        return standing
    head = r.roles[0]
    if r.former:
        # "mantan Wali Kota Solo Joko Widodo" of a president in office: he is what he is now.
        return standing if now else replace(standing, former=True, sector=standing.sector or "ELI", rule="person")
    named = [t for t in person.terms if _matches(head, t) and (code is None or t.code == code)]
    active = [t for t in named if t in now]
    if active:
        office = "; ".join(dict.fromkeys(t.office for t in [active[0], *now]))
        return replace(
            standing,
            code=active[0].code,
            sector=active[0].sector or sector,
            office=office,
            former=False,
            confidence=0.97,
        )
    if named and on is not None and not now and all(t.end is not None and t.end <= on for t in named):
        return replace(standing, confidence=0.8)
    if named and now:
        return standing
    if head["kind"] == "of" and sector is not None and not now:
        return standing
    return replace(
        standing,
        code=code or standing.code,
        sector=sector if sector is not None else standing.sector,
        former=False,
        confidence=0.8,
    )


def _only(lex: Lexicon, office: str, code: str, on: date | None) -> Term | None:
    """The one who holds an office on the day; None when nobody or several do, or no day is given."""
    if on is None:
        return None
    found = [t for t in lex.offices.get((fold(office), code), ()) if in_force(t.start, t.end, on)]
    return found[0] if len(found) == 1 and not found[0].shared else None


def terms_of(office: str) -> list[Term]:
    """All terms of an office, named as in the tables or in short."""
    lex = lexicon()
    whole = lex.office_forms.get(fold(office))
    if whole:
        return whole
    r = _gather(_pieces(office))
    if not r.roles:
        return []
    base = fold(r.roles[0]["means"] or r.roles[0]["form"])
    code = _code_of(lex, r.states[0]) if r.states else r.roles[0]["home"].rstrip("?")
    if r.bodies:
        ids = {_row(m)["id"] for m in r.bodies[0].meanings}
        return [t for i in ids for t in lex.of_body.get(i, ()) if fold(t.office).startswith(base)]
    return lex.offices.get((base, code or ""), []) or lex.office_forms.get(base, [])
