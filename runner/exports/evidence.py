"""All that proves one case, read from git alone: a bare clone has it too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.case import Case
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import standings
from runner.errors import FaultyFiles, Refused
from runner.planning.audit import AuditFinding, Weight
from runner.planning.clock_accounts import ClockAccount, account_for
from runner.planning.commits import commit_instant
from runner.planning.history import Version
from runner.policies.clocks import Matter
from runner.policies.load import load_configuration
from runner.policies.values import Configuration, Instance
from runner.repo.audit import audit_case
from runner.repo.audit_baseline import find_moves
from runner.repo.configuration import read_configuration_at
from runner.repo.git import Repository
from runner.repo.history import read_history
from runner.repo.mainline import committed_at, find_path, read_line, walk_line
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_open_times
from runner.repo.origins import read_origins
from runner.repo.partial import bring_trees

PARTS = 3
"""What `read_evidence` reads one after the other: the history, the files, the audit."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A version of the case's file as git holds it: `blob` is its name there, `digest` SHA-256.

    Both are None where the version removed the file.
    """

    version: Version
    blob: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A case as the main line has it at the commit `tip`, and what proves it.

    `findings` are of an audit of this case, also that its start was moved.  It began after the
    commit `audited_from`, made at `audited_since`, and judged `audited` of the case's versions,
    all but the first `unjudged`.
    `source` is the text of the file.
    """

    case: Case
    path: str
    tip: str
    source: str
    filed: tuple[Filed, ...]
    accounts: tuple[ClockAccount, ...]
    open_times: dict[str, OpenTime]
    configuration: Configuration
    findings: tuple[AuditFinding, ...]
    audited: int
    audited_from: str
    audited_since: datetime
    unjudged: int


def read_evidence(
    repository: Repository,
    tip: str,
    instance: Instance,
    wanted: str,
    now: datetime,
    *,
    done: Callable[[], None] = lambda: None,
) -> Evidence:
    """Return what proves a case, named by its id or its file; `done` is told of each of `PARTS`.

    Raises:
        UsageError: when no merged commit ever held the case.
        Refused: when no version of its file can be read, or the clone is too shallow.
        FaultyFiles: when the policies at `tip` have faults.
    """
    bring_trees(repository, tip)
    path = find_path(repository, tip, wanted)
    commits = walk_line(repository, tip, paths=(path,), newest_first=True)
    versions, pinned = read_history(repository, path, commits)
    done()
    if versions and versions[0].cut:
        raise Refused(
            f"this shallow clone does not hold how {path} began: it proves little",
            "fetch all of it: git fetch --unshallow",
        )
    case = next((v.after for v in reversed(versions) if v.after is not None), None)
    if case is None:
        raise Refused(f"no version of {path} can be read", f"`doleances history {wanted}` says why")
    configuration, faults = load_configuration(read_configuration_at(repository, tip))
    if configuration is None:
        raise FaultyFiles(faults)
    filed, source = _read_files(repository, versions, path)
    done()
    clocks = tuple(clock for entry in case.log for clock in entry.clocks)
    open_times = read_open_times(repository.start, clocks, configuration) | dict(pinned)
    audited = audit_case(repository, tip, instance, now, case.id)
    done()
    judged = read_line(repository, f"{audited.start}..{tip}")
    with ObjectReader(repository) as reader:
        since = commit_instant(committed_at(reader, audited.start))
        moves = find_moves(repository, reader, tip)
    moved = (
        AuditFinding(name, None, moves[name], Weight.WARNING) for name in judged if name in moves
    )
    return Evidence(
        case,
        path,
        tip,
        source,
        filed,
        _accounts(repository, tip, case, configuration, now=now, open_times=open_times),
        open_times,
        configuration,
        (*moved, *audited.findings),
        audited.versions,
        audited.start,
        since,
        len({version.commit for version in versions} - set(judged)),
    )


def _read_files(
    repository: Repository, versions: tuple[Version, ...], path: str
) -> tuple[tuple[Filed, ...], str]:
    filed: list[Filed] = []
    text = b""
    with ObjectReader(repository) as reader:
        stored = reader.read_all(f"{version.commit}:{path}" for version in versions)
        for version, blob in zip(versions, stored, strict=True):
            if blob is None or blob.data is None:
                filed.append(Filed(version, blob.oid if blob is not None else None, None))
                continue
            text = blob.data
            filed.append(Filed(version, blob.oid, sha256(text).hexdigest()))
    return tuple(filed), text.decode("utf-8", "replace")


def _accounts(
    repository: Repository,
    tip: str,
    case: Case,
    configuration: Configuration,
    *,
    now: datetime,
    open_times: dict[str, OpenTime],
) -> tuple[ClockAccount, ...]:
    stand = standings(case.log, now, open_times)
    matter = Matter(case.urgency, case.category, case.places[0].source, case.product)
    origins = read_origins(
        repository.start, (one.course.clock for one in stand), matter, configuration, tip
    )
    return tuple(
        account_for(standing, now, open_times, origin)
        for standing, origin in zip(stand, origins, strict=True)
    )
