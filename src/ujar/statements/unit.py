"""A sentence as the rules see it: its words in order, each quotation as one token."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from ujar.records import Parse, Quote, Span, Statement, StatementKind, Word
from ujar.statements.once import once

# What stands in the token stream for a quotation.
QUOTE = "“”"
# A sentence longer than this many tokens is a list or damage: it is read in pieces, so that time stays linear.
_LONGEST = 220
_EDGE = frozenset(",.;:-–—…")


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence.

    Attributes:
        text: the whole article.
        span: the sentence.
        paragraph: number of its paragraph.
        tokens: its words outside quotations, and one token QUOTE for each quotation.
        dated: for each token, whether it belongs to a time expression.
        quotes: token index → quotation.
    """

    text: str
    span: Span
    paragraph: int
    tokens: tuple[Word, ...]
    dated: tuple[bool, ...]
    quotes: dict[int, Quote]

    def raw(self, index: int) -> str:
        """The exact form of a token."""
        token = self.tokens[index]
        return self.text[token.start : token.end]

    def lower(self, index: int) -> str:
        """The case-folded form of a token, or "" outside the sentence."""
        tokens = self.tokens
        return tokens[index].lower if 0 <= index < len(tokens) else ""

    def capital(self, index: int) -> bool:
        """Whether a token begins with a capital letter or a digit; False outside the sentence."""
        if not 0 <= index < len(self.tokens):
            return False
        first = self.text[self.tokens[index].start]
        return first.isupper() or first.isdigit()

    def span_of(self, start: int, end: int) -> Span | None:
        """The characters of tokens ``start`` to ``end``, loose punctuation at the edges left out; None when empty."""
        start, end = self.trim(start, end)
        if start >= end:
            return None
        if end - start == 1 and start in self.quotes:
            return self.quotes[start].span
        return Span(self.tokens[start].start, self.tokens[end - 1].end)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The token range without loose punctuation at its edges."""
        while start < end and self.tokens[start].lower in _EDGE:
            start += 1
        while end > start and self.tokens[end - 1].lower in _EDGE:
            end -= 1
        return start, end

    def kind_of(self, start: int, end: int) -> StatementKind:
        """How the tokens ``start`` to ``end`` are reported, by how much of them stands in quotation marks."""
        start, end = self.trim(start, end)
        quoted = sum(index in self.quotes for index in range(start, end))
        words = sum(token.lower[0].isalnum() for token in self.tokens[start:end])
        if not quoted:
            return "indirect"
        return "mixed" if words else "direct"

    def words_in(self, start: int, end: int) -> int:
        """How many words the range has; a quotation counts as the words in it."""
        count = 0
        for index in range(start, end):
            if index in self.quotes:
                inner = self.quotes[index].span
                count += 1 + self.text.count(" ", inner.start, inner.end)
            elif self.tokens[index].lower[0].isalnum():
                count += 1
        return count


@once
def units_of(parse: Parse) -> list[Unit]:
    """The sentences of an article as units, in order; page furniture inside a sentence is left out of its tokens."""
    words, quotes, times, noise = parse.words, parse.quotes, parse.times, parse.noise
    units: list[Unit] = []
    at_word = at_quote = at_time = at_noise = at_paragraph = 0
    for span in parse.sentences:
        while at_paragraph + 1 < len(parse.paragraphs) and parse.paragraphs[at_paragraph].end <= span.start:
            at_paragraph += 1
        tokens: list[Word] = []
        dated: list[bool] = []
        inside: dict[int, Quote] = {}
        while at_word < len(words) and words[at_word].start < span.start:
            at_word += 1
        while at_quote < len(quotes) and quotes[at_quote].outer.start < span.start:
            at_quote += 1
        while at_word < len(words):
            word = words[at_word]
            start = word.start
            if start >= span.end:
                break
            if len(tokens) >= _LONGEST:
                units.append(Unit(parse.article.text, span, at_paragraph, tuple(tokens), tuple(dated), inside))
                tokens, dated, inside = [], [], {}
            while at_quote < len(quotes) and quotes[at_quote].outer.end <= start:
                at_quote += 1
            if at_quote < len(quotes) and quotes[at_quote].outer.start <= start:
                quote = quotes[at_quote]
                inside[len(tokens)] = quote
                tokens.append(Word(quote.outer.start, quote.outer.end, QUOTE))
                dated.append(False)
                while at_word < len(words) and words[at_word].start < quote.outer.end:
                    at_word += 1
                at_quote += 1
                continue
            while at_noise < len(noise) and noise[at_noise].end <= start:
                at_noise += 1
            if at_noise < len(noise) and noise[at_noise].start <= start:
                at_word += 1
                continue
            while at_time < len(times) and times[at_time].span.end <= start:
                at_time += 1
            tokens.append(word)
            dated.append(at_time < len(times) and times[at_time].span.start <= start)
            at_word += 1
        if tokens:
            units.append(Unit(parse.article.text, span, at_paragraph, tuple(tokens), tuple(dated), inside))
    return units


def homes(units: list[Unit], statements: tuple[Statement, ...]) -> list[int]:
    """For each statement the number of the unit its attribution stands in (its last content, when it has none)."""
    starts = [unit.tokens[0].start for unit in units]
    anchors = (s.cue or s.source or s.contents[-1] for s in statements)
    return [max(0, bisect_right(starts, anchor.start) - 1) for anchor in anchors]
