"""The UTC offsets of a time zone as stretches, in whole seconds since 1970 UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
"""Seconds of a day without a clock change."""


class Stretch(NamedTuple):
    """From `starts` until before `ends` the clock on the wall is `offset` ahead of UTC."""

    starts: int
    ends: int
    offset: int


def to_seconds(at: datetime) -> int:
    """Return the whole seconds since 1970 of an aware instant; parts of a second are dropped."""
    return floor(at.timestamp())


def to_instant(seconds: int) -> datetime:
    """Return the instant in UTC.

    Raises:
        ValueError, OverflowError: beyond the years 1 to 9999.
    """
    return datetime.fromtimestamp(seconds, UTC)


def offset_at(zone: ZoneInfo, seconds: int) -> int:
    """Return how far the clock on the wall is ahead of UTC."""
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def stretches(zone: ZoneInfo, first: int, last: int) -> Iterator[Stretch]:
    """Yield the stretches from `first` until before `last`, in order and without gaps.

    Two changes within one day that undo each other would not be seen.
    """
    begun, offset = first, offset_at(zone, first)
    at = first
    while at < last:
        later = min(at + DAY, last)
        if offset_at(zone, later) != offset:
            change = _first_change(zone, at, later)
            yield Stretch(begun, change, offset)
            begun, offset = change, offset_at(zone, change)
            later = change
        at = later
    if begun < last:
        yield Stretch(begun, last, offset)


def furthest_wall(zone: ZoneInfo, seconds: int) -> int:
    """Return the latest wall time that the clock has shown so far, as seconds since 1970.

    It is the present wall time but for the hour that comes twice: there it waits at that
    hour's end until the wall time is there for the second time.  So it never runs backwards.
    """
    offset, earlier = offset_at(zone, seconds), offset_at(zone, seconds - DAY)
    wall = seconds + offset
    if earlier <= offset:
        return wall
    change = _first_change(zone, seconds - DAY, seconds)
    return max(wall, change + earlier)


def _first_change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first second after `before` with another offset; there is one by `after`."""
    offset = offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def wall_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clock on the wall shows at an aware instant, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def at_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the clock on the wall shows a time.

    One that is skipped is read with the offset before the change (02:30 becomes 03:30); one
    that comes twice is the first of the two (RFC 5545, section 3.3.5).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
