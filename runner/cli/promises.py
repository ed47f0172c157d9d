"""What the verbs share that say how promises stand."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import TypeVar

from runner.cases.case import Case
from runner.cases.instants import render_instant
from runner.cases.summary import CaseSummary
from runner.cli.desk import Desk
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import Position, Standing, standings, standings_of
from runner.repo.open_times import read_open_times

Key = TypeVar("Key", bound=Hashable)


def read_standings(desk: Desk, cases: Mapping[Key, CaseSummary]) -> dict[Key, tuple[Standing, ...]]:
    """Return how the promises of open cases stand now, by the keys of the cases."""
    configuration = desk.configuration()
    clocks = (course.clock for case in cases.values() for course in case.courses)
    open_times = read_open_times(desk.root, clocks, configuration)
    due_soon = configuration.clocks.due_soon
    return {
        key: standings_of(case, desk.now(), open_times, due_soon) for key, case in cases.items()
    }


def read_all_standings(desk: Desk, case: Case) -> tuple[Standing, ...]:
    """Return how all promises of a case stand now, those that have ended too."""
    due_soon = desk.configuration().clocks.due_soon
    return standings(case.log, desk.now(), read_case_open_times(desk, case), due_soon)


def read_case_open_times(desk: Desk, case: Case) -> dict[str, OpenTime]:
    """Return the calendars by which the promises of a case count."""
    clocks = (clock for entry in case.log for clock in entry.clocks)
    return read_open_times(desk.root, clocks, desk.configuration())


def next_due(foremost: Standing | None) -> datetime | None:
    """Return when the promise to look at first runs out, None where none does or it rests."""
    if foremost is None or foremost.position is Position.PAUSED:
        return None
    return foremost.due_at


def by_urgency(case: CaseSummary, foremost: Standing | None) -> tuple[bool, int, str]:
    """Return what cases are listed by: crisis first, then urgency, then what is due first."""
    due_at = next_due(foremost)
    return (case.crisis is None, -case.urgency.rank, render_instant(due_at) if due_at else "~")
