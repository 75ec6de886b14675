"""Is this Indonesian? A verdict on the words first, a language model only when they do not tell."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from ujar.tables import load_table

_WORD = re.compile(r"[^\W\d_]+")
# Judged on the beginning: enough to tell, and the cost stays the same for long articles.
_SAMPLE = 4000
# Below the first number of words nothing is said; below the second nothing by the language model.
_FEWEST, _FEWEST_MODEL = 5, 25
# Share of its function words in a text of a language: English and Sundanese run above a third, Javanese above a quarter.
_SHARES = {"en": 0.25, "jv": 0.2, "su": 0.2}
# Share of function words of Malay and Indonesian in their running text is above a fifth; in other languages near none.
_NEAR_SHARE = 0.04
# Words that only Malay has are not even a hundredth of an Indonesian article, whatever it is about.
_MALAY_SHARE = 0.02


@lru_cache(maxsize=1)
def _signs() -> dict[str, tuple[tuple[str, ...], int]]:
    """Form → the languages that have it, and its weight between Malay and Indonesian."""
    return {
        row["form"]: (tuple(row["language"].split()), int(row["weight"] or 1))
        for row in load_table("ujar.read", "language_signs.tsv")
    }


def foreign_language(text: str) -> str | None:
    """Code of the language of a text that is not Indonesian ("en", "jv", "ms", "su", …), or None.

    None means Indonesian, or too short or too mixed to tell: a text is let through when in doubt.
    """
    words = [w.lower() for w in _WORD.findall(text[:_SAMPLE])]
    if len(words) < _FEWEST:
        return None
    signs = _signs()
    counts = dict.fromkeys(("en", "id", "jv", "ms", "su"), 0)
    malay = indonesian = 0
    for word, number in Counter(words).items():
        languages, weight = signs.get(word, ((), 0))
        for language in languages:
            counts[language] += number
        if languages == ("ms",):
            malay += weight * number
        elif languages == ("id",):
            indonesian += weight * number
    near = max(counts["id"], counts["ms"])
    far = max(_SHARES, key=lambda language: counts[language])
    # Indonesian quotes English; English hardly has a word that looks Indonesian. Its own neighbours share some with it.
    stray = far != "en" or near <= max(1, 2 * _NEAR_SHARE * len(words))
    if counts[far] >= 3 and counts[far] >= _SHARES[far] * len(words) and counts[far] >= 2 * near and stray:
        return far
    fewest = 2 if len(words) < _FEWEST_MODEL else max(4, _MALAY_SHARE * len(words))
    if malay >= fewest and malay > indonesian:
        return "ms"
    if near >= _NEAR_SHARE * len(words) or len(words) < _FEWEST_MODEL:
        return None
    import py3langid

    language = str(py3langid.classify(text[:_SAMPLE])[0])
    return None if language == "id" else language
