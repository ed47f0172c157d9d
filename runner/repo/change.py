"""What differs between the working tree and where it parted from a base.

Imports little, so that git can be asked before the judge is loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from runner.errors import Refused, UsageError
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES
from runner.repo.git import GitFailed, Repository, open_repository, parse_changes

_WATCHED = (CASES_FOLDER, SOURCES, *CONFIGURATION_FOLDERS)
_DIFF = ("diff", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--relative", "-z")
_LOG = ("log", "--reverse", "--topo-order", "--diff-merges=first-parent", "--raw", "--no-abbrev",
        "--no-renames", "--no-ext-diff", "--relative",
        "--format=commit %H %at %ct %P%x00%ae")  # fmt: skip


class Commit(NamedTuple):
    """A commit of a branch, the blobs that it put below `cases/`, and its author's address.

    The times are in seconds since 1970.  `blobs` is None where the clone is cut off: what
    the commit did is not known then, only what it holds.
    """

    name: str
    authored: int
    committed: int
    blobs: Mapping[str, str] | None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between the working tree and where it parted from a base.

    `stood` maps the changed paths to the blobs that stood there, None for new files.
    `gone` are those that are there no more.  `commits` are those of the branch that touch a
    case, oldest first; where they are not `timed`, their times say nothing.  `base` is the
    revision that it is to go into.
    """

    stood: Mapping[str, str | None]
    gone: frozenset[str]
    commits: tuple[Commit, ...] = ()
    base: str = "HEAD"
    timed: bool = True

    @property
    def cases(self) -> tuple[str, ...]:
        """The changed files below `cases/`, those that are gone too."""
        return tuple(filter(_is_below_cases, self.stood))

    @property
    def configuration(self) -> bool:
        """Whether the desk's own files changed."""
        folders = tuple(f"{folder}/" for folder in CONFIGURATION_FOLDERS)
        return any(path == SOURCES or path.startswith(folders) for path in self.stood)


def begin_change(root: Path, base: str) -> Callable[[], Change]:
    """Begin to read a change, and return what waits for it: git takes as long as imports.

    What waits raises what `read_change` does.
    """
    read: list[Change] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            read.append(read_change(root, base))
        except BaseException as error:
            failed.append(error)

    worker = Thread(target=work, daemon=True)
    worker.start()

    def wait() -> Change:
        worker.join()
        if failed:
            raise failed[0]
        return read[0]

    return wait


def read_change(root: Path, base: str) -> Change:
    """Return what differs between the working tree and where it parted from `base`.

    Raises:
        UsageError: when `base` names no commit.
        Refused: when the clone is too shallow to tell where they parted.
    """
    repository = open_repository(root)
    changes = tuple(parse_changes(_differences(repository, base)))
    stood = {change.path: change.old for change in changes}
    gone = frozenset(change.path for change in changes if change.new is None)
    untracked = repository.text("ls-files", "-o", "--exclude-standard", "-z", "--", *_WATCHED)
    stood |= dict.fromkeys(path for path in untracked.split("\0") if path)
    commits = read_commits(repository, base, "HEAD") if any(map(_is_below_cases, stood)) else ()
    return Change(dict(sorted(stood.items())), gone, commits, base)


def _is_below_cases(path: str) -> bool:
    return path.startswith(f"{CASES_FOLDER}/")


def read_commits(repository: Repository, base: str, head: str) -> tuple[Commit, ...]:
    """Return the commits that `head` has and `base` has not, as far as they touch a case."""
    listed = repository.text(*_LOG, f"{base}..{head}", "--", CASES_FOLDER)
    commits: list[Commit] = []
    blobs: dict[str, str] = {}
    for line in listed.split("\n"):
        if line.startswith("commit "):
            facts, _, email = line.partition("\0")
            _, name, authored, committed, *parents = facts.split()
            blobs = {}
            commits.append(
                Commit(name, int(authored), int(committed), blobs if parents else None, email)
            )
        elif line.startswith(":"):
            # Odd names are quoted, and name no case.
            facts, path = line.split("\t", 1)
            blobs[path] = facts.split(" ")[3]
    return tuple(commits)


def _differences(repository: Repository, base: str) -> bytes:
    """Return the changed files of the desk as `git diff --raw -z` tells them."""
    if base.startswith("-"):
        raise UsageError(f"{base!r} names no commit")
    if not (repository.common_dir / "shallow").exists():
        arguments = (*_DIFF, "--merge-base", base, "--", *_WATCHED)
        status, listed = repository.run_status(*arguments, accept=(0, 128))
        if status == 0:
            return listed
    # Shallow, several places where they parted, or none: ask where, or say why not.
    return repository.run(*_DIFF, parted_from(repository, base), "--", *_WATCHED)


def parted_from(repository: Repository, base: str) -> str:
    """Return the commit at which the branch left `base`.

    Raises:
        UsageError: when `base` names no commit.
        Refused: when the clone is too shallow to tell, or nothing is common to both.
    """
    hint = "fetch more of it: git fetch --unshallow, or `fetch-depth: 0` where CI checks out"
    shallow = (repository.common_dir / "shallow").exists()
    status, found = repository.run_status("merge-base", base, "HEAD", accept=(0, 1, 128))
    parted = found.decode().strip()
    if status == 0 and not (shallow and _may_hide_a_nearer(repository, parted, base)):
        return parted
    if shallow:
        raise Refused(f"this shallow clone does not tell where {base} and HEAD parted", hint)
    if status == 1:
        raise Refused(
            f"{base} and HEAD have no history in common", "name the branch that it goes into"
        )
    raise UsageError(
        f"there is no commit {base}, or none here yet",
        "name a branch, a tag or a commit: `--base origin/main`",
    )


def _may_hide_a_nearer(repository: Repository, parted: str, base: str) -> bool:
    """Whether history ends before `parted` on some way, so that a nearer commit may be cut off.

    Nothing is nearer than the base itself.
    """
    if repository.text("rev-parse", f"{base}^{{commit}}") == parted:
        return False
    try:
        cut = (repository.common_dir / "shallow").read_text().split()
    except OSError:
        return True
    try:
        walked = repository.text("rev-list", "HEAD", base, f"^{parted}").split()
    except GitFailed:
        return True
    return not set(cut).isdisjoint(walked)
