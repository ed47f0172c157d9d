"""Which commit of the main line brought each entry of each case, for all cases at once."""

from collections import defaultdict
from collections.abc import Iterable

from runner.cases.case import Case
from runner.cases.file import entry_data
from runner.cases.log_growth import EntryName, compare_logs, name_entries
from runner.cases.log_length import LogLines, find_log
from runner.model import State
from runner.planning.case_changes import are_words_hidden
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
    one that `case` was read from.  An entry came with the first version that holds it as it is,
    wherever it stands there; that its words were masked, sealed or erased since, as they may be,
    makes it no other.  Empty where no version tells.
    """
    versions = tuple(versions)
    found = _appended(versions)
    if len(found) != len(case.log):
        found = _by_content(versions, path)
    return found if len(found) == len(case.log) else ()


def _appended(versions: Iterable[tuple[str, bytes | None]]) -> tuple[str, ...]:
    """Return the commits of a log that plainly only grew, as almost all do; empty otherwise."""
    found: list[str] = []
    before: LogLines | None = None
    for commit, data in versions:
        log = find_log(data) if data is not None else None
        if log is None or (before is not None and not log.continues(before)):
            return ()
        found += [commit] * (log.count - len(found))
        before = log
    return tuple(found)


def _by_content(versions: Iterable[tuple[str, bytes | None]], path: str) -> tuple[str, ...]:
    first: dict[EntryName, str] = {}
    found: list[str] = []
    before: Case | None = None
    for commit, data in versions:
        case = read_case(data, path) if data is not None else None
        if not isinstance(case, Case):
            continue
        held, log = (before.log if before is not None else ()), case.log
        growth = compare_logs(held, log)
        erased, brought = case.state is State.ERASED, list[str]()
        for index, name in enumerate(name_entries(log)):
            was = growth.altered.get(index)
            if was is not None and are_words_hidden(
                entry_data(held[was]), entry_data(log[index]), erased=erased
            ):
                first.setdefault(name, found[was])
            brought.append(first.setdefault(name, commit))
        before, found = case, brought
    return tuple(found)
