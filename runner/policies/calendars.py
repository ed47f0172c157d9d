"""`policies/calendars/*.yaml` as values: when a service is open, and which days count.

The file name is the calendar's id.  Times are what the clock on the wall of the
calendar's zone says; `runner.clocks.business_time` turns them into instants.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from runner.errors import Fault
from runner.policies.zones import zone_at
from runner.text.document import Document, Path
from runner.text.wording import shown

CALENDARS_FOLDER = "policies/calendars"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKABLE = WEEKDAYS[:6]
"""Jours ouvrables: every day but the weekly day of rest, which is Sunday (French labour code,
L3132-3), and the holidays."""
_LONGEST_CLOSURE = timedelta(days=366)


class Span(NamedTuple):
    """Open from one wall time to another, in seconds after 00:00; 24:00 is 86,400."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_wall(self.opens)}-{_wall(self.closes)}"


class DayEnd(StrEnum):
    """When a business day has passed.

    `at-closing`: at its last closing time, or at 24:00 where it counts and is not open.
    `same-time`: at the wall time at which the clock was started.
    """

    AT_CLOSING = "at-closing"
    SAME_TIME = "same-time"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that has its own hours instead of those of its weekday; none for a holiday."""

    day: date
    name: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a service is open.

    `week` holds the spans of each weekday, Monday first, sorted and apart.  `business_week`
    says which weekdays are business days, None where those are the days with a span (jours
    ouvrés).  A special day without spans is never a business day; one with spans is, unless
    `business_week` leaves its weekday out.  `special` is sorted by day.  `until` is the last
    day for which the special days were reviewed, None where nobody says.
    """

    id: str
    file: str
    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    business_week: tuple[bool, ...] | None = None
    day_ends: DayEnd = DayEnd.AT_CLOSING
    special: tuple[SpecialDay, ...] = ()
    until: date | None = None
    until_line: int = field(default=1, compare=False)

    @property
    def counts_saturdays(self) -> bool:
        """Whether business days are jours ouvrables: Saturdays are, open or not."""
        return self.business_week is not None and self.business_week[WEEKDAYS.index("saturday")]


def calendar_file(calendar_id: str) -> str:
    """Return the path of a calendar of the desk."""
    return f"{CALENDARS_FOLDER}/{calendar_id}.yaml"


def parse_calendar(document: Document) -> tuple[Calendar | None, tuple[Fault, ...]]:
    """Return the calendar of a document that has passed `calendar.schema.json`, and its faults.

    There is no calendar where there is a fault.
    """
    return parse_calendar_at(document, (), PurePosixPath(document.file).stem)


def parse_calendar_at(
    document: Document, path: Path, calendar_id: str
) -> tuple[Calendar | None, tuple[Fault, ...]]:
    """Return the calendar that stands at a path of a document, as `parse_calendar` does."""
    data: Any = document.value
    for step in path:
        data = data[step]
    reader = _CalendarReader(document, path)
    calendar = reader.read(data, calendar_id)
    return (None if reader.faults else calendar), tuple(sorted(reader.faults))


class _CalendarReader:
    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.path = path
        self.faults: list[Fault] = []

    def read(self, data: Any, calendar_id: str) -> Calendar | None:
        zone = self._zone(data["zone"])
        week = tuple(self._spans(data["hours"].get(day, ()), ("hours", day)) for day in WEEKDAYS)
        if not any(week) and not self.faults:
            self._fault(
                ("hours",),
                "calendar-closed",
                "it is never open",
                "name a weekday with its hours, such as `monday: [09:00-18:00]`",
            )
        holidays = data.get("holidays") or {}
        until = self._day(holidays["until"], ("holidays", "until")) if "until" in holidays else None
        special = tuple(self._special_days(holidays.get("days", ()), until))
        if zone is None:
            return None
        return Calendar(
            id=calendar_id,
            file=self.document.file,
            zone=zone,
            week=week,
            business_week=_business_week(data.get("business_days")),
            day_ends=DayEnd(data.get("business_day_ends", DayEnd.AT_CLOSING)),
            special=tuple(sorted(special, key=lambda each: each.day)),
            until=until,
            until_line=self.document.line((*self.path, "holidays", "until")),
        )

    def _fault(self, path: Path, rule: str, message: str, hint: str = "") -> None:
        self.faults.append(self.document.fault((*self.path, *path), rule, message, hint))

    def _zone(self, name: str) -> ZoneInfo | None:
        zone = zone_at(self.document, (*self.path, "zone"), name)
        if isinstance(zone, Fault):
            self.faults.append(zone)
            return None
        return zone

    def _spans(self, written: Any, path: Path) -> tuple[Span, ...]:
        spans: list[tuple[Span, int]] = []
        for index, text in enumerate(written):
            span = Span(*map(_seconds, text.split("-")))
            if span.opens < span.closes:
                spans.append((span, index))
            else:
                self._fault(
                    (*path, index),
                    "calendar-span",
                    f"{text} closes before it opens",
                    "a span over midnight is two: one to 24:00, and one from 00:00 on the next day",
                )
        spans.sort()
        for (earlier, _), (later, index) in pairwise(spans):
            if later.opens < earlier.closes:
                self._fault(
                    (*path, index),
                    "calendar-overlap",
                    f"{later} overlaps {earlier}",
                    "make one span of them",
                )
        return tuple(span for span, _ in spans)

    def _special_days(self, written: Any, until: date | None) -> Iterator[SpecialDay]:
        first: dict[date, int] = {}
        for index, item in enumerate(written):
            path: Path = ("holidays", "days", index)
            entry = {"date": item} if isinstance(item, str) else item
            where = path if isinstance(item, str) else (*path, "date")
            if (day := self._day(entry["date"], where)) is None:
                continue
            last = day
            if "to" in entry:
                last = self._last(entry, day, path) or day
            spans = self._spans(entry.get("hours", ()), (*path, "hours"))
            while day <= last:
                self._check_day(day, until, where, first.get(day))
                first.setdefault(day, self.document.line((*self.path, *path)))
                yield SpecialDay(day, entry.get("name", ""), spans)
                day += timedelta(days=1)

    def _last(self, entry: Any, first: date, path: Path) -> date | None:
        last = self._day(entry["to"], (*path, "to"))
        if last is None or first <= last <= first + _LONGEST_CLOSURE:
            return last
        what = "before it begins" if last < first else "more than a year later"
        self._fault((*path, "to"), "calendar-days", f"it ends on {last}, {what}")
        return None

    def _check_day(self, day: date, until: date | None, path: Path, earlier: int | None) -> None:
        if earlier is not None:
            self._fault(
                path, "calendar-days", f"{day} stands here twice", f"the first is on line {earlier}"
            )
        if until is not None and day > until:
            self._fault(
                path,
                "calendar-days",
                f"{day} lies after `until`, {until}",
                "say in `until` how far the list was reviewed",
            )

    def _day(self, text: str, path: Path) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(path, "calendar-days", f"there is no day {shown(text)}")
            return None


def _business_week(written: Any) -> tuple[bool, ...] | None:
    match written:
        case None | "ouvrés":
            return None
        case "ouvrables":
            return tuple(day in _WORKABLE for day in WEEKDAYS)
        case days:
            return tuple(day in days for day in WEEKDAYS)


def _seconds(wall: str) -> int:
    hours, minutes, seconds = (*map(int, wall.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def _wall(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{second:02}" if second else text
