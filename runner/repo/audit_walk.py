"""A stretch of the main line, walked: what does not hold in its commits and their cases.

Streams the commits, the oldest first, and reads changed files alone, in bulk.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from runner.errors import Fault
from runner.planning.audit import (
    Arrival,
    AuditFinding,
    Rules,
    Weight,
    check_ahead,
    check_merger,
    check_order,
    check_version,
    outside_pull_request,
    weigh,
)
from runner.planning.commits import by_forge, commit_instant, goes_by, is_squash
from runner.policies.team import Team
from runner.policies.values import Instance
from runner.repo.audit_receipts import read_merged_pulls
from runner.repo.case_paths import (
    case_removed,
    case_twice,
    find_case_file_at,
    parse_case_path,
)
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES, YAML_SUFFIXES
from runner.repo.git import FileChange, Repository, open_repository
from runner.repo.judge import misplaced
from runner.repo.mainline import (
    BranchCommit,
    MainCommit,
    committed_at,
    read_branch,
    read_branch_heads,
    walk_line,
)
from runner.repo.objects import READ_LIMIT, ObjectReader
from runner.repo.register import Register, Version, is_watched, parse_case_document
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value, too_large

_AT_ONCE = 400
"""Changed files that are read at once."""
_SUBMODULE = "160000"
_ODD_MODES = {"120000": "a symbolic link", _SUBMODULE: "another repository"}
_LOCAL = "local"

_Versions = tuple[Version | None, Version | None]
_NONE: _Versions = (None, None)

Stood = tuple[str, str | None]
"""Path and blob of a version of a case, the blob None where there was none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The commits after `start` up to `tip`, of an audit that began at `began`.

    `line` are the commits of the whole main line.  `left` are the cases that could not be read
    where the stretch starts: as they stood when they could.  With `case_id` that case alone is
    judged, and only commits that changed it or a policy are looked at.
    """

    folder: Path
    began: str
    start: str
    tip: str
    line: frozenset[str]
    instance: Instance
    now: datetime
    left: Mapping[str, Stood] = field(default_factory=dict)
    case_id: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """What commits must have changed to be looked at; nothing for whatever they did."""
        if self.case_id is None:
            return ()
        case = f":(glob){CASES_FOLDER}/**/{self.case_id}.yaml"
        return (case, SOURCES, *CONFIGURATION_FOLDERS)


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found in a stretch, in the order of its commits.

    `versions` is how many versions of cases were judged, `cases` the files of all cases by id at
    its end, and `left` the cases that cannot be read there: as they stood when they could.
    """

    found: tuple[AuditFinding, ...]
    versions: int
    cases: Mapping[str, str]
    left: Mapping[str, Stood]


def walk_stretch(stretch: Stretch, step: Callable[[int], None] = lambda _: None) -> Walked:
    """Judge the commits of a stretch; `step` is told of how many at a time."""
    # Cases are trees without cycles: looking for some takes a tenth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        repository = open_repository(stretch.folder)
        found: list[AuditFinding] = []
        with ObjectReader(repository) as reader:
            walk = _Walk(repository, reader, stretch)
            commits = walk_line(repository, stretch.tip, stretch.start, stretch.paths)
            for slab in _slabs(commits):
                found += walk.judge(slab)
                step(len(slab))
        return walk.walked(found)
    finally:
        if collects:
            gc.enable()


def _slabs(commits: Iterable[MainCommit]) -> Iterator[list[MainCommit]]:
    slab: list[MainCommit] = []
    weight = 0
    for commit in commits:
        slab.append(commit)
        weight += 1 + len(commit.changes)
        if weight >= _AT_ONCE:
            yield slab
            slab, weight = [], 0
    if slab:
        yield slab


