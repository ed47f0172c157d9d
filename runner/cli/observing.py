"""Seeing the world once: sources, forge and cases, frozen into an observation."""

import os
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Protocol

import click

from runner.cases.case import Case
from runner.cases.summary import CaseSummary, ClosedCase
from runner.cli.desk import Desk
from runner.cli.drafting import recent_cases
from runner.cli.looking import look_now, looks_at_hand
from runner.cli.looking_up import ask_about_new
from runner.cli.publishing import publications_at_hand
from runner.cli.surveying import surveys_at_hand
from runner.errors import FaultyFiles, UsageError
from runner.forges.local import LocalForge
from runner.forges.port import Forge, ForgeSnapshot
from runner.model import Mention
from runner.planning.branches import INTAKE, Outcome
from runner.planning.closing_wishes import cases_to_close
from runner.planning.cursors import sources_to_read_in_full
from runner.planning.digests import judged_by
from runner.planning.heard import cases_spoken_of
from runner.planning.incident_links import cases_to_read, link_change
from runner.planning.joining import cases_joined
from runner.planning.looking import Look
from runner.planning.observation import ConversationRead, Decision, Observation, SourceRead, keys_on
from runner.planning.other_ids import keep_keys
from runner.planning.watching import cases_to_watch, threads_due
from runner.policies.secrets import secret_variables
from runner.policies.values import Source
from runner.repo.case_files import read_case
from runner.repo.cases_index import CasesIndex, open_index
from runner.repo.git import check_top, open_repository
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_open_times
from runner.repo.past_answers import read_past_answers
from runner.repo.receipts import EVERY, ReceiptKey


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
    click.option(
        "--allow-loopback",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_LOOPBACK",
        help="Let sources be on this very machine, for trials.",
    ),
    click.option(
        "--allow-private",
        is_flag=True,
        envvar="DOLEANCES_ALLOW_PRIVATE",
        help="Let mailboxes be in the company's own network.",
    ),
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


def open_forge(desk: Desk) -> Forge:
    """Return the forge that `sources.yaml` names."""
    instance = desk.configuration().instance
    match instance.forge:
        case "local":
            check_top(desk.root)
            return LocalForge(desk.root, instance.base, instance.bot)
        case "github":
            from runner.forges.github import open_github

            check_top(desk.root)
            return open_github(desk.root, desk.configuration(), forge_token("github"))
        case "gitea":
            from runner.forges.gitea import open_gitea

            check_top(desk.root)
            return open_gitea(desk.root, desk.configuration(), forge_token("gitea"))
        case other:
            raise UsageError(
                f"sources.yaml: this version does not speak to the forge {other!r}",
                "write `forge: local`",
            )


_TOKENS = {
    "github": ("DOLEANCES_FORGE_TOKEN", "GITHUB_TOKEN"),
    "gitea": ("DOLEANCES_FORGE_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN"),
}


def forge_token(forge: str) -> str:
    """Return the forge's token out of the environment, where alone it stands.

    Raises:
        UsageError: when there is none, or what cannot be one.
    """
    for name in _TOKENS[forge]:
        token = os.environ.get(name, "").strip()
        if token:
            if not (token.isascii() and token.isprintable()) or " " in token:
                raise UsageError(f"{name} holds no token", "a token has no spaces and no accents")
            return token
    raise UsageError(
        "DOLEANCES_FORGE_TOKEN is not set, and the forge lets nobody in without a token",
        "README, On GitHub or On Gitea, says where to get one",
    )


