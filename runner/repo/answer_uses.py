"""The cases whose log names an answer of the catalogue."""

from collections.abc import Iterator
from pathlib import Path

from runner.cases.case import Case
from runner.repo.case_files import read_case
from runner.repo.commit_cases import search_cases
from runner.repo.git import open_repository

_NAMED = "[\"']?answer[\"']?: "


def read_cases_answered(root: Path, base: str) -> Iterator[Case]:
    """Yield the cases of a commit in which an answer of the catalogue was told, by path.

    Git looks through all case files for those that name one.  Those that cannot be read are left
    out: the check names them.

    Raises:
        OutsideFailed: when git cannot read them.
    """
    pattern = f"(^ +|[{{,] *){_NAMED}"
    for path, data in search_cases(open_repository(root), base, "-E", "-e", pattern):
        case = read_case(data, path)
        if isinstance(case, Case):
            yield case
