"""The acronyms that an article explains: "Komisi Pemberantasan Korupsi (KPK)"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.names import is_acronym, is_capital
from ujar.statements.once import once

if TYPE_CHECKING:
    from ujar.records import Parse, Word


@once
def find_acronyms(parse: Parse) -> dict[str, str]:
    """Short forms the article explains, with what they stand for: "Komisi Pemberantasan Korupsi (KPK)", "… atau PMII"."""
    text = parse.article.text
    words = parse.words
    out: dict[str, str] = {}
    for index, (_, _, form) in enumerate(words[:-1]):
        if form not in ("(", "atau") or not index:
            continue
        bracket = form == "("
        if not bracket and not is_acronym(text[words[index + 1].start : words[index + 1].end]):
            continue
        if bracket and (index + 2 >= len(words) or words[index + 2].lower != ")"):
            continue
        short = text[words[index + 1].start : words[index + 1].end]
        if not short[0].isupper() or short.lower() in out or len(short) > 14:
            continue
        start = index
        while (
            start > 0
            and index - start < 12
            and (
                is_capital(text, words[start - 1])
                or (words[start - 1].lower in ("dan", "untuk", "of", "for", "the", "and") and start < index)
            )
        ):
            start -= 1
        while start < index and not is_capital(text, words[start]):
            start += 1
        if start == index:
            continue
        best = _by_initials(text, words, start, index, short)
        out[short.lower()] = text[words[best].start : words[index - 1].end]
    return out


def _by_initials(text: str, words: tuple[Word, ...], start: int, end: int, short: str) -> int:
    """The token where an expansion begins: where the initials spell the short form, or behind the offices in front."""
    for at in range(end - 1, start - 1, -1):
        initials = "".join(
            part[0] for w in words[at:end] for part in text[w.start : w.end].split("-") if part[:1].isupper()
        )
        if initials.upper() == short.upper():
            return at
    roles = lexicon().role
    at = start
    while at < end - 1 and words[at].lower in roles:
        at += 1
    return at