def observe(
    desk: Desk,
    forge: Forge,
    reading: Reading,
    reads: tuple[SourceRead, ...] | None = None,
    opened_already: int = 0,
    *,
    rewritten_already: int = 0,
    conversations: tuple[ConversationRead, ...] = (),
    looks: tuple[Look, ...] = (),
    past_faults: bool = False,
    forms: tuple[Mention, ...] = (),
) -> Observation:
    """Look at everything; read the sources unless `reads` already holds what they show.

    `conversations` then are those that were read again.  `forms` are messages for which people
    ask for a case.

    With `past_faults` cases of the base that cannot be read are left out.

    Raises:
        FaultyFiles: for faults in the desk's files or in the cases of the base.
        Refused: when the repository has no base to work on.
        UsageError: when the mentions file is none, or of other sources.
    """
    configuration = desk.configuration()
    snapshot = forge.snapshot()
    index = open_index(desk.root, snapshot.base)
    if index.faults and not past_faults:
        raise FaultyFiles(index.faults)
    for remark in snapshot.ignored:
        desk.terminal.note(f"ignored: {remark}")
    if reads is None:
        reads = read_now(desk, forge, snapshot, index, reading)
        conversations = read_threads_now(desk, snapshot, index, reading)
        looks = look_now(desk, snapshot.cursors, snapshot.base, index, reading)
    mentions = [*forms, *(mention for read in reads for mention in read.mentions)]
    mentions += [mention for read in conversations for mention in read.mentions]
    new = [mention for mention in mentions if index.case_of(mention.key) is None]
    keys = {(mention.key, INTAKE) for mention in mentions}
    branches = (*snapshot.branches, *snapshot.proposed)
    keys.update((branch.case_id, branch.change) for branch in branches)
    candidates = cases_to_read(index.open_cases, configuration)
    keys.update(
        (case.id, link_change(incident.id))
        for case in candidates
        for incident in configuration.incidents
    )
    since = desk.now() - timedelta(days=configuration.instance.watch.reopen_days)
    closed = tuple(case for case in index.closed_cases if case.closed_at >= since)
    spoken_of = cases_spoken_of(new, index.open_cases, closed)
    keys.update((case_id, EVERY) for case_id in spoken_of)
    looked, wanting = looks_at_hand(desk, index, looks)
    keys.update((case_id, EVERY) for case_id in wanting)
    postings, _, approved = publications_at_hand(desk, snapshot.base, index)
    keys.update((case_id, EVERY) for case_id in postings)
    surveys, surveyed = surveys_at_hand(configuration.sources, reads, forge, index)
    to_close = cases_to_close(index.open_cases)
    keys.update((case_id, EVERY) for case_id in to_close)
    joined = cases_joined(snapshot.remarks, index.open_cases)
    keys.update((case_id, EVERY) for case_id in joined)
    paths = {
        *(case.path for case in candidates), *spoken_of.values(), *wanting.values(),
        *approved.values(), *surveyed, *to_close.values(), *joined.values(),
    }  # fmt: skip
    paths.update(b.path for b in snapshot.branches if b.change != INTAKE and b.path is not None)
    clocks = [course.clock for case in index.open_cases for course in case.courses]
    clocks += [
        clock
        for branch in branches
        if branch.case is not None
        for entry in branch.case.log
        for clock in entry.clocks
    ]
    return Observation(
        recent_cases=lambda sites: recent_cases(desk, snapshot.base, sites),
        past_answers=lambda: read_past_answers(desk.root, snapshot.base),
        now=desk.now(),
        base=snapshot.base,
        configuration=configuration,
        reads=reads,
        cursors=snapshot.cursors,
        case_of=index.case_of,
        open_cases=index.open_cases,
        branches=snapshot.branches,
        pulls=snapshot.pulls,
        decided=forge.decided(keys) if keys else {},
        proposed=snapshot.proposed,
        proposals=snapshot.proposals,
        open_times=read_open_times(desk.root, clocks, configuration),
        opened_already=opened_already,
        case_files=_case_files(desk, snapshot.base, paths),
        conversations=conversations,
        closed_cases=closed,
        looks=looks,
        looked=looked,
        postings=postings,
        remarks=snapshot.remarks,
        heard_until=snapshot.heard_until,
        rewritten_already=rewritten_already,
        forms=forms,
        surveys=surveys,
    )


