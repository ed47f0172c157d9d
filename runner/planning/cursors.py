"""Cursors: which sources they let be read in part, and where they go after a run."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from runner.planning.actions import Held
from runner.planning.digests import judged_by
from runner.planning.heard import Judged
from runner.planning.observation import REMARKS, Cursor, Observation, ReadStatus, SourceRead
from runner.planning.other_ids import contents_of


def sources_to_read_in_full(
    cursors: Iterable[Cursor], configuration_digest: str, accounted_for: Iterable[str]
) -> frozenset[str]:
    """Return the sources whose cursor may not shorten the next read.

    A cursor made under other rules, or one of whose after-sales messages is
    neither on the base, nor proposed, nor refused: a lost branch comes back.
    """
    known = frozenset(accounted_for)
    return frozenset(
        cursor.source
        for cursor in cursors
        if cursor.judged_by != configuration_digest or not known.issuperset(cursor.opened)
    )


def move_cursors(
    observation: Observation,
    judged: tuple[Judged, ...],
    *,
    pending: frozenset[str],
    dropped: frozenset[str],
    left_out: Mapping[str, str],
    flooded: Mapping[str, Held],
) -> tuple[Cursor, ...]:
    """Return where cursors go after a run: of conversations, of sources, of comments.

    `pending` are the keys of messages that are nowhere yet though they open no case; `dropped`
    those that nobody needs to see again.  `left_out` says of sources what of them was not used;
    of the `flooded` ones not all is proposed, so that they are read from the start again.
    """
    after_sales = {mention.key for mention, judgement, _ in judged if judgement.after_sales.value}
    after_sales = (after_sales - dropped) | pending
    current = judged_by(observation.configuration)
    threads = (
        read.cursor for read in observation.conversations if read.status is not ReadStatus.RESTED
    )
    sources = (_moved(read, observation, after_sales, current) for read in observation.reads)
    return (
        *threads,
        *(_remarked(cursor, left_out, flooded) for cursor in sources if cursor is not None),
        *_heard(observation),
    )


def _remarked(cursor: Cursor, left_out: Mapping[str, str], flooded: Mapping[str, Held]) -> Cursor:
    """Return a source's cursor with what is to be said of it beside how reading it went."""
    held = flooded.get(cursor.source)
    if held is not None:
        return replace(cursor, etag=None, last_modified=None, judged_by="", problem=held.reason)
    words = (cursor.problem, left_out.get(cursor.source, ""))
    return replace(cursor, problem="; ".join(filter(None, words)))


def _heard(observation: Observation) -> tuple[Cursor, ...]:
    """Return up to when comments were read, once none of them wants an answer, or to go."""
    until, known = observation.heard_until, observation.cursors.get(REMARKS)
    if until is None or observation.remarks or observation.doubles:
        return ()
    # A server whose clock is ahead for a while must not silence whoever commands afterwards.
    until = min(until, observation.now)
    if known is not None and known.read_at >= until:
        return ()
    return (Cursor(REMARKS, None, None, until, "", (), 0),)


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
