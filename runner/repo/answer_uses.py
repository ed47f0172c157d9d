"""The cases whose log names an answer of the catalogue."""

from collections.abc import Iterator
from pathlib import Path

from runner.cases.case import Case
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader

_NAMED = "[\"']?answer[\"']?: "


def read_cases_answered(root: Path, base: str) -> Iterator[Case]:
    """Yield the cases of a commit in which an answer of the catalogue was told, by path.

    Git looks through all case files for those that name one.  Those that cannot be read are left
    out: the check names them.

    Raises:
        OutsideFailed: when git cannot read them.
    """
    repository = open_repository(root)
    status, listed = repository.run_status(
        "grep", "-l", "-z", "-E", "-e", f"(^ +|[{{,] *){_NAMED}", base, "--", CASES_FOLDER,
        accept=(0, 1),
    )  # fmt: skip
    names = [name for name in listed.decode("utf-8", "replace").split("\0") if name and not status]
    with ObjectReader(repository) as reader:
        for name, stored in zip(names, list(reader.read_all(names)), strict=True):
            path = name.removeprefix(f"{base}:")
            if parse_case_path(path) is None or stored is None or stored.data is None:
                continue
            case = read_case(stored.data, path)
            if isinstance(case, Case):
                yield case
