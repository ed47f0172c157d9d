"""Objects in bulk: many reads through one process, many commits through one process."""

import fcntl
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from types import TracebackType
from typing import IO, NamedTuple, Self

from runner.errors import OutsideFailed
from runner.repo.git import (
    Repository,
    chunked,
    command,
    environment,
    failure,
    is_object_name,
    spawn,
)
from runner.repo.partial import bring_objects, promising_remote

READ_LIMIT = 8_000_000
"""Bytes of an object that are read into memory.  A case file has 2,500."""
_REQUESTS_AT_ONCE = 200
"""Requests of at most 300 bytes that fit into a pipe (64 KiB) before the first answer is read."""
_PIPE = 1 << 20
"""Bytes that git may tell before they are read, which Linux lets everybody have: 400 cases."""
_BASES = "core.deltaBaseCacheLimit=128m"
"""What others are packed against is held unpacked; of 96 MiB too much is unpacked again."""
_BROUGHT_AT_ONCE = 20_000
"""Objects of one request to the remote of a clone that leaves files out."""
_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) ([0-9]+)\n")
"""What stands above an object that is there."""
_PATH = re.compile(r"[A-Za-z0-9_./-]+")
_UNSAFE_PARTS = frozenset(("", ".", "..", ".git"))


class GitObject(NamedTuple):
    """An object as stored.  `data` is None when it is larger than the limit."""

    oid: str
    kind: str
    size: int
    data: bytes | None


