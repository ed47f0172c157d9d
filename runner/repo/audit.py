"""The register, proved: every merged version of every case against the one before.

A long main line is judged by several processes: each walks a stretch of it, with the desk as it
stood where the stretch begins.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import sqrt
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal
from typing import TYPE_CHECKING

from runner.errors import Fault, Refused
from runner.planning.audit import SIGNATURES, AuditFinding, Weight, check_signature
from runner.policies.alone import load_instance
from runner.policies.values import Instance
from runner.repo.audit_baseline import find_moves
from runner.repo.audit_cases import Stood
from runner.repo.audit_receipts import check_receipts, read_merged_pulls
from runner.repo.audit_walk import Stretch, Walked, walk_stretch
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES
from runner.repo.git import Repository
from runner.repo.mainline import (
    bring_changes,
    committed_at,
    find_on_line,
    means_day,
    read_line,
    read_signatures,
)
from runner.repo.objects import ObjectReader
from runner.repo.partial import bring_trees

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_SHARED_FROM = 4_000
"""Commits from which on sharing pays: starting a process takes as long as judging 1,000."""
_PROCESSES_AT_MOST = 4
"""Each holds the changes that wait to be judged, and the names of all commits: up to 400 MB."""
_ASKED_AT_MOST = 200
"""Cases about which git is asked in one line."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit looked at, and all that it found, in the order of the commits.

    `start` is the commit whose cases were taken as they are, `versions` how many versions of
    cases were judged, `signatures` how many commits have one that is verified, bad, present or
    absent: empty where nobody asked.  `passed` is the baseline where `since` lies before it: a
    day is held to it, and a commit that somebody names is not.
    """

    start: str
    tip: str
    commits: int
    versions: int
    findings: tuple[AuditFinding, ...]
    signatures: Mapping[str, int]
    passed: str | None = None


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

    The desk is what the main line says it is; where that cannot be read, it is `instance`.
    A day before the baseline means the baseline: who asks for less is not told of more.
    `begin` is told how many commits there are, and returns what is told of each step.  With
    `signatures`, git verifies those that there are.

    Raises:
        UsageError: when `since` means no commit of the main line.
        Refused: when the clone is too shallow to hold where the audit begins.
    """
    bring_trees(repository, tip)
    line = read_line(repository, tip)
    with ObjectReader(repository) as reader:
        named = instance.base
        instance = _instance_at(reader, tip) or instance
        moves = find_moves(repository, reader, tip)
    begun = _begin(repository, line, instance, since)
    start = begun.start
    bring_changes(repository, tip, start, (CASES_FOLDER, SOURCES, *CONFIGURATION_FOLDERS))
    audited = line[line.index(start) :]
    count = len(audited) - 1
    step = begin(count)
    # More is audited than was meant, which hides nothing.
    odd = (*begun.faults, *_check_base(named, instance.base))
    findings = [AuditFinding(tip, None, fault, Weight.WARNING) for fault in odd]
    whole = Stretch(repository.start, start, start, tip, frozenset(line), instance, now, moves)
    judged = _judge(repository, _parted(whole, audited, _processes(count)), step)
    findings += (found for walked in judged for found in walked.found)
    with ObjectReader(repository) as reader:
        for fault in check_receipts(
            repository,
            reader,
            read_merged_pulls(repository, reader),
            cases=judged[-1].cases,
            tip=tip,
            began=committed_at(reader, start),
        ):
            findings.append(AuditFinding(tip, None, fault, Weight.BROKEN))
    verdicts = read_signatures(repository, tip, start) if signatures else {}
    for name, verdict in verdicts.items():
        for fault in check_signature(verdict):
            findings.append(AuditFinding(name, None, fault, Weight.BROKEN))
    counted = Counter(SIGNATURES.get(verdict, "present") for verdict in verdicts.values())
    versions = sum(walked.versions for walked in judged)
    return Audited(start, tip, count, versions, tuple(findings), counted, begun.passed)


def audit_case(
    repository: Repository, tip: str, instance: Instance, now: datetime, case_id: str
) -> Audited:
    """Judge one case's versions up to `tip` as an audit of the whole register does.

    What the findings name is its file or its receipts; `commits` are those that were not older
    than where the audit begins, and `versions` those of the case that were judged.

    Raises:
        Refused: when the clone is too shallow to hold where the audit begins.
    """
    line = read_line(repository, tip)
    with ObjectReader(repository) as reader:
        instance = _instance_at(reader, tip) or instance
    start = _begin(repository, line, instance, None).start
    stretch = Stretch(
        repository.start, start, start, tip, frozenset(line), instance, now, case_id=case_id
    )
    walked = walk_stretch(stretch)
    findings = [each for each in walked.found if parse_case_path(each.fault.file) == case_id]
    path = walked.cases.get(case_id)
    with ObjectReader(repository) as reader:
        for fault in check_receipts(
            repository,
            reader,
            read_merged_pulls(repository, reader, case_id),
            cases={case_id: path} if path is not None else {},
            tip=tip,
            began=committed_at(reader, start),
        ):
            if f"/{case_id}/" in fault.file:
                findings.append(AuditFinding(tip, None, fault, Weight.BROKEN))
    count = len(line) - 1 - line.index(start)
    return Audited(start, tip, count, walked.versions, tuple(findings), {})


def _instance_at(reader: ObjectReader, tip: str) -> Instance | None:
    """Return the desk as a commit has it: what lies in the working tree proves nothing."""
    stored = reader.read(f"{tip}:{SOURCES}")
    return load_instance(stored.data) if stored is not None else None


