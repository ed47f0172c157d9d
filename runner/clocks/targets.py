"""When a promise runs out, and when it is called due soon."""

from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runner.clocks.business_time import OpenTime
from runner.clocks.counting import BusinessDays, count_in
from runner.clocks.offsets import at_wall, to_instant, to_seconds, wall_at
from runner.policies.clocks import SECONDS, Target, Unit


def due_instant(
    target: Target, started_at: datetime, zone: ZoneInfo, open_time: OpenTime | None = None
) -> datetime:
    """Return the instant at which a target is due that was started at an aware instant.

    Minutes and hours elapse, or count the open time of a calendar; what ends exactly at
    closing time is due then, and not at the next opening.  Civil days and months end at the
    same wall time in `zone`, also across clock changes; a month that has no such day ends on
    its last day.  A wall time that the clocks skip is read with the offset before the change
    (02:30 becomes 03:30); one that comes twice is the first of the two (RFC 5545, section
    3.3.5).  Business days are those of the calendar, in its zone; the day of the start does
    not count.  Seconds are kept, parts of a second dropped.  Nothing is due at the start.

    Raises:
        ValueError: for business days without a calendar, and where a calendar is not open
            long enough before the year 2500.
    """
    start = started_at.replace(microsecond=0)
    if not target.amount:
        return start
    match target.unit:
        case Unit.MINUTE | Unit.HOUR:
            count = count_in(target.unit, zone, open_time, start)
            length = target.amount * SECONDS[target.unit]
            return to_instant(count.instant(count.position(to_seconds(start)) + length))
        case Unit.CIVIL_DAY | Unit.MONTH:
            return at_wall(_moved(wall_at(start, zone), target, target.amount), zone)
        case Unit.BUSINESS_DAY:
            if open_time is None:
                raise ValueError(f"`{target}` needs a calendar")
            days = BusinessDays(open_time, start)
            return to_instant(days.instant(days.before + target.amount))


def due_soon_instant(
    threshold: Target, due_at: datetime, zone: ZoneInfo, open_time: OpenTime | None = None
) -> datetime:
    """Return the first instant from which on no more than `threshold` is left.

    Business days are whole: with one left, it is the end of the business day before.

    Raises:
        ValueError: for business days without a calendar.
    """
    match threshold.unit:
        case Unit.MINUTE | Unit.HOUR:
            count = count_in(threshold.unit, zone, open_time, due_at)
            length = threshold.amount * SECONDS[threshold.unit]
            return to_instant(count.instant(count.position(to_seconds(due_at)) - length))
        case Unit.CIVIL_DAY | Unit.MONTH:
            return at_wall(_moved(wall_at(due_at, zone), threshold, -threshold.amount), zone)
        case Unit.BUSINESS_DAY:
            if open_time is None:
                raise ValueError(f"`{threshold}` needs a calendar")
            days = BusinessDays(open_time, due_at)
            return to_instant(days.instant(days.before - threshold.amount))


def _moved(wall: datetime, length: Target, amount: int) -> datetime:
    if length.unit is Unit.CIVIL_DAY:
        return wall + timedelta(days=amount)
    years, month = divmod(wall.month - 1 + amount, 12)
    year = wall.year + years
    day = min(wall.day, monthrange(year, month + 1)[1])
    return wall.replace(year=year, month=month + 1, day=day)
