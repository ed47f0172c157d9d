"""The register, proved: every merged version of every case against the one before.

Streams the main line, the oldest commit first, and reads changed files alone, in bulk.  A long
line is judged by several processes: each walks all of it, and judges some of the cases.
"""

import gc
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from runner.errors import Fault, Refused
from runner.planning.audit import (
    SIGNATURES,
    Arrival,
    AuditFinding,
    Rules,
    Weight,
    by_forge,
    check_ahead,
    check_merger,
    check_order,
    check_signature,
    check_version,
    commit_instant,
    goes_by,
    is_squash,
    outside_pull_request,
    weigh,
)
from runner.policies.team import Team
from runner.policies.values import Instance
from runner.repo.audit_receipts import check_receipts, read_merged_pulls
from runner.repo.case_paths import case_removed, case_twice, parse_case_path
from runner.repo.files import CASES_FOLDER, SOURCES, YAML_SUFFIXES
from runner.repo.git import FileChange, Repository, open_repository
from runner.repo.judge import misplaced
from runner.repo.mainline import (
    BranchCommit,
    MainCommit,
    find_on_line,
    parse_commit,
    read_branch,
    read_branch_heads,
    read_line,
    read_signatures,
    walk_line,
)
from runner.repo.objects import READ_LIMIT, ObjectReader
from runner.repo.register import Register, is_watched, parse_case_document
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value, too_large

