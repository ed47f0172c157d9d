"""A promise told to a person: what comes of it, and how the time was counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from runner.clocks.business_time import OpenTime
from runner.clocks.counting import Count, Interval, count_in, counted
from runner.clocks.offsets import DAY, wall_at
from runner.clocks.standings import Standing
from runner.policies.calendars import SpecialDay
from runner.policies.clocks import SECONDS, Unit
from runner.policies.policy_tests import Length

_LINES = 10
"""Spans or days that are told at most."""
_UNITS = {"second": Unit.HOUR, "civil day": Unit.CIVIL_DAY, "business day": Unit.BUSINESS_DAY}


@dataclass(frozen=True, slots=True)
class Tale:
    """One course of a clock as a person follows it.

    `until` is its end, else the present, else None where only the due instant is asked for.
    `pauses` are in order, apart, and within the course.  `standing` is None for time that is
    measured without a promise; `unit` is then None too.
    """

    start: datetime
    until: datetime | None
    pauses: tuple[Interval, ...]
    zone: ZoneInfo
    open_time: OpenTime | None
    unit: Unit | None
    standing: Standing | None

    def elapsed(self, unit: str) -> Length:
        """Return what has passed of the clock's own time, nothing before its start."""
        return self._length(unit, self.start, max(self.start, self.until or self.start))

    def remaining(self, unit: str) -> Length:
        """Return what is left until the due instant, nothing when that is over."""
        now = max(self.start, self.until or self.start)
        due_at = self.standing.due_at if self.standing else now
        return self._length(unit, now, max(now, due_at))

    def _length(self, unit: str, start: datetime, end: datetime) -> Length:
        found = counted(start, end, self.pauses, self._count(unit))
        return Length(found // DAY if unit == "civil day" else found, unit)

    def _count(self, unit: str) -> Count:
        return count_in(_UNITS[unit], self.zone, self.open_time, self.start)

    def explain(self) -> Iterator[str]:
        """Yield how the time was counted, line by line."""
        yield f"started {say_instant(self.start, self.zone)}"
        for begun, over in self.pauses:
            yield f"rested from {_wall(begun, self.zone)} to {_wall(over, self.zone)}"
        end = max(self.standing.due_at if self.standing else self.start, self.until or self.start)
        if self.open_time is not None and self.unit is Unit.BUSINESS_DAY:
            yield from _told_days(self.open_time, self.start, end)
        elif self.open_time is not None and self.unit in {None, *SECONDS}:
            yield from _told_spans(self.open_time, self.start, end)
        if self.standing is not None:
            yield f"due {say_instant(self.standing.due_at, self.zone)}"


def say_instant(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant in UTC, and as the clock on the wall shows it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ} ({wall_at(at, zone):%A} {_wall(at, zone)} {zone.key})"


def _wall(at: datetime, zone: ZoneInfo) -> str:
    wall = wall_at(at, zone)
    return f"{wall:%Y-%m-%d %H:%M:%S}" if wall.second else f"{wall:%Y-%m-%d %H:%M}"


def business_days(open_time: OpenTime, start: datetime, end: datetime) -> list[date]:
    """Return the business days that a clock counts between two instants, the first year's."""
    zone = open_time.calendar.zone
    first, last = wall_at(start, zone).date(), wall_at(end, zone).date()
    days = (first + timedelta(days=n) for n in range(1, min((last - first).days, 400) + 1))
    return [day for day in days if open_time.is_business_day(day)]


def holidays(open_time: OpenTime, start: datetime, end: datetime) -> list[SpecialDay]:
    """Return the days of a calendar's list on which it is closed between two instants."""
    zone = open_time.calendar.zone
    first, last = wall_at(start, zone).date(), wall_at(end, zone).date()
    return [
        each for each in open_time.calendar.special if not each.spans and first <= each.day <= last
    ]


def _told_days(open_time: OpenTime, start: datetime, end: datetime) -> Iterator[str]:
    days = business_days(open_time, start, end)
    yield _shortened("business days:", map(str, days))
    if closed := holidays(open_time, start, end):
        yield _shortened("holidays:", (f"{each.day} {each.name}".rstrip() for each in closed))


def _told_spans(open_time: OpenTime, start: datetime, end: datetime) -> Iterator[str]:
    zone = open_time.calendar.zone
    spans = []
    for opens, closes in open_time.spans(start, end):
        spans.append(
            f"{_wall(opens, zone)} to {wall_at(closes, zone):%H:%M:%S}".removesuffix(":00")
        )
        if len(spans) > _LINES:
            break
    yield _shortened("open:", spans) if spans else "never open meanwhile"


def _shortened(what: str, items: Iterable[str]) -> str:
    listed = list(items)
    more = ", …" if len(listed) > _LINES else ""
    return f"{what} {', '.join(listed[:_LINES])}{more}"
