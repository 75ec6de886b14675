"""The rows that a report is made of: read from the ledger once, then asked as tables of their own.

``spoken``: the watched statements of the period. ``heard``: how many were said in each period up to it, and of each speaker
whether it was heard before. ``told``: the watched events of the period, and those told shortly before it.
``sides``: the pairs of parties of these.
"""

# ruff: noqa: S608 - conditions without values stand in the SQL

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ujar.watch.periods import days_before
from ujar.watch.scope import MUTUAL, Sql, all_of

if TYPE_CHECKING:
    from ujar.store.moment import Moment
    from ujar.watch.periods import Every, Period
    from ujar.watch.scope import Scope

# Nothing older is asked for; tables of offices and memberships do not go back much farther.
OLDEST = date(2000, 1, 1)
# So many days before the period events are looked at that what is told in it may not agree with: plans and refusals; and
# positions.
PLANS, POSITIONS = 60, 90
# Types that are a position.
POSITION = "type IN ('SUPPORT', 'AGREE', 'REJECT', 'ACCUSE')"
# Told with a condition.
CONDITIONAL = "((condition IS NOT NULL OR status = 'conditional') AND status <> 'historical')"
# Codes of PLOVER that stand for kinds of actors: two of a kind are not the same.
KINDS = ("IGO", "NGO", "ISM", "IMG", "MNC")

# What was said on a day after it was printed is misread.
SAID = Sql("published IS NULL OR day <= published")


def happened(every: Every) -> Sql:
    """Events that are counted: told as actual, and dated to the day, or not at all (then the day is that of publication)."""
    exact = "date IS NULL OR length(date) = 10" + (" OR length(date) = 7" if every == "month" else "")
    return all_of(SAID, Sql("status = 'actual'"), Sql(exact))


def note_statements(moment: Moment, scope: Scope, period: Period, since: date) -> None:
    """Make the tables of what was said for the report of a period; it is counted from a day on."""
    here = all_of(
        Sql("day >= ? AND day < ?", (period.start, period.end)), SAID, scope.statements(period.start, period.end)
    )
    moment.note(
        "spoken",
        "SELECT id, said, day, outlet, speaker, speaker_type, key, country, coalesce(office, role) AS office, about, content"
        f" FROM statements WHERE {here.text}",
        here.values,
    )
    counted, watched = scope.statements(since, period.end), scope.statements(OLDEST, since)
    moment.note(
        "heard",
        # One pass for both, by period and by speaker; of what is older only who spoke.
        f"SELECT start, key, grouping(key) = 1 AS all_speakers, count(*) FILTER (once) AS n, bool_or(old) AS old FROM"
        f" (SELECT date_trunc('{period.every}', day)::DATE AS start, key, said = id AND ({SAID.text}) AS once, day < ? AS old"
        f" FROM statements WHERE day >= ? AND day < ? AND ({counted.text}) UNION ALL"
        f" SELECT NULL, key, false, true FROM kept_statements WHERE day >= ? AND day < ? AND ({watched.text}))"
        " GROUP BY GROUPING SETS ((start), (key))",
        [period.start, since, period.end, *counted.values, OLDEST, since, *watched.values],
    )


def note_events(moment: Moment, scope: Scope, period: Period) -> None:
    """Make the tables of what was done for the report of a period."""
    watched, counted = scope.events(), happened(period.every)
    days = (period.start, period.end)
    plans, positions = days_before(period.start, PLANS), days_before(period.start, POSITIONS)
    here = "day >= ? AND day < ?"
    lately = (
        "published >= ? AND published < ? AND (status IN ('denied', 'planned', 'actual')"
        f" AND (published >= ? OR {POSITION}) OR {CONDITIONAL}) AND NOT coalesce({here}, false)"
    )
    columns = (
        "id, article, outlet, type, status, quad, score, day, published, date, happening, claimed_by, statement, sentence,"
        " actors, recipients, actor_keys"
    )
    # One after the other, for in each the engine passes over the days that are not asked for; of an OR it reads everything.
    moment.note(
        "told",
        f"SELECT * EXCLUDE (happening), here AND ({counted.text}) AS counted, hash(happening) AS happening FROM"
        f" (SELECT {columns}, true AS here FROM events WHERE {here} AND ({watched.text}) UNION ALL"
        f" SELECT {columns}, false AS here FROM events WHERE {lately} AND ({watched.text}))",
        [*days, *watched.values, positions, period.end, plans, *days, *watched.values],
    )
    # Pairs are dear: only of what is counted, what may be a position, and what somebody denies.
    sides = scope.sides()
    some = (
        f"SELECT * FROM told WHERE counted OR (status = 'actual' AND {POSITION}) OR (status IN ('denied', 'planned', 'actual')"
        " AND type IN (SELECT type FROM told WHERE status = 'denied'))"
    )
    moment.note(
        "sides",
        "SELECT id, article, type, status, quad, score, day, published, happening, counted, mutual, actor, recipient,"
        " actor_name, recipient_name, a.key AS one_key, r.key AS other_key, a.name AS one_name, r.name AS other_name"
        f" FROM ({_sides_sql(some, sides.text)})",
        sides.values,
    )


# The two sides of an event: a state where it deals with another, else the actor itself.
_UNIT = (
    "CASE WHEN {0}.country IS NOT NULL AND {0}.country IS DISTINCT FROM {1}.country AND {0}.country NOT IN ("
    + ", ".join(f"'{k}'" for k in KINDS)
    + ") THEN {0}.country ELSE {0}.key END"
)
# A state and who governs it ("Macron, Prancis") are one party told twice.
_ITSELF = (
    "a.country IS NOT DISTINCT FROM r.country AND (starts_with(a.key, 'state:') AND coalesce(r.sector, 'GOV') IN ('GOV',"
    " 'MIL') OR starts_with(r.key, 'state:') AND coalesce(a.sector, 'GOV') IN ('GOV', 'MIL'))"
)
# Of meetings and agreements that name no recipient, the actors are the sides.
_OTHERS = f"CASE WHEN {MUTUAL} AND len(recipients) = 0 THEN actors ELSE recipients END"


def _sides_sql(events: str, sides: str) -> str:
    """SQL of the pairs of parties of events, a row each: the columns of the event and those that follow.

    ``a`` and ``r``, the parties; ``actor`` and ``recipient``, the sides; ``actor_name`` and ``recipient_name``; and
    ``mutual``: both do it, the order says nothing.

    Args:
        events: SQL that gives the events, with all columns.
        sides: a condition on ``a`` and ``r``.
    """
    turned = "mutual AND one > other"
    return (
        f"SELECT *, if({turned}, other, one) AS actor, if({turned}, one, other) AS recipient,"
        f" if({turned}, r.name, a.name) AS actor_name, if({turned}, a.name, r.name) AS recipient_name FROM"
        f" (SELECT *, {_UNIT.format('a', 'r')} AS one, {_UNIT.format('r', 'a')} AS other FROM"
        " (SELECT *, unnest(others) AS r FROM (SELECT *, unnest(actors) AS a,"
        f" {MUTUAL} AS mutual, {_OTHERS} AS others FROM ({events}))) WHERE {sides})"
        f" WHERE one <> other AND NOT ({_ITSELF}) AND (NOT mutual OR len(recipients) > 0 OR a.start < r.start)"
    )
