"""The words that attribution turns on, read once from the tables beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ujar.tables import common_words, load_table


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists of the statement rules, all in lower case.

    Attributes:
        before: cue that stands between source and content ("Rina mengatakan …") → what it needs to be believed:
            clause, bahwa, report, ask, pledge (columns of cues.tsv; explained in docs/how-it-works.md).
        after: cue that stands between content and source ("…, kata Rina") → "any" or "quote".
        adverb, subordinator, opener, stop, pronoun, role, place: words by their use in function_words.tsv.
        not_verb: words with the shape of a verb that are none ("menteri", "media").
        common: words that news writes in lower case; a capitalised word that is not among them is a name.
    """

    before: dict[str, frozenset[str]]
    after: dict[str, str]
    adverb: frozenset[str]
    subordinator: frozenset[str]
    opener: frozenset[str]
    stop: frozenset[str]
    pronoun: frozenset[str]
    role: frozenset[str]
    place: frozenset[str]
    not_verb: frozenset[str]
    common: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, loaded on first use."""
    before: dict[str, frozenset[str]] = {}
    after: dict[str, str] = {}
    for row in load_table("ujar.statements", "cues.tsv"):
        if row["place"] == "before":
            before[row["form"]] = frozenset(row["need"].split())
        else:
            after[row["form"]] = row["need"]
    uses: dict[str, set[str]] = {}
    for row in load_table("ujar.statements", "function_words.tsv"):
        for use in row["use"].split():
            uses.setdefault(use, set()).add(row["form"])
    return Lexicon(
        before=before,
        after=after,
        adverb=frozenset(uses["adverb"]),
        subordinator=frozenset(uses["subordinator"]),
        opener=frozenset(uses["opener"]),
        stop=frozenset(uses["stop"]),
        pronoun=frozenset(uses["pronoun"]),
        role=frozenset(uses["role"]),
        place=frozenset(uses["place"]),
        not_verb=frozenset(uses["noun"]),
        common=common_words(),
    )
