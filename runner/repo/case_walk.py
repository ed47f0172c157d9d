"""Git's walk to the commits of one case, beside whatever else the program does."""

from collections.abc import Iterator
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Thread

from runner.repo.case_paths import find_case_file_at, parse_case_path
from runner.repo.git import Repository
from runner.repo.mainline import MainCommit, find_path, walk_line
from runner.repo.partial import bring_trees


class CaseWalk:
    """The commits of the main line at `tip` that changed a case's file, the newest first.

    A thread asks git for them from the beginning; to iterate, once, is to wait for each.

    Raises:
        OutsideFailed: when git or a remote does not answer.
    """

    def __init__(self, repository: Repository, tip: str, case_id: str) -> None:
        self.tip = tip
        self._found: SimpleQueue[str | Exception] = SimpleQueue()
        self._told: SimpleQueue[MainCommit | Exception | None] = SimpleQueue()
        bring_trees(repository, tip)
        # Git lists in many pieces: beside a program that loads a thread would get each late.
        path = find_case_file_at(repository, tip, parse_case_path(case_id) or case_id)
        try:
            # A program that is stopped does not wait for git.
            Thread(target=self._walk, args=(repository, case_id, path), daemon=True).start()
        except RuntimeError:
            # There are machines that give none.
            self._walk(repository, case_id, path)

    @cached_property
    def path(self) -> str:
        """The case's file, once it is found.

        Raises:
            UsageError: when no merged commit ever held it.
            OutsideFailed: when git or a remote does not answer.
        """
        found = self._found.get()
        if isinstance(found, Exception):
            raise found
        return found

    def finds_within(self, seconds: float) -> bool:
        """Whether the search for the case's file has ended, in whatever, after so many seconds."""
        try:
            self._found.put(self._found.get(timeout=seconds))
        except Empty:
            return False
        return True

    def __iter__(self) -> Iterator[MainCommit]:
        """Yield the commits as git finds them.

        Raises:
            OutsideFailed: when git stops before the end.
        """
        while (told := self._told.get()) is not None:
            if isinstance(told, Exception):
                raise told
            yield told

    def _walk(self, repository: Repository, case_id: str, path: str | None) -> None:
        try:
            path = path or find_path(repository, self.tip, case_id)
        except Exception as error:
            self._found.put(error)
            return
        self._found.put(path)
        try:
            for commit in walk_line(repository, self.tip, paths=(path,), newest_first=True):
                self._told.put(commit)
        except Exception as error:
            self._told.put(error)
        else:
            self._told.put(None)
