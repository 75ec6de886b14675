"""To which country and kind an entity belongs, as far as its name or its dealings tell.

Collections of events write "Police (India)": kind and country. A state is its own country. Of others the country is the one
with whose entities they deal most, weighed by how often that country is dealt with at all, as known up to the day.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_NAMED = re.compile(r"(.*?)\s*\(([^()]*)\)")
_STATE = re.compile(r"[A-Z]{3}")
# What stands in brackets is a country when so many names have it; and so many kinds are told apart.
_COUNTRY = 3
_KINDS = 150
# A country that is hardly ever dealt with is not the home of whoever met it once.
_PRIOR = 10.0


@dataclass(slots=True)
class Homes:
    """Homes and kinds of entities.

    Attributes:
        home: int64[entities], number of the country; ``countries`` where none is known.
        kind: int64[entities], number of the kind.
        countries: how many countries there are.
        kinds: how many kinds there are.
    """

    home: Ints
    kind: Ints
    countries: int
    kinds: int
    _told: NDArray[np.bool_]
    _dealings: NDArray[np.float64]

    @classmethod
    def of(cls, names: Sequence[str]) -> Homes:
        """What names tell: "Police (India)", "India", or units of a ledger ("IND", "person:…", "body:…")."""
        found = [_NAMED.fullmatch(name) for name in names]
        many = Counter(match[2] for match in found if match)
        countries = {name: place for place, name in enumerate(sorted(c for c, n in many.items() if n >= _COUNTRY))}
        for name in names:
            if _STATE.fullmatch(name):
                countries.setdefault(name, len(countries))
        kinds_of: list[str] = []
        home = np.full(len(names), len(countries), dtype=np.int64)
        for place, (name, match) in enumerate(zip(names, found, strict=True)):
            if match and match[2] in countries:
                home[place] = countries[match[2]]
                kinds_of.append(match[1])
            elif name in countries:
                home[place] = countries[name]
                kinds_of.append("state")
            else:
                kinds_of.append(name.partition(":")[0] if ":" in name else "other")
        usual = [kind for kind, _ in Counter(kinds_of).most_common(_KINDS)]
        kinds = {kind: place for place, kind in enumerate(usual)}
        return cls(
            home,
            np.array([kinds.get(kind, len(kinds)) for kind in kinds_of], dtype=np.int64),
            len(countries),
            len(kinds) + 1,
            home < len(countries),
            np.zeros((len(names), len(countries))),
        )

    def see(self, subject: Ints, obj: Ints) -> None:
        """Learn from dealings (both ways) where those live whose names do not tell."""
        if not self.countries:
            return
        told = self._told[obj]
        np.add.at(self._dealings, (subject[told], self.home[obj[told]]), 1.0)
        open_ = np.unique(subject[~self._told[subject]])
        met = self._dealings[open_]
        weighed = met / np.sqrt(self._dealings.sum(axis=0) + _PRIOR)
        self.home[open_] = np.where(met.max(axis=1) > 0, weighed.argmax(axis=1), self.countries)
