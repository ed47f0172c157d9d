"""Open time and business days, to the second, in several zones and across clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.clocks.business_time import OpenTime
from runner.clocks.counting import counted
from runner.clocks.offsets import to_instant, to_seconds
from runner.clocks.targets import due_instant, due_soon_instant
from runner.policies.calendars import Calendar, DayEnd, Span, SpecialDay
from runner.policies.clocks import parse_target

PARIS = ZoneInfo("Europe/Paris")
FRENCH_HOLIDAYS = (
    "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14",
    "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25", "2027-01-01", "2027-03-29",
)  # fmt: skip


def open_seconds(hours: OpenTime, start: datetime, end: datetime) -> int:
    return counted(start, end, (), hours)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spans(written: str) -> tuple[Span, ...]:
    """Read `9-12:30 13:30-18`."""

    def seconds(wall: str) -> int:
        hours, minutes = (*wall.split(":"), "0")[:2]
        return int(hours) * 3600 + int(minutes) * 60

    return tuple(Span(*map(seconds, span.split("-"))) for span in written.split())


def calendar(
    zone: str,
    working: str,
    weekend: str = "",
    *,
    special: dict[str, str] | None = None,
    business_week: tuple[bool, ...] | None = None,
    day_ends: DayEnd = DayEnd.AT_CLOSING,
) -> OpenTime:
    return OpenTime(
        Calendar(
            id="test",
            file="policies/calendars/test.yaml",
            zone=ZoneInfo(zone),
            week=(spans(working),) * 5 + (spans(weekend),) * 2,
            business_week=business_week,
            day_ends=day_ends,
            special=tuple(
                SpecialDay(date.fromisoformat(day), "", spans(hours))
                for day, hours in sorted((special or {}).items())
            ),
        )
    )


HOLIDAYS = dict.fromkeys(FRENCH_HOLIDAYS, "")
OFFICE = calendar("Europe/Paris", "9-12:30 13:30-18", special=HOLIDAYS)
OUVRABLES = calendar(
    "Europe/Paris", "9-12:30 13:30-18", special=HOLIDAYS, business_week=(True,) * 6 + (False,)
)
SAME_TIME = calendar(
    "Europe/Paris", "9-12:30 13:30-18", special=HOLIDAYS, day_ends=DayEnd.SAME_TIME
)
ALWAYS = calendar("Europe/Paris", "0-24", "0-24")
NIGHTS = calendar("Europe/Paris", "1-4", "1-4")
LOST_HOUR = calendar("Europe/Paris", "2-3", "2-3")
HALF_LOST = calendar("Europe/Paris", "2:30-4", "2:30-4")
KATHMANDU = calendar("Asia/Kathmandu", "10-17", special={"2026-10-20": ""})
ST_JOHNS = calendar("America/St_Johns", "9-17", "0-24")
LORD_HOWE = calendar("Australia/Lord_Howe", "1-3", "1-3")
APIA = calendar("Pacific/Apia", "9-17", "9-17")
REVEILLON = calendar("Europe/Paris", "9-18", special={"2026-12-24": "9-12", "2026-12-25": ""})


@pytest.mark.parametrize(
    ("hours", "target", "started_at", "due_at"),
    [
        # Due exactly at closing time stays there; a second more is the next opening's first.
        (OFFICE, "1 hour", "2026-11-23T16:00:00Z", "2026-11-23T17:00:00Z"),
        (OFFICE, "1 hour", "2026-11-23T16:00:01Z", "2026-11-24T08:00:01Z"),
        (OFFICE, "30 minutes", "2026-11-23T11:00:00Z", "2026-11-23T11:30:00Z"),
        (OFFICE, "31 minutes", "2026-11-23T11:00:00Z", "2026-11-23T12:31:00Z"),
        # Outside the hours it starts with the next opening; seconds are kept.
        (OFFICE, "1 minute", "2026-11-23T17:00:00Z", "2026-11-24T08:01:00Z"),
        (OFFICE, "1 minute", "2026-11-21T03:04:05Z", "2026-11-23T08:01:00Z"),
        (OFFICE, "10 minutes", "2026-11-23T08:00:59Z", "2026-11-23T08:10:59Z"),
        # Over a weekend, a holiday, the year's end.
        (OFFICE, "8 hours", "2026-11-20T16:00:00Z", "2026-11-23T16:00:00Z"),
        (OFFICE, "8 hours", "2026-11-10T17:00:00Z", "2026-11-12T17:00:00Z"),
        (OFFICE, "2 hours", "2026-12-31T16:00:00Z", "2027-01-04T09:00:00Z"),
        (REVEILLON, "4 hours", "2026-12-23T16:00:00Z", "2026-12-24T11:00:00Z"),
        (REVEILLON, "6 hours", "2026-12-23T16:00:00Z", "2026-12-28T10:00:00Z"),
        # Summer time begins and ends between two working days, and the wall time stays.
        (OFFICE, "8 hours", "2026-03-27T16:00:00Z", "2026-03-30T15:00:00Z"),
        (OFFICE, "8 hours", "2026-10-23T15:00:00Z", "2026-10-26T16:00:00Z"),
        # Days of 23 and 25 hours.
        (ALWAYS, "24 hours", "2026-03-28T23:00:00Z", "2026-03-29T23:00:00Z"),
        (ALWAYS, "24 hours", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"),
        (NIGHTS, "2 hours", "2026-03-28T22:00:00Z", "2026-03-29T02:00:00Z"),
        (NIGHTS, "4 hours", "2026-10-24T20:00:00Z", "2026-10-25T03:00:00Z"),
        # A span in the lost hour is lost, one that begins there begins after it.
        (LOST_HOUR, "1 hour", "2026-03-29T00:00:00Z", "2026-03-30T01:00:00Z"),
        (HALF_LOST, "1 hour", "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z"),
        # The hour that comes twice counts twice.
        (LOST_HOUR, "2 hours", "2026-10-24T22:00:00Z", "2026-10-25T02:00:00Z"),
        # 02:30 to 03:00, then 02:30 to 04:00 on the same night.
        (HALF_LOST, "2 hours", "2026-10-24T22:00:00Z", "2026-10-25T03:00:00Z"),
        # Offsets of 45 and 30 minutes, and a clock change of half an hour.
        (KATHMANDU, "7 hours", "2026-10-19T05:15:00Z", "2026-10-21T05:15:00Z"),
        (ST_JOHNS, "1 hour", "2026-11-23T12:00:00Z", "2026-11-23T13:30:00Z"),
        (ST_JOHNS, "25 hours", "2026-11-01T02:30:00Z", "2026-11-02T03:30:00Z"),
        (ST_JOHNS, "24 hours", "2026-03-08T03:30:00Z", "2026-03-09T12:30:00Z"),
        (LORD_HOWE, "150 minutes", "2026-04-04T13:00:00Z", "2026-04-04T16:30:00Z"),
        (LORD_HOWE, "91 minutes", "2026-10-03T13:00:00Z", "2026-10-04T14:01:00Z"),
        # The 30th of December 2011 did not take place in Samoa.
        (APIA, "9 hours", "2011-12-29T19:00:00Z", "2011-12-30T20:00:00Z"),
        # A leap day.
        (ALWAYS, "24 hours", "2028-02-28T12:00:00Z", "2028-02-29T12:00:00Z"),
    ],
)
def test_open_time(hours: OpenTime, target: str, started_at: str, due_at: str) -> None:
    found = due_instant(parse_target(target), at(started_at), PARIS, hours)
    assert found.isoformat() == at(due_at).isoformat()


@pytest.mark.parametrize(
    ("hours", "target", "started_at", "due_at"),
    [
        # Handed off on 22 December: that day does not count.
        (OFFICE, "7 business days", "2026-12-22T09:00:00Z", "2027-01-04T17:00:00Z"),
        (OUVRABLES, "7 business days", "2026-12-22T09:00:00Z", "2026-12-31T17:00:00Z"),
        (SAME_TIME, "7 business days", "2026-12-22T09:00:07Z", "2027-01-04T09:00:07Z"),
        # Nor does it when it is nearly over, or over.
        (OFFICE, "1 business day", "2026-11-23T07:00:00Z", "2026-11-24T17:00:00Z"),
        (OFFICE, "1 business day", "2026-11-23T16:59:59Z", "2026-11-24T17:00:00Z"),
        (OFFICE, "1 business day", "2026-11-23T17:00:00Z", "2026-11-24T17:00:00Z"),
        (OFFICE, "1 business day", "2026-11-23T22:59:59Z", "2026-11-24T17:00:00Z"),
        (OFFICE, "1 business day", "2026-11-23T23:00:00Z", "2026-11-25T17:00:00Z"),
        # From a day that is none.
        (OFFICE, "1 business day", "2026-11-21T09:00:00Z", "2026-11-23T17:00:00Z"),
        (SAME_TIME, "1 business day", "2026-11-21T20:00:00Z", "2026-11-23T20:00:00Z"),
        # A Saturday that counts and is not open has passed at midnight.
        (OUVRABLES, "1 business day", "2026-11-20T09:00:00Z", "2026-11-21T23:00:00Z"),
        # A short day counts.
        (REVEILLON, "1 business day", "2026-12-23T09:00:00Z", "2026-12-24T11:00:00Z"),
        # Across clock changes.
        (OFFICE, "1 business day", "2026-03-27T09:00:00Z", "2026-03-30T16:00:00Z"),
        (SAME_TIME, "1 business day", "2026-10-23T09:00:00Z", "2026-10-26T10:00:00Z"),
        # The day is the calendar's: it is the 24th already in Kathmandu.
        (KATHMANDU, "1 business day", "2026-11-23T18:15:00Z", "2026-11-25T11:15:00Z"),
        (KATHMANDU, "1 business day", "2026-11-23T18:14:59Z", "2026-11-24T11:15:00Z"),
        (APIA, "1 business day", "2011-12-30T00:00:00Z", "2011-12-31T03:00:00Z"),
        (OFFICE, "250 business days", "2026-01-02T09:00:00Z", "2026-12-30T17:00:00Z"),
    ],
)
def test_business_days(hours: OpenTime, target: str, started_at: str, due_at: str) -> None:
    found = due_instant(parse_target(target), at(started_at), PARIS, hours)
    assert found.isoformat() == at(due_at).isoformat()


@pytest.mark.parametrize(
    ("hours", "threshold", "due_at", "soon_at"),
    [
        (OFFICE, "1 hour", "2026-11-24T08:30:00Z", "2026-11-23T16:30:00Z"),
        (OFFICE, "30 minutes", "2026-11-24T08:30:00Z", "2026-11-23T17:00:00Z"),
        (OFFICE, "1 business day", "2027-01-04T17:00:00Z", "2026-12-31T17:00:00Z"),
        (SAME_TIME, "2 business days", "2027-01-04T09:00:07Z", "2026-12-30T09:00:07Z"),
        (OFFICE, "1 civil day", "2026-10-25T17:00:00Z", "2026-10-24T16:00:00Z"),
        (None, "12 hours", "2026-10-25T17:00:00Z", "2026-10-25T05:00:00Z"),
        (None, "1 month", "2027-03-31T10:00:00Z", "2027-02-28T11:00:00Z"),
    ],
)
def test_when_it_is_due_soon(
    hours: OpenTime | None, threshold: str, due_at: str, soon_at: str
) -> None:
    found = due_soon_instant(parse_target(threshold), at(due_at), PARIS, hours)
    assert found.isoformat() == at(soon_at).isoformat()


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "opens_at"),
    [
        (OFFICE, "2026-11-23T07:59:59Z", False, "2026-11-23T08:00:00Z"),
        (OFFICE, "2026-11-23T08:00:00Z", True, "2026-11-23T08:00:00Z"),
        (OFFICE, "2026-11-23T16:59:59Z", True, "2026-11-23T16:59:59Z"),
        (OFFICE, "2026-11-23T17:00:00Z", False, "2026-11-24T08:00:00Z"),
        (OFFICE, "2026-12-31T20:00:00Z", False, "2027-01-04T08:00:00Z"),
        (ALWAYS, "2026-11-22T23:00:00Z", True, "2026-11-22T23:00:00Z"),
        (LOST_HOUR, "2026-03-29T01:00:00Z", False, "2026-03-30T00:00:00Z"),
    ],
)
def test_when_it_opens(hours: OpenTime, now: str, is_open: bool, opens_at: str) -> None:
    assert hours.is_open(at(now)) is is_open
    assert hours.next_opening(at(now)) == at(opens_at)


def test_which_days_are_business_days() -> None:
    def counts(hours: OpenTime) -> list[int]:
        days = [date(2026, 12, 21) + timedelta(days=n) for n in range(14)]
        return [day.day for day in days if hours.is_business_day(day)]

    assert counts(OFFICE) == [21, 22, 23, 24, 28, 29, 30, 31]
    assert counts(OUVRABLES) == [21, 22, 23, 24, 26, 28, 29, 30, 31, 2]
    assert not APIA.is_business_day(date(2011, 12, 30))
    assert APIA.is_business_day(date(2011, 12, 31))


def test_what_is_never_reached_is_said_so() -> None:
    minute_a_week = OpenTime(Calendar("rare", "", PARIS, (spans("9-9:01"), *((),) * 6)))
    with pytest.raises(ValueError, match="the calendar rare counts from 1850 to 2500"):
        due_instant(parse_target("9999 hours"), at("2026-11-23T08:00:00Z"), PARIS, minute_a_week)
    with pytest.raises(ValueError, match="needs a calendar"):
        due_soon_instant(parse_target("1 business day"), at("2026-11-23T08:00:00Z"), PARIS)


@pytest.mark.parametrize(
    "start", ["2026-01-01T00:00:00Z", "2029-12-01T00:00:00Z", "2029-12-24T08:00:00Z"]
)
def test_what_opens_once_in_years_is_found(start: str) -> None:
    def once() -> OpenTime:
        return calendar("Europe/Paris", "", special={"2029-12-24": "9-12"})

    assert once().is_open(at(start)) is (start == "2029-12-24T08:00:00Z")
    assert once().next_opening(at(start)) == at("2029-12-24T08:00:00Z")
    due_at = due_instant(parse_target("1 hour"), at(start), PARIS, once())
    assert due_at == at("2029-12-24T09:00:00Z")
    if start < "2029-12-24":
        due_at = due_instant(parse_target("1 business day"), at(start), PARIS, once())
        assert due_at == at("2029-12-24T11:00:00Z")


@pytest.mark.parametrize("asked_first", ["2026-01-01T00:00:00Z", "2029-12-24T10:00:00Z"])
def test_before_the_first_opening_nothing_has_passed(asked_first: str) -> None:
    hours = calendar("Europe/Paris", "", special={"2029-12-24": "9-12"})
    hours.is_open(at(asked_first))
    assert open_seconds(hours, at("2025-01-01T00:00:00Z"), at("2032-01-01T00:00:00Z")) == 3 * 3600
    assert open_seconds(hours, at("2029-12-02T00:00:00Z"), at("2029-12-24T09:00:00Z")) == 3600


def test_what_lies_years_ahead_or_behind_is_found() -> None:
    def fresh() -> OpenTime:
        return calendar("Europe/Paris", "9-18")

    # 200 weeks of five days of nine hours, from a Monday morning to a Friday evening.
    begun, over = at("2026-11-23T08:00:00Z"), at("2030-09-20T16:00:00Z")
    target = parse_target("9000 hours")
    assert due_instant(target, begun, PARIS, fresh()) == over
    assert due_soon_instant(target, over, PARIS, fresh()) == at("2026-11-20T17:00:00Z")
    days = parse_target("999 business days")
    assert due_instant(days, begun, PARIS, fresh()) == over
    assert due_soon_instant(days, over, PARIS, fresh()) == at("2026-11-23T17:00:00Z")


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    asked = calendar("Europe/Paris", "9-12:30 13:30-18", special=HOLIDAYS)
    began = to_seconds(at("2026-11-23T08:00:00Z"))
    before = asked.position(began), asked.days_passed(began)
    for year in (1999, 2031, 1970, 2070):
        asked.next_opening(datetime(year, 1, 1, tzinfo=UTC))
    assert (asked.position(began), asked.days_passed(began)) == before
    first, last = at("1999-06-01T00:00:00Z"), at("2060-06-01T00:00:00Z")
    fresh = calendar("Europe/Paris", "9-12:30 13:30-18", special=HOLIDAYS)
    assert open_seconds(asked, first, last) == open_seconds(fresh, first, last)


# --- Whatever the calendar: against a count of minutes, one by one ---

ZONES = (
    "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
    "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
)  # fmt: skip


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Span, ...], ...]:
    def day() -> tuple[Span, ...]:
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=6)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        return tuple(Span(opens * 900, closes * 900) for opens, closes in pairs)

    week = tuple(day() for _ in range(7))
    return week if any(week) else (spans("9-17"),) * 7


@st.composite
def open_times(draw: st.DrawFn) -> OpenTime:
    special = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), weeks()))
    return OpenTime(
        Calendar(
            id="any",
            file="",
            zone=ZoneInfo(draw(st.sampled_from(ZONES))),
            week=draw(weeks()),
            special=tuple(SpecialDay(day, "", special[day][0]) for day in sorted(special)),
        )
    )


moments = st.integers(1_767_225_600, 1_830_297_600).map(to_instant)


def counted_by_minutes(hours: OpenTime, start: datetime, minutes: int) -> int:
    found = 0
    table = {each.day: each.spans for each in hours.calendar.special}
    for minute in range(minutes):
        wall = (start + timedelta(minutes=minute)).astimezone(hours.calendar.zone)
        week = hours.calendar.week[wall.weekday()]
        second = wall.hour * 3600 + wall.minute * 60
        found += any(a <= second < b for a, b in table.get(wall.date(), week))
    return found


@given(open_times(), moments, st.integers(0, 4000))
@settings(max_examples=60, deadline=None)
def test_it_is_what_counting_minutes_finds(hours: OpenTime, start: datetime, minutes: int) -> None:
    start = start.replace(second=0)
    found = open_seconds(hours, start, start + timedelta(minutes=minutes))
    assert found == 60 * counted_by_minutes(hours, start, minutes)


@given(open_times(), moments, moments, moments)
@settings(deadline=None)
def test_sums_add_up_and_never_run_backwards(
    hours: OpenTime, one: datetime, two: datetime, three: datetime
) -> None:
    first, second, third = sorted((one, two, three))
    parts = open_seconds(hours, first, second), open_seconds(hours, second, third)
    assert sum(parts) == open_seconds(hours, first, third)
    assert all(part >= 0 for part in parts)
    assert parts[0] <= (second - first).total_seconds()
    days = [hours.days_passed(to_seconds(each)) for each in (first, second, third)]
    assert days == sorted(days)


@given(open_times(), moments, st.integers(1, 60_000))
@settings(deadline=None)
def test_a_target_is_due_when_that_much_open_time_has_passed(
    hours: OpenTime, start: datetime, minutes: int
) -> None:
    due_at = due_instant(parse_target(f"{minutes} minutes"), start, PARIS, hours)
    assert open_seconds(hours, start, due_at) == minutes * 60
    # And not a second earlier.
    assert open_seconds(hours, start, due_at - timedelta(seconds=1)) < minutes * 60


@given(open_times(), moments, moments, st.integers(1, 300))
@settings(deadline=None)
def test_what_starts_later_is_not_due_earlier(
    hours: OpenTime, one: datetime, two: datetime, amount: int
) -> None:
    first, second = sorted((one, two))
    for unit in ("hours", "business days"):
        target = parse_target(f"{amount} {unit}")
        due = [due_instant(target, each, PARIS, hours) for each in (first, second)]
        assert due[0] <= due[1]
        assert due[0] > first


@given(open_times(), moments, st.integers(1, 300))
@settings(deadline=None)
def test_no_more_than_the_threshold_is_left_when_it_is_due_soon(
    hours: OpenTime, due_at: datetime, amount: int
) -> None:
    soon_at = due_soon_instant(parse_target(f"{amount} minutes"), due_at, PARIS, hours)
    assert open_seconds(hours, soon_at, due_at) == amount * 60
    assert open_seconds(hours, soon_at - timedelta(seconds=1), due_at) > amount * 60
