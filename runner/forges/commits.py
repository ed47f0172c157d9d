"""The runner's branches: their names, and the one commit that each holds."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from runner.errors import Refused
from runner.planning.actions import PushBranch, RenewBranch
from runner.repo.case_paths import parse_case_path
from runner.repo.git import BranchName, parse_branch
from runner.repo.objects import NewCommit, Signature


def runner_branch(name: str) -> BranchName:
    """Return the parts of a branch of the runner.

    Raises:
        Refused: for any other name.
    """
    branch = parse_branch(name)
    if branch is None:
        raise Refused(f"{name!r} is no branch of the runner")
    return branch


def case_commits(
    pushes: Sequence[PushBranch | RenewBranch], base: str, bot: Signature, now: datetime
) -> tuple[NewCommit, ...]:
    """Return the commits of branches, each on top of the base with one case file.

    Raises:
        Refused: when a path is not that of the case which its branch is named for.
    """
    for push in pushes:
        if parse_case_path(push.path) != runner_branch(push.branch).case_id:
            raise Refused(f"{push.path} is not the file of the case on {push.branch}")
    return tuple(
        NewCommit(
            message=push.message,
            by=bot,
            at=now,
            files={push.path: push.content.encode()},
            parents=(base,),
        )
        for push in pushes
    )


def foreign_branches(refs: Iterable[str]) -> Iterator[str]:
    """Yield a remark on each reference that stands among the runner's branches and is none."""
    for ref in refs:
        name = ref.removeprefix("refs/heads/")
        if parse_branch(name) is None:
            yield f"{name}: no branch of the runner has such a name"
