"""Persons and their offices from an extract of a Wikidata JSON dump, as rows of a table of terms.

The extract holds one entity a line, as the dump does (an array with a comma behind each, or JSON Lines), plain, gzip or
bzip2: persons with the statement "position held" (P39) and its qualifiers "start time" (P580) and "end time" (P582), and,
in any order, the positions and the countries they belong to ("applies to jurisdiction" P1001 or "country" P17; "ISO 3166-1
alpha-3 code" P298). It is read line by line; only what has to do with offices is kept.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import zlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ujar.actors.forms import fold
from ujar.actors.rows import SECTORS, Fault
from ujar.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ujar.actors.rows import Row

Entity = dict[str, Any]
_PRECISION = {11: "day", 10: "month", 9: "year"}
_TIME = re.compile(r"\+(\d{4})-(\d\d)-(\d\d)T")
# Sectors of offices whose label is English; the first that fits.
_ENGLISH = (
    ("LEG", r"\b(member of|senator|speaker|mp\b|deputy of|representative)"),
    ("JUD", r"\b(judge|justice|attorney general|prosecutor)"),
    ("COP", r"\b(chief of police|police)"),
    ("SPY", r"\b(intelligence)"),
    ("MIL", r"\b(chief of (the )?(general |defence |army |naval )?staff|commander|armed forces)"),
    ("PTY", r"\b(party|leader of the .* party)"),
    ("REL", r"\b(bishop|archbishop|pope|patriarch|cardinal|mufti)"),
    ("GOV", r"\b(president|prime minister|minister|chancellor|governor|mayor|king|queen|emir|sultan|ambassador|secretary)"),
)  # fmt: skip


class _Held(NamedTuple):
    """One "position held" of a person."""

    person: str
    names: tuple[str, ...]
    position: str
    start: str
    end: str
    precision: str
    source: str


class _Item(NamedTuple):
    """What is kept of an entity that is no person."""

    label: str
    code: str
    jurisdictions: tuple[str, ...]


def import_terms(path: Path) -> tuple[list[Row], list[Fault]]:
    """The rows of a table of terms that an extract gives, and what could not be used.

    Raises InputError when the file cannot be read as a dump at all.
    """
    held: list[_Held] = []
    items: dict[str, _Item] = {}
    faults: list[Fault] = []
    for line, entity in _entities(path, faults):
        if not _text(entity.get("id")):
            faults.append(Fault(str(path), line, "an entity without id", "leave it out of the extract"))
            continue
        if _claims(entity, "P39"):
            held += _positions(entity)
        else:
            items[entity["id"]] = _item(entity)
    return _rows(path, held, items, faults), faults


def _entities(path: Path, faults: list[Fault]) -> Iterator[tuple[int, Entity]]:
    """The entities of a dump, one a line."""
    read = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                text = line.strip().rstrip(",")
                if text in ("", "[", "]"):
                    continue
                try:
                    entity = json.loads(text)
                except ValueError:
                    entity = None
                if not isinstance(entity, dict):
                    faults.append(Fault(str(path), number, "the line is no entity in JSON", "write one entity a line"))
                    continue
                read += 1
                yield number, entity
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(
            "bad-dump", f"{path} cannot be read ({error})", "check the file, or take it out of its archive"
        ) from error
    if not read:
        raise InputError(
            "bad-dump", f"{path} holds no entity of Wikidata", "give an extract of its JSON dump, one entity a line"
        )


def _open(path: Path) -> IO[str]:
    with path.open("rb") as file:
        magic = file.read(3)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(path, "rt", encoding="utf-8")
    if magic == b"BZh":
        return bz2.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _claims(entity: Entity, key: str) -> list[Entity]:
    """The statements of a property that are not deprecated."""
    claims = entity.get("claims")
    found = claims.get(key) if isinstance(claims, dict) else None
    if not isinstance(found, list):
        return []
    return [c for c in found if isinstance(c, dict) and c.get("rank") != "deprecated"]


def _value(snak: object) -> Any:
    """The value of a snak, or None when it has none."""
    value = snak.get("datavalue") if isinstance(snak, dict) else None
    return value.get("value") if isinstance(value, dict) else None


def _ids(entity: Entity, key: str) -> tuple[str, ...]:
    values = (_value(c.get("mainsnak")) for c in _claims(entity, key))
    return tuple(v["id"] for v in values if isinstance(v, dict) and _text(v.get("id")))


def _label(entity: Entity, *languages: str) -> str:
    labels = entity.get("labels")
    for language in languages:
        label = labels.get(language) if isinstance(labels, dict) else None
        if isinstance(label, dict) and _text(label.get("value")).strip():
            return " ".join(label["value"].split())
    return ""


def _item(entity: Entity) -> _Item:
    code = next((v for v in (_value(c.get("mainsnak")) for c in _claims(entity, "P298")) if isinstance(v, str)), "")
    return _Item(_label(entity, "id", "en", "mul"), code, _ids(entity, "P1001") or _ids(entity, "P17"))


def _positions(entity: Entity) -> Iterator[_Held]:
    name = _label(entity, "id", "en", "mul")
    if not name:
        return
    names = [_label(entity, "en")]
    aliases = entity.get("aliases")
    found = aliases.get("id", ()) if isinstance(aliases, dict) else ()
    names += [" ".join(_text(alias.get("value")).split()) for alias in found if isinstance(alias, dict)]
    # A short alias of one word may be anybody's.
    kept = tuple(dict.fromkeys(n for n in names if " " in n and n != name and "|" not in n))
    for claim in _claims(entity, "P39"):
        value = _value(claim.get("mainsnak"))
        if not isinstance(value, dict) or not _text(value.get("id")):
            continue
        start, exact = _day(claim, "P580")
        end, exact_end = _day(claim, "P582")
        precision = max(exact, exact_end, key=("day", "month", "year").index)
        yield _Held(name, kept, value["id"], start, end, precision, f"Wikidata {entity['id']}")


def _day(claim: Entity, key: str) -> tuple[str, str]:
    """The day of a qualifier, the first of its month or year when that is all it says, and how exact it is."""
    qualifiers = claim.get("qualifiers")
    snaks = qualifiers.get(key) if isinstance(qualifiers, dict) else None
    for snak in snaks if isinstance(snaks, list) else ():
        value = _value(snak)
        if isinstance(value, dict) and value.get("precision") in _PRECISION:
            found = _TIME.match(_text(value.get("time")))
            if found:
                exact = _PRECISION[value["precision"]]
                month, day = (found[2], found[3]) if exact == "day" else (found[2] if exact == "month" else "01", "01")
                return f"{found[1]}-{month}-{day}", exact
    return "", "day"


def _rows(path: Path, held: list[_Held], items: dict[str, _Item], faults: list[Fault]) -> list[Row]:
    rows: dict[tuple[str, str, str], Row] = {}
    unknown: set[str] = set()
    for term in held:
        position = items.get(term.position)
        code = _code(position, items) if position is not None else ""
        if position is None or not position.label or not code:
            if term.position not in unknown:
                unknown.add(term.position)
                what = (
                    "is not in the extract"
                    if position is None
                    else "has no label"
                    if not position.label
                    else "names no country with a code"
                )
                faults.append(
                    Fault(str(path), 1, f"position {term.position} {what}", "add it, and its country, to the extract")
                )
            continue
        if (term.end and term.end < "2010") or (term.start and term.end and term.end < term.start):
            continue
        row = {
            "person": term.person,
            "names": "|".join(term.names),
            "office": position.label,
            "body": "",
            "code": code,
            "sector": _sector(position.label),
            "shared": "",
            "start": term.start,
            "end": term.end,
            "precision": term.precision,
            "source": term.source,
        }
        rows[term.person, position.label, term.start] = row
    _share(list(rows.values()))
    return list(rows.values())


def _code(position: _Item, items: dict[str, _Item]) -> str:
    """The alpha-3 code of the country of a position, through at most three jurisdictions."""
    at: _Item | None = position
    for _ in range(4):
        if at is None:
            return ""
        if re.fullmatch(r"[A-Z]{3}", at.code):
            return at.code
        at = next((items[j] for j in at.jurisdictions if j in items), None)
    return ""


def _sector(office: str) -> str:
    """The sector of an office by its label: as a role if it is Indonesian, else by English words; "" when neither tells."""
    from ujar.actors.resolve import resolve

    found = resolve(office).sector
    if found in SECTORS and found != "ELI":
        return found or ""
    key = fold(office)
    return next((sector for sector, words in _ENGLISH if re.search(words, key)), "")


def _share(rows: list[Row]) -> None:
    """Mark the offices that several hold at once."""
    offices: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        offices.setdefault((row["office"], row["code"]), []).append(row)
    for terms in offices.values():
        terms.sort(key=lambda r: r["start"])
        if any((a["end"] or "9999") > b["start"] for a, b in zip(terms, terms[1:], strict=False)):
            for row in terms:
                row["shared"] = "1"
