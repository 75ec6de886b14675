"""One watch, put together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ujar.watch import changes, conditions, counts, fresh
from ujar.watch.periods import days_before, period_of, zone_of
from ujar.watch.report import Report
from ujar.watch.rows import OLDEST, SAID, happened, note_events, note_statements
from ujar.watch.scope import Sql, all_of, scope_of
from ujar.watch.telling import tellings
from ujar.watch.usual import PAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.store import Ledger
    from ujar.store.moment import Moment
    from ujar.watch.periods import Every, Period
    from ujar.watch.report import Change, Condition, Named, NewEvent, NewSpeaker, Speaker, Towards, Word
    from ujar.watch.scope import Scope
    from ujar.watch.usual import Sums


def watch(
    ledger: Ledger,
    *,
    every: Every,
    on: date | None = None,
    actor: str | None = None,
    pair: str | tuple[str, str] | None = None,
    bloc: str | None = None,
    zone: str = "Asia/Jakarta",
) -> Report:
    """The report of one period.

    Args:
        ledger: the ledger.
        every: "day", "week" or "month".
        on: a day of the period; None: the last period that has rows.
        actor: watch only where this actor acts, receives, speaks, is spoken to or named.
        pair: watch only what is between two actors: "AS:Iran", or the two names.
        bloc: watch only the members of this bloc on the day, and the bloc itself.
        zone: the time zone in which the days are meant.

    Raises:
        UsageError: when an option makes no sense, or a name may be several.
    """
    today = datetime.now(zone_of(zone)).date()

    def report(moment: Moment) -> Report:
        first, last = _published(moment)
        scope = scope_of(actor, pair, bloc, on or last)
        day = on or _last_day(moment, scope, last) or last or today
        return _report(moment, scope, period_of(day, every), Asked(zone, on is not None, first, last))

    return ledger.at_once(report)


class Asked(NamedTuple):
    """What a report says of itself.

    Attributes:
        zone: the time zone in which its days are meant.
        asked: whether the period was asked for.
        first: the first day of publication in the ledger.
        last: the last one.
    """

    zone: str
    asked: bool
    first: date | None
    last: date | None


def _report(moment: Moment, scope: Scope, period: Period, asked: Asked) -> Report:
    periods = period.last(2 * PAST)
    said, done = moment.beside(
        lambda own: _said(own, scope, period, periods), lambda own: _done(own, scope, period, periods)
    )
    timeline = counts.timeline(periods, said.articles, said.counts, done.counts)
    now = timeline[-1]
    return Report(
        question=scope.question,
        period=period,
        zone=asked.zone,
        asked=asked.asked,
        first_day=asked.first,
        last_day=asked.last,
        articles=now.articles,
        statements=now.statements,
        reports=said.reports,
        speakers=said.speakers,
        named=said.named,
        words=said.words,
        towards=done.towards,
        quads=now.quads,
        conflict=now.conflict,
        cooperation=now.cooperation,
        balance=now.balance,
        claimed=done.claimed,
        not_actual=done.not_actual,
        new=done.new,
        new_for=fresh.NEW_FOR[period.every],
        new_read=done.days_read,
        new_speakers=said.new_speakers,
        changed=done.changed,
        contradicted=done.contradicted,
        conditional=done.conditional,
        timeline=timeline,
        totals=said.totals | done.totals,
    )


class _Said(NamedTuple):
    """The half of a report that statements and articles give; see ``Report``."""

    articles: dict[date, int]
    counts: dict[date, int]
    reports: int
    speakers: tuple[Speaker, ...]
    named: tuple[Named, ...]
    words: tuple[Word, ...]
    new_speakers: tuple[NewSpeaker, ...]
    totals: dict[str, int]


class _Done(NamedTuple):
    """The half of a report that events give; see ``Report``."""

    counts: dict[date, list[Sums]]
    towards: tuple[Towards, ...]
    claimed: int
    not_actual: dict[str, int]
    new: tuple[NewEvent, ...]
    days_read: int
    changed: tuple[Change, ...]
    contradicted: tuple[Change, ...]
    conditional: tuple[Condition, ...]
    totals: dict[str, int]


def _said(moment: Moment, scope: Scope, period: Period, periods: Sequence[Period]) -> _Said:
    note_statements(moment, scope, period, periods[0].start)
    said = counts.said(moment, periods[0].start)
    before = sum(said.get(p.start, 0) for p in periods[-1 - counts.BEFORE : -1])
    speakers, all_speakers, reports = counts.speakers(moment)
    new_speakers, all_new = fresh.new_speakers(moment, scope, period)
    return _Said(
        articles=counts.articles(moment, periods),
        counts=said,
        reports=reports,
        speakers=speakers,
        named=counts.named(moment, scope),
        words=counts.words(moment, scope, period, said.get(period.start, 0), before),
        new_speakers=tuple(new_speakers),
        totals={"speakers": all_speakers, "new_speakers": all_new},
    )


def _done(moment: Moment, scope: Scope, period: Period, periods: Sequence[Period]) -> _Done:
    note_events(moment, scope, period)
    towards, all_towards = counts.towards(moment)
    not_actual, claimed = counts.others(moment)
    days_read = fresh.days_read(moment, period)
    # Where nothing was read before, everything would be new.
    new, all_new = fresh.first_events(moment, scope, period) if days_read else ([], 0)
    denied, turned = changes.denials(moment, period), changes.reversals(moment, period)
    standing = conditions.standing(moment, scope, period)
    lines = standing[: conditions.CONDITIONS]
    told = tellings(
        moment,
        {f.id: f.day for f in new}
        | {line.last["id"]: line.last["day"] for line in lines}
        | {
            name: day
            for pair in (*denied, *turned)
            for name, day in ((pair.before, pair.before_day), (pair.after, pair.after_day))
        },
    )
    changed, contradicted = changes.settle(denied, turned, told)
    return _Done(
        counts=counts.done(moment, scope, periods),
        towards=towards,
        claimed=claimed,
        not_actual=not_actual,
        new=fresh.in_full(new, told),
        days_read=days_read,
        changed=tuple(changed[: changes.CHANGES]),
        contradicted=tuple(contradicted[: changes.CHANGES]),
        conditional=conditions.in_full(lines, told),
        totals={
            "towards": all_towards,
            "new": all_new,
            "conditional": len(standing),
            "changed": len(changed),
            "contradicted": len(contradicted),
        },
    )


def _published(moment: Moment) -> tuple[date | None, date | None]:
    row = moment.ask("SELECT min(published) AS first, max(published) AS last FROM articles").to_pylist()[0]
    return row["first"], row["last"]


def _last_day(moment: Moment, scope: Scope, last: date | None) -> date | None:
    """The last day that has rows of what is watched, up to the last publication; near it is looked first."""
    if last is None:
        return None
    until = min(last, date.max - timedelta(days=1)) + timedelta(days=1)
    for since in (days_before(until, PAST), OLDEST):
        days = Sql("day >= ? AND day < ?", (since, until))
        said = all_of(days, SAID, scope.statements(since, until))
        done = all_of(days, happened("day"), scope.events(since, until))
        found: date | None = moment.ask(
            f"SELECT max(day) AS day FROM (SELECT max(day) AS day FROM kept_statements WHERE {said.text}"  # noqa: S608 - conditions without values
            f" UNION ALL SELECT max(day) FROM events WHERE {done.text})",
            [*said.values, *done.values],
        )["day"][0].as_py()
        if found is not None:
            return found
    return None
