"""How promises stand, from the log and the instant alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.case import Entry, PinnedClock
from runner.clocks.business_time import OpenTime
from runner.clocks.pinning import Terms, change_clock, pin_clocks
from runner.clocks.standings import Position, Standing, foremost, next_due, standings
from runner.clocks.targets import due_instant
from runner.model import Category, State, Urgency
from runner.policies.calendars import Calendar, Span, SpecialDay
from runner.policies.clocks import ClockPolicy, Matter, Promise, TargetRule, parse_target

PARIS = ZoneInfo("Europe/Paris")
OFFICE = OpenTime(
    Calendar(
        id="brand-care",
        file="policies/calendars/brand-care.yaml",
        zone=PARIS,
        week=((Span(9 * 3600, 18 * 3600),),) * 5 + ((),) * 2,
        special=(SpecialDay(date(2026, 12, 25), "Noël"), SpecialDay(date(2027, 1, 1), "An")),
    )
)
OPEN_TIMES = {"brand-care": OFFICE}
RESTS = (State.AWAITING_CUSTOMER,)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def promise(target: str, started_at: str, calendar: str | None = None) -> PinnedClock:
    start = at(started_at)
    open_time = OPEN_TIMES[calendar] if calendar else None
    return PinnedClock(
        clock="back-office",
        target=target,
        zone="Europe/Paris",
        calendar=calendar,
        started_at=start,
        due_at=due_instant(parse_target(target), start, PARIS, open_time),
        pauses=RESTS,
        stops=("answered",),
        policies={},
    )


def life(clock: PinnedClock, *happened: tuple[str, str]) -> tuple[Entry, ...]:
    """Return a log: the clock's start, then `asked`, `wrote`, `answered` or another kind."""
    moves = {
        "asked": ("details-asked", State.AWAITING_CUSTOMER),
        "wrote": ("customer-wrote", State.ACKNOWLEDGED),
        "answered": ("answered", State.ANSWERED),
        "merged": ("merged", State.MERGED),
    }
    start = clock.started_at
    log = [Entry("handed-off", start, start, "ines", State.HANDED_OFF, (clock,))]
    for what, when in happened:
        kind, to = moves[what]
        log.append(Entry(kind, at(when), at(when), "ines", to))
    return tuple(log)


def stand(log: tuple[Entry, ...], now: str, due_soon: str | None = None) -> Standing:
    thresholds = {"back-office": parse_target(due_soon)} if due_soon else None
    [standing] = standings(log, at(now), OPEN_TIMES, thresholds)
    return standing


THREE_DAYS = promise("3 civil days", "2026-10-23T15:00:00Z")


@pytest.mark.parametrize(
    ("happened", "now", "position"),
    [
        ((), "2026-10-23T15:00:00Z", Position.RUNNING),
        ((), "2026-10-26T15:59:59Z", Position.RUNNING),
        # At the due instant it is not late yet.
        ((), "2026-10-26T16:00:00Z", Position.RUNNING),
        ((), "2026-10-26T16:00:01Z", Position.OVERDUE),
        ((("answered", "2026-10-26T16:00:00Z"),), "2026-12-01T00:00:00Z", Position.MET),
        ((("answered", "2026-10-26T16:00:01Z"),), "2026-12-01T00:00:00Z", Position.MISSED),
        # Before the answer it was what it was.
        ((("answered", "2026-10-26T16:00:01Z"),), "2026-10-26T16:00:00Z", Position.RUNNING),
        ((("merged", "2026-10-26T16:00:00Z"),), "2026-12-01T00:00:00Z", Position.CANCELLED),
        # Whoever leaves a case too late has missed the promise.
        ((("merged", "2026-10-26T16:00:01Z"),), "2026-12-01T00:00:00Z", Position.MISSED),
        ((("asked", "2026-10-24T10:00:00Z"),), "2026-12-01T00:00:00Z", Position.PAUSED),
        # A pause that comes when it is too late excuses nothing.
        ((("asked", "2026-10-26T16:00:00Z"),), "2026-10-26T16:00:01Z", Position.OVERDUE),
    ],
)
def test_positions(happened: tuple[tuple[str, str], ...], now: str, position: Position) -> None:
    standing = stand(life(THREE_DAYS, *happened), now)
    assert standing.position is position
    assert standing.clock == "back-office"


