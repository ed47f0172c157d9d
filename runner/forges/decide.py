"""A person's decision on a pull request of the `local` forge: accept or reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from runner.errors import Fault, FaultyFiles, Refused, Severity, UsageError
from runner.forges.local import LocalForge
from runner.forges.port import Done
from runner.planning.branches import Outcome, case_of_branch
from runner.planning.observation import Pull
from runner.repo.amended import Proposer, judge_change
from runner.repo.case_paths import parse_case_path
from runner.repo.change import Change, read_commits
from runner.repo.desk_files import TreeFiles
from runner.repo.git import (
    FileChange,
    GitFailed,
    Repository,
    is_ancestor,
    parse_changes,
    parse_desk_branch,
    read_worktrees,
)
from runner.repo.objects import ObjectReader, Signature
from runner.repo.pulls import PullRecord
from runner.repo.receipts import Receipt
from runner.repo.refs import RefChange, RefsMoved, update_refs

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who decides and when, and for a refusal why.  `actor` as in `Receipt`.

    On `trial` the instant is made up, so that clocks of commits do not fit it.
    """

    actor: str
    at: datetime
    reason: str = ""
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepting did.

    `commit` is where the base is now, `worktree` the folder that followed it, None
    where the base is checked out nowhere.
    """

    commit: str
    worktree: Path | None


def find_pull(pulls: Sequence[Pull], word: str) -> Pull:
    """Return the open pull request that a number (`3`, `#3`), a case id or a branch names.

    Raises:
        UsageError: when there is none.
    """
    found = [
        pull
        for pull in pulls
        if word in (str(pull.number), f"#{pull.number}", pull.branch, case_of_branch(pull.branch))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{len(found)} open pull requests are called {word!r}",
            "name one by its number: "
            + ", ".join(f"{pull.number} ({pull.branch})" for pull in found),
        )
    raise UsageError(
        f"no open pull request is called {word!r}", "`doleances pulls` lists those that are open"
    )


def find_pulls(pulls: Sequence[Pull], words: Sequence[str]) -> tuple[Pull, ...]:
    """Return the open pull requests that words name, each once, in the order of the words.

    Raises:
        UsageError: when one of them names none.
    """
    return tuple(dict.fromkeys(find_pull(pulls, word) for word in words))


def read_person(repository: Repository) -> Signature:
    """Return who acts, by git's configuration.

    Raises:
        Refused: when git does not know.
    """
    try:
        said = repository.text("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    except GitFailed:
        raise Refused(
            "git does not know who you are, and a decision needs a name",
            "git config --global user.name NAME; git config --global user.email ADDRESS",
        ) from None
    name, _, rest = said.partition(" <")
    return Signature(name, rest.partition(">")[0])


def accept_pull(forge: LocalForge, pull: Pull, verdict: Verdict) -> Accepted:
    """Merge a pull request into the base, then record that, and remove it and its branch.

    The merge is a commit of the person.  Where the base is checked out, the working
    tree follows.  A run that comes between merge and record settles it by itself.

    Raises:
        FaultyFiles: when a case file would not pass the checks.
        Refused: when the branch is gone, changes more than case files, conflicts with
            the base, or local changes stand in the way; nothing was changed.
    """
    if pull.head is None:
        raise Refused(
            f"the branch of pull request {pull.number} is gone",
            "the next `doleances run` records that as a refusal",
        )
    for _ in range(_TRIES):
        base = forge.base()
        commit, folder = base, read_worktrees(forge.repository).get(forge.refs.base_ref)
        if is_ancestor(forge.repository, pull.head, base):
            break
        commit = _merge(forge.repository, pull, base, verdict)
        try:
            if folder is not None:
                _follow(folder, commit)
            else:
                update_refs(forge.repository, (RefChange(forge.refs.base_ref, base, commit),))
            break
        except (RefsMoved, Refused):
            if forge.base() == base:
                raise
    else:
        raise Refused("the base keeps moving", "run it again when the others have finished")
    _end(forge, pull, Outcome.MERGED, verdict)
    return Accepted(commit, folder)


def reject_pull(forge: LocalForge, pull: Pull, verdict: Verdict) -> None:
    """Refuse a pull request for a reason that is remembered, and remove it and its branch.

    Raises:
        Refused: when the pull request or its branch is not what the person saw.
    """
    _end(forge, pull, Outcome.REFUSED, verdict)


def _end(forge: LocalForge, pull: Pull, outcome: Outcome, verdict: Verdict) -> None:
    def receipt(record: PullRecord) -> Receipt:
        return Receipt(
            case_id=record.branch.case_id,
            change=record.branch.change,
            outcome=outcome,
            number=record.number,
            actor=verdict.actor,
            reason=verdict.reason,
            title=record.title,
            at=verdict.at,
            head=pull.head,
        )

    if forge.end_pull(pull.number, pull.head, receipt) is Done.HELD:
        raise Refused(
            f"pull request {pull.number} changed while you decided", "look at it again, then decide"
        )


def _merge(repository: Repository, pull: Pull, base: str, verdict: Verdict) -> str:
    """Write the merge of a pull request into the base and return its commit."""
    person = read_person(repository)
    status, said = repository.run_status(
        "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, str(pull.head),
        accept=(0, 1),
    )  # fmt: skip
    tree, *conflicts = said.decode("utf-8", "replace").rstrip("\0").split("\0")
    if status:
        raise Refused(
            f"pull request {pull.number} conflicts with the base in {', '.join(conflicts[:5])}",
            f"put it below what was accepted since: `doleances rebase {pull.number}`"
            if parse_desk_branch(pull.branch)
            else f"`doleances run` makes {pull.branch} anew unless somebody committed to it; then "
            "merge the base into it, mend the conflict, and commit",
        )
    listed = repository.run("diff-tree", "-r", "-z", "--no-renames", f"{base}^{{tree}}", tree)
    changed = tuple(parse_changes(listed))
    others = [change.path for change in changed if parse_case_path(change.path) is None]
    if others:
        # Who accepts a case has read the case: rules and programs want a review of their own.
        raise Refused(
            f"pull request {pull.number} changes more than cases: {', '.join(others[:5])}",
            f"read it with `git diff {base[:12]}...{pull.branch}`; if all of it is meant, "
            f"`git merge {pull.branch}`",
        )
    merge = _Merge(base, pull.branch, str(pull.head), tree, changed)
    faults = _faults(repository, merge, verdict, person)
    if faults:
        raise FaultyFiles(faults)
    case_id = case_of_branch(pull.branch)
    # With the `@`, git takes any number for seconds; without, not those before 1973 or after 2099.
    date = f"@{max(0, int(verdict.at.astimezone(UTC).timestamp()))} +0000"
    return repository.run(
        "commit-tree", tree, "-p", base, "-p", str(pull.head),
        "-m", f"cases: Accept {case_id} (#{pull.number}).",
        extra={
            "GIT_AUTHOR_NAME": person.name,
            "GIT_AUTHOR_EMAIL": person.email,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": person.name,
            "GIT_COMMITTER_EMAIL": person.email,
            "GIT_COMMITTER_DATE": date,
        },
    ).decode().strip()  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Merge:
    """What a pull request would make of the base: a tree, and what changes with it."""

    base: str
    branch: str
    head: str
    tree: str
    changed: tuple[FileChange, ...]


def _faults(
    repository: Repository, merge: _Merge, verdict: Verdict, person: Signature
) -> tuple[Fault, ...]:
    """Return what `check --base` has against a merge, by those who propose and accept it."""
    hands = repository.text("log", "--format=%ae", f"{merge.base}..{merge.head}").splitlines()
    change = Change(
        stood={one.path: one.old for one in merge.changed},
        gone=frozenset(one.path for one in merge.changed if one.new is None),
        commits=read_commits(repository, merge.base, merge.head),
        base=merge.base,
        timed=not verdict.trial,
    )
    with ObjectReader(repository) as reader:
        files = TreeFiles(reader, merge.tree, {one.path: one.mode for one in merge.changed})
        proposer = Proposer(frozenset({person.email, *hands}), branch=merge.branch)
        faults = judge_change(files, reader, change, verdict.at, proposer)
    return tuple(fault for fault in faults if fault.severity is Severity.ERROR)


def _follow(folder: Path, commit: str) -> None:
    """Move the checked-out base, its index and its files forward to a commit.

    Raises:
        Refused: when local changes stand in the way; nothing was changed.
    """
    if not (folder / ".git").exists():
        raise Refused(
            f"{folder} is no folder with files, yet git says that the base is checked out there",
            "work in the folder that the files are in",
        )
    # One operation on a checked-out tree, where GitPython is at home; its import costs
    # 90 ms, which every other verb is spared.
    from git import GitCommandError, Repo

    with Repo(folder) as checkout:
        checkout.git.update_environment(
            GIT_DIR=str(checkout.git_dir),
            GIT_WORK_TREE=str(folder),
            GIT_INDEX_FILE=str(Path(checkout.git_dir) / "index"),
            LC_ALL="C",
            GIT_TERMINAL_PROMPT="0",
        )
        try:
            checkout.git(c="core.hooksPath=/dev/null").merge("--ff-only", "--quiet", commit)
        except GitCommandError as error:
            lines = str(error.stderr).strip().removeprefix("stderr: '").rstrip("'").splitlines()
            words = " ".join(line.strip() for line in lines).removeprefix("error: ")
            raise Refused(
                f"{folder}: {words}", "commit, stash or move those files away, then accept again"
            ) from None
