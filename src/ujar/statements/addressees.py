"""To whom it was said: "kepada wartawan", "di hadapan para prajurit", "memperingatkan warga bahwa …"."""

from __future__ import annotations

from dataclasses import replace

from ujar.records import Parse, Span, Statement, Step
from ujar.statements.cover import Cover
from ujar.statements.media import is_medium
from ujar.statements.nouns import forward
from ujar.statements.unit import Unit, homes, units_of

# Verbs whose object is the one spoken to: "memberi tahu parlemen bahwa …".
_TO_OBJECT = frozenset(
    "memberitahu memberitahukan memberi tahu mengingatkan memperingatkan meyakinkan menginformasikan mewanti-wanti"
    " menasihati menanyai".split()
)


def find_addressees(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with ``addressee`` filled in where the clause rules left it open and the sentence tells it."""
    if not statements:
        return statements
    units = units_of(parse)
    cover = Cover(statements)
    out: list[Statement] = []
    for statement, at in zip(statements, homes(units, statements), strict=True):
        if statement.addressee is not None or statement.cue is None:
            out.append(statement)
            continue
        found = _spoken_to(units[at], statement, cover)
        if found is None:
            out.append(statement)
        else:
            span, rule = found
            out.append(replace(statement, addressee=span, steps=(*statement.steps, Step("addressee", rule))))
    return tuple(out)


def _spoken_to(unit: Unit, statement: Statement, cover: Cover) -> tuple[Span, str] | None:
    """The one spoken to in the sentence of a statement, outside all content, and the rule that found it."""
    cue = statement.cue
    if cue is None:
        return None
    count = len(unit.tokens)
    for index in range(count):
        token = unit.tokens[index]
        form = token.lower
        start = -1
        if form == "kepada" or (form == "ke" and unit.lower(index + 1) in ("wartawan", "media")):
            start, rule = index + 1, "addressee.kepada"
        elif (
            form in ("depan", "hadapan")
            and unit.lower(index - 1) == "di"
            and not unit.capital(min(index + 1, count - 1))
        ):
            start, rule = index + 1, "addressee.before"
        elif token.start == cue.start and (
            form in _TO_OBJECT or (form == "memberi" and unit.lower(index + 1) == "tahu")
        ):
            start, rule = index + 1 + (form == "memberi"), "addressee.object"
        if start < 0 or start >= count:
            continue
        if cover.holds(token.start) or _far(unit, token.start, statement):
            continue
        if statement.source and statement.source.start <= token.start < statement.source.end:
            continue
        end = forward(unit, start)
        if rule == "addressee.object":
            stop = next(
                (
                    i
                    for i in range(start, min(count, start + 12))
                    if unit.lower(i) in ("bahwa", "agar", "untuk", "supaya")
                ),
                -1,
            )
            if stop < 0:
                continue
            end = min(end, stop)
        if end <= start or (is_medium(unit, (start, end)) and unit.lower(start) != "media"):
            continue
        span = unit.span_of(start, end)
        if span is not None and not cover.meets(span):
            return span, rule
    return None


def _far(unit: Unit, at: int, statement: Statement) -> bool:
    """Whether the place lies behind another sentence mark than the statement's own attribution."""
    cue = statement.cue
    return (
        cue is not None
        and at < cue.start
        and at - unit.span.start >= 0
        and (statement.source is None or at < statement.source.start)
        and cue.start - at > 160
    )
