"""A case's versions on the main line, read by its one file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from runner.cases.case import Case
from runner.clocks.business_time import OpenTime
from runner.planning.case_changes import compare_cases
from runner.planning.history import Version, pinned_clocks
from runner.policies.alone import load_team
from runner.policies.calendars import calendar_file
from runner.policies.team import FILE as TEAM
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.git import Repository, is_object_name, read_refs
from runner.repo.mainline import MainCommit
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_pinned_open_time
from runner.repo.partial import bring_objects, cut_commits, promising_remote
from runner.repo.receipts import EVERY, RECEIPTS, Receipt, read_receipts, receipts_of


def read_history(
    repository: Repository, path: str, commits: Iterable[MainCommit]
) -> tuple[tuple[Version, ...], Mapping[str, OpenTime]]:
    """Return the merged versions of a case's file, the oldest first.

    `commits` are those of the main line that changed it, the newest first: each version is read
    while git still walks to the next.  And the calendars that its promises count by, as they
    were: by the blobs of their files.  In a clone that leaves files out, what is to be read
    comes by one request for the versions and one for the calendars.
    """
    case_id = parse_case_path(path) or ""
    remote = promising_remote(repository)
    with ObjectReader(repository) as reader:
        chain = read_refs(repository, RECEIPTS).get(RECEIPTS)
        receipts = tuple(read_receipts(reader, chain, [(case_id, EVERY)]).values())
        if remote is not None:
            commits = tuple(commits)
            bring_objects(repository, remote, _needed(commits, path))
        alone = [*_versions(reader, commits, path, receipts)]
        versions = tuple(_one_after_another(reversed(alone)))
        open_times: dict[str, OpenTime] = {}
        if remote is not None:
            bring_objects(repository, remote, _calendars(versions))
        for clock in pinned_clocks(versions):
            blob = clock.policies.get(calendar_file(clock.calendar)) if clock.calendar else None
            if blob is not None and blob not in open_times:
                open_time = read_pinned_open_time(reader, clock)
                open_times |= {blob: open_time} if open_time is not None else {}
    return versions, open_times


def _needed(commits: Iterable[MainCommit], path: str) -> Iterator[str]:
    for commit in commits:
        yield f"{commit.name}:{TEAM}"
        yield from (one.new for one in commit.changes if one.path == path and one.new is not None)


def _calendars(versions: tuple[Version, ...]) -> Iterator[str]:
    for clock in pinned_clocks(versions):
        blob = clock.policies.get(calendar_file(clock.calendar)) if clock.calendar else None
        if blob is not None and is_object_name(blob):
            yield blob


def _versions(
    reader: ObjectReader, commits: Iterable[MainCommit], path: str, receipts: tuple[Receipt, ...]
) -> Iterator[Version]:
    cut = cut_commits(reader.repository)
    for commit in commits:
        change = next((one for one in commit.changes if one.path == path), None)
        if change is None:
            continue
        receipt = next(iter(receipts_of(reader, commit, change, receipts)), None)
        team = reader.read(f"{commit.name}:{TEAM}")
        yield Version(
            commit=commit.name,
            committed=commit.committed,
            is_merge=commit.is_merge,
            author=commit.author,
            author_email=commit.author_email,
            committer_email=commit.committer_email,
            subject=commit.subject,
            receipt=(receipt.number, receipt.actor) if receipt is not None else None,
            team=load_team(team.data if team is not None else None),
            before=None,
            after=_case(reader, change.new, path),
            gone=change.new is None,
            cut=commit.name in cut,
        )


def _one_after_another(versions: Iterable[Version]) -> Iterator[Version]:
    """Yield versions, the oldest first, each with what was there before it."""
    before: Case | None = None
    for version in versions:
        yield replace(version, before=before, changes=compare_cases(before, version.after))
        before = version.after or before


def _case(reader: ObjectReader, blob: str | None, path: str) -> Case | None:
    stored = reader.read(blob) if blob is not None else None
    case = read_case(stored.data, path) if stored is not None and stored.data else None
    return case if isinstance(case, Case) else None
