"""How the sources do, as their cursors remember."""

from dataclasses import dataclass
from datetime import datetime

from runner.planning.observation import Cursor
from runner.policies.values import Source


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source does.

    `good_at` is its last good read, `next_at` when a run reads it next; None is never, and the
    next run.  `problem` says in words what was wrong or to remark at the last try, which was
    none where it `is_ill`.
    """

    source: str
    good_at: datetime | None
    next_at: datetime | None
    problem: str
    is_ill: bool


def health_of(source: Source, cursor: Cursor | None) -> SourceHealth:
    """Return how a source does; without a cursor it was never read."""
    if cursor is None:
        return SourceHealth(source.id, None, None, "", is_ill=False)
    # A cursor that is judged by nothing only remembers that the source could not be read.
    good_at = cursor.read_at if cursor.judged_by else None
    due_at = good_at + source.every if good_at is not None and source.every else None
    return SourceHealth(
        source=source.id,
        good_at=good_at,
        next_at=max(filter(None, (due_at, cursor.not_before)), default=None),
        problem=cursor.problem,
        is_ill=bool(cursor.problem) and (good_at is None or cursor.tried_at is not None),
    )
