"""What goes on between two actors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ujar.store.rows import QUADS
from ujar.store.who import TOGETHER, who
from ujar.web.views.rows import asked_for, called, last_day, listed, tuples

if TYPE_CHECKING:
    from ujar.store import Ledger
    from ujar.web.views.rows import Row

# So many events of a pair are counted, the latest.
_MOST_EVENTS = 50_000
_MOST_STATEMENTS = 15


@dataclass(frozen=True, slots=True)
class PairView:
    """What goes on between two actors.

    Attributes:
        one: key and name of the one.
        other: key and name of the other.
        events: a page of events, each counted once, the latest first, with "way": "forth", "back" or "both".
        statements: the latest statements of one about the other, with "way".
        days: (day, way, quad class, number) of all events that happened and have a day.
        quads: events that happened, with a day or without, by quad class as in ``QUADS``.
        more: whether there are more events.
    """

    one: tuple[str, str]
    other: tuple[str, str]
    events: list[Row]
    statements: list[Row]
    days: list[tuple[date, str, str, int]]
    quads: tuple[int, ...]
    more: bool

    @property
    def cooperation(self) -> int:
        """Verbal and material cooperation."""
        return self.quads[0] + self.quads[1]

    @property
    def conflict(self) -> int:
        """Verbal and material conflict."""
        return self.quads[2] + self.quads[3]


def pair(
    ledger: Ledger,
    one: str,
    other: str,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int,
    offset: int,
) -> PairView:
    """The timeline of two actors. Raises UsageError when a name may mean several."""
    on = last_day(until)
    (key, *_), (other_key, *_) = who(one, on).keys, who(other, on).keys
    days = {"since": since, "until": until}
    sql, values = _between(one, other, days)
    # Of all of them only what is counted; all columns of those that are shown.
    every = tuples(ledger, f"{sql} ORDER BY day DESC NULLS LAST, id LIMIT {_MOST_EVENTS}", values)
    shown = {name: way for name, _, way, _, _ in every[offset : offset + limit]}
    by_id = {
        row["id"]: row
        for row in ledger.ask(
            "SELECT * FROM events WHERE id IN (SELECT unnest(?::VARCHAR[]))", [list(shown)]
        ).to_pylist()
    }
    by_day = Counter((day, way, quad) for _, day, way, quad, status in every if day and status == "actual")
    by_quad = Counter(quad for *_, quad, status in every if status == "actual")
    statements = []
    for way, speaker, about in (("forth", one, other), ("back", other, one)):
        asked = {**days, "speaker": speaker, "about": about, "once": True, "sort": "-day", "offset": 0}
        found, _ = listed(ledger, "statements", {**asked, "limit": _MOST_STATEMENTS})
        statements += [{**row, "way": way} for row in found]
    statements.sort(key=lambda r: (r["day"] or date.min, r["id"]), reverse=True)
    return PairView(
        (key, called(key, one)),
        (other_key, called(other_key, other)),
        [{**by_id[name], "way": way} for name, way in shown.items() if name in by_id],
        statements,
        [(*what, number) for what, number in sorted(by_day.items())],
        tuple(by_quad[quad] for quad in QUADS.values()),
        len(every) > offset + limit,
    )


def _between(one: str, other: str, days: dict[str, Any]) -> tuple[str, list[object]]:
    """Events between two actors, each counted once: id, day, which way, quad class, status.

    What both do together goes both ways, whoever stands as its actor.
    """
    every, values = asked_for("events", {**days, "pair": (one, other), "once": True})
    forth, more = asked_for("events", {**days, "actor": one, "recipient": other})
    sql = (
        f"SELECT id, day, CASE WHEN {TOGETHER} THEN 'both' WHEN id IN (SELECT id FROM ({forth}))"  # noqa: S608 - ours
        f" THEN 'forth' ELSE 'back' END AS way, quad, status FROM ({every})"
    )
    return sql, [*more, *values]
