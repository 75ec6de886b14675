"""Direct speech: quotations with the attribution beside them."""

from __future__ import annotations

from ujar.statements.attribution import Attribution, behind, cue_at
from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import forward, name_like
from ujar.statements.subjects import backward
from ujar.statements.unit import QUOTE, Unit

# Between a cue and the quotation it introduces: "mengatakan kepada wartawan di Jakarta, Kamis: “…”".
_LIGHT = frozenset(", : - – — bahwa dengan nada berikut ini sebagai agar demikian begini".split())


def introduced(unit: Unit, floor: int, quote: int) -> Attribution | None:
    """The attribution in front of the quotation at token ``quote`` that leaves no words of content between, or None."""
    lex = lexicon()
    colon = unit.lower(quote - 1) == ":"
    index = quote - 1
    lowest = max(floor, quote - (40 if colon else 22))
    while index >= lowest:
        form = unit.lower(index)
        cue = cue_at(unit, index)
        if cue and cue[0] <= quote and "never" not in cue[1]:
            if not _light(unit, cue[0], quote, colon=colon):
                return None
            source, how = backward(unit, floor, index)
            if source is None and how == "":
                return None
            return Attribution((index, cue[0]), source, quote, f"introduced.{how}")
        root = form.removesuffix("nya")
        if root in lex.after and root != "demikian" and (index == floor or unit.lower(index - 1) in (",", ".")):
            if root != form:
                return (
                    Attribution((index, index + 1), None, quote, "introduced.clitic")
                    if _light(unit, index + 1, quote, colon=colon)
                    else None
                )
            end = forward(unit, index + 1)
            if end > index + 1 and _light(unit, end, quote, colon=colon):
                return Attribution((index, index + 1), (index + 1, end), quote, "introduced.root")
        if form == "menurut" and (index == floor or unit.lower(index - 1) in (",", ".")):
            end = forward(unit, index + 1)
            if end > index + 1 and _light(unit, end, quote, colon=colon):
                return Attribution((index, index + 1), (index + 1, end), quote, "introduced.menurut")
            return None
        if form in (".", ";") or index in unit.quotes:
            return None
        index -= 1
    if colon and name_like(unit, floor, quote - 1) and quote - 1 - floor <= 6:
        return Attribution((quote - 1, quote - 1), (floor, quote - 1), quote, "introduced.colon")
    return None


def _light(unit: Unit, start: int, end: int, *, colon: bool) -> bool:
    """Whether the tokens between a cue and a quotation say nothing of their own."""
    index = start
    while index < end:
        form = unit.lower(index)
        if form in _LIGHT or unit.dated[index]:
            index += 1
            continue
        if form in (
            "kepada",
            "pada",
            "di",
            "dalam",
            "melalui",
            "lewat",
            "saat",
            "ketika",
            "usai",
            "soal",
            "tentang",
            "terkait",
        ):
            # A prepositional phrase runs to the next comma, colon or the quotation.
            index += 1
            while index < end and unit.lower(index) not in (",", ":", QUOTE, "bahwa"):
                index += 1
            if index - start > 25:
                return False
            continue
        return colon and end - start <= 6
    return True


def follows(unit: Unit, quote: int) -> Attribution | None:
    """The attribution directly behind the quotation at token ``quote``, or None."""
    return behind(unit, quote + 1, quoted=True)
