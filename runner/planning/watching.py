"""Which conversations of known cases are read again in a run, the most urgent first.

Politely: a conversation in which nothing happens is read ever less often, and one run reads at
most so many.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.cases.case import Case
from runner.cases.summary import CaseSummary, ClosedCase
from runner.planning.observation import Cursor, thread_name
from runner.policies.values import ConversationWatch

QUIET_SHARE = 8
"""A conversation rests for so much of the time for which nothing has happened: one of yesterday
for three hours."""
LONGEST_REST = timedelta(days=2)
EARLY = timedelta(minutes=1)
"""A schedule starts some seconds early now and then."""


@dataclass(frozen=True, slots=True)
class WatchedThread:
    """A place of a case whose conversation is to be read: what an adapter needs to find it."""

    case_id: str
    place: str
    source: str
    url: str | None
    native_id: str | None
    thread_url: str | None

    @property
    def name(self) -> str:
        """The name of its cursor."""
        return thread_name(self.case_id, self.place)


@dataclass(frozen=True, slots=True)
class _Watched:
    path: str
    active_at: datetime
    order: tuple[bool, bool, int]


def cases_to_watch(
    cases: Iterable[CaseSummary | ClosedCase],
    cursors: Mapping[str, Cursor],
    can_expand: Callable[[str], bool],
    watch: ConversationWatch,
    now: datetime,
) -> tuple[str, ...]:
    """Return the paths of the cases that may have a conversation due, the most urgent first.

    Crisis first, then open cases by urgency, then those closed within `reopen_days`, the
    liveliest first, twice as many as are read.  Which of their places are due tells
    `threads_due`; `can_expand` tells of a source, by its id, whether its kind shows conversations.
    """
    if not watch.per_run:
        return ()
    last_read: dict[str, datetime] = {}
    for name, cursor in cursors.items():
        case_id = name.partition(".")[0]
        last_read[case_id] = min(cursor.read_at, last_read.get(case_id, cursor.read_at))
    since = now - timedelta(days=watch.reopen_days)
    known = (
        (case.id, _watched(case))
        for case in cases
        if any(map(can_expand, case.sources))
        and not (isinstance(case, ClosedCase) and case.closed_at < since)
    )
    due = [
        one
        for case_id, one in known
        if case_id not in last_read
        or now >= last_read[case_id] + rest(one.active_at, watch, now) - EARLY
    ]
    due.sort(key=lambda one: (one.order, -one.active_at.timestamp(), one.path))
    return tuple(one.path for one in due[: 2 * watch.per_run])


def threads_due(
    cases: Iterable[Case],
    cursors: Mapping[str, Cursor],
    can_expand: Callable[[str], bool],
    watch: ConversationWatch,
    now: datetime,
) -> tuple[WatchedThread, ...]:
    """Return the conversations of these cases that are due, at most `per_run`, in their order."""
    found: list[WatchedThread] = []
    for case in cases:
        active_at = max(entry.at for entry in case.log)
        for place in case.places:
            thread = WatchedThread(
                case.id, place.id, place.source, place.url, place.native_id, place.thread_url
            )
            cursor = cursors.get(thread.name)
            if cursor is not None and now < _next_read(cursor, active_at, watch, now):
                continue
            if can_expand(place.source) and (place.url or place.native_id or place.thread_url):
                found.append(thread)
                if len(found) == watch.per_run:
                    return tuple(found)
    return tuple(found)


def rest(active_at: datetime, watch: ConversationWatch, now: datetime) -> timedelta:
    """Return how long a conversation rests between two reads, by when something happened last."""
    quiet = max(now - active_at, timedelta(0)) / QUIET_SHARE
    return max(watch.every, min(quiet, LONGEST_REST))


def _next_read(
    cursor: Cursor, active_at: datetime, watch: ConversationWatch, now: datetime
) -> datetime:
    due_at = cursor.read_at + rest(active_at, watch, now) - EARLY
    return max(due_at, cursor.not_before) if cursor.not_before is not None else due_at


def _watched(case: CaseSummary | ClosedCase) -> _Watched:
    if isinstance(case, ClosedCase):
        return _Watched(case.path, case.closed_at, (True, True, 0))
    return _Watched(case.path, case.active_at, (case.crisis is None, False, -case.urgency.rank))
