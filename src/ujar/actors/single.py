"""A mention that is one form of the tables: a state, a body, a person on a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.actors.forms import fold
from ujar.actors.phrase import Piece, person_of, row_of
from ujar.actors.rows import HOME, NOT_STATES
from ujar.actors.terms import held, last_held, weight
from ujar.records import Actor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ujar.actors.lexicon import Lexicon, Person
    from ujar.actors.rows import Row
    from ujar.records import Term

# A former official is ELI; who led an armed group or a church stays of it.
LEFT = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "SPY", "PTY", "OPP", None})


def single(lex: Lexicon, form: str, piece: Piece, on: date | None, country: str | None) -> Actor:
    """A mention that is one form of the tables."""
    match piece.kind:
        case "state" | "capital" | "seat" | "place":
            return state_actor(form, piece)
        case "group":
            row = row_of(piece.meanings[0])
            return Actor(form, f"group:{row['id']}", row["name"], rule="group", confidence=0.9)
        case "body":
            return body_actor(lex, form, piece, on, country)
        case "person":
            return persons_actor(
                lex, form, [person_of(m) for m in piece.meanings], on, short=" " not in piece.text.strip()
            )
        case "ambiguous":
            ids = tuple(f"body:{i}" for i in row_of(piece.meanings[0])["candidates"].split("|") if i)
            return Actor(form, candidates=ids, rule="ambiguous")
    return Actor(form)


def folded(lex: Lexicon, code: str) -> str:
    """The code PLOVER wants: dependencies fold into their sovereign."""
    row = lex.states.get(code)
    return row["folds"] or code if row else code


def state_actor(form: str, piece: Piece) -> Actor:
    """A state, named or by its capital, a building of its government or a place in it."""
    rows = [row_of(m) for m in piece.meanings]
    if len(rows) > 1:
        codes = {r.get("folds") or r["code"] for r in rows}
        ids = tuple(sorted(f"state:{r['code']}" for r in rows))
        code = codes.pop() if len(codes) == 1 else None
        return Actor(form, code=code, candidates=ids, rule="ambiguous")
    row = rows[0]
    code = row.get("folds") or row["code"]
    if piece.kind == "place":
        return Actor(form, name=row["form"], code=code, rule="place", confidence=0.6)
    # A building stands for the government, a capital for the state.
    sector = "GOV" if piece.kind == "seat" else None
    sure = 0.98 if piece.kind == "state" else 0.9
    return Actor(form, f"state:{row['code']}", row["name"], code, sector, rule="state", confidence=sure)


def lasting(rows: Iterable[Row], on: date | None) -> list[Row]:
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


def meant(rows: list[Row], country: str | None) -> list[Row]:
    """Of bodies that share a form, those that are meant where a state is suggested.

    "Partai Demokrat" in news about the United States is a party there; at home it goes without saying which it is.
    """
    if all(row["kind"] == "party" for row in rows):
        for code in (country, HOME):
            own = [row for row in rows if row["code"] == code]
            if own:
                return own
    return rows


def body_actor(lex: Lexicon, form: str, piece: Piece, on: date | None, country: str | None) -> Actor:
    """A body; of those that share the form the one that existed on the day."""
    rows = lasting((row_of(m) for m in piece.meanings), on)
    if piece.role is not None:
        # "Kementerian Luar Negeri", "Mahkamah Konstitusi": every state may have one.
        home = country or piece.role["home"].rstrip("?")
        rows = [r for r in rows if r["code"] == home] if home else []
        if not rows:
            code = country or None
            return Actor(form, code=code, sector=piece.role["sector"] or None, rule="given" if code else "role",
                         confidence=0.7 if code else 0.0)  # fmt: skip
    shared, rows = len(rows) > 1, meant(rows, country)
    if len(rows) > 1:
        codes = {r["code"] for r in rows}
        sectors = {r["sector"] for r in rows}
        ids = tuple(sorted(f"body:{r['id']}" for r in rows))
        code = codes.pop() if len(codes) == 1 else None
        sector = sectors.pop() or None if len(sectors) == 1 else None
        return Actor(form, code=code, sector=sector, candidates=ids, rule="ambiguous", confidence=0.5 if code else 0.0)
    row = rows[0]
    return Actor(form, f"body:{row['id']}", row["name"], folded(lex, row["code"]), row["sector"] or None, rule="body",
                 confidence=0.8 if shared else 0.95)  # fmt: skip


def persons_actor(lex: Lexicon, form: str, people: list[Person], on: date | None, *, short: bool) -> Actor:
    """A name without an office: who it is, and what that person was on the day."""
    if len(people) > 1:
        # Whoever is in office is meant before those who are not.
        active = [p for p in people if held(p, on)]
        people = active or people
    if len(people) > 1:
        return _several(form, people, on)
    person = people[0]
    actor = standing(form, person, on)
    if not short:
        return actor
    word = fold(form)
    others = lex.bearers.get(word, set()) - {person.id}
    if others and min(map(weight, person.terms)) > 0:
        # "Hadi" is the short name of one, and a name of many.
        return _several(form, [person, *(lex.persons[i] for i in others)], on)
    return replace(actor, confidence=actor.confidence - 0.1)


def _several(form: str, people: list[Person], on: date | None) -> Actor:
    """One of several persons; the country and sector in which all of them agree."""
    actors = [standing(form, p, on) for p in people]
    codes = {a.code for a in actors}
    sectors = {a.sector for a in actors}
    code = codes.pop() if len(codes) == 1 else None
    sector = sectors.pop() if len(sectors) == 1 else None
    ids = tuple(sorted(p.id for p in people))
    return Actor(form, code=code, sector=sector, candidates=ids, rule="ambiguous", confidence=0.5 if code else 0.0)


def standing(form: str, person: Person, on: date | None) -> Actor:
    """A person on a day: in office, out of it, or not yet."""
    now = held(person, on)
    if now:
        office = "; ".join(dict.fromkeys(t.office for t in now))
        return Actor(form, person.id, person.name, now[0].code, now[0].sector, office, rule="person", confidence=0.95)
    last = last_held(person, on)
    if last is not None:
        sector = "ELI" if last.sector in LEFT else last.sector
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


def code_of(lex: Lexicon, piece: Piece) -> str | None:
    """The country of a state, capital, seat or place; None when it may be several."""
    codes = {folded(lex, row_of(m)["code"]) for m in piece.meanings}
    return codes.pop() if len(codes) == 1 else None
