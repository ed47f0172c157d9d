"""What a range of commits does to the cases: `check --base`.

Reads the changed files alone, so that it costs the same with ten cases and with a hundred
thousand.  Who may decide is judged by the policies of the base: nobody gives himself a role
and uses it in one change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.cases.amendments import added_entries, check_amendment
from runner.cases.authority import Authority, check_authority
from runner.errors import Fault, Refused, UsageError
from runner.model import State
from runner.policies.alone import load_delegation, load_privacy, load_team
from runner.policies.delegation import FILE as DELEGATION
from runner.policies.privacy import FILE as PRIVACY
from runner.policies.team import FILE as TEAM
from runner.repo.check import Checked, judge_case
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES, read_yaml_file
from runner.repo.git import GitFailed, Repository, open_repository, parse_case_path
from runner.repo.objects import ObjectReader
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between a base and the working tree.

    `base` is the commit where both parted, with the colon and folder that names a file of it
    when a path of the desk follows.  `files` maps paths to whether they are still
    there.
    """

    base: str
    files: Mapping[str, bool]

    @property
    def cases(self) -> tuple[str, ...]:
        """The changed files below `cases/`, those that are gone too."""
        return tuple(path for path in self.files if path.startswith(f"{CASES_FOLDER}/"))

    @property
    def configuration(self) -> bool:
        """Whether the desk's own files changed."""
        folders = tuple(f"{folder}/" for folder in CONFIGURATION_FOLDERS)
        return any(path == SOURCES or path.startswith(folders) for path in self.files)


def read_change(root: Path, base: str) -> Change:
    """Return what differs between the working tree and where it parted from `base`.

    Raises:
        UsageError: when `base` names no commit.
        Refused: when the clone is too shallow to tell where they parted.
    """
    repository = open_repository(root)
    parted = _parted_from(repository, base)
    wanted = (CASES_FOLDER, SOURCES, *CONFIGURATION_FOLDERS)
    listed = repository.run(
        "diff", "--name-status", "--no-renames", "--no-ext-diff", "--relative", "-z", parted,
        "--", *wanted,
    )  # fmt: skip
    words = listed.decode("utf-8", "replace").split("\0")
    files = {path: status != "D" for status, path in zip(words[::2], words[1::2], strict=False)}
    untracked = repository.run("ls-files", "-o", "--exclude-standard", "-z", "--", *wanted)
    files |= {path: True for path in untracked.decode("utf-8", "replace").split("\0") if path}
    folder = "" if repository.worktree in {None, root} else f"{_below(repository, root)}/"
    return Change(f"{parted}:{folder}", dict(sorted(files.items())))


def check_change(
    root: Path, change: Change, now: datetime, actors: frozenset[str] | None = None
) -> Checked:
    """Judge the changed cases: each by itself, and by what it was."""
    cases = {path: there for path, there in change.files.items() if path in change.cases}
    if not cases:
        return Checked(0, ())
    repository = open_repository(root)
    rules = read_yaml_file(root, PRIVACY)
    privacy = load_privacy(None if isinstance(rules, Fault) else rules)
    faults: list[Fault] = []
    with ObjectReader(repository) as reader:
        authority = _authority(reader, change.base, root, actors)
        stood = reader.read_all(f"{change.base}{path}" for path in cases)
        for (path, there), stored in zip(cases.items(), stood, strict=True):
            before = stored.data if stored is not None else None
            if not there:
                if parse_case_path(path):
                    faults.append(_removed(path))
                continue
            data = read_yaml_file(root, path)
            if isinstance(data, Fault):
                faults.append(data)
                continue
            twice = _told_twice(repository, path) if before is None else ()
            found = (*judge_case(data, path, privacy), *twice)
            faults += found
            after = _read_case(data, path) if not found else None
            if after is not None:
                was = _read_case(before, path)
                faults += judge_amendment(was, after, authority, now)
        faults += _merged_away(root, reader, change)
    return Checked(len(cases), tuple(sorted(faults)))


def judge_amendment(
    before: Document | None, after: Document, authority: Authority, now: datetime
) -> tuple[Fault, ...]:
    """Return what a change does to a case that it may not; both have passed the schema."""
    added = added_entries(before, after)
    return tuple(
        sorted((*check_amendment(before, after, now), *check_authority(after, added, authority)))
    )


def _read_case(data: bytes | Fault | None, path: str) -> Document | None:
    """Return a case's document, None for what is no case."""
    if not isinstance(data, bytes):
        return None
    document = read_document(data, path)
    if isinstance(document, Document) and not check_document("case", document):
        return document
    return None


