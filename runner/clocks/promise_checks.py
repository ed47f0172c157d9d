"""Whether the promises that new entries start follow from what they say: start and due instant.

Asked of new entries alone: a merged promise stands as it was made, whatever calendars become.
That it can be counted at all is asked of every case (`runner.cases.pinned`).
"""

from collections.abc import Callable, Iterable, Iterator, Set
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from runner.cases.case import PinnedClock
from runner.cases.courses import Course, read_courses
from runner.cases.evidence import Data, Finding
from runner.cases.file import parse_clock, parse_entry
from runner.cases.instants import parse_instant, render_instant
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import postponed
from runner.clocks.standings import count_of, pauses_until
from runner.clocks.targets import due_instant
from runner.errors import Fault
from runner.policies.clocks import parse_target
from runner.text.document import Document, Path

PinnedOpenTime = Callable[[PinnedClock], OpenTime | None]
"""Returns the calendar of a promise as it was when made, None where it cannot be read."""


def check_promises(
    document: Document, added: Iterable[int], open_time: PinnedOpenTime
) -> tuple[Fault, ...]:
    """Return what is wrong with the clocks of the new entries of a case.

    `document` is a sound case; `added` are the indexes of the new entries.  A due instant by a
    calendar that cannot be read is not judged.
    """
    case: Any = document.value
    found: list[Finding] = []
    for index in added:
        if case["log"][index].get("clocks"):
            found += _find(case, index, open_time)
    return tuple(sorted(document.fault(one.path, one.rule, one.message, one.hint) for one in found))


def _find(case: Data, index: int, open_time: PinnedOpenTime) -> Iterator[Finding]:
    entry = case["log"][index]
    at, changes = parse_instant(entry["at"]), entry["entry"] == "clock-changed"
    how = None
    running: dict[str, Course] = {}
    if changes:
        how = entry["how"]
        courses = read_courses([parse_entry(one) for one in case["log"][:index]])
        running = {each.clock.clock: each for each in courses if each.ending is None}
    for number, clock in enumerate(map(parse_clock, entry["clocks"])):
        path = ("log", index, "clocks", number)
        course = running.get(clock.clock)
        if how in {"continue", "recompute"} and course is None:
            yield Finding(
                (*path, "clock"),
                "clock-not-running",
                f"no clock {clock.clock} runs here that could {how}",
                f"there run {', '.join(running) or 'none'}; `how: restart` begins one",
            )
            continue
        begun = course.clock.started_at if course is not None and how != "restart" else at
        if clock.started_at != begun:
            starts = {begun}
            if not changes:
                starts |= {parse_instant(place["detected_at"]) for place in case["places"]}
            yield from _find_start(clock, starts, path)
        yield from _find_due(at, clock, course if how == "continue" else None, open_time, path)


def _find_start(clock: PinnedClock, starts: Set[datetime], path: Path) -> Iterator[Finding]:
    if clock.started_at not in starts:
        yield Finding(
            (*path, "started_at"),
            "clock-start",
            f"{clock.clock} starts at {render_instant(clock.started_at)}, "
            f"and nothing happened here then",
            f"it starts with what happened: {', '.join(map(render_instant, sorted(starts)))}",
        )


def _find_due(
    at: datetime,
    clock: PinnedClock,
    continued: Course | None,
    open_time: PinnedOpenTime,
    path: Path,
) -> Iterator[Finding]:
    counted = open_time(clock) if clock.calendar is not None else None
    if counted is None and clock.calendar is not None:
        return
    target = parse_target(clock.target)
    due_at: datetime | None
    try:
        due_at = due_instant(target, clock.started_at, ZoneInfo(clock.zone), counted)
        if continued is not None:
            pauses = pauses_until(continued, at)
            due_at = postponed(due_at, pauses, count_of(clock, counted))
    except ValueError:
        # Where no calendar is open long enough the promise never runs out.
        due_at = None
    if due_at != clock.due_at:
        end = render_instant(due_at) if due_at is not None else "never"
        yield Finding(
            (*path, "due_at"),
            "clock-due",
            f"{target} from {render_instant(clock.started_at)} run out at {end}, "
            f"not {render_instant(clock.due_at)}",
            "the verbs write it; another promise needs another `target`",
        )
