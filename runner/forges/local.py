"""The `local` forge: branches and pull requests in git alone, no account, no server.

Every write is one reference transaction that first verifies `refs/doleances/receipts`,
so that all writers queue at that one reference and a refusal that came meanwhile wins.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from runner.errors import Refused
from runner.forges.branches import read_branches
from runner.forges.port import Done, ForgeSnapshot
from runner.planning.actions import DropBranch, OpenPull, PushBranch, SettlePull
from runner.planning.observation import Cursor, Decision, Outcome, Pull
from runner.policies.values import Bot
from runner.repo.case_paths import parse_case_path
from runner.repo.git import (
    BranchName,
    Repository,
    base_ref,
    open_repository,
    parse_branch,
    parse_desk_branch,
    read_refs,
    read_worktrees,
)
from runner.repo.ledger import LEDGER, read_cursors, write_cursors
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_blob, write_commits
from runner.repo.pulls import (
    COUNTER,
    DESK_PULLS,
    PULLS,
    PullRecord,
    pull_commit,
    read_counter,
    read_pulls,
)
from runner.repo.receipts import RECEIPTS, Receipt, ReceiptKey, read_receipts, render_receipt
from runner.repo.refs import RefChange, RefsMoved, update_refs

BRANCHES = "refs/heads/doleances"
DESK_BRANCHES = "refs/heads/desk"
_TRIES = 20
_NAMES = 100
"""Branches that are called alike, but for a number."""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Seen:
    """The references of the forge at one moment."""

    refs: Mapping[str, str]
    pulls: tuple[PullRecord, ...]
    ignored: tuple[str, ...]

    @property
    def receipts(self) -> str | None:
        """Where the chain of receipts stood."""
        return self.refs.get(RECEIPTS)

    def pull_of(self, branch: BranchName) -> PullRecord | None:
        """Return the open pull request of a branch; of two by mischance, the first."""
        return next((pull for pull in self.pulls if pull.branch == branch), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A person's change of a case: `files` put upon the commit `base`.

    `path` is the file of the case that the branch is named for; `files` may hold others.
    Neither title nor body holds what a customer wrote.
    """

    branch: BranchName
    base: str
    path: str
    files: Mapping[str, bytes]
    title: str
    body: str


