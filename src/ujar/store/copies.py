"""Copies: one story in several outlets, one statement in several reports. All are kept; the first is what counts."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from ujar.store.rows import Row, Rows

    Ask = Callable[[str, Sequence[object]], pa.Table]

# Texts are compared by the runs of so many words that they share (shingles; Broder 1997).
_RUN = 4
# MinHash (Broder 1997) with banding (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3): two texts
# that share a third of their runs meet in one of the bands with a probability of 0.69, half of them 0.98.
_BANDS, _PER_BAND = 32, 3
# The same story: so much of the shorter text stands in the longer one, in so many days.
STORY_SHARE, STORY_DAYS = 0.5, 7
# The same words: so alike (0 to 100), in so many days. Below so many words only when they are equal.
SAID_ALIKE, SAID_DAYS, SAID_SHORT = 80, 3, 4

_WORD = re.compile(r"\w+")


def runs_of(text: str) -> set[str]:
    """The runs of words in a text."""
    words = _WORD.findall(text.lower())
    return {" ".join(words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1))} if words else set()


def bands_of(runs: set[str]) -> list[int]:
    """The bands of a text, as 64-bit integers: texts that share one may be copies."""
    from rensa import RMinHash

    sketch = RMinHash(num_perm=_BANDS * _PER_BAND, seed=1)
    sketch.update(sorted(runs))
    digest = sketch.digest()
    out = []
    for band in range(_BANDS):
        value = band
        for number in digest[band * _PER_BAND : (band + 1) * _PER_BAND]:
            # A 64-bit mix (Steele, Lea and Flood 2014).
            value = ((value ^ int(number)) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
            value ^= value >> 29
        out.append(value - (1 << 64) if value >> 63 else value)
    return out


def share(one: set[str], other: set[str]) -> float:
    """How much of the shorter text stands in the other, 0 to 1."""
    small = min(len(one), len(other))
    return len(one & other) / small if small else 0.0


def mark_stories(rows: list[Rows], ask: Ask) -> None:
    """Fill in ``bands`` and ``story`` of some new articles, compared with each other and with the ledger."""
    runs = {}
    for row in rows:
        own = runs_of(row.article["text"])
        runs[row.article["reading"]] = own
        row.article["bands"] = bands_of(own) if own else []
    bands = sorted({b for row in rows for b in row.article["bands"]})
    older = ask(
        "SELECT reading, story, published, text, bands FROM articles"
        " WHERE list_has_any(bands, ?::BIGINT[])",
        [bands],
    ).to_pylist()
    index: dict[int, list[Row]] = defaultdict(list)
    for old in older:
        runs[old["reading"]] = runs_of(old["text"])
        for band in old["bands"]:
            index[band].append(old)
    gone = {row.article["supersedes"] for row in rows}
    for row in rows:
        own = row.article
        near = {c["reading"]: c for b in own["bands"] for c in index[b]}
        best = max(
            (
                (share(runs[own["reading"]], runs[c["reading"]]), c["story"])
                for c in near.values()
                if _days_apart(own["published"], c["published"]) <= STORY_DAYS and c["reading"] not in gone
            ),
            default=(0.0, own["reading"]),
        )
        if best[0] >= STORY_SHARE:
            own["story"] = best[1]
        for band in own["bands"]:
            index[band].append(own)


def _days_apart(one: Any, other: Any) -> int:
    return abs((one - other).days) if one is not None and other is not None else 0


def mark_reports(rows: list[Rows], ask: Ask) -> None:
    """Fill in ``said`` of new statements: the first report of the same words by the same speaker in the same days."""
    fresh = [s for row in rows for s in row.statements if s["key"] and s["day"]]
    if not fresh:
        return
    margin = timedelta(days=SAID_DAYS)
    first, last = min(s["day"] for s in fresh) - margin, max(s["day"] for s in fresh) + margin
    older = ask(
        "SELECT id, article, said, key, day, words FROM statements"
        " WHERE day BETWEEN ? AND ? AND key IN (SELECT unnest(?::VARCHAR[])) ORDER BY day, id",
        [first, last, sorted({s["key"] for s in fresh})],
    ).to_pylist()
    replaced = {row.article["article"] for row in rows}
    by_key: dict[str, list[Row]] = defaultdict(list)
    for old in older:
        if old["article"] not in replaced:
            by_key[old["key"]].append(old)
    for statement in fresh:
        for other in by_key[statement["key"]]:
            if other["article"] != statement["article"] and _days_apart(statement["day"], other["day"]) <= SAID_DAYS:
                if alike(statement["words"], other["words"]):
                    statement["said"] = other["said"]
                    break
        by_key[statement["key"]].append(statement)


def alike(one: str, other: str) -> bool:
    """Whether two contents, as folded words, report the same words: nearly equal, or the shorter one within the longer."""
    from rapidfuzz import fuzz

    a, b = one.split(), other.split()
    if min(len(a), len(b)) < SAID_SHORT:
        return a == b
    ratio = fuzz.token_sort_ratio(one, other)
    return ratio >= SAID_ALIKE or (min(len(a), len(b)) >= 2 * SAID_SHORT and fuzz.partial_ratio(one, other) >= 90)

