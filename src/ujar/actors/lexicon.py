"""The tables of actors, ready to be looked up: every form, and what it may mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ujar.actors.forms import fold, guard, slug
from ujar.actors.rows import day, read
from ujar.config import load_config
from ujar.records import Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.actors.rows import Row


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the tables of terms.

    Attributes:
        id: "person:joe-biden".
        name: the full name.
        terms: every office held, by start.
        words: the folded words of the full name.
    """

    id: str
    name: str
    terms: tuple[Term, ...]
    words: frozenset[str]


class Meaning(NamedTuple):
    """One thing a form may mean.

    Attributes:
        kind: "state", "capital" (a city that stands for it), "seat" (a building that stands for its government), "place",
            "group", "body", "person", "role" or "ambiguous".
        ref: the row, or the Person.
        guard: what the mention must look like (``forms.guard``).
    """

    kind: str
    ref: Row | Person
    guard: str


@dataclass(slots=True)
class Lexicon:
    """All that resolving looks up.

    Attributes:
        meanings: folded form → what it may mean.
        longest: first word of a folded form → the most words a form that begins with it has.
        states: code → row.
        bodies: id → row.
        groups: id → row.
        offices: (office without its country, folded, code) → terms.
        wherever: the same office in any country → terms.
        office_forms: the whole office, folded → terms.
        of_body: id of a body → terms of its offices.
        bearers: word → ids of persons in whose full name it stands.
        persons: id → person.
        memberships: bloc → (member, start, end).
        suspensions: the same of suspensions.
        parties: body → (status, start, end).
    """

    meanings: dict[str, list[Meaning]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    states: dict[str, Row] = field(default_factory=dict)
    bodies: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, Row] = field(default_factory=dict)
    offices: dict[tuple[str, str], list[Term]] = field(default_factory=dict)
    wherever: dict[str, list[Term]] = field(default_factory=dict)
    office_forms: dict[str, list[Term]] = field(default_factory=dict)
    of_body: dict[str, list[Term]] = field(default_factory=dict)
    bearers: dict[str, set[str]] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    memberships: dict[str, list[tuple[str, date | None, date | None]]] = field(default_factory=dict)
    suspensions: dict[str, list[tuple[str, date | None, date | None]]] = field(default_factory=dict)
    parties: dict[str, list[tuple[str, date | None, date | None]]] = field(default_factory=dict)

    def person_of(self, term: Term) -> Person:
        """Whose term it is."""
        return self.persons[f"person:{slug(term.person)}"]

    def put(self, form: str, kind: str, ref: Row | Person, condition: str | None = None) -> None:
        """Enter one form."""
        key = fold(form)
        if not key:
            return
        meaning = Meaning(kind, ref, guard(form) if condition is None else condition)
        known = self.meanings.get(key)
        if known is None:
            self.meanings[key] = [meaning]
            first, spaces = key.split(" ", 1)[0], key.count(" ") + 1
            if self.longest.get(first, 0) < spaces:
                self.longest[first] = spaces
        elif not any(m.kind == kind and m.ref is ref for m in known):
            known.append(meaning)


@cache
def lexicon() -> Lexicon:
    """The tables of the package with those of the user's folder (setting ``actors``) over them, loaded once.

    ``lexicon.cache_clear()`` after a change of the tables or the setting; resolutions are kept too (``resolve.forget``).
    """
    folder = load_config().actors
    return build(Path(folder) if folder else None)


def build(folder: Path | None) -> Lexicon:
    """A lexicon of the package's tables and those of ``folder``."""
    tables = read(folder)
    lex = Lexicon()
    for row in _of(tables["states"].values()):
        lex.states[row["code"]] = row
        for form in _forms(row, "name", "names"):
            lex.put(form, "state", row)
        for form in _forms(row, "capitals"):
            lex.put(form, "capital", row)
        for form in _forms(row, "seats"):
            lex.put(form, "seat", row)
    for row in _of(tables["groups"].values()):
        lex.groups[row["id"]] = row
        for form in _forms(row, "name", "names"):
            lex.put(form, "group", row)
    for row in _of(tables["bodies"].values()):
        lex.bodies[row["id"]] = row
        for form in _forms(row, "name", "names"):
            lex.put(form, "body", row)
    for row in _of(tables["places"].values()):
        lex.put(row["form"], "place", row)
    for row in _of(tables["roles"].values()):
        # Words for people and offices are written small or with a capital; acronyms (PM, PT) as they are.
        lex.put(
            row["form"],
            "role",
            row,
            row["form"] if len(row["form"]) <= 4 and row["form"].isupper() and row["form"].isalpha() else "",
        )
    for row in _of(tables["ambiguous"].values()):
        lex.put(row["form"], "ambiguous", row)
    for name, kept in (("memberships", lex.memberships), ("suspensions", lex.suspensions)):
        for row in _of(tables[name].values()):
            kept.setdefault(row["bloc"], []).append((row["member"], day(row["start"]), day(row["end"])))
    for row in _of(tables["party_status"].values()):
        lex.parties.setdefault(row["body"], []).append((row["status"], day(row["start"]), day(row["end"])))
    _persons(lex, _of(tables["terms"].values()))
    return lex


def _of(found: Iterable[NamedTuple]) -> list[Row]:
    return [item.row for item in found]  # type: ignore[attr-defined]


def _forms(row: Row, *columns: str) -> list[str]:
    return [form for column in columns for form in row[column].split("|") if form]


def _persons(lex: Lexicon, rows: list[Row]) -> None:
    ends = {
        code: tuple(f" {fold(form)}" for form in sorted(_forms(row, "name", "names"), key=len, reverse=True))
        for code, row in lex.states.items()
    }
    terms: dict[str, list[Term]] = {}
    names: dict[str, dict[str, None]] = {}
    for row in rows:
        term = Term(
            row["person"],
            row["office"],
            row["body"] or None,
            row["code"],
            row["sector"] or None,
            row["shared"] == "1",
            day(row["start"]),
            day(row["end"]),
            row["precision"] or "day",
            row["source"],
        )
        terms.setdefault(term.person, []).append(term)
        names.setdefault(term.person, {}).update(dict.fromkeys(_forms(row, "names")))
        whole = fold(term.office)
        base = whole
        for end in ends.get(term.code, ()):
            if whole.endswith(end):
                base = whole[: -len(end)]
                break
        lex.office_forms.setdefault(whole, []).append(term)
        lex.offices.setdefault((base, term.code), []).append(term)
        lex.wherever.setdefault(base, []).append(term)
        if base == whole and not any(m.kind == "role" for m in lex.meanings.get(whole, ())):
            # An office that names its body ("Kapuspen TNI", "Direktur CIA") says its country.
            office = {"form": term.office, "means": "", "sector": row["sector"], "kind": "office", "home": term.code}
            lex.put(term.office, "role", office | {"whole": "1"}, "")
        if term.body:
            lex.of_body.setdefault(term.body, []).append(term)
    for name, held in terms.items():
        words = frozenset(fold(name).split())
        held.sort(key=lambda t: t.start or date.min)
        person = Person(f"person:{slug(name)}", name, tuple(held), words)
        lex.persons[person.id] = person
        for word in words:
            lex.bearers.setdefault(word, set()).add(person.id)
        lex.put(name, "person", person)
        for form in names[name]:
            lex.put(form, "person", person)
