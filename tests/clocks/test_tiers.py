"""When tiers are reached: in order, and never moved by what comes later."""

from datetime import datetime, timedelta

import pytest
from alarm_desk import OFFICE, PARIS, at
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.case import PinnedClock
from runner.cases.courses import Course, Pause
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import stand
from runner.clocks.targets import due_instant
from runner.clocks.tiers import FAR, repeat_instant, repeat_number, tier_instant
from runner.model import State
from runner.policies.clocks import Unit, parse_target
from runner.policies.escalation import AfterDue, AtShare, BeforeDue, Tier, When

OPEN_TIMES = {"office": OpenTime(OFFICE)}
START = at("2026-10-20 08:30")
TARGETS = ["45 minutes", "30 hours", "3 civil days", "1 month", "5 business days"]


def tier(when: When, target: str, now: datetime, *pauses: tuple[datetime, datetime]) -> datetime:
    calendar = "office" if "business" in target else None
    clock = PinnedClock(
        "c", target, "Europe/Paris", calendar, START,
        due_instant(parse_target(target), START, PARIS, OPEN_TIMES["office"] if calendar else None),
        (State.AWAITING_CUSTOMER,), ("answered",), {},
    )  # fmt: skip
    rests = tuple(Pause(begun, over, 0, 0) for begun, over in pauses if begun < now)
    course = Course(clock, 1, 0, (), START, None, None, None, rests)
    return tier_instant(when, stand(course, now, OPEN_TIMES), now, OPEN_TIMES)


@st.composite
def apart(draw: st.DrawFn) -> tuple[tuple[datetime, datetime], ...]:
    """Pauses in order and apart, within ten days from the start."""
    bounds = sorted(draw(st.sets(st.integers(1, 10 * 24 * 60), max_size=6)))
    instants = [START + timedelta(minutes=minute) for minute in bounds]
    return tuple(zip(instants[::2], instants[1::2], strict=False))


NOW = START + timedelta(days=60)


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(TARGETS), apart())
def test_tiers_keep_their_order(target: str, pauses: tuple[tuple[datetime, datetime], ...]) -> None:
    shares = [tier(AtShare(percent), target, NOW, *pauses) for percent in (0, 1, 50, 99, 100)]
    late = [tier(AtShare(percent), target, NOW, *pauses) for percent in (100, 101, 200)]
    hours = parse_target("2 hours")
    around = [
        tier(when, target, NOW, *pauses)
        for when in (AtShare(0), BeforeDue(hours), AtShare(100), AfterDue(hours))
    ]
    assert shares == sorted(shares)
    assert late == sorted(late)
    assert around == sorted(around)


@settings(deadline=None, max_examples=80)
@given(
    st.sampled_from(TARGETS),
    st.sampled_from([AtShare(50), AtShare(80), BeforeDue(parse_target("2 hours"))]),
    apart(),
)
def test_what_is_reached_stays_reached(
    target: str, when: When, pauses: tuple[tuple[datetime, datetime], ...]
) -> None:
    reached = tier(when, target, NOW, *pauses)
    earlier = tuple(pause for pause in pauses if pause[1] <= reached)
    assert tier(when, target, NOW, *earlier) == reached


@pytest.mark.parametrize(
    ("when", "target", "instant"),
    [
        (AtShare(50), "3 civil days", "2026-10-21 20:30"),
        # A month over the end of summer time: half of its wall time.
        (AtShare(50), "1 month", "2026-11-04 20:30"),
        (AtShare(100), "1 month", "2026-11-20 08:30"),
        (AtShare(1), "45 minutes", "2026-10-20 08:30:27"),
        (BeforeDue(parse_target("1 civil day")), "1 month", "2026-11-19 08:30"),
        # Longer before than the promise is: from the start on.
        (BeforeDue(parse_target("2 hours")), "45 minutes", "2026-10-20 08:30"),
        (AfterDue(parse_target("1 month")), "1 month", "2026-12-20 08:30"),
        # A clock without a calendar has no business days: reached when due.
        (BeforeDue(parse_target("1 business day")), "30 hours", "2026-10-21 14:30"),
    ],
)
def test_tiers_count_as_their_clock_does(when: When, target: str, instant: str) -> None:
    assert tier(when, target, NOW) == at(instant)


def test_what_lies_beyond_the_years_that_are_counted_is_never_reached() -> None:
    assert tier(AtShare(999), "9000 months", NOW) == FAR
    assert tier(AfterDue(parse_target("9999 months")), "5 business days", NOW) < FAR


def repeating(length: str, times: int | None = None) -> Tier:
    return Tier("t", AtShare(100), (), (), parse_target(length), times, None, None, 1)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(["5 minutes", "7 hours", "1 civil day", "3 civil days"]),
    st.integers(0, 30 * 24 * 3600),
    st.sampled_from([None, 1, 4]),
)
def test_a_repeat_is_the_latest_whose_instant_has_come(
    length: str, seconds: int, times: int | None
) -> None:
    # Two days before the clocks go back.
    reached_at = at("2026-10-23 02:30")
    now = reached_at + timedelta(seconds=seconds)
    each = repeating(length, times)
    number = repeat_number(each, reached_at, now, PARIS)
    assert repeat_instant(each, reached_at, number, PARIS) <= now
    if times is None or number < times - 1:
        assert repeat_instant(each, reached_at, number + 1, PARIS) > now
    assert times is None or number < times


def test_what_is_told_once_has_no_repeat() -> None:
    each = Tier("t", AtShare(100), (), (), None, None, None, None, 1)
    assert repeat_number(each, START, START + timedelta(days=99), PARIS) == 0
    assert repeat_instant(each, START, 0, PARIS) == START


def test_units_of_repeats_are_those_that_need_no_calendar() -> None:
    assert {parse_target(text).unit for text in ("1 minute", "1 hour", "1 civil day")} == {
        Unit.MINUTE, Unit.HOUR, Unit.CIVIL_DAY,
    }  # fmt: skip
