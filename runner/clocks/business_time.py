"""The open time of a calendar, counted to the second.

A table holds every span of open time as instants, with the open seconds before it.  What
lies between two instants, and when so much has passed, is then a search in sorted lists: it
costs the same for a minute and for ten years.

It is open whenever the clock on the wall shows a time within a span.  So a span in the hour
that the clocks skip is lost or cut, and one in the hour that comes twice counts twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from runner.clocks.offsets import DAY, stretches, to_instant, to_seconds
from runner.policies.calendars import Calendar, Span

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MARGIN = 400 * DAY
"""The table reaches so far beyond what is asked, so that it is seldom made anew."""
_EARLIEST = to_seconds(datetime(1850, 1, 1, tzinfo=UTC))
_LATEST = to_seconds(datetime(2500, 1, 1, tzinfo=UTC))


class _Table(NamedTuple):
    """Open time from `first` until before `last`, in seconds since 1970.

    Span i is open from `opens[i]` until before `closes[i]`; `before[i]` open seconds have
    passed then.  `days[i]` is a business day, in days since 1970, which has passed at
    `ends[i]`.  Seconds and days are counted from the anchor: `days_before` are earlier.
    """

    first: int
    last: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    days: list[int]
    ends: list[int]
    days_before: int


class OpenTime:
    """The open time and the business days of a calendar.

    Instants go in aware and come out in UTC; parts of a second are dropped.  What counts
    takes and gives instants as `seconds` since 1970.  A position is the open seconds that have
    passed; they and the days are counted from an instant that stays the same for one object,
    so that differences mean something and nothing else does.

    Whatever is asked raises a ValueError beyond the years 1850 to 2500.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._special = {each.day.toordinal() - _EPOCH_DAY: each.spans for each in calendar.special}
        # Made when first asked, and wider when something further away is asked; what it
        # answers stays the same.
        self._anchor: int | None = None
        self._table = _Table(0, 0, [], [], [], [], [], 0)

    def is_open(self, at: datetime) -> bool:
        """Return whether it is open in the second that begins at an instant."""
        seconds = to_seconds(at)
        table = self._reaching(seconds)
        index = bisect_right(table.opens, seconds) - 1
        return index >= 0 and seconds < table.closes[index]

    def next_opening(self, at: datetime) -> datetime:
        """Return the first instant from `at` on at which it is open."""
        seconds = to_seconds(at)
        table = self._reaching(seconds)
        while (index := bisect_right(table.closes, seconds)) == len(table.opens):
            table = self._further(ahead=True)
        return to_instant(max(seconds, table.opens[index]))

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of open time between two instants, the outer ones cut there."""
        first, last = to_seconds(start), to_seconds(end)
        self._reaching(first)
        table = self._reaching(last)
        for index in range(bisect_right(table.closes, first), bisect_left(table.opens, last)):
            opens, closes = max(table.opens[index], first), min(table.closes[index], last)
            yield to_instant(opens), to_instant(closes)

    def position(self, seconds: int) -> int:
        """Return the open seconds that have passed at an instant."""
        table = self._table
        if not table.first <= seconds < table.last:
            table = self._reaching(seconds)
        index = bisect_right(table.opens, seconds) - 1
        if index < 0:
            return table.before[0] if table.before else 0
        closes = table.closes[index]
        until = seconds if seconds < closes else closes
        return table.before[index] + until - table.opens[index]

    def instant(self, position: int) -> int:
        """Return the first instant at which so many open seconds have passed.

        Where one may choose it is a closing time, not the opening after it.
        """
        table = self._table
        while True:
            index = bisect_left(table.before, position) - 1
            if index >= 0:
                seconds = table.opens[index] + position - table.before[index]
                if seconds <= table.closes[index]:
                    return seconds
            table = self._further(ahead=index >= 0 or not table.before)

    def is_business_day(self, day: date) -> bool:
        """Return whether a day is one; a date that the zone skipped is none."""
        return self.days_until(day) > self.days_until(date.fromordinal(day.toordinal() - 1))

    def days_until(self, day: date) -> int:
        """Return the business days up to a day and with it."""
        number = day.toordinal() - _EPOCH_DAY
        # All days that touch the table are in it, and any zone's day is near to that of UTC.
        table = self._reaching(number * DAY)
        return bisect_right(table.days, number) - table.days_before

    def days_passed(self, seconds: int) -> int:
        """Return the business days that have passed at an instant."""
        table = self._reaching(seconds)
        return bisect_right(table.ends, seconds) - table.days_before

    def when_days_passed(self, days: int) -> int:
        """Return the first instant at which so many business days have passed."""
        table, index = self._nth_day(days)
        return table.ends[index]

    def nth_day(self, days: int) -> date:
        """Return the business day up to which, and with it, there are so many."""
        table, index = self._nth_day(days)
        return date.fromordinal(table.days[index] + _EPOCH_DAY)

    def _nth_day(self, days: int) -> tuple[_Table, int]:
        table = self._table
        while not 0 <= (index := days - 1 + table.days_before) < len(table.days):
            table = self._further(ahead=index >= 0)
        return table, index

    def _reaching(self, seconds: int) -> _Table:
        """Return the table, made to hold an instant."""
        table = self._table
        if table.first <= seconds < table.last:
            return table
        if not _EARLIEST <= seconds < _LATEST:
            raise ValueError(f"the calendar {self.calendar.id} counts from 1850 to 2500")
        if self._anchor is None:
            self._anchor = seconds
            first, last = seconds - _MARGIN, seconds + _MARGIN
        else:
            first = table.first if table.first <= seconds else seconds - _MARGIN
            last = table.last if seconds < table.last else seconds + _MARGIN
        self._table = self._made(self._anchor, first, last)
        return self._table

    def _further(self, *, ahead: bool) -> _Table:
        """Return the table, made to reach about twice as far in one direction."""
        table = self._table
        stride = table.last - table.first
        if ahead:
            return self._reaching(max(table.last, min(table.last + stride, _LATEST - 1)))
        return self._reaching(min(table.first - 1, max(table.first - stride, _EARLIEST)))

    def _made(self, anchor: int, first: int, last: int) -> _Table:
        opens: list[int] = []
        closes: list[int] = []
        closings: dict[int, int] = {}
        midnights: dict[int, int] = {}
        # Two days more, so that all days that touch the table are whole.
        found = list(stretches(self.calendar.zone, first - 2 * DAY, last + 2 * DAY))
        for starts, ends, offset in found:
            begin, end = starts + offset, ends + offset
            for day in range(begin // DAY, (end - 1) // DAY + 1):
                midnight = day * DAY
                midnights[day] = min(midnight + DAY, end) - offset
                for span_opens, span_closes in self._spans(day):
                    opening = max(midnight + span_opens, begin)
                    closing = min(midnight + span_closes, end)
                    if opening < closing:
                        opens.append(opening - offset)
                        closes.append(closing - offset)
                        closings[day] = closing - offset
        # The outermost days are cut.
        days = [day for day in sorted(midnights)[1:-1] if self._counts(day)]
        day_ends = [closings.get(day, midnights[day]) for day in days]
        before = [0, *accumulate(map(sub, closes, opens))]
        index = bisect_right(opens, anchor) - 1
        passed = before[index] + min(anchor, closes[index]) - opens[index] if index >= 0 else 0
        return _Table(
            first,
            last,
            opens,
            closes,
            [seconds - passed for seconds in before[:-1]],
            days,
            day_ends,
            bisect_right(day_ends, anchor),
        )

    def _spans(self, day: int) -> tuple[Span, ...]:
        spans = self._special.get(day)
        return self.calendar.week[_weekday(day)] if spans is None else spans

    def _counts(self, day: int) -> bool:
        spans = self._special.get(day)
        week = self.calendar.business_week
        if spans is not None and not spans:
            return False
        return bool(self._spans(day)) if week is None else week[_weekday(day)]


def _weekday(day: int) -> int:
    """Return 0 for Monday; day 0, the first of 1970, was a Thursday."""
    return (day + 3) % 7
