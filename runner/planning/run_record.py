"""How the runs of a verb went, as the ledger remembers it from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from runner.errors import ExitCode

KEPT = 50
"""Scheduled runs whose instants are kept: a day of runs every half hour."""
TROUBLES_KEPT = 20
FAILING = 2
"""Scheduled runs that must fail one after the other before people are told."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How the runs of `verb` went.

    `at` is when the last one began, whoever started it, `scheduled` when those began that the
    schedule started, oldest first.  `exit_code` is how the last of these ended; `failed` of them
    failed one after the other, since `failing_since`.  `troubles` say of the last run what could
    not be done, or where a fault is, and why.  `dashboard` is the number of the dashboard's
    issue, None where there is none yet.
    """

    verb: str
    at: datetime
    scheduled: tuple[datetime, ...] = ()
    exit_code: ExitCode = ExitCode.DONE
    failed: int = 0
    failing_since: datetime | None = None
    troubles: tuple[tuple[str, str], ...] = ()
    dashboard: int | None = None

    @property
    def is_failing(self) -> bool:
        """Whether it failed often enough for people to be told."""
        return self.failed >= FAILING


@dataclass(frozen=True, slots=True)
class Pace:
    """How far apart scheduled runs began: in the middle, and at most, of `count` distances."""

    usual: timedelta
    longest: timedelta
    count: int


def record_run(
    before: RunRecord, at: datetime, troubles: Sequence[tuple[str, str]] = ()
) -> RunRecord:
    """Return the record after a run that somebody started by hand."""
    return replace(before, at=at, troubles=tuple(troubles[:TROUBLES_KEPT]))


def record_scheduled_run(
    before: RunRecord,
    at: datetime,
    exit_code: ExitCode,
    troubles: Sequence[tuple[str, str]] = (),
) -> RunRecord:
    """Return the record after a run that the schedule started."""
    is_well = exit_code is ExitCode.DONE
    return replace(
        record_run(before, at, troubles),
        scheduled=(*(each for each in before.scheduled if each != at), at)[-KEPT:],
        exit_code=exit_code,
        failed=0 if is_well else before.failed + 1,
        failing_since=None if is_well else before.failing_since or at,
    )


def measure_pace(scheduled: Sequence[datetime]) -> Pace | None:
    """Return how far apart runs began, None with less than three of them.

    What the schedule asks for is the forge's to know; how late it is shows in the distances.
    """
    apart = [later - sooner for sooner, later in pairwise(scheduled)]
    if len(apart) < 2:
        return None
    seconds = median(each.total_seconds() for each in apart)
    return Pace(timedelta(seconds=round(seconds)), max(apart), len(apart))
