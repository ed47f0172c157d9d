"""The main line: the commits that a branch was at, one after the other, and what each changed.

A merge commit counts by what it changed against its first parent, whatever its branch went
through.  Renames are told as a file that went and one that came.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from runner.errors import Refused, UsageError
from runner.model import KEY
from runner.repo.case_paths import find_case_file_at, parse_case_path
from runner.repo.files import CASES_FOLDER
from runner.repo.git import FileChange, Repository, base_ref, chunked
from runner.repo.objects import GitObject, ObjectReader
from runner.repo.partial import bring_objects, cut_commits, promising_remote

_FORMAT = "--format=%x01%H%x00%P%x00%an%x00%ae%x00%at%x00%ce%x00%ct%x00%T%x00%s"
_FIELDS = 9
_DIFF = ("--first-parent", "-m", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff",
         "--ignore-submodules=none", "--no-color", "--no-notes", "--encoding=UTF-8")  # fmt: skip
_BROUGHT_AT_ONCE = 20_000
_BRANCH_AT_MOST = 200
"""Commits of one branch that are looked at."""
_PLAIN_COMMIT = re.compile(
    rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)"
    rb"author [^<>\n\0]*<([^<>\n\0]*)> ([0-9]{1,18}) [+-][0-9]{4}\n"
    rb"committer [^<>\n\0]*<[^<>\n\0]*> ([0-9]{1,18}) [+-][0-9]{4}\n\n"
)
"""A commit as git makes it that is not signed; whatever else there may be is read line by line."""
_SIGNED_AT = re.compile(rb"[ \t\r]*([0-9]+)[ \t\r]*[+-][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")


class MainCommit(NamedTuple):
    """A commit of the main line.

    `authored` and `committed` are in seconds since 1970; `changes` are against its first parent;
    `tree` names all files as it left them.
    """

    name: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored: int
    committer_email: str
    committed: int
    tree: str
    subject: str
    changes: tuple[FileChange, ...]

    @property
    def is_merge(self) -> bool:
        """Whether it brought a branch in."""
        return len(self.parents) > 1


class BranchCommit(NamedTuple):
    """A commit that came with a merge; `email` is its author's."""

    name: str
    email: str
    authored: int
    committed: int
    parents: tuple[str, ...]
    tree: str


def find_tip(repository: Repository, base: str) -> str:
    """Return the commit that the base branch is at: here, else at `origin`, else what is out.

    Raises:
        Refused: when there is no commit at all.
    """
    for name in (base_ref(base), f"refs/remotes/origin/{base}"):
        if (found := _find_commit(repository, name)) is not None:
            return found
    if (head := find_head(repository)) is not None:
        return head
    raise Refused(f"there is no commit on {base} yet", "commit the desk, then look again")


def find_head(repository: Repository) -> str | None:
    """Return the commit that is out, None where there is none yet."""
    return _find_commit(repository, "HEAD")


def _find_commit(repository: Repository, name: str) -> str | None:
    status, said = repository.run_status(
        "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", accept=(0, 1, 128)
    )
    return said.decode().strip() if status == 0 else None


def find_path(repository: Repository, tip: str, wanted: str) -> str:
    """Return the file of a case, which an id or the path itself names; also of one that is gone.

    Raises:
        UsageError: when no merged commit ever held it.
    """
    case_id = parse_case_path(wanted) or wanted
    if not re.fullmatch(KEY, case_id):
        raise UsageError(f"{wanted!r} is no case id", "such as c-7f3k2m9x4q5t")
    path = find_case_file_at(repository, tip, case_id)
    if path is None:
        listed = repository.text(
            "log", "-1", "--first-parent", "-m", "--diff-filter=D", "--no-renames",
            "--name-only", "--format=", "-z", tip, "--",
            f":(glob){CASES_FOLDER}/*/*/*/{case_id}.yaml",
        )  # fmt: skip
        path = next((word for word in listed.split("\0") if parse_case_path(word)), None)
    if path is None:
        raise UsageError(
            f"no commit on the main line holds {case_id}",
            "this clone is shallow: `git fetch --unshallow` brings what came before"
            if cut_commits(repository)
            else "`doleances pulls` lists what waits to be accepted",
        )
    return path