class LocalForge:
    """A repository as a forge.  `base` is the branch that merged cases live on."""

    def __init__(self, root: Path, base: str, bot: Bot) -> None:
        self.root = root
        self.base_ref = base_ref(base)
        self.bot = Signature(bot.name, bot.email)

    @cached_property
    def repository(self) -> Repository:
        """The repository, opened when first asked for."""
        return open_repository(self.root)

    def base(self) -> str:
        """Return the commit that the base branch is at now.

        Raises:
            Refused: when there is no base branch, or no commit on it.
        """
        return self._base(read_refs(self.repository, self.base_ref))

    def snapshot(self) -> ForgeSnapshot:
        """Read everything once.

        A pull request that a receipt has ended is not open, even if a killed write
        left its reference behind.
        """
        with ObjectReader(self.repository) as reader:
            seen = self._look(reader)
            base = self._base(seen.refs)
            ended = read_receipts(
                reader, seen.receipts, ((p.branch.case_id, p.branch.change) for p in seen.pulls)
            )
            pulls = tuple(
                Pull(
                    number=pull.number,
                    branch=pull.branch.name,
                    title=pull.title,
                    body=pull.body,
                    opened_at=pull.opened_at,
                    head=seen.refs.get(pull.branch.ref),
                )
                for pull in seen.pulls
                if (pull.branch.case_id, pull.branch.change) not in ended
            )
            of_people = {pull.branch for pull in pulls if parse_desk_branch(pull.branch)}
            return ForgeSnapshot(
                base=base,
                branches=read_branches(
                    self.repository, reader, _below(seen.refs, BRANCHES), base, self.bot.email
                ),
                pulls=tuple(pull for pull in pulls if pull.branch not in of_people),
                cursors=read_cursors(reader, seen.refs.get(LEDGER)),
                ignored=(*_foreign_branches(seen.refs), *seen.ignored),
                proposals=tuple(pull for pull in pulls if pull.branch in of_people),
                proposed=read_branches(
                    self.repository,
                    reader,
                    {
                        f"refs/heads/{p.branch}": p.head
                        for p in pulls
                        if p.branch in of_people and p.head
                    },
                    base,
                    self.bot.email,
                    parse=parse_desk_branch,
                ),
            )

    def decided(self, keys: Iterable[ReceiptKey]) -> Mapping[ReceiptKey, Decision]:
        """Return how those of these `(case id, change)` ended that were decided before."""
        return {
            key: Decision(receipt.outcome, receipt.number, receipt.actor, receipt.reason)
            for key, receipt in self.receipts(keys).items()
        }

    def receipts(self, keys: Iterable[ReceiptKey]) -> Mapping[ReceiptKey, Receipt]:
        """Return the receipts for these `(case id, change)`."""
        with ObjectReader(self.repository) as reader:
            return read_receipts(reader, RECEIPTS, keys)

    def push_branches(
        self, pushes: Sequence[PushBranch], base: str, now: datetime
    ) -> Sequence[Done]:
        """Create all branches in one transaction; one answer for each."""
        branches = [_runner_branch(push.branch) for push in pushes]
        commits = dict(zip(branches, self._intake_commits(pushes, base, now), strict=True))

        def attempt(reader: ObjectReader) -> list[Done]:
            refs = read_refs(self.repository, RECEIPTS) | read_refs(self.repository, BRANCHES)
            decided = read_receipts(
                reader, refs.get(RECEIPTS), ((b.case_id, b.change) for b in branches)
            )
            answers = [
                Done.ADOPTED
                if branch.ref in refs
                else Done.HELD
                if (branch.case_id, branch.change) in decided
                else Done.DONE
                for branch in branches
            ]
            new = [b for b, answer in zip(branches, answers, strict=True) if answer is Done.DONE]
            if new:
                self._change(refs.get(RECEIPTS), *(RefChange(b.ref, None, commits[b]) for b in new))
            return answers

        return self._retrying(attempt)

    def open_pull(self, action: OpenPull, now: datetime) -> Done:
        """Open a pull request, unless its branch has or had one, or is gone."""
        branch = _runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self._look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            if self._receipt(reader, seen, branch) is not None:
                return Done.HELD
            if seen.pull_of(branch) is not None:
                return Done.ADOPTED
            if head is None:
                return Done.HELD
            counter = seen.refs.get(COUNTER)
            number = read_counter(reader, counter, seen.refs) + 1
            pull = PullRecord(number, branch, action.title, action.body, action.labels, now)
            (commit,) = write_commits(self.repository, (pull_commit(pull, self.bot),))
            self._change(
                seen.receipts,
                RefChange(branch.ref, head, head),
                RefChange(pull.ref, seen.refs.get(pull.ref), commit),
                self._counted(counter, number),
            )
            return Done.DONE

        return self._retrying(attempt)

    def propose(self, proposal: Proposal, by: Signature, now: datetime) -> PullRecord:
        """Commit a person's change of one case on a branch of its own, and open its pull request.

        The branch is called as the proposal wants, with a number behind where that name is
        taken or was decided on before.
        """
        if parse_case_path(proposal.path) != proposal.branch.case_id:
            raise Refused(f"{proposal.path} is not the file of the case {proposal.branch.case_id}")

        def attempt(reader: ObjectReader) -> PullRecord:
            seen = self._look(reader)
            branch = self._free_name(reader, seen, proposal.branch)
            counter = seen.refs.get(COUNTER)
            number = read_counter(reader, counter, seen.refs) + 1
            pull = PullRecord(number, branch, proposal.title, proposal.body, (), now)
            change, record = write_commits(
                self.repository,
                (
                    NewCommit(
                        message=f"{proposal.title}\n",
                        by=by,
                        at=now,
                        files=proposal.files,
                        parents=(proposal.base,),
                    ),
                    pull_commit(pull, self.bot),
                ),
            )
            self._change(
                seen.receipts,
                RefChange(branch.ref, None, change),
                RefChange(pull.ref, seen.refs.get(pull.ref), record),
                self._counted(counter, number),
            )
            return pull

        return self._retrying(attempt)

    def _free_name(self, reader: ObjectReader, seen: Seen, wanted: BranchName) -> BranchName:
        """Return the branch, or the same with the next number that nothing is called yet."""
        for number in range(1, _NAMES):
            name = wanted.name if number == 1 else f"{wanted.name}-{number}"
            branch = parse_desk_branch(name)
            if branch is None:
                raise Refused(f"{name!r} is no branch of a verb")
            if branch.ref not in seen.refs and self._receipt(reader, seen, branch) is None:
                return branch
        raise Refused(f"{wanted.name} was proposed {_NAMES - 1} times already")

    def settle_pull(self, action: SettlePull, now: datetime) -> Done:
        """Record how a pull request ended that a person settled with git alone.

        Held when the branch that was gone is back.
        """
        branch = _runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self._look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            pull = seen.pull_of(branch)
            if pull is None:
                return Done.ADOPTED
            if action.outcome is Outcome.REFUSED and head is not None:
                return Done.HELD
            receipt = Receipt(
                case_id=branch.case_id,
                change=branch.change,
                outcome=action.outcome,
                number=pull.number,
                actor="",
                reason=action.reason,
                title=pull.title,
                at=now,
                head=head,
            )
            return self._end(reader, seen, pull, receipt, RefChange(branch.ref, head, head))

        return self._retrying(attempt)

    def drop_branch(self, action: DropBranch) -> Done:
        """Remove a branch if it is still where the plan saw it.

        Held while somebody has it checked out, or while its pull request is open.
        """
        branch = _runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self._look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            if head is None:
                return Done.ADOPTED
            if head != action.head or branch.ref in read_worktrees(self.repository):
                return Done.HELD
            pull = seen.pull_of(branch)
            if pull is not None and self._receipt(reader, seen, branch) is None:
                return Done.HELD
            left_behind = (RefChange(pull.ref, pull.ref_value, None),) if pull else ()
            self._change(seen.receipts, *left_behind, RefChange(branch.ref, head, None))
            return Done.DONE

        return self._retrying(attempt)

    def move_cursors(self, cursors: Sequence[Cursor]) -> Done:
        """Write all cursors to the ledger by compare-and-swap."""
        written = write_cursors(self.repository, cursors, self.bot)
        return Done.DONE if written else Done.ADOPTED

    def end_pull(
        self, number: int, head: str | None, receipt: Callable[[PullRecord], Receipt]
    ) -> Done:
        """Record a person's decision and remove pull request and branch, in one transaction.

        The branch stays while it is checked out somewhere.  Held when the pull
        request or its branch is not what the person saw.
        """

        def attempt(reader: ObjectReader) -> Done:
            seen = self._look(reader)
            pull = next((p for p in seen.pulls if p.number == number), None)
            if pull is None or seen.refs.get(pull.branch.ref) != head:
                return Done.HELD
            kept = pull.branch.ref in read_worktrees(self.repository)
            branch = RefChange(pull.branch.ref, head, head if kept else None)
            return self._end(reader, seen, pull, receipt(pull), branch)

        return self._retrying(attempt)

    def _end(
        self,
        reader: ObjectReader,
        seen: Seen,
        pull: PullRecord,
        receipt: Receipt,
        branch: RefChange,
    ) -> Done:
        gone = RefChange(pull.ref, pull.ref_value, None)
        if self._receipt(reader, seen, pull.branch) is not None:
            self._change(seen.receipts, gone, branch)
            return Done.ADOPTED
        (commit,) = write_commits(
            self.repository,
            (
                NewCommit(
                    message=f"receipts: {receipt.case_id}, {receipt.change}: {receipt.outcome}.\n",
                    by=self.bot,
                    at=receipt.at,
                    files={receipt.path: render_receipt(receipt)},
                    parents=(seen.receipts,) if seen.receipts else (),
                ),
            ),
        )
        update_refs(self.repository, (RefChange(RECEIPTS, seen.receipts, commit), gone, branch))
        return Done.DONE

    def _change(self, receipts: str | None, *changes: RefChange) -> None:
        update_refs(self.repository, (RefChange(RECEIPTS, receipts, receipts), *changes))

    def _receipt(self, reader: ObjectReader, seen: Seen, branch: BranchName) -> Receipt | None:
        key = (branch.case_id, branch.change)
        return read_receipts(reader, seen.receipts, (key,)).get(key)

    def _counted(self, counter: str | None, number: int) -> RefChange:
        """Return the change that a new pull request makes last.

        Git shows the references of a transaction one after the other: who sees the new
        count must see the pull request that was counted.
        """
        return RefChange(COUNTER, counter, write_blob(self.repository, b"%d\n" % number))

    def _look(self, reader: ObjectReader, branches: str = BRANCHES) -> Seen:
        # Git lists references one after the other while others write.  The two that every
        # write moves or verifies are read first: whatever comes later makes ours fail.
        stamps = read_refs(self.repository, RECEIPTS, COUNTER)
        refs = stamps | read_refs(
            self.repository, self.base_ref, branches, DESK_BRANCHES, PULLS, DESK_PULLS, LEDGER
        )
        pulls, unread = read_pulls(reader, _below(refs, PULLS) | _below(refs, DESK_PULLS))
        return Seen(refs, pulls, tuple(f"{ref}: {why}" for ref, why in unread.items()))

    def _base(self, refs: Mapping[str, str]) -> str:
        if self.base_ref not in refs:
            name = self.base_ref.removeprefix("refs/heads/")
            raise Refused(
                f"there is no branch {name}, or no commit on it",
                f"commit the desk's files on {name}, or name the base branch in sources.yaml",
            )
        return refs[self.base_ref]

    def _intake_commits(
        self, pushes: Sequence[PushBranch], base: str, now: datetime
    ) -> tuple[str, ...]:
        for push in pushes:
            if parse_case_path(push.path) != _runner_branch(push.branch).case_id:
                raise Refused(f"{push.path} is not the file of the case on {push.branch}")
        return write_commits(
            self.repository,
            tuple(
                NewCommit(
                    message=push.message,
                    by=self.bot,
                    at=now,
                    files={push.path: push.content.encode()},
                    parents=(base,),
                )
                for push in pushes
            ),
        )

    def _retrying(self, attempt: Callable[[ObjectReader], Answer]) -> Answer:
        """Try until no other writer came in between; each try looks and decides anew."""
        for _ in range(_TRIES):
            with ObjectReader(self.repository) as reader, suppress(RefsMoved):
                return attempt(reader)
        with ObjectReader(self.repository) as reader:
            return attempt(reader)


def _runner_branch(name: str) -> BranchName:
    branch = parse_branch(name)
    if branch is None:
        raise Refused(f"{name!r} is no branch of the runner")
    return branch


def _below(refs: Mapping[str, str], folder: str) -> dict[str, str]:
    return {ref: oid for ref, oid in refs.items() if ref.startswith(f"{folder}/")}


def _foreign_branches(refs: Mapping[str, str]) -> Iterator[str]:
    for ref in _below(refs, BRANCHES):
        name = ref.removeprefix("refs/heads/")
        if parse_branch(name) is None:
            yield f"{name}: no branch of the runner has such a name"
