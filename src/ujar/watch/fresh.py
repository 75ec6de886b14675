"""What is new: first events of a type between two actors for a long time, and speakers never heard on what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.watch.names import name_of
from ujar.watch.periods import days_before
from ujar.watch.report import NewEvent, NewSpeaker
from ujar.watch.rows import OLDEST, happened
from ujar.watch.scope import ALWAYS, MUTUAL, Sql, all_of

if TYPE_CHECKING:
    from datetime import date

    from ujar.store.ledger import Moment
    from ujar.watch.periods import Every, Period
    from ujar.watch.scope import Scope
    from ujar.watch.telling import Tellings

# After so many days without one, an event of a type between two actors is new again.
NEW_FOR: dict[Every, int] = {"day": 14, "week": 56, "month": 180}
EVENTS, SPEAKERS = 25, 25
_FEW = 60


class First(NamedTuple):
    """A first event, before it is told in full.

    Attributes:
        id: the event.
        day: its day.
        actor: name of who does it.
        recipient: name of the other side.
        last: the day of the last one before.
        reports: number of reports.
    """

    id: str
    day: date
    actor: str
    recipient: str
    last: date | None
    reports: int


def first_events(moment: Moment, scope: Scope, period: Period) -> tuple[list[First], int]:
    """First events of a type between two actors that are known to the tables, or watched, the surest first; their number."""
    here = moment.ask(
        "SELECT type, actor, recipient, any_value(mutual) AS mutual, arg_min(id, (day, published, id)) AS id,"
        " min(day) AS day, count(DISTINCT id) AS reports, min(actor_name) AS actor_name,"
        " min(recipient_name) AS recipient_name, max(abs(score)) AS weight FROM sides WHERE counted"
        " GROUP BY type, actor, recipient",
    ).to_pylist()
    own = set(scope.keys)
    here = [row for row in here if all(_known(row[c]) or row[c] in own for c in ("actor", "recipient"))]
    since = days_before(period.start, NEW_FOR[period.every])
    before = _last_before(moment, period, here)
    last = [max((before[way] for way in _ways(row) if way in before), default=None) for row in here]
    found = [{**row, "last": day} for row, day in zip(here, last, strict=True) if day is None or day < since]
    # A single report may be misread; three are as good as many.
    found.sort(key=lambda row: (-min(row["reports"], 3), -row["weight"], -row["reports"], row["id"], row["actor"]))
    # An event with several parties is new once.
    once: dict[str, dict[str, Any]] = {}
    for row in found:
        once.setdefault(row["id"], row)
    shown = list(once.values())[:EVENTS]
    return [
        First(
            row["id"],
            row["day"],
            name_of(row["actor"], row["actor_name"]),
            name_of(row["recipient"], row["recipient_name"]),
            row["last"],
            row["reports"],
        )
        for row in shown
    ], len(once)


def in_full(found: list[First], tellings: Tellings) -> tuple[NewEvent, ...]:
    """The first events with their sentences."""
    return tuple(
        NewEvent(tellings.told[f.id], f.actor, f.recipient, f.last, f.reports) for f in found if tellings.has(f.id)
    )


def _known(unit: str) -> bool:
    # Names that no table knows are too often the same actor in other words, or nobody in particular.
    return not unit.startswith("name:")


def _ways(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    way = (row["type"], row["actor"], row["recipient"])
    return [way, (way[0], way[2], way[1])] if row["mutual"] else [way]


def _last_before(moment: Moment, period: Period, here: list[dict[str, Any]]) -> dict[tuple[str, str, str], date]:
    """(type, actor, recipient) → the last day before the period of those that occur in ``here``."""
    ways = sorted({way for row in here for way in _ways(row)})
    where = all_of(happened(period.every), Sql("day >= ? AND day < ?", (OLDEST, period.start)))
    out: dict[tuple[str, str, str], date] = {}
    # States are looked up by the countries of the parties, which are few: the same ones are put together first. The others
    # by key, in the rows that have such a key at all.
    states = [way for way in ways if ":" not in way[1] + way[2]]
    others = [way for way in ways if ":" in way[1] + way[2]]
    if states:
        _note(
            out,
            moment,
            "SELECT type, actor_countries AS ones,"  # noqa: S608 - conditions without values
            f" if({MUTUAL} AND len(recipients) = 0, actor_countries, recipient_countries) AS others, max(day) AS last"
            f" FROM events WHERE {where.text} GROUP BY ALL",
            where.values,
            states,
        )
    if others:
        keys = sorted({unit for way in others for unit in way[1:] if ":" in unit})
        # A few keys are best looked for in the rows first; many only as they are joined.
        inside = (
            Sql(
                "len(list_filter(list_concat(actor_keys, recipient_keys), lambda v: v IN"
                f" ({', '.join('?' * len(keys))}))) > 0",
                tuple(keys),
            )
            if len(keys) <= _FEW
            else ALWAYS
        )
        some = all_of(where, inside)
        _note(
            out,
            moment,
            "SELECT type, list_concat(actor_keys, actor_countries) AS ones, if("  # noqa: S608 - as above
            f"{MUTUAL} AND len(recipient_keys) = 0, list_concat(actor_keys, actor_countries),"
            f" list_concat(recipient_keys, recipient_countries)) AS others, day AS last FROM events WHERE {some.text}",
            some.values,
            others,
        )
    return out


def _note(
    out: dict[tuple[str, str, str], date],
    moment: Moment,
    events: str,
    values: tuple[object, ...],
    ways: list[tuple[str, str, str]],
) -> None:
    """Put the last day of each way into ``out``; ``events`` gives type, the sides as lists, and the last day."""
    rows = moment.ask(
        "WITH w AS (SELECT unnest(?::VARCHAR[]) AS type, unnest(?::VARCHAR[]) AS one, unnest(?::VARCHAR[]) AS other)"  # noqa: S608 - our SQL
        " SELECT w.type, w.one, w.other, max(last) AS last FROM"
        " (SELECT type, one, unnest(others) AS other, last FROM"
        f" (SELECT type, unnest(ones) AS one, others, last FROM ({events}) WHERE type IN (SELECT type FROM w))"
        " WHERE one IN (SELECT one FROM w)) JOIN w USING (type, one, other) GROUP BY ALL",
        [*(list(column) for column in zip(*ways, strict=True)), *values],
    ).to_pylist()
    out.update({(row["type"], row["one"], row["other"]): row["last"] for row in rows})


def days_read(moment: Moment, period: Period) -> int:
    """Of how many of the days in which nothing of the kind may have been told the ledger has articles."""
    found: int = moment.ask(
        "SELECT count(DISTINCT published) AS n FROM articles WHERE published >= ? AND published < ?",
        [days_before(period.start, NEW_FOR[period.every]), period.start],
    )["n"][0].as_py()
    return found


def new_speakers(moment: Moment) -> list[NewSpeaker]:
    """Who spoke on what is watched for the first time in the ledger; those that the tables know first."""
    fresh = moment.ask(
        "SELECT s.*, coalesce(known, false) AS known FROM"
        " (SELECT key, min(speaker) AS name, min(country) AS country, count(*) AS n, arg_min(id, (day, id)) AS id,"
        " min(day) AS day, arg_min(content, (day, id)) AS content FROM spoken WHERE said = id AND key IS NOT NULL"
        " AND speaker_type IN ('person', 'organisation', 'state', 'group') GROUP BY key) s"
        " LEFT JOIN heard h ON h.key = s.key WHERE NOT coalesce(old, false)"
    ).to_pylist()
    fresh.sort(key=lambda row: (not _known(row["key"]), -row["n"], row["day"], row["id"]))
    return [
        NewSpeaker(
            row["key"],
            name_of(row["key"], row["name"]),
            row["country"],
            row["n"],
            row["known"],
            row["id"],
            row["day"],
            row["content"],
        )
        for row in fresh
    ]
