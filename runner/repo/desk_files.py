"""The files of a desk as a change would leave them: in the working tree, or in a tree of git."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from runner.errors import Fault
from runner.repo.case_paths import find_case_files, parse_case_path
from runner.repo.commit_cases import list_case_paths
from runner.repo.files import read_yaml_file
from runner.repo.objects import ObjectReader
from runner.text.strict_yaml import too_large

_ODD_MODES = {
    "120000": ("odd-file", "this is a symbolic link", "put the file itself there"),
    "160000": ("odd-file", "this is another repository", "put the file itself there"),
}
"""What cannot stand in place of a file, by git's modes."""


class DeskFiles(Protocol):
    """What a change leads to, by paths relative to the repository."""

    def read(self, path: str) -> bytes | Fault:
        """Return a file's bytes, or why they cannot be read."""

    def find(self, case_id: str) -> tuple[str, ...]:
        """Return the files of a case, sorted: more than one is a fault."""


class WorkingFiles:
    """The files of the working tree."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes | Fault:
        """Return a file's bytes, or why they cannot be read."""
        return read_yaml_file(self._root, path)

    def find(self, case_id: str) -> tuple[str, ...]:
        """Return the files of a case, sorted."""
        return find_case_files(self._root, case_id)


class TreeFiles:
    """The files of a tree that is checked out nowhere.  `modes` are those of changed paths."""

    def __init__(self, reader: ObjectReader, tree: str, modes: Mapping[str, str]) -> None:
        self._reader = reader
        self._tree = tree
        self._modes = modes
        self._cases: dict[str, list[str]] | None = None

    def read(self, path: str) -> bytes | Fault:
        """Return a file's bytes, or why they cannot be read."""
        if odd := _ODD_MODES.get(self._modes.get(path, "")):
            return Fault(path, 1, 1, *odd)
        stored = self._reader.read(f"{self._tree}:{path}")
        if stored is None:
            return Fault(path, 1, 1, "missing-file", "there is no such file")
        return stored.data if stored.data is not None else too_large(path, stored.size)

    def find(self, case_id: str) -> tuple[str, ...]:
        """Return the files of a case, sorted."""
        if self._cases is None:
            # Where a case lies only its own file tells.
            self._cases = {}
            for path in list_case_paths(self._reader.repository, self._tree):
                self._cases.setdefault(str(parse_case_path(path)), []).append(path)
        return tuple(self._cases.get(case_id, ()))
