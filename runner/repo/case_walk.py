"""Git's walk to the commits of one case, beside whatever else the program does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from runner.repo.git import Repository
from runner.repo.mainline import MainCommit, find_path, walk_line
from runner.repo.partial import bring_trees


class CaseWalk:
    """The commits of the main line at `tip` that changed a case's file, the newest first.

    A thread asks git for them from the beginning; to iterate is to wait for each.
    """

    def __init__(
        self, thread: ThreadPoolExecutor, repository: Repository, tip: str, case_id: str
    ) -> None:
        self.tip = tip
        self._told: SimpleQueue[MainCommit | None] = SimpleQueue()
        self._path = thread.submit(self._find, repository, case_id)
        self._end = thread.submit(self._walk, repository)

    @property
    def path(self) -> str:
        """The case's file, once it is found.

        Raises:
            UsageError: when no merged commit ever held it.
        """
        return self._path.result()

    def __iter__(self) -> Iterator[MainCommit]:
        """Yield the commits as git finds them.

        Raises:
            OutsideFailed: when git stops before the end.
        """
        yield from iter(self._told.get, None)
        self._end.result()

    def _find(self, repository: Repository, case_id: str) -> str:
        bring_trees(repository, self.tip)
        return find_path(repository, self.tip, case_id)

    def _walk(self, repository: Repository) -> None:
        try:
            paths = (self._path.result(),)
            for commit in walk_line(repository, self.tip, paths=paths, newest_first=True):
                self._told.put(commit)
        finally:
            self._told.put(None)
