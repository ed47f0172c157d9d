"""Where the cursors of sources and conversations go after a run."""

from collections.abc import Iterator
from dataclasses import replace

from runner.planning.digests import judged_by
from runner.planning.heard import Judged
from runner.planning.observation import Cursor, Observation, ReadStatus, SourceRead
from runner.planning.other_ids import contents_of


def move_cursors(
    observation: Observation,
    judged: tuple[Judged, ...],
    pending: frozenset[str],
    dropped: frozenset[str],
) -> Iterator[Cursor]:
    """Yield where cursors go after a run.

    `pending` are the keys of messages that are nowhere yet though they open no case; `dropped`
    those that nobody needs to see again.
    """
    after_sales = {mention.key for mention, judgement, _ in judged if judgement.after_sales.value}
    after_sales = (after_sales - dropped) | pending
    current = judged_by(observation.configuration)
    yield from (
        read.cursor for read in observation.conversations if read.status is not ReadStatus.RESTED
    )
    for read in observation.reads:
        moved = _moved(read, observation, after_sales, current)
        if moved is not None:
            yield moved


def _contents(read: SourceRead, opened: tuple[str, ...], cursor: Cursor | None) -> tuple[str, ...]:
    before = dict(zip(cursor.opened, cursor.contents, strict=False)) if cursor else {}
    now = zip(contents_of(read.mentions, opened), opened, strict=False)
    return tuple(content or before.get(key, "") for content, key in now)


def _moved(
    read: SourceRead, observation: Observation, after_sales: set[str], current: str
) -> Cursor | None:
    """Return where a source's cursor goes after a read, None where it stays."""
    cursor = observation.cursors.get(read.source)
    match read.status:
        case ReadStatus.READ:
            opened = tuple(m.key for m in read.mentions if m.key in after_sales)
            if read.shortened and cursor is not None:
                older = (key for key in cursor.opened if observation.case_of(key) is None)
                opened = tuple(dict.fromkeys((*opened, *older)))
            return Cursor(
                source=read.source,
                etag=read.etag,
                last_modified=read.last_modified,
                read_at=read.read_at,
                judged_by=current,
                opened=opened,
                items=read.items,
                not_before=read.not_before,
                problem=read.problem,
                quota_left=read.quota_left,
                quota_limit=read.quota_limit,
                contents=_contents(read, opened, cursor),
            )
        case ReadStatus.UNCHANGED if cursor is not None:
            return replace(
                cursor,
                etag=read.etag or cursor.etag,
                last_modified=read.last_modified or cursor.last_modified,
                read_at=read.read_at,
                not_before=read.not_before,
                problem="",
                tried_at=None,
            )
        case ReadStatus.UNKNOWN:
            # Judged by nothing, so that a source never read is read in full when its rest is over.
            never = Cursor(read.source, None, None, read.read_at, judged_by="", opened=(), items=0)
            return replace(
                cursor or never,
                not_before=read.not_before,
                problem=read.problem,
                tried_at=read.read_at,
            )
        case _:
            return None