_AT_ONCE = 400
"""Changed files that are read at once."""
_SHARED_FROM = 4_000
"""Commits from which on sharing pays: starting a process takes as long as judging 1,000."""
_PROCESSES_AT_MOST = 4
"""Each walks the whole line: that part does not get faster by sharing."""
_SUBMODULE = "160000"
_ODD_MODES = {"120000": "a symbolic link", _SUBMODULE: "another repository"}
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit looked at, and all that it found, in the order of the commits.

    `start` is the commit whose cases were taken as they are, `versions` how many versions of
    cases were judged, `signatures` how many commits have one that is verified, bad, present or
    absent: empty where nobody asked.
    """

    start: str
    tip: str
    commits: int
    versions: int
    findings: tuple[AuditFinding, ...]
    signatures: Mapping[str, int]


def audit_register(
    repository: Repository,
    tip: str,
    instance: Instance,
    now: datetime,
    *,
    since: str | None = None,
    signatures: bool = False,
    begin: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None,
) -> Audited:
    """Judge the main line up to `tip`, from `since` (a revision or a day), else the baseline.

    `begin` is told how many commits there are, and returns what is told of each step.  With
    `signatures`, git verifies those that there are.

    Raises:
        UsageError: when `since` means no commit of the main line.
        Refused: when the clone is too shallow to hold where the audit begins.
    """
    line = read_line(repository, tip)
    start, early = _start(repository, line, instance, since)
    count = len(line) - line.index(start) - 1
    step = begin(count)
    # More is audited than was meant, which hides nothing.
    findings = [AuditFinding(tip, None, fault, Weight.WARNING) for fault in early]
    span = _Span(repository.start, tip, start, frozenset(line), instance, now)
    with _others(span, _processes(count)) as others:
        walked = _walk(span, _Share(0, 1 + len(others)), step)
        judged = [walked, *(_result(one, span, share) for share, one in others.items())]
    found = [each for one in judged for each in one.found]
    findings += (finding for _, finding in sorted(found, key=_place))
    with ObjectReader(repository) as reader:
        merged = read_merged_pulls(repository, reader)
        for fault in check_receipts(
            repository, reader, merged, cases=walked.cases, tip=tip, began=walked.began
        ):
            findings.append(AuditFinding(tip, None, fault, Weight.BROKEN))
    verdicts = read_signatures(repository, tip, start) if signatures else {}
    for name, verdict in verdicts.items():
        for fault in check_signature(verdict):
            findings.append(AuditFinding(name, None, fault, Weight.BROKEN))
    counted = Counter(SIGNATURES.get(verdict, "present") for verdict in verdicts.values())
    versions = sum(one.versions for one in judged)
    return Audited(start, tip, count, versions, tuple(findings), counted)


@dataclass(frozen=True, slots=True)
class _Span:
    """What is audited: the main line of a repository from `start` to `tip`."""

    folder: Path
    tip: str
    start: str
    line: frozenset[str]
    instance: Instance
    now: datetime


@dataclass(frozen=True, slots=True)
class _Share:
    """The cases that one of `count` processes judges; the first also judges the commits."""

    index: int
    count: int

    @property
    def is_first(self) -> bool:
        return self.index == 0

    def has(self, path: str) -> bool:
        case_id = parse_case_path(path)
        if case_id is None:
            return self.is_first
        return self.count == 1 or zlib.crc32(case_id.encode()) % self.count == self.index


@dataclass(frozen=True, slots=True)
class _Walked:
    """What one process found, each finding with the number of its commit on the line.

    `cases` are the files of all cases by id, as the tip has them; told by the first process.
    """

    found: tuple[tuple[int, AuditFinding], ...]
    versions: int
    began: int
    cases: Mapping[str, str]


def _processes(commits: int) -> int:
    if commits < _SHARED_FROM:
        return 1
    return min(os.cpu_count() or 1, _PROCESSES_AT_MOST)


@contextmanager
def _others(span: _Span, count: int) -> Iterator[Mapping[_Share, "Future[_Walked]"]]:
    """Start the processes beside this one; none where no more can be had."""
    if count < 2:
        yield {}
        return
    shares = [_Share(index, count) for index in range(1, count)]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        try:
            yield {share: pool.submit(_walk, span, share) for share in shares}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _result(walking: "Future[_Walked]", span: _Span, share: _Share) -> _Walked:
    """Wait for what another process found; one that was killed is replaced by this one."""
    try:
        return walking.result()
    except BrokenProcessPool:
        return _walk(span, share)


def _place(found: tuple[int, AuditFinding]) -> tuple[int, Fault, Weight]:
    number, finding = found
    return number, finding.fault, finding.weight


def _walk(span: _Span, share: _Share, step: Callable[[int], None] = lambda _: None) -> _Walked:
    """Walk the line and judge a share of it."""
    # Cases are trees without cycles: looking for some takes a tenth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        repository = open_repository(span.folder)
        found: list[tuple[int, AuditFinding]] = []
        with ObjectReader(repository) as reader:
            audit = _Audit(repository, reader, span, share)
            number = 0
            for slab in _slabs(walk_line(repository, span.tip, span.start)):
                found += audit.judge(slab, number)
                number += len(slab)
                step(len(slab))
        cases = audit.register.cases if share.is_first else {}
        return _Walked(tuple(found), audit.versions, audit.began, cases)
    finally:
        if collects:
            gc.enable()


def _start(
    repository: Repository, line: tuple[str, ...], instance: Instance, since: str | None
) -> tuple[str, tuple[Fault, ...]]:
    if since is not None:
        found = find_on_line(repository, line, since)
        if found is not None:
            return found, ()
    shallow = (repository.common_dir / "shallow").exists()
    baseline = instance.baseline if since is None else None
    if baseline is not None and baseline in set(line):
        return baseline, ()
    if shallow:
        raise Refused(
            "this shallow clone does not hold where the audit begins",
            "fetch all of it: git fetch --unshallow; or say from where: --since REV",
        )
    if baseline is None:
        return line[0], ()
    said = f"the baseline {baseline[:12]} is no commit of the main line"
    hint = "the audit began with the first commit; `audit.baseline` names one that is there"
    return line[0], (Fault(SOURCES, 1, 1, "baseline", said, hint),)


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


class _Audit:
    """The walk: what stood before the next commit, and what has been found to be unreadable."""

    def __init__(
        self, repository: Repository, reader: ObjectReader, span: _Span, share: _Share
    ) -> None:
        self.register = Register(repository, reader, span.start)
        self.versions = 0
        self._reader = reader
        self._share = share
        self._line = span.line
        self._merged = read_merged_pulls(repository, reader)
        self._bot = span.instance.bot.email
        self._local = span.instance.forge == _LOCAL
        self._now = span.now
        first = parse_commit(reader.read(span.start))
        self.began = first.committed if first is not None else 0
        self._previous = self.began
        self._heads: dict[str, BranchCommit | None] = {}
        self._last_good: dict[str, tuple[str, str | None]] = {}
        """By case id, path and blob of the last version that could be read, where the one that
        stands now cannot be, or none does."""

    def judge(self, slab: list[MainCommit], number: int) -> Iterator[tuple[int, AuditFinding]]:
        """Yield what is found in the next commits, the first of which has this number."""
        own = [
            tuple(
                one for one in commit.changes if is_watched(one.path) and self._share.has(one.path)
            )
            for commit in slab
        ]
        self.register.prefetch(
            change for changes in own for change in changes if change.mode != _SUBMODULE
        )
        mine = {
            commit.name
            for commit, changes in zip(slab, own, strict=True)
            if changes or self._share.is_first
        }
        self._heads = read_branch_heads(self._reader, (one for one in slab if one.name in mine))
        for place, commit in enumerate(slab, number):
            watched = {one.path: one for one in commit.changes if is_watched(one.path)}
            if watched and commit.name in mine:
                at = commit_instant(commit.committed)
                for fault, weight in self._judge(commit, watched):
                    yield place, AuditFinding(commit.name, at, fault, weight)
            else:
                for change in sorted(watched.values(), key=_order):
                    self.register.follow(change, commit.committed)
            self._previous = commit.committed

    def _judge(
        self, commit: MainCommit, watched: Mapping[str, FileChange]
    ) -> Iterator[tuple[Fault, Weight]]:
        register = self.register
        team = register.team()
        branch = read_branch(self._reader, commit, self._line, self._heads)
        receipts = self._merged.of(self._reader, commit, watched)
        mergers = _mergers(commit, (one.actor for one in receipts), team)
        if self._share.is_first:
            yield from self._judge_commit(commit, watched, branch, mergers, bool(receipts))
        times = [commit.authored, commit.committed]
        times += [at for one in branch for at in (one.authored, one.committed)]
        hands = frozenset((*mergers, *(name for one in branch for name in goes_by(one.email))))
        arrival = Arrival(commit.committed, min(times))
        rules = register.rules(
            watched,
            hands,
            # On a forge somebody may have approved of whom git does not know.
            approvals_known=self._local,
            find=lambda case_id: self._find(commit.name, watched, case_id),
        )
        for change in sorted(watched.values(), key=_order):
            if change.path.startswith(f"{CASES_FOLDER}/") and self._share.has(change.path):
                for fault in self._judge_case(change, arrival, rules):
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
        for fault in check_merger(first, mergers, self.register.team(), self._bot):
            yield fault, Weight.UNPROVEN
        for fault in self._merged.check(watched.values(), branch, self._bot):
            yield fault, Weight.UNPROVEN
        if SOURCES in watched:
            for fault in self._check_baseline(watched[SOURCES]):
                yield fault, Weight.WARNING

    def _judge_case(self, change: FileChange, arrival: Arrival, rules: Rules) -> Iterator[Fault]:
        path, case_id = change.path, parse_case_path(change.path)
        if case_id is None:
            if change.new is not None and path.endswith(YAML_SUFFIXES):
                yield misplaced(path)
            return
        stood = (path, change.old)
        if change.new is None:
            self._last_good.setdefault(case_id, stood)
            yield case_removed(path)
            return
        if change.mode in _ODD_MODES:
            self._last_good.setdefault(case_id, stood)
            said = f"this is {_ODD_MODES[change.mode]}"
            yield Fault(path, 1, 1, "odd-file", said, "put the file itself there")
            return
        other = self.register.cases.get(case_id, path)
        if change.old is None and other != path:
            yield case_twice(path, other)
        self.versions += 1
        stood = self._last_good.pop(case_id, stood)
        was = self.register.case(*stood)
        after = self.register.case(path, change.new, stood)
        if after is None:
            self._last_good[case_id] = stood
            yield from self._unreadable(path, change.new)
            return
        if check_version(was, after, arrival, rules):
            # Once more with care, to name the places.
            data = self.register.data(change.new)
            placed = parse_case_document(data, path, careful=True) if data is not None else None
            yield from check_version(was, placed or after, arrival, rules)

    def _unreadable(self, path: str, blob: str) -> tuple[Fault, ...]:
        data = self.register.data(blob)
        if data is None:
            return (too_large(path, READ_LIMIT),)
        document = read_document(data, path)
        return check_document("case", document) if isinstance(document, Document) else document

    def _find(
        self, commit: str, watched: Mapping[str, FileChange], case_id: str
    ) -> Document | None:
        """Return another case as the commit has it."""
        path = self.register.cases.get(case_id)
        path = path or next((one for one in watched if parse_case_path(one) == case_id), None)
        if path is None:
            return None
        if path in watched:
            return self.register.case(path, watched[path].new)
        stored = self._reader.read(f"{commit}:{path}")
        if stored is None or stored.data is None:
            return None
        return parse_case_document(stored.data, path)

    def _check_baseline(self, change: FileChange) -> Iterator[Fault]:
        was, now = (_baseline(self.register.data(blob)) for blob in (change.old, change.new))
        if was is not None and was != now:
            said = f"the baseline of the audit was {was[:12]} and is {(now or 'none')[:12]}"
            hint = f"what came before is audited by `doleances audit --since {was[:12]}`"
            yield Fault(SOURCES, 1, 1, "baseline-moved", said, hint)


def _order(change: FileChange) -> tuple[bool, str]:
    """Put what goes first: a case that lies elsewhere now does not lie there twice."""
    return change.new is not None, change.path


def _mergers(commit: MainCommit, actors: Iterable[str], team: Team) -> tuple[str, ...]:
    """Return the names of who put a commit on the main line, by git and by receipts."""
    names = [*goes_by(commit.author_email)]
    if not by_forge(commit.committer_email):
        names += goes_by(commit.committer_email)
    for actor in filter(None, actors):
        person = team.person(actor)
        names += (*person.emails, *person.logins) if person is not None else (actor,)
    return tuple(dict.fromkeys(names))


def _baseline(data: bytes | None) -> str | None:
    """Return the baseline that a `sources.yaml` declares."""
    with suppress(ValueError):
        value: Any = read_value(data or b"")
        said = (value.get("audit") or {}).get("baseline") if isinstance(value, dict) else None
        return said if isinstance(said, str) else None
    return None
