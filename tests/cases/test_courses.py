"""What the log tells of each promise: when it began, rested and ended."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from runner.cases.case import Entry, PinnedClock
from runner.cases.courses import Course, Ending, Pause, read_courses
from runner.model import State


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{hour:02}:{minute:02}:00Z")


def clock(
    name: str,
    started_at: datetime,
    *,
    stops: tuple[str, ...] = ("replied",),
    pauses: tuple[State, ...] = (),
    target: str = "3 civil days",
) -> PinnedClock:
    return PinnedClock(name, target, "Europe/Paris", None, started_at, at(29), pauses, stops, {})


def entry(
    kind: str,
    happened_at: datetime,
    to: State | None = None,
    *clocks: PinnedClock,
    recorded_at: datetime | None = None,
    **facts: Any,
) -> Entry:
    return Entry(kind, happened_at, recorded_at or happened_at, "ines", to, clocks, facts)


def detected(*clocks: PinnedClock) -> Entry:
    return entry("detected", at(1), State.OPEN, *(clocks or (clock("first-reply", at(1)),)))


def told(courses: Iterable[Course]) -> list[tuple[object, ...]]:
    """Return clock, first entry, ending, when and by which entry."""
    return [
        (
            course.clock.clock,
            course.started_by,
            course.ending,
            course.ended_at,
            course.ended_by,
        )
        for course in courses
    ]


RUNS = (None, None, None)


def test_it_runs_until_an_entry_stops_it() -> None:
    log = (detected(), entry("noted", at(2)), entry("replied", at(3), State.ACKNOWLEDGED))
    assert told(read_courses(log[:2])) == [("first-reply", 0, *RUNS)]
    assert told(read_courses(log)) == [("first-reply", 0, Ending.STOPPED, at(3), 2)]


def test_an_answer_of_the_same_second_stops_it() -> None:
    wrote = entry("customer-wrote", at(2), None, clock("next-reply", at(2)))
    log = (detected(), entry("replied", at(1)), wrote, entry("replied", at(2)))
    assert told(read_courses(log)) == [
        ("first-reply", 0, Ending.STOPPED, at(1), 1),
        ("next-reply", 2, Ending.STOPPED, at(2), 3),
    ]


def test_what_happened_after_the_instant_asked_about_is_left_out() -> None:
    log = (detected(), entry("replied", at(3), State.ACKNOWLEDGED))
    assert told(read_courses(log, at(2))) == [("first-reply", 0, *RUNS)]
    assert told(read_courses(log, at(3))) == [("first-reply", 0, Ending.STOPPED, at(3), 1)]
    assert read_courses(log, at(1, 8)) == ()


def test_entries_are_counted_in_the_whole_log() -> None:
    log = (
        detected(),
        entry("noted", at(9)),
        entry("replied", at(3), State.ACKNOWLEDGED, recorded_at=at(10)),
    )
    assert told(read_courses(log, at(4))) == [("first-reply", 0, Ending.STOPPED, at(3), 2)]


def test_what_stops_it_may_be_found_late() -> None:
    late = entry("replied", at(2), recorded_at=at(6))
    log = (detected(), entry("replied", at(5), State.ACKNOWLEDGED), late)
    assert told(read_courses(log)) == [("first-reply", 0, Ending.STOPPED, at(2), 2)]


def test_what_happened_before_it_began_stops_nothing() -> None:
    waits = clock("next-reply", at(4))
    log = (
        detected(),
        entry("customer-wrote", at(4), None, waits),
        entry("replied", at(3), State.ACKNOWLEDGED, recorded_at=at(5)),
    )
    assert told(read_courses(log)) == [
        ("first-reply", 0, Ending.STOPPED, at(3), 2),
        ("next-reply", 1, *RUNS),
    ]


def test_a_later_message_does_not_move_what_the_oldest_unanswered_one_began() -> None:
    log = (
        detected(),
        entry("customer-wrote", at(4), None, clock("next-reply", at(4))),
        entry("customer-wrote", at(5), None, clock("next-reply", at(5))),
    )
    assert told(read_courses(log))[1:] == [("next-reply", 1, *RUNS)]


def test_an_older_message_found_late_is_the_oldest_from_then_on() -> None:
    log = (
        detected(),
        entry("customer-wrote", at(5), None, clock("next-reply", at(5))),
        entry("customer-wrote", at(4), None, clock("next-reply", at(4)), recorded_at=at(6)),
    )
    assert told(read_courses(log))[1:] == [("next-reply", 2, *RUNS)]


def test_an_older_message_that_was_answered_already_has_a_course_of_its_own() -> None:
    log = (
        detected(),
        entry("replied", at(3), State.ACKNOWLEDGED),
        entry("customer-wrote", at(5), None, clock("next-reply", at(5))),
        entry("customer-wrote", at(2), None, clock("next-reply", at(2)), recorded_at=at(6)),
    )
    assert told(read_courses(log))[1:] == [
        ("next-reply", 2, *RUNS),
        ("next-reply", 3, Ending.STOPPED, at(3), 1),
    ]


def renewed(day: int) -> PinnedClock:
    return clock("customer-update", at(day), stops=("replied",))


def test_an_entry_that_stops_and_starts_a_clock_begins_it_anew() -> None:
    log = (
        detected(),
        entry("replied", at(2), State.ACKNOWLEDGED, renewed(2)),
        entry("replied", at(5), None, renewed(5)),
    )
    assert told(read_courses(log))[1:] == [
        ("customer-update", 1, Ending.STOPPED, at(5), 2),
        ("customer-update", 2, *RUNS),
    ]


def test_a_renewal_found_late_parts_the_course_before_it() -> None:
    log = (
        detected(),
        entry("replied", at(2), State.ACKNOWLEDGED, renewed(2)),
        entry("replied", at(5), None, renewed(5)),
        entry("replied", at(3), None, renewed(3), recorded_at=at(6)),
    )
    assert told(read_courses(log))[1:] == [
        ("customer-update", 1, Ending.STOPPED, at(3), 3),
        ("customer-update", 2, *RUNS),
        ("customer-update", 3, Ending.STOPPED, at(5), 2),
    ]


@pytest.mark.parametrize(("kind", "to"), [("dismissed", State.DISMISSED), ("merged", State.MERGED)])
def test_a_case_that_is_left_leaves_its_clocks(kind: str, to: State) -> None:
    log = (detected(), entry(kind, at(2), to))
    assert told(read_courses(log)) == [("first-reply", 0, Ending.LEFT, at(2), 1)]


def test_a_reopened_case_begins_new_courses_and_keeps_the_old() -> None:
    log = (
        detected(),
        entry("dismissed", at(2), State.DISMISSED),
        entry("reopened", at(4), State.OPEN, clock("first-reply", at(4)), cycle=2),
        entry("replied", at(5), State.ACKNOWLEDGED),
    )
    assert told(read_courses(log)) == [
        ("first-reply", 0, Ending.LEFT, at(2), 1),
        ("first-reply", 2, Ending.STOPPED, at(5), 3),
    ]
    assert [course.cycle for course in read_courses(log)] == [1, 2]


def test_a_crisis_in_a_closed_case_has_its_clock() -> None:
    log = (
        detected(),
        entry("dismissed", at(2), State.DISMISSED),
        entry("crisis-raised", at(3), None, clock("crisis", at(3), stops=("crisis-taken",))),
    )
    assert told(read_courses(log))[1:] == [("crisis", 2, *RUNS)]


# --- Pauses ---

RESTING = clock("back-office", at(2), stops=("answered",), pauses=(State.AWAITING_CUSTOMER,))
PAUSED = (
    detected(),
    entry("handed-off", at(2), State.HANDED_OFF, RESTING),
    entry("details-asked", at(3), State.AWAITING_CUSTOMER),
    entry("customer-wrote", at(5), State.ACKNOWLEDGED),
    entry("handed-off", at(6), State.HANDED_OFF, RESTING),
    entry("details-asked", at(7), State.AWAITING_CUSTOMER),
    entry("reminded", at(8)),
)


def pauses(log: tuple[Entry, ...]) -> tuple[Pause, ...]:
    return read_courses(log)[1].pauses


def test_it_rests_while_the_case_is_in_a_state_that_pauses_it() -> None:
    assert pauses(PAUSED) == (Pause(at(3), at(5), 2, 3), Pause(at(7), None, 5, None))
    assert pauses(PAUSED[:3]) == (Pause(at(3), None, 2, None),)
    assert pauses(PAUSED[:2]) == ()
    assert read_courses(PAUSED)[0].pauses == ()


def test_a_pause_ends_with_the_course() -> None:
    log = (*PAUSED, entry("merged", at(9), State.MERGED))
    assert pauses(log)[1] == Pause(at(7), at(9), 5, 7)


def test_a_clock_that_begins_in_such_a_state_rests_from_its_start() -> None:
    begun = clock("customer-update", at(4), pauses=(State.AWAITING_CUSTOMER,))
    log = (*PAUSED[:3], entry("messaged", at(4), None, begun))
    assert read_courses(log)[2].pauses == (Pause(at(4), None, 2, None),)


def test_a_move_found_late_counts_no_earlier_than_the_one_before_it() -> None:
    log = (*PAUSED[:3], entry("customer-wrote", at(2, 8), State.ACKNOWLEDGED, recorded_at=at(4)))
    assert pauses(log) == ()


# --- Changes ---


def change(how: str, day: int, changed: PinnedClock) -> Entry:
    return entry("clock-changed", at(day), None, changed, clock=changed.clock, how=how)


def test_a_restart_ends_the_course_and_begins_another() -> None:
    log = (detected(), change("restart", 3, clock("first-reply", at(3))))
    assert told(read_courses(log)) == [
        ("first-reply", 0, Ending.RESTARTED, at(3), 1),
        ("first-reply", 1, *RUNS),
    ]


@pytest.mark.parametrize(
    ("how", "counted"),
    [
        # The pauses so far are in the new due instant.
        ("continue", (Pause(at(8), None, 5, None),)),
        # They are counted by the new promise.
        ("recompute", (Pause(at(3), at(5), 2, 3), Pause(at(7), None, 5, None))),
    ],
)
def test_a_course_goes_on_under_the_changed_promise(how: str, counted: tuple[Pause, ...]) -> None:
    changed = replace(RESTING, target="9 civil days")
    course = read_courses((*PAUSED[:6], change(how, 8, changed)))[1]
    assert (course.clock, course.started_by, course.changed_by) == (changed, 1, (6,))
    assert course.pauses == counted


def test_a_change_of_what_does_not_run_changes_nothing() -> None:
    log = (
        detected(),
        entry("replied", at(2), State.ACKNOWLEDGED),
        change("recompute", 3, clock("first-reply", at(1))),
    )
    assert told(read_courses(log)) == [("first-reply", 0, Ending.STOPPED, at(2), 1)]