def test_a_promise_is_missed_when_it_was_due_and_not_when_somebody_noticed() -> None:
    late = [
        stand(life(THREE_DAYS), now) for now in ("2026-10-26T16:00:01Z", "2027-06-01T00:00:00Z")
    ]
    assert [each.missed_at for each in late] == [at("2026-10-26T16:00:00Z")] * 2
    assert stand(life(THREE_DAYS), "2026-10-26T16:00:00Z").missed_at is None


@pytest.mark.parametrize(
    ("target", "calendar", "started_at", "pause", "due_at"),
    [
        # All time counts: the due instant moves by as long as the pause took.
        ("24 hours", None, "2026-10-23T15:00:00Z",
         ("2026-10-24T10:00:00Z", "2026-10-24T10:00:07Z"), "2026-10-24T15:00:07Z"),
        # Wall time counts: two days by the clock on the wall, 49 hours.
        ("3 civil days", None, "2026-10-23T15:00:00Z",
         ("2026-10-24T10:00:00Z", "2026-10-26T11:00:00Z"), "2026-10-28T16:00:00Z"),
        ("3 civil days", None, "2026-03-27T15:00:00Z",
         ("2026-03-28T10:00:00Z", "2026-03-30T09:00:00Z"), "2026-04-01T14:00:00Z"),
        # Open time counts: what was paused at night and on Sunday costs nothing.
        ("9 hours", "brand-care", "2026-11-20T08:00:00Z",
         ("2026-11-20T16:00:00Z", "2026-11-23T09:00:00Z"), "2026-11-23T10:00:00Z"),
        ("10 hours", "brand-care", "2026-11-20T08:00:00Z",
         ("2026-11-20T18:00:00Z", "2026-11-23T07:00:00Z"), "2026-11-23T09:00:00Z"),
        # Due at closing time, paused until then: it stays until the next closing time.
        ("9 hours", "brand-care", "2026-11-20T08:00:00Z",
         ("2026-11-20T08:00:00Z", "2026-11-20T17:00:00Z"), "2026-11-23T17:00:00Z"),
        # Business days count: those that end while it rests.
        ("7 business days", "brand-care", "2026-12-22T09:00:00Z",
         ("2026-12-23T10:00:00Z", "2026-12-23T11:00:00Z"), "2027-01-04T17:00:00Z"),
        ("7 business days", "brand-care", "2026-12-22T09:00:00Z",
         ("2026-12-23T10:00:00Z", "2026-12-24T10:00:00Z"), "2027-01-05T17:00:00Z"),
        ("7 business days", "brand-care", "2026-12-22T09:00:00Z",
         ("2026-12-24T18:00:00Z", "2026-12-28T07:00:00Z"), "2027-01-04T17:00:00Z"),
        # The day of the start does not count, paused or not.
        ("7 business days", "brand-care", "2026-12-22T09:00:00Z",
         ("2026-12-22T10:00:00Z", "2026-12-22T20:00:00Z"), "2027-01-04T17:00:00Z"),
    ],
)  # fmt: skip
def test_a_pause_counts_in_the_clocks_own_time(
    target: str, calendar: str | None, started_at: str, pause: tuple[str, str], due_at: str
) -> None:
    begun, over = pause
    log = life(promise(target, started_at, calendar), ("asked", begun), ("wrote", over))
    standing = stand(log, over)
    assert standing.due_at.isoformat() == at(due_at).isoformat()
    assert standing.position is Position.RUNNING
    # While it rests, it is due as if it went on now.
    resting = stand(log[:2], over)
    assert (resting.due_at, resting.position) == (standing.due_at, Position.PAUSED)


@pytest.mark.parametrize(
    ("clock", "threshold", "now", "position"),
    [
        (THREE_DAYS, "12 hours", "2026-10-26T03:59:59Z", Position.RUNNING),
        (THREE_DAYS, "12 hours", "2026-10-26T04:00:00Z", Position.DUE_SOON),
        (THREE_DAYS, "1 civil day", "2026-10-25T15:59:59Z", Position.RUNNING),
        (THREE_DAYS, "1 civil day", "2026-10-25T16:00:00Z", Position.DUE_SOON),
        (THREE_DAYS, "12 hours", "2026-10-26T16:00:01Z", Position.OVERDUE),
        # Without a calendar no business day can be told.
        (THREE_DAYS, "1 business day", "2026-10-26T16:00:00Z", Position.RUNNING),
    ],
)
def test_due_soon(clock: PinnedClock, threshold: str, now: str, position: Position) -> None:
    assert stand(life(clock), now, threshold).position is position


