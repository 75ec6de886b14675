"""One watch, put together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ujar.watch import changes, conditions, counts, fresh
from ujar.watch.periods import period_of, zone_of
from ujar.watch.report import Report
from ujar.watch.scope import scope_of
from ujar.watch.telling import tellings
from ujar.watch.usual import PAST

if TYPE_CHECKING:
    from ujar.store import Ledger
    from ujar.watch.periods import Every
    from ujar.watch.scope import Scope


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
    first, last = _published(ledger)
    scope = scope_of(actor, pair, bloc, on or last)
    day = on or _last_day(ledger, scope, last) or last or today
    period = period_of(day, every)
    # The engine answers most of these on one core; two at a time keep two cores busy.
    with ThreadPoolExecutor(2) as pool:
        ask = (ledger, scope, period)
        line = pool.submit(counts.timeline, *ask)
        plan = pool.submit(changes.denials, *ask)
        turn = pool.submit(changes.reversals, *ask)
        first_events = pool.submit(fresh.first_events, *ask)
        unheard = pool.submit(fresh.new_speakers, *ask)
        who = pool.submit(counts.speakers, *ask)
        sides = pool.submit(counts.towards, *ask)
        rest = pool.submit(counts.others, *ask)
        table = pool.submit(conditions.standing, *ask)
        named = pool.submit(counts.named, *ask)
        days_read = pool.submit(fresh.days_read, ledger, period)
        timeline = line.result()
        said = [int(point.statements.value or 0) for point in timeline]
        words = pool.submit(counts.words, *ask, said[-1], sum(said[-1 - counts.BEFORE : -1]))
    now = timeline[-1]
    speakers, totals = who.result()
    towards, totals["towards"] = sides.result()
    not_actual, claimed = rest.result()
    new, totals["new"] = first_events.result()
    new_speakers, denied, turned, lines = unheard.result(), plan.result(), turn.result(), table.result()
    totals |= {"new_speakers": len(new_speakers), "conditional": len(lines)}
    lines = lines[: conditions.CONDITIONS]
    told = tellings(
        ledger,
        {f.id: f.day for f in new}
        | {set_.last["id"]: set_.last["day"] for set_ in lines}
        | {
            name: day
            for pair in (*denied, *turned)
            for name, day in ((pair.before, pair.before_day), (pair.after, pair.after_day))
        },
    )
    changed, contradicted = changes.settle(denied, turned, told)
    totals |= {"changed": len(changed), "contradicted": len(contradicted)}
    reports = totals.pop("reports")
    return Report(
        question=scope.question,
        period=period,
        zone=zone,
        asked=on is not None,
        first_day=first,
        last_day=last,
        articles=now.articles,
        statements=now.statements,
        reports=reports,
        speakers=speakers,
        named=named.result(),
        words=words.result(),
        towards=towards,
        quads=now.quads,
        conflict=now.conflict,
        cooperation=now.cooperation,
        balance=now.balance,
        claimed=claimed,
        not_actual=not_actual,
        new=fresh.in_full(new, told),
        new_for=fresh.NEW_FOR[every],
        new_read=days_read.result(),
        new_speakers=tuple(new_speakers[: fresh.SPEAKERS]),
        changed=tuple(changed[: changes.CHANGES]),
        contradicted=tuple(contradicted[: changes.CHANGES]),
        conditional=conditions.in_full(lines, told),
        timeline=timeline,
        totals=totals,
    )


def _published(ledger: Ledger) -> tuple[date | None, date | None]:
    row = ledger.ask("SELECT min(published) AS first, max(published) AS last FROM articles").to_pylist()[0]
    return row["first"], row["last"]


def _last_day(ledger: Ledger, scope: Scope, last: date | None) -> date | None:
    """The last day that has rows of what is watched, up to the last publication; near it is looked first."""
    if last is None:
        return None
    until = last + timedelta(days=1)
    for since in (until - timedelta(days=PAST), fresh.OLDEST):
        said, done = scope.statements(since, until), scope.events(since, until)
        found: date | None = ledger.ask(
            f"SELECT max(day) AS day FROM (SELECT max(day) AS day FROM statements WHERE ({said.text}) AND ({counts.SAID.text})"  # noqa: S608 - conditions without values
            f" UNION ALL SELECT max(day) FROM events WHERE ({done.text}) AND ({counts.happened('day').text}))",
            [*said.values, *done.values],
        )["day"][0].as_py()
        if found is not None:
            return found
    return None
