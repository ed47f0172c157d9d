"""When the tiers of a clock are reached, and when each is told again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from runner.clocks.business_time import OpenTime
from runner.clocks.counting import Count, count_in, postponed
from runner.clocks.offsets import to_instant, to_seconds, wall_at
from runner.clocks.standings import Standing, open_time_of, pauses_until
from runner.clocks.targets import due_instant, due_soon_instant
from runner.policies.clocks import Target, Unit, parse_target
from runner.policies.escalation import AfterDue, AtShare, BeforeDue, Tier, When

FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for what lies beyond the years that are counted: such a tier is never reached."""
_SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600}


def tier_instant(
    when: When, standing: Standing, now: datetime, open_times: Mapping[str, OpenTime]
) -> datetime:
    """Return the instant at which a tier of a course of a clock is reached.

    It is counted in the clock's own time.  A pause moves it only when it began before; so
    what is reached stays reached.  Shares of a clock that counts business days are shares
    of its calendar's open seconds.  No tier before due is reached before the start or after
    the due instant, none after due before it.  A clock whose calendar nobody gave is counted
    as if all time counted.  `FAR` where it lies beyond what is counted.
    """
    if when == AtShare(100):
        return standing.due_at
    try:
        return min(_instant(when, standing, now, open_times), FAR)
    except (ValueError, OverflowError):
        return FAR


def _instant(
    when: When, standing: Standing, now: datetime, open_times: Mapping[str, OpenTime]
) -> datetime:
    clock = standing.course.clock
    zone = ZoneInfo(clock.zone)
    open_time = open_time_of(clock, open_times)
    count = _count(parse_target(clock.target).unit, zone, open_time, clock.started_at)
    match when:
        case AtShare(percent):
            instant = _share(percent, clock.started_at, clock.due_at, count)
            is_late = percent > 100
        case BeforeDue(length):
            instant = _earlier(length, clock.due_at, zone, open_time)
            is_late = False
        case AfterDue(length):
            instant = _later(length, clock.due_at, zone, open_time)
            is_late = True
    instant = postponed(max(instant, clock.started_at), pauses_until(standing.course, now), count)
    return max(instant, standing.due_at) if is_late else min(instant, standing.due_at)


def repeat_number(tier: Tier, reached_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return which repeat of a reached tier is the latest at an instant, 0 for the first message.

    Repeats are counted from the instant at which the tier was reached, not from what a run
    has told.
    """
    if tier.repeat is None:
        return 0
    last = tier.times - 1 if tier.times is not None else None
    number = _steps(tier.repeat, reached_at, now, zone)
    return number if last is None else min(number, last)


def repeat_instant(tier: Tier, reached_at: datetime, number: int, zone: ZoneInfo) -> datetime:
    """Return the instant from which on a repeat of a tier is told."""
    if number == 0 or tier.repeat is None:
        return reached_at
    return after(reached_at, Target(tier.repeat.amount * number, tier.repeat.unit), zone)


def after(at: datetime, length: Target, zone: ZoneInfo) -> datetime:
    """Return the instant so many minutes, hours or civil days after another; all time counts."""
    return due_instant(length, at, zone)


def _share(percent: int, started_at: datetime, due_at: datetime, count: Count) -> datetime:
    first, last = count.position(to_seconds(started_at)), count.position(to_seconds(due_at))
    # Rounded up: at 50% no less than half is over.
    passed = -(-(last - first) * percent // 100)
    return to_instant(count.instant(first + passed)) if passed else started_at


def _count(unit: Unit, zone: ZoneInfo, open_time: OpenTime | None, started_at: datetime) -> Count:
    if unit is Unit.BUSINESS_DAY:
        unit = Unit.HOUR
    return count_in(unit, zone, open_time, started_at)


def _earlier(
    length: Target, due_at: datetime, zone: ZoneInfo, open_time: OpenTime | None
) -> datetime:
    if length.unit is Unit.BUSINESS_DAY and open_time is None:
        return due_at
    return due_soon_instant(length, due_at, zone, open_time)


def _later(
    length: Target, due_at: datetime, zone: ZoneInfo, open_time: OpenTime | None
) -> datetime:
    if length.unit is Unit.BUSINESS_DAY and open_time is None:
        return due_at
    return due_instant(length, due_at, zone, open_time)


def _steps(length: Target, start: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many whole lengths have passed."""
    if length.unit in _SECONDS:
        return (now - start) // timedelta(seconds=length.amount * _SECONDS[length.unit])
    number = (wall_at(now, zone) - wall_at(start, zone)) // timedelta(days=length.amount) + 1
    while number and after(start, Target(length.amount * number, length.unit), zone) > now:
        number -= 1
    return number
