"""The desk as it stood before a commit of the main line: policies, people, where cases lie.

Grows with the desk, not with its history: the names of blobs.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from runner.cases.authority import Authority
from runner.cases.case import PinnedClock
from runner.clocks.business_time import OpenTime
from runner.clocks.policy_checks import Stood
from runner.planning.audit import Rules
from runner.planning.commits import commit_instant
from runner.policies.alone import (
    load_clocks,
    load_delegation,
    load_incident,
    load_instance,
    load_team,
)
from runner.policies.calendars import calendar_file
from runner.policies.clocks import FILE as CLOCKS
from runner.policies.clocks import ClockPolicy
from runner.policies.delegation import FILE as DELEGATION
from runner.policies.team import FILE as TEAM
from runner.policies.team import Team
from runner.policies.values import Instance
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES
from runner.repo.git import FileChange, Repository, is_object_name
from runner.repo.mainline import committed_at, walk_line
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_pinned_open_time

_POLICIES = 50
"""Versions of a policy that are held as they were parsed."""


def is_watched(path: str) -> bool:
    """Whether a file is part of the register: a case, or what decides about cases."""
    return path.startswith(_WATCHED) or path in _ALONE


_CASES = f"{CASES_FOLDER}/"
_WATCHED = (_CASES, *(f"{folder}/" for folder in CONFIGURATION_FOLDERS))
_ALONE = frozenset({SOURCES, CASES_FOLDER, *CONFIGURATION_FOLDERS})
"""Something else may come to stand where a folder was."""


class _Version(NamedTuple):
    """What a policy was: since how many changes of policies, and since which commit.

    `committed` is in seconds since 1970, 0 for what stood where the audit began.
    """

    number: int
    committed: int
    blob: str


class Register:
    """The desk before a commit.

    `cases` are the files of all cases by id, as the last commit left them: of a case in several
    files the first by path, whatever came before.
    """

    def __init__(
        self, repository: Repository, reader: ObjectReader, began: str, start: str, today: Instance
    ) -> None:
        """Take the desk as it stood at `start`, and know its policies since `began`.

        Until its `sources.yaml` can be read, it is the desk of `today`.
        """
        self._repository = repository
        self._reader = reader
        self._began = began
        self._began_at = commit_instant(committed_at(reader, began))
        self._stood: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self._copies: dict[str, frozenset[str]] = {}
        """All files of a case, of the few cases that lie in several."""
        self._clocks: list[_Version] = []
        """The versions of the clocks' policy that can be read."""
        self._versions = {CLOCKS: self._clocks}
        """By path what a policy was, one version after the other."""
        self._seen: dict[str, dict[str, int]] = {}
        """By path the blobs that a policy ever was, each with the change that brought it."""
        self._changed = 0
        """How often policies have changed."""
        self._shared: dict[frozenset[str], Rules] = {}
        """By who acts the rules of commits that change no policy, until one does."""
        self._before: dict[str, str] = {}
        self._today = today
        self._forge: str | None = None
        self._bots: frozenset[str] = frozenset()
        self._team = lru_cache(_POLICIES)(lambda blob: load_team(self.data(blob)))
        self._limits = lru_cache(_POLICIES)(lambda blob: load_delegation(self.data(blob)))
        self._clock_policy = lru_cache(_POLICIES)(lambda blob: load_clocks(self.data(blob)))
        self._open_times: dict[tuple[str, str | None], OpenTime | None] = {}
        for path, blob in _listed(repository, began, SOURCES, *CONFIGURATION_FOLDERS):
            self._keep(path, blob, 0)
        if start != began:
            policies = (SOURCES, *CONFIGURATION_FOLDERS)
            for commit in walk_line(repository, start, began, policies):
                for change in commit.changes:
                    self.follow(change, commit.committed)
        for path, _ in _listed(repository, start, CASES_FOLDER):
            if (case_id := parse_case_path(path)) is not None:
                self._hold(case_id, self.files_of(case_id) | {path})

    def data(self, blob: str | None) -> bytes | None:
        """Return the bytes of a blob, None for none; nothing can be read in what is too large."""
        if blob is None:
            return None
        stored = self._reader.read(blob)
        return (stored.data if stored is not None else None) or b""

    def team(self) -> Team:
        """Return the team before the commit."""
        return self._team(self._stood.get(TEAM))

    def bots(self) -> frozenset[str]:
        """Return the addresses that the runner committed by before the commit.

        What it proposed by an earlier one may still be merged; one that comes later makes nobody
        the runner.
        """
        return self._bots or frozenset({self._today.bot.email.casefold()})

    def forge(self) -> str:
        """Return the forge before the commit."""
        return self._forge or self._today.forge

    def rules(
        self, changes: Mapping[str, FileChange], actors: frozenset[str], *, approvals_known: bool
    ) -> Rules:
        """Return what holds for a commit with these changes, whatever comes after it.

        Who decides is judged by what stood before; a policy that is new, by itself.
        """
        policies = {path: change for path, change in changes.items() if not path.startswith(_CASES)}
        if policies:
            return self._rules(policies, actors, approvals_known=approvals_known)
        if actors not in self._shared:
            self._shared[actors] = self._rules({}, actors, approvals_known=approvals_known)
        return self._shared[actors]

    def _rules(
        self, changes: Mapping[str, FileChange], actors: frozenset[str], *, approvals_known: bool
    ) -> Rules:
        stood, changed, clocks = {**self._stood}, self._changed, len(self._clocks)

        def blob(path: str) -> str | None:
            change = changes.get(path)
            return stood.get(path) or (change.new if change is not None else None)

        @lru_cache(_POLICIES)
        def stood_as(path: str, name: str) -> Stood:
            change = changes.get(path)
            if change is not None and change.new == name:
                return Stood(ever=True)
            return self._stood_as(path, name, changed)

        authority = Authority(
            self._team(blob(TEAM)),
            self._limits(blob(DELEGATION)),
            actors,
            lambda incident_id: load_incident(incident_id, lambda path: self.data(blob(path))),
            approvals_known,
        )
        return Rules(
            authority,
            self.bots(),
            self._open_time,
            self._policy,
            stood_as,
            lambda at: self._in_force(at, clocks),
        )

    def follow(self, change: FileChange, committed: int) -> None:
        """Take in what a commit changed."""
        if (case_id := parse_case_path(change.path)) is not None:
            files = self.files_of(case_id)
            if change.new is None:
                self._hold(case_id, files - {change.path})
            elif change.path not in files:
                self._hold(case_id, files | {change.path})
            return
        self._changed += 1
        self._shared.clear()
        if change.new is None:
            self._stood.pop(change.path, None)
        else:
            self._keep(change.path, change.new, committed)

    def moves(self, change: FileChange) -> bool:
        """Whether a case lies elsewhere after a change, or nowhere."""
        case_id = parse_case_path(change.path)
        if case_id is None or case_id not in self.cases:
            return False
        return change.new is None or self.cases[case_id] != change.path

    def files_of(self, case_id: str) -> frozenset[str]:
        """Return all files in which a case lies: one, but for a case that was copied."""
        if case_id in self._copies:
            return self._copies[case_id]
        return frozenset({self.cases[case_id]} if case_id in self.cases else ())

    def _hold(self, case_id: str, files: frozenset[str]) -> None:
        self._copies.pop(case_id, None)
        self.cases.pop(case_id, None)
        if files:
            self.cases[case_id] = min(files)
        if len(files) > 1:
            self._copies[case_id] = files

    def _keep(self, path: str, blob: str, committed: int) -> None:
        self._stood[path] = blob
        self._seen.setdefault(path, {}).setdefault(blob, self._changed)
        if path == SOURCES and (desk := load_instance(self.data(blob))) is not None:
            self._forge = desk.forge
            self._bots |= {desk.bot.email.casefold()}
        # What nobody can read promises nothing: the clocks before stay in force.
        if path != CLOCKS or self._clock_policy(blob) is not None:
            versions = self._versions.setdefault(path, [])
            versions.append(_Version(self._changed, committed, blob))

    def _stood_as(self, path: str, blob: str, changed: int) -> Stood:
        """Return how a policy stood as a blob before policies had changed so often."""
        ever = self._ever_stood(path, blob, changed)
        if not ever:
            return Stood(ever)
        versions = [one for one in self._versions.get(path, ()) if one.number <= changed]
        places = [place for place, one in enumerate(versions) if one.blob == blob]
        if not places:
            # It was replaced before the audit began, or nobody can read it.
            is_known = blob in self._seen.get(path, {})
            return Stood(ever, until=None if is_known else self._began_at)
        since = versions[places[0]].committed
        later = versions[places[-1] + 1 :]
        return Stood(
            ever,
            commit_instant(since) if since else None,
            commit_instant(later[0].committed) if later else None,
        )

    def _ever_stood(self, path: str, blob: str, changed: int) -> bool | None:
        """Whether a policy was a blob before it had changed so often, None if nobody can tell."""
        if self._seen.get(path, {}).get(blob, changed + 1) <= changed:
            return True
        if path not in self._before:
            self._before[path] = self._repository.text(
                "log", "-m", "--format=", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff",
                self._began, "--", path,
            )  # fmt: skip
        if is_object_name(blob) and blob in self._before[path]:
            return True
        return None if (self._repository.common_dir / "shallow").exists() else False

    def _policy(self, blob: str) -> ClockPolicy | None:
        return self._clock_policy(blob) if is_object_name(blob) else None

    def _in_force(self, at: datetime, count: int) -> ClockPolicy | None:
        """Return the clocks' policy of an instant, of the first `count` that are known.

        The first of them stands for all before.
        """
        if not count:
            return None
        place = 0
        if count > 1:
            seconds = int(at.timestamp())
            place = bisect_right(self._clocks, seconds, 1, count, key=lambda one: one.committed) - 1
        return self._clock_policy(self._clocks[place].blob)

    def _open_time(self, clock: PinnedClock) -> OpenTime | None:
        if clock.calendar is None:
            return None
        key = (clock.calendar, clock.policies.get(calendar_file(clock.calendar)))
        if key not in self._open_times:
            self._open_times[key] = read_pinned_open_time(self._reader, clock)
        return self._open_times[key]


def _listed(repository: Repository, commit: str, *paths: str) -> Iterator[tuple[str, str]]:
    """Yield path and blob of each file that stood there."""
    listed = repository.text("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        yield path, head.split(" ")[2]
