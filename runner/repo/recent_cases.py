"""The cases of the last weeks, in full: what their customers were told."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from runner.cases.case import Case
from runner.repo.case_files import read_case
from runner.repo.commit_cases import list_case_paths
from runner.repo.files import CASES_FOLDER
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader

SPOKEN_LATER = timedelta(days=60)
"""So long after its first day a case is mostly still spoken with."""


def read_recent_cases(
    root: Path, base: str, since: date, until: date, sites: Iterable[str]
) -> tuple[Case, ...]:
    """Return the cases of a commit that began from `since` on and name one of the sites, by path.

    Those that cannot be read are left out: the check names them.

    Raises:
        OutsideFailed: when git cannot read them.
    """
    repository = open_repository(root)
    folders = [f"{CASES_FOLDER}/{month}" for month in _months(since, until)]
    first = f"{CASES_FOLDER}/{since:%Y/%m/%d}"
    paths = [path for path in list_case_paths(repository, base, *folders) if path >= first]
    if not paths:
        return ()
    with ObjectReader(repository) as reader:
        files = reader.read_files(base, paths)
    named = [site.encode() for site in sites]
    read = (
        read_case(data, path) for path, data in files.items() if any(name in data for name in named)
    )
    return tuple(case for case in read if isinstance(case, Case))


def _months(since: date, until: date) -> list[str]:
    """Return the months from a day to another, the one after included: zones differ."""
    months = []
    day = since.replace(day=1)
    while day <= until + timedelta(days=1):
        months.append(f"{day:%Y/%m}")
        day = (day + timedelta(days=32)).replace(day=1)
    return months
