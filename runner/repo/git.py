"""Plain git by subprocess: one thin, typed edge that every other part goes through.

Arguments are lists, names are checked before git sees them, the environment is
what this module lets through, and hooks do not run.  Bulk reads go through one
`git cat-file --batch-command`, bulk writes through one `git fast-import`, references change
in `git update-ref` transactions.
"""

import os
import re
import signal
import subprocess
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple, TypeVar

from runner.errors import OutsideFailed, Refused, UsageError
from runner.model import KEY

_KEPT_VARIABLES = re.compile(
    r"GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|PROXY_SSL_\w+|HTTP_\w+|EXEC_PATH"
    r"|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)"
    r"|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)"
)
"""How to reach a remote, whose configuration holds, and who acts: everything else that
starts with `GIT_` could point git at another repository, index or object store."""

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "log.showSignature=false",
    "log.showRoot=false",
    "log.diffMerges=separate",
    "diff.relative=false",
    "diff.orderFile=/dev/null",
    "core.filesRefLockTimeout=3000",
    "core.packedRefsTimeout=5000",
)
_WORDS_LIMIT = 600
_CHUNK = 1 << 18
_Item = TypeVar("_Item")

_CHANGE = r"[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?"
_RUNNER_BRANCH = re.compile(rf"doleances/({KEY})/({_CHANGE})")
_DESK_BRANCH = re.compile(rf"desk/({KEY})/({_CHANGE})")
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BASE = re.compile(r"(?!-)[\w][\w./-]{0,200}", re.ASCII)


class GitFailed(OutsideFailed):
    """Git ended with an error; `message` holds its own words, `status` its exit code."""

    def __init__(self, message: str, hint: str = "", status: int = 1) -> None:
        super().__init__(message, hint)
        self.status = status


@dataclass(frozen=True, slots=True)
class BranchName:
    """A branch of the runner or of a person's verb, taken apart."""

    name: str
    case_id: str
    change: str

    @property
    def ref(self) -> str:
        """The branch's full reference."""
        return f"refs/heads/{self.name}"


def parse_branch(name: str) -> BranchName | None:
    """Return the parts of `doleances/<case-id>/<change>`, or None for any other name."""
    found = _RUNNER_BRANCH.fullmatch(name)
    return BranchName(name, found[1], found[2]) if found else None


def parse_desk_branch(name: str) -> BranchName | None:
    """Return the parts of `desk/<case-id>/<change>`, or None for any other name."""
    found = _DESK_BRANCH.fullmatch(name)
    return BranchName(name, found[1], found[2]) if found else None


def is_object_name(text: str) -> bool:
    """Whether the text is a full object name, SHA-1 or SHA-256."""
    return _OBJECT_NAME.fullmatch(text) is not None


