"""Reading all sources: each due one once, side by side, whatever befalls the others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cases.mention import find_orders, holds_order, prepare_mention
from runner.cases.survey import SurveyAnswer, prepare_answer
from runner.model import Item, Mention
from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.policies.privacy import PrivacyPolicy
from runner.policies.values import Configuration, Source
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown, adapter_of
from runner.sources.bounds import Bounds
from runner.sources.problem_words import render_problem
from runner.sources.problems import Problem, Trouble
from runner.sources.worker import place_of
from runner.sources.workers import Stumbled, TookTooLong, WorkerLost
from runner.text.language import Language
from runner.text.masking import mask

if TYPE_CHECKING:
    from runner.sources.http import Client

_SIDE_BY_SIDE = 64
"""Sources under way at once: what they have sent is in memory until it is read."""

_EARLY = timedelta(minutes=1)
"""A schedule of every 15 minutes starts some seconds early now and then; a source read `every:
15m` should not wait for the run after."""


@dataclass(frozen=True, slots=True)
class Errand:
    """How the sources are to be read this time.

    `judged_by` is the digest of today's rules: only a cursor made under it shortens a read.
    Sources `in_full` are read whole and even before their interval is over, yet never before the
    instant that the other side named.  `only` names the sources to read, or is None for all.
    Mailboxes may stand in the company's own network where it says `allow_private`.  `secrets` are
    what adapters may know of the environment.  `notice` is told the order references that a message
    shows, by its key: nothing else keeps them, and nothing may write them.
    """

    now: datetime
    judged_by: str
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    in_full: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    allow_loopback: bool = False
    allow_private: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    notice: Callable[[str, tuple[str, ...]], None] | None = field(default=None, repr=False)


def read_sources(
    configuration: Configuration,
    root: Path,
    errand: Errand,
    progress: Callable[[SourceRead], None] = lambda _: None,
) -> tuple[SourceRead, ...]:
    """Read the sources and return what they show, in the order of `sources.yaml`.

    `root` is the repository.  `progress` is told of each source as it is done.
    """
    return asyncio.run(collect(configuration, root, errand, progress))


async def collect(
    configuration: Configuration,
    root: Path,
    errand: Errand,
    progress: Callable[[SourceRead], None] = lambda _: None,
) -> tuple[SourceRead, ...]:
    """Do what `read_sources` says, in the running event loop."""
    language = Language(configuration.instance.language, configuration.instance.zone)
    under_way = asyncio.Semaphore(_SIDE_BY_SIDE)
    async with open_outside(configuration, root, errand) as outside:

        async def read(source: Source) -> SourceRead:
            async with under_way:
                done = await _read(source, configuration.privacy, errand, outside, language)
            progress(done)
            return done

        chosen = [s for s in configuration.sources if errand.only is None or s.id in errand.only]
        return tuple(await asyncio.gather(*map(read, chosen)))


def try_source(
    configuration: Configuration, root: Path, source: Source, errand: Errand
) -> tuple[Fetched, tuple[Mention, ...]]:
    """Read one source now, as if for the first time, and return what it shows.

    For whoever writes its settings: nothing is remembered, and nothing is caught.
    """

    async def read() -> Fetched:
        async with open_outside(configuration, root, errand) as outside:
            return await adapter_of(source.kind).fetch(source, None, outside)

    fetched = asyncio.run(read())
    items = fetched.items if isinstance(fetched, Fresh) else ()
    return fetched, mentions_of(items, source, configuration.privacy, errand.now)


@asynccontextmanager
async def open_outside(
    configuration: Configuration, root: Path, errand: Errand
) -> AsyncIterator[Outside]:
    """Give adapters what they may use of the world, and close it afterwards."""
    instance = configuration.instance
    async with AsyncExitStack() as stack:

        @cache
        def connect() -> "Client":
            from runner.sources.http import Client

            client = Client(
                now=errand.now,
                contact=instance.contact,
                allow_loopback=errand.allow_loopback,
                bounds=errand.bounds,
            )
            stack.push_async_exit(client)
            return client

        outside = Outside(
            root,
            connect,
            errand.now,
            instance.zone,
            errand.secrets,
            errand.bounds,
            errand.allow_loopback,
            errand.allow_private,
        )
        stack.callback(outside.close)
        yield outside


def rests_until(source: Source, errand: Errand) -> datetime | None:
    """Return until when a source is left alone, None when it is due."""
    cursor = errand.cursors.get(source.id)
    if cursor is None:
        return None
    if cursor.not_before is not None and errand.now < cursor.not_before:
        return cursor.not_before
    if source.id in errand.in_full or cursor.judged_by != errand.judged_by:
        return None
    due_at = cursor.read_at + source.every
    return due_at if errand.now < due_at - min(_EARLY, source.every / 10) else None


async def _read(
    source: Source,
    privacy: PrivacyPolicy,
    errand: Errand,
    outside: Outside,
    language: Language,
) -> SourceRead:
    cursor = errand.cursors.get(source.id)
    if until := rests_until(source, errand):
        return SourceRead(
            source.id,
            ReadStatus.RESTED,
            errand.now,
            items=cursor.items if cursor else 0,
            not_before=until,
        )
    showed_some = cursor is not None and cursor.items > 0
    if _is_read_in_full(source, cursor, errand):
        cursor = None
    mentions: tuple[Mention, ...] = ()
    surveyed: tuple[SurveyAnswer, ...] = ()
    outcome: Fetched
    try:
        outcome = await adapter_of(source.kind).fetch(source, cursor, outside)
        if isinstance(outcome, Fresh):
            items = outcome.items
            if showed_some and not (items or outcome.left_out or source.may_be_empty):
                outcome = Unknown(Problem(Trouble.FELL_SILENT, source.id), outcome.not_before)
            if source.gives_survey_answers:
                surveyed = await outside.apart(0, _answers_of, items, privacy, errand.now)
            else:
                mentions = await _mentions_of(items, source, privacy, errand, outside)
    except Exception as error:  # one source that trips the program must not cost the others
        outcome = Unknown(_problem_of(error, source, errand.bounds))

    def said(problem: Problem) -> str:
        # It may quote the answer, and is kept in git.
        return mask(render_problem(problem, language), privacy)

    read = _read_of(outcome, source, cursor, errand.now, said)
    return replace(read, mentions=mentions, surveyed=surveyed)


def _problem_of(error: Exception, source: Source, bounds: Bounds) -> Problem:
    match error:
        case TookTooLong():
            return Problem(Trouble.TOO_LONG, source.id, f"{bounds.computing_seconds:g}")
        case WorkerLost():
            return Problem(Trouble.LOST, source.id)
        case Stumbled():
            return Problem(Trouble.STUMBLED, source.id, str(error))
        case _:
            return Problem(Trouble.STUMBLED, source.id, place_of(error))


def _read_of(
    outcome: Fetched,
    source: Source,
    cursor: Cursor | None,
    now: datetime,
    said: Callable[[Problem], str],
) -> SourceRead:
    """Return how a source was read; what it showed is added by whoever made mentions of it."""
    match outcome:
        case Fresh():
            return SourceRead(
                source.id,
                ReadStatus.READ,
                now,
                items=len(outcome.items),
                etag=outcome.etag,
                last_modified=outcome.last_modified,
                problem=said(outcome.problem) if outcome.problem else "",
                not_before=outcome.not_before,
                shortened=outcome.shortened,
                quota_left=outcome.quota.left if outcome.quota else None,
                quota_limit=outcome.quota.limit if outcome.quota else None,
            )
        case Unchanged():
            return SourceRead(
                source.id,
                ReadStatus.UNCHANGED,
                now,
                items=cursor.items if cursor else 0,
                etag=cursor.etag if cursor else None,
                last_modified=cursor.last_modified if cursor else None,
            )
        case Unknown():
            return SourceRead(
                source.id,
                ReadStatus.UNKNOWN,
                now,
                problem=said(outcome.problem),
                not_before=outcome.not_before,
            )


def mentions_of(
    items: Iterable[Item],
    source: Source,
    privacy: PrivacyPolicy,
    detected_at: datetime,
    notice: Callable[[str, tuple[str, ...]], None] | None = None,
) -> tuple[Mention, ...]:
    """Return the mentions that items make, each key once: of doubles, the first.

    `notice` is told of the order references that were masked in one.
    """
    found: dict[str, Mention] = {}
    for item in items:
        mention = prepare_mention(item, source, privacy, detected_at)
        if mention is not None and mention.key not in found:
            found[mention.key] = mention
            if notice is not None and holds_order(mention):
                notice(mention.key, find_orders(item, privacy))
    return tuple(found.values())


def _is_read_in_full(source: Source, cursor: Cursor | None, errand: Errand) -> bool:
    # An answer to the survey that cannot be proposed yet is kept nowhere but at its source.
    return (
        source.id in errand.in_full
        or source.gives_survey_answers
        or (cursor is not None and cursor.judged_by != errand.judged_by)
    )


async def _mentions_of(
    items: tuple[Item, ...],
    source: Source,
    privacy: PrivacyPolicy,
    errand: Errand,
    outside: Outside,
) -> tuple[Mention, ...]:
    mentions, orders = await outside.apart(
        0, _prepare, items, replace(source, settings={}), privacy, errand.now
    )
    if errand.notice is not None:
        for key, found in orders.items():
            errand.notice(key, found)
    return mentions


def _answers_of(
    items: Iterable[Item], privacy: PrivacyPolicy, now: datetime
) -> tuple[SurveyAnswer, ...]:
    prepared = (prepare_answer(item, privacy, now) for item in items)
    return tuple(answer for answer in prepared if answer is not None)


def _prepare(
    items: Iterable[Item], source: Source, privacy: PrivacyPolicy, detected_at: datetime
) -> tuple[tuple[Mention, ...], dict[str, tuple[str, ...]]]:
    orders: dict[str, tuple[str, ...]] = {}
    return mentions_of(items, source, privacy, detected_at, orders.__setitem__), orders
