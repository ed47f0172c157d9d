"""Promises as the entry that starts them keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from runner.cases.case import PinnedClock
from runner.cases.courses import Course
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import postponed
from runner.clocks.standings import count_of, pauses_until
from runner.clocks.targets import due_instant
from runner.model import Judgement, Mention
from runner.policies.clocks import FROM_DETECTION, ClockPolicy, Matter, Promise, Target
from runner.policies.values import Configuration

How = Literal["restart", "continue", "recompute"]
"""In which way a `clock-changed` entry changes a promise."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What promises are made by: the clocks of a policy, and what their time is counted by.

    `zone` counts civil days where the policy names none.  `blobs` maps the files of the desk to
    their git blob ids.  `open_times` holds the calendars by id.
    """

    policy: ClockPolicy
    zone: ZoneInfo
    blobs: Mapping[str, str]
    open_times: Mapping[str, OpenTime]


def terms_of(configuration: Configuration) -> Terms:
    """Return what a desk's promises are made by."""
    return Terms(
        configuration.clocks,
        configuration.instance.zone,
        configuration.blobs,
        {calendar.id: OpenTime(calendar) for calendar in configuration.calendars},
    )


def pin_clocks(
    terms: Terms, started_by: str, started_at: datetime, matter: Matter
) -> tuple[PinnedClock, ...]:
    """Return the clocks that an entry of the kind `started_by` starts, in the policy's order.

    Whether a clock runs already is for the caller to know.

    Raises:
        ValueError: for a clock whose calendar is not among the terms or not open long enough
            (`runner.clocks.reach` tells of both in files).
    """
    pinned = (
        pin_promise(terms, promise, started_at, matter)
        for promise in terms.policy.promises
        if started_by in promise.starts
    )
    return tuple(clock for clock in pinned if clock is not None)


def pin_promise(
    terms: Terms, promise: Promise, started_at: datetime, matter: Matter
) -> PinnedClock | None:
    """Return one clock of a policy as it starts at an instant; None where it is not for the case.

    Raises:
        ValueError: as `pin_clocks`.
    """
    rule = promise.target_for(matter)
    return _pin(terms, promise, rule.within, started_at) if rule is not None else None


def change_clock(
    terms: Terms, course: Course, how: How, at: datetime, matter: Matter
) -> PinnedClock | None:
    """Return a running promise under the policy as it is now, for a `clock-changed` entry.

    `restart` counts anew from `at`.  `recompute` counts from the course's start, as if the
    policy had been so then.  `continue` does so too and lets the pauses stand that the course
    has had under the old promise.  None where the policy has no such clock for such a case.

    Raises:
        ValueError: as `pin_clocks`.
    """
    promise = next((one for one in terms.policy.promises if one.id == course.clock.clock), None)
    if promise is None:
        return None
    started_at = at if how == "restart" else course.clock.started_at
    pinned = pin_promise(terms, promise, started_at, matter)
    if pinned is None or how != "continue":
        return pinned
    open_time = terms.open_times[promise.calendar] if promise.calendar is not None else None
    due_at = postponed(pinned.due_at, pauses_until(course, at), count_of(pinned, open_time))
    return replace(pinned, due_at=due_at)


def _pin(terms: Terms, promise: Promise, target: Target, started_at: datetime) -> PinnedClock:
    zone = terms.policy.zone or terms.zone
    open_time = None
    files = [terms.policy.file]
    if promise.calendar is not None:
        open_time = terms.open_times.get(promise.calendar)
        if open_time is None:
            raise ValueError(f"the clock {promise.id} needs the calendar {promise.calendar}")
        files.append(open_time.calendar.file)
    return PinnedClock(
        clock=promise.id,
        target=str(target),
        zone=zone.key,
        calendar=promise.calendar,
        started_at=started_at,
        due_at=due_instant(target, started_at, zone, open_time),
        pauses=promise.pauses,
        stops=promise.stops,
        policies={file: terms.blobs[file] for file in files if file in terms.blobs},
    )


def first_clocks(
    mention: Mention, judgement: Judgement, configuration: Configuration
) -> dict[str, tuple[PinnedClock, ...]]:
    """Return the clocks that start when a mention opens a case, by the kind of the entry."""
    matter = Matter(
        urgency=judgement.urgency.value,
        category=judgement.category.value,
        source=mention.source,
        product=judgement.product.value if judgement.product else None,
    )
    terms, started_at = terms_of(configuration), mention.detected_at.replace(microsecond=0)
    return {kind: pin_clocks(terms, kind, started_at, matter) for kind in sorted(FROM_DETECTION)}