def base_ref(base: str) -> str:
    """Return the full reference of the base branch.

    Raises:
        UsageError: when the name could be taken for an option or leaves `refs/heads/`.
    """
    if not _BASE.fullmatch(base) or ".." in base or base.endswith((".lock", "/", ".")):
        raise UsageError(
            f"sources.yaml: base {base!r} is no branch name", "name a branch such as `main`"
        )
    return f"refs/heads/{base}"


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository: bare or not, whole or shallow, seen from any of its folders.

    `git_dir` belongs to this worktree, `common_dir` is shared by all of them.
    `worktree` is None in a bare repository.  `zero` is the object name that stands for
    none, as long as the repository's names are.
    """

    start: Path
    git_dir: Path
    common_dir: Path
    worktree: Path | None
    zero: str

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
        within: float | None = None,
    ) -> bytes:
        """Run git here and return its standard output.

        `extra` are environment variables, `accept` the exit codes that are no failure, `within`
        the seconds that it may take.

        Raises:
            GitFailed: with git's own words, or when it took longer.
            Refused: when git does not trust the repository's owner.
        """
        return self.run_status(*arguments, stdin=stdin, extra=extra, accept=accept, within=within)[
            1
        ]

    def run_status(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
        within: float | None = None,
    ) -> tuple[int, bytes]:
        """Run git as `run` does; return its exit code too."""
        verb = _verb(arguments)
        try:
            ended = spawn(command(self.start, *arguments), stdin, environment(extra), within)
        except subprocess.TimeoutExpired:
            raise GitFailed(
                f"git {verb} did not end within {within:g} seconds", "run it again in a moment"
            ) from None
        if ended.returncode not in accept:
            raise failure(verb, ended)
        return ended.returncode, ended.stdout

    def text(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git here and return its standard output as text, without the last newline."""
        return self.run(*arguments, stdin=stdin).decode("utf-8", "replace").removesuffix("\n")

    def stream(self, *arguments: str) -> Generator[bytes, None, None]:
        """Run git here and yield its standard output as it comes; closed early, git is stopped.

        Raises:
            GitFailed: with git's own words, at the end.
            Refused: when git does not trust the repository's owner.
        """
        line, pipe, verb = command(self.start, *arguments), subprocess.PIPE, _verb(arguments)
        # A pipe for its words would fill while nobody reads it, and git wait for ever.
        with (
            TemporaryFile() as words,
            subprocess.Popen(line, stdout=pipe, stderr=words, env=environment()) as process,
        ):
            if process.stdout is None:
                raise OutsideFailed(f"git {verb} has no pipe")
            try:
                while chunk := os.read(process.stdout.fileno(), _CHUNK):
                    yield chunk
            except BaseException:
                process.kill()
                raise
            if process.wait():
                words.seek(0)
                ended = subprocess.CompletedProcess(line, process.returncode, b"", words.read())
                raise failure(verb, ended)


@lru_cache(maxsize=16)
def open_repository(start: Path) -> Repository:
    """Return the repository that holds a folder.

    Raises:
        UsageError: when the folder is in no repository.
        Refused: when git does not trust the repository's owner.
    """
    ended = spawn(
        command(
            start,
            "rev-parse",
            "--path-format=absolute",
            "--git-dir",
            "--git-common-dir",
            "--show-object-format",
            "--is-inside-work-tree",
            "--show-cdup",
        ),
        b"",
        environment(),
    )
    if ended.returncode:
        failed = failure("rev-parse", ended)
        if "not a git repository" in failed.message:
            raise UsageError(f"{start} is in no git repository", "make one with `git init`")
        raise failed
    git_dir, common_dir, hashed_by, inside, *up = os.fsdecode(ended.stdout).split("\n")
    worktree = (start / up[0]).resolve() if inside == "true" else None
    zero = "0" * (64 if hashed_by == "sha256" else 40)
    return Repository(start, Path(git_dir), Path(common_dir), worktree, zero)


def check_top(folder: Path) -> None:
    """Make sure that a desk's folder is the top of its repository, where the cases lie.

    Raises:
        UsageError: when it is a folder further down, or in no repository.
    """
    top = open_repository(folder).worktree
    if top is not None and top != folder.resolve():
        raise UsageError(
            f"{folder} is not the top of its git repository, {top} is",
            "give the desk a repository of its own",
        )


def command(start: Path, *arguments: str) -> list[str]:
    """Return the full command line of a git command in a folder."""
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return ["git", "-C", os.fspath(start), *settings, *arguments]


def _verb(arguments: Sequence[str]) -> str:
    return next(word for word in arguments if not word.startswith("-") and "=" not in word)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment that git runs in: nothing that redirects it, no prompts, English."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or _KEPT_VARIABLES.fullmatch(name)
    }
    return {
        **kept,
        "LC_ALL": "C",
        "LANGUAGE": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        **(extra or {}),
    }


