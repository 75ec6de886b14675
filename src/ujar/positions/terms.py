"""The words of an issue: which count, what other forms they have, how much each weighs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from ujar.errors import UsageError
from ujar.store.filter import CLITICS
from ujar.tables import capital_words, common_words, empty_words, load_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"\w+")
_SHORT = 3
_VOWELS = "aeiou"
# Of a text, at least this share of the weight of the issue must be there: of short issues nearly all, of longer ones most.
_SHARE_SHORT, _SHARE_LONG, _LONG = 0.75, 0.6, 4
MOST_TERMS = 12
# Words of their own, whatever they were derived from: "kekerasan" is not "keras", "pemerintah" not "perintah".
_WHOLE = frozenset(
    ["kekerasan", "kementerian", "pemerintah", "pemerintahan", "pengadilan", "perdana", "pertahanan", "perusahaan"]
)


@dataclass(frozen=True, slots=True)
class Term:
    """One content word of an issue.

    Attributes:
        word: as the issue has it, in small letters.
        stems: what other forms of it share with it.
        forms: begins of words, with a space before them, one of which a text with the term has (and some without it).
        weight: its share of the whole weight of the issue.
        target: whether the issue has it as what is aimed at ("serangan ke Iran"): it does not do what the issue is.
    """

    word: str
    stems: frozenset[str]
    forms: tuple[str, ...]
    weight: float = 0.0
    target: bool = False


@lru_cache(maxsize=1)
def _stop() -> frozenset[str]:
    return empty_words() | {r["form"] for r in load_table("ujar.positions", "issue_stop.tsv")}


@lru_cache(maxsize=50_000)
def stems(word: str) -> frozenset[str]:
    """What a word shares with its other forms: itself and, where that is a word, what is left without its affixes.

    "mengirim", "dikirimkan" and "pengiriman" share "kirim". A light stemmer in the manner of Nazief and Adriani (1996):
    a cut holds only when the word lists of the package have what is left.
    """
    bare = _without_clitic(word)
    found = {word, bare}
    if bare not in _WHOLE:
        found |= {cut for cut in cuts(bare) if cut in common_words() or cut in capital_words()}
    # "mengaku" is of "aku", not of "kaku": what begins with a vowel is a word already.
    return frozenset(f for f in found if not (f[0] == "k" and f != word and f[1:] in found))


@lru_cache(maxsize=50_000)
def cuts(word: str) -> frozenset[str]:
    """A word and all that is left of it without a prefix, a suffix or both, whether that is a word or not."""
    bare = _without_clitic(word)
    return frozenset(
        {word, bare}
        | {
            whole
            for head, prefixed in _without_prefix(bare)
            for whole in _without_suffix(head, prefixed=prefixed)
            if len(whole) >= _SHORT
        }
    )


def _without_clitic(word: str) -> str:
    for clitic in CLITICS:
        if word.endswith(clitic) and len(word) > len(clitic) + _SHORT:
            cut = word[: -len(clitic)]
            if cut in common_words() or len(clitic) == _SHORT:
                return cut
    return word


def _without_prefix(word: str) -> Iterable[tuple[str, bool]]:
    yield word, False
    for nasal in ("me", "pe"):
        if not word.startswith(nasal) or len(word) < 6:
            continue
        rest = word[2:]
        if rest.startswith("ny"):
            yield "s" + rest[2:], True
        elif rest.startswith("ng"):
            yield rest[2:], True
            if rest[2:3] in _VOWELS:
                yield "k" + rest[2:], True
        elif rest.startswith(("m", "n")):
            yield rest[1:], True
            if rest[1:2] in _VOWELS:
                yield ("p" if rest[0] == "m" else "t") + rest[1:], True
        if not rest.startswith(("ng", "ny")):
            yield rest, True
    for prefix in ("memper", "diper", "ber", "ter", "per", "di", "ke"):
        if word.startswith(prefix) and len(word) >= len(prefix) + 3:
            # "kekuatan", not "kepala".
            if prefix in ("ke", "per") and not word.endswith("an"):
                continue
            yield word[len(prefix) :], True


def _without_suffix(word: str, *, prefixed: bool) -> Iterable[str]:
    if prefixed:
        yield word
    for suffix in ("kan", "an", "i"):
        if word.endswith(suffix) and len(word) - len(suffix) >= (_SHORT if prefixed else 4):
            yield word[: -len(suffix)]


def _forms(word: str, found: frozenset[str]) -> tuple[str, ...]:
    if len(word) <= _SHORT:
        # Abbreviations.
        return f" {word} ", f" {word}nya "
    if word not in common_words():
        # Names have clitics at most, which come behind.
        return (f" {word}",)
    out: set[str] = set()
    for root in (f for f in found if not any(f != g and g in f for g in found)):
        if len(root) <= _SHORT:
            out |= {f" {prefix}{root}" for prefix in ("di", "ter")}
            out |= {f" me{_nasal(root)}", f" pe{_nasal(root)}", f" {word}"}
        else:
            out |= {root, _nasal(root) if root[0] in "kpst" else root}
    # What has a longer form has the shorter one in it.
    return tuple(sorted(f for f in out if not any(g != f and g in f for g in out)))


def _nasal(stem: str) -> str:
    """A stem behind meN- or peN-: "ngirim" of "kirim"."""
    first, second = stem[0], stem[1:2]
    if first in "kpst" and second in _VOWELS:
        return {"k": "ng", "p": "m", "s": "ny", "t": "n"}[first] + stem[1:]
    if first in "bfvp":
        return "m" + stem
    if first in "cdjzts":
        return "n" + stem
    if first in "ghk" + _VOWELS:
        return "ng" + stem
    return stem


def terms_of(issue: str) -> tuple[Term, ...]:
    """The content words of an issue, each once, without weights; raises UsageError when there are words but none counts."""
    every = _WORD.findall(issue.lower())
    words = list(dict.fromkeys(every))
    kept = [w for w in words if w not in _stop() and len(w) > 1]
    if words and not kept:
        raise UsageError("empty-issue", f"{issue!r} has no word to look for", 'name what it is about: "revisi UU KPK"')
    if len(kept) > MOST_TERMS:
        raise UsageError(
            "empty-issue", f"an issue has at most {MOST_TERMS} words, not {len(kept)}", "name it in few words"
        )
    aimed = {b for a, b in pairwise(every) if a in ("ke", "terhadap", "kepada", "atas")}
    return tuple(Term(w, stems(w), _forms(w, stems(w)), target=w in aimed) for w in kept)


def weighed(terms: Sequence[Term], counts: Sequence[int], texts: int) -> tuple[Term, ...]:
    """The terms with weights: the rarer in ``texts`` texts, the heavier (inverse document frequency, Spärck Jones 1972)."""
    raw = [log((texts + 1) / (n + 0.5)) if texts else 1.0 for n in counts]
    # A word that nearly all texts have still counts for something.
    raw = [max(r, 0.2) for r in raw]
    total = sum(raw)
    return tuple(replace(t, weight=r / total) for t, r in zip(terms, raw, strict=True))


def needed(terms: Sequence[Term]) -> float:
    """The share of the weight that a text must have."""
    return _SHARE_LONG if len(terms) >= _LONG else _SHARE_SHORT


def anchors(terms: Sequence[Term], share: float) -> list[tuple[Term, ...]]:
    """Groups of terms: a text that has no term of one of the groups cannot have the share."""
    ranked = sorted(terms, key=lambda t: -t.weight)
    must: list[tuple[Term, ...]] = [(t,) for t in ranked if 1 - t.weight < share]
    if must:
        return must
    lost, group = 0.0, list[Term]()
    for term in ranked:
        group.append(term)
        lost += term.weight
        if 1 - lost < share:
            break
    return [tuple(group)]


def share_of(words: Iterable[str], terms: Sequence[Term]) -> float:
    """How much of the weight of the terms some words have."""
    have = 0
    for bits in marks(words, terms):
        have |= bits
    return sum(t.weight for i, t in enumerate(terms) if have >> i & 1)


# So many words are remembered of an issue: the same ones come again in hundreds of statements.
_REMEMBERED = 50_000


def marks(words: Iterable[str], terms: Sequence[Term]) -> tuple[int, ...]:
    """Which of the terms each word, or a part of a hyphenated one, is a form of: a bit for each."""
    known = _marked(tuple(terms))
    if len(known) > _REMEMBERED:
        known.clear()
    return tuple(known[w] if w in known else known.setdefault(w, _mark(w, terms)) for w in words)


@lru_cache(maxsize=16)
def _marked(terms: tuple[Term, ...]) -> dict[str, int]:
    """The words that were marked for some terms."""
    del terms
    return {}


def _mark(word: str, terms: Sequence[Term]) -> int:
    return sum(1 << i for i, t in enumerate(terms) if any(is_form(part, t) for part in word.split("-")))


def is_form(word: str, term: Term) -> bool:
    """Whether a word is a form of a term. "aku" is no form of "pengakuan", though they share a stem: it is too short."""
    if word == term.word:
        return True
    return len(word) > _SHORT and not stems(word).isdisjoint(term.stems)
