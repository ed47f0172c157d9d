"""A clock's own time: what its target is counted in, and so what a pause takes from it.

Each way of counting has a position that never runs backwards, and the first instant at which
a position is reached.  A pause moves the due instant by as many positions as it lasted.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from runner.clocks.business_time import OpenTime
from runner.clocks.offsets import (
    at_wall,
    furthest_wall,
    to_instant,
    to_seconds,
)
from runner.policies.calendars import DayEnd
from runner.policies.clocks import Unit

Interval = tuple[datetime, datetime]
"""From an instant until before another."""


class Count(Protocol):
    """One way of counting time; instants are seconds since 1970.

    `OpenTime` is one: the seconds count in which a calendar is open.
    """

    def position(self, seconds: int) -> int:
        """Return how far time has come at an instant."""

    def instant(self, position: int) -> int:
        """Return the first instant at which time has come so far."""


class Elapsing:
    """All seconds count."""

    def position(self, seconds: int) -> int:
        """Return the instant itself."""
        return seconds

    def instant(self, position: int) -> int:
        """Return the position itself."""
        return position


class Civil:
    """What the clock on the wall shows counts, across clock changes too.

    A wall time that is skipped, or comes twice, is read as `at_wall` does.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def position(self, seconds: int) -> int:
        """Return the latest wall time shown so far, as if it were seconds since 1970."""
        return furthest_wall(self.zone, seconds)

    def instant(self, position: int) -> int:
        """Return the instant at which the wall time is shown."""
        return to_seconds(at_wall(to_instant(position).replace(tzinfo=None), self.zone))


class BusinessDays:
    """The business days of a calendar count; the day on which the clock starts does not.

    A day has passed at its closing, or at the wall time at which the clock started.
    `before` is the position until the day of the start is over.
    """

    def __init__(self, open_time: OpenTime, started_at: datetime) -> None:
        self.open_time = open_time
        self.zone = open_time.calendar.zone
        started = started_at.astimezone(self.zone)
        self.before = open_time.days_until(started)
        ends_alike = open_time.calendar.day_ends is DayEnd.SAME_TIME
        self.ends_at = started.time() if ends_alike else None

    def position(self, seconds: int) -> int:
        """Return the days that have passed."""
        if self.ends_at is None:
            return max(self.open_time.days_passed(seconds), self.before)
        wall = to_instant(furthest_wall(self.zone, seconds))
        is_over = wall.time() >= self.ends_at
        day = wall.date() if is_over else wall.date() - timedelta(days=1)
        return max(self.open_time.days_until(day), self.before)

    def instant(self, position: int) -> int:
        """Return when so many days have passed."""
        if self.ends_at is None:
            return self.open_time.when_days_passed(position)
        day = self.open_time.nth_day(position)
        return to_seconds(at_wall(datetime.combine(day, self.ends_at), self.zone))


def count_in(unit: Unit, zone: ZoneInfo, open_time: OpenTime | None, started_at: datetime) -> Count:
    """Return how a clock counts whose target is in `unit`.

    Without `open_time` all time counts.

    Raises:
        ValueError: for business days without a calendar.
    """
    match unit:
        case Unit.MINUTE | Unit.HOUR:
            return Elapsing() if open_time is None else open_time
        case Unit.CIVIL_DAY | Unit.MONTH:
            return Civil(zone)
        case Unit.BUSINESS_DAY:
            if open_time is None:
                raise ValueError("business days need a calendar")
            return BusinessDays(open_time, started_at)


def postponed(due_at: datetime, pauses: Iterable[Interval], count: Count) -> datetime:
    """Return when a clock is due that rested in `pauses`, which are in order and apart.

    A pause that begins when the clock has run out changes nothing any more.
    """
    due = before = to_seconds(due_at)
    for started_at, ended_at in pauses:
        started = to_seconds(started_at)
        if started >= due:
            break
        lost = count.position(to_seconds(ended_at)) - count.position(started)
        if lost:
            due = count.instant(count.position(due) + lost)
    return due_at if due == before else to_instant(due)


def counted(start: datetime, end: datetime, pauses: Iterable[Interval], count: Count) -> int:
    """Return how many positions lie between two instants, less those within `pauses`."""
    first, last = to_seconds(start), to_seconds(end)
    lost = 0
    for started_at, ended_at in pauses:
        started, ended = max(to_seconds(started_at), first), min(to_seconds(ended_at), last)
        if started < ended:
            lost += count.position(ended) - count.position(started)
    return count.position(last) - count.position(first) - lost
