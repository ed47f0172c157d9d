"""Reading what the world shows: sources, conversations of known cases, messages of ours."""

import os
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from runner.cases.case import Case
from runner.cases.summary import CaseSummary, ClosedCase
from runner.cli.desk import Desk
from runner.cli.looking import read_looked_at
from runner.cli.looking_up import ask_about_new
from runner.cli.reach import loopback_option, private_option
from runner.forges.port import ForgeSnapshot
from runner.planning.branches import INTAKE, Outcome
from runner.planning.cursors import sources_to_read_in_full
from runner.planning.digests import judged_by
from runner.planning.looking import Look, OurMessage, looks_due
from runner.planning.observation import ConversationRead, Cursor, Decision, SourceRead, keys_on
from runner.planning.other_ids import keep_keys
from runner.planning.watching import cases_to_watch, threads_due
from runner.policies.secrets import secret_variables
from runner.policies.values import Source
from runner.repo.case_files import read_case
from runner.repo.cases_index import CasesIndex
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader
from runner.repo.receipts import ReceiptKey

if TYPE_CHECKING:
    from runner.sources.collect import Errand


@dataclass(frozen=True, slots=True)
class Reading:
    """How the sources are to be read.

    `mentions` are files that `collect` wrote, read instead of the network.
    `offline` reads no source at all; `full` reads all of them from the start; `only` names
    those to read, None for all.
    """

    mentions: tuple[Path, ...] = ()
    offline: bool = False
    full: bool = False
    allow_loopback: bool = False
    allow_private: bool = False
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What the world shows; a run that plans anew goes on with what it has read."""

    reads: tuple[SourceRead, ...] = ()
    conversations: tuple[ConversationRead, ...] = ()
    """Conversations that were read again."""
    looks: tuple[Look, ...] = ()
    """Looks at messages of ours."""


class Memory(Protocol):
    """Who knows how proposals ended: a forge, or what was fetched of one."""

    def decided(self, keys: Iterable[ReceiptKey], /) -> Mapping[ReceiptKey, Decision]:
        """Return how those of these `(case id, change)` ended that were decided before."""


_READING_OPTIONS = (
    click.option(
        "--mentions",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Take what `doleances collect --out FILE` found instead of reading the sources; "
        "repeatable.",
    ),
    click.option("--offline", is_flag=True, help="Read no source; look at files and proposals."),
    click.option("--full", is_flag=True, help="Read every source from the start, due or not."),
    loopback_option("sources"),
    private_option("mailboxes"),
)


def reading_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that say how sources are read, as one argument `reading`."""

    @wraps(function)
    def with_reading(
        *positional: Any,
        mentions: tuple[Path, ...],
        offline: bool,
        full: bool,
        allow_loopback: bool,
        allow_private: bool,
        **named: Any,
    ) -> None:
        reading = Reading(mentions, offline, full, allow_loopback, allow_private)
        function(*positional, reading=reading, **named)

    decorated: Callable[..., None] = with_reading
    for option in reversed(_READING_OPTIONS):
        decorated = option(decorated)
    return decorated