class _Walk:
    """What stood before the next commit, and what has been found to be unreadable."""

    def __init__(self, repository: Repository, reader: ObjectReader, stretch: Stretch) -> None:
        self._register = Register(repository, reader, stretch.began, stretch.start)
        self._versions = 0
        self._reader = reader
        self._line = stretch.line
        self._repository = repository
        self._is_one_case = stretch.case_id is not None
        self._merged = read_merged_pulls(repository, reader, stretch.case_id)
        self._bot = stretch.instance.bot.email
        self._local = stretch.instance.forge == _LOCAL
        self._now = stretch.now
        self._previous = committed_at(reader, stretch.start)
        self._heads: dict[str, BranchCommit | None] = {}
        self._last_good = dict(stretch.left)
        """By case id the last version that could be read, where the one that stands now cannot
        be, or none does."""

    def walked(self, found: Iterable[AuditFinding]) -> Walked:
        """Return what was found, once the last commit is judged."""
        return Walked(tuple(found), self._versions, self._register.cases, self._last_good)

    def judge(self, slab: list[MainCommit]) -> Iterator[AuditFinding]:
        """Yield what is found in the next commits."""
        watched = [
            {one.path: one for one in commit.changes if is_watched(one.path)} for commit in slab
        ]
        self._register.prefetch(
            change for changes in watched for change in changes.values()
            if change.mode != _SUBMODULE
        )  # fmt: skip
        self._heads = read_branch_heads(self._reader, slab)
        # Many are parsed before many are judged: either goes faster without the other between.
        parsed = [self._parse(changes) for changes in watched]
        for commit, changes, versions in zip(slab, watched, parsed, strict=True):
            if self._is_one_case and commit.parents:
                self._previous = committed_at(self._reader, commit.parents[0])
            if changes:
                at = commit_instant(commit.committed)
                # Sorted by place, as a commit's faults are told.
                for fault, weight in sorted(self._judge(commit, changes, versions)):
                    yield AuditFinding(commit.name, at, fault, weight)
            self._previous = commit.committed

    def _parse(self, watched: Mapping[str, FileChange]) -> dict[str, _Versions]:
        """Return by path what cases said before a commit and say after it, None if unreadable."""
        parsed: dict[str, _Versions] = {}
        for change in sorted(watched.values(), key=_order):
            if (case_id := parse_case_path(change.path)) is None:
                continue
            stood = self._last_good.pop(case_id, (change.path, change.old))
            was = after = None
            if change.new is not None and change.mode not in _ODD_MODES:
                was = self._register.version(*stood)
                after = self._register.next_version(change.path, change.new, was)
            if after is None:
                self._last_good[case_id] = stood
            parsed[change.path] = was, after
        return parsed

    def _judge(
        self,
        commit: MainCommit,
        watched: Mapping[str, FileChange],
        versions: Mapping[str, _Versions],
    ) -> Iterator[tuple[Fault, Weight]]:
        register = self._register
        team = register.team()
        branch = read_branch(self._reader, commit, self._line, self._heads)
        receipts = self._merged.of(self._reader, commit, watched)
        mergers = _committers(commit.author_email, commit.committer_email)
        if receipts:
            mergers = _with_actors(mergers, (one.actor for one in receipts), team)
        yield from self._judge_commit(commit, watched, branch, mergers, bool(receipts))
        times = [min(one.authored, one.committed) for one in branch]
        arrival = Arrival(commit.committed, min(commit.authored, commit.committed, *times))
        hands = _names(mergers, tuple([one.email for one in branch]))
        rules = register.rules(
            watched,
            hands,
            # On a forge somebody may have approved of whom git does not know.
            approvals_known=self._local,
            find=lambda case_id: self._find(commit.name, watched, case_id),
        )
        for change in sorted(watched.values(), key=_order):
            if change.path.startswith(f"{CASES_FOLDER}/"):
                before_and_after = versions.get(change.path, _NONE)
                for fault in self._judge_case(change, before_and_after, arrival, rules):
                    yield fault, weigh(fault)
            register.follow(change, commit.committed)

    def _judge_commit(
        self,
        commit: MainCommit,
        watched: Mapping[str, FileChange],
        branch: tuple[BranchCommit, ...],
        mergers: tuple[str, ...],
        has_receipt: bool,
    ) -> Iterator[tuple[Fault, Weight]]:
        first = min(watched)
        for fault in (
            *check_order(first, commit.committed, self._previous),
            *check_ahead(first, commit.committed, self._now),
        ):
            yield fault, Weight.BROKEN
        squashed = not self._local and is_squash(commit.committer_email, commit.subject)
        if not (commit.is_merge or has_receipt or squashed):
            yield outside_pull_request(first, len(watched)), Weight.UNPROVEN
        for fault in check_merger(first, mergers, self._register.team(), self._bot):
            yield fault, Weight.UNPROVEN
        for fault in self._merged.check(watched.values(), branch, self._bot):
            yield fault, Weight.UNPROVEN
        if SOURCES in watched:
            for fault in self._check_baseline(watched[SOURCES]):
                yield fault, Weight.WARNING

    def _judge_case(
        self, change: FileChange, versions: _Versions, arrival: Arrival, rules: Rules
    ) -> Iterator[Fault]:
        path, case_id = change.path, parse_case_path(change.path)
        if case_id is None:
            if change.new is not None and path.endswith(YAML_SUFFIXES):
                yield misplaced(path)
            return
        if change.new is None:
            yield case_removed(path)
            return
        if change.mode in _ODD_MODES:
            said = f"this is {_ODD_MODES[change.mode]}"
            yield Fault(path, 1, 1, "odd-file", said, "put the file itself there")
            return
        if change.old is None and (others := self._register.files_of(case_id) - {path}):
            yield case_twice(path, min(others))
        self._versions += 1
        was, after = versions
        if after is None:
            yield from self._unreadable(path, change.new)
            return
        before = was.document if was is not None else None
        if check_version(before, after.document, arrival, rules):
            # Once more with care, to name the places.
            placed = parse_case_document(after.data, path, careful=True) or after.document
            yield from check_version(before, placed, arrival, rules)

    def _unreadable(self, path: str, blob: str) -> tuple[Fault, ...]:
        data = self._register.data(blob)
        if data is None:
            return (too_large(path, READ_LIMIT),)
        document = read_document(data, path)
        return check_document("case", document) if isinstance(document, Document) else document

    def _find(
        self, commit: str, watched: Mapping[str, FileChange], case_id: str
    ) -> Document | None:
        """Return another case as the commit has it."""
        path = self._register.cases.get(case_id)
        path = path or next((one for one in watched if parse_case_path(one) == case_id), None)
        if path is None and self._is_one_case:
            # What came of other cases since the start was not followed.
            path = find_case_file_at(self._repository, commit, case_id)
        if path is None:
            return None
        if path in watched:
            version = self._register.version(path, watched[path].new)
            return version.document if version is not None else None
        stored = self._reader.read(f"{commit}:{path}")
        if stored is None or stored.data is None:
            return None
        return parse_case_document(stored.data, path)

    def _check_baseline(self, change: FileChange) -> Iterator[Fault]:
        was, now = (_baseline(self._register.data(blob)) for blob in (change.old, change.new))
        if was is not None and was != now:
            said = f"the baseline of the audit was {was[:12]} and is {(now or 'none')[:12]}"
            hint = f"what came before is audited by `doleances audit --since {was[:12]}`"
            yield Fault(SOURCES, 1, 1, "baseline-moved", said, hint)


