"""Whose turn it is in a case: dashboard, report and next step go by one rule."""

from collections.abc import Iterable
from enum import StrEnum

from runner.clocks.standings import Position, Standing
from runner.model import State

_LATE = frozenset({Position.DUE_SOON, Position.OVERDUE})
_NEWS = frozenset({"messaged", "replied"})
"""Entries by which the team tells the customer something while others are waited for."""


class Turn(StrEnum):
    """Whose turn it is in a case."""

    QUALIFY = "qualify"
    """Somebody has to accept or refuse what is proposed."""
    TEAM = "team"
    CUSTOMER = "customer"
    BRAND_CARE = "brand-care"


def turn_of(state: State, standings: Iterable[Standing], *, proposed: bool) -> Turn:
    """Return whose turn it is with a case in an open state, whose promises stand so.

    A customer who has been silent for too long is waited for no more: the team reminds, or ends
    the case without news.  Nor is brand care alone where news are owed to the customer meanwhile.
    """
    if proposed:
        return Turn.QUALIFY
    match state:
        case State.AWAITING_CUSTOMER:
            return Turn.TEAM if is_reminder_due(standings) else Turn.CUSTOMER
        case State.HANDED_OFF:
            return Turn.TEAM if is_news_due(standings) else Turn.BRAND_CARE
        case _:
            return Turn.TEAM


def is_reminder_due(standings: Iterable[Standing]) -> bool:
    """Return whether a clock that a reminder stops is due soon or overdue."""
    return any(
        "reminded" in each.course.clock.stops and each.position in _LATE for each in standings
    )


def is_news_due(standings: Iterable[Standing]) -> bool:
    """Return whether a clock that a word to the customer stops is due soon or overdue."""
    return any(
        not _NEWS.isdisjoint(each.course.clock.stops) and each.position in _LATE
        for each in standings
    )
