"""The next entry of a case: what a person's step adds to its file.

Where it leads, which clocks it starts and what follows from the case are known here; the facts
are the person's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from runner.cases.case import Asked, Case, Entry, PinnedClock, Place
from runner.cases.courses import Course
from runner.cases.lifecycle import KINDS, cannot_happen, legal_entries
from runner.cases.splicing import Amendment
from runner.cases.summary import reminders_sent, running_courses
from runner.clocks.pinning import How, Terms, change_clock, pin_clocks, terms_of
from runner.model import Category, State, Urgency
from runner.policies.clocks import Matter
from runner.policies.values import Configuration

_DETECTED = "detected"


class IllegalStep(Exception):
    """The case is in a state in which this cannot happen.  `legal` are the kinds that can."""

    def __init__(self, kind: str, state: State) -> None:
        self.kind = kind
        self.state = state
        self.legal = tuple(dict.fromkeys(entry.name for entry, _ in legal_entries(state)))
        super().__init__(cannot_happen(kind, state))


class NoPromise(Exception):
    """No clock of that name runs, or the policy has none for such a case.

    `running` are the clocks that a `clock-changed` could change.
    """

    def __init__(self, clock: str, running: tuple[str, ...]) -> None:
        self.clock = clock
        self.running = running
        super().__init__(f"no clock {clock} runs here that the policy promises still")


@dataclass(frozen=True, slots=True)
class Step:
    """What a person did: the kind of entry, its facts as the file holds them, by whom and when.

    `at` is when it happened, `recorded_at` when it is written down.
    """

    kind: str
    facts: Mapping[str, object]
    by: str
    at: datetime
    recorded_at: datetime


def plan_step(case: Case, step: Step, configuration: Configuration) -> Amendment:
    """Return what a step adds to a case.

    Raises:
        IllegalStep: when the life cycle has no such step from here.
        NoPromise: for a `clock-changed` of a clock that does not run.
    """
    ways = KINDS[step.kind].moves.get(case.state, ())
    if not ways:
        raise IllegalStep(step.kind, case.state)
    facts = {name: fact for name, fact in step.facts.items() if fact is not None}
    facts = {**_known(case, step.kind, facts), **facts}
    # A log whose last entry is newer than this clock would not be in order.
    recorded_at = max(step.recorded_at, case.log[-1].recorded_at)
    entry = Entry(
        kind=step.kind,
        at=step.at,
        recorded_at=recorded_at,
        by=step.by,
        to=ways[0],
        clocks=_started(case, step, configuration),
        facts={name: facts[name] for name in _order(step.kind, facts)},
    )
    asked = [wish.what for wish in case.asked]
    wishes = _texts(facts.get("asks")) if step.kind == "handed-off" else ()
    offer = facts.get("offer") if step.kind == "offered" else facts.get("remedy")
    offers = (offer,) if isinstance(offer, str) and offer not in case.offered else ()
    return Amendment(
        entries=(entry,),
        asked=tuple(Asked(wish) for wish in wishes if wish not in asked),
        offered=offers if step.kind in {"offered", "resolved"} else (),
    )


def plan_arrival(
    case: Case, step: Step, places: tuple[Place, ...], configuration: Configuration
) -> Amendment:
    """Return what a `place-added` adds to a case: the places, and the promises of the oldest.

    A case begins with the earliest detection of its places.  A clock that runs since a later
    one runs from there; one that was answered already stays as it ended.

    Raises:
        IllegalStep: when the life cycle has no such step from here.
    """
    planned = plan_step(case, step, configuration)
    detected_at = min(place.detected_at for place in places)
    matter = Matter(case.urgency, case.category, case.places[0].source, case.product)
    later = {
        course.clock.clock
        for course in running_courses(case)
        if course.clock.started_at > detected_at and case.log[course.started_by].kind == _DETECTED
    }
    older = tuple(
        clock
        for clock in pin_clocks(terms_of(configuration), _DETECTED, detected_at, matter)
        if clock.clock in later
    )
    (entry,) = planned.entries
    return replace(
        planned, entries=(replace(entry, clocks=(*entry.clocks, *older)),), places=places
    )


def next_reminder(case: Case) -> int:
    """Return the number that the next reminder has."""
    return reminders_sent(case) + 1


def _known(case: Case, kind: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts that follow from the case itself."""
    match kind:
        case "reminded":
            return {"number": next_reminder(case)}
        case "reopened":
            return {"cycle": case.cycle + 1}
        case "qualified":
            decided = facts.get("set")
            names: Iterable[object] = decided if isinstance(decided, Mapping) else ()
            return {"was": {str(name): _held(case, str(name)) for name in names}}
        case "closed":
            return {"root_cause": None}
        case _:
            return {}


def _held(case: Case, name: str) -> object:
    value = getattr(case, name)
    return getattr(value, "value", value)


def _order(kind: str, facts: Mapping[str, object]) -> list[str]:
    known = (*KINDS[kind].needs, *KINDS[kind].may)
    return [name for name in known if name in facts]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _started(case: Case, step: Step, configuration: Configuration) -> tuple[PinnedClock, ...]:
    decided = step.facts.get("set") if step.kind == "qualified" else None
    fields = decided if isinstance(decided, Mapping) else {}
    matter = Matter(
        urgency=Urgency(fields.get("urgency", case.urgency)),
        category=Category(fields.get("category", case.category)),
        source=case.places[0].source,
        product=fields.get("product", case.product),
    )
    running = {course.clock.clock: course for course in running_courses(case)}
    terms = terms_of(configuration)
    if step.kind == "clock-changed":
        return (_changed(running, step, matter, terms),)
    return tuple(
        clock
        for clock in pin_clocks(terms, step.kind, step.at, matter)
        if (course := running.get(clock.clock)) is None
        or step.kind in course.clock.stops
        # An older message that was found late: who waits longest decides.
        or clock.started_at < course.clock.started_at
    )


def _changed(
    running: Mapping[str, Course], step: Step, matter: Matter, terms: Terms
) -> PinnedClock:
    course = running.get(str(step.facts.get("clock")))
    changed = None
    if course is not None:
        how = cast("How", step.facts.get("how"))
        changed = change_clock(terms, course, how, step.at, matter)
    if changed is None:
        raise NoPromise(str(step.facts.get("clock")), tuple(running))
    return changed
