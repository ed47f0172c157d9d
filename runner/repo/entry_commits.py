"""Which commit of the main line brought each entry of each case, for all cases at once."""

from collections import defaultdict
from collections.abc import Iterable

from runner.cases.case import Case
from runner.cases.log_length import count_entries
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import Repository
from runner.repo.mainline import walk_line
from runner.repo.partial import bring_trees, cut_commits


class CaseVersions:
    """The versions of all case files on the main line, from one `git log`.

    Kept as bytes: at 100,000 cases with three versions each they take some 50 MB.  `cut` are the
    cases that were there where a shallow clone begins, whose commit would seem to have brought
    all of them: they have no versions here.
    """

    def __init__(self, repository: Repository, tip: str) -> None:
        self._width = 0
        self._versions: dict[str, bytes] = defaultdict(bytes)
        self.cut: set[str] = set()
        begins = cut_commits(repository)
        bring_trees(repository, tip)
        for commit in walk_line(repository, tip, paths=(f"{CASES_FOLDER}/",)):
            name = bytes.fromhex(commit.name)
            self._width = len(name)
            for change in commit.changes:
                if change.new is None or not parse_case_path(change.path):
                    continue
                if commit.name in begins:
                    self.cut.add(change.path)
                elif change.path not in self.cut:
                    self._versions[change.path] += name + bytes.fromhex(change.new)

    def versions_of(self, path: str) -> tuple[tuple[str, str], ...]:
        """Return commit and blob of each version of a file, the oldest first."""
        held, width = self._versions.get(path, b""), self._width
        names = (held[at : at + width].hex() for at in range(0, len(held), width or 1))
        return tuple(zip(names, names, strict=True))


def entry_commits(
    case: Case, path: str, versions: Iterable[tuple[str, bytes | None]]
) -> tuple[str, ...]:
    """Return the commit that brought each entry of a case, in the order of the log.

    `versions` are commit and content of each version, the oldest first and the last being the
    one that `case` was read from.  A log only grows, so an entry came with the first version
    whose log is long enough.  Empty where no version tells.
    """
    found: list[str] = []
    for commit, data in versions:
        found += [commit] * (_length(data, path) - len(found))
    return tuple(found) if len(found) == len(case.log) else ()


def _length(data: bytes | None, path: str) -> int:
    if data is None:
        return 0
    counted = count_entries(data)
    if counted is not None:
        return counted
    case = read_case(data, path)
    return len(case.log) if isinstance(case, Case) else 0