def spawn(
    line: Sequence[str],
    stdin: bytes,
    variables: Mapping[str, str],
    within: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a git process to its end: the one place where that happens.

    One that may take only `within` seconds has a process group of its own, so that what it
    started ends with it.

    Raises:
        OutsideFailed: when there is no git.
        subprocess.TimeoutExpired: when it took longer; nothing of it is left.
    """
    group = None if within is None else 0
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            line, stdin=pipe, stdout=pipe, stderr=pipe, env=variables, process_group=group
        )
    except FileNotFoundError as error:
        raise OutsideFailed(f"git could not be started: {error.strerror}", "install git") from None
    with process:
        try:
            said, complained = process.communicate(stdin, within)
        except BaseException:
            if group is None:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(line, process.returncode, said, complained)


def failure(verb: str, ended: subprocess.CompletedProcess[bytes]) -> GitFailed | Refused:
    """Return the exception for a git process that failed, in git's own words."""
    said = ended.stderr.decode("utf-8", "replace")
    lines = [
        re.sub(r"^(?:fatal|error|warning): ", "", line).strip()
        for line in said.splitlines()
        if line.strip() and not line.startswith("hint:")
    ]
    words = "; ".join(dict.fromkeys(lines))[:_WORDS_LIMIT] or f"exit code {ended.returncode}"
    if "dubious ownership" in words:
        return Refused(
            f"git does not trust this repository: {words}",
            "if you do: git config --global --add safe.directory <its folder>",
        )
    hint = ""
    if ".lock'" in words:
        hint = (
            "another git is at work; if there is none, a killed one left the .lock file: remove it"
        )
    return GitFailed(f"git {verb}: {words}", hint, ended.returncode)


def read_refs(repository: Repository, *patterns: str) -> dict[str, str]:
    """Return `{reference: object name}` of all references at or below the patterns."""
    listed = repository.text("for-each-ref", "--format=%(objectname) %(refname)", *patterns)
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    return {ref: oid for oid, ref in pairs}


def read_worktrees(repository: Repository) -> dict[str, Path]:
    """Return `{reference: folder}` of the branches that are checked out somewhere."""
    found: dict[str, Path] = {}
    folder = Path()
    for line in repository.run("worktree", "list", "--porcelain", "-z").split(b"\0"):
        word, _, rest = line.partition(b" ")
        if word == b"worktree":
            folder = Path(os.fsdecode(rest))
            # Where a file `.git` names the git directory, git lists that instead of the files.
            if folder == repository.common_dir == repository.git_dir and repository.worktree:
                folder = repository.worktree
        elif word == b"branch":
            found[rest.decode("utf-8", "replace")] = folder
    return found


def read_head_branch(repository: Repository) -> str | None:
    """Return the name of the branch that is checked out, None where it is a bare commit."""
    status, said = repository.run_status("symbolic-ref", "-q", "--short", "HEAD", accept=(0, 1))
    return said.decode("utf-8", "replace").strip() if status == 0 else None


def is_ancestor(repository: Repository, older: str, newer: str) -> bool:
    """Whether one commit is, or comes before, another."""
    status, _ = repository.run_status("merge-base", "--is-ancestor", older, newer, accept=(0, 1))
    return status == 0


class FileChange(NamedTuple):
    """A file that differs between two trees: its mode now, and its blob before and now.

    `old` is None for a file that is new, `new` for one that is gone.  Of the working tree git
    tells no blobs, only zeros.
    """

    path: str
    mode: str
    old: str | None
    new: str | None


def parse_changes(listed: bytes) -> Iterator[FileChange]:
    """Yield the files that `git diff-tree -r -z` or `git diff --raw -z` lists, without renames."""
    words = listed.decode("utf-8", "replace").split("\0")
    for head, path in zip(words[::2], words[1::2], strict=False):
        _, mode, old, new, status = head.split(" ")
        yield FileChange(path, mode, None if status == "A" else old, None if status == "D" else new)


def chunked(items: Iterable[_Item], size: int) -> Iterable[list[_Item]]:
    """Return the items in lists of at most `size`."""
    chunk: list[_Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
