"""Words: the tokens of a text with their offsets, sentence marks apart."""

from __future__ import annotations

import re

from ujar.records import Word
from ujar.tables import capital_words, common_words, whole_words

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
_LINKED = re.compile(r"[A-Z]?[a-z]{3,}(?=[A-Z][a-zA-Z])|[A-Z]{2,}(?=[A-Z][a-z]{3,})|.+\Z")
# "Ynetmelaporkan": a name run into a verb; only verbs that no name ends in.
_VERBS = (
    "mengatakan", "melaporkan", "menyatakan", "menyebut", "menyebutkan", "menegaskan", "menjelaskan", "mengungkapkan",
    "menyampaikan", "menambahkan", "mengumumkan", "menuturkan", "menilai", "mengklaim", "memperingatkan",
)  # fmt: skip


# "ESDMmenyetor", "RIPrabowo": an acronym run into a word.
_ACRONYM = re.compile(r"([A-Z]{2,})([a-z]{3,})\Z")
# A word is made for every token: this leaves out a step in between.
_new = tuple.__new__
# Endings that belong to their word: "Sekaranglah", "Jokowikah".
_ENCLITIC = frozenset("lah kah pun nya".split())
_PREFIXES = ("me", "di", "ber", "ter")


def find_words(text: str) -> tuple[Word, ...]:
    """All tokens of ``text`` in order: words, and each punctuation mark as one token.

    Words that lost the space between them are two tokens where the case shows it ("ujarRina" → "ujar", "Rina").
    """
    words: list[Word] = []
    add = words.append
    for match in _WORD.finditer(text):
        start, end = match.span()
        form = text[start:end]
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
        add(_new(Word, (start, end, form.lower())))
    return _part_glued(text, words)


def _part_glued(text: str, words: list[Word]) -> tuple[Word, ...]:
    """The words, those parted that only the rest of the text shows to be two ("Hamastelah", where Hamas stands too)."""
    common, whole = common_words(), whole_words()
    suspects = [
        (i, text[start:end])
        for i, (start, end, lower) in enumerate(words)
        if end - start > 4
        and text[start].isupper()
        and lower not in common
        and lower not in whole
        and lower.replace("-", "").isalpha()
    ]
    if not suspects:
        return tuple(words)
    forms = {text[start:end] for start, end, _ in words}
    cuts = {i: cut for i, form in suspects if (cut := _cut(form, forms, common))}
    if not cuts:
        return tuple(words)
    out: list[Word] = []
    for i, word in enumerate(words):
        cut = cuts.get(i, 0)
        if not cut:
            out.append(word)
        else:
            out.append(Word(word.start, word.start + cut, word.lower[:cut]))
            out.append(Word(word.start + cut, word.end, word.lower[cut:]))
    return tuple(out)


def _cut(form: str, forms: set[str], common: frozenset[str]) -> int:
    """Where a capitalised form falls apart into a name and a common word, or 0."""
    acronym = _ACRONYM.match(form)
    if acronym:
        cut = acronym.end(1)
        if acronym.group(2) in common and acronym.group(2) not in _ENCLITIC:
            return cut
        # The last capital is that of the word behind: "RIPrabowo" is RI and Prabowo.
        cut -= 1
        known = form[:cut] in forms or form[cut:] in forms or form[cut:].lower() in common
        return cut if cut > 1 and known else 0
    for cut in range(2, len(form) - 2):
        # "NasDemSurya", where NasDem and Surya stand too.
        if form[cut].isupper() and form[:cut] in forms and form[cut:] in forms:
            return cut
    if len(form) > 40 or not form[1:].islower():
        return 0
    names = capital_words()
    for cut in range(3, len(form) - 2):
        name, rest = form[:cut], form[cut:]
        if name[-1] == "-":
            continue
        here = name in forms
        known = here or (len(name) > 5 and name.lower() in names)
        # "Subiantomengingatkansejarahpanjang": one word of the tail tells that a name came before it; a longer one where
        # the name does not stand in this text.
        if known and any(rest[:size] in common for size in range(len(rest) - 1, 4 if here else 7, -1)):
            return cut
        if rest not in common or rest in _ENCLITIC:
            continue
        if known or (len(rest) > 5 and rest.startswith(_PREFIXES) and len(name) > 3):
            return cut
    return 0
