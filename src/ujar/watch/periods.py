"""Days, ISO weeks and months, half-open: from their first day up to, not including, the first day of the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from ujar.errors import UsageError

Every = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """A day, an ISO week (Monday to Sunday) or a month.

    Attributes:
        every: "day", "week" or "month".
        start: the first day.
        end: the day after the last.
    """

    every: Every
    start: date
    end: date

    @property
    def name(self) -> str:
        """ISO 8601: "2024-06-07", "2024-W23", "2024-06"."""
        if self.every == "day":
            return self.start.isoformat()
        if self.every == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02}"
        return f"{self.start:%Y-%m}"

    def previous(self, n: int = 1) -> Period:
        """The period ``n`` before this one; a negative ``n`` goes forward. Raises UsageError where the calendar ends."""
        try:
            if self.every == "day":
                return period_of(self.start - timedelta(days=n), "day")
            if self.every == "week":
                return period_of(self.start - timedelta(weeks=n), "week")
            months = self.start.year * 12 + self.start.month - 1 - n
            return period_of(date(months // 12, months % 12 + 1, 1), "month")
        except (OverflowError, ValueError) as error:
            raise _none(self.every, self.start) from error

    def last(self, n: int) -> list[Period]:
        """The last ``n`` periods up to this one, oldest first; fewer where the calendar begins."""
        out = [self]
        while len(out) < n:
            try:
                out.append(out[-1].previous())
            except UsageError:
                break
        return out[::-1]

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """The moments at which it begins and is over in a time zone."""
        place = zone_of(zone)
        return datetime.combine(self.start, time(), place), datetime.combine(self.end, time(), place)


def period_of(day: date, every: Every) -> Period:
    """The period that holds a day. Raises UsageError when there is no such kind of period, or calendar for it."""
    try:
        if every == "day":
            return Period("day", day, day + timedelta(days=1))
        if every == "week":
            start = day - timedelta(days=day.weekday())
            return Period("week", start, start + timedelta(days=7))
        if every == "month":
            start = day.replace(day=1)
            return Period("month", start, (start + timedelta(days=31)).replace(day=1))
    except (OverflowError, ValueError) as error:
        raise _none(every, day) from error
    raise UsageError("bad-period", f"{every!r} is no period", f"known are: {', '.join(get_args(Every))}")


def days_before(day: date, days: int) -> date:
    """The day so many days before, or the first one of the calendar."""
    return day - timedelta(days=min(days, (day - date.min).days))


def _none(every: str, day: date) -> UsageError:
    return UsageError("bad-period", f"there is no {every} around {day}", "give a day of this age")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; raises UsageError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError("bad-zone", f"there is no time zone {name!r}", "write it as Asia/Jakarta") from error
