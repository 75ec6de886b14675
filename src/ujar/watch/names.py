"""Names of actors for people to read, from the keys of the ledger."""

from __future__ import annotations

import re

from ujar.actors.lexicon import lexicon

# Codes of PLOVER that stand for one actor, though no state.
_ONE = {"UNO": "PBB", "EUR": "Uni Eropa"}
# A word without one is an acronym.
_VOWEL = re.compile(r"[aeiouy]")


def name_of(key: str, otherwise: str | None = None) -> str:
    """The name of an actor by its key or country code; ``otherwise`` for what the tables do not know."""
    lex = lexicon()
    kind, _, own = key.rpartition(":")
    if kind in ("", "state"):
        row = lex.states.get(own)
        return row["name"] if row else _ONE.get(own, otherwise or own)
    if kind == "person" and key in lex.persons:
        return lex.persons[key].name
    if kind in ("body", "group"):
        table = lex.bodies if kind == "body" else lex.groups
        if own in table:
            return table[own]["name"]
    if otherwise:
        return otherwise
    return " ".join(w.capitalize() if _VOWEL.search(w) else w.upper() for w in own.split())
