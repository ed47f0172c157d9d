"""How each promise of a case stands at an instant, from the case's log alone.

No standing depends on when it was asked for: a promise is missed at the instant it was due,
not by the run that noticed.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from runner.cases.case import Entry, PinnedClock
from runner.cases.courses import Course, Ending, read_courses
from runner.cases.summary import CaseSummary
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import Count, Interval, count_in, postponed
from runner.clocks.targets import due_soon_instant
from runner.policies.calendars import calendar_file
from runner.policies.clocks import Target, Unit, parse_target


class Position(StrEnum):
    """Where a promise stands.

    `running`: time is left.  `paused`: it rests.  `due-soon`: no more is left than the
    policy's threshold.  `overdue`: it runs, and was due.  `met`: kept at or before the due
    instant.  `missed`: kept too late, or given up when it was overdue.  `cancelled`: the
    case was left, or the clock begun anew, before it was due.
    """

    RUNNING = "running"
    PAUSED = "paused"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


_RUNNING = frozenset({Position.RUNNING, Position.DUE_SOON, Position.OVERDUE})


@dataclass(frozen=True, slots=True)
class Standing:
    """One course of a clock and where it stands.

    `due_at` counts all pauses until its end, or until now; while it rests it is when the
    clock would be due if it went on now.  `lacks_calendar` says that the promise names a
    calendar that nobody gave: its pauses are then not counted.
    """

    course: Course
    position: Position
    due_at: datetime
    lacks_calendar: bool = False

    @property
    def clock(self) -> str:
        """The clock's id."""
        return self.course.clock.clock

    @property
    def missed_at(self) -> datetime | None:
        """When the promise was broken: the due instant; None where it was not."""
        broken = self.position in {Position.OVERDUE, Position.MISSED}
        return self.due_at if broken else None


def standings(
    log: tuple[Entry, ...],
    now: datetime,
    open_times: Mapping[str, OpenTime],
    due_soon: Mapping[str, Target | None] | None = None,
) -> tuple[Standing, ...]:
    """Return how all clocks of a case stand, in the order of their starts, ended ones too.

    `open_times` holds calendars by the git blob id of their files, and by id for a promise
    that names no blob or one that is not there.  `due_soon` are the policy's thresholds by
    clock: no verdict depends on them.
    """
    thresholds = due_soon or {}
    return tuple(
        stand(course, now, open_times, thresholds.get(course.clock.clock))
        for course in read_courses(log, now)
    )


def standings_of(
    summary: CaseSummary,
    now: datetime,
    open_times: Mapping[str, OpenTime],
    due_soon: Mapping[str, Target | None] | None = None,
) -> tuple[Standing, ...]:
    """Return how the promises of an open case stand that nothing has ended yet.

    The case may stand on the base, or be proposed on a branch: its customer waits all the
    same.  `open_times` and `due_soon` are as for `standings`, and so is the order.
    """
    thresholds = due_soon or {}
    return tuple(
        stand(course, now, open_times, thresholds.get(course.clock.clock))
        for course in summary.courses
    )


def next_due(standings: Iterable[Standing]) -> Standing | None:
    """Return the promise that runs out first, or ran out first; one that rests is not due."""
    running = (each for each in standings if each.position in _RUNNING)
    return min(running, key=lambda each: (each.due_at, each.clock), default=None)


def foremost(standings: Iterable[Standing]) -> Standing | None:
    """Return the promise to look at first: the next to run out, else the first that rests."""
    owed = tuple(each for each in standings if each.course.ending is None)
    return next_due(owed) or next(iter(owed), None)


def stand(
    course: Course,
    now: datetime,
    open_times: Mapping[str, OpenTime],
    due_soon: Target | None = None,
) -> Standing:
    """Return how one course stands; `due_soon` is the policy's threshold."""
    clock = course.clock
    open_time = open_time_of(clock, open_times)
    lacks_calendar = clock.calendar is not None and open_time is None
    ended_at = course.ended_at
    due_at = clock.due_at
    if course.pauses and not lacks_calendar:
        # Beyond what a calendar counts the promise stays where it was.
        with suppress(ValueError, OverflowError):
            due_at = postponed(due_at, pauses_until(course, now), count_of(clock, open_time))
    if ended_at is not None:
        if ended_at > due_at:
            position = Position.MISSED
        else:
            kept = course.ending is Ending.STOPPED
            position = Position.MET if kept else Position.CANCELLED
    elif now > due_at:
        position = Position.OVERDUE
    elif course.pauses and course.pauses[-1].ended_at is None:
        position = Position.PAUSED
    elif due_soon is not None and _is_soon(due_soon, now, due_at, clock, open_time):
        position = Position.DUE_SOON
    else:
        position = Position.RUNNING
    return Standing(course, position, due_at, lacks_calendar)


def open_time_of(clock: PinnedClock, open_times: Mapping[str, OpenTime]) -> OpenTime | None:
    """Return the calendar of a promise as it was when made, else as it is now, else None."""
    if clock.calendar is None:
        return None
    blob = clock.policies.get(calendar_file(clock.calendar))
    pinned = open_times.get(blob) if blob is not None else None
    return pinned or open_times.get(clock.calendar)


def count_of(clock: PinnedClock, open_time: OpenTime | None) -> Count:
    """Return how a promise counts time.

    Raises:
        ValueError: for business days without a calendar.
    """
    return count_in(_target(clock.target).unit, _zone(clock.zone), open_time, clock.started_at)


def pauses_until(course: Course, now: datetime) -> tuple[Interval, ...]:
    """Return the pauses of a course, cut at an instant; none that began after it."""
    return tuple(
        (pause.started_at, now if pause.ended_at is None else min(pause.ended_at, now))
        for pause in course.pauses
        if pause.started_at <= now
    )


def _is_soon(
    threshold: Target,
    now: datetime,
    due_at: datetime,
    clock: PinnedClock,
    open_time: OpenTime | None,
) -> bool:
    if threshold.unit is Unit.BUSINESS_DAY and open_time is None:
        return False
    try:
        return now >= due_soon_instant(threshold, due_at, _zone(clock.zone), open_time)
    except (ValueError, OverflowError):
        return False


_target = lru_cache(maxsize=256)(parse_target)
_zone = lru_cache(maxsize=256)(ZoneInfo)
