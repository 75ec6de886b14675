"""Whether a text tells that somebody did not say something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# A negation, with what may stand between it and its verb.
_NEGATED = re.compile(
    r"\b(?:tidak|tak|belum|enggan)(?:\s+(?:pernah|akan|ingin|mau|bisa|dapat|secara|langsung|eksplisit|sempat|juga))*\s+$"
)
# Who does not deny says it.
_DENIALS = ("tampik", "nampik", "mungkir", "bantah", "sangkal", "nyangkal", "elak", "tutup", "ragu")


def negation_of(row: Mapping[str, Any]) -> str | None:
    """The words by which a statement is negated: "belum pernah" of "belum pernah menyerukan agar …"; None when it is not.

    ``row``: of the table ``statements``. The words in front of its cue in its sentence tell; where the cue stands there
    several times, in front of all of them.
    """
    cue, sentence = row["cue"], row["sentence"]
    if not cue or not sentence or any(denial in cue.lower() for denial in _DENIALS):
        return None
    found = [
        _NEGATED.search(sentence[max(0, place.start() - 60) : place.start()])
        for place in re.finditer(rf"\b{re.escape(cue)}\b", sentence)
    ]
    return found[0][0].strip() if found and found[0] and all(found) else None
