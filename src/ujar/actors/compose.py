"""A phrase of several forms: what somebody is, what that belongs to, and a name.

Indonesian says what somebody is first ("juru bicara militer"), what it belongs to behind it ("Israel"), and the name last
("Daniel Hagari"). The country is the first one named, the sector that of the first word that has one; "juru bicara" and
"anggota" take that of what follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.actors.forms import fold
from ujar.actors.phrase import Piece, Reading, gather, person_of, pieces_of, row_of
from ujar.actors.rows import HOME, NOT_STATES
from ujar.actors.single import LEFT, code_of, folded, lasting, meant, persons_actor, single, standing, state_actor
from ujar.actors.terms import held, in_force, weight
from ujar.records import Actor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ujar.actors.lexicon import Lexicon, Person
    from ujar.actors.rows import Row
    from ujar.records import Term

# Kinds of bodies every state has: "DPR AS" is not the Indonesian DPR.
_EVERYWHERE = frozenset(
    {"ministry", "agency", "parliament", "court", "police", "army", "election", "palace", "intelligence"}
)
# Words for people that keep their own sector whatever they belong to: "karyawan Pertamina", "tahanan KPK".
_OWN = frozenset({"CVL", "LAB", "REF", "JRN", "CRM", "LEG", "ELI", "MED"})
# Kinds of bodies of which other states have some of the same name.
_NAMESAKES = frozenset({"party", "religious", "union", "student"})
# Where something happens says whose police it is, not whose army: "tentara di Irak".
_AT_HOME = frozenset({"CVL", "COP", "EDU", "MED", "REL", "LAB", "OPP", "JUD", "SOC", "JRN", "GOV", "BUS"})
# Sectors of offices that the tables know of whoever is known by one name.
_COMMANDING = frozenset({"GOV", "MIL", "COP", "JUD"})
# "pihak Hamas" is the body, "negara Palestina" the state; on their own they are nobody's.
_ITSELF = frozenset(
    {"pihak", "kantor", "markas", "markas besar", "mabes", "organisasi", "negara", "lembaga", "republik"}
)
# Kinds of bodies whose name may begin another's: "Bank Indonesia Maju", "Kompas Gramedia".
_UNBRANCHED = frozenset({"company", "media", "bloc", "igo", "armed"})
# "Presiden Federasi Sepak Bola Malaysia" is none of a state.
_ANYWHERE = frozenset({"presiden", "wakil presiden", "gubernur"})
_PRIVATE = frozenset({"SOC", "BUS", "LAB", "EDU", "REL", "PTY", "JRN"})
# What the code rests on when the phrase names no country itself; weaker than what a full name says.
ASSUMED = frozenset({"home", "given", "words", "where"})


def both(lex: Lexicon, form: str, pieces: tuple[Piece, ...], on: date | None) -> Actor | None:
    """Two actors joined ("AS dan Inggris"), or None when it is one after all ("Menteri Hukum dan HAM")."""
    at = next(i for i, p in enumerate(pieces) if p.kind == "and")
    sides = []
    for side in (pieces[:at], pieces[at + 1 :]):
        if not side:
            return None
        if len(side) == 1 and side[0].kind != "role":
            actor = single(lex, form, side[0], on, None)
        else:
            actor = compose(lex, form, side, on, None)
        if actor.rule == "unknown" or actor.rule in ASSUMED or (actor.code is None and actor.id is None):
            return None
        sides.append(actor)
    left, right = sides
    if left.code == right.code and left.code is not None:
        return None
    ids = tuple(s.id or f"state:{s.code}" for s in sides)
    return Actor(form, sector=left.sector if left.sector == right.sector else None, candidates=ids, rule="several")


def compose(lex: Lexicon, form: str, pieces: tuple[Piece, ...], on: date | None, country: str | None) -> Actor:
    """The actor a phrase of several pieces means."""
    r = gather(pieces)
    head = r.roles[0] if r.roles else None
    body, body_code = _its_body(lex, r, on, country)
    code, rule, sure = _its_code(lex, r, body_code)
    sector = _its_sector(r, body, body_code)
    owned = _owned(lex, form, r, on, code, sector)
    if owned is not None:
        return owned
    person = _named(lex, r, pieces, on)
    if person is not None:
        return _in_role(form, r, person, on, code, sector)
    if r.apposed is not None and head is not None and (r.apposed.kind == "body" or head["form"].lower() in _ITSELF):
        # "kelompok pemberontak Yaman, Houthi", "negara tetangga, Singapura": the same once more, by name.
        again = single(lex, form, r.apposed, on, country)
        if again.code is not None and again.id is not None and (sector is None or again.sector in (sector, None)):
            return again
    if head is None and r.rank is None and r.candidate is None:
        return _without_role(form, r, body, code, rule, sure)
    if code is None and r.groups and (head is None or not head["home"]):
        row = row_of(r.groups[0].meanings[0])
        return Actor(form, f"group:{row['id']}", row["name"], None, sector, rule="group", confidence=0.6)
    if code is None:
        code, rule, sure = _assumed(r, country)
    name = " ".join(r.name) or None
    if name is None and not r.former and r.candidate is None:
        holder = _holder(lex, form, r, body, code, on)
        if holder is not None:
            return holder
    actor_id = None
    if head is not None and head["form"].lower() in _ITSELF and len(r.roles) == 1 and name is None:
        if body is not None and body["id"]:
            actor_id, name = f"body:{body['id']}", body["name"]
        elif r.states and r.states[0].kind == "state":
            row = row_of(r.states[0].meanings[0])
            actor_id, name = f"state:{row['code']}", row["name"]
    if r.former and sector in LEFT:
        sector = "ELI"
    if code is None:
        rule, sure = "role", 0.0
    return Actor(form, actor_id, name, code, sector, former=r.former, rule=rule, confidence=sure)


# --- country and sector -----------------------------------------------------------------------------------------------


def _its_body(lex: Lexicon, r: Reading, on: date | None, country: str | None) -> tuple[Row | None, str | None]:
    """The first body of the phrase and the code it has here: "DPR AS" is a parliament of the United States."""
    if not r.bodies:
        return None, None
    piece = r.bodies[0]
    rows = lasting((row_of(m) for m in piece.meanings), on)
    state = code_of(lex, r.states[0]) if r.states and r.state_at > r.body_at else None
    if piece.role is not None:
        home = state or country or piece.role["home"].rstrip("?")
        fitting = [row for row in rows if row["code"] == home]
        if fitting:
            return fitting[0], home
        return {"id": "", "name": piece.text, "code": "", "sector": piece.role["sector"]}, home or None
    if state is not None and any(row["code"] == state for row in rows):
        rows = [row for row in rows if row["code"] == state]
    rows = meant(rows, country)
    if len({row["code"] for row in rows}) > 1:
        return None, None
    row = rows[0]
    everywhere = row["code"] == HOME and state not in (None, HOME) and row["kind"] in _EVERYWHERE
    if everywhere or _is_of_another(r, row, state):
        return {"id": "", "name": piece.text, "code": "", "sector": row["sector"]}, state
    return row, folded(lex, row["code"])


def _is_of_another(r: Reading, row: Row, state: str | None) -> bool:
    """Whether the state right behind a body says that it is a namesake: "Partai Buruh Mauritius".

    A short name is nobody else's ("PKC Hong Kong"), nor is one that holds a state ("Partai Komunis China Hong Kong").
    """
    return (
        state is not None
        and row["code"] not in NOT_STATES
        and row["kind"] in _NAMESAKES
        and row["code"] != state
        and " " in r.bodies[0].text
        and not any(p.kind in ("state", "capital") for w in r.bodies[0].text.split()[1:] for p in pieces_of(w))
        and r.state_at == r.body_at + 1
        and r.states[0].kind == "state"
    )


def _its_code(lex: Lexicon, r: Reading, body_code: str | None) -> tuple[str | None, str, float]:
    """The country of a phrase that names one: of the body or the state, whichever comes first."""
    said = bool(r.roles or r.rank or r.candidate)
    # "Menlu Rusia dari Partai X": a state in front of the body, behind what somebody is.
    if body_code is not None and not (r.states and r.state_at < r.body_at and said):
        return body_code, "role" if said else "body", 0.9
    if r.states:
        code = code_of(lex, r.states[0])
        if code is not None:
            if said:
                return code, "role", 0.9
            return (code, "words", 0.5) if r.words else (code, "state", 0.9)
    if r.ours is not None:
        return r.ours["home"], "role", 0.95
    if r.where is not None and (not r.roles or (r.roles[0]["sector"] in _AT_HOME and r.roles[0]["home"] != HOME)):
        code = code_of(lex, r.where)
        if code is not None and r.roles:
            return code, "where", 0.6
    return None, "role", 0.0


def _its_sector(r: Reading, body: Row | None, body_code: str | None) -> str | None:
    own = next((role["sector"] for role in r.roles if role["sector"] and role["kind"] != "part"), "")
    head = r.roles[0] if r.roles else None
    if head is not None and head["form"].lower() in _ANYWHERE:
        own = next((role["sector"] for role in r.roles[1:2] if role["sector"] in _PRIVATE), own)
    if body is not None and body_code is not None:
        its = body["sector"]
        if not own and not its and body_code not in NOT_STATES and head is not None:
            return head["sector"] or None
        # A minister of a party is of the government, a clerk of a ministry too; a prosecutor of an agency is of the agency.
        if not own or (its and its != "PTY" and own not in _OWN and not (its == "JUD" and own == "GOV")):
            return its or None
        return own
    if own or (body is not None and body["sector"]):
        return own or (body["sector"] if body is not None else None)
    if head is not None and head["kind"] == "part" and r.states:
        return head["sector"] or None
    for role in (r.candidate, r.rank):
        if role is not None:
            return role["sector"] or None
    if r.states and r.states[0].kind == "seat":
        return "GOV"
    return None


def _assumed(r: Reading, country: str | None) -> tuple[str | None, str, float]:
    """The country of a phrase that names none: the home of its words, or the one the caller knows."""
    said = [x for x in r.roles if x["form"].lower() not in _ITSELF]
    role = next((x for x in said if x["home"]), None) or r.rank or r.candidate or (said[0] if said else None)
    if role is None:
        return None, "role", 0.0
    home = role["home"]
    if home and not home.endswith("?"):
        return home, "home", 0.85
    if country:
        return country, "given", 0.7
    return (home.rstrip("?"), "home", 0.8) if home else (None, "role", 0.0)


def _without_role(form: str, r: Reading, body: Row | None, code: str | None, rule: str, sure: float) -> Actor:
    """A phrase of names, without a word for what somebody is."""
    if body is not None and code is not None:
        if r.words:
            # "Rumah Makan Golkar" is not the party; "PDIP Kota Blitar", "KPU Kabupaten Nagekeo" are branches of theirs.
            if any(w[:1].isupper() for w in r.words) and (r.body_at > 0 or body.get("kind") in _UNBRANCHED):
                return Actor(form)
            return Actor(form, code=code, sector=body["sector"] or None, former=r.former, rule="words", confidence=0.5)
        # "DPR Papua" is another than the DPR.
        branch = bool(r.states) and r.states[0].kind == "place"
        actor_id = f"body:{body['id']}" if body["id"] and not branch else None
        sector = "ELI" if r.former and body["sector"] in LEFT else body["sector"] or None
        return Actor(form, actor_id, body["name"], code, sector, former=r.former, rule=rule, confidence=sure)
    if r.bodies and not r.words:
        ids = tuple(sorted(f"body:{row_of(m)['id']}" for m in r.bodies[0].meanings))
        return Actor(form, candidates=ids, rule="ambiguous")
    if r.states and code is not None:
        if any(w[:1].isupper() for w in r.words):
            return Actor(form)
        if not r.words:
            actor = state_actor(form, r.states[0])
            return replace(actor, former=r.former, confidence=min(actor.confidence, sure))
        return Actor(form, code=code, rule=rule, confidence=sure)
    if r.groups and not r.words:
        row = row_of(r.groups[0].meanings[0])
        return Actor(form, f"group:{row['id']}", row["name"], rule="group", confidence=0.8)
    if r.ambiguous is not None and not r.words:
        ids = tuple(f"body:{i}" for i in row_of(r.ambiguous.meanings[0])["candidates"].split("|") if i)
        return Actor(form, candidates=ids, rule="ambiguous")
    return Actor(form)


# --- persons ----------------------------------------------------------------------------------------------------------


def _owned(lex: Lexicon, form: str, r: Reading, on: date | None, code: str | None, sector: str | None) -> Actor | None:
    """What belongs to a person ("pemerintahan Biden", "pengacara Rizieq"), or None."""
    if not r.roles or r.roles[0]["kind"] != "of" or len(r.people) != 1 or code is not None:
        return None
    at, piece = r.people[0]
    if at != r.last_role + 1:
        return None
    people = [person_of(m) for m in piece.meanings]
    owner = persons_actor(lex, form, people, on, short=" " not in piece.text)
    if owner.code is None:
        return None
    return Actor(form, code=owner.code, sector=sector or owner.sector, rule="of", confidence=0.7)


def _named(lex: Lexicon, r: Reading, pieces: tuple[Piece, ...], on: date | None) -> Person | None:
    """The person a phrase names, when it is one of the tables."""
    if not r.people:
        return _by_office(lex, r, on)
    at, piece = r.people[-1]
    short = " " not in piece.text
    # "Luhut Simanjuntak": a short name inside a longer unknown one means another.
    beside = [pieces[i] for i in (at - 1, at + 1) if 0 <= i < len(pieces)]
    if short and any(p.kind == "word" and p.text[:1].isupper() for p in beside):
        return None
    people = [person_of(m) for m in piece.meanings]
    if len(people) > 1:
        code = code_of(lex, r.states[0]) if r.states else None
        people = [p for p in people if code and any(t.code == code for t in p.terms)] or people
        people = [p for p in people if any(_matches(role, t) for role in r.roles for t in p.terms)] or people
        people = [p for p in people if held(p, on)] or people
    if len(people) > 1:
        return None
    if short and not _believable(lex, r, people[0], piece.text):
        return None
    head = r.roles[0] if r.roles else None
    if short and head is not None and head["kind"] == "office" and head["sector"] in _COMMANDING and not r.former:
        # "Wali Kota Hasto" is not the Hasto who leads a party.
        if not any(_matches(head, t) for t in people[0].terms):
            return None
    return people[0]


def _by_office(lex: Lexicon, r: Reading, on: date | None) -> Person | None:
    """Whoever has or had the office and the last name: "Menlu Pompeo"."""
    said = {fold(w) for w in r.words if w[:1].isupper()}
    if not said or not r.roles or r.roles[0]["kind"] != "office":
        return None
    office = fold(r.roles[0]["means"] or r.roles[0]["form"])
    code = code_of(lex, r.states[0]) if r.states else None
    terms = lex.offices.get((office, code), []) if code else lex.wherever.get(office, [])
    named = [t for t in terms if said <= set(fold(t.person).split())]
    if on is not None and len({t.person for t in named}) > 1:
        named = [t for t in named if in_force(t.start, t.end, on)]
    if len({t.person for t in named}) != 1:
        return None
    return lex.person_of(named[0])


def _believable(lex: Lexicon, r: Reading, person: Person, text: str) -> bool:
    """Whether a short name in a phrase means the person it is the short name of."""
    if not lex.bearers.get(fold(text), set()) - {person.id} or min(map(weight, person.terms)) == 0:
        return True
    return any(_matches(role, t) for role in r.roles for t in person.terms)


def _matches(role: Row, term: Term) -> bool:
    return fold(term.office).startswith(fold(role["means"] or role["form"]))


def _in_role(form: str, r: Reading, person: Person, on: date | None, code: str | None, sector: str | None) -> Actor:
    """A person with what the phrase calls him: the phrase says which of the offices is meant."""
    actor = standing(form, person, on)
    now = held(person, on)
    if not r.roles or r.candidate is not None:
        return replace(
            actor, sector=actor.sector or ("ELI" if r.former else sector), former=actor.former or (r.former and not now)
        )
    if r.former:
        # "mantan Wali Kota Solo Joko Widodo" of a president in office: he is what he is now.
        return actor if now else replace(actor, former=True, sector=actor.sector or "ELI")
    named = [t for t in person.terms if _matches(r.roles[0], t) and (code is None or t.code == code)]
    active = [t for t in named if t in now]
    if active:
        office = "; ".join(dict.fromkeys(t.office for t in [active[0], *now]))
        return replace(actor, code=active[0].code, sector=active[0].sector or sector, office=office, confidence=0.97)
    if named and (now or all(_over(t, on) for t in named)):
        # The office named is no longer held: what the person is now, or a former official.
        return replace(actor, confidence=0.8)
    return replace(
        actor,
        code=code or actor.code,
        sector=sector if sector is not None else actor.sector,
        former=False,
        confidence=0.8,
    )


def _over(term: Term, on: date | None) -> bool:
    return term.end is not None and (on is None or term.end <= on)


def _holder(lex: Lexicon, form: str, r: Reading, body: Row | None, code: str | None, on: date | None) -> Actor | None:
    """The one person who holds the office on the day ("Menlu AS", "Sekjen PBB"), or None."""
    if on is None or code is None or len(r.roles) != 1 or r.roles[0]["kind"] not in ("office", "part"):
        return None
    office = fold(r.roles[0]["means"] or r.roles[0]["form"])
    terms: Iterable[Term]
    if body is not None and body["id"]:
        terms = [t for t in lex.of_body.get(body["id"], ()) if fold(t.office).startswith(office)]
    elif r.states and r.states[0].kind == "place":
        terms = lex.offices.get((f"{office} {fold(r.states[0].text)}", code), ())
    elif body is None:
        terms = lex.offices.get((office, code), ())
    else:
        return None
    found = {t.person: t for t in terms if in_force(t.start, t.end, on)}
    if len(found) != 1:
        return None
    term = next(iter(found.values()))
    if term.shared:
        return None
    person = lex.person_of(term)
    return Actor(form, person.id, person.name, folded(lex, term.code), term.sector, term.office, rule="office",
                 confidence=0.85)  # fmt: skip
