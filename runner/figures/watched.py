"""How the sources do: when each was last read, what is wrong, what comes from it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.figures.life import Life
from runner.planning.observation import Cursor
from runner.policies.values import Source


@dataclass(frozen=True, slots=True)
class Watched:
    """A source: `read_at` the last good read, `tried_at` the last try, None where never.

    `problem` says in words of ours and of the source what is wrong, empty for nothing.  `new`
    counts messages of the last read that wait for a decision, `cases` the desk's cases of it.
    """

    source: Source
    read_at: datetime | None
    tried_at: datetime | None
    items: int
    new: int
    problem: str
    cases: int


def watch_sources(
    sources: Iterable[Source],
    cursors: Mapping[str, Cursor],
    is_known: Callable[[str], bool],
    lives: Iterable[Life],
) -> tuple[Watched, ...]:
    """Return how the sources do, in their order; `is_known` tells whether a case holds a key."""
    cases = Counter(life.source for life in lives)
    return tuple(
        _watched(source, cursors.get(source.id), is_known, cases[source.id]) for source in sources
    )


def _watched(
    source: Source, cursor: Cursor | None, is_known: Callable[[str], bool], cases: int
) -> Watched:
    if cursor is None:
        return Watched(source, None, None, 0, 0, "", cases)
    # A cursor that is judged by nothing only remembers that the source could not be read.
    return Watched(
        source,
        cursor.read_at if cursor.judged_by else None,
        cursor.tried_at or cursor.read_at,
        cursor.items,
        sum(not is_known(key) for key in cursor.opened),
        cursor.problem,
        cases,
    )
