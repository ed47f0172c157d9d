"""What passed between two instants, by how a clock counts, and what rests leave of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from runner.clocks.business_time import OpenTime
from runner.clocks.counting import BusinessDays, Civil, Elapsing, count_in, counted, postponed
from runner.clocks.offsets import to_seconds
from runner.policies.calendars import Calendar, DayEnd, Span
from runner.policies.clocks import Unit

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
Rests = list[tuple[str, str]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+01:00")


def pauses(rests: Rests) -> list[tuple[datetime, datetime]]:
    return [(at(start), at(end)) for start, end in rests]


@pytest.mark.parametrize(
    ("rests", "hours"),
    [
        ([], 10),
        ([("11-21T09:00", "11-21T11:00")], 8),
        ([("11-21T09:00", "11-21T11:00"), ("11-21T12:00", "11-21T15:00")], 5),
        ([("11-20T09:00", "11-21T09:00")], 9),
        ([("11-21T17:00", "11-22T09:00")], 9),
        ([("11-20T09:00", "11-20T10:00"), ("11-22T09:00", "11-22T10:00")], 10),
        ([("11-20T09:00", "11-22T09:00")], 0),
    ],
    ids=["none", "within", "two", "from before", "until after", "outside", "all along"],
)
def test_what_rests_within_does_not_count(rests: Rests, hours: int) -> None:
    found = counted(at("11-21T08:00"), at("11-21T18:00"), pauses(rests), Elapsing())
    assert found == hours * HOUR


@pytest.mark.parametrize(
    ("rests", "due"),
    [
        ([], "11-24T08:00"),
        ([("11-21T08:00", "11-22T10:00")], "11-25T10:00"),
        ([("11-21T08:00", "11-22T08:00"), ("11-23T08:00", "11-23T09:00")], "11-25T09:00"),
        # It had run out when the pause began.
        ([("11-24T08:00", "11-26T08:00")], "11-24T08:00"),
        ([("11-23T08:00", "11-25T08:00"), ("11-25T09:00", "11-26T09:00")], "11-27T08:00"),
    ],
    ids=["none", "one", "two", "too late", "one that another makes come in time"],
)
def test_a_promise_is_due_as_much_later_as_it_rested(rests: Rests, due: str) -> None:
    for count in (Elapsing(), Civil(PARIS)):
        assert postponed(at("11-24T08:00"), pauses(rests), count) == at(due)


@pytest.mark.parametrize(
    ("day_ends", "until", "days"),
    [
        (DayEnd.AT_CLOSING, "11-20T18:00:00", 0),
        (DayEnd.AT_CLOSING, "11-23T17:59:59", 0),
        (DayEnd.AT_CLOSING, "11-23T18:00:00", 1),
        (DayEnd.AT_CLOSING, "11-24T18:00:00", 2),
        (DayEnd.SAME_TIME, "11-20T18:00:00", 0),
        (DayEnd.SAME_TIME, "11-23T09:59:59", 0),
        (DayEnd.SAME_TIME, "11-23T10:00:00", 1),
        (DayEnd.SAME_TIME, "11-24T18:00:00", 2),
        (DayEnd.SAME_TIME, "11-25T09:59:59", 2),
    ],
)
def test_a_business_day_has_passed_when_its_calendar_says(
    day_ends: DayEnd, until: str, days: int
) -> None:
    week = ((Span(9 * HOUR, 18 * HOUR),),) * 5 + ((),) * 2
    office = OpenTime(Calendar("office", "office.yaml", PARIS, week, None, day_ends, ()))
    friday, end = at("11-20T10:00"), datetime.fromisoformat(f"2026-{until}+01:00")
    assert counted(friday, end, (), BusinessDays(office, friday)) == days


def test_business_days_are_counted_by_a_calendar() -> None:
    with pytest.raises(ValueError, match="business days need a calendar"):
        count_in(Unit.BUSINESS_DAY, PARIS, None, at("11-20T10:00"))


@pytest.mark.parametrize(
    ("instant", "wall"),
    [
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
        # The hour that comes twice counts once: the clock waits at its end.
        ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59Z"),
        ("2026-10-25T01:00:00Z", "2026-10-25T03:00:00Z"),
        ("2026-10-25T01:59:59Z", "2026-10-25T03:00:00Z"),
        ("2026-10-25T02:00:01Z", "2026-10-25T03:00:01Z"),
        # The hour that is skipped passes at once.
        ("2027-03-28T00:59:59Z", "2027-03-28T01:59:59Z"),
        ("2027-03-28T01:00:00Z", "2027-03-28T03:00:00Z"),
        ("2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z"),
    ],
)
def test_civil_time_is_that_of_the_wall_and_never_runs_backwards(instant: str, wall: str) -> None:
    seconds, shown = (to_seconds(datetime.fromisoformat(text)) for text in (instant, wall))
    assert Civil(PARIS).position(seconds) == shown
