"""What a change of the policies would change: each log told again under both.

A promise that is made stays as it was made; nothing here moves one.  So the question is what
the desk would have promised, and how that would stand now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from runner.cases.case import Case, Entry, PinnedClock
from runner.cases.courses import read_courses
from runner.clocks.business_time import OpenTime
from runner.clocks.escalation import Escalation, History, NextStep
from runner.clocks.pinning import How, Terms, change_clock, pin_promise, terms_of
from runner.clocks.standings import Position, Standing, stand
from runner.model import Category, Urgency
from runner.planning.notices import escalations_of, watch
from runner.planning.waiting import Waiting
from runner.policies.clocks import Matter, Promise
from runner.policies.values import Configuration

Course = tuple[str, datetime]
"""A course of a clock: the clock's id and its start."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The desk's policies at one commit, with what promises are made by."""

    configuration: Configuration
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", terms_of(self.configuration))

    def promise(self, clock: str) -> Promise | None:
        """Return a clock of the policy, None where there is none of that name."""
        promises = self.terms.policy.promises
        return next((each for each in promises if each.id == clock), None)


@dataclass(frozen=True, slots=True)
class Compared:
    """A course of a clock as two sets of policies see it.

    `before` and `after` are None where the policies promise nothing.  `promised_at` is when the
    promise that the case's file keeps runs out, None where it keeps none.
    """

    case_id: str
    clock: str
    started_at: datetime
    promised_at: datetime | None
    before: Standing | None
    after: Standing | None

    @property
    def ended(self) -> bool:
        """Whether the course is over, so that this is about a verdict."""
        return any(each is not None and each.course.ending is not None for each in self.sides)

    @property
    def differs(self) -> bool:
        """Whether the promise would be due at another instant, or stand otherwise."""
        return self.turned or _due(self.before) != _due(self.after)

    @property
    def turned(self) -> bool:
        """Whether the promise would stand otherwise, not only fall due at another instant."""
        return _position(self.before) is not _position(self.after)

    @property
    def sides(self) -> tuple[Standing | None, Standing | None]:
        """Before and after."""
        return (self.before, self.after)


@dataclass(frozen=True, slots=True)
class Retargeted:
    """A running clock of which other people are told, or at another time.

    `reached` are the tiers that speak now, `next` is what is told if nothing happens; each
    before and after.
    """

    case_id: str
    clock: str
    started_at: datetime
    reached: tuple[tuple[str, ...], tuple[str, ...]]
    next: tuple[NextStep | None, NextStep | None]


def compare(case: Case, before: Policies, after: Policies, now: datetime) -> tuple[Compared, ...]:
    """Return how the courses of a case's clocks would stand at an instant, by their starts."""
    kept = {
        (course.clock.clock, course.clock.started_at): course.clock.due_at
        for course in read_courses(case.log, now)
    }
    old, new = _stand(case, before, now), _stand(case, after, now)
    return tuple(
        Compared(case.id, *course, kept.get(course), old.get(course), new.get(course))
        for course in sorted(old.keys() | new.keys(), key=lambda each: (each[1], each[0]))
    )


def compare_tiers(
    waiting: Waiting,
    before: Policies,
    after: Policies,
    now: datetime,
    open_times: Mapping[str, OpenTime],
) -> Iterator[Retargeted]:
    """Yield the running clocks of a case of which others would be told.

    The promises are those that the case keeps; who is told of them is decided anew at every
    run, so a change of `policies/escalation.yaml` counts at once.  `open_times` holds the
    calendars as for `standings`.
    """
    sides = tuple(_escalations(waiting, each, now, open_times) for each in (before, after))
    for course in sides[0].keys() | sides[1].keys():
        old, new = sides[0].get(course), sides[1].get(course)
        reached = (_reached(old), _reached(new))
        steps = (old.next if old else None, new.next if new else None)
        if reached[0] != reached[1] or _told(steps[0]) != _told(steps[1]):
            yield Retargeted(waiting.summary.id, *course, reached, steps)


def _escalations(
    waiting: Waiting, policies: Policies, now: datetime, open_times: Mapping[str, OpenTime]
) -> dict[Course, Escalation]:
    configuration = policies.configuration
    watched = watch(waiting, now, configuration, open_times)
    found = escalations_of(watched, now, configuration, open_times, History())
    return {(each.standing.clock, each.standing.course.clock.started_at): each for each in found}


def _reached(escalation: Escalation | None) -> tuple[str, ...]:
    return tuple(tier.id for tier in escalation.reached) if escalation is not None else ()


def _told(step: NextStep | None) -> tuple[object, ...] | None:
    return (step.tier.id, step.tier.by, step.at, step.people) if step is not None else None


def retold(case: Case, policies: Policies) -> tuple[Entry, ...]:
    """Return a case's log as if these policies had been there from the beginning.

    A clock starts when the log says that it did, else when the entry happened that starts it.
    """
    matter = _matter_at_first(case)
    log: list[Entry] = []
    for entry in case.log:
        if entry.kind == "qualified":
            matter = _with(matter, entry.facts.get("set"))
        log.append(replace(entry, clocks=tuple(_pinned(entry, matter, log, policies))))
    return tuple(log)


def _stand(case: Case, policies: Policies, now: datetime) -> dict[Course, Standing]:
    found: dict[Course, Standing] = {}
    for course in read_courses(retold(case, policies), now):
        promise = policies.promise(course.clock.clock)
        due_soon = promise.due_soon if promise is not None else None
        standing = stand(course, now, policies.terms.open_times, due_soon)
        found[course.clock.clock, course.clock.started_at] = standing
    return found


def _pinned(
    entry: Entry, matter: Matter, told: list[Entry], policies: Policies
) -> Iterator[PinnedClock]:
    if entry.kind == "clock-changed":
        yield from _changed(entry, matter, told, policies)
        return
    starts = {clock.clock: clock.started_at for clock in entry.clocks}
    for promise in policies.terms.policy.promises:
        if promise.id not in starts and entry.kind not in promise.starts:
            continue
        try:
            started_at = starts.get(promise.id, entry.at)
            pinned = pin_promise(policies.terms, promise, started_at, matter)
        except ValueError:
            # A calendar that is never open long enough: nothing can be promised by it.
            continue
        if pinned is not None:
            yield pinned


def _changed(
    entry: Entry, matter: Matter, told: list[Entry], policies: Policies
) -> Iterator[PinnedClock]:
    running = [
        course
        for course in read_courses(tuple(told), entry.at)
        if course.clock.clock == entry.facts.get("clock") and course.ending is None
    ]
    if running:
        how = cast("How", entry.facts.get("how"))
        changed = change_clock(policies.terms, running[-1], how, entry.at, matter)
        if changed is not None:
            yield changed


def _matter_at_first(case: Case) -> Matter:
    """Return what the case was taken for at detection: what stands on top, decisions undone."""
    matter = Matter(case.urgency, case.category, case.places[0].source, case.product)
    for entry in reversed(case.log):
        if entry.kind == "qualified":
            matter = _with(matter, entry.facts.get("was"))
    return matter


def _with(matter: Matter, fields: object) -> Matter:
    match fields:
        case {"urgency": str(urgency)}:
            matter = replace(matter, urgency=Urgency(urgency))
    match fields:
        case {"category": str(category)}:
            matter = replace(matter, category=Category(category))
    match fields:
        case {"product": str() | None as product}:
            matter = replace(matter, product=product)
    return matter


def _due(standing: Standing | None) -> datetime | None:
    return standing.due_at if standing is not None else None


def _position(standing: Standing | None) -> Position | None:
    return standing.position if standing is not None else None
