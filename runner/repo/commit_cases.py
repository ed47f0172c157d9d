"""The case files of a commit: where they lie, and those that hold some words."""

from collections.abc import Iterator

from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import Repository
from runner.repo.objects import ObjectReader


def list_case_paths(repository: Repository, commit: str, *folders: str) -> tuple[str, ...]:
    """Return the case files of a commit, sorted; those in some folders alone where any is named.

    `commit` may be a tree.  A hundred thousand are listed in 0.3 s.

    Raises:
        OutsideFailed: when git cannot tell.
    """
    listed = repository.text(
        "ls-tree", "-r", "--name-only", "-z", commit, "--", *(folders or (CASES_FOLDER,))
    )
    return tuple(path for path in listed.split("\0") if parse_case_path(path))


def search_cases(repository: Repository, commit: str, *pattern: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the case files in which git finds a pattern, by path.

    `pattern` is given as `git grep` takes it, such as `-F`, `-e`, `incident: brume`.

    Raises:
        OutsideFailed: when git cannot look through them.
    """
    status, listed = repository.run_status(
        "grep", "-l", "-z", *pattern, commit, "--", CASES_FOLDER, accept=(0, 1)
    )
    names = [name for name in listed.decode("utf-8", "replace").split("\0") if name and not status]
    with ObjectReader(repository) as reader:
        for name, stored in zip(names, list(reader.read_all(names)), strict=True):
            path = name.removeprefix(f"{commit}:")
            if parse_case_path(path) and stored is not None and stored.data is not None:
                yield path, stored.data
