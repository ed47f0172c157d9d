"""Where case files lie: their paths, the files of one case, and what is said of misplaced ones."""

import os
import re
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import Fault
from runner.model import KEY
from runner.repo.files import CASES_FOLDER

if TYPE_CHECKING:
    from runner.repo.git import Repository

_PATTERN = CASES_FOLDER + r"/[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}/{key}\.yaml"
_CASE_PATH = re.compile(_PATTERN.format(key=f"({KEY})"))
_BASES = "core.deltaBaseCacheLimit=4m"
"""Each folder is listed once: to keep what they are packed against takes as long as to list."""


@lru_cache(maxsize=1_000)
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

    It lies there where it lies in the working tree, or else somewhere.  Of two files of one
    case, which is a fault, it is the one with the earlier day.
    """
    if not re.fullmatch(KEY, case_id):
        return None
    wanted = re.compile(rb"(?:\A|\0)(%b)\0" % _PATTERN.format(key=case_id).encode())
    for folders in (find_case_files(repository.start, case_id), (CASES_FOLDER,)):
        if not folders:
            continue
        listed = repository.stream(
            "-c", _BASES, "ls-tree", "-r", "--name-only", "-z", commit, "--", *folders
        )
        with closing(listed):
            left = b""
            for chunk in listed:
                # Git lists by day: behind the first that fits nothing need be listed.
                left += chunk
                if found := wanted.search(left):
                    return found[1].decode()
                left = left[left.rfind(b"\0") + 1 :]
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
