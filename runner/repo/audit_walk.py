"""A stretch of the main line, walked: what does not hold in its commits and their cases.

Streams the commits, the oldest first, and reads changed files alone, in bulk and case by case.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

from runner.errors import Fault
from runner.planning.audit import (
    Arrival,
    AuditFinding,
    Rules,
    Weight,
    check_ahead,
    check_merger,
    check_order,
    outside_pull_request,
    weigh,
)
from runner.planning.commits import by_forge, commit_instant, goes_by, is_squash
from runner.policies.team import Team
from runner.policies.values import Instance
from runner.repo.audit_brought import Side, check_brought, find_sides
from runner.repo.audit_cases import ODD_MODES, Came, CaseJudge, Found, Stood
from runner.repo.audit_policies import check_policy
from runner.repo.audit_receipts import read_merged_pulls
from runner.repo.case_diffs import CaseDiffs, CaseFiles, Pair
from runner.repo.case_paths import (
    case_removed,
    case_twice,
    find_case_file_at,
    parse_case_path,
)
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES, YAML_SUFFIXES
from runner.repo.git import FileChange, open_repository
from runner.repo.judge import misplaced
from runner.repo.mainline import (
    BranchCommit,
    MainCommit,
    committed_at,
    read_branch,
    read_branch_heads,
    walk_line,
)
from runner.repo.objects import ObjectReader
from runner.repo.register import Register, is_watched
from runner.text.strict_yaml import BYTES_LIMIT

_AT_ONCE = 400
"""Commits and changed files that are looked at before more are read."""
_WAITING_AT_MOST = 200_000
"""Changes of cases, of half a kilobyte each, that wait until their cases are judged."""
_TIMES_AT_MOST = 20_000
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The commits after `start` up to `tip`, of an audit that began at `began`.

    `line` are the commits of the whole main line, `moves` what is told of those that moved the
    baseline.  `left` are the cases that could not be read
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
    moves: Mapping[str, Fault] = field(default_factory=dict)
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
        with (
            ObjectReader(repository, BYTES_LIMIT) as reader,
            ObjectReader(repository, BYTES_LIMIT) as versions,
            CaseDiffs(repository) as diffs,
        ):
            walk = _Walk(reader, versions, diffs, stretch, step=step)
            commits = walk_line(repository, stretch.tip, stretch.start, stretch.paths)
            for slab in _slabs(commits):
                walk.look(slab)
            return walk.end()
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
    """Looks at commits one after the other, then at the cases that they changed.

    What no case says is judged at once.  What is asked of cases waits, each with the rules of its
    commit, until there is much of it, or a case comes to lie elsewhere.
    """

    def __init__(
        self,
        reader: ObjectReader,
        versions: ObjectReader,
        diffs: CaseDiffs,
        stretch: Stretch,
        *,
        step: Callable[[int], None],
    ) -> None:
        repository = reader.repository
        self._register = Register(
            repository, reader, stretch.began, stretch.start, stretch.instance
        )
        self._judge = CaseJudge(reader, versions, stretch.left, self._find)
        self._reader = reader
        self._diffs = diffs
        self._line = stretch.line
        self._moves = stretch.moves
        self._repository = repository
        self._is_one_case = stretch.case_id is not None
        self._merged = read_merged_pulls(repository, reader, stretch.case_id)
        self._now = stretch.now
        self._previous = committed_at(reader, stretch.start)
        self._times: dict[str, int] = {}
        """When commits of the main line were made: of some of the last."""
        self._known: dict[str, BranchCommit | None] = {}
        """Commits of branches that came with those that are looked at."""
        self._step = step
        self._looked_at = 0
        self._told = 0
        self._waiting: list[Came] = []
        self._found: list[Found] = []

    def look(self, slab: list[MainCommit]) -> None:
        """Judge the next commits by themselves, and let the cases that they changed wait."""
        self._known = read_branch_heads(self._reader, slab)
        sides = {commit.name: found for commit in slab if (found := self._find_sides(commit))}
        brought = self._diffs.read(
            (side.head, side.near) for some in sides.values() for side in some
        )
        for commit in slab:
            if self._is_one_case and commit.parents:
                self._previous = committed_at(self._reader, commit.parents[0])
            watched = {one.path: one for one in commit.changes if is_watched(one.path)}
            if commit.name in sides:
                self._check_brought(commit, sides[commit.name], brought, watched)
            if watched:
                self._look(commit, watched)
            self._looked_at += 1
            self._previous = self._times[commit.name] = commit.committed
        if len(self._times) >= _TIMES_AT_MOST:
            self._times.clear()
        if len(self._waiting) >= _WAITING_AT_MOST:
            self._judge_waiting()

    def _find_sides(self, commit: MainCommit) -> tuple[Side, ...]:
        """Return what a merge brought and may have left something out of."""
        if len(commit.parents) < 2:
            return ()
        head = self._known[commit.parents[1]]
        if (
            head is not None
            and len(commit.parents) == 2
            and len(head.parents) == 1
            and head.parents[0] in self._line
        ):
            # Most branches have one commit, and what is merged at once is just its files.
            fresh = head.tree == commit.tree
            return () if fresh else (Side(head.name, head.parents[0], is_direct=True),)
        branch = read_branch(self._reader, commit, self._line, self._known)
        return find_sides(commit, branch, self._line)

    def _check_brought(
        self,
        commit: MainCommit,
        sides: tuple[Side, ...],
        brought: Mapping[Pair, CaseFiles],
        watched: Mapping[str, FileChange],
    ) -> None:
        def rules() -> Rules:
            makers = frozenset(_committers(commit.author_email, commit.committer_email))
            return self._register.rules(watched, makers, approvals_known=self._is_local())

        for fault, weight in check_brought(self._reader, commit, sides, brought, rules):
            self._keep(commit, fault, weight)

    def end(self) -> Walked:
        """Return what was found, once the last commit was looked at."""
        self._judge_waiting()
        found = [
            AuditFinding(one.commit, commit_instant(one.committed), one.fault, one.weight)
            for one in sorted(set(self._found))
        ]
        judge = self._judge
        return Walked(tuple(found), judge.versions, self._register.cases, judge.left)

    def _judge_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        count, done = len(waiting), 0

        def step(versions: int) -> None:
            nonlocal done
            done += versions
            self._tell((self._looked_at - begun) * done // count + begun)

        begun = self._told
        self._found += self._judge.judge(waiting, step)
        self._tell(self._looked_at)

    def _tell(self, commits: int) -> None:
        self._step(commits - self._told)
        self._told = commits

    def _is_local(self) -> bool:
        """Whether the desk had no forge but git before the commit that is looked at."""
        return self._register.forge() == _LOCAL

    def _look(self, commit: MainCommit, watched: Mapping[str, FileChange]) -> None:
        register = self._register
        if any(map(register.moves, watched.values())):
            self._judge_waiting()
        branch = read_branch(self._reader, commit, self._line, self._known)
        receipts = self._merged.of(self._reader, commit, watched, self._line)
        mergers = _committers(commit.author_email, commit.committer_email)
        local = self._is_local()
        if receipts and not local:
            # Whoever accepts on the local forge makes the merge; others make it for somebody.
            mergers = _with_actors(mergers, (one.actor for one in receipts), register.team())
        for fault, weight in self._judge_commit(commit, watched, branch, mergers, bool(receipts)):
            self._keep(commit, fault, weight)
        times = [min(one.authored, one.committed) for one in branch]
        arrival = Arrival(commit.committed, min(commit.authored, commit.committed, *times))
        emails = [one.email for one in branch]
        if receipts and not local:
            # Of what a forge squashed no author need be left; the run that told of it knew its own.
            emails += register.bots()
        rules = register.rules(
            watched,
            _names(mergers, tuple(emails)),
            # On a forge somebody may have approved of whom git does not know.
            approvals_known=local,
        )
        for change in sorted(watched.values(), key=_order):
            case_id = parse_case_path(change.path)
            for fault in self._judge_change(change, case_id):
                self._keep(commit, fault, weigh(fault))
            if case_id is None:
                for fault in check_policy(change, rules.authority, register.data):
                    self._keep(commit, fault, weigh(fault))
            else:
                came = Came(self._looked_at, commit.name, case_id, change, arrival, rules)
                self._waiting.append(came)
            register.follow(change, commit.committed)

    def _keep(self, commit: MainCommit, fault: Fault, weight: Weight) -> None:
        found = Found(self._looked_at, fault, weight, commit.name, commit.committed)
        self._found.append(found)

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
        squashed = not self._is_local() and is_squash(commit.committer_email, commit.subject)
        if not (branch or has_receipt or squashed):
            yield outside_pull_request(first, len(watched)), Weight.UNPROVEN
        bots = self._register.bots()
        for fault in check_merger(first, mergers, self._register.team(), bots):
            yield fault, Weight.UNPROVEN
        for fault in self._merged.check(watched.values(), branch, bots):
            yield fault, Weight.UNPROVEN
        # A clock may have been wrong, or a rebase have kept the dates.
        for fault in islice(self._check_branch(first, commit, branch), 1):
            yield fault, Weight.WARNING
        if commit.name in self._moves:
            yield self._moves[commit.name], Weight.WARNING

    def _check_branch(
        self, file: str, commit: MainCommit, branch: tuple[BranchCommit, ...]
    ) -> Iterator[Fault]:
        """Yield the faults of commits of a branch that say they are older than what is below."""
        times = {one.name: one.committed for one in branch}
        for head in commit.parents[1:]:
            yield from check_order(file, commit.committed, times.get(head))
        for one in branch:
            for parent in one.parents:
                before = times[parent] if parent in times else self._made_at(parent)
                yield from check_order(file, one.committed, before)

    def _made_at(self, name: str) -> int | None:
        """Return when a commit of the main line was made, None for any other."""
        if name in self._times or name not in self._line:
            return self._times.get(name)
        return committed_at(self._reader, name)

    def _judge_change(self, change: FileChange, case_id: str | None) -> Iterator[Fault]:
        """Yield what is wrong with what became of a file, whatever it says."""
        path = change.path
        if change.mode in ODD_MODES:
            said = f"this is {ODD_MODES[change.mode]}"
            yield Fault(path, 1, 1, "odd-file", said, "put the file itself there")
        elif case_id is None:
            in_cases = path.startswith(f"{CASES_FOLDER}/")
            if in_cases and change.new is not None and path.endswith(YAML_SUFFIXES):
                yield misplaced(path)
        elif change.new is None:
            yield case_removed(path)
        elif change.old is None and (others := self._register.files_of(case_id) - {path}):
            yield case_twice(path, min(others))

    def _find(self, commit: str, case_id: str) -> str | None:
        """Return the file of a case that a commit may hold."""
        path = self._register.cases.get(case_id)
        if path is None and self._is_one_case:
            # What came of other cases since the start was not followed.
            return find_case_file_at(self._repository, commit, case_id)
        return path


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
