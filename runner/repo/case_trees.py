"""The case files of a tree of `cases/`, and those that another tree has otherwise.

What caches of cases stand on: each is good for one tree and one program.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import GitFailed, Repository, parse_changes


@dataclass(frozen=True, slots=True)
class TreeChange:
    """The case files that two trees have otherwise: path -> object name, in the old and the new."""

    before: dict[str, str]
    after: dict[str, str]


def find_tree(repository: Repository, base: str) -> str | None:
    """Return the object name of `cases/` at a commit, None where there is no such folder.

    Raises:
        OutsideFailed: when git cannot tell.
    """
    status, said = repository.run_status(
        "rev-parse", "--verify", "--quiet", f"{base}:{CASES_FOLDER}", accept=(0, 1)
    )
    return None if status else said.decode().strip()


def list_cases(repository: Repository, tree: str) -> dict[str, str]:
    """Return the case files of a tree: path -> object name."""
    listed = repository.run("ls-tree", "-r", "-z", tree).decode("utf-8", "replace")
    lines = (line.partition("\t") for line in listed.split("\0") if line)
    return _case_files((path, head.split(" ")[2]) for head, _, path in lines)


def compare_trees(repository: Repository, old: str, new: str) -> TreeChange | None:
    """Return what two trees have otherwise, None where one of them is gone."""
    try:
        listed = repository.run("diff-tree", "-r", "-z", "--no-renames", old, new)
    except GitFailed:
        return None
    changes = tuple(parse_changes(listed))
    return TreeChange(
        _case_files((change.path, change.old) for change in changes),
        _case_files((change.path, change.new) for change in changes),
    )


def program_digest(parts: Iterable[str]) -> str:
    """Return the digest of parts of the program, named by patterns below its package."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for pattern in parts:
        for file in sorted(package.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _case_files(files: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    whole = ((f"{CASES_FOLDER}/{path}", name) for path, name in files)
    return {path: name for path, name in whole if name is not None and parse_case_path(path)}
