"""What the log tells of each promise: its courses from start to end, and its pauses.

An entry first ends what it stops, then starts its own clocks.  What happened counts when it
happened (`at`), also when it was recorded later: a reply that was found late ends a course
on the day it was given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from runner.cases.case import Entry, PinnedClock
from runner.model import State

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_AFTER_ALL = datetime.max.replace(tzinfo=UTC)


class Ending(StrEnum):
    """How a course ended.

    `stopped`: by an entry of a kind that the clock waits for.  `left`: nobody owes it any
    more, as the case was closed, dismissed or merged.  `restarted`: a `clock-changed`
    began it anew.
    """

    STOPPED = "stopped"
    LEFT = "left"
    RESTARTED = "restarted"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock rests, with the log entries (from 0) that began and ended it.

    `ended_at` and `ended_by` are None while it lasts.
    """

    started_at: datetime
    ended_at: datetime | None
    started_by: int
    ended_by: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """One course of a clock.

    `started_by`, `changed_by` and `ended_by` are log entries, counted from 0.  `clock` is the
    promise as last changed.  Pauses that began before `pauses_from` are cut there: the
    promise's `due_at` holds what was before.  `ending` is None while it runs or rests.
    """

    clock: PinnedClock
    cycle: int
    started_by: int
    changed_by: tuple[int, ...]
    pauses_from: datetime
    ending: Ending | None
    ended_at: datetime | None
    ended_by: int | None
    pauses: tuple[Pause, ...]


_Move = tuple[datetime, State, int]
"""When the case came into a state, and by which log entry."""


class _Open:
    """A course while the log is read."""

    __slots__ = (
        "changed_by", "clock", "cycle", "ended_at", "ended_by", "ending", "pauses_from",
        "started_by",
    )  # fmt: skip

    def __init__(self, clock: PinnedClock, cycle: int, started_by: int) -> None:
        self.clock = clock
        self.cycle = cycle
        self.started_by = started_by
        self.changed_by: tuple[int, ...] = ()
        self.pauses_from = clock.started_at
        self.ending: Ending | None = None
        self.ended_at: datetime | None = None
        self.ended_by: int | None = None

    def end(self, ending: Ending, at: datetime, by: int) -> None:
        self.ending, self.ended_at, self.ended_by = ending, at, by

    def told(self, moves: Iterable[_Move]) -> Course:
        """Return the course as a value."""
        return Course(
            self.clock,
            self.cycle,
            self.started_by,
            self.changed_by,
            self.pauses_from,
            self.ending,
            self.ended_at,
            self.ended_by,
            tuple(_pauses(self, moves)) if self.clock.pauses else (),
        )


def read_courses(log: Sequence[Entry], now: datetime | None = None) -> tuple[Course, ...]:
    """Return the courses of all clocks in the order of their starts.

    What happened after `now` is left out.

    * A clock that runs already is not started again by a later message; by an older one that
      was found late it is, from then on.
    * An entry ends a course only if it did not happen before the course began.  What began
      with the detection of the message ends there and then: who was answered before the desk
      noticed has been answered.
    * `clock-changed` with `restart` ends the course and begins another; with `continue` and
      `recompute` the course goes on under the new promise.  With `continue` the pauses so
      far are in the new `due_at`; with `recompute` they are counted by the new promise.
    * When the case is closed, dismissed, merged or erased, what still runs is left.
    """
    reading = _Reading(log, now or _AFTER_ALL)
    return tuple([course.told(reading.moves) for course in reading.courses])


class _Reading:
    """The log as read so far: `courses` in order, those that run by clock, changes of state."""

    __slots__ = ("courses", "cycle", "latest_at", "log", "moves", "now", "running")

    def __init__(self, log: Sequence[Entry], now: datetime) -> None:
        self.log = log
        self.now = now
        self.courses: list[_Open] = []
        self.running: dict[str, _Open] = {}
        self.moves: list[_Move] = []
        self.cycle = 1
        self.latest_at = _BEFORE_ALL
        for number, entry in enumerate(log):
            if entry.at <= now:
                self._read(number, entry)

    def _read(self, number: int, entry: Entry) -> None:
        kind, at = entry.kind, entry.at
        for course in self.courses:
            if kind not in course.clock.stops:
                continue
            ended_at = at
            if at < course.clock.started_at:
                if self.log[course.started_by].kind != "detected":
                    continue
                ended_at = course.clock.started_at
            if course.ending is None:
                course.end(Ending.STOPPED, ended_at, number)
                self.running.pop(course.clock.clock, None)
            elif course.ending is Ending.STOPPED and ended_at < (course.ended_at or ended_at):
                course.end(Ending.STOPPED, ended_at, number)
        if entry.to is not None:
            # A move counts no earlier than the one before, so that the last is the case's state.
            moved_at = max(at, self.moves[-1][0]) if self.moves else at
            self.moves.append((moved_at, entry.to, number))
            if not entry.to.is_open:
                for course in self.running.values():
                    course.end(Ending.LEFT, moved_at, number)
                self.running.clear()
        if kind == "reopened":
            self.cycle += 1
        for clock in entry.clocks:
            self._start(number, entry, clock)
        self.latest_at = max(self.latest_at, at)

    def _start(self, number: int, entry: Entry, clock: PinnedClock) -> None:
        running = self.running.get(clock.clock)
        how = entry.facts.get("how") if entry.kind == "clock-changed" else None
        if how in {"continue", "recompute"}:
            if running is not None:
                running.clock = clock
                running.changed_by += (number,)
                running.pauses_from = entry.at if how == "continue" else clock.started_at
            return
        started = _Open(clock, self.cycle, number)
        if how is None and (stop := self._first_stop(number, clock)) is not None:
            # Found late, and answered already.
            started.end(Ending.STOPPED, *stop)
            self.courses.append(started)
            return
        if running is not None:
            if how == "restart":
                running.end(Ending.RESTARTED, entry.at, number)
            elif clock.started_at < running.clock.started_at and entry.kind not in clock.stops:
                self.courses.remove(running)
            else:
                return
        self.courses.append(started)
        self.running[clock.clock] = started

    def _first_stop(self, until: int, clock: PinnedClock) -> tuple[datetime, int] | None:
        """Return the first thing already read that happened after a clock's start and stops it."""
        if clock.started_at >= self.latest_at:
            return None
        stops = (
            (entry.at, number)
            for number, entry in enumerate(self.log[:until])
            if entry.kind in clock.stops and clock.started_at < entry.at <= self.now
        )
        return min(stops, default=None)


def _pauses(course: _Open, moves: Iterable[_Move]) -> list[Pause]:
    """Return the times within a course at which the case was in a state that pauses it."""
    first, last, resting = course.pauses_from, course.ended_at, course.clock.pauses
    found: list[Pause] = []
    begun: tuple[datetime, int] | None = None
    for at, state, number in moves:
        if last is not None and at >= last:
            break
        if begun is None:
            if state in resting:
                begun = (at, number)
        elif state not in resting:
            started_at = max(begun[0], first)
            if at > started_at:
                found.append(Pause(started_at, at, begun[1], number))
            begun = None
    if begun is not None:
        ended_by = course.ended_by if last is not None else None
        found.append(Pause(max(begun[0], first), last, begun[1], ended_by))
    return found
