"""What the tables know of an actor, as lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.actors.lexicon import Lexicon, lexicon
from ujar.actors.resolve import resolve
from ujar.actors.terms import in_force, is_suspended, members

if TYPE_CHECKING:
    from datetime import date

    from ujar.records import Actor, Term


def lines(name: str, on: date | None, country: str | None = None) -> list[str]:
    """The resolution of a name on a day, and all that the tables have on the actor it means."""
    lex = lexicon()
    actor = resolve(name, on, country=country)
    out = _head(actor)
    for key in (actor.id,) if actor.id else actor.candidates:
        out += _of(lex, key, on, named=actor.id is None)
    return out


def _head(actor: Actor) -> list[str]:
    what = [actor.code or "no country", actor.sector or "no sector"]
    if actor.former:
        what.append("former")
    sure = f"{actor.rule}, {round(100 * actor.confidence)} % sure" if actor.confidence else actor.rule
    out = [f"{actor.name or actor.form} · {' '.join(what)} · {sure}"]
    if actor.office:
        out.append(f"  {actor.office}")
    return out


def _of(lex: Lexicon, key: str, on: date | None, *, named: bool) -> list[str]:
    kind, _, bare = key.partition(":")
    out = [f"  {key}"]
    if kind == "person" and key in lex.persons:
        person = lex.persons[key]
        if named:
            out[0] += f" · {person.name}"
        out += [f"    {_term(term)}" for term in person.terms]
    elif kind == "body" and bare in lex.bodies:
        row = lex.bodies[bare]
        out[0] += f" · {row['name']} · {row['kind']} · {row['code']} {row['sector']}".rstrip()
        out += _names(row["names"])
        out += [
            f"    {status} {_span(start, end)}"
            for status, start, end in lex.parties.get(bare, ())
            if on is None or in_force(start, end, on)
        ]
        if on is not None and bare in lex.memberships:
            out.append(f"    members: {' '.join(members(bare, on))}")
        out += [
            f"    {t.person}, {_term(t)}"
            for t in lex.of_body.get(bare, ())
            if on is None or in_force(t.start, t.end, on)
        ]
    elif kind == "group" and bare in lex.groups:
        out += _names(lex.groups[bare]["names"])
        out.append(f"    members: {lex.groups[bare]['members'].replace('|', ' ') or 'not fixed'}")
    elif kind == "state" and bare in lex.states:
        row = lex.states[bare]
        out[0] += f" · {row['name']}"
        out += _names("|".join(filter(None, (row["names"], row["capitals"], row["seats"]))))
        for bloc, spans in lex.memberships.items():
            out += [
                f"    {bloc} {_span(start, end)}{' (suspended)' if on and is_suspended(bare, bloc, on) else ''}"
                for member, start, end in spans
                if member == bare and (on is None or in_force(start, end, on))
            ]
    return out


def _names(names: str) -> list[str]:
    return [f"    also: {', '.join(names.split('|'))}"] if names else []


def _term(term: Term) -> str:
    what = f"{term.code} {term.sector or ''}".rstrip()
    return f"{term.office} · {what} · {_span(term.start, term.end)} · {term.source}"


def _span(start: date | None, end: date | None) -> str:
    return f"{start or '…'} – {end or '…'}"
