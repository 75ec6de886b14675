"""Is this Indonesian? A verdict on the words first, a language model only when they do not tell."""

from __future__ import annotations

import re
from functools import lru_cache

from ujar.tables import load_table

_WORD = re.compile(r"[^\W\d_]+")
# Judged on the beginning: enough to tell, and the cost stays the same for long articles.
_SAMPLE = 4000
_FEWEST = 25
# Share of function words of Malay and Indonesian in their running text is above a fifth; in other languages near none.
_SHARE = 0.04


@lru_cache(maxsize=1)
def _signs() -> dict[str, str]:
    return {row["form"]: row["language"] for row in load_table("ujar.read", "language_signs.tsv")}


def foreign_language(text: str) -> str | None:
    """Code of the language of a text that is not Indonesian ("en", "ms"), or None: Indonesian, or too short to tell."""
    words = [w.lower() for w in _WORD.findall(text[:_SAMPLE])]
    if len(words) < _FEWEST:
        return None
    signs = _signs()
    counts = {"both": 0, "id": 0, "ms": 0}
    for word in words:
        language = signs.get(word)
        if language:
            counts[language] += 1
    if (counts["both"] + counts["id"] + counts["ms"]) / len(words) >= _SHARE:
        return "ms" if counts["ms"] >= 3 and counts["ms"] > counts["id"] else None
    import py3langid

    language = str(py3langid.classify(text[:_SAMPLE])[0])
    return None if language == "id" else language