def read_line(repository: Repository, tip: str) -> tuple[str, ...]:
    """Return the names of the main line's commits, the oldest first."""
    listed = repository.text("rev-list", "--first-parent", "--reverse", tip)
    return tuple(listed.splitlines())


def means_day(since: str) -> bool:
    """Whether a word means a day or an instant, and no revision."""
    return _DAY.fullmatch(since) is not None


def find_on_line(repository: Repository, line: Sequence[str], since: str) -> str | None:
    """Return the commit of the main line that a revision or a day means.

    For a day or an instant, the last commit before it, None where none is so old.

    Raises:
        UsageError: when it is neither, or not on the main line.
    """
    if means_day(since):
        try:
            at = datetime.fromisoformat(since) if len(since) > 10 else date.fromisoformat(since)
        except ValueError:
            raise UsageError(f"{since!r} is no day", "such as 2026-11-21") from None
        before = f"--before={at.isoformat()}" + ("T00:00:00" if len(since) == 10 else "")
        found = repository.text("rev-list", "--first-parent", "-1", before, line[-1])
        return found or None
    name = _find_commit(repository, since) if not since.startswith("-") else None
    if name is None or name not in set(line):
        raise UsageError(
            f"{since!r} is no commit of the main line",
            "name a commit or a tag on it, or a day such as 2026-11-21",
        )
    return name


def walk_line(
    repository: Repository,
    tip: str,
    since: str | None = None,
    paths: Sequence[str] = (),
    *,
    newest_first: bool = False,
) -> Iterator[MainCommit]:
    """Return the commits of the main line after `since`, the oldest first, as git tells them.

    With `paths`, those that changed one of these files, or something in one of these folders.
    The newest first they come while git still walks, the oldest first once it has walked.

    Raises:
        OutsideFailed: when git stops before the end.
    """
    revisions = [tip] if since is None else [tip, f"^{since}"]
    order = () if newest_first else ("--reverse",)
    told = repository.stream("log", *order, *_DIFF, "--root", _FORMAT, *revisions, "--", *paths)
    return _commits(_words(told))


def bring_changes(
    repository: Repository, tip: str, since: str | None, paths: Sequence[str]
) -> None:
    """Fetch what commits after `since` made of files, where the clone leaves files out.

    Raises:
        OutsideFailed: when the remote cannot be reached.
    """
    remote = promising_remote(repository)
    if remote is None:
        return
    changes = (
        change for commit in walk_line(repository, tip, since, paths) for change in commit.changes
    )
    for some in chunked((change.new for change in changes if change.new), _BROUGHT_AT_ONCE):
        bring_objects(repository, remote, some)


def read_signatures(repository: Repository, tip: str, since: str) -> dict[str, str]:
    """Return git's verdict on the signature of each commit after `since`, as `%G?` has it.

    Git asks the program that the machine has for it, once for each commit that is signed.
    """
    listed = repository.text(
        "log", "--first-parent", "--reverse", "--format=%H %G?", tip, f"^{since}", "--"
    )
    parted = (line.partition(" ") for line in listed.splitlines())
    return {name: verdict for name, _, verdict in parted}


def read_branch_heads(
    reader: ObjectReader, commits: Iterable[MainCommit]
) -> dict[str, BranchCommit | None]:
    """Return the last commits of the branches that merges brought, read at once."""
    names = tuple(dict.fromkeys(name for commit in commits for name in commit.parents[1:]))
    return dict(zip(names, map(parse_commit, reader.read_all(names)), strict=True))


def read_branch(
    reader: ObjectReader,
    commit: MainCommit,
    line: frozenset[str],
    known: dict[str, BranchCommit | None],
) -> tuple[BranchCommit, ...]:
    """Return the commits that a merge brought to the main line, the last first.

    `line` are the commits of the main line itself; what is read joins what is `known`.
    """
    left = list(commit.parents[1:])
    seen: set[str] = set()
    found: list[BranchCommit] = []
    while left and len(found) < _BRANCH_AT_MOST:
        name = left.pop(0)
        if name in seen or name in line:
            continue
        seen.add(name)
        if name not in known:
            known[name] = parse_commit(reader.read(name))
        parsed = known[name]
        if parsed is not None:
            found.append(parsed)
            left += parsed.parents
    return tuple(found)