def _order(change: FileChange) -> tuple[bool, str]:
    """Put what goes first: a case that lies elsewhere now does not lie there twice."""
    return change.new is not None, change.path


@lru_cache(maxsize=1_000)
def _committers(author_email: str, committer_email: str) -> tuple[str, ...]:
    """Return the names of who put a commit on the main line, by git."""
    names = [*goes_by(author_email)]
    if not by_forge(committer_email):
        names += goes_by(committer_email)
    return tuple(dict.fromkeys(names))


def _with_actors(names: tuple[str, ...], actors: Iterable[str], team: Team) -> tuple[str, ...]:
    """Return the names of who put a commit on the main line, by receipts too."""
    found = [*names]
    for actor in filter(None, actors):
        person = team.person(actor)
        found += (*person.emails, *person.logins) if person is not None else (actor,)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1_000)
def _names(names: tuple[str, ...], emails: tuple[str, ...]) -> frozenset[str]:
    """Return names and all that addresses stand for."""
    return frozenset(names).union(*map(goes_by, emails))


def _baseline(data: bytes | None) -> str | None:
    """Return the baseline that a `sources.yaml` declares."""
    with suppress(ValueError):
        value: Any = read_value(data or b"")
        said = (value.get("audit") or {}).get("baseline") if isinstance(value, dict) else None
        return said if isinstance(said, str) else None
    return None