def read_world(
    desk: Desk, forge: Memory, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> World:
    """Return what the world shows, as `reading` says; no network where it names a file.

    Raises:
        UsageError: when a file of mentions is none, or of other sources.
    """
    if reading.offline:
        return World()
    if reading.mentions:
        from runner.sources.mentions_file import read_looks_of, read_mentions, read_threads

        files, configuration, now = reading.mentions, desk.configuration(), desk.now()
        watch = configuration.instance.watch
        reads = read_mentions(files, configuration, now)
        threads = read_threads(files, configuration, now) if watch.per_run else ()
        looks = read_looks_of(files, configuration, now) if watch.looks_per_run else ()
    else:
        reads = _read_sources(desk, forge, snapshot, index, reading)
        threads = _read_threads(desk, snapshot, index, reading)
        looks = _look(desk, snapshot, index, reading)
    return World(keep_keys(reads, snapshot.cursors, desk.language), threads, looks)


def secrets_of(sources: Iterable[Source]) -> dict[str, str]:
    """Return the variables of the environment that sources name, those that are set."""
    return {name: os.environ[name] for name in secret_variables(sources) if name in os.environ}


def _read_sources(
    desk: Desk, forge: Memory, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[SourceRead, ...]:
    """Read the sources that are due, and ask the look-ups about customers who are new."""
    from runner.sources.collect import read_sources

    configuration = desk.configuration()
    accounted = _accounted_for(forge, snapshot, index)
    in_full = (
        frozenset(source.id for source in configuration.sources)
        if reading.full
        else sources_to_read_in_full(snapshot.cursors.values(), judged_by(configuration), accounted)
    )
    orders: dict[str, tuple[str, ...]] = {}
    errand = replace(
        _errand(desk, snapshot.cursors, allow_loopback=reading.allow_loopback),
        in_full=in_full,
        only=reading.only,
        allow_private=reading.allow_private,
        notice=orders.__setitem__ if configuration.customers.look_ups else None,
    )
    with desk.terminal.progress(
        desk.language.say("Reading the sources"), len(configuration.sources)
    ) as steps:
        reads = read_sources(configuration, desk.root, errand, lambda _: steps.step())
    if not configuration.customers.look_ups:
        return reads

    def unsettled(keys: Iterable[str]) -> list[str]:
        new = [key for key in keys if key not in accounted and index.case_of(key) is None]
        ended = {case for case, _ in forge.decided((key, INTAKE) for key in new)}
        return [key for key in new if key not in ended]

    return ask_about_new(desk, reads, orders, unsettled)


def _accounted_for(forge: Memory, snapshot: ForgeSnapshot, index: CasesIndex) -> set[str]:
    """Return the keys of messages that are proposed, on the base, or refused."""
    opened = {key for cursor in snapshot.cursors.values() for key in cursor.opened}
    accounted = {branch.case_id for branch in snapshot.branches}
    accounted.update(keys_on((*snapshot.branches, *snapshot.proposed)))
    accounted.update(key for key in opened if index.case_of(key) is not None)
    decided = forge.decided((key, INTAKE) for key in opened)
    accounted.update(
        case for (case, _), ended in decided.items() if ended.outcome is Outcome.REFUSED
    )
    return accounted


def _read_threads(
    desk: Desk, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[ConversationRead, ...]:
    """Read the conversations of known cases that are due."""
    configuration = desk.configuration()
    watch = configuration.instance.watch
    if not watch.per_run:
        return ()
    from runner.sources.adapter import expand_of

    watched = {
        source.id
        for source in configuration.sources
        if expand_of(source.kind) is not None
        and (reading.only is None or source.id in reading.only)
    }
    standing = read_watched(desk, snapshot, index, watched)
    threads = threads_due(standing, snapshot.cursors, watched.__contains__, watch, desk.now())
    if not threads:
        return ()
    from runner.sources.conversations import read_conversations

    errand = _errand(desk, snapshot.cursors, allow_loopback=reading.allow_loopback)
    return read_conversations(configuration, desk.root, threads, errand)


def read_watched(
    desk: Desk, snapshot: ForgeSnapshot, index: CasesIndex, watched: Container[str]
) -> list[Case]:
    """Return the cases with a conversation at one of the sources named that may be due."""
    watch = desk.configuration().instance.watch
    cases: list[CaseSummary | ClosedCase] = [*index.open_cases, *index.closed_cases]
    able = watched.__contains__
    paths = cases_to_watch(cases, snapshot.cursors, able, watch, desk.now())
    if not paths:
        return []
    with ObjectReader(open_repository(desk.root)) as reader:
        files = reader.read_files(snapshot.base, paths)
    found = (read_case(data, path) for path, data in files.items())
    return [case for case in found if isinstance(case, Case)]


def _look(
    desk: Desk, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[Look, ...]:
    """Look for the messages of ours that are due."""
    watch = desk.configuration().instance.watch
    if not watch.looks_per_run:
        return ()
    looked, cases = read_looked_at(desk, snapshot.base, index)
    due = looks_due(cases, looked, watch, desk.now())
    wanted = tuple(one for one in due if reading.only is None or one.source in reading.only)
    return look_at_messages(desk, snapshot.cursors, wanted, allow_loopback=reading.allow_loopback)


def look_at_messages(
    desk: Desk,
    cursors: Mapping[str, Cursor],
    messages: tuple[OurMessage, ...],
    *,
    allow_loopback: bool,
) -> tuple[Look, ...]:
    """Look for messages now; ask nobody where there are none."""
    if not messages:
        return ()
    from runner.sources.looks import look_at

    errand = _errand(desk, cursors, allow_loopback=allow_loopback)
    return look_at(desk.configuration(), desk.root, messages, errand)


def _errand(desk: Desk, cursors: Mapping[str, Cursor], *, allow_loopback: bool) -> "Errand":
    """Return what every source is asked with."""
    from runner.sources.collect import Errand

    configuration = desk.configuration()
    return Errand(
        now=desk.now(),
        judged_by=judged_by(configuration),
        cursors=cursors,
        allow_loopback=allow_loopback,
        secrets=secrets_of(configuration.sources),
    )
