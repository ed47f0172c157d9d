"""Reads all cases of a commit, one after the other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from runner.cases.case import Case
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import standings
from runner.errors import Fault
from runner.policies.values import Configuration
from runner.repo.case_files import read_case
from runner.repo.commit_cases import list_case_paths
from runner.repo.entry_commits import CaseVersions, entry_commits
from runner.repo.git import open_repository
from runner.repo.objects import READ_LIMIT, ObjectReader
from runner.repo.open_times import read_open_times
from runner.report.gathering import CaseRead
from runner.text.strict_yaml import too_large


class CaseReader:
    """The cases of a commit; `faults` are of those that could not be read so far.

    With `versions` each is told the commits that brought its entries.  `open_times` are the
    calendars that promises of the cases read so far count by.
    """

    def __init__(
        self,
        root: Path,
        base: str,
        configuration: Configuration,
        now: datetime,
        versions: CaseVersions | None = None,
    ) -> None:
        self._root = root
        self._base = base
        self._configuration = configuration
        self._now = now
        self._versions = versions
        self.faults: list[Fault] = []
        self.open_times: dict[str, OpenTime] = {}
        self._asked: set[str] = set()
        self.paths = list_case_paths(open_repository(root), base)

    def read(self) -> Iterator[CaseRead]:
        """Yield the cases by path, without those that cannot be read.

        Raises:
            OutsideFailed: when git cannot read them.
        """
        for path, case, commits in self._cases():
            yield replace(self.judge(path, case), commits=commits)

    def judge(self, path: str, case: Case) -> CaseRead:
        """Return a case with how all its promises stand."""
        self._learn(case)
        due_soon = self._configuration.clocks.due_soon
        found = standings(case.log, self._now, self.open_times, due_soon)
        return CaseRead(case, path, found)

    def _cases(self) -> Iterator[tuple[str, Case, tuple[str, ...]]]:
        with ObjectReader(open_repository(self._root)) as reader:
            stored = reader.read_all(self._names())
            for path in self.paths:
                versions = self._versions_of(path)
                older = [next(stored) for _ in versions[:-1]]
                one = next(stored)
                if one is None or one.data is None:
                    self.faults.append(too_large(path, READ_LIMIT))
                    continue
                case = read_case(one.data, path)
                if not isinstance(case, Case):
                    self.faults.extend(case)
                    continue
                contents = (*(each.data if each else None for each in older), one.data)
                names = (commit for commit, _ in versions)
                yield path, case, entry_commits(case, path, zip(names, contents, strict=False))

    def _names(self) -> Iterator[str]:
        """Yield what is read of git: older versions of each case, and how it is now."""
        for path in self.paths:
            yield from (blob for _, blob in self._versions_of(path)[:-1])
            yield f"{self._base}:{path}"

    def _versions_of(self, path: str) -> tuple[tuple[str, str], ...]:
        return self._versions.versions_of(path) if self._versions is not None else ()

    def _learn(self, case: Case) -> None:
        """Read the calendars of a case that are not known yet."""
        clocks = [clock for entry in case.log for clock in entry.clocks if clock.calendar]
        blobs = {blob for clock in clocks for blob in clock.policies.values()}
        if not self.open_times or not blobs <= self._asked:
            found = read_open_times(self._root, clocks, self._configuration)
            for name, open_time in found.items():
                self.open_times.setdefault(name, open_time)
            self._asked |= blobs
