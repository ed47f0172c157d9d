"""A case's versions on the main line, read by its one file."""

import re
from collections.abc import Iterator, Mapping

from runner.cases.case import Case
from runner.clocks.business_time import OpenTime
from runner.errors import UsageError
from runner.model import KEY
from runner.planning.history import Version, pinned_clocks
from runner.policies.alone import load_team
from runner.policies.calendars import calendar_file
from runner.policies.team import FILE as TEAM
from runner.repo.audit_receipts import receipts_of
from runner.repo.case_files import read_case
from runner.repo.case_paths import find_case_file_at, parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import Repository, read_refs
from runner.repo.mainline import MainCommit, walk_line
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_pinned_open_time
from runner.repo.receipts import EVERY, RECEIPTS, Receipt, read_receipts


def find_path(repository: Repository, tip: str, wanted: str) -> str:
    """Return the file of a case, which an id or the path itself names; also of one that is gone.

    Raises:
        UsageError: when no merged commit ever held it.
    """
    case_id = parse_case_path(wanted) or wanted
    if not re.fullmatch(KEY, case_id):
        raise UsageError(f"{wanted!r} is no case id", "such as c-7f3k2m9x4q5t")
    path = find_case_file_at(repository, tip, case_id)
    if path is None:
        listed = repository.text(
            "log", "-1", "--first-parent", "-m", "--diff-filter=D", "--no-renames",
            "--name-only", "--format=", "-z", tip, "--",
            f":(glob){CASES_FOLDER}/*/*/*/{case_id}.yaml",
        )  # fmt: skip
        path = next((word for word in listed.split("\0") if parse_case_path(word)), None)
    if path is None:
        raise UsageError(
            f"no commit on the main line holds {case_id}",
            "`doleances pulls` lists what waits to be accepted",
        )
    return path


def read_history(
    repository: Repository, tip: str, path: str
) -> tuple[tuple[Version, ...], Mapping[str, OpenTime]]:
    """Return the merged versions of a case's file, the oldest first.

    And the calendars that its promises count by, as they were: by the blobs of their files.
    """
    case_id = parse_case_path(path) or ""
    with ObjectReader(repository) as reader:
        chain = read_refs(repository, RECEIPTS).get(RECEIPTS)
        receipts = tuple(read_receipts(reader, chain, [(case_id, EVERY)]).values())
        commits = tuple(walk_line(repository, tip, paths=(path,)))
        versions = tuple(_versions(reader, commits, path, receipts))
        open_times: dict[str, OpenTime] = {}
        for clock in pinned_clocks(versions):
            blob = clock.policies.get(calendar_file(clock.calendar)) if clock.calendar else None
            if blob is not None and blob not in open_times:
                open_time = read_pinned_open_time(reader, clock)
                open_times |= {blob: open_time} if open_time is not None else {}
    return versions, open_times


def _versions(
    reader: ObjectReader, commits: tuple[MainCommit, ...], path: str, receipts: tuple[Receipt, ...]
) -> Iterator[Version]:
    before: Case | None = None
    for commit in commits:
        change = next((one for one in commit.changes if one.path == path), None)
        if change is None:
            continue
        after = _case(reader, change.new, path)
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
            before=before,
            after=after,
            gone=change.new is None,
        )
        before = after or before


def _case(reader: ObjectReader, blob: str | None, path: str) -> Case | None:
    stored = reader.read(blob) if blob is not None else None
    case = read_case(stored.data, path) if stored is not None and stored.data else None
    return case if isinstance(case, Case) else None
