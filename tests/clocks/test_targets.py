"""When a promise runs out, to the second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.clocks.targets import due_instant
from runner.policies.clocks import Target, Unit, parse_target

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("target", "zone", "started_at", "due_at"),
    [
        # Wall time is kept across both clock changes.
        ("3 civil days", "Europe/Paris", "2026-10-23T15:00:00Z", "2026-10-26T16:00:00Z"),
        ("3 civil days", "Europe/Paris", "2026-03-27T16:00:00Z", "2026-03-30T15:00:00Z"),
        ("3 civil days", "Europe/Paris", "2026-11-21T08:03:12Z", "2026-11-24T08:03:12Z"),
        ("1 civil day", "America/New_York", "2026-10-31T16:00:00Z", "2026-11-01T17:00:00Z"),
        # A half-hour change, and an offset of 45 minutes.
        ("1 civil day", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", "2026-04-05T02:30:00Z"),
        ("1 civil day", "Asia/Kathmandu", "2026-11-21T20:00:00Z", "2026-11-22T20:00:00Z"),
        # 02:30 does not exist on 29 March 2026: it becomes 03:30.
        ("1 civil day", "Europe/Paris", "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z"),
        # 02:30 comes twice on 25 October 2026: the first.
        ("1 civil day", "Europe/Paris", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"),
        # Started in the second 02:30, due at the only one of the next day.
        ("1 civil day", "Europe/Paris", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"),
        # Hours elapse, whatever the clocks on the wall say.
        ("24 hours", "Europe/Paris", "2026-10-24T15:00:00Z", "2026-10-25T15:00:00Z"),
        ("45 minutes", "Europe/Paris", "2026-10-25T00:30:00Z", "2026-10-25T01:15:00Z"),
        ("1 hour", "Europe/Paris", "2026-12-31T23:30:59Z", "2027-01-01T00:30:59Z"),
        # Months end on the same day, or on the last.
        ("2 months", "Europe/Paris", "2026-12-31T12:00:00Z", "2027-02-28T12:00:00Z"),
        ("2 months", "Europe/Paris", "2027-12-30T23:30:00Z", "2028-02-28T23:30:00Z"),
        ("2 months", "Europe/Paris", "2026-09-21T08:00:00Z", "2026-11-21T09:00:00Z"),
        ("14 months", "UTC", "2026-11-21T08:00:00Z", "2028-01-21T08:00:00Z"),
        ("1 month", "UTC", "2026-12-05T00:00:00Z", "2027-01-05T00:00:00Z"),
    ],
)
def test_when_a_promise_is_due(target: str, zone: str, started_at: str, due_at: str) -> None:
    assert due_instant(parse_target(target), at(started_at), ZoneInfo(zone)) == at(due_at)


def test_parts_of_a_second_are_dropped() -> None:
    started_at = at("2026-11-21T08:03:12.900000Z")
    assert due_instant(parse_target("1 hour"), started_at, PARIS) == at("2026-11-21T09:03:12Z")


def test_business_days_need_a_calendar() -> None:
    with pytest.raises(ValueError, match="needs a calendar"):
        due_instant(parse_target("7 business days"), at("2026-11-21T08:00:00Z"), PARIS)


zones = st.sampled_from(["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
instants = st.integers(1_577_836_800, 2_051_222_400).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)
calendar_units = st.sampled_from([Unit.CIVIL_DAY, Unit.MONTH])


@given(zones.map(ZoneInfo), instants, st.integers(1, 30))
def test_a_civil_day_differs_from_24_hours_by_the_change_of_offset(
    zone: ZoneInfo, started_at: datetime, days: int
) -> None:
    due_at = due_instant(Target(days, Unit.CIVIL_DAY), started_at, zone)
    assert due_at.tzinfo is UTC
    drift = (due_at - started_at) - timedelta(days=days)
    assert abs(drift) <= timedelta(hours=1)


@given(zones.map(ZoneInfo), instants, instants, st.integers(1, 30), calendar_units)
def test_what_starts_an_hour_later_is_not_due_earlier(
    zone: ZoneInfo, one: datetime, other: datetime, amount: int, unit: Unit
) -> None:
    first, second = sorted((one, other))
    # Within one clock change two wall times may swap; beyond it order is kept.
    if second - first > timedelta(hours=1):
        target = Target(amount, unit)
        assert due_instant(target, first, zone) <= due_instant(target, second, zone)
