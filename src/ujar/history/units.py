"""Whom other collections mean: their countries, codes and names as units of ``History``."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from ujar.actors.rows import NOT_STATES
from ujar.tables import load_table

# What stands for nothing.
_NOTHING = frozenset({"", "none", "nan", "null", "na", "n/a"})


def is_given(cell: str) -> bool:
    """Whether a cell says anything: "None" and the like do not."""
    return cell.strip().lower() not in _NOTHING


@lru_cache(maxsize=1 << 14)
def state(country: str) -> str | None:
    """The PLOVER code of a country by its English name, its code, or that of CAMEO ("ROM"); None for what is none."""
    country = country.strip()
    states, codes, names = _countries()
    if country.upper() in states:
        return country.upper()
    return codes.get(country.upper()) or names.get(_folded(country))


@lru_cache(maxsize=1 << 10)
def unit_of_group(code: str) -> str | None:
    """The unit of an organisation by its code among CAMEO's known groups; None for one that is not in ``groups.tsv``."""
    return {row["code"]: row["unit"] for row in load_table("ujar.history", "groups.tsv")}.get(code.strip().upper())


@lru_cache(maxsize=1 << 16)
def unit_of_name(name: str) -> str | None:
    """The unit of a party whose country is not given: its state or key where the tables of actors know it, else its name."""
    from ujar.actors.resolve import resolve

    if not is_given(name):
        return None
    if found := state(name):
        return found
    actor = resolve(name, None)
    if actor.code is not None and actor.code not in NOT_STATES and actor.id is not None:
        return actor.code
    return actor.id or "name:" + " ".join(name.lower().split())


@cache
def _countries() -> tuple[frozenset[str], dict[str, str], dict[str, str]]:
    """Codes of states; their other codes, and their names in small letters, each → code."""
    rows = load_table("ujar.history", "countries.tsv")
    return (
        frozenset(row["code"] for row in rows),
        {code: row["code"] for row in rows for code in row["codes"].split()},
        {_folded(name): row["code"] for row in rows for name in row["names"].split("|")},
    )


def _folded(name: str) -> str:
    """A name without accents, signs and capitals."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    bare = bare.lower().replace("'", "").replace("’", "").replace("&", " and ")
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
