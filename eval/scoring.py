"""The definitions by which statements are scored against gold, our own implementation.

Before spans are compared, white space, quotation marks and punctuation at both edges are dropped. *Strict*: the same
set of content spans. *Lenient*: the characters of both contents overlap with intersection over union of at least 0.8.
*Attributed*: a lenient match whose speaker is right: the names, case-folded and without titles and punctuation, equal,
or one the whole-word head or tail of the other. Guesses and gold are paired one to one by falling overlap.
A test compares every figure with the reference scorer of the evaluation data, to the last digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Figures = dict[str, Any]

OVERLAP = 0.8
_EDGE = " \t\r\n\u00a0\"'“”‘’«».,;:!?-–—()…"
_TITLES = frozenset(
    "presiden wakil perdana menteri sekretaris jenderal sekjen menlu dr prof ir h hj kh drs jend letjen mayjen brigjen"
    " kombes komjen irjen akbp pol tni purn pm raja ratu pangeran ustaz habib bapak pak ibu bu mr mrs".split()
)
_PARTS = re.compile(r"\s+&\s+")
_WORDS = re.compile(r"[^\W_]+")


def trim(text: str, span: Sequence[int]) -> tuple[int, int]:
    """The span without punctuation, quotation marks and white space at its edges."""
    start, end = span
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def characters(text: str, spans: Iterable[Sequence[int]]) -> set[int]:
    """The offsets that the trimmed spans cover."""
    covered: set[int] = set()
    for span in spans:
        covered.update(range(*trim(text, span)))
    return covered


def name_key(name: str | None) -> tuple[str, ...]:
    """The words of a name that count: case-folded, without accents and titles (unless nothing else is left)."""
    words = _WORDS.findall(unicodedata.normalize("NFKD", name or "").casefold())
    return tuple(w for w in words if w not in _TITLES) or tuple(words)


def same_speaker(gold: str | None, guess: str | None) -> bool:
    """Whether two speakers, or two sets of speakers joined by " & ", are the same by name."""
    golds = {name_key(p) for p in _PARTS.split(gold or "") if p.strip()}
    guesses = {name_key(p) for p in _PARTS.split(guess or "") if p.strip()}
    return len(golds) == len(guesses) and all(any(_alike(g, p) for p in guesses) for g in golds)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short, long = sorted((one, other), key=len)
    return bool(short) and short in (long[: len(short)], long[-len(short) :])


def pair(text: str, golds: Sequence[Row], guesses: Sequence[Row]) -> list[tuple[int, int, float]]:
    """Gold and guess indices paired one to one by falling overlap, with the overlap; only pairs that overlap at all."""
    have = [characters(text, s["content"]) for s in golds]
    said = [characters(text, s["content"]) for s in guesses]
    ranked = sorted(
        ((len(a & b) / len(a | b), i, j) for i, a in enumerate(have) for j, b in enumerate(said) if a & b),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    out: list[tuple[int, int, float]] = []
    used_gold: set[int] = set()
    used_guess: set[int] = set()
    for overlap, i, j in ranked:
        if i not in used_gold and j not in used_guess:
            used_gold.add(i)
            used_guess.add(j)
            out.append((i, j, overlap))
    return out


def _rates(hit: int, gold: int, guess: int) -> Figures:
    p = hit / guess if guess else 0.0
    r = hit / gold if gold else 0.0
    return {"p": p, "r": r, "f": 2 * p * r / (p + r) if p + r else 0.0, "hit": hit, "gold": gold, "guess": guess}


def _same_span(text: str, one: Sequence[int] | None, other: Sequence[int] | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return trim(text, one) == trim(text, other)


def _meets(text: str, one: Sequence[int] | None, other: Sequence[int] | None) -> bool:
    return one is not None and other is not None and bool(characters(text, [one]) & characters(text, [other]))


def score(golds: Mapping[str, Row], guesses: Mapping[str, Row]) -> tuple[Figures, list[tuple[Any, ...]]]:
    """All figures over a set of articles, and the errors as (article, what, gold index, guess index, note)."""
    n: dict[str, int] = defaultdict(int)
    kinds: dict[str, list[int]] = {}
    errors: list[tuple[Any, ...]] = []
    for article_id, article in golds.items():
        text, gold = article["text"], article["statements"]
        guess = guesses.get(article_id, {}).get("statements", [])
        _count_fields(n, gold, guess)
        covered_gold = characters(text, (c for s in gold for c in s["content"]))
        covered_guess = characters(text, (c for s in guess for c in s["content"]))
        n["char_hit"] += len(covered_gold & covered_guess)
        n["char_gold"] += len(covered_gold)
        n["char_guess"] += len(covered_guess)
        for statement in gold:
            kinds.setdefault(statement["kind"], [0, 0, 0, 0])[0] += 1
        found_gold: set[int] = set()
        found_guess: set[int] = set()
        for i, j, overlap in pair(text, gold, guess):
            g, p = gold[i], guess[j]
            if sorted(trim(text, s) for s in g["content"]) == sorted(trim(text, s) for s in p["content"]):
                n["strict"] += 1
                kinds[g["kind"]][3] += 1
            if overlap < OVERLAP:
                errors.append((article_id, "span", i, j, round(overlap, 2)))
                continue
            found_gold.add(i)
            found_guess.add(j)
            n["lenient"] += 1
            kinds[g["kind"]][1] += 1
            right = same_speaker(g["speaker"], p.get("speaker"))
            n["attributed"] += right
            kinds[g["kind"]][2] += right
            if not right:
                errors.append((article_id, "speaker", i, j, f"{g['speaker']!r} != {p.get('speaker')!r}"))
            _count_match(n, text, g, p)
        errors += [(article_id, "missed", i, None, "") for i in range(len(gold)) if i not in found_gold]
        errors += [(article_id, "spurious", None, j, "") for j in range(len(guess)) if j not in found_guess]
    return _figures(n, kinds), errors


def _count_fields(n: dict[str, int], gold: Sequence[Row], guess: Sequence[Row]) -> None:
    n["gold"] += len(gold)
    n["guess"] += len(guess)
    for name in ("addressee", "time", "date"):
        n[name + "_gold"] += sum(s[name] is not None for s in gold)
        n[name + "_guess"] += sum(s.get(name) is not None for s in guess)
    n["via_gold"] += sum(bool(s["via"]) for s in gold)
    n["via_guess"] += sum(bool(s.get("via")) for s in guess)


def _count_match(n: dict[str, int], text: str, g: Row, p: Row) -> None:
    n["kind"] += g["kind"] == p.get("kind")
    n["cue"] += _same_span(text, g["cue"], p.get("cue"))
    n["source"] += _same_span(text, g["source"], p.get("source"))
    n["addressee"] += _meets(text, g["addressee"], p.get("addressee"))
    n["time"] += _meets(text, g["time"], p.get("time"))
    if g["date"]:
        n["date"] += g["date"] == p.get("date")
    if g["via"] and p.get("via"):
        n["via"] += bool(characters(text, g["via"]) & characters(text, p["via"]))


def _figures(n: dict[str, int], kinds: dict[str, list[int]]) -> Figures:
    matches = n["lenient"] or 1
    return {
        "strict": _rates(n["strict"], n["gold"], n["guess"]),
        "lenient": _rates(n["lenient"], n["gold"], n["guess"]),
        "attributed": _rates(n["attributed"], n["gold"], n["guess"]),
        "characters": _rates(n["char_hit"], n["char_gold"], n["char_guess"]),
        "speaker_accuracy": n["attributed"] / matches,
        "kind_accuracy": n["kind"] / matches,
        "cue_accuracy": n["cue"] / matches,
        "source_accuracy": n["source"] / matches,
        **{
            name: _rates(n[name], n[name + "_gold"], n[name + "_guess"])
            for name in ("addressee", "time", "date", "via")
        },
        "recall_by_kind": {
            kind: {"gold": v[0], "lenient": v[1] / v[0], "attributed": v[2] / v[0], "strict": v[3] / v[0]}
            for kind, v in sorted(kinds.items())
        },
    }