def parse_commit(stored: GitObject | None) -> BranchCommit | None:
    """Return what a commit object says as git reads it, None for anything else."""
    if stored is None or stored.kind != "commit" or stored.data is None:
        return None
    if (plain := _PLAIN_COMMIT.match(stored.data)) is not None:
        tree, above, email, authored, committed = plain.groups()
        return BranchCommit(
            stored.oid,
            email.decode("utf-8", "replace"),
            int(authored),
            int(committed),
            tuple(above.decode("ascii").split()[1::2]),
            tree.decode("ascii"),
        )
    return _parse_lines(stored.oid, stored.data)


def _parse_lines(name: str, data: bytes) -> BranchCommit:
    # To git a zero ends a line too, and of two lines that say the same the last one counts; but
    # tree and parents stand above the author, or are none.
    head = data.partition(b"\n\n")[0].replace(b"\0", b"\n").partition(b"\n\n")[0]
    tree, *above = head.partition(b"\nauthor ")[0].decode("ascii", "replace").split("\n")
    email, authored, committed = "", 0, 0
    for line in head.split(b"\n"):
        word, _, rest = line.partition(b" ")
        if word == b"author":
            email, authored = _signature(rest)
        elif word == b"committer":
            _, committed = _signature(rest)
    return BranchCommit(
        name,
        email,
        authored,
        committed,
        tuple(line.removeprefix("parent ") for line in above if line.startswith("parent ")),
        tree.removeprefix("tree "),
    )


def _signature(said: bytes) -> tuple[str, int]:
    """Return the address and the time of who signed, "" and 0 for what git does not read.

    As git's `split_ident_line` does, whose `%ae` and `%ct` are what `walk_line` tells: the
    address is in the first angle brackets, the time stands after the last one, with its zone.
    """
    email, closed, _ = said.partition(b"<")[2].partition(b">")
    if not closed:
        return "", 0
    at = _SIGNED_AT.match(said.rpartition(b">")[2])
    return email.decode("utf-8", "replace"), _seconds(at[1].decode()) if at else 0


def committed_at(reader: ObjectReader, name: str) -> int:
    """Return the time of a commit in seconds since 1970, 0 for anything else."""
    commit = parse_commit(reader.read(name))
    return commit.committed if commit is not None else 0


def _words(told: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield what git parts by zeros, many words at a time."""
    left = b""
    for chunk in told:
        whole, ended, left = (left + chunk).rpartition(b"\0")
        if ended:
            yield whole.decode("utf-8", "replace").split("\0")
    if left.strip():
        yield [left.decode("utf-8", "replace")]


def _commits(told: Iterable[list[str]]) -> Iterator[MainCommit]:
    words: list[str] = []
    end = _FIELDS
    for some in told:
        words += some
        begun = 0
        while end < len(words):
            word = words[end]
            if word.startswith("\x01"):
                yield _commit(words[begun:end])
                begun, end = end, end + _FIELDS
            else:
                end += 2 if word.lstrip("\n").startswith(":") else 1
        del words[:begun]
        end -= begun
    if words:
        yield _commit(words)


def _commit(words: Sequence[str]) -> MainCommit:
    name, parents, author, author_email, authored, committer_email, committed, tree, subject = (
        words[:_FIELDS]
    )
    return MainCommit(
        name[1:],
        tuple(parents.split()),
        author,
        author_email,
        _seconds(authored),
        committer_email,
        _seconds(committed),
        tree,
        subject.strip("\n"),
        tuple(_changes(iter(words[_FIELDS:]))),
    )


def _changes(words: Iterator[str]) -> Iterator[FileChange]:
    for word in words:
        if (head := word.lstrip("\n")).startswith(":"):
            _, mode, old, new, status = head.split(" ")
            gone, came = status == "D", status == "A"
            yield FileChange(next(words, ""), mode, None if came else old, None if gone else new)


def _seconds(text: str) -> int:
    """Return a commit's time; one that git could not read is long ago."""
    try:
        return int(text)
    except ValueError:
        return 0
