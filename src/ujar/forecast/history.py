"""Dated events between units, the one form in which everything that looks ahead sees the past.

They come from the ledger (what ujar read itself), from what ``ujar history import`` brought, or from rows given by hand.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ujar.actors.rows import NOT_STATES
from ujar.errors import UsageError
from ujar.events.plover import SYMMETRIC, TYPES
from ujar.history.formats import TOLD_WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from ujar.store import Ledger

# Event types in the order of the codebook, and the place of each.
_PLACES: dict[str, int] = {name: place for place, name in enumerate(TYPES)}
# So long before its first article a ledger may be said to have watched.
_AHEAD_OF_FIRST = 7


@dataclass(slots=True)
class _Pairs:
    """Where the rows of each actor, recipient and pair stand: found when first asked for, and shared by what is earlier.

    Attributes:
        actor, recipient: the columns of the longest history that shares it.
        by_pair: places of rows in the order of actor and recipient, and that order's keys.
        by_recipient: the same by recipient alone.
    """

    actor: NDArray[np.int32]
    recipient: NDArray[np.int32]
    by_pair: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    by_recipient: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Dated events between units, oldest first. Every row lies in the span.

    Attributes:
        names: the units (``RUS``, ``USA``, ``body:…``, ``person:…``), sorted.
        day: int32[n], proleptic ordinals (``date.toordinal()``), ascending.
        actor: int32[n], places in ``names``.
        recipient: int32[n], places in ``names``.
        type: int8[n], places in ``list(TYPES)``.
        id: n ids of events in the ledger, ``NAME#row`` of an import, or ``given#0`` of a supposed fact.
        since: first day of the span in which things were observed at all.
        until: first day after that span.
        stretches: where the span has gaps (an import of 2014 and articles of 2025), its observed stretches, each half-open,
            oldest first; else that one span.
    """

    names: tuple[str, ...]
    day: NDArray[np.int32]
    actor: NDArray[np.int32]
    recipient: NDArray[np.int32]
    type: NDArray[np.int8]
    id: tuple[str, ...]
    since: date
    until: date
    stretches: tuple[tuple[date, date], ...] = ()
    _pairs: _Pairs = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """An index of its own; ``before`` hands on that of the longer history."""
        object.__setattr__(self, "_pairs", _Pairs(self.actor, self.recipient))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.day)

    def unit(self, name: str) -> int | None:
        """The place of a unit in ``names``, or None when it has no events."""
        at = bisect_left(self.names, name)
        return at if at < len(self.names) and self.names[at] == name else None

    def before(self, day: date) -> History:
        """Only what is earlier than a day; places in ``names`` and of rows stay as they are.

        ``until`` is that day, or stays when nothing was observed as late as that.
        """
        n = int(np.searchsorted(self.day, day.toordinal(), side="left"))
        until = min(day, self.until)
        earlier = History(
            self.names,
            self.day[:n],
            self.actor[:n],
            self.recipient[:n],
            self.type[:n],
            self.id[:n],
            min(self.since, until),
            until,
            tuple((a, min(b, until)) for a, b in self.stretches if a < until),
        )
        object.__setattr__(earlier, "_pairs", self._pairs)
        return earlier

    def between(self, actor: int | None, recipient: int | None) -> NDArray[np.int64]:
        """Places of the rows by an actor, to a recipient (None: by or to anybody), ascending."""
        if actor is None and recipient is None:
            return np.arange(len(self), dtype=np.int64)
        pairs, many = self._pairs, len(self.names)
        if actor is None:
            if pairs.by_recipient is None:
                pairs.by_recipient = _sorted(pairs.recipient.astype(np.int64))
            (order, keys), low, high = pairs.by_recipient, recipient or 0, (recipient or 0) + 1
        else:
            if pairs.by_pair is None:
                pairs.by_pair = _sorted(pairs.actor.astype(np.int64) * many + pairs.recipient)
            order, keys = pairs.by_pair
            low = actor * many + (recipient or 0)
            high = low + (many if recipient is None else 1)
        found = order[np.searchsorted(keys, low) : np.searchsorted(keys, high)]
        if actor is not None and recipient is None:
            found = np.sort(found)
        return found[: np.searchsorted(found, len(self))]

    def plus(self, facts: Sequence[tuple[date, str, str, str]]) -> History:
        """This history and supposed facts (day, actor, type, recipient), after what else has their day; ids ``given#0``, ….

        Units that are new get their places in ``names``, so that places of others may differ from those here. The span is
        stretched to hold the facts. Raises UsageError for a type that is none, or a fact of a unit with itself.
        """
        for _, actor, kind, recipient in facts:
            _check(actor, kind, recipient)
        if not facts:
            return self
        names = sorted({*self.names, *(a for _, a, _, _ in facts), *(r for _, _, _, r in facts)})
        at = {name: place for place, name in enumerate(names)}
        moved = np.array([at[name] for name in self.names], dtype=np.int32)
        days = [day for day, *_ in facts]
        since, until = min(self.since, *days), max(self.until, *(d + timedelta(days=1) for d in days))
        return _ordered(
            tuple(names),
            np.concatenate([self.day, np.array([d.toordinal() for d in days], dtype=np.int32)]),
            np.concatenate([moved[self.actor], np.array([at[a] for _, a, _, _ in facts], dtype=np.int32)]),
            np.concatenate([moved[self.recipient], np.array([at[r] for _, _, _, r in facts], dtype=np.int32)]),
            np.concatenate([self.type, np.array([_PLACES[t] for _, _, t, _ in facts], dtype=np.int8)]),
            [*self.id, *(f"given#{n}" for n in range(len(facts)))],
            _joined([*(self.stretches or ((self.since, self.until),)), *((d, d + timedelta(days=1)) for d in days)]),
            (since, until),
        )


