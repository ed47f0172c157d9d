"""Receipts: how every pull request ended, durable, on `refs/doleances/receipts`.

An append-only chain of commits.  One small file for each ended pull request, at
`settled/<2>/<case-id>/<change>.json`, where `<2>` is the first two characters of
the id after `c-`: 100,000 of them make no huge tree, and one is found by its path.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.cases.instants import render_instant
from runner.model import KEY
from runner.planning.branches import Outcome, branch_name
from runner.repo.git import FileChange, Repository, is_object_name, parse_branch
from runner.repo.mainline import MainCommit, parse_commit
from runner.repo.objects import ObjectReader, parse_tree
from runner.repo.records import Record, render_record

RECEIPTS = "refs/doleances/receipts"
_VERSION = 1
_PATH = re.compile(rf"settled/([0-9a-z]{{2}})/({KEY})/([a-z0-9-]+)\.json")

ReceiptKey = tuple[str, str]
"""The case id and the change that a pull request proposed."""
_LOOKED_BACK = 20
"""Commits of a branch at which its file is looked at."""
_MANY = 2_000
"""Keys from which on it pays to look first which cases have receipts at all."""

EVERY = "*"
"""In place of a change, whoever asks for receipts asks for all of the case."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a pull request ended, and who decided it.

    `actor` is the person's id in `policies/team.yaml`, else an e-mail address, else
    empty where git does not tell.  `head` is where the branch stood, None when gone.
    `body_digest` is of the text that the runner wrote on its page last, "" where that is not
    known.  It holds nothing of what the customer wrote.
    """

    case_id: str
    change: str
    outcome: Outcome
    number: int
    actor: str
    reason: str
    title: str
    at: datetime
    head: str | None
    body_digest: str = ""

    @property
    def key(self) -> ReceiptKey:
        """The case id and the change."""
        return (self.case_id, self.change)

    @property
    def path(self) -> str:
        """Where the receipt stands."""
        return receipt_path(self.key)

    def __str__(self) -> str:
        by = f" by {self.actor}" if self.actor else ""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.outcome}{by} on {self.at:%Y-%m-%d}{why}"


def receipt_path(key: ReceiptKey) -> str:
    """Return where the receipt of a change of a case stands."""
    case_id, change = key
    return f"settled/{case_id[2:4]}/{case_id}/{change}.json"


def parse_receipt_path(path: str) -> ReceiptKey | None:
    """Return what a receipt at this path is for, None where no receipt can stand."""
    found = _PATH.fullmatch(path)
    if not found or found[2][2:4] != found[1]:
        return None
    branch = parse_branch(branch_name(found[2], found[3]))
    return (branch.case_id, branch.change) if branch else None


def render_receipt(receipt: Receipt) -> bytes:
    """Return a receipt's file."""
    return render_record(
        {
            "version": _VERSION,
            "case": receipt.case_id,
            "change": receipt.change,
            "outcome": receipt.outcome.value,
            "number": receipt.number,
            "actor": receipt.actor,
            "reason": receipt.reason,
            "title": receipt.title,
            "at": render_instant(receipt.at),
            "head": receipt.head,
            **({"body_digest": receipt.body_digest} if receipt.body_digest else {}),
        }
    )


def parse_receipt(data: bytes | None, key: ReceiptKey) -> Receipt:
    """Return the receipt in a file that should be the one for `key`.

    Raises:
        ValueError: when it is not.
    """
    record = Record(data)
    if (record.text("case"), record.text("change")) != key:
        raise ValueError("it is the receipt of something else")
    return Receipt(
        case_id=key[0],
        change=key[1],
        outcome=Outcome(record.text("outcome")),
        number=record.number("number"),
        actor=record.text("actor"),
        reason=record.text("reason"),
        title=record.text("title"),
        at=record.instant("at"),
        head=record.text_or_none("head"),
        body_digest=record.text_or_none("body_digest") or "",
    )


def _changes_of(reader: ObjectReader, commit: str, case_ids: Sequence[str]) -> Iterator[ReceiptKey]:
    """Yield the changes of cases that have a receipt."""
    folders = reader.read_all(f"{commit}:settled/{each[2:4]}/{each}" for each in case_ids)
    for case_id, stored in zip(case_ids, folders, strict=True):
        for name in parse_tree(stored):
            key = parse_receipt_path(f"settled/{case_id[2:4]}/{case_id}/{name}")
            if key is not None:
                yield key


def _having_receipts(reader: ObjectReader, commit: str, asked: set[ReceiptKey]) -> set[ReceiptKey]:
    """Return the keys of cases that have a receipt: one look tells it of a thousandth of all."""
    shelves = sorted({case_id[2:4] for case_id, _ in asked})
    trees = reader.read_all(f"{commit}:settled/{shelf}" for shelf in shelves)
    having = {case_id for stored in trees for case_id in parse_tree(stored)}
    return {key for key in asked if key[0] in having}


def read_receipts(
    reader: ObjectReader, commit: str | None, keys: Iterable[ReceiptKey]
) -> Mapping[ReceiptKey, Receipt]:
    """Return the receipts that a commit of the chain holds for the keys; the rest is not read.

    With `EVERY` for a change, all of the case.  A file that is no receipt counts as none.
    """
    asked = set(keys)
    if commit is None or not asked:
        return {}
    if len(asked) > _MANY:
        asked = _having_receipts(reader, commit, asked)
    whole = sorted(case_id for case_id, change in asked if change == EVERY)
    wanted = sorted(
        {key for key in asked if key[1] != EVERY}.union(_changes_of(reader, commit, whole))
    )
    found: dict[ReceiptKey, Receipt] = {}
    objects = reader.read_all(f"{commit}:{receipt_path(key)}" for key in wanted)
    for key, stored in zip(wanted, objects, strict=True):
        if stored is None or stored.kind != "blob":
            continue
        try:
            found[key] = parse_receipt(stored.data, key)
        except ValueError:
            continue
    return found


def receipts_of(
    reader: ObjectReader,
    commit: MainCommit,
    change: FileChange,
    receipts: Iterable[Receipt],
    line: frozenset[str] = frozenset(),
) -> Iterator[Receipt]:
    """Yield those receipts that tell of a commit's change of a file.

    They name the branch that it merged; for a commit without one, a branch on which the file
    became what the commit made of it: at its end, and with the commits of the main `line` given
    also before, since a forge that rebases brings each commit of a branch by itself.
    """
    for receipt in receipts:
        if receipt.outcome is not Outcome.MERGED or not is_object_name(receipt.head or ""):
            continue
        if commit.is_merge:
            if receipt.head in commit.parents[1:]:
                yield receipt
            continue
        if _came_to(reader, receipt.head or "", change, line):
            yield receipt


def _came_to(reader: ObjectReader, head: str, change: FileChange, line: frozenset[str]) -> bool:
    """Whether a file became on a branch what a change made of it."""
    for _ in range(_LOOKED_BACK):
        stood = reader.read(f"{head}:{change.path}")
        if stood is not None and stood.oid == change.new:
            return True
        commit = parse_commit(reader.read(head)) if line else None
        if commit is None or len(commit.parents) != 1 or commit.parents[0] in line:
            return False
        (head,) = commit.parents
    return False


def last_settled(repository: Repository, commit: str) -> datetime | None:
    """Return when a pull request was settled last, as a commit of the chain knows; None for never.

    Raises:
        GitFailed: when there is no such commit.
    """
    at = repository.text("log", "-1", "--format=%ct", commit, "--", "settled")
    return datetime.fromtimestamp(int(at), UTC) if at else None
