"""When a promise runs out, for targets that need no calendar."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from runner.policies.clocks import Target, Unit

_ELAPSED = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}


def due_instant(target: Target, started_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which a target is due that was started at an aware instant.

    Minutes and hours elapse.  Civil days and months end at the same wall time in `zone`,
    also across clock changes; a month that has no such day ends on its last day.  A wall
    time that the clocks skip is read with the offset before the change (02:30 becomes
    03:30); one that comes twice is the first of the two (RFC 5545, section 3.3.5).
    Seconds are kept, parts of a second dropped.

    Raises:
        ValueError: for business days, which need a calendar.
    """
    start = started_at.replace(microsecond=0)
    if (step := _ELAPSED.get(target.unit)) is not None:
        return (start + target.amount * step).astimezone(UTC)
    wall = start.astimezone(zone).replace(tzinfo=None, fold=0)
    if target.unit is Unit.CIVIL_DAY:
        wall += timedelta(days=target.amount)
    elif target.unit is Unit.MONTH:
        wall = _months_later(wall, target.amount)
    else:
        raise ValueError(f"`{target}` needs a calendar")
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _months_later(wall: datetime, months: int) -> datetime:
    years, month = divmod(wall.month - 1 + months, 12)
    year = wall.year + years
    day = min(wall.day, monthrange(year, month + 1)[1])
    return wall.replace(year=year, month=month + 1, day=day)