def history_from_rows(
    rows: Iterable[tuple[date, str, str, str, str]], since: date | None = None, until: date | None = None
) -> History:
    """The history of rows (day, actor, type, recipient, id), in any order.

    Without ``since`` and ``until`` the span is that of the rows; with them, rows outside of it are left out. Raises
    UsageError for a type that is none, or a row of a unit with itself.
    """
    found = [row for row in rows if (since is None or row[0] >= since) and (until is None or row[0] < until)]
    for _, actor, kind, recipient, _ in found:
        _check(actor, kind, recipient)
    names = sorted({row[1] for row in found} | {row[3] for row in found})
    at = {name: place for place, name in enumerate(names)}
    days = np.array([row[0].toordinal() for row in found], dtype=np.int32)
    return _ordered(
        tuple(names),
        days,
        np.array([at[row[1]] for row in found], dtype=np.int32),
        np.array([at[row[3]] for row in found], dtype=np.int32),
        np.array([_PLACES[row[2]] for row in found], dtype=np.int8),
        [row[4] for row in found],
        (),
        _span(days, since, until),
    )


def history_of(ledger: Ledger, *, until: date | None = None, own: bool = True, imported: bool = True) -> History:
    """What a ledger holds of the past: events that ujar read, and what ``ujar history import`` brought.

    Own events are those told as actual, dated to a day (else to that of publication) that is at most the one of
    publication, and told within TOLD_WITHIN days. Reports of one happening count once. Each gives a row per actor and
    recipient that are different units; of meetings and agreements that name no recipient, the actors are each other's. The
    unit of a party is its state where it has one, else its key.

    Args:
        ledger: the ledger; it may be empty.
        until: only what happened, and was printed, before this day.
        own: with what ujar read.
        imported: with what was imported.

    Raises LedgerError when the ledger cannot be read.
    """
    tables: list[tuple[pa.Table, tuple[tuple[date, date], ...]]] = []
    if own:
        tables.append(_own(ledger, until))
    if imported:
        from ujar.history.store import imported_rows

        tables += imported_rows(ledger.folder)
    return _of_tables(tables, until)


def _own(ledger: Ledger, until: date | None) -> tuple[pa.Table, tuple[tuple[date, date], ...]]:
    """Rows of the events that a ledger read, and the span that its articles watch; none when it holds nothing with a day."""
    rows, first, last = ledger.at_once(
        lambda moment: (
            moment.ask(_OWN, [TOLD_WITHIN, until, until, until]),
            *moment.ask("SELECT min(published) AS a, max(published) AS z FROM articles").to_pylist()[0].values(),
        )
    )
    if first is not None:
        days = rows["day"].to_pylist()
        first = max(first - timedelta(days=_AHEAD_OF_FIRST), min([first, *days]))
        return rows, ((first, last + timedelta(days=1)),)
    return rows, _spans_of(rows)


