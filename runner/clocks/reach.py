"""Whether the calendars reach as far as the clocks that count by them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from runner.clocks.business_time import OpenTime
from runner.clocks.targets import due_instant
from runner.errors import Fault, Severity
from runner.policies.calendars import Calendar
from runner.policies.clocks import ClockPolicy, Promise
from runner.policies.values import Configuration

NOTICE = timedelta(days=60)
"""How long before the first wrong due instant the warning begins: time to write next year's
list and have it reviewed."""


def check_reach(configuration: Configuration, now: datetime) -> tuple[Fault, ...]:
    """Return what is wrong with the calendars that clocks count by, sorted.

    A warning where a clock started within `NOTICE` from `now` could run beyond the day for
    which the holidays were reviewed; a fault where a target is not reached before the year
    2500.
    """
    calendars = {calendar.id: calendar for calendar in configuration.calendars}
    found: list[Fault] = []
    for promise in configuration.clocks.promises:
        if promise.calendar is not None:
            calendar = calendars[promise.calendar]
            found += _check(promise, calendar, configuration, now)
    # One warning for a calendar, however many clocks count by it.
    return tuple(sorted({(each.file, each.line, each.rule): each for each in found}.values()))


def _check(
    promise: Promise, calendar: Calendar, configuration: Configuration, now: datetime
) -> Iterator[Fault]:
    policy: ClockPolicy = configuration.clocks
    zone = policy.zone or configuration.instance.zone
    open_time = OpenTime(calendar)
    for rule in promise.targets:
        try:
            due_at = due_instant(rule.within, now + NOTICE, zone, open_time)
        except ValueError:
            yield Fault(
                policy.file,
                rule.line,
                1,
                "target-too-long",
                f"{rule.within} of the calendar {calendar.id} last beyond the year 2500",
                "promise less, or open longer",
            )
            continue
        last = due_at.astimezone(calendar.zone).date()
        if calendar.until is not None and last > calendar.until:
            fault = Fault(
                calendar.file,
                calendar.until_line,
                1,
                "calendar-ends",
                f"the holidays are reviewed until {calendar.until}; "
                f"the clock {promise.id} will soon run beyond it",
                "add the days of the next year (`doleances calendar COUNTRY "
                f"{calendar.until.year + 1} --days` lists them), and move `until`",
            )
            yield replace(fault, severity=Severity.WARNING)