class ObjectReader:
    """One `git cat-file --batch-command`, asked as often as needed.

    It holds its answers back until it is asked to flush them, many at a time.

    Names are object names, references, or `<commit>:<path>`.
    """

    def __init__(self, repository: Repository, limit: int = READ_LIMIT) -> None:
        self._repository = repository
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def repository(self) -> Repository:
        """The repository that is read."""
        return self._repository

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

    def read(self, name: str) -> GitObject | None:
        """Return one object, None when there is none of that name."""
        return next(self.read_all((name,)))

    def read_all(self, names: Iterable[str]) -> Iterator[GitObject | None]:
        """Return the objects in the order of their names, None for each that is not there.

        Raises:
            OutsideFailed: when git stops answering.
        """
        for chunk in self._chunks(names):
            yield from self._answers(self._ask(chunk))

    def begin(self, names: Sequence[str]) -> Iterator[GitObject | None]:
        """Ask for objects, and return what reads them: git finds them meanwhile.

        They must be read before anything else is asked here.

        Raises:
            OutsideFailed: when git stops answering.
        """
        first, *others = self._chunks(names) if names else ([],)
        asked = self._ask(first)
        return chain(self._answers(asked), self.read_all(chain.from_iterable(others)))

    def _ask(self, names: Sequence[str]) -> int:
        """Ask for objects whose names fit into a pipe, and return how many."""
        process = self._started()
        if process.stdin is None:
            raise OutsideFailed("git cat-file has no pipes")
        if any("\n" in name for name in names):
            raise ValueError("the name of an object holds a newline")
        try:
            asked = "".join(f"contents {name}\n" for name in names)
            process.stdin.write(f"{asked}flush\n".encode())
            process.stdin.flush()
        except BrokenPipeError:
            raise OutsideFailed("git cat-file stopped answering", "run `git fsck`") from None
        return len(names)

    def _answers(self, count: int) -> Iterator[GitObject | None]:
        process = self._started()
        if process.stdout is None:
            raise OutsideFailed("git cat-file has no pipes")
        for _ in range(count):
            yield self._answer(process.stdout)

    def read_files(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of files of a commit by path, those that are there and not too large.

        Raises:
            OutsideFailed: when git stops answering.
        """
        wanted = tuple(paths)
        stored = self.read_all(f"{commit}:{path}" for path in wanted)
        return {
            path: found.data
            for path, found in zip(wanted, stored, strict=True)
            if found is not None and found.data is not None
        }

    def _chunks(self, names: Iterable[str]) -> Iterator[list[str]]:
        remote = promising_remote(self._repository)
        if remote is None:
            yield from chunked(names, _REQUESTS_AT_ONCE)
            return
        for many in chunked(names, _BROUGHT_AT_ONCE):
            # One alone git brings by itself.
            if len(many) > 1:
                bring_objects(self._repository, remote, many)
            yield from chunked(many, _REQUESTS_AT_ONCE)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                command(
                    self._repository.start, "-c", _BASES, "cat-file", "--batch-command", "--buffer"
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                bufsize=_PIPE,
            )
            _widen(self._process.stdout)
        return self._process

    def _answer(self, stdout: IO[bytes]) -> GitObject | None:
        header = stdout.readline()
        if not header.endswith(b"\n"):
            raise OutsideFailed("git cat-file stopped answering", "run `git fsck`")
        if (found := _HEADER.fullmatch(header)) is None:
            return None
        name, kind, size = found[1].decode(), found[2].decode(), int(found[3])
        if size > self._limit:
            left = size
            while left > 0:
                left -= len(stdout.read(min(left, 1 << 20)) or b" " * left)
            data, end = None, stdout.read(1)
        else:
            told = stdout.read(size + 1)
            data, end = told[:size], told[size:]
        if end != b"\n":
            raise OutsideFailed("git cat-file stopped answering", "run `git fsck`")
        return GitObject(name, kind, size, data)


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a pipe hold more, where the system has it: git then need not wait until it is read."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def parse_tree(found: GitObject | None) -> dict[str, str]:
    """Return `{name: object name}` of a tree's entries, nothing for anything else."""
    if found is None or found.kind != "tree" or found.data is None:
        return {}
    width = len(found.oid) // 2
    entries: dict[str, str] = {}
    at, data = 0, found.data
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        entries[data[space + 1 : end].decode("utf-8", "replace")] = data[
            end + 1 : end + 1 + width
        ].hex()
        at = end + 1 + width
    return entries


@dataclass(frozen=True, slots=True)
class Signature:
    """Who a commit is by."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to write: a tree with `files` put in or replaced.

    The tree is `tree`, else the first parent's, else an empty one.  A file's value is its
    content, or the object name of a blob that is there already.  Author and committer are
    `by`, both dates `at` to the second.
    """

    message: str
    by: Signature
    at: datetime
    files: Mapping[str, bytes | str]
    parents: tuple[str, ...] = field(default=())
    tree: str | None = None


def write_commits(repository: Repository, commits: Sequence[NewCommit]) -> tuple[str, ...]:
    """Write commits that nothing refers to yet and return their object names.

    Equal commits get equal names.  Killed at any point, this leaves objects that git
    collects one day, and no reference.
    """
    if not commits:
        return ()
    scratch = f"refs/doleances/scratch/{os.urandom(16).hex()}"
    stream = [b"feature done\n"]
    for mark, commit in enumerate(commits, start=1):
        stream.extend(_commit_command(scratch, mark, commit))
    stream.extend(b"get-mark :%d\n" % mark for mark in range(1, len(commits) + 1))
    # The scratch reference exists only inside fast-import: it is gone before it is written.
    stream.append(f"reset {scratch}\nfrom {repository.zero}\n\ndone\n".encode())
    arguments = ("fast-import", "--quiet", "--date-format=raw")
    ended = spawn(command(repository.start, *arguments), b"".join(stream), environment())
    names = tuple(ended.stdout.decode().split())
    if ended.returncode:
        raise failure("fast-import", ended)
    if len(names) != len(commits):
        raise OutsideFailed(f"git fast-import wrote {len(names)} of {len(commits)} commits")
    return names


def _commit_command(scratch: str, mark: int, commit: NewCommit) -> Iterator[bytes]:
    who = f"{_plain(commit.by.name)} <{_plain(commit.by.email)}> {_seconds(commit.at)} +0000"
    if not commit.parents:
        yield f"reset {scratch}\n\n".encode()
    yield f"commit {scratch}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
    yield _data(commit.message.encode())
    for nth, parent in enumerate(commit.parents):
        if not is_object_name(parent):
            raise ValueError(f"{parent!r} is no object name")
        yield f"{'merge' if nth else 'from'} {parent}\n".encode()
    if commit.tree is not None:
        yield f'M 040000 {commit.tree} ""\n'.encode()
    for path, content in sorted(commit.files.items()):
        if not _PATH.fullmatch(path) or _UNSAFE_PARTS.intersection(path.lower().split("/")):
            raise ValueError(f"{path!r} cannot be written")
        if isinstance(content, str):
            yield f"M 100644 {content} {path}\n".encode()
        else:
            yield f"M 100644 inline {path}\n".encode()
            yield _data(content)
    yield b"\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _seconds(at: datetime) -> int:
    """Return the seconds since 1970, the earliest instant that a commit can have."""
    return max(0, int(at.timestamp()))


def _plain(text: str) -> str:
    """Return the text without what a commit's signature cannot hold."""
    return "".join(c for c in text if c not in "<>" and c.isprintable()).strip() or "?"


def write_blob(repository: Repository, content: bytes) -> str:
    """Write a blob that nothing refers to yet and return its object name."""
    return repository.text("hash-object", "-w", "--stdin", stdin=content)
