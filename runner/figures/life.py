"""What figures need of one case: its life in numbers, without a customer's name or words."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from runner.cases.case import Case, Entry
from runner.cases.courses import Ending
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import postponed
from runner.clocks.standings import Position, Standing, count_of, open_time_of, pauses_until
from runner.clocks.targets import due_instant
from runner.model import Category, Rating, State, Urgency
from runner.policies.clocks import Target

_ANSWERS = frozenset({"replied", "published"})
"""What the customer can read in public and a person decided (DESIGN: clocks)."""
_ASKED_BRAND = frozenset({"handed-off", "answered"})
_LEFT = frozenset({State.DISMISSED, State.MERGED})
"""Cases that are none, or live on in another."""
_SETTLED = frozenset({State.RESOLVED, State.CLOSED, State.ERASED})


class Survey(StrEnum):
    """What became of the question how the customer found it all."""

    ANSWERED = "answered"
    SENT = "sent"
    NOT_SENT = "not-sent"


@dataclass(frozen=True, slots=True)
class Kept:
    """One course of a clock: where it stands, and whether it was kept as ideally wished.

    `in_ideal` is None where the policy wishes nothing, or the course has not been stopped.
    """

    clock: str
    position: Position
    in_ideal: bool | None = None


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A time that a case spent in a state: until it moved on, or until now."""

    state: State
    seconds: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Life:
    """A case in numbers.

    `day` is that of the detection in the desk's zone, `source` that of the first place.
    `reply_seconds` elapsed from the detection to the first public reply, None while there is
    none; `waited_seconds` until now where one is still owed.  `in_crisis` says that it ever was
    one.  `asked_brand` says that brand care was asked: the case handed off, or a step of it
    approved there.  `proposed` cases wait to be accepted; one that is `put_aside` was dismissed
    or merged into another, and may have been erased since.
    """

    id: str
    state: State
    proposed: bool
    cycle: int
    category: Category
    urgency: Urgency
    source: str
    topic: str | None
    product: str | None
    incident: str | None
    owner: str | None
    in_crisis: bool
    day: date
    detected_at: datetime
    since: datetime
    reply_seconds: int | None
    waited_seconds: int | None
    promises: tuple[Kept, ...]
    dwellings: tuple[Dwelling, ...]
    asked_brand: bool
    contested: bool
    turned_round: bool
    survey: Survey | None
    ratings: tuple[float, ...]
    root_cause: str | None
    procedure: str | None
    put_aside: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is one of the desk's cases: accepted, not put aside, in no other."""
        return not (self.proposed or self.put_aside)

    @property
    def is_settled(self) -> bool:
        """Whether the customer was told how it ends."""
        return self.counts and self.state in _SETTLED

    @property
    def is_reopened(self) -> bool:
        """Whether it was taken up again after its end."""
        return self.cycle > 1


@dataclass(frozen=True, slots=True)
class Reading:
    """By what lives are read: the present, the desk's zone and calendars.

    `ideals` are the wishes of the policy beside its promises, by clock; `brand_care` the
    people of brand care.
    """

    now: datetime
    zone: ZoneInfo
    open_times: Mapping[str, OpenTime]
    ideals: Mapping[str, Target]
    brand_care: frozenset[str]


def read_life(
    case: Case, standings: tuple[Standing, ...], reading: Reading, *, proposed: bool = False
) -> Life:
    """Return the life of a case; `standings` are those of all its clocks, ended ones too."""
    log = tuple(entry for entry in case.log if entry.at <= reading.now)
    replied_after = _reply_seconds(case, log)
    dwellings, since = _dwellings(log, case.detected_at, reading.now)
    closing = next((e for e in reversed(log) if e.kind == "closed"), None)
    return Life(
        id=case.id,
        state=case.state,
        proposed=proposed,
        cycle=case.cycle,
        category=case.category,
        urgency=case.urgency,
        source=case.places[0].source,
        topic=case.topic,
        product=case.product,
        incident=case.incident,
        owner=case.owner,
        in_crisis=case.crisis is not None or any(e.kind == "crisis-raised" for e in log),
        day=case.detected_at.astimezone(reading.zone).date(),
        detected_at=case.detected_at,
        since=since,
        reply_seconds=replied_after,
        waited_seconds=_seconds(case.detected_at, reading.now)
        if replied_after is None and case.state.is_open
        else None,
        promises=tuple(
            Kept(each.clock, each.position, _in_ideal(each, reading)) for each in standings
        ),
        dwellings=dwellings,
        asked_brand=any(
            e.kind in _ASKED_BRAND or (e.kind == "approved" and e.by in reading.brand_care)
            for e in log
        ),
        contested=any(e.kind == "contested" for e in log),
        turned_round=_turned_round(case, log),
        survey=_survey(log),
        ratings=tuple(ratings_in(log)),
        root_cause=_text(closing, "root_cause"),
        procedure=_text(closing, "procedure"),
        put_aside=_is_put_aside(log),
    )


