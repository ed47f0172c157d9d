"""What a range of commits does to the cases: `check --base`.

Reads the changed files alone, so that it costs the same with ten cases and with a hundred
thousand.  Who may decide is judged by the policies of the base: nobody gives himself a role
and uses it in one change.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cases.amendments import added_entries, check_amendment
from runner.cases.authority import Authority, check_authority
from runner.cases.joining import check_merged
from runner.cases.lifecycle import RUNNER
from runner.cases.recorded import Holding, check_recorded, check_runner, check_unsigned
from runner.errors import Fault
from runner.policies.alone import (
    load_bot,
    load_delegation,
    load_incident,
    load_privacy,
    load_team,
)
from runner.policies.delegation import FILE as DELEGATION
from runner.policies.privacy import FILE as PRIVACY
from runner.policies.team import FILE as TEAM
from runner.repo.case_paths import case_removed, case_twice, parse_case_path
from runner.repo.change import Change
from runner.repo.desk_files import DeskFiles, WorkingFiles
from runner.repo.files import SOURCES
from runner.repo.git import open_repository, parse_branch, read_head_branch
from runner.repo.judge import Checked, judge_case
from runner.repo.objects import ObjectReader
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value

if TYPE_CHECKING:
    from runner.policies.incidents import Incident
    from runner.policies.privacy import PrivacyPolicy

_PROMISES_NOTHING = frozenset({"noted", "thanked", "approved", "auto-replied"})
"""Entries after which nobody owes anything, whatever the policy; most changes are quick."""


def check_change(
    root: Path,
    change: Change,
    now: datetime,
    actors: frozenset[str] | None = None,
    *,
    approvals_known: bool = True,
) -> Checked:
    """Judge the changed cases of the working tree: each by itself, and by what it was.

    `actors` and `approvals_known` are those of `runner.cases.authority.Authority`.
    """
    if not change.cases:
        return Checked(0, ())
    repository = open_repository(root)
    branch = read_head_branch(repository) if actors is not None else None
    proposer = Proposer(actors, approvals_known, branch)
    with ObjectReader(repository) as reader:
        faults = judge_change(WorkingFiles(root), reader, change, now, proposer)
    return Checked(len(change.cases), faults)


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes and approves a change, as `runner.cases.authority.Authority` has it.

    `branch` is the one that it is proposed on, None where it has no name here.
    """

    actors: frozenset[str] | None = None
    approvals_known: bool = True
    branch: str | None = None

    @property
    def is_runner(self) -> bool:
        """Whether the change is proposed on a branch of the runner's own."""
        return self.branch is not None and parse_branch(self.branch) is not None

    @property
    def is_person(self) -> bool:
        """Whether the change is proposed on a person's branch, which the runner never writes."""
        return self.branch is not None and self.branch.startswith("desk/")


def judge_change(
    files: DeskFiles,
    reader: ObjectReader,
    change: Change,
    now: datetime,
    proposer: Proposer,
) -> tuple[Fault, ...]:
    """Return what is wrong with the changed cases, wherever the change leads."""
    judge = _Judge(files, reader, change, now, proposer)
    # Most changes are fine; only one that is not is read with care, to name the places.
    found = judge.faults(careful=False)
    return tuple(sorted(judge.faults(careful=True))) if found else ()


