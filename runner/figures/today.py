"""What is owed now: what ran out, what soon will, what is in a crisis, and who is waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from runner.clocks.standings import Position
from runner.figures.table import Table, tabulate
from runner.planning.dashboard import OpenCase

SOON = timedelta(hours=24)
"""How far ahead a day looks, as `doleances due` does."""


class Heat(StrEnum):
    """What makes a case urgent today, the worst first."""

    CRISIS = "crisis"
    OVERDUE = "overdue"
    DUE = "due"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Owed:
    """A case whose customer waits, and how urgent it is today."""

    case: OpenCase
    heat: Heat

    @property
    def id(self) -> str:
        """The case's id."""
        return self.case.summary.id

    @property
    def order(self) -> tuple[int, int, float, str]:
        """Crisis first, then what ran out, then what will; the more urgent first."""
        first = self.case.foremost
        due = first.due_at.timestamp() if first is not None else float("inf")
        urgency = self.case.summary.urgency.rank if self.heat is Heat.CALM else 0
        return (tuple(Heat).index(self.heat), -urgency, due, self.id)


@dataclass(frozen=True, slots=True)
class Today:
    """All that is owed, in the order in which to look at it; counts by turn and by owner."""

    owed: tuple[Owed, ...]
    turns: Table
    owners: Table

    @property
    def open_count(self) -> int:
        """How many cases are open; the others are proposed."""
        return sum(each.case.is_open for each in self.owed)


def count_today(cases: Iterable[OpenCase], now: datetime) -> Today:
    """Return what is owed to the customers who wait."""
    owed = tuple(sorted((_owed(each, now) for each in cases), key=lambda each: each.order))
    heats = tuple(map(str, Heat))
    return Today(
        owed,
        tabulate("today.turn", heats, ((each.case.turn, each.heat, each.id) for each in owed)),
        tabulate(
            "today.owner",
            heats,
            ((each.case.summary.owner or "", each.heat, each.id) for each in owed),
        ),
    )


def _owed(case: OpenCase, now: datetime) -> Owed:
    summary, first = case.summary, case.foremost
    is_running = first is not None and first.position is not Position.PAUSED
    if summary.crisis is not None:
        heat = Heat.CRISIS
    elif first is not None and first.position is Position.OVERDUE:
        heat = Heat.OVERDUE
    elif first is not None and is_running and first.due_at <= now + SOON:
        heat = Heat.DUE
    else:
        heat = Heat.CALM
    return Owed(case, heat)