def _is_put_aside(log: tuple[Entry, ...]) -> bool:
    """Return whether a case had left the desk's before it was erased, if it was."""
    told = (entry.to for entry in reversed(log) if entry.to not in {None, State.ERASED})
    return next(told, None) in _LEFT


def _reply_seconds(case: Case, log: tuple[Entry, ...]) -> int | None:
    answered_at = min((e.at for e in log if e.kind in _ANSWERS), default=None)
    if answered_at is None:
        return None
    return _seconds(case.detected_at, answered_at)


def _seconds(begun: datetime, ended: datetime) -> int:
    return max(0, (ended - begun) // timedelta(seconds=1))


def _in_ideal(standing: Standing, reading: Reading) -> bool | None:
    """Return whether a course was stopped by when the policy of today wishes for it."""
    course, ideal = standing.course, reading.ideals.get(standing.clock)
    if ideal is None or course.ending is not Ending.STOPPED or course.ended_at is None:
        return None
    clock = course.clock
    open_time = open_time_of(clock, reading.open_times)
    # Beyond what a calendar counts nothing can be said.
    with suppress(ValueError, OverflowError):
        wished_at = due_instant(ideal, clock.started_at, ZoneInfo(clock.zone), open_time)
        if course.pauses:
            pauses = pauses_until(course, course.ended_at)
            wished_at = postponed(wished_at, pauses, count_of(clock, open_time))
        return course.ended_at <= wished_at
    return None


def _dwellings(
    log: tuple[Entry, ...], detected_at: datetime, now: datetime
) -> tuple[tuple[Dwelling, ...], datetime]:
    """Return the times in each state, in order, and since when the last one lasts.

    A move counts no earlier than the one before, as it does for the clocks.
    """
    moves: list[tuple[datetime, State]] = []
    for entry in log:
        if entry.to is not None:
            at = max(entry.at, moves[-1][0]) if moves else entry.at
            moves.append((at, entry.to))
    if not moves:
        return (), detected_at
    until = [at for at, _ in moves[1:]] + [now]
    found = tuple(
        Dwelling(state, _seconds(at, end), number < len(moves) - 1)
        for number, ((at, state), end) in enumerate(zip(moves, until, strict=True))
        if state.is_open
    )
    return found, moves[-1][0]


def _turned_round(case: Case, log: tuple[Entry, ...]) -> bool:
    """Return whether a customer who complained gave thanks in the end (DOMAIN: close)."""
    return case.category is Category.COMPLAINT and any(e.kind == "thanked" for e in log)


def _survey(log: tuple[Entry, ...]) -> Survey | None:
    found: Survey | None = None
    for entry in log:
        match entry.kind, entry.facts.get("survey"):
            case "survey-answered", _:
                found = Survey.ANSWERED
            case "closed", {"sent": True}:
                found = found if found is Survey.ANSWERED else Survey.SENT
            case "closed", {"sent": False}:
                found = found or Survey.NOT_SENT
    return found


def ratings_in(log: Iterable[Entry]) -> Iterator[float]:
    """Yield what customers answered to the survey, between 0 and 1."""
    for entry in log:
        rating: Any = entry.facts.get("rating")
        if entry.kind == "survey-answered" and rating is not None:
            yield Rating(rating["value"], rating["best"]).share


def _text(entry: Entry | None, name: str) -> str | None:
    value = entry.facts.get(name) if entry is not None else None
    return " ".join(value.split()) or None if isinstance(value, str) else None
