"""People's own changes of cases, each as a pull request: of the `local` forge, or of a server."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from runner.errors import OutsideFailed, Refused
from runner.forges.local_refs import LocalRefs
from runner.forges.port import Proposal, Proposed
from runner.forges.remote_refs import RemoteRefs
from runner.forges.rest import ForgeFailed
from runner.forges.server import ForgeServer, ServerPull
from runner.repo.case_paths import parse_case_path
from runner.repo.git import BranchName, parse_desk_branch
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_commits
from runner.repo.pulls import COUNTER, PullRecord, pull_commit, read_counter
from runner.repo.refs import RefChange, RefsMoved

_NAMES = 100
"""Branches that are called alike, but for a number."""


def propose(refs: LocalRefs, proposal: Proposal, by: Signature, now: datetime) -> PullRecord:
    """Commit a person's change of one case on a branch of its own, and open its pull request.

    The branch is called as the proposal wants, with a number behind where that name is
    taken or was decided on before.

    Raises:
        Refused: when `path` is not the case's file, or all such names are taken.
    """

    def attempt(reader: ObjectReader) -> PullRecord:
        seen = refs.look(reader)
        branch = free_name(
            proposal.branch,
            lambda branch: (
                branch.ref in seen.refs or refs.receipt(reader, seen, branch) is not None
            ),
        )
        counter = seen.refs.get(COUNTER)
        number = read_counter(reader, counter, seen.refs) + 1
        pull = PullRecord(number, branch, proposal.title, proposal.body, (), now)
        change, record = write_commits(
            refs.repository, (proposal_commit(proposal, by, now), pull_commit(pull, refs.bot))
        )
        refs.change(
            seen.receipts,
            RefChange(branch.ref, None, change),
            RefChange(pull.ref, seen.refs.get(pull.ref), record),
            refs.counted(counter, number),
        )
        return pull

    return refs.retrying(attempt)


def propose_there(
    refs: RemoteRefs, server: ForgeServer, proposal: Proposal, by: Signature, now: datetime
) -> Proposed:
    """Commit a person's change of one case on a branch of a server, and open its pull request.

    Where that cannot be opened nothing is left, so that the person may say it again.

    Raises:
        Refused: as `propose`.
        OutsideFailed: when the server does not say that the pull request is there.
    """
    refs.look()
    (commit,) = write_commits(refs.repository, (proposal_commit(proposal, by, now),))

    def attempt(_: ObjectReader, seen: Mapping[str, str]) -> BranchName:
        branch = free_name(proposal.branch, lambda branch: branch.ref in seen)
        refs.push(RefChange(branch.ref, None, commit))
        return branch

    branch = refs.retrying(attempt)
    try:
        pull = _open_there(server, branch, proposal)
    except OutsideFailed:
        with suppress(OutsideFailed, RefsMoved):
            refs.push(RefChange(branch.ref, commit, None))
        raise
    return Proposed(pull.number, branch, pull.url)


def _open_there(server: ForgeServer, branch: BranchName, proposal: Proposal) -> ServerPull:
    try:
        pull = server.create_pull(branch.name, proposal.title, proposal.body)
    except ForgeFailed as failed:
        if 400 <= failed.status < 500:
            raise
        # Nobody knows whether it is open; a server opens no second one for a branch.
        pull = server.create_pull(branch.name, proposal.title, proposal.body)
    if pull is None:
        pull = next((each for each in server.pulls_of(branch.name) if each.is_open), None)
    if pull is None:
        raise OutsideFailed(
            f"the forge says that {branch.name} has a pull request, and does not show it",
            "its lists lag behind, and nothing of it is left: say it again in a moment",
        )
    return pull


def proposal_commit(proposal: Proposal, by: Signature, now: datetime) -> NewCommit:
    """Return the one commit of a person's change.

    Raises:
        Refused: when its `path` is not the file of the case that its branch is named for.
    """
    if parse_case_path(proposal.path) != proposal.branch.case_id:
        raise Refused(f"{proposal.path} is not the file of the case {proposal.branch.case_id}")
    return NewCommit(
        message=f"{proposal.title}\n",
        by=by,
        at=now,
        files=proposal.files,
        parents=(proposal.base,),
    )


def free_name(wanted: BranchName, is_taken: Callable[[BranchName], bool]) -> BranchName:
    """Return the branch, or the same with the next number that nothing is called yet.

    Raises:
        Refused: when all such names are taken.
    """
    for number in range(1, _NAMES):
        name = wanted.name if number == 1 else f"{wanted.name}-{number}"
        branch = parse_desk_branch(name)
        if branch is None:
            raise Refused(f"{name!r} is no branch of a verb")
        if not is_taken(branch):
            return branch
    raise Refused(f"{wanted.name} was proposed {_NAMES - 1} times already")
