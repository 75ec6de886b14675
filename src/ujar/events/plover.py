"""The codebook: PLOVER's sixteen event types, their modes, scores and quad classes, and the statuses of an event.

After the PLOVER manual, draft 2.0 (github.com/openeventdata/PLOVER, CC BY-SA 4.0), with its printing errors repaired:
ACCUSE scores -3, and SANCTION belongs to material conflict, as its section says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from ujar.records import EventStatus, EventType

STATUSES: tuple[EventStatus, ...] = get_args(EventStatus)
# Both sides do it: who is named first says nothing.
SYMMETRIC = frozenset({"AGREE", "CONSULT", "COOPERATE"})
# Sectors of private parties.
PRIVATE = frozenset({"CVL", "BUS", "MED", "EDU", "JRN", "CRM", "AGR", "REF"})
# Done by speaking: told inside somebody's words, it is that person's act.
BY_SPEAKING = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})


@dataclass(frozen=True, slots=True)
class Type:
    """One of the sixteen types.

    Attributes:
        name: as the codebook writes it.
        quad: 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.
        score: from -10 (conflict) to 10 (cooperation), without a mode.
        modes: how it was done, each with its own score; None where the manual gives none.
        cameo: the root code of CAMEO, for the exchange with older data.
    """

    name: EventType
    quad: int
    score: float
    modes: dict[str, float | None]
    cameo: str


def _modes(row: str) -> dict[str, float | None]:
    out: dict[str, float | None] = {}
    for part in row.split():
        name, _, score = part.partition("=")
        out[name] = float(score) if score else None
    return out


TYPES: dict[EventType, Type] = {
    t.name: t
    for t in (
        Type("AGREE", 1, 2.5, {}, "03"),
        Type("CONSULT", 1, 2.5, _modes("visit=4 third-party=1 multilateral=4 phone=1.5"), "04"),
        Type("SUPPORT", 1, 5, {}, "05"),
        Type("CONCEDE", 1, 4.5, {}, "08"),
        Type("COOPERATE", 2, 9.5, {}, "06"),
        Type("AID", 2, 10, {}, "07"),
        Type("RETREAT", 2, 6.5, _modes("withdraw=8 release=6.5 disarm=10 ceasefire=7.5 access=6.5 resign=4.5"), "08"),
        Type("REQUEST", 3, 0, _modes("assist=.5 change=-1 yield=-1 meet=0"), "10"),
        Type("ACCUSE", 3, -3, _modes("disapprove=-2 investigate=-3.5 allege=-3.5"), "11"),
        Type("REJECT", 3, -2, _modes("assist=-1.5 change=-2 yield=-2 meet=-2"), "12"),
        Type(
            "THREATEN", 3, -3.5,
            _modes("restrict=-3 arrest=-3.5 relations=-3.5 expel=-3.5 territory=-4 violence=-3.5"), "13",
        ),
        Type(
            "PROTEST", 4, -5,
            _modes("demo=-5 riot=-7 strike=-5 hunger=-4.5 boycott=-4.5 obstruct=-4.5 vandalize"), "14",
        ),
        Type("SANCTION", 4, -6, _modes("convict=-6 expel=-5.5 withdraw=-6 discontinue=-6"), "16"),
        Type("MOBILIZE", 4, -5.5, _modes("troops=-6.5 weapons=-6.5 police=-5.5 militia=-6"), "15"),
        Type(
            "COERCE", 4, -7,
            _modes(
                "seize=-7 restrict=-7 censor=-6.5 curfew=-6.5 martial-law=-7.5 arrest=-7 deport=-7 withhold=-7"
                " misinformation=-6.5 cyber=-7"
            ),
            "17",
        ),
        Type(
            "ASSAULT", 4, -9,
            _modes(
                "abduct=-8.5 beat=-7.5 torture=-8.5 sexual=-8.5 targeted=-9.5 destroy=-8.5 primitive=-8 firearms=-9"
                " explosives=-9 suicide-attack=-9.5 aerial=-9.5 drone=-9.5 heavy-weapons=-9.5 crowd-control=-7.5"
                " unconventional=-10"
            ),
            "18",
        ),
    )
}  # fmt: skip


def score_of(type_: EventType, mode: str | None) -> float:
    """The conflict-cooperation score of an event, that of its mode where there is one."""
    known = TYPES[type_]
    own = known.modes.get(mode) if mode else None
    return known.score if own is None else own