def _of_tables(tables: Sequence[tuple[pa.Table, tuple[tuple[date, date], ...]]], until: date | None) -> History:
    """Tables of rows (day, actor, type, recipient, id), each with its spans, as one history.

    Rows outside of the spans of their table are left out: what is known of those days is chance.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kept: list[pa.Table] = []
    spans: list[tuple[date, date]] = []
    for table, watched in tables:
        for since, end in ((a, min(z, until or z)) for a, z in watched):
            if since < end:
                spans.append((since, end))
                inside = pc.and_(
                    pc.greater_equal(table["day"], pa.scalar(since)), pc.less(table["day"], pa.scalar(end))
                )
                kept.append(table.filter(inside).select(_columns().names).cast(_columns()))
    if not spans:
        nothing = until or _NEVER
        return history_from_rows((), nothing, nothing)
    rows = pa.concat_tables(kept)
    names = pc.unique(pa.chunked_array([*rows["actor"].chunks, *rows["recipient"].chunks], pa.string()))
    names = names.take(pc.array_sort_indices(names))
    stretches = _joined(spans)
    return _ordered(
        tuple(names.to_pylist()),
        rows["day"].cast(pa.int32()).to_numpy() + np.int32(date(1970, 1, 1).toordinal()),
        pc.index_in(rows["actor"], names).to_numpy(),
        pc.index_in(rows["recipient"], names).to_numpy(),
        pc.index_in(rows["type"], pa.array(list(TYPES))).to_numpy().astype(np.int8),
        rows["id"].to_pylist(),
        stretches,
        (stretches[0][0], stretches[-1][1]),
    )


def _columns() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema([("day", pa.date32()), ("actor", text), ("type", text), ("recipient", text), ("id", text)])


def _ordered(
    names: tuple[str, ...],
    day: NDArray[np.int32],
    actor: NDArray[np.int32],
    recipient: NDArray[np.int32],
    kind: NDArray[np.int8],
    ids: Sequence[str],
    stretches: tuple[tuple[date, date], ...],
    span: tuple[date, date],
) -> History:
    """The history of columns in any order; of one day, rows stay in the order in which they are given."""
    order = np.argsort(day, kind="stable")
    return History(
        names,
        day[order],
        actor[order],
        recipient[order],
        kind[order],
        tuple(ids[n] for n in order.tolist()),
        *span,
        stretches if len(stretches) > 1 else (),
    )


def _sorted(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of keys in their order, and the keys so."""
    order = np.argsort(keys, kind="stable").astype(np.int64)
    return order, keys[order]


def _joined(spans: Sequence[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Half-open spans as the fewest that hold the same days, oldest first."""
    out: list[tuple[date, date]] = []
    for since, until in sorted(spans):
        if out and since <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], until))
        else:
            out.append((since, until))
    return tuple(out)


def _span(days: NDArray[np.int32], since: date | None, until: date | None) -> tuple[date, date]:
    """The span that is given, where it is not that of the days."""
    if len(days):
        since = since or date.fromordinal(int(days.min()))
        until = until or date.fromordinal(int(days.max()) + 1)
    since = since or until or _NEVER
    return since, max(since, until or since)


def _spans_of(rows: pa.Table) -> tuple[tuple[date, date], ...]:
    days = rows["day"].to_pylist()
    return ((min(days), max(days) + timedelta(days=1)),) if days else ()


def _check(actor: str, kind: str, recipient: str) -> None:
    if kind not in _PLACES:
        raise UsageError("bad-fact", f"{kind!r} is no type of event", f"choose one of {', '.join(TYPES)}")
    if actor == recipient:
        raise UsageError("bad-fact", f"{actor!r} is on both sides", "name two different units")


# The span of nothing.
_NEVER = date(1970, 1, 1)

# The unit of a party is its state where it has one, else its key.
_UNIT = (
    "CASE WHEN {0}.country NOT IN (" + ", ".join(f"'{code}'" for code in sorted(NOT_STATES)) + ") THEN {0}.country"
    " ELSE {0}.key END"
)
_TOGETHER = ", ".join(f"'{kind}'" for kind in sorted(SYMMETRIC))
# Of the reports of one happening, the first that fits; of types that both sides do, the actors when no recipient is named.
_OWN = f"""
SELECT DISTINCT day, actor, type, recipient, id FROM (
  SELECT day, type, id, {_UNIT.format("a")} AS actor, {_UNIT.format("r")} AS recipient
  FROM (SELECT *, unnest(others) AS r FROM (
    SELECT day, type, id, unnest(actors) AS a,
      CASE WHEN len(recipients) = 0 AND type IN ({_TOGETHER}) THEN actors ELSE recipients END AS others
    FROM events WHERE id IN (
      SELECT arg_min(id, (published, id)) FROM events
      WHERE status = 'actual' AND day IS NOT NULL AND (date IS NULL OR length(date) = 10)
        AND (published IS NULL OR (day <= published AND day >= published - ?::INTEGER))
        AND (?::DATE IS NULL OR (day < ?::DATE AND (published IS NULL OR published < ?::DATE)))
      GROUP BY happening))))
WHERE actor <> recipient
ORDER BY day, id, actor, recipient
"""  # noqa: S608 - only names of the codebook
