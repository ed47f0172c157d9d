"""Promises kept and broken, and how long customers waited for the first word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from runner.clocks.standings import Position
from runner.figures.dimensions import Dimension
from runner.figures.life import Kept, Life
from runner.figures.table import Table, tabulate


class Fate(StrEnum):
    """What became of a promise: kept, kept late or given up late, overdue now, or still running."""

    MET = "met"
    MISSED = "missed"
    OVERDUE = "overdue"
    RUNNING = "running"


FATES = tuple(map(str, Fate))
_FATES = {
    Position.MET: Fate.MET,
    Position.MISSED: Fate.MISSED,
    Position.OVERDUE: Fate.OVERDUE,
    Position.RUNNING: Fate.RUNNING,
    Position.PAUSED: Fate.RUNNING,
    Position.DUE_SOON: Fate.RUNNING,
}
"""Of a promise that is no longer owed before it was due there is no verdict."""


class FirstReply(StrEnum):
    """How long a customer waited, by what DOMAIN names: 1 h, 3 h 42, 1 day, 3 days.

    `later` are also those who wait for longer than that; `waiting` those who have not yet.
    """

    HOUR = "1h"
    AVERAGE = "3h42"
    DAY = "1d"
    THREE_DAYS = "3d"
    LATER = "later"
    WAITING = "waiting"


LONGEST = {
    FirstReply.HOUR: 3_600,
    FirstReply.AVERAGE: 3 * 3_600 + 42 * 60,
    FirstReply.DAY: 86_400,
    FirstReply.THREE_DAYS: 3 * 86_400,
}
"""The seconds up to which a first reply is so fast (DOMAIN: respond): 66 % of customers want one
within an hour; 3 h 42 is the average of brands; one day is the ideal, three days the most."""
FIRST_REPLIES = tuple(map(str, FirstReply))


class Wish(StrEnum):
    """Whether a promise that was stopped was kept as ideally wished, as promised, or too late."""

    IDEAL = "ideal"
    PROMISED = "promised"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """The figures of all clocks.

    `verdicts` has a row for each clock, `ideal` for each with a wish; `clocks` holds for each
    clock its verdicts by each dimension.  `first_reply` is how long customers waited, in
    one row, and `first_replies` by each dimension.  A promise counts each time it was made,
    a first reply once a case.
    """

    verdicts: Table
    ideal: Table
    clocks: dict[str, tuple[Table, ...]]
    first_reply: Table
    first_replies: tuple[Table, ...]


def count_promises(lives: Iterable[Life]) -> PromiseFigures:
    """Return the figures of the promises of these cases."""
    cases = tuple(lives)
    promised = tuple(_promised(cases))
    clocks = sorted({kept.clock for _, kept, _ in promised})
    return PromiseFigures(
        tabulate(
            "promises",
            FATES,
            ((kept.clock, verdict, life.id) for life, kept, verdict in promised),
        ),
        tabulate("ideal", tuple(map(str, Wish)), _wishes(promised)),
        {
            clock: tuple(
                tabulate(
                    f"promises.{clock}.{dimension}",
                    FATES,
                    (
                        (dimension.of(life), verdict, life.id)
                        for life, kept, verdict in promised
                        if kept.clock == clock
                    ),
                )
                for dimension in Dimension
            )
            for clock in clocks
        },
        tabulate("first-reply", FIRST_REPLIES, (("all", w, c.id) for c, w in _waits(cases))),
        tuple(
            tabulate(
                f"first-reply.{dimension}",
                FIRST_REPLIES,
                ((dimension.of(life), wait, life.id) for life, wait in _waits(cases)),
            )
            for dimension in Dimension
        ),
    )


def first_reply_of(life: Life) -> FirstReply | None:
    """Return how fast the first reply was; None where none came and none is owed any more."""
    if life.waited_seconds is not None:
        most = LONGEST[FirstReply.THREE_DAYS]
        return FirstReply.WAITING if life.waited_seconds <= most else FirstReply.LATER
    if life.reply_seconds is None:
        return None
    fast = (each for each, most in LONGEST.items() if life.reply_seconds <= most)
    return next(fast, FirstReply.LATER)


def _promised(lives: Iterable[Life]) -> Iterator[tuple[Life, Kept, Fate]]:
    for life in lives:
        for kept in life.promises:
            verdict = _FATES.get(kept.position)
            if verdict is not None:
                yield life, kept, verdict


def _wishes(
    promised: Iterable[tuple[Life, Kept, Fate]],
) -> Iterator[tuple[str, str, str]]:
    for life, kept, verdict in promised:
        if kept.in_ideal is not None:
            in_time = Wish.PROMISED if verdict is Fate.MET else Wish.LATE
            yield kept.clock, Wish.IDEAL if kept.in_ideal else in_time, life.id


def _waits(lives: Iterable[Life]) -> Iterator[tuple[Life, FirstReply]]:
    for life in lives:
        wait = first_reply_of(life)
        if wait is not None:
            yield life, wait