def _check_base(named: str, base: str) -> Iterator[Fault]:
    """Yield the fault of a branch that was audited, and says that another is the main line."""
    if named != base:
        said = f"{named} was audited, and its sources.yaml says that the base is {base}"
        hint = f"audit {base} too: with `base: {base}` in the sources.yaml that lies here"
        yield Fault(SOURCES, 1, 1, "base-elsewhere", said, hint)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where an audit begins, what is odd about that, and the baseline that `since` passed."""

    start: str
    faults: tuple[Fault, ...] = ()
    passed: str | None = None


def _begin(
    repository: Repository, line: tuple[str, ...], instance: Instance, since: str | None
) -> _Begun:
    named = find_on_line(repository, line, since) if since is not None else None
    baseline = instance.baseline
    if baseline is not None and baseline in set(line):
        if since is None:
            return _Begun(baseline)
        if named is None or line.index(named) < line.index(baseline):
            start = baseline if named is None or means_day(since) else named
            return _Begun(start, passed=baseline)
    if named is not None:
        return _Begun(named)
    if (repository.common_dir / "shallow").exists():
        raise Refused(
            "this shallow clone does not hold where the audit begins",
            "fetch all of it: git fetch --unshallow; or say from where: --since REV",
        )
    if baseline is None:
        return _Begun(line[0])
    said = f"the baseline {baseline[:12]} is no commit of the main line"
    hint = "the audit began with the first commit; `audit.baseline` names one that is there"
    return _Begun(line[0], (Fault(SOURCES, 1, 1, "baseline", said, hint),))


def _processes(commits: int) -> int:
    if commits < _SHARED_FROM:
        return 1
    return min(os.cpu_count() or 1, _PROCESSES_AT_MOST)


def _parted(whole: Stretch, line: Sequence[str], count: int) -> tuple[Stretch, ...]:
    """Return stretches of one cost that make up the whole; `line` are its commits.

    Logs get longer: the last commit costs half more than the first, and what `part` of all
    commits costs is `part + part ** 2 / 4`, 1.25 for the whole.
    """
    last = len(line) - 1
    costs = (1.25 * nth / count for nth in range(count + 1))
    ends = dict.fromkeys(round(last * 2 * (sqrt(1 + cost) - 1)) for cost in costs)
    parts = pairwise(ends)
    return tuple(replace(whole, start=line[a], tip=line[b]) for a, b in parts) or (whole,)


def _judge(
    repository: Repository, stretches: Sequence[Stretch], step: Callable[[int], None]
) -> list[Walked]:
    """Return what is found in each stretch, by the desk as the one before left it."""
    try:
        alone = _shared(stretches, step)
    except OSError:
        # The others may have what this one lacks: processes, files, memory.
        alone = [walk_stretch(stretch, step) for stretch in stretches]
    judged: list[Walked] = []
    left: Mapping[str, Stood] = {}
    for stretch, walked in zip(stretches, alone, strict=True):
        goes_on = left and _changes_any(repository, stretch, left)
        judged.append(walk_stretch(replace(stretch, left=left)) if goes_on else walked)
        left = judged[-1].left if goes_on else {**left, **walked.left}
    return judged


def _shared(stretches: Sequence[Stretch], step: Callable[[int], None]) -> list[Walked]:
    """Walk stretches side by side, the last in this process."""
    with _others(stretches[:-1]) as others:
        # What this process has done stands for what the others have.
        side_by_side = 1 + sum(other is not None for other in others)
        last = walk_stretch(stretches[-1], lambda count: step(count * side_by_side))
        shared = zip(stretches[:-1], others, strict=True)
        return [*(_result(stretch, other, step) for stretch, other in shared), last]


def _changes_any(repository: Repository, stretch: Stretch, left: Mapping[str, Stood]) -> bool:
    """Whether a stretch goes on with cases that could not be read where it began."""
    if len(left) > _ASKED_AT_MOST:
        return True
    files = (f":(glob){CASES_FOLDER}/**/{case_id}.yaml" for case_id in left)
    return bool(
        repository.text(
            "rev-list", "-1", "--first-parent", stretch.tip, f"^{stretch.start}", "--", *files
        )
    )


@contextmanager
def _others(stretches: Sequence[Stretch]) -> "Iterator[Sequence[Connection | None]]":
    """Let other processes walk stretches; None stands for each that cannot be had."""
    with ExitStack() as ended:
        others = [_started(ended) for _ in stretches]
        yield [*map(_asked, others, stretches)]


def _started(ended: ExitStack) -> "Connection | None":
    """Start a process, and return where it is asked and answers.

    A pool would need threads of its own, and hangs where it gets but the first of them.
    """
    spawning = get_context("spawn")
    try:
        ours, theirs = spawning.Pipe()
        ended.enter_context(ours)
        with theirs:
            process = spawning.Process(target=_answer, args=(theirs,), daemon=True)
            process.start()
    except OSError:
        return None
    ended.callback(process.join)
    ended.callback(process.terminate)
    return ours


def _asked(other: "Connection | None", stretch: Stretch) -> "Connection | None":
    if other is not None:
        with suppress(OSError):
            other.send(stretch)
            return other
    return None


def _answer(asked: "Connection") -> None:
    """Walk a stretch in a process beside the one that asked, which ends this one with itself.

    Where that fails nothing is answered: who asked walks, and tells what is wrong if it still is.
    """
    signal(SIGINT, SIG_IGN)
    with suppress(Exception):
        asked.send(walk_stretch(asked.recv()))


def _result(stretch: Stretch, other: "Connection | None", step: Callable[[int], None]) -> Walked:
    """Wait for what another process found; one that failed is replaced by this one."""
    if other is None:
        return walk_stretch(stretch, step)
    with suppress(EOFError, OSError):
        walked: Walked = other.recv()
        return walked
    return walk_stretch(stretch)
