"""The `local` forge: branches and pull requests in git alone, no account, no server.

What the runner writes, and how a person's decision is recorded; `local_refs` looks at
references and changes them, `proposals` opens people's own pull requests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from runner.forges.branches import read_branches
from runner.forges.commits import case_commits, foreign_branches, runner_branch
from runner.forges.local_refs import BRANCHES, LocalRefs, below
from runner.forges.port import Done, ForgeSnapshot, Proposal, Proposed
from runner.forges.proposals import propose
from runner.planning.actions import (
    DeleteDouble,
    DropBranch,
    ObeyCommands,
    OpenPull,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.branches import Outcome
from runner.planning.deliveries import ChannelState
from runner.planning.observation import Cursor, Decision, Pull
from runner.planning.run_record import RunRecord
from runner.policies.values import Bot
from runner.repo.git import (
    Repository,
    parse_desk_branch,
    read_refs,
    read_worktrees,
)
from runner.repo.ledger import LEDGER, Ledger, read_ledger, write_ledger
from runner.repo.objects import ObjectReader, Signature, write_commits
from runner.repo.pulls import COUNTER, PullRecord, pull_commit, read_counter
from runner.repo.receipts import RECEIPTS, Receipt, ReceiptKey, read_receipts
from runner.repo.refs import RefChange
from runner.repo.told import TeamReceipt, Told, write_team_receipts


class LocalForge:
    """A repository as a forge.  `base` is the branch that merged cases live on."""

    def __init__(self, root: Path, base: str, bot: Bot) -> None:
        self.refs = LocalRefs(root, base, Signature(bot.name, bot.email))

    @property
    def own_issues(self) -> None:
        """None: branches and references have no pages."""
        return None

    @property
    def repository(self) -> Repository:
        """The repository that the forge lives in."""
        return self.refs.repository

    def base(self) -> str:
        """Return the commit that the base branch is at now.

        Raises:
            Refused: when there is no base branch, or no commit on it.
        """
        return self.refs.base(read_refs(self.repository, self.refs.base_ref))

    def snapshot(self) -> ForgeSnapshot:
        """Read everything once.

        A pull request that a receipt has ended is not open, even if a killed write
        left its reference behind.
        """
        with ObjectReader(self.repository) as reader:
            seen = self.refs.look(reader)
            base = self.refs.base(seen.refs)
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
                    written_for=pull.head,
                )
                for pull in seen.pulls
                if (pull.branch.case_id, pull.branch.change) not in ended
            )
            of_people = {pull.branch for pull in pulls if parse_desk_branch(pull.branch)}
            return ForgeSnapshot(
                base=base,
                branches=read_branches(
                    self.repository, reader, below(seen.refs, BRANCHES), base, self.refs.bot.email
                ),
                pulls=tuple(pull for pull in pulls if pull.branch not in of_people),
                cursors=read_ledger(reader, seen.refs.get(LEDGER)).cursors,
                ignored=(*foreign_branches(below(seen.refs, BRANCHES)), *seen.ignored),
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
                    self.refs.bot.email,
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
        branches = [runner_branch(push.branch) for push in pushes]
        made = write_commits(self.repository, case_commits(pushes, base, self.refs.bot, now))
        commits = dict(zip(branches, made, strict=True))

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
                self.refs.change(
                    refs.get(RECEIPTS), *(RefChange(b.ref, None, commits[b]) for b in new)
                )
            return answers

        return self.refs.retrying(attempt)

    def renew_branch(self, action: RenewBranch, base: str, now: datetime) -> Done:
        """Put a branch's commit anew on the base, if the branch is where the plan saw it.

        Held while somebody has it checked out, or once it is decided.
        """
        branch = runner_branch(action.branch)
        (commit,) = write_commits(
            self.repository, case_commits((action,), base, self.refs.bot, now)
        )

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            if head == commit:
                return Done.ADOPTED
            if (
                head != action.head
                or branch.ref in read_worktrees(self.repository)
                or self.refs.receipt(reader, seen, branch) is not None
            ):
                return Done.HELD
            self.refs.change(seen.receipts, RefChange(branch.ref, head, commit))
            return Done.DONE

        return self.refs.retrying(attempt)

    def open_pull(self, action: OpenPull, now: datetime) -> Done:
        """Open a pull request, unless its branch has or had one, or is gone."""
        branch = runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            if self.refs.receipt(reader, seen, branch) is not None:
                return Done.HELD
            if seen.pull_of(branch) is not None:
                return Done.ADOPTED
            if head is None:
                return Done.HELD
            counter = seen.refs.get(COUNTER)
            number = read_counter(reader, counter, seen.refs) + 1
            pull = PullRecord(
                number, branch, action.title, action.body, action.labels, now, head=head
            )
            (commit,) = write_commits(self.repository, (pull_commit(pull, self.refs.bot),))
            self.refs.change(
                seen.receipts,
                RefChange(branch.ref, head, head),
                RefChange(pull.ref, seen.refs.get(pull.ref), commit),
                self.refs.counted(counter, number),
            )
            return Done.DONE

        return self.refs.retrying(attempt)

    def update_pull(self, action: UpdatePull) -> Done:
        """Let a pull request say what its branch proposes now.

        Held when the branch or the pull request is not what the plan saw.
        """
        branch = runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
            head, pull = seen.refs.get(branch.ref), seen.pull_of(branch)
            if (
                head != action.head
                or pull is None
                or self.refs.receipt(reader, seen, branch) is not None
            ):
                return Done.HELD
            if pull.head == head:
                return Done.ADOPTED
            now_says = replace(
                pull, title=action.title, body=action.body, labels=action.labels, head=head
            )
            (commit,) = write_commits(self.repository, (pull_commit(now_says, self.refs.bot),))
            self.refs.change(
                seen.receipts,
                RefChange(branch.ref, head, head),
                RefChange(pull.ref, pull.ref_value, commit),
            )
            return Done.DONE

        return self.refs.retrying(attempt)

    def obey_commands(self, _action: ObeyCommands, _base: str, _now: datetime, /) -> Done:
        """Leave it: nobody can comment here."""
        return Done.HELD

    def settle_pull(self, action: SettlePull, now: datetime) -> Done:
        """Record how a pull request ended that a person settled with git alone.

        Held when the branch that was gone is back.
        """
        branch = runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
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
            return self.refs.end(reader, seen, pull, receipt, RefChange(branch.ref, head, head))

        return self.refs.retrying(attempt)

    def withdraw_pull(self, action: WithdrawPull) -> Done:
        """Remove an open pull request with its branch, if that is where the plan saw it.

        Held while somebody has the branch checked out, or once it is decided.
        """
        branch = runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
            head, pull = seen.refs.get(branch.ref), seen.pull_of(branch)
            if head is None and pull is None:
                return Done.ADOPTED
            if (
                head != action.head
                or pull is None
                or branch.ref in read_worktrees(self.repository)
                or self.refs.receipt(reader, seen, branch) is not None
            ):
                return Done.HELD
            self.refs.change(
                seen.receipts,
                RefChange(pull.ref, pull.ref_value, None),
                RefChange(branch.ref, head, None),
            )
            return Done.DONE

        return self.refs.retrying(attempt)

    def drop_branch(self, action: DropBranch) -> Done:
        """Remove a branch if it is still where the plan saw it.

        Held while somebody has it checked out, or while its pull request is open.
        """
        branch = runner_branch(action.branch)

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader, branch.ref)
            head = seen.refs.get(branch.ref)
            if head is None:
                return Done.ADOPTED
            if head != action.head or branch.ref in read_worktrees(self.repository):
                return Done.HELD
            pull = seen.pull_of(branch)
            if pull is not None and self.refs.receipt(reader, seen, branch) is None:
                return Done.HELD
            left_behind = (RefChange(pull.ref, pull.ref_value, None),) if pull else ()
            self.refs.change(seen.receipts, *left_behind, RefChange(branch.ref, head, None))
            return Done.DONE

        return self.refs.retrying(attempt)

    def delete_double(self, _action: DeleteDouble, /) -> Done:
        """Leave it: here no comment can be made twice."""
        return Done.HELD

    def comment(self, comments: Sequence[Told], now: datetime) -> Sequence[Done]:
        """Keep comments, each once: here a comment is the receipt that says it was made."""
        return [Done.DONE if is_new else Done.ADOPTED for is_new in self.keep(comments, now)]

    def keep(self, receipts: Sequence[TeamReceipt], now: datetime) -> Sequence[bool]:
        """Keep for good who was told or has something in hand; tell for each whether it is new."""
        return write_team_receipts(self.repository, receipts, self.refs.bot, now)

    def propose(self, proposal: Proposal, by: Signature, now: datetime) -> Proposed:
        """Commit a person's change of one case on a branch of its own and open its pull request."""
        pull = propose(self.refs, proposal, by, now)
        return Proposed(pull.number, pull.branch)

    def move_cursors(self, cursors: Sequence[Cursor]) -> Done:
        """Write all cursors to the ledger by compare-and-swap."""
        written = write_ledger(self.repository, self.refs.bot, cursors)
        return Done.DONE if written else Done.ADOPTED

    def note_channels(self, states: Sequence[ChannelState]) -> None:
        """Write to the ledger how the channels fare."""
        write_ledger(self.repository, self.refs.bot, channels=states)

    def note_run(self, record: RunRecord) -> None:
        """Write to the ledger how the runs of a verb went."""
        write_ledger(self.repository, self.refs.bot, runs=(record,))

    def ledger(self) -> Ledger:
        """Return what the ledger holds."""
        with ObjectReader(self.repository) as reader:
            return read_ledger(reader, read_refs(self.repository, LEDGER).get(LEDGER))

    def end_pull(
        self, number: int, head: str | None, receipt: Callable[[PullRecord], Receipt]
    ) -> Done:
        """Record a person's decision and remove pull request and branch, in one transaction.

        The branch stays while it is checked out somewhere.  Held when the pull
        request or its branch is not what the person saw.
        """

        def attempt(reader: ObjectReader) -> Done:
            seen = self.refs.look(reader)
            pull = next((p for p in seen.pulls if p.number == number), None)
            if pull is None or seen.refs.get(pull.branch.ref) != head:
                return Done.HELD
            kept = pull.branch.ref in read_worktrees(self.repository)
            branch = RefChange(pull.branch.ref, head, head if kept else None)
            return self.refs.end(reader, seen, pull, receipt(pull), branch)

        return self.refs.retrying(attempt)
