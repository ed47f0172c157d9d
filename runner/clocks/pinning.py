"""Promises as the entry that starts them keeps them."""

from collections.abc import Mapping
from dataclasses import replace
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


def pin_clocks(
    policy: ClockPolicy,
    started_by: str,
    started_at: datetime,
    matter: Matter,
    *,
    zone: ZoneInfo,
    blobs: Mapping[str, str],
    open_times: Mapping[str, OpenTime] | None = None,
) -> tuple[PinnedClock, ...]:
    """Return the clocks that an entry of the kind `started_by` starts, in the policy's order.

    `zone` counts civil days where the policy names none.  `blobs` maps the files of the
    desk to their git blob ids.  `open_times` holds the calendars by id.  Whether a clock
    runs already is for the caller to know.

    Raises:
        ValueError: for a clock whose calendar is not among `open_times` or not open long
            enough (`runner.clocks.reach` tells of both in files); no clock that starts at
            detection has a calendar.
    """
    pinned = (
        pin_promise(
            promise,
            policy,
            started_at,
            matter,
            zone=zone,
            blobs=blobs,
            open_times=open_times,
        )
        for promise in policy.promises
        if started_by in promise.starts
    )
    return tuple(clock for clock in pinned if clock is not None)


def pin_promise(
    promise: Promise,
    policy: ClockPolicy,
    started_at: datetime,
    matter: Matter,
    *,
    zone: ZoneInfo,
    blobs: Mapping[str, str],
    open_times: Mapping[str, OpenTime] | None = None,
) -> PinnedClock | None:
    """Return one clock of a policy as it starts at an instant; None where it is not for the case.

    Raises:
        ValueError: as `pin_clocks`.
    """
    rule = promise.target_for(matter)
    if rule is None:
        return None
    return _pin(
        promise,
        rule.within,
        started_at,
        policy=policy,
        zone=zone,
        blobs=blobs,
        open_times=open_times or {},
    )


def change_clock(
    course: Course,
    how: How,
    at: datetime,
    policy: ClockPolicy,
    matter: Matter,
    *,
    zone: ZoneInfo,
    blobs: Mapping[str, str],
    open_times: Mapping[str, OpenTime],
) -> PinnedClock | None:
    """Return a running promise under the policy as it is now, for a `clock-changed` entry.

    `restart` counts anew from `at`.  `recompute` counts from the course's start, as if the
    policy had been so then.  `continue` does so too and lets the pauses stand that the course
    has had under the old promise.  None where the policy has no such clock for such a case.

    Raises:
        ValueError: as `pin_clocks`.
    """
    promise = next((each for each in policy.promises if each.id == course.clock.clock), None)
    rule = promise.target_for(matter) if promise is not None else None
    if promise is None or rule is None:
        return None
    started_at = at if how == "restart" else course.clock.started_at
    pinned = _pin(
        promise,
        rule.within,
        started_at,
        policy=policy,
        zone=zone,
        blobs=blobs,
        open_times=open_times,
    )
    if how != "continue":
        return pinned
    open_time = open_times[promise.calendar] if promise.calendar is not None else None
    due_at = postponed(pinned.due_at, pauses_until(course, at), count_of(pinned, open_time))
    return replace(pinned, due_at=due_at)


def _pin(
    promise: Promise,
    target: Target,
    started_at: datetime,
    *,
    policy: ClockPolicy,
    zone: ZoneInfo,
    blobs: Mapping[str, str],
    open_times: Mapping[str, OpenTime],
) -> PinnedClock:
    where = policy.zone or zone
    open_time = None
    files = [policy.file]
    if promise.calendar is not None:
        open_time = open_times.get(promise.calendar)
        if open_time is None:
            raise ValueError(f"the clock {promise.id} needs the calendar {promise.calendar}")
        files.append(open_time.calendar.file)
    return PinnedClock(
        clock=promise.id,
        target=str(target),
        zone=where.key,
        calendar=promise.calendar,
        started_at=started_at,
        due_at=due_instant(target, started_at, where, open_time),
        pauses=promise.pauses,
        stops=promise.stops,
        policies={file: blobs[file] for file in files if file in blobs},
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
    return {
        kind: pin_clocks(
            configuration.clocks,
            kind,
            mention.detected_at.replace(microsecond=0),
            matter,
            zone=configuration.instance.zone,
            blobs=configuration.blobs,
        )
        for kind in sorted(FROM_DETECTION)
    }
