"""Through whom it reached the reader: intermediate sources named for a statement ("dikutip dari Reuters")."""

from __future__ import annotations

from dataclasses import replace

from ujar.records import Parse, Span, Statement, Step
from ujar.statements.cover import Cover
from ujar.statements.media import is_medium
from ujar.statements.nouns import Range, forward
from ujar.statements.unit import Unit, homes, units_of

_CREDIT = frozenset(
    "dikutip dilansir disitat melansir mengutip menukil dilaporkan diberitakan diwartakan dinukil".split()
)
_LINK = frozenset("dari oleh melalui lewat via".split())
_PAGE = frozenset("laman situs kantor surat media harian majalah laporan portal website televisi stasiun".split())


def find_via(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``via`` filled in: spans of media and documents that carried the words, none of them a source.

    Looks in the sentence of the statement, outside its content: credits ("seperti dikutip Reuters"), the medium that
    was spoken to ("kepada AFP"), a second attribution to a medium ("…, menurut The Moscow Times").
    """
    if not statements:
        return statements
    units = units_of(parse)
    cover = Cover(statements)
    carried = {number: _credits(unit) for number, unit in enumerate(units)}
    out: list[Statement] = []
    for statement, at in zip(statements, homes(units, statements), strict=True):
        found = [s for s in carried.get(at, ()) if _belongs(s, statement, cover)]
        if not found and at > 0 and _passes_on(units[at - 1]):
            found = [s for s in carried.get(at - 1, ()) if _belongs(s, statement, cover)]
        if found:
            out.append(replace(statement, via=tuple(found), steps=(*statement.steps, Step("via", "via.credit"))))
        else:
            out.append(statement)
    return tuple(out)


def _belongs(span: Span, statement: Statement, cover: Cover) -> bool:
    """Whether a medium is neither the source of the statement nor part of what anybody says."""
    source = statement.source
    if source and span.start < source.end and source.start < span.end and span.start - source.start < 20:
        # Further in it is a credit within the source: "sumber-sumber yang dikutip oleh CNBC".
        return False
    return not cover.holds(span.start)


def _passes_on(unit: Unit) -> bool:
    """Whether a sentence only says where the words around it appeared: it begins with a credit and quotes nobody."""
    return unit.lower(0) in _CREDIT and not unit.quotes and unit.words_in(0, len(unit.tokens)) < 30


def _credits(unit: Unit) -> tuple[Span, ...]:
    """The media that a sentence names as having carried the words."""
    found: list[Span] = []
    count = len(unit.tokens)
    for index in range(count):
        form = unit.lower(index)
        if form in _CREDIT:
            span = _medium(unit, index + 1, named=True)
        elif form in ("kepada", "pada", "diterima") and index + 1 < count and not unit.dated[index + 1]:
            span = _medium(unit, index + 1, named=False)
        elif form == "menurut" or (
            form == "dengan" and unit.lower(index - 1) in ("wawancara", "wawancaranya", "berbicara")
        ):
            span = _document(unit, index + 1) or _medium(unit, index + 1, named=False)
        elif form == "dalam" and unit.lower(index + 1) == "laporan":
            span = _document(unit, index + 1)
        else:
            continue
        if span is not None and span not in found:
            found.append(span)
    return tuple(found)


def _document(unit: Unit, start: int) -> Span | None:
    """A report that carried the words ("menurut laporan Reuters", "dalam laporan itu")."""
    if unit.lower(start) not in ("laporan", "rilis", "survei", "siaran"):
        return None
    end = forward(unit, start)
    return unit.span_of(start, end) if end > start + 1 else None


def _medium(unit: Unit, start: int, *, named: bool) -> Span | None:
    """The medium that begins at ``start``; with ``named`` any name behind a credit will do."""
    while unit.lower(start) in _LINK:
        start += 1
    end = forward(unit, start)
    if end <= start:
        return None
    phrase: Range = (start, end)
    if is_medium(unit, phrase) and not (end - start == 1 and unit.lower(start) == "media"):
        return unit.span_of(*phrase)
    if not named or end - start > 6:
        return None
    if unit.lower(start) in _PAGE or unit.capital(start):
        return unit.span_of(*phrase)
    return None