def test_a_clock_of_a_calendar_is_due_soon_in_open_time() -> None:
    clock = promise("7 business days", "2026-12-22T09:00:00Z", "brand-care")
    positions = [
        stand(life(clock), now, "1 business day").position
        for now in ("2026-12-31T16:59:59Z", "2026-12-31T17:00:00Z")
    ]
    assert positions == [Position.RUNNING, Position.DUE_SOON]


def test_the_foremost_runs_out_next_and_only_else_rests() -> None:
    def named(clock: str, position: Position, due: str) -> Standing:
        ended = position in {Position.MET, Position.MISSED}
        log = life(
            replace(THREE_DAYS, clock=clock),
            *((("answered", "2026-10-24T10:00:00Z"),) if ended else ()),
        )
        (each,) = standings(log, at("2026-10-24T11:00:00Z"), {})
        return replace(each, position=position, due_at=at(due))

    late = named("late", Position.MISSED, "2026-10-20T08:00:00Z")
    rests = named("rests", Position.PAUSED, "2026-10-21T08:00:00Z")
    soon = named("soon", Position.DUE_SOON, "2026-10-24T12:00:00Z")
    over = named("over", Position.OVERDUE, "2026-10-24T10:00:00Z")
    runs = named("runs", Position.RUNNING, "2026-10-25T10:00:00Z")
    assert foremost((late, rests, runs, soon, over)) is over
    assert foremost((late, rests, runs, soon)) is soon
    assert foremost((late, rests, runs)) is runs
    assert foremost((late, rests)) is rests
    assert foremost((late,)) is None
    assert next_due((late, rests)) is None
    alike = replace(runs, due_at=soon.due_at)
    assert next_due((soon, alike)) is alike


def test_what_rests_is_not_due_soon() -> None:
    log = life(THREE_DAYS, ("asked", "2026-10-26T10:00:00Z"))
    assert stand(log, "2026-10-26T12:00:00Z", "12 hours").position is Position.PAUSED


def test_the_calendar_is_the_one_of_the_day_of_the_promise() -> None:
    blob = "0" * 40
    clock = promise("9 hours", "2026-11-20T08:00:00Z", "brand-care")
    pinned = replace(clock, policies={"policies/calendars/brand-care.yaml": blob})
    log = life(pinned, ("asked", "2026-11-20T10:00:00Z"), ("wrote", "2026-11-20T16:00:00Z"))
    week = ((Span(0, 86_400),),) * 7
    changed = OpenTime(replace(OFFICE.calendar, week=week))
    now = at("2026-11-21T00:00:00Z")

    def due_at(open_times: dict[str, OpenTime]) -> datetime:
        return standings(log, now, open_times)[0].due_at

    expected = at("2026-11-23T14:00:00Z")
    assert due_at({blob: OFFICE, "brand-care": changed}) == expected
    # One that is not there any more is taken as it is now.
    assert due_at({"brand-care": changed}) == at("2026-11-20T23:00:00Z")
    [lost] = standings(log, now, {})
    assert (lost.due_at, lost.lacks_calendar) == (clock.due_at, True)


# --- Changes of a promise ---


def policy(target: str, pauses: tuple[State, ...] = RESTS) -> ClockPolicy:
    rule = TargetRule(parse_target(target), None, None, None, None, 1)
    back_office = Promise(
        "back-office", ("handed-off",), ("answered",), pauses, "brand-care", (rule,), None, None, 1
    )
    return ClockPolicy((back_office,), PARIS)


MATTER = Matter(Urgency.NORMAL, Category.COMPLAINT, "forum-bricolage")


