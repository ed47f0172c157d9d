"""Reading the conversations of known cases again: politely, whatever befalls the others."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from runner.planning.observation import ConversationRead, ReadStatus
from runner.planning.watching import WatchedThread
from runner.policies.values import Configuration, Source
from runner.sources.adapter import Fetched, Fresh, Outside, ThreadRequest, Unknown, expand_of
from runner.sources.collect import Errand, mentions_of, open_outside
from runner.sources.problem_words import render_problem
from runner.sources.problems import Problem, Trouble
from runner.text.language import Language
from runner.text.masking import mask


def read_conversations(
    configuration: Configuration, root: Path, threads: Iterable[WatchedThread], errand: Errand
) -> tuple[ConversationRead, ...]:
    """Read conversations and return what they show, those of one source one after the other.

    A source that asked to be left alone is, from then on; what was left out is `rested`.
    """
    wanted: dict[str, list[WatchedThread]] = {}
    for thread in threads:
        wanted.setdefault(thread.source, []).append(thread)
    return asyncio.run(_read_all(configuration, root, wanted, errand)) if wanted else ()


async def _read_all(
    configuration: Configuration,
    root: Path,
    wanted: Mapping[str, list[WatchedThread]],
    errand: Errand,
) -> tuple[ConversationRead, ...]:
    sources = [source for source in configuration.sources if source.id in wanted]
    async with open_outside(configuration, root, errand) as outside:
        read = await asyncio.gather(
            *(
                _read_source(each, wanted[each.id], configuration, errand, outside)
                for each in sources
            )
        )
    return tuple(one for of_source in read for one in of_source)


async def _read_source(
    source: Source,
    threads: Iterable[WatchedThread],
    configuration: Configuration,
    errand: Errand,
    outside: Outside,
) -> list[ConversationRead]:
    language = Language(configuration.instance.language, configuration.instance.zone)
    cursor = errand.cursors.get(source.id)
    not_before = cursor.not_before if cursor is not None else None
    found: list[ConversationRead] = []
    for thread in threads:
        place = (thread.case_id, thread.place, source.id)
        if not_before is not None and errand.now < not_before:
            found.append(
                ConversationRead(*place, ReadStatus.RESTED, errand.now, not_before=not_before)
            )
            continue
        outcome = await _expand(source, thread, outside)
        not_before = outcome.not_before if isinstance(outcome, Fresh | Unknown) else None
        if isinstance(outcome, Fresh):
            prepare = partial(mentions_of, outcome.items, source, configuration.privacy, errand.now)
            mentions = await outside.aside(prepare)
            found.append(ConversationRead(*place, ReadStatus.READ, errand.now, mentions))
            continue
        problem = outcome.problem if isinstance(outcome, Unknown) else None
        said = mask(render_problem(problem, language), configuration.privacy) if problem else ""
        found.append(
            ConversationRead(
                *place, ReadStatus.UNKNOWN, errand.now, problem=said, not_before=not_before
            )
        )
    return found


async def _expand(source: Source, thread: WatchedThread, outside: Outside) -> Fetched:
    expand = expand_of(source.kind)
    if expand is None:
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or source.id))
    asked = ThreadRequest(thread.url, thread.native_id, thread.thread_url)
    try:
        return await expand(source, asked, outside)
    except Exception as error:  # one conversation that trips the program must not cost the others
        return Unknown(Problem(Trouble.STUMBLED, source.id, type(error).__name__))
