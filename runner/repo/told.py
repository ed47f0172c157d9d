"""What the team was told, and who said "I have it": durable, on `refs/doleances/receipts`.

One small file for each message, at `told/<2>/<case-id>/<digest>.json`, the digest being that of
the notice's key, and one for each acknowledgement, at `acknowledged/<2>/<case-id>/<digest>.json`,
and one for each comment with commands that was answered, at `answered/<2>/<case-id>/<digest>.json`.
Looks at messages of ours (`runner.repo.looked`) and what was published (`runner.repo.posted`) lie
beside them.  They hold what the team wrote,
nothing of what customers did.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.instants import render_instant
from runner.model import KEY
from runner.repo.git import Repository, chunked, read_refs
from runner.repo.looked import LOOKED, Looked, parse_look, render_look
from runner.repo.objects import NewCommit, ObjectReader, Signature, parse_tree, write_commits
from runner.repo.posted import PUBLISHING, Posted, parse_posting, render_posting
from runner.repo.receipts import RECEIPTS
from runner.repo.records import Record, render_record
from runner.repo.refs import RefChange, RefsMoved, update_refs

_VERSION = 1
_TRIES = 20
_CASES_AT_ONCE = 1000
_TOLD, _ACKNOWLEDGED, _ANSWERED = "told", "acknowledged", "answered"
_PATH = re.compile(
    rf"({_TOLD}|{_ACKNOWLEDGED}|{LOOKED}|{_ANSWERED}|{PUBLISHING})"
    rf"/([0-9a-z]{{2}})/({KEY})/([0-9a-f]{{32}})\.json"
)
_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Comment:
    """What stands on a case for people to read: one line, and Markdown."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Told:
    """A message that went out: the key of its notice, by which channel, to whom, when.

    `comment` is what it says where the message lives nowhere but here: on the `local` forge.
    """

    key: str
    case_id: str
    channel: str
    person: str
    at: datetime
    comment: Comment | None = None

    @property
    def clock(self) -> str:
        """The clock that it was about."""
        return self._part(2)

    @property
    def tier(self) -> str:
        """The tier that spoke."""
        return self._part(4)

    @property
    def path(self) -> str:
        """Where it stands."""
        return told_path(self.case_id, self.key)

    def _part(self, nth: int) -> str:
        parts = self.key.split("/")
        return parts[nth] if nth < len(parts) else "?"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has it in hand: one course of a clock, from `at` on.

    `until` ends the silence earlier than the policy would.  `note` is for colleagues.
    """

    case_id: str
    clock: str
    started_at: datetime
    by: str
    at: datetime
    until: datetime | None
    note: str

    @property
    def path(self) -> str:
        """Where it stands: equal acknowledgements are one."""
        digest = sha256(_render(self)).hexdigest()[:_DIGEST_LENGTH]
        return f"{_folder(_ACKNOWLEDGED, self.case_id)}/{digest}.json"


@dataclass(frozen=True, slots=True)
class Answered:
    """A comment on a pull request that commanded something, by `by`, and was answered at `at`.

    `comment` is the forge's number for it; `by` is the person's id, else the login.  What was
    answered stands on the page, what was done in the case's file or in another receipt.
    """

    case_id: str
    number: int
    comment: int
    by: str
    at: datetime

    @property
    def path(self) -> str:
        """Where it stands."""
        return answered_path(self.case_id, self.number, self.comment)


TeamReceipt = Told | Acknowledgement | Answered | Looked | Posted


@dataclass(frozen=True, slots=True)
class TeamReceipts:
    """All there is for some cases, oldest first."""

    told: tuple[Told, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()


def told_path(case_id: str, key: str) -> str:
    """Return where the receipt of a notice stands."""
    digest = sha256(key.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{_folder(_TOLD, case_id)}/{digest}.json"


def answered_path(case_id: str, number: int, comment: int) -> str:
    """Return where the receipt of a comment on a pull request stands, once it is answered."""
    digest = sha256(f"{number}/{comment}".encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{_folder(_ANSWERED, case_id)}/{digest}.json"


def is_team_path(path: str) -> bool:
    """Return whether a message's or an acknowledgement's receipt can stand at a path."""
    found = _PATH.fullmatch(path)
    return found is not None and found[3][2:4] == found[2]


def _folder(kind: str, case_id: str) -> str:
    return f"{kind}/{case_id[2:4]}/{case_id}"


def _render(receipt: TeamReceipt) -> bytes:
    match receipt:
        case Looked():
            return render_look(receipt.look)
        case Posted():
            return render_posting(receipt.posting)
        case Told():
            comment = receipt.comment
            return render_record(
                {
                    "version": _VERSION,
                    "key": receipt.key,
                    "case": receipt.case_id,
                    "channel": receipt.channel,
                    "person": receipt.person,
                    "at": render_instant(receipt.at),
                    "subject": comment.subject if comment else None,
                    "body": comment.body if comment else None,
                }
            )
        case Acknowledgement():
            return render_record(
                {
                    "version": _VERSION,
                    "case": receipt.case_id,
                    "clock": receipt.clock,
                    "started_at": render_instant(receipt.started_at),
                    "by": receipt.by,
                    "at": render_instant(receipt.at),
                    "until": render_instant(receipt.until) if receipt.until else None,
                    "note": receipt.note,
                }
            )
        case Answered():
            return render_record(
                {
                    "version": _VERSION,
                    "case": receipt.case_id,
                    "number": receipt.number,
                    "comment": str(receipt.comment),
                    "by": receipt.by,
                    "at": render_instant(receipt.at),
                }
            )


def parse_team_receipt(path: str, data: bytes | None) -> TeamReceipt:
    """Return the receipt in a file at a path of the chain.

    Raises:
        ValueError: when it is not the one that belongs there.
    """
    if not is_team_path(path):
        raise ValueError("nothing of the kind stands there")
    record = Record(data)
    receipt: TeamReceipt
    if path.startswith(f"{LOOKED}/"):
        receipt = Looked(parse_look(data))
    elif path.startswith(f"{PUBLISHING}/"):
        receipt = Posted(parse_posting(data))
    elif path.startswith(f"{_TOLD}/"):
        subject, body = record.text_or_none("subject"), record.text_or_none("body")
        receipt = Told(
            key=record.text("key"),
            case_id=record.text("case"),
            channel=record.text("channel"),
            person=record.text("person"),
            at=record.instant("at"),
            comment=None if subject is None or body is None else Comment(subject, body),
        )
    elif path.startswith(f"{_ANSWERED}/"):
        receipt = Answered(
            case_id=record.text("case"),
            number=record.number("number"),
            comment=int(record.text("comment")),
            by=record.text("by"),
            at=record.instant("at"),
        )
    else:
        receipt = Acknowledgement(
            case_id=record.text("case"),
            clock=record.text("clock"),
            started_at=record.instant("started_at"),
            by=record.text("by"),
            at=record.instant("at"),
            until=record.instant_or_none("until"),
            note=record.text("note"),
        )
    if receipt.path != path:
        raise ValueError("it is the receipt of something else")
    return receipt


def read_team_receipts(
    reader: ObjectReader, commit: str | None, case_ids: Iterable[str]
) -> TeamReceipts:
    """Return what a commit of the chain holds about some cases; the rest is not read.

    What is no receipt counts as none.
    """
    if commit is None:
        return TeamReceipts()
    read = [
        receipt
        for ids in chunked(sorted(set(case_ids)), _CASES_AT_ONCE)
        for receipt in _read(reader, commit, ids)
    ]
    read.sort(key=lambda receipt: (receipt.at, receipt.path))
    return TeamReceipts(
        tuple(each for each in read if isinstance(each, Told)),
        tuple(each for each in read if isinstance(each, Acknowledgement)),
    )


def _read(reader: ObjectReader, commit: str, case_ids: Sequence[str]) -> Iterator[TeamReceipt]:
    folders = [_folder(kind, case_id) for kind in (_TOLD, _ACKNOWLEDGED) for case_id in case_ids]
    trees = list(reader.read_all(f"{commit}:{folder}" for folder in folders))
    files = [
        (f"{folder}/{name}", oid)
        for folder, tree in zip(folders, trees, strict=True)
        for name, oid in parse_tree(tree).items()
    ]
    for (path, _), stored in zip(files, reader.read_all(oid for _, oid in files), strict=True):
        if stored is not None and stored.kind == "blob":
            with suppress(ValueError):
                yield parse_team_receipt(path, stored.data)


def has_told(reader: ObjectReader, case_id: str, key: str) -> bool:
    """Return whether a notice has gone out by now."""
    return reader.read(f"{RECEIPTS}:{told_path(case_id, key)}") is not None


def find_answered(
    reader: ObjectReader, commit: str | None, comments: Sequence[tuple[str, int, int]]
) -> frozenset[tuple[str, int, int]]:
    """Return which comments were answered, of `(case id, pull request, comment)`."""
    if commit is None:
        return frozenset()
    stored = reader.read_all(f"{commit}:{answered_path(*each)}" for each in comments)
    return frozenset(each for each, found in zip(comments, stored, strict=True) if found)


def write_team_receipts(
    repository: Repository, receipts: Sequence[TeamReceipt], bot: Signature, at: datetime
) -> tuple[bool, ...]:
    """Add receipts to the chain, all at once; tell for each whether it is new.

    One that is there already stays: the earlier run was first.

    Raises:
        RefsMoved: when others write without pause.
    """
    for _ in range(_TRIES):
        with suppress(RefsMoved):
            return _write_once(repository, receipts, bot, at)
    return _write_once(repository, receipts, bot, at)


def _write_once(
    repository: Repository, receipts: Sequence[TeamReceipt], bot: Signature, at: datetime
) -> tuple[bool, ...]:
    before = read_refs(repository, RECEIPTS).get(RECEIPTS)
    paths = [receipt.path for receipt in receipts]
    with ObjectReader(repository) as reader:
        held = [
            before is not None and stored is not None
            for stored in reader.read_all(f"{before}:{path}" for path in paths)
        ]
    new = {
        path: receipt
        for path, receipt, is_held in zip(paths, receipts, held, strict=True)
        if not is_held
    }
    if new:
        (commit,) = write_commits(
            repository,
            (
                NewCommit(
                    message=f"receipts: {_title(tuple(new.values()))}.\n",
                    by=bot,
                    at=at,
                    files={path: _render(receipt) for path, receipt in new.items()},
                    parents=(before,) if before else (),
                ),
            ),
        )
        update_refs(repository, (RefChange(RECEIPTS, before, commit),))
    return tuple(not is_held for is_held in held)


def _title(receipts: Sequence[TeamReceipt]) -> str:
    if len(receipts) > 1 and all(isinstance(receipt, Looked) for receipt in receipts):
        return f"Look {len(receipts)} times"
    if len(receipts) > 1:
        return f"Tell {len(receipts)} times"
    match receipts[0]:
        case Looked(look=look):
            return f"{look.case_id}: Look at {look.place}"
        case Posted(posting=posting):
            return f"{posting.case_id}: Publish, try {posting.tried} {posting.step}"
        case Told(case_id=case_id, person=person):
            return f"{case_id}: Tell {person}"
        case Acknowledgement(case_id=case_id, by=by):
            return f"{case_id}: {by} has it"
        case Answered(case_id=case_id, by=by):
            return f"{case_id}: Answer {by}"