def _merged_away(root: Path, reader: ObjectReader, change: Change) -> Iterator[Fault]:
    """Check that what was merged into another case stands there, with all its places."""
    for path in change.cases:
        after = _read_case(read_yaml_file(root, path), path)
        if after is None:
            continue
        stored = reader.read(f"{change.base}{path}")
        was = _read_case(stored.data, path) if stored is not None else None
        case: Any = after.value
        for index in added_entries(was, after):
            if case["log"][index]["entry"] == "merged":
                yield from _check_target(root, after, index)


def _check_target(root: Path, merged: Document, index: int) -> Iterator[Fault]:
    case: Any = merged.value
    target = case["log"][index]["target"]
    paths = _files_of(open_repository(root), target)
    other = _read_case(read_yaml_file(root, paths[0]), paths[0]) if paths else None
    where = ("log", index, "target")
    if other is None:
        yield merged.fault(
            where,
            "merge-target",
            f"there is no case {target} to merge into",
            "`doleances status` lists the cases",
        )
        return
    held: Any = other.value
    if held["state"] in {State.MERGED, State.ERASED}:
        yield merged.fault(where, "merge-target", f"the case {target} is itself {held['state']}")
    detected = {place["key"]: place["detected_at"] for place in held["places"]}
    for place in case["places"]:
        if detected.get(place["key"]) != place["detected_at"]:
            yield merged.fault(
                where,
                "merge-places",
                f"the case {target} does not hold {place['id']} with its detection",
                "the target keeps all places, each with its key and `detected_at`",
            )


def _told_twice(repository: Repository, path: str) -> Iterator[Fault]:
    case_id = parse_case_path(path)
    others = [other for other in _files_of(repository, case_id) if other != path] if case_id else []
    if others:
        yield Fault(
            path,
            1,
            1,
            "case-twice",
            "the same case stands in two files",
            f"the other is {others[0]}; keep the one that was merged first",
        )


def _files_of(repository: Repository, case_id: str) -> list[str]:
    """Return the files of the working tree that are called like a case."""
    pattern = f":(glob){CASES_FOLDER}/*/*/*/{case_id}.yaml"
    listed = repository.text("ls-files", "-co", "--exclude-standard", "-z", "--", pattern)
    return [path for path in listed.split("\0") if path]


def _removed(path: str) -> Fault:
    return Fault(
        path,
        1,
        1,
        "case-removed",
        "the case file is removed or moved",
        "end a case with an entry in its log; its file stays where it is",
    )


def _authority(
    reader: ObjectReader, base: str, root: Path, actors: frozenset[str] | None
) -> Authority:
    def policy(path: str) -> bytes | None:
        stored = reader.read(f"{base}{path}")
        if stored is not None:
            return stored.data
        here = read_yaml_file(root, path)
        return here if isinstance(here, bytes) else None

    team = load_team(policy(TEAM))
    return Authority(team, load_delegation(policy(DELEGATION)), actors)


def _parted_from(repository: Repository, base: str) -> str:
    hint = "fetch more of it: git fetch --unshallow, or `fetch-depth: 0` where CI checks out"
    shallow = (repository.common_dir / "shallow").exists()
    if base.startswith("-"):
        raise UsageError(f"{base!r} names no commit")
    status, found = repository.run_status("merge-base", base, "HEAD", accept=(0, 1, 128))
    parted = found.decode().strip()
    if status == 0 and not (shallow and _may_hide_a_nearer(repository, parted, base)):
        return parted
    if shallow:
        raise Refused(f"this shallow clone does not tell where {base} and HEAD parted", hint)
    if status == 1:
        raise Refused(
            f"{base} and HEAD have no history in common", "name the branch that it goes into"
        )
    raise UsageError(
        f"there is no commit {base}, or none here yet",
        "name a branch, a tag or a commit: `--base origin/main`",
    )


def _below(repository: Repository, root: Path) -> str:
    return root.relative_to(repository.worktree or root).as_posix()


def _may_hide_a_nearer(repository: Repository, parted: str, base: str) -> bool:
    """Whether history ends before `parted` on some way, so that a nearer commit may be cut off."""
    try:
        cut = (repository.common_dir / "shallow").read_text().split()
    except OSError:
        return True
    try:
        walked = repository.text("rev-list", "HEAD", base, f"^{parted}").split()
    except GitFailed:
        return True
    return not set(cut).isdisjoint(walked)
