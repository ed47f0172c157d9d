"""`policies/calendars/*.yaml`: what is read, and what is wrong with it."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.policies.calendars import Calendar, DayEnd, Span, SpecialDay, parse_calendar
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).parents[2]
FILE = "policies/calendars/brand-care.yaml"


def read(text: str) -> Document:
    document = read_document(text.encode(), FILE)
    assert isinstance(document, Document)
    assert check_document("calendar", document) == ()
    return document


def parse(text: str) -> Calendar:
    calendar, faults = parse_calendar(read(text))
    assert [str(fault) for fault in faults] == []
    assert calendar is not None
    return calendar


WHOLE = """\
version: 1
zone: Europe/Paris
hours:
  monday: [13:30-18:00, 09:00-12:30]
  sunday: ["22:00-24:00"]
business_days: {business_days}
business_day_ends: same-time
holidays:
  until: 2027-12-31
  days:
  - {{date: 2026-12-24, name: Réveillon, hours: [09:00-12:30:59]}}
  - {{date: 2026-08-03, to: 2026-08-05, name: Fermeture annuelle}}
"""


def test_everything_that_a_calendar_says() -> None:
    calendar = parse(WHOLE.format(business_days="ouvrables"))
    closed = ()
    monday = (Span(32_400, 45_000), Span(48_600, 64_800))
    assert calendar == Calendar(
        id="brand-care",
        file=FILE,
        zone=ZoneInfo("Europe/Paris"),
        week=(monday, closed, closed, closed, closed, closed, (Span(79_200, 86_400),)),
        business_week=(True, True, True, True, True, True, False),
        day_ends=DayEnd.SAME_TIME,
        special=(
            *(SpecialDay(date(2026, 8, day), "Fermeture annuelle") for day in (3, 4, 5)),
            SpecialDay(date(2026, 12, 24), "Réveillon", (Span(32_400, 45_059),)),
        ),
        until=date(2027, 12, 31),
        until_line=9,
    )


@pytest.mark.parametrize(
    ("written", "week"),
    [
        ("ouvrés", None),
        ("ouvrables", (True,) * 6 + (False,)),
        ("[saturday, monday]", (True, False, False, False, False, True, False)),
    ],
)
def test_which_days_count(written: str, week: tuple[bool, ...] | None) -> None:
    assert parse(WHOLE.format(business_days=written)).business_week == week


def test_a_span_reads_as_it_is_written() -> None:
    assert str(Span(0, 86_400)) == "00:00-24:00"
    assert str(Span(32_400, 45_059)) == "09:00-12:30:59"


BROKEN = """\
version: 1
zone: Europe/Pari
hours:
  monday: [09:00-12:30, 12:00-18:00]
  tuesday: [09:00-12:30, 12:30-18:00]
  friday: [22:00-06:00, 09:00-09:00]
holidays:
  until: 2026-12-31
  days:
  - {date: 2026-02-30, name: Nulle part}
  - {date: 2026-12-25, name: Noël}
  - {date: 2026-12-24, to: 2026-12-26, name: Pont}
  - {date: 2027-01-01, name: Jour de l'an}
  - {date: 2026-08-20, to: 2026-08-03, name: Fermeture annuelle}
  - {date: 2026-01-02, to: 2027-02-01, name: Toujours}
  - {date: 2026-03-03, name: Matin, hours: [09:00-11:00, 10:00-12:00]}
"""


def test_every_fault_has_its_place() -> None:
    calendar, faults = parse_calendar(read(BROKEN))
    assert calendar is None
    over_midnight = "a span over midnight is two: one to 24:00, and one from 00:00 on the next day"
    assert [str(fault).removeprefix(f"{FILE}:") for fault in faults] == [
        ("2:7: there is no time zone `Europe/Pari`\n    did you mean `Europe/Paris`?"),
        "4:25: 12:00-18:00 overlaps 09:00-12:30\n    make one span of them",
        f"6:12: 22:00-06:00 closes before it opens\n    {over_midnight}",
        f"6:25: 09:00-09:00 closes before it opens\n    {over_midnight}",
        "10:12: there is no day `2026-02-30`",
        "12:12: 2026-12-25 stands here twice\n    the first is on line 11",
        (
            "13:12: 2027-01-01 lies after `until`, 2026-12-31\n"
            "    say in `until` how far the list was reviewed"
        ),
        "14:28: it ends on 2026-08-03, before it begins",
        "15:28: it ends on 2027-02-01, more than a year later",
        "16:58: 10:00-12:00 overlaps 09:00-11:00\n    make one span of them",
    ]


@pytest.mark.parametrize("hours", ["{}", "{monday: []}"])
def test_a_calendar_is_open_at_some_time(hours: str) -> None:
    text = f"version: 1\nzone: UTC\nhours: {hours}\nholidays: {{until: 2027-12-31, days: []}}\n"
    _, faults = parse_calendar(read(text))
    assert [(fault.line, fault.rule) for fault in faults] == [(3, "calendar-closed")]
    assert "never open" in faults[0].message


def test_the_shipped_calendar_knows_the_holidays_of_the_library() -> None:
    import holidays

    calendar = parse((ROOT / FILE).read_text())
    public = holidays.country_holidays("FR", years=[2026, 2027], expand=False)
    assert {each.day for each in calendar.special if not each.spans} == set(public)
    assert calendar.until == date(2027, 12, 31)