@dataclass(frozen=True, slots=True)
class _Judge:
    files: DeskFiles
    reader: ObjectReader
    change: Change
    now: datetime
    proposer: Proposer

    def faults(self, *, careful: bool) -> list[Fault]:
        """Return what is wrong, in no order; the places are right only with care."""
        rules = self.files.read(PRIVACY)
        privacy = load_privacy(None if isinstance(rules, Fault) else rules)
        authority = Authority(
            load_team(self._policy(TEAM)),
            load_delegation(self._policy(DELEGATION)),
            self.proposer.actors,
            self._incident,
            self.proposer.approvals_known,
        )
        faults: list[Fault] = []
        for path in self.change.cases:
            if path in self.change.gone:
                faults += [case_removed(path)] if parse_case_path(path) else []
                continue
            data = self.files.read(path)
            if isinstance(data, Fault):
                faults.append(data)
                continue
            before = self._before(path)
            twice = self._told_twice(path) if before is None else ()
            found = (*judge_case(data, path, privacy), *twice)
            faults += found
            if any(fault.rule == "decider" for fault in found):
                unsigned = _read_case(data, path, careful=careful)
                faults += check_unsigned(unsigned) if unsigned is not None else ()
            after = _read_case(data, path, careful=careful) if not found else None
            if after is None:
                continue
            was = _read_case(before, path, careful=False)
            added = added_entries(was, after)
            faults += judge_amendment(was, after, authority, self.now, self.reader)
            faults += self._other_promises(after, added)
            faults += _check_said(after, added, authority, privacy)
            faults += check_merged(after, added, self._find_case)
            if added and self.change.commits and self.change.timed:
                faults += check_recorded(after, added, tuple(self._holdings(path)))
            faults += self._not_the_runners(path, after, added)
        return faults

    def _holdings(self, path: str) -> Iterator[Holding]:
        """Yield the logs that the commits of the branch hold at a path."""
        for commit in self.change.commits:
            cut = commit.blobs is None
            name = f"{commit.name}:{path}" if commit.blobs is None else commit.blobs.get(path)
            stored = self.reader.read(name) if name is not None else None
            held = _read_case(stored.data, path, careful=False) if stored is not None else None
            if held is not None:
                case: Any = held.value
                yield Holding(case["log"], commit.authored, commit.committed, not cut, commit.email)

    def _not_the_runners(self, path: str, after: Document, added: range) -> Iterator[Fault]:
        """Yield the new entries that a person wrote in the runner's name."""
        case: Any = after.value
        claimed = [index for index in added if case["log"][index]["by"] == RUNNER]
        if not claimed or self.proposer.actors is None or self.proposer.is_runner:
            return
        holdings = () if self.proposer.is_person else tuple(self._holdings(path))
        yield from check_runner(after, claimed, holdings, self._bot())

    def _bot(self) -> str:
        """Return the address that the runner commits by."""
        return load_bot(self._policy(SOURCES)).email

    def _other_promises(self, after: Document, added: range) -> tuple[Fault, ...]:
        """Return what new entries promise otherwise than the desk's policies do."""
        case: Any = after.value
        if all(case["log"][index]["entry"] in _PROMISES_NOTHING for index in added):
            return ()
        # Loaded by those alone that need it, as what counts time is.
        from runner.clocks.policy_checks import check_policies
        from runner.repo.past_policies import PastPolicies

        past = PastPolicies(self.files, self.change, self.reader)
        policy = past.clocks_now()
        if policy is None:
            return ()
        is_new = 0 in added
        return check_policies(after, added, past.clocks, past.stood, policy, is_new=is_new)

    def _before(self, path: str) -> bytes | None:
        """Return what stood at a path, None where there was nothing."""
        blob = self.change.stood[path]
        stored = self.reader.read(blob) if blob is not None else None
        return stored.data if stored is not None else None

    def _incident(self, incident_id: str) -> "Incident | None":
        return load_incident(incident_id, self._policy)

    def _policy(self, path: str) -> bytes | None:
        """Return a policy as it stood; a new one is judged by itself."""
        if self.change.stood.get(path) is not None:
            return self._before(path)
        here = self.files.read(path)
        return here if isinstance(here, bytes) else None

    def _find_case(self, case_id: str) -> Document | None:
        paths = self.files.find(case_id)
        data = self.files.read(paths[0]) if paths else None
        return _read_case(data, paths[0], careful=False) if isinstance(data, bytes) else None

    def _told_twice(self, path: str) -> tuple[Fault, ...]:
        case_id = parse_case_path(path)
        others = [other for other in self.files.find(case_id) if other != path] if case_id else []
        return (case_twice(path, others[0]),) if others else ()


def judge_amendment(
    before: Document | None,
    after: Document,
    authority: Authority,
    now: datetime,
    reader: ObjectReader | None = None,
) -> tuple[Fault, ...]:
    """Return what a change does to a case that it may not; both have passed the schema.

    `reader` finds the calendars that promises name; without one, what counts by a calendar
    is taken as it is written.
    """
    added = added_entries(before, after)
    faults = [*check_amendment(before, after, now), *check_authority(after, added, authority)]
    case: Any = after.value
    if any(case["log"][index].get("clocks") for index in added):
        # Few changes begin a promise; the others do not pay for what counts time.
        from runner.clocks.promise_checks import check_promises
        from runner.repo.open_times import read_pinned_open_time

        faults += check_promises(
            after,
            added,
            lambda clock: read_pinned_open_time(reader, clock) if reader is not None else None,
        )
    return tuple(sorted(faults))


def _check_said(
    after: Document, added: Iterable[int], authority: Authority, privacy: "PrivacyPolicy | None"
) -> tuple[Fault, ...]:
    """Return warnings for the words that new entries say a customer was told."""
    case: Any = after.value
    if all("text" not in case["log"][index] for index in added):
        return ()
    # Loaded by those alone that need it: 80 ms, and as much for a dictionary.
    from runner.repo.said import check_said

    return check_said(after, added, authority, privacy)


def _read_case(data: bytes | None, path: str, *, careful: bool) -> Document | None:
    """Return a case's document, None for what is no case; without care it knows no places."""
    if data is None:
        return None
    document: object = None
    if not careful:
        with suppress(ValueError):
            document = Document(path, read_value(data), {}, {})
    if document is None:
        document = read_document(data, path)
    if isinstance(document, Document) and check_value("case", document.value):
        return document
    return None
