"""Words: the tokens of a text with their offsets, sentence marks apart."""

from __future__ import annotations

import re

from ujar.records import Word

# A word: letters and digits, held together by hyphens, apostrophes and slashes ("kota-kota", "Jum'at", "18/9/2019").
# A full stop holds together only numbers (14.700), initials (B.J.) and what goes on in lower case after a capital or
# digit (Liputan6.com, KOMPAS.com); it must not join the glued sentences of "katanya.Menurut".
_WORD = re.compile(
    r"[^\W_]+(?:(?:[-'’/–]|(?<=\d)[.,](?=\d)|(?<=[A-Z0-9])\.(?=(?:com|co|id|net|org)\b)|(?<=\b[A-Z])\.(?=[A-Z]\b))[^\W_]+)*"
    r"|[^\w\s]|_"
)
# "ujarStoltenberg", "dikutipCNN": a lower-case word run into a name. One lower-case letter is a brand (iPhone, eBay).
_GLUED = re.compile(r"[a-z]{3,}(?=[A-Z])")
# "PresidenFinlandiaAlexander": links that a scraper took out, with the spaces around them. Three letters and fewer
# in front of a capital are names and brands (McDonald, YouTube).
_LINKED = re.compile(r"[A-Z]?[a-z]{3,}(?=[A-Z][a-z])|.+\Z")
# "Ynetmelaporkan": a name run into a verb; only verbs that no name ends in.
_VERBS = (
    "mengatakan", "melaporkan", "menyatakan", "menyebut", "menyebutkan", "menegaskan", "menjelaskan", "mengungkapkan",
    "menyampaikan", "menambahkan", "mengumumkan", "menuturkan", "menilai", "mengklaim", "memperingatkan",
)  # fmt: skip


def find_words(text: str) -> tuple[Word, ...]:
    """All tokens of ``text`` in order: words, and each punctuation mark as one token.

    Words that lost the space between them are two tokens where the case shows it ("ujarRina" → "ujar", "Rina").
    """
    words: list[Word] = []
    add = words.append
    for match in _WORD.finditer(text):
        start, end = match.span()
        form = match.group()
        if end - start > 5 and form.isalpha() and not form.islower():
            cut = 0
            glued = _GLUED.match(form)
            if glued:
                cut = glued.end()
            elif form.endswith(_VERBS) and form[0].isupper():
                verb = max((v for v in _VERBS if form.endswith(v)), key=len)
                cut = len(form) - len(verb)
            if not cut and end - start > 8 and not form[1:].islower() and not form.isupper():
                parts = [m.span() for m in _LINKED.finditer(form)]
                if (
                    len(parts) > 1
                    and parts[0][0] == 0
                    and all(a[1] == b[0] for a, b in zip(parts, parts[1:], strict=False))
                ):
                    for low, high in parts:
                        add(Word(start + low, start + high, form[low:high].lower()))
                    continue
            if 0 < cut < len(form):
                add(Word(start, start + cut, form[:cut].lower()))
                add(Word(start + cut, end, form[cut:].lower()))
                continue
        add(Word(start, end, form.lower()))
    return tuple(words)