@pytest.mark.parametrize(
    ("how", "pauses", "started_at", "due_at"),
    [
        # It rests until 10:00 in Paris.
        ("restart", RESTS, "2026-11-24T08:00:00Z", "2026-11-26T09:00:00Z"),
        # From the start: 1 hour on Monday before the pause, which took 9 open hours.
        ("recompute", RESTS, "2026-11-23T08:00:00Z", "2026-11-25T17:00:00Z"),
        ("continue", RESTS, "2026-11-23T08:00:00Z", "2026-11-25T17:00:00Z"),
        # Under a promise that never rests the pauses so far are kept by `continue` alone.
        ("recompute", (), "2026-11-23T08:00:00Z", "2026-11-24T17:00:00Z"),
        ("continue", (), "2026-11-23T08:00:00Z", "2026-11-25T17:00:00Z"),
    ],
)
def test_a_promise_changes_by_an_entry_alone(
    how: str, pauses: tuple[State, ...], started_at: str, due_at: str
) -> None:
    clock = promise("9 hours", "2026-11-23T08:00:00Z", "brand-care")
    log = life(clock, ("asked", "2026-11-23T09:00:00Z"), ("wrote", "2026-11-24T09:00:00Z"))
    when = at("2026-11-24T10:00:00Z") if how != "restart" else at("2026-11-24T08:00:00Z")
    [before] = standings(log, when, OPEN_TIMES)
    terms = Terms(policy("18 hours", pauses), PARIS, {}, OPEN_TIMES)
    changed = change_clock(terms, before.course, how, when, MATTER)
    assert changed is not None
    entry = Entry(
        "clock-changed", when, when, "ines", None, (changed,), {"clock": "back-office", "how": how}
    )
    after = standings((*log, entry), at("2026-11-24T11:00:00Z"), OPEN_TIMES)[-1]
    assert after.course.clock.started_at == at(started_at)
    assert after.due_at == at(due_at)


def test_a_clock_that_the_policy_does_not_know_any_more_cannot_change() -> None:
    [before] = standings(life(THREE_DAYS), at("2026-10-24T00:00:00Z"), OPEN_TIMES)
    terms = Terms(ClockPolicy(), PARIS, {}, OPEN_TIMES)
    when = at("2026-10-24T00:00:00Z")
    changed = change_clock(terms, before.course, "recompute", when, MATTER)
    assert changed is None


def test_the_entry_keeps_which_calendar_it_was() -> None:
    blobs = {"policies/clocks.yaml": "1" * 40, "policies/calendars/brand-care.yaml": "2" * 40}
    terms = Terms(policy("7 business days"), ZoneInfo("UTC"), blobs, OPEN_TIMES)
    [clock] = pin_clocks(terms, "handed-off", at("2026-12-22T09:00:00Z"), MATTER)
    assert clock.due_at == at("2027-01-04T17:00:00Z")
    assert clock.calendar == "brand-care"
    assert clock.policies == blobs


# --- Whatever happens ---

seconds = st.integers(0, 40 * 86_400)
targets = st.sampled_from(
    ["45 minutes", "30 hours", "3 civil days", "1 month", "7 business days", "16 hours"]
)


@given(targets, st.sampled_from([None, "brand-care"]), st.lists(seconds, max_size=8), seconds)
@settings(deadline=None)
def test_time_only_makes_it_later_and_a_pause_never_makes_it_due_earlier(
    target: str, calendar: str | None, moments: list[int], now: int
) -> None:
    start = "2026-10-20T08:00:00Z"
    clock = promise(target, start, "brand-care" if "business" in target else calendar)
    happened = [
        ("asked" if number % 2 == 0 else "wrote", (at(start) + timedelta(seconds=each)).isoformat())
        for number, each in enumerate(sorted(moments))
    ]
    log = life(clock, *happened)
    instants = sorted({at(start) + timedelta(seconds=each) for each in (*moments, now)})
    seen = [standings(log, instant, OPEN_TIMES)[0] for instant in instants]
    due = [clock.due_at, *(standing.due_at for standing in seen)]
    assert due == sorted(due)
    late = [standing.position is Position.OVERDUE for standing in seen]
    assert late == sorted(late)
    broken = {standing.missed_at for standing in seen if standing.missed_at}
    assert len(broken) <= 1
    assert all(standing.due_at.tzinfo is UTC for standing in seen)


def test_a_promise_beyond_what_calendars_count_stays_where_it_was() -> None:
    far = replace(
        promise("16 hours", "2026-11-23T09:00:00Z", "brand-care"), due_at=at("2399-12-31T17:00:00Z")
    )
    log = life(far, ("asked", "2026-11-24T09:00:00Z"))
    standing = stand(log, "2399-06-01T09:00:00Z", "4 hours")
    assert (standing.position, standing.due_at) == (Position.PAUSED, far.due_at)
    later = replace(far, due_at=at("2500-06-01T17:00:00Z"), pauses=())
    assert stand(life(later), "2026-12-30T09:00:00Z", "4 hours").position is Position.RUNNING
