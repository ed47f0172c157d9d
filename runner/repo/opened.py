"""What the runner opened on a server: `refs/doleances/opened/<n>`, one for each pull request.

Each is a commit without parents whose tree holds `opened.json`.  It is written when the pull
request is complete, and removed when it has ended and a receipt says how.  So a pull request
without one is to be completed, and one that the server no longer shows as open has ended.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.instants import render_instant
from runner.repo.git import BranchName, parse_branch
from runner.repo.objects import NewCommit, ObjectReader, Signature
from runner.repo.records import Record, render_record

OPENED = "refs/doleances/opened"
_FILE = "opened.json"
_VERSION = 1
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OpenedPull:
    """A pull request as the runner left it.

    `body_digest` tells whether the text is still the runner's, without keeping it.  `assignees`
    are logins.  `head` is where the branch stood when the words were written, None where an
    earlier version did not keep it; `others` are the keys of the messages that the case held
    then, besides its own: who refuses it has seen these.
    """

    number: int
    branch: BranchName
    title: str
    body_digest: str
    labels: tuple[str, ...]
    opened_at: datetime
    assignees: tuple[str, ...] = ()
    head: str | None = None
    others: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """Where it is kept."""
        return f"{OPENED}/{self.number}"


def digest_of_body(body: str) -> str:
    """Return what stands for a text: the same for a text that only changed its line ends."""
    return sha256("\n".join(body.splitlines()).encode()).hexdigest()


def opened_commit(opened: OpenedPull, bot: Signature) -> NewCommit:
    """Return the commit that holds it; equal ones give the same commit."""
    fields = {
        "version": _VERSION,
        "number": opened.number,
        "branch": opened.branch.name,
        "title": opened.title,
        "body_digest": opened.body_digest,
        "labels": list(opened.labels),
        "opened_at": render_instant(opened.opened_at),
        "assignees": list(opened.assignees),
        "head": opened.head,
        "others": list(opened.others),
    }
    return NewCommit(
        message=f"opened: {opened.branch.case_id}, {opened.branch.change}.\n",
        by=bot,
        at=opened.opened_at,
        files={_FILE: render_record(fields)},
    )


def read_opened(
    reader: ObjectReader, refs: Mapping[str, str]
) -> tuple[Mapping[str, OpenedPull], Mapping[str, str]]:
    """Return what was opened by the name of its branch, and why others cannot be read."""
    numbered = sorted(
        (int(last), ref)
        for ref in refs
        if ref.startswith(f"{OPENED}/") and _NUMBER.fullmatch(last := ref.rpartition("/")[2])
    )
    opened: dict[str, OpenedPull] = {}
    unread: dict[str, str] = {}
    files = reader.read_all(f"{refs[ref]}:{_FILE}" for _, ref in numbered)
    for (number, ref), stored in zip(numbered, files, strict=True):
        try:
            found = _parse(stored.data if stored else None, number)
        except ValueError as error:
            unread[ref] = str(error)
        else:
            # Of two for one branch, the later: the earlier was taken back in between.
            opened[found.branch.name] = found
    return opened, unread


def _parse(data: bytes | None, number: int) -> OpenedPull:
    record = Record(data)
    branch = parse_branch(record.text("branch"))
    if branch is None:
        raise ValueError("its branch is none of the runner's")
    if record.number("number") != number:
        raise ValueError("its number is not that of its reference")
    return OpenedPull(
        number=number,
        branch=branch,
        title=record.text("title"),
        body_digest=record.text("body_digest"),
        labels=record.texts("labels"),
        opened_at=record.instant("opened_at"),
        assignees=record.texts("assignees"),
        head=record.text_or_none("head"),
        others=record.texts("others"),
    )
