"""What stays of pull requests on a server: a record while they are open, a receipt afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runner.errors import OutsideFailed
from runner.forges.pages import PageWords
from runner.forges.remote_refs import RemoteRefs
from runner.forges.server import ServerPull
from runner.planning.branches import Outcome
from runner.repo.git import BranchName, read_refs
from runner.repo.objects import NewCommit, ObjectReader, write_commits
from runner.repo.opened import OpenedPull, digest_of_body, opened_commit
from runner.repo.receipts import RECEIPTS, Receipt, read_receipts
from runner.repo.refs import RefChange, RefsMoved, update_refs
from runner.repo.refused_messages import read_others, receipt_files

_TRIES = 6


@dataclass(frozen=True, slots=True)
class Ended:
    """How a pull request ended, as its receipt will say."""

    pull: ServerPull
    outcome: Outcome
    actor: str
    reason: str


def write_record(
    refs: RemoteRefs,
    branch: BranchName,
    pull: ServerPull,
    words: PageWords,
    *,
    head: str,
    before: OpenedPull | None = None,
) -> None:
    """Keep that a pull request is complete, with the words that it got for a head of its branch.

    `before` is the record that stood there.  Where a person has changed the title or the body,
    the runner's last words of it stay in the record: that tells them from the person's for ever.
    """
    with ObjectReader(refs.repository) as reader:
        others = read_others(refs.repository, reader, branch.case_id, head)
    record = OpenedPull(
        number=pull.number,
        branch=branch,
        title=words.title,
        body_digest=digest_of_body(words.body),
        labels=words.labels,
        opened_at=pull.opened_at,
        assignees=words.assignees,
        head=head,
        others=others,
    )
    if before is not None and pull.title not in {before.title, words.title}:
        record = replace(record, title=before.title)
    if before is not None and digest_of_body(pull.body) not in {
        before.body_digest,
        record.body_digest,
    }:
        record = replace(record, body_digest=before.body_digest)
    (commit,) = write_commits(refs.repository, (opened_commit(record, refs.bot),))
    try:
        refs.push(RefChange(record.ref, refs.seen().get(record.ref), commit))
    except RefsMoved:
        # Another run completed it meanwhile.
        if record.ref not in refs.seen():
            raise


def written_before(receipt: Receipt, branch: BranchName, pull: ServerPull) -> OpenedPull | None:
    """Return what the runner had written on a page that is open again, as far as that is known."""
    if not receipt.body_digest:
        return None
    return OpenedPull(
        number=receipt.number,
        branch=branch,
        title=receipt.title,
        body_digest=receipt.body_digest,
        labels=(),
        opened_at=pull.opened_at,
        assignees=(),
        head=receipt.head,
    )


def keep_ending(
    refs: RemoteRefs, branch: BranchName, ended: Ended, record: OpenedPull | None, now: datetime
) -> None:
    """Write the receipt of a pull request here, then publish it and remove the record."""
    receipt = Receipt(
        case_id=branch.case_id,
        change=branch.change,
        outcome=ended.outcome,
        number=ended.pull.number,
        actor=ended.actor,
        reason=ended.reason,
        title=record.title if record else "",
        at=ended.pull.ended_at or now,
        head=ended.pull.head or None,
        body_digest=record.body_digest if record else "",
    )
    with ObjectReader(refs.repository) as reader:
        # Without a record nobody knows what people saw but the commit that they refused.
        others = (
            record.others
            if record
            else read_others(refs.repository, reader, branch.case_id, ended.pull.head)
        )
    _write_receipt(refs, receipt, others)
    for _ in range(_TRIES):
        old = refs.seen().get(record.ref) if record else None
        try:
            refs.publish(*((RefChange(record.ref, old, None),) if record else ()))
        except RefsMoved:
            continue
        return
    raise OutsideFailed("others keep pushing receipts", "run it again in a moment")


def _write_receipt(refs: RemoteRefs, receipt: Receipt, others: Sequence[str]) -> None:
    for _ in range(_TRIES):
        before = read_refs(refs.repository, RECEIPTS).get(RECEIPTS)
        with ObjectReader(refs.repository) as reader:
            if read_receipts(reader, before, (receipt.key,)):
                return
            files = receipt_files(reader, before, receipt, others)
        (commit,) = write_commits(
            refs.repository,
            (
                NewCommit(
                    message=f"receipts: {receipt.case_id}, {receipt.change}: {receipt.outcome}.\n",
                    by=refs.bot,
                    at=receipt.at,
                    files=files,
                    parents=(before,) if before else (),
                ),
            ),
        )
        try:
            update_refs(refs.repository, (RefChange(RECEIPTS, before, commit),))
        except RefsMoved:
            continue
        return
    raise OutsideFailed("others keep writing receipts here", "run it again in a moment")
