"""The events that a report shows in full, fetched together: sentence, parties, and whose word it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ujar.watch.names import name_of
from ujar.watch.report import Told

if TYPE_CHECKING:
    from datetime import date

    from ujar.store.moment import Moment

_COLUMNS = "id, day, type, status, actors, recipients, claimed_by, statement, outlet, sentence, article, published"


@dataclass(frozen=True, slots=True)
class Tellings:
    """Some events.

    Attributes:
        told: id → the event as it is told.
        names: key of a party → its name in the articles.
    """

    told: dict[str, Told]
    names: dict[str, str]

    def has(self, *ids: str) -> bool:
        """Whether all of these are there."""
        return all(name in self.told for name in ids)


def tellings(moment: Moment, days: dict[str, date]) -> Tellings:
    """Some events, given by id and day."""
    ids = sorted(days)
    rows = moment.ask(f"SELECT {_COLUMNS} FROM told WHERE id IN (SELECT unnest(?::VARCHAR[]))", [ids]).to_pylist()  # noqa: S608 - our columns
    if older := sorted(days.keys() - {row["id"] for row in rows}):
        bounds = [min(days[name] for name in older), max(days[name] for name in older)]
        rows += moment.ask(
            f"SELECT {_COLUMNS} FROM events WHERE day >= ? AND day <= ? AND id IN (SELECT unnest(?::VARCHAR[]))",  # noqa: S608 - as above
            [*bounds, older],
        ).to_pylist()
    tellers = _speakers(moment, [row for row in rows if row["statement"]])
    return Tellings(
        {row["id"]: _told(row, tellers) for row in rows},
        {p["key"]: p["name"] or p["text"] for row in rows for p in (*row["actors"], *row["recipients"])},
    )


def _speakers(moment: Moment, events: list[dict[str, Any]]) -> dict[str, str]:
    """Who speaks in the statements in which some events are told: id of the statement → name."""
    if not events:
        return {}
    ids = sorted({row["statement"] for row in events})
    # Of the same articles, so of the same days of publication.
    days = [row["published"] for row in events]
    bounds = " AND published >= ? AND published <= ?" if None not in days else ""
    rows = moment.ask(
        f"SELECT id, speaker FROM kept_statements WHERE speaker IS NOT NULL AND id IN ({', '.join('?' * len(ids))}){bounds}",  # noqa: S608 - only marks
        [*ids, *((min(days), max(days)) if bounds else ())],
    ).to_pylist()
    return {row["id"]: row["speaker"] for row in rows}


def _told(row: dict[str, Any], tellers: dict[str, str]) -> Told:
    return Told(
        row["id"],
        row["day"],
        row["type"],
        row["status"],
        _names(row["actors"]),
        _names(row["recipients"]),
        row["claimed_by"] or tellers.get(row["statement"] or ""),
        row["outlet"],
        row["sentence"],
        row["article"],
    )


def _names(parties: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name_of(p["key"], p["name"] or p["text"]) for p in parties))
