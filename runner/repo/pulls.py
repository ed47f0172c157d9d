"""Open pull requests of the `local` forge: `refs/doleances/pulls/<n>`, and their counter.

Each is a commit without parents whose tree holds `pull.json`.  It travels with
push and fetch; when it ends, the reference goes and a receipt stays.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.cases.instants import render_instant
from runner.repo.git import BranchName, parse_branch, parse_desk_branch
from runner.repo.objects import NewCommit, ObjectReader, Signature
from runner.repo.records import Record, render_record

PULLS = "refs/doleances/pulls"
DESK_PULLS = "refs/desk/pulls"
"""People's own proposals, which `sync` leaves alone."""
COUNTER = "refs/doleances/counter"
_FILE = "pull.json"
_VERSION = 1
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PullRecord:
    """What an open pull request says of itself.

    `head` is where the branch stood when its words were written, None where that was not kept.
    `ref_value` is the commit that holds the record.
    """

    number: int
    branch: BranchName
    title: str
    body: str
    labels: tuple[str, ...]
    opened_at: datetime
    ref_value: str = ""
    head: str | None = None

    @property
    def ref(self) -> str:
        """The reference of an open pull request."""
        return pull_ref(self.number, self.branch)


def pull_ref(number: int, branch: BranchName) -> str:
    """Return the reference of the open pull request with this number for a branch."""
    return f"{DESK_PULLS if parse_desk_branch(branch.name) else PULLS}/{number}"


def parse_pull_ref(ref: str) -> int | None:
    """Return the number of the pull request that a reference is for, or None."""
    folder, _, last = ref.rpartition("/")
    return int(last) if folder in {PULLS, DESK_PULLS} and _NUMBER.fullmatch(last) else None


def pull_commit(pull: PullRecord, bot: Signature) -> NewCommit:
    """Return the commit that holds a pull request; equal ones give the same commit."""
    fields = {
        "version": _VERSION,
        "number": pull.number,
        "branch": pull.branch.name,
        "title": pull.title,
        "body": pull.body,
        "labels": list(pull.labels),
        "opened_at": render_instant(pull.opened_at),
        "head": pull.head,
    }
    return NewCommit(
        message=f"pull: Propose {pull.branch.case_id}, {pull.branch.change}.\n",
        by=bot,
        at=pull.opened_at,
        files={_FILE: render_record(fields)},
    )


def parse_pull(data: bytes | None, number: int, ref_value: str) -> PullRecord:
    """Return the pull request in a `pull.json`.

    Raises:
        ValueError: when it is none, or one with another number.
    """
    record = Record(data)
    name = record.text("branch")
    branch = parse_branch(name) or parse_desk_branch(name)
    if branch is None:
        raise ValueError("its branch is none of the runner's or of a verb's")
    if record.number("number") != number:
        raise ValueError("its number is not that of its reference")
    return PullRecord(
        number=number,
        branch=branch,
        title=record.text("title"),
        body=record.text("body"),
        labels=record.texts("labels"),
        opened_at=record.instant("opened_at"),
        ref_value=ref_value,
        head=record.text_or_none("head"),
    )


def read_pulls(
    reader: ObjectReader, refs: Mapping[str, str]
) -> tuple[tuple[PullRecord, ...], Mapping[str, str]]:
    """Return the pull requests among references, by number, and why others cannot be read."""
    numbered = sorted((number, ref) for ref in refs if (number := parse_pull_ref(ref)) is not None)
    pulls: list[PullRecord] = []
    unread: dict[str, str] = {}
    files = reader.read_all(f"{refs[ref]}:{_FILE}" for _, ref in numbered)
    for (number, ref), stored in zip(numbered, files, strict=True):
        try:
            if stored is None or stored.kind != "blob":
                raise ValueError("it holds no pull.json")
            pull = parse_pull(stored.data, number, refs[ref])
            if pull.ref != ref:
                raise ValueError("its branch does not belong where its reference stands")
            pulls.append(pull)
        except ValueError as error:
            unread[ref] = str(error)
    return tuple(pulls), unread


def read_counter(reader: ObjectReader, value: str | None, refs: Iterable[str]) -> int:
    """Return the last number given, never below that of any reference of a pull request."""
    counted = 0
    stored = reader.read(value) if value else None
    if stored is not None and stored.data is not None:
        text = stored.data.decode("ascii", "replace").strip()
        counted = int(text) if _NUMBER.fullmatch(text) else 0
    return max([counted, *(parse_pull_ref(ref) or 0 for ref in refs)])
