"""Every file of the desk, judged."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from runner.errors import Fault, Severity
from runner.policies.alone import load_privacy
from runner.policies.privacy import FILE as PRIVACY
from runner.policies.privacy import PrivacyPolicy
from runner.repo.case_paths import case_twice
from runner.repo.files import (
    CASES_FOLDER,
    list_passed_over,
    list_yaml_files,
    read_configuration_files,
    read_yaml_file,
)
from runner.repo.judge import Checked, judge_case
from runner.repo.passed import cache_file, passed_key, program_key, read_passed, write_passed
from runner.text.blobs import blob_id

_CHUNK = 250
"""Case files that one process takes at a time: 20 ms of work."""
_WORTH_PROCESSES = 1000
"""Case files from which a second process saves more than it costs to start."""
_MOST_PROCESSES = 8
_LINKED = b"incident-linked"
"""What the file of a case holds that is, or was, linked to an incident."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What cases are judged by.

    `privacy` is None where the masking rules are faulty: personal data is then not
    looked for.  `program` stands for the program and these rules, `before` holds the
    digests of what passed under them.
    """

    root: Path
    privacy: PrivacyPolicy | None
    program: bytes
    before: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseVerdicts:
    """What a number of case files came to; `passed` are digests for the cache.

    `linked` are the paths of cases that are, or were, linked to an incident.
    """

    faults: tuple[Fault, ...]
    passed: tuple[bytes, ...]
    linked: tuple[str, ...] = ()


def check_configuration(root: Path, now: datetime) -> Checked:
    """Judge `sources.yaml`, `policies/`, `templates/`; tell the stories of `policies/tests/`."""
    # `check --base` judges a case without the triage rules, whose import takes its time.
    from runner.clocks.alarms import check_alarms
    from runner.clocks.reach import check_reach
    from runner.planning.expectations import faults_of, run_policy_tests
    from runner.policies.load import load_configuration
    from runner.replies.trial import check_templates

    files, unread = read_configuration_files(root)
    configuration, faults = load_configuration(files)
    if configuration is not None:
        faults += check_reach(configuration, now)
        faults += check_alarms(configuration, now)
        faults += check_templates(configuration)
        for tests in configuration.tests:
            faults += faults_of(run_policy_tests(tests, configuration))
    # A file that could not be read is not missing as well.
    known = {fault.file for fault in unread if fault.severity is Severity.ERROR}
    told = (fault for fault in faults if fault.rule != "missing-file" or fault.file not in known)
    return Checked(
        len(files) + len(unread), tuple(sorted((*unread, *list_passed_over(root), *told)))
    )


def check_cases(
    root: Path,
    wanted: Callable[[str], bool],
    begin: Callable[[int], Callable[[int], None]],
) -> Checked:
    """Judge the cases whose path is wanted; those that passed before are not parsed again.

    `begin` is told how many there are and returns what is told of each number done.
    """
    listed, odd = list_yaml_files(root, CASES_FOLDER)
    paths = [path for path in listed if wanted(path)]
    faults = [fault for fault in odd if wanted(fault.file)]
    faults += (fault for fault in _told_twice(listed) if wanted(fault.file))
    cache = cache_file(root)
    before = read_passed(cache)
    after: set[bytes] = set()
    linked: list[str] = []
    judged = _judged(_measure(root, before), paths)
    done = begin(len(paths))
    for verdicts in judged:
        faults += verdicts.faults
        after.update(verdicts.passed)
        linked += verdicts.linked
        done(_CHUNK)
    if len(paths) < len(listed):
        after |= before
    elif linked:
        from runner.repo.incident_cases import check_equal_treatment

        faults += check_equal_treatment(root, linked)
    if after != before:
        write_passed(cache, after)
    return Checked(len(paths) + len(odd), tuple(sorted(faults)))


def judge_cases(measure: Measure, paths: Sequence[str]) -> CaseVerdicts:
    """Judge some case files, by paths relative to the repository."""
    faults: list[Fault] = []
    passed: list[bytes] = []
    linked: list[str] = []
    folder = str(measure.root)
    for path in paths:
        data = read_yaml_file(folder, path)
        if isinstance(data, Fault):
            faults.append(data)
            continue
        linked += [path] if _LINKED in data else []
        key = passed_key(measure.program, path, blob_id(data))
        found = () if key in measure.before else judge_case(data, path, measure.privacy)
        faults += found
        if not found:
            passed.append(key)
    return CaseVerdicts(tuple(faults), tuple(passed), tuple(linked))


def _measure(root: Path, before: frozenset[bytes]) -> Measure:
    data = read_yaml_file(root, PRIVACY)
    rules = None if isinstance(data, Fault) else data
    if isinstance(data, Fault) and data.rule != "missing-file":
        return Measure(root, None, program_key(b"no rules"))
    return Measure(root, load_privacy(rules), program_key(rules or b""), before)


def _told_twice(paths: Sequence[str]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for path in paths:
        earlier = first.setdefault(PurePosixPath(path).stem, path)
        if earlier != path:
            yield case_twice(path, earlier)


def _judged(measure: Measure, paths: Sequence[str]) -> Iterator[CaseVerdicts]:
    """Begin to judge, and return the verdicts as they come, in any order."""
    chunks = [paths[at : at + _CHUNK] for at in range(0, len(paths), _CHUNK)]
    judge, processes = partial(judge_cases, measure), _processes(len(paths))
    shared: Iterator[CaseVerdicts] = map(judge, chunks)
    if processes > 1:
        from runner.repo.sharing import share_work

        # Here, before a progress bar draws: what is not written yet would be twice.
        shared = share_work(judge, chunks, processes)

    def judged() -> Iterator[CaseVerdicts]:
        # What is made here are trees without cycles: counting references is enough.
        gc.disable()
        try:
            yield from shared
        finally:
            gc.enable()

    return judged()


def _processes(files: int) -> int:
    if files < _WORTH_PROCESSES or sys.platform != "linux":
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
