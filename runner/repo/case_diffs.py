"""Which case files differ between two commits, of many pairs of them, through one process."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import IO, Self

from runner.errors import OutsideFailed
from runner.repo.files import CASES_FOLDER
from runner.repo.git import Repository, chunked, command, environment

CaseFiles = Mapping[str, str]
"""Blobs of case files by path."""
Pair = tuple[str, str]
"""A commit, and another that tells what is new in it."""

_DIFF = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames",
         "--no-ext-diff", "--diff-filter=AMT", "--always", "--", CASES_FOLDER)  # fmt: skip
_PAIRS_AT_ONCE = 200
"""Pairs of 82 or 130 bytes that fit into a pipe (64 KiB) before the first answer is read."""
_END = b"end\n"
"""A line that names no commit: git says it back, once all before it is told.  No path in the folder
of cases begins so."""


class CaseDiffs:
    """One `git diff-tree --stdin`, asked as often as needed; begun when it is first asked."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if kind is not None:
            process.kill()
        process.communicate()

    def read(self, pairs: Iterable[Pair]) -> dict[Pair, CaseFiles]:
        """Return by pair the case files that are new in its commit, or others than in the second.

        Raises:
            OutsideFailed: when git stops answering.
        """
        found: dict[Pair, CaseFiles] = {}
        for some in chunked(dict.fromkeys(pairs), _PAIRS_AT_ONCE):
            asked = iter(some)
            files: dict[str, str] = {}
            words = iter(self._answer(some).decode("utf-8", "replace").split("\0"))
            for word in words:
                if word.startswith(":"):
                    files[next(words, "")] = word.split(" ")[3]
                elif word:
                    # Git names the commit alone; of each pair, in the order in which it was asked.
                    found[next(asked)] = files = {}
        return found

    def _answer(self, pairs: Iterable[Pair]) -> bytes:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise OutsideFailed("git diff-tree has no pipes")
        try:
            lines = "".join(f"{commit} {other}\n" for commit, other in pairs)
            process.stdin.write(lines.encode() + _END)
            process.stdin.flush()
        except BrokenPipeError:
            raise _stopped() from None
        return b"".join(_until_end(process.stdout))

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                command(self._repository.start, *_DIFF),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        return self._process


def _until_end(stdout: IO[bytes]) -> Iterator[bytes]:
    """Yield what git tells until it says the end, which stands behind a zero or alone."""
    told = b"\0"
    while not told.endswith(b"\0" + _END):
        line = stdout.readline()
        if not line:
            raise _stopped()
        told = told[-1:] + line
        yield line.removesuffix(_END) if told.endswith(b"\0" + _END) else line


def _stopped() -> OutsideFailed:
    return OutsideFailed("git diff-tree stopped answering", "run `git fsck`")
