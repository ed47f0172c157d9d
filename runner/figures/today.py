"""What is owed now: what ran out, what soon will, what is in a crisis, and who is waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from runner.clocks.standings import Position, Standing, foremost
from runner.figures.table import Table, tabulate
from runner.model import State
from runner.planning.waiting import Waiting

SOON = timedelta(hours=24)
"""How far ahead a day looks, as `doleances due` does."""


class Turn(StrEnum):
    """Whose turn it is."""

    REVIEWER = "reviewer"
    DESK = "desk"
    CUSTOMER = "customer"
    BRAND_CARE = "brand-care"


class Heat(StrEnum):
    """What makes a case urgent today, the worst first."""

    CRISIS = "crisis"
    OVERDUE = "overdue"
    DUE = "due"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Owed:
    """A case whose customer waits: whose turn it is, how urgent, and how its promises stand.

    `standing` is of the promise to look at first; `pull` the number of the pull request that
    proposes it, None for an accepted one.
    """

    waiting: Waiting
    standings: tuple[Standing, ...]
    standing: Standing | None
    turn: Turn
    heat: Heat
    pull: int | None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.waiting.summary.id

    @property
    def order(self) -> tuple[int, int, float, str]:
        """Crisis first, then what ran out, then what will; the more urgent first."""
        due = self.standing.due_at.timestamp() if self.standing is not None else float("inf")
        urgency = self.waiting.summary.urgency.rank if self.heat is Heat.CALM else 0
        return (tuple(Heat).index(self.heat), -urgency, due, self.id)


@dataclass(frozen=True, slots=True)
class Today:
    """All that is owed, in the order in which to look at it; counts by turn and by owner."""

    owed: tuple[Owed, ...]
    turns: Table
    owners: Table


def count_today(
    waiting: Iterable[tuple[Waiting, tuple[Standing, ...], int | None]], now: datetime
) -> Today:
    """Return what is owed: of each case its standings, and the number of its pull request."""
    owed = tuple(sorted((_owed(*each, now) for each in waiting), key=lambda each: each.order))
    heats = tuple(map(str, Heat))
    return Today(
        owed,
        tabulate("today.turn", heats, ((each.turn, each.heat, each.id) for each in owed)),
        tabulate(
            "today.owner",
            heats,
            ((each.waiting.summary.owner or "", each.heat, each.id) for each in owed),
        ),
    )


def turn_of(state: State, *, proposed: bool) -> Turn:
    """Return whose turn it is with a case in an open state."""
    if proposed:
        return Turn.REVIEWER
    match state:
        case State.AWAITING_CUSTOMER:
            return Turn.CUSTOMER
        case State.HANDED_OFF:
            return Turn.BRAND_CARE
        case _:
            return Turn.DESK


def _owed(
    waiting: Waiting, standings: tuple[Standing, ...], pull: int | None, now: datetime
) -> Owed:
    summary, first = waiting.summary, foremost(standings)
    is_running = first is not None and first.position is not Position.PAUSED
    if summary.crisis is not None:
        heat = Heat.CRISIS
    elif first is not None and first.position is Position.OVERDUE:
        heat = Heat.OVERDUE
    elif first is not None and is_running and first.due_at <= now + SOON:
        heat = Heat.DUE
    else:
        heat = Heat.CALM
    turn = turn_of(State(summary.state), proposed=waiting.branch is not None)
    return Owed(waiting, standings, first, turn, heat, pull)
