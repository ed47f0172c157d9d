"""Where case files lie: their paths, the files of one case, and what is said of misplaced ones."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import Fault
from runner.model import KEY
from runner.repo.files import CASES_FOLDER

if TYPE_CHECKING:
    from runner.repo.git import Repository

_CASE_PATH = re.compile(rf"{CASES_FOLDER}/[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}/({KEY})\.yaml")


def parse_case_path(path: str) -> str | None:
    """Return the case id in `cases/<year>/<month>/<day>/<case-id>.yaml`, or None."""
    found = _CASE_PATH.fullmatch(path)
    return found[1] if found else None


def find_case_files(root: Path, case_id: str) -> tuple[str, ...]:
    """Return the files of a case in the working tree, sorted: more than one is a fault."""
    if not re.fullmatch(KEY, case_id):
        return ()
    days = [CASES_FOLDER]
    for width in (4, 2, 2):
        days = [f"{above}/{name}" for above in days for name in _dated(root, above, width)]
    paths = (f"{day}/{case_id}.yaml" for day in days)
    return tuple(sorted(path for path in paths if os.path.lexists(f"{root}/{path}")))


def find_case_file_at(repository: "Repository", commit: str, case_id: str) -> str | None:
    """Return the file of a case in a commit, None where it has none.

    It lies there where it lies in the working tree, or else somewhere.
    """
    for folders in (find_case_files(repository.start, case_id), (CASES_FOLDER,)):
        if not folders:
            continue
        listed = repository.text("ls-tree", "-r", "--name-only", "-z", commit, "--", *folders)
        found = (path for path in listed.split("\0") if path.endswith(f"/{case_id}.yaml"))
        paths = sorted(path for path in found if parse_case_path(path) == case_id)
        if paths:
            return paths[0]
    return None


def _dated(root: Path, folder: str, width: int) -> list[str]:
    """Return the names in a folder that are numbers of so many digits."""
    try:
        with os.scandir(f"{root}/{folder}") as listed:
            names = [entry.name for entry in listed]
    except OSError:
        return []
    return [name for name in names if len(name) == width and name.isascii() and name.isdigit()]


def case_twice(path: str, other: str) -> Fault:
    """Return the fault of a file whose case stands in another file too."""
    return Fault(
        path,
        1,
        1,
        "case-twice",
        "the same case stands in two files",
        f"the other is {other}; keep the one that was merged first",
    )


def case_removed(path: str) -> Fault:
    """Return the fault of a case file that a change takes away."""
    return Fault(
        path,
        1,
        1,
        "case-removed",
        "the case file is removed or moved",
        "end a case with an entry in its log; its file stays where it is",
    )
