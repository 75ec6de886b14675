"""Stage 3: who said what. Sentences in, statements out, in the order of the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ujar.records import Parse, Span, Statement, StatementKind, Step
from ujar.statements.direct import follows, introduced
from ujar.statements.framed import according_to, anaphoric, aside, credited, mid_or_end, passive
from ujar.statements.indirect import Reported, and_before, coordinated, reported, second_speaker
from ujar.statements.media import is_medium
from ujar.statements.unit import Unit, units_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.statements.attribution import Attribution
    from ujar.statements.nouns import Range

# A quotation without any cue is speech only when it is at least this many words; shorter ones are titles and irony.
_SPEECH_WORDS = 4


@dataclass(slots=True)
class _Draft:
    """A statement while its paragraph is still being read: further quotations may lean on it."""

    contents: list[Span]
    kind: StatementKind
    cue: Span | None
    source: Span | None
    addressee: Span | None
    steps: list[Step] = field(default_factory=list)

    def done(self) -> Statement:
        return Statement(
            contents=tuple(self.contents),
            kind=self.kind,
            cue=self.cue,
            source=self.source,
            addressee=self.addressee,
            steps=tuple(self.steps),
        )


def find_statements(parse: Parse, statements: tuple[Statement, ...] = ()) -> tuple[Statement, ...]:
    """The statements of an article with contents, kind, cue, source and addressee; who, when and via come later.

    It is the first stage: what comes in as ``statements`` is left aside.
    """
    del statements
    drafts: list[_Draft] = []
    units = units_of(parse)
    open_direct: _Draft | None = None
    paragraph = -1
    covered = False
    since = 0
    for number, unit in enumerate(units):
        if unit.paragraph != paragraph:
            paragraph = unit.paragraph
            open_direct = None
        found: list[_Draft] = []
        attribution = anaphoric(unit)
        if attribution is not None:
            if (
                number
                and not covered
                and not units[number - 1].quotes
                and unit.paragraph - units[number - 1].paragraph <= 1
            ):
                found.append(_anaphoric(units, number, attribution, since))
                drafts += found
                open_direct, covered, since = None, True, number + 1
                continue
        found, tail = _read(unit)
        if not found and _bare_quotation(unit):
            quotes = [unit.quotes[i].span for i in sorted(unit.quotes)]
            if open_direct is not None:
                open_direct.contents += quotes
            else:
                draft = _Draft(quotes, "direct", None, None, None, [Step("content", "quote.alone")])
                drafts.append(draft)
                open_direct = draft
            covered, since = True, number + 1
            continue
        drafts += found
        covered = bool(found)
        if found:
            since = number + 1
        open_direct = found[-1] if found and found[-1].kind == "direct" and found[-1].cue is not None and tail else None
    # Between two quotations without a word ('"…","…"') a comma seems quoted.
    told = (d for d in drafts if has_word(parse.article.text, d.contents))
    return tuple(d.done() for d in sorted(told, key=lambda d: d.contents[0]))


def has_word(text: str, contents: Iterable[Span]) -> bool:
    """Whether there is a letter or digit in some spans."""
    return any(c.isalnum() for span in contents for c in text[span.start : span.end])


def _bare_quotation(unit: Unit) -> bool:
    """Whether a sentence is a quotation and nothing else."""
    if not unit.quotes or unit.words_in(0, len(unit.tokens)) - sum(unit.words_in(i, i + 1) for i in unit.quotes) > 0:
        return False
    return unit.words_in(0, len(unit.tokens)) >= _SPEECH_WORDS


def _anaphoric(units: list[Unit], number: int, attribution: Attribution, since: int) -> _Draft:
    """A statement whose content is the sentences before it, from unit ``since`` on, within one paragraph."""
    last = units[number - 1]
    start = number - 1
    while (
        start - 1 >= max(since, number - 4)
        and units[start - 1].paragraph == last.paragraph
        and not units[start - 1].quotes
    ):
        start -= 1
    first = units[start].span_of(0, len(units[start].tokens)) or units[start].span
    end = last.span_of(0, len(last.tokens)) or last.span
    return _draft(units[number], attribution, [Span(first.start, end.end)], "indirect", None, "anaphoric")


def _draft(
    unit: Unit, attribution: Attribution, contents: list[Span], kind: StatementKind, addressee: Range | None, rule: str
) -> _Draft:
    cue = unit.span_of(*attribution.cue)
    source = unit.span_of(*attribution.source) if attribution.source else None
    steps = [Step("content", rule), Step("cue", attribution.rule)]
    if source:
        steps.append(Step("source", attribution.rule))
    return _Draft(contents, kind, cue, source, unit.span_of(*addressee) if addressee else None, steps)


def _read(unit: Unit) -> tuple[list[_Draft], bool]:
    """The statements of one sentence, and whether a quotation in the next one may lean on the last of them."""
    drafts: list[_Draft] = []
    floor = 0
    inherited: Range | None = None
    count = len(unit.tokens)
    if unit.quotes:
        drafts, floor, inherited = _direct(unit)
    if not drafts:
        whole = _whole_sentence(unit)
        if whole is not None:
            drafts.append(_from(unit, whole))
            floor = whole.end
            inherited = whole.attribution.source
    drafts += _clauses(unit, floor, count, inherited)
    if not drafts:
        late = credited(unit, 0) or passive(unit, 0)
        if late is not None:
            drafts.append(_from(unit, late))
    return drafts, True


def _whole_sentence(unit: Unit) -> Reported | None:
    """An attribution that takes the whole sentence as its content, whatever cues stand inside it."""
    return _unless_relayed(unit, mid_or_end(unit, 0)) or _unless_relayed(unit, according_to(unit, 0))


# What passes on the words of others: "Menurut laporan Reuters, Trump mengatakan …" is Trump's statement.
_RELAYS = frozenset("laporan rilis kantor media surat siaran keterangan dokumen pernyataan survei".split())


def _unless_relayed(unit: Unit, found: Reported | None) -> Reported | None:
    """The attribution, unless its source is a medium or document and the content itself names who said it."""
    if found is None or found.attribution.source is None:
        return found
    source = found.attribution.source
    if unit.lower(source[0]) not in _RELAYS and not is_medium(unit, source):
        return found
    first, last = found.contents[0]
    if any(reported(unit, first, i, None) for i in range(first + 1, min(last, first + 26))):
        return None
    return found


def _from(unit: Unit, found: Reported) -> _Draft:
    spans = [s for s in (unit.span_of(*r) for r in found.contents) if s is not None]
    kinds = {unit.kind_of(*r) for r in found.contents}
    kind: StatementKind = kinds.pop() if len(kinds) == 1 else "mixed"
    return _draft(unit, found.attribution, spans, kind, found.addressee, found.rule)


def _direct(unit: Unit) -> tuple[list[_Draft], int, Range | None]:
    """Statements whose attribution stands right beside a quotation; the token they end at; their last source."""
    drafts: list[_Draft] = []
    floor = 0
    inherited: Range | None = None
    last: _Draft | None = None
    for index in sorted(unit.quotes):
        if index < floor:
            continue
        quote = unit.quotes[index]
        attribution = follows(unit, index)
        if attribution is not None:
            start = floor
            if last is not None and floor <= index and unit.words_in(floor, index) == 0:
                # "…," kata Rina, "…," ujarnya: two cues, two statements; the words between are only punctuation.
                start = index
            own = introduced(unit, floor, index) if index > floor else None
            first, end = unit.trim(start, index + 1)
            if own is not None or not _leads_over(unit, index):
                first = index
            elif first < index and last is not None:
                # Words behind an earlier attribution belong to the reporter.
                first = index
            content = unit.span_of(first, end)
            kind = unit.kind_of(first, end)
            if content is None:
                continue
            content = _without_comma(unit.text, content)
            last = _draft(unit, attribution, [content], kind, None, "quote.attributed")
            drafts.append(last)
            floor, inherited = attribution.end, attribution.source
            continue
        attribution = introduced(unit, floor, index)
        if attribution is not None and unit.words_in(index + 1, len(unit.tokens)) == 0:
            last = _draft(unit, attribution, [quote.span], "direct", None, "quote.introduced")
            drafts.append(last)
            floor, inherited = index + 1, attribution.source
            continue
        if last is not None and unit.words_in(floor, index) == 0 and unit.words_in(index, index + 1) > 2:
            # "Kami siap," kata Rina, "semua sudah diperiksa."
            last.contents.append(quote.span)
            floor = index + 1
    return drafts, floor, inherited


# Words that a quotation completes: "tujuan mereka adalah “satu untuk semua”".
_OPEN_ENDED = frozenset(
    "adalah ialah merupakan yaitu yakni bahwa untuk yang dengan sebagai akan tidak bukan dan atau oleh".split()
)


def _leads_over(unit: Unit, quote: int) -> bool:
    """Whether the words in front of an attributed quotation are one clause with it, and not a sentence of the reporter."""
    if unit.lower(quote - 1) in _OPEN_ENDED:
        return True
    span = unit.quotes[quote].span
    if unit.lower(quote - 1) in (".", ":", ";"):
        return False
    return not (unit.text[span.start].isupper() and unit.words_in(quote, quote + 1) > 5)


def _without_comma(text: str, content: Span) -> Span:
    """A quotation without the comma or full stop that only leads over to the attribution behind it."""
    end = content.end
    if end - content.start > 1 and text[end - 1] in ",." and not text.endswith("..", 0, end):
        end -= 1
    return Span(content.start, end)


def _clauses(unit: Unit, floor: int, end: int, inherited: Range | None) -> list[_Draft]:
    """Statements with the cue in front of the content, from token ``floor`` on; nested ones are left out."""
    drafts: list[_Draft] = []
    index = floor
    while index < end:
        if index in unit.quotes:
            index += 1
            continue
        found = aside(unit, index)
        if found is not None:
            drafts.append(_from(unit, found))
            floor = index = found.end
            continue
        found = reported(unit, floor, index, inherited)
        if found is None:
            index += 1
            continue
        first, last = found.contents[0]
        other = second_speaker(unit, first, last)
        if other < last:
            first, last = unit.trim(first, other)
            found = Reported(found.attribution, ((first, last),), found.addressee, other, found.rule)
        second = coordinated(unit, first, last)
        if second < last:
            shared = reported(unit, first, second, found.attribution.source)
            if shared is not None:
                cut = and_before(unit, second, first)
                first, cut = unit.trim(first, cut)
                if cut > first:
                    found = Reported(found.attribution, ((first, cut),), found.addressee, second, found.rule)
        drafts.append(_from(unit, found))
        inherited = found.attribution.source
        floor = index = found.end
    return drafts
