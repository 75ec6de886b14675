"""Conditions on the table: who threatens, refuses, offers or demands what, if what happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ujar.store.rows import QUADS, folded
from ujar.watch.periods import days_before
from ujar.watch.report import Condition
from ujar.watch.rows import CONDITIONAL
from ujar.watch.scope import Sql, all_of

if TYPE_CHECKING:
    from datetime import date

    from ujar.store.moment import Moment
    from ujar.watch.periods import Period
    from ujar.watch.report import ConditionKind, Told
    from ujar.watch.scope import Scope
    from ujar.watch.telling import Tellings

CONDITIONS = 30
# A condition stands so many days after it was set or repeated last.
STANDS = 180
# Conditions of the same actor so alike (0 to 100) are one.
_ALIKE = 75
_ORDER = ("red line", "offer", "demand")


@dataclass(slots=True)
class Line:
    """One condition on its way: all tellings of it, oldest first."""

    kind: ConditionKind
    keys: set[str]
    words: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> dict[str, Any]:
        """The last telling."""
        return self.rows[-1]


def standing(moment: Moment, scope: Scope, period: Period) -> list[Line]:
    """What stands at the end of the period: red lines, then offers, then demands; those told in the period first."""
    since = days_before(period.end, STANDS)
    where = all_of(
        Sql("published >= ? AND published < ?", (since, period.end)),
        scope.events(),
        Sql(f"{CONDITIONAL} AND len(actor_keys) > 0"),
    )
    rows = moment.ask(
        "SELECT id, article, day, published, type, quad, status, condition, actor_keys, recipient_keys, actor_countries,"  # noqa: S608 - conditions without values
        f" recipient_countries FROM events WHERE {where.text} ORDER BY published, id",
        where.values,
    ).to_pylist()
    lines: list[Line] = []
    of: dict[tuple[str, str], list[Line]] = {}
    for row in rows:
        _put(row, lines, of)
    lines.sort(key=lambda line: _weight(line, period))
    # A sentence that was read as two events ("normalisation only if …") sets one condition.
    once: dict[tuple[str, str], Line] = {}
    for line in lines:
        once.setdefault((line.last["article"], line.last["condition"] or line.last["id"]), line)
    return list(once.values())


def in_full(lines: list[Line], tellings: Tellings) -> tuple[Condition, ...]:
    """The conditions with their sentences."""
    return tuple(_condition(line, tellings.told[line.last["id"]]) for line in lines if tellings.has(line.last["id"]))


def _put(row: dict[str, Any], lines: list[Line], of: dict[tuple[str, str], list[Line]]) -> None:
    """Add a telling to the condition that it repeats, or as a new one."""
    from rapidfuzz import fuzz

    kind = kind_of(row["type"], row["quad"], row["status"])
    keys = set(row["actor_keys"])
    # Without a condition that was read, what is done to whom must do.
    words = folded(row["condition"]).strip() if row["condition"] else " ".join((row["type"], *row["recipient_keys"]))
    for key in sorted(keys):
        for line in of.get((kind, key), ()):
            if fuzz.token_set_ratio(words, line.words) >= _ALIKE:
                line.rows.append(row)
                line.keys |= keys
                return
    line = Line(kind, keys, words, [row])
    lines.append(line)
    for key in keys:
        of.setdefault((kind, key), []).append(line)


def kind_of(type_: str, quad: str, status: str) -> ConditionKind:
    """What a condition is: a red line when conflict is to follow or cooperation is refused, an offer the other way."""
    if type_ == "REQUEST":
        return "demand"
    conflict = quad in (QUADS[3], QUADS[4])
    return "red line" if conflict != (status == "denied") else "offer"


def _weight(line: Line, period: Period) -> tuple[object, ...]:
    last = line.last
    abroad = set(last["recipient_countries"]) - set(last["actor_countries"])
    return (
        last["published"] < period.start,
        _ORDER.index(line.kind),
        last["condition"] is None,
        not abroad,
        -len({row["published"] for row in line.rows}),
        -last["published"].toordinal(),
        last["id"],
    )


def _condition(line: Line, told: Told) -> Condition:
    days: list[date] = sorted({row["published"] for row in line.rows})
    return Condition(
        told.actors,
        told.recipients,
        next((row["condition"] for row in reversed(line.rows) if row["condition"]), None),
        line.kind,
        days[0],
        days[-1],
        len(days),
        told,
    )