def secrets_of(sources: Iterable[Source]) -> dict[str, str]:
    """Return the variables of the environment that sources name, those that are set."""
    return {name: os.environ[name] for name in secret_variables(sources) if name in os.environ}


def read_now(
    desk: Desk, forge: Memory, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[SourceRead, ...]:
    """Return what the sources show, as `reading` says; no network where it names a file."""
    reads = _read_now(desk, forge, snapshot, index, reading)
    return keep_keys(reads, snapshot.cursors, desk.language)


def _read_now(
    desk: Desk, forge: Memory, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[SourceRead, ...]:
    configuration = desk.configuration()
    if reading.offline:
        return ()
    if reading.mentions:
        from runner.sources.mentions_file import read_mentions

        return read_mentions(reading.mentions, configuration, desk.now())
    from runner.sources.collect import Errand, read_sources

    digest = judged_by(configuration)
    opened = {key for cursor in snapshot.cursors.values() for key in cursor.opened}
    accounted = {branch.case_id for branch in snapshot.branches}
    accounted.update(keys_on((*snapshot.branches, *snapshot.proposed)))
    accounted.update(key for key in opened if index.case_of(key) is not None)
    decided = forge.decided((key, INTAKE) for key in opened)
    accounted.update(
        case for (case, _), ended in decided.items() if ended.outcome is Outcome.REFUSED
    )
    in_full = (
        frozenset(source.id for source in configuration.sources)
        if reading.full
        else sources_to_read_in_full(snapshot.cursors.values(), digest, accounted)
    )
    orders: dict[str, tuple[str, ...]] = {}
    errand = Errand(
        now=desk.now(),
        judged_by=digest,
        cursors=snapshot.cursors,
        in_full=in_full,
        only=reading.only,
        allow_loopback=reading.allow_loopback,
        allow_private=reading.allow_private,
        secrets=secrets_of(configuration.sources),
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


def read_threads_now(
    desk: Desk, snapshot: ForgeSnapshot, index: CasesIndex, reading: Reading
) -> tuple[ConversationRead, ...]:
    """Return the conversations of known cases that are due, as `reading` says."""
    configuration = desk.configuration()
    watch = configuration.instance.watch
    if reading.offline or not watch.per_run:
        return ()
    if reading.mentions:
        from runner.sources.mentions_file import read_threads

        return read_threads(reading.mentions, configuration, desk.now())
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
    from runner.sources.collect import Errand
    from runner.sources.conversations import read_conversations

    errand = Errand(
        now=desk.now(),
        judged_by=judged_by(configuration),
        cursors=snapshot.cursors,
        allow_loopback=reading.allow_loopback,
        secrets=secrets_of(configuration.sources),
    )
    return read_conversations(configuration, desk.root, threads, errand)


def read_watched(
    desk: Desk, snapshot: ForgeSnapshot, index: CasesIndex, watched: Container[str]
) -> list[Case]:
    """Return the cases with a conversation at one of the sources named that may be due."""
    watch = desk.configuration().instance.watch
    cases: list[CaseSummary | ClosedCase] = [*index.open_cases, *index.closed_cases]
    able = watched.__contains__
    paths = cases_to_watch(cases, snapshot.cursors, able, watch, desk.now())
    files = _case_files(desk, snapshot.base, paths)
    found = (read_case(files[path], path) for path in paths if path in files)
    return [case for case in found if isinstance(case, Case)]


def _case_files(desk: Desk, base: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of case files on the base, as far as they are there."""
    wanted = sorted(paths)
    if not wanted:
        return {}
    with ObjectReader(open_repository(desk.root)) as reader:
        found = list(reader.read_all(f"{base}:{path}" for path in wanted))
    return {
        path: stored.data
        for path, stored in zip(wanted, found, strict=True)
        if stored is not None and stored.data is not None
    }
