"""What is new: first events of a type between two actors for a long time, and speakers never heard on what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.events.plover import SYMMETRIC
from ujar.watch.names import name_of
from ujar.watch.periods import days_before
from ujar.watch.report import NewEvent, NewSpeaker
from ujar.watch.rows import OLDEST, happened
from ujar.watch.scope import MUTUAL, Sql, all_of

if TYPE_CHECKING:
    from datetime import date

    from ujar.store.moment import Moment
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
        "SELECT type, actor, recipient, bool_or(mutual) AS mutual, arg_min(id, (day, published, id)) AS id,"
        " min(day) AS day, count(DISTINCT id) AS reports, min(actor_name) AS actor_name,"
        " min(recipient_name) AS recipient_name, max(abs(score)) AS weight FROM sides WHERE counted"
        " GROUP BY type, actor, recipient",
    ).to_pylist()
    own = set(scope.keys)
    here = [row for row in here if all(_known(row[c]) or row[c] in own for c in ("actor", "recipient"))]
    since = days_before(period.start, NEW_FOR[period.every])
    lately = _last_before(moment, period, here, since)
    found = [row for row in here if not any(way in lately for way in _ways(row))]
    # A single report may be misread; three are as good as many.
    found.sort(
        key=lambda row: (
            -min(row["reports"], 3),
            -row["weight"],
            -row["reports"],
            row["id"],
            row["actor"],
            row["recipient"],
        )
    )
    # An event with several parties is new once.
    once: dict[str, dict[str, Any]] = {}
    for row in found:
        once.setdefault(row["id"], row)
    shown = list(once.values())[:EVENTS]
    before = _last_before(moment, period, shown, OLDEST)
    return [
        First(
            row["id"],
            row["day"],
            name_of(row["actor"], row["actor_name"]),
            name_of(row["recipient"], row["recipient_name"]),
            max((before[way] for way in _ways(row) if way in before), default=None),
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


def _last_before(
    moment: Moment, period: Period, here: list[dict[str, Any]], since: date
) -> dict[tuple[str, str, str], date]:
    """(type, actor, recipient) → the last day before the period, from some day on, of those that occur in ``here``."""
    ways = sorted({way for row in here for way in _ways(row)})
    if not ways:
        return {}
    types, ones, others = (list(column) for column in zip(*ways, strict=True))
    # States stand in the columns of countries, others in those of keys: what nobody asks for is not read.
    units_of = {
        "countries": any(":" not in u for u in (*ones, *others)),
        "keys": any(":" in u for u in (*ones, *others)),
    }
    actors, recipients = (
        " || ".join(f"{side}_{what}" for what, wanted in units_of.items() if wanted) for side in ("actor", "recipient")
    )
    mutual = f"if({MUTUAL} AND len(recipient_keys) = 0, {actors}, {recipients})"
    if not SYMMETRIC.intersection(types):
        mutual = recipients
    where = all_of(Sql("day >= ? AND day < ?", (since, period.start)), happened(period.every))
    units = sorted(set(ones))
    if len(units) <= _FEW:
        # Few are best looked for in the rows first; many only as they are joined.
        some = f"lambda v: v IN ({', '.join('?' * len(units))})"
        kinds = sorted(set(types))
        inside = f"type IN ({', '.join('?' * len(kinds))}) AND len(list_filter({actors}, {some})) > 0"
        where = all_of(where, Sql(inside, (*kinds, *units)))
    rows = moment.ask(
        "WITH w AS MATERIALIZED (SELECT unnest(?::VARCHAR[]) AS type, unnest(?::VARCHAR[]) AS one,"  # noqa: S608 - conditions without values
        " unnest(?::VARCHAR[]) AS other),"
        f" e AS (SELECT type, day, {actors} AS ones, {mutual} AS others FROM events WHERE {where.text})"
        " SELECT w.type, w.one, w.other, max(day) AS last FROM (SELECT type, day, unnest(ones) AS one, others FROM e) e"
        " JOIN w ON w.type = e.type AND w.one = e.one AND list_contains(e.others, w.other) GROUP BY ALL",
        [types, ones, others, *where.values],
    ).to_pylist()
    return {(row["type"], row["one"], row["other"]): row["last"] for row in rows}


def days_read(moment: Moment, period: Period) -> int:
    """Of how many of the days in which nothing of the kind may have been told the ledger has articles."""
    found: int = moment.ask(
        "SELECT count(DISTINCT published) AS n FROM articles WHERE published >= ? AND published < ?",
        [days_before(period.start, NEW_FOR[period.every]), period.start],
    )["n"][0].as_py()
    return found


def new_speakers(moment: Moment, scope: Scope, period: Period) -> tuple[list[NewSpeaker], int]:
    """Who spoke on what is watched for the first time, those that the tables know first; how many they are."""
    fresh = moment.ask(
        "SELECT s.* FROM"
        " (SELECT key, min(speaker) AS name, min(country) AS country, count(*) AS n, arg_min(id, (day, id)) AS id,"
        " min(day) AS day, arg_min(content, (day, id)) AS content FROM spoken WHERE said = id AND key IS NOT NULL"
        " AND speaker_type IN ('person', 'organisation', 'state', 'group') GROUP BY key) s"
        " LEFT JOIN heard h ON h.key = s.key WHERE NOT coalesce(old, false)"
    ).to_pylist()
    fresh.sort(key=lambda row: (not _known(row["key"]), -row["n"], row["day"], row["id"]))
    shown = fresh[:SPEAKERS]
    known: set[str] = set()
    if shown:
        keys = [row["key"] for row in shown]
        marks = ", ".join("?" * len(keys))
        # Of everything only what was said before the oldest day that is looked at has not been looked through.
        until = period.start if scope.actors else OLDEST
        found = moment.ask(
            f"SELECT DISTINCT key FROM kept_statements WHERE day < ? AND key IN ({marks})",  # noqa: S608 - only marks
            [until, *keys],
        )
        known = set(found["key"].to_pylist())
    return [
        NewSpeaker(
            row["key"],
            name_of(row["key"], row["name"]),
            row["country"],
            row["n"],
            row["key"] in known,
            row["id"],
            row["day"],
            row["content"],
        )
        for row in shown
    ], len(fresh)
