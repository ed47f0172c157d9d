"""The runner's branches on a server: made, put anew, removed.

Each is changed only from where the plan saw it, and not where people have decided meanwhile: who
loses that race looks again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.forges.commits import case_commits, runner_branch
from runner.forges.hosted_look import HostedLook, key_of
from runner.forges.port import Done
from runner.forges.remote_refs import RemoteRefs
from runner.planning.actions import DropBranch, PushBranch, RenewBranch, WithdrawPull
from runner.repo.objects import ObjectReader, write_commits
from runner.repo.opened import read_opened
from runner.repo.refs import RefChange


def push_branches(
    refs: RemoteRefs, look: HostedLook, pushes: Sequence[PushBranch], base: str, now: datetime
) -> Sequence[Done]:
    """Create all branches in one push; one answer for each."""
    branches = [runner_branch(push.branch) for push in pushes]
    refs.seen()  # It brings the base here, where a plan comes from another clone.
    made = write_commits(refs.repository, case_commits(pushes, base, refs.bot, now))

    def attempt(reader: ObjectReader, seen: Mapping[str, str]) -> list[Done]:
        decided = look.receipts(reader, map(key_of, branches))
        answers = [
            Done.ADOPTED
            if branch.ref in seen
            else Done.HELD
            if key_of(branch) in decided
            else Done.DONE
            for branch in branches
        ]
        refs.push(
            *(
                RefChange(branch.ref, None, commit)
                for branch, commit, answer in zip(branches, made, answers, strict=True)
                if answer is Done.DONE
            )
        )
        return answers

    return refs.retrying(attempt)


def renew_branch(
    refs: RemoteRefs, look: HostedLook, action: RenewBranch, base: str, now: datetime
) -> tuple[Done, str]:
    """Put a branch's commit anew on the base; return that commit, too.

    Held where the branch is not where the plan saw it.
    """
    branch = runner_branch(action.branch)
    refs.seen()
    (commit,) = write_commits(refs.repository, case_commits((action,), base, refs.bot, now))

    def attempt(reader: ObjectReader, seen: Mapping[str, str]) -> Done:
        head = seen.get(branch.ref)
        if head == commit:
            return Done.ADOPTED
        if head != action.head or look.receipts(reader, (key_of(branch),)):
            return Done.HELD
        refs.push(RefChange(branch.ref, head, commit))
        return Done.DONE

    return refs.retrying(attempt), commit


def withdraw_branch(refs: RemoteRefs, look: HostedLook, action: WithdrawPull) -> Done:
    """Remove the branch of an open pull request, if that is where the plan saw it.

    The record goes in the same push, so that no run takes that for a decision.
    """
    branch = runner_branch(action.branch)

    def attempt(reader: ObjectReader, seen: Mapping[str, str]) -> Done:
        head, record = seen.get(branch.ref), read_opened(reader, seen)[0].get(branch.name)
        if head is None and record is None:
            return Done.ADOPTED
        if head != action.head or record is None or look.receipts(reader, (key_of(branch),)):
            return Done.HELD
        refs.push(
            RefChange(branch.ref, head, None),
            RefChange(record.ref, seen[record.ref], None),
        )
        return Done.DONE

    return refs.retrying(attempt)


def drop_branch(refs: RemoteRefs, look: HostedLook, action: DropBranch) -> Done:
    """Remove a branch if it is still where the plan saw it, and has no open pull request.

    Held too where people opened its pull request again: without a branch it would close.
    """
    branch = runner_branch(action.branch)

    def attempt(reader: ObjectReader, seen: Mapping[str, str]) -> Done:
        head, record = seen.get(branch.ref), read_opened(reader, seen)[0].get(branch.name)
        if head is None:
            return Done.ADOPTED
        if head != action.head:
            return Done.HELD
        receipt = look.receipts(reader, (key_of(branch),)).get(key_of(branch))
        if record is not None and receipt is None:
            return Done.HELD
        if receipt is not None and look.is_reopened(receipt, branch):
            return Done.HELD
        left = (RefChange(record.ref, seen[record.ref], None),) if record else ()
        refs.push(RefChange(branch.ref, head, None), *left)
        return Done.DONE

    return refs.retrying(attempt)
