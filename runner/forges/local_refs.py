"""The references of the `local` forge: looked at in a safe order, changed in one transaction.

Every write first verifies `refs/doleances/receipts`, so that all writers queue at that one
reference and a refusal that came meanwhile wins.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from runner.errors import Refused
from runner.forges.port import Done
from runner.repo.git import BranchName, Repository, base_ref, open_repository, read_refs
from runner.repo.ledger import LEDGER
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_blob, write_commits
from runner.repo.pulls import COUNTER, DESK_PULLS, PULLS, PullRecord, read_pulls
from runner.repo.receipts import RECEIPTS, Receipt, read_receipts
from runner.repo.refs import RefChange, RefsMoved, update_refs
from runner.repo.refused_messages import read_others, receipt_files

BRANCHES = "refs/heads/doleances"
DESK_BRANCHES = "refs/heads/desk"
_TRIES = 20
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Seen:
    """The references of the forge at one moment."""

    refs: Mapping[str, str]
    pulls: tuple[PullRecord, ...]
    ignored: tuple[str, ...]

    @property
    def receipts(self) -> str | None:
        """Where the chain of receipts stood."""
        return self.refs.get(RECEIPTS)

    def pull_of(self, branch: BranchName) -> PullRecord | None:
        """Return the open pull request of a branch; of two by mischance, the first."""
        return next((pull for pull in self.pulls if pull.branch == branch), None)


class LocalRefs:
    """What all who write to the forge share: how to look, and how to write in turn.

    `base` is the branch that merged cases live on, `bot` signs what the runner commits.
    """

    def __init__(self, root: Path, base: str, bot: Signature) -> None:
        self.root = root
        self.base_ref = base_ref(base)
        self.bot = bot

    @cached_property
    def repository(self) -> Repository:
        """The repository, opened when first asked for."""
        return open_repository(self.root)

    def end(
        self,
        reader: ObjectReader,
        seen: Seen,
        pull: PullRecord,
        receipt: Receipt,
        branch: RefChange,
    ) -> Done:
        """End a pull request: write its receipt, remove it, and change its branch.

        Adopted when there is a receipt already; that one stays.

        Raises:
            RefsMoved: when another writer came in between.
        """
        gone = RefChange(pull.ref, pull.ref_value, None)
        head = receipt.head
        others = read_others(self.repository, reader, receipt.case_id, head) if head else ()
        if self.receipt(reader, seen, pull.branch) is not None:
            self.change(seen.receipts, gone, branch)
            return Done.ADOPTED
        (commit,) = write_commits(
            self.repository,
            (
                NewCommit(
                    message=f"receipts: {receipt.case_id}, {receipt.change}: {receipt.outcome}.\n",
                    by=self.bot,
                    at=receipt.at,
                    files=receipt_files(reader, seen.receipts, receipt, others),
                    parents=(seen.receipts,) if seen.receipts else (),
                ),
            ),
        )
        update_refs(self.repository, (RefChange(RECEIPTS, seen.receipts, commit), gone, branch))
        return Done.DONE

    def change(self, receipts: str | None, *changes: RefChange) -> None:
        """Change references in one transaction, while the receipts stand as they were seen.

        Raises:
            RefsMoved: when another writer came in between.
        """
        update_refs(self.repository, (RefChange(RECEIPTS, receipts, receipts), *changes))

    def receipt(self, reader: ObjectReader, seen: Seen, branch: BranchName) -> Receipt | None:
        """Return how the pull request of a branch ended, None where it did not."""
        key = (branch.case_id, branch.change)
        return read_receipts(reader, seen.receipts, (key,)).get(key)

    def counted(self, counter: str | None, number: int) -> RefChange:
        """Return the change that a new pull request makes last.

        Git shows the references of a transaction one after the other: who sees the new
        count must see the pull request that was counted.
        """
        return RefChange(COUNTER, counter, write_blob(self.repository, b"%d\n" % number))

    def look(self, reader: ObjectReader, branches: str = BRANCHES) -> Seen:
        """Read the references of the forge, of the runner's branches those below `branches`."""
        # Git lists references one after the other while others write.  The two that every
        # write moves or verifies are read first: whatever comes later makes ours fail.
        stamps = read_refs(self.repository, RECEIPTS, COUNTER)
        refs = stamps | read_refs(
            self.repository, self.base_ref, branches, DESK_BRANCHES, PULLS, DESK_PULLS, LEDGER
        )
        pulls, unread = read_pulls(reader, below(refs, PULLS) | below(refs, DESK_PULLS))
        return Seen(refs, pulls, tuple(f"{ref}: {why}" for ref, why in unread.items()))

    def base(self, refs: Mapping[str, str]) -> str:
        """Return the commit that the base branch is at.

        Raises:
            Refused: when there is no base branch, or no commit on it.
        """
        if self.base_ref not in refs:
            name = self.base_ref.removeprefix("refs/heads/")
            raise Refused(
                f"there is no branch {name}, or no commit on it",
                f"commit the desk's files on {name}, or name the base branch in sources.yaml",
            )
        return refs[self.base_ref]

    def retrying(self, attempt: Callable[[ObjectReader], Answer]) -> Answer:
        """Try until no other writer came in between; each try looks and decides anew."""
        for _ in range(_TRIES):
            with ObjectReader(self.repository) as reader, suppress(RefsMoved):
                return attempt(reader)
        with ObjectReader(self.repository) as reader:
            return attempt(reader)


def below(refs: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the references below a folder such as `refs/heads/desk`."""
    return {ref: oid for ref, oid in refs.items() if ref.startswith(f"{folder}/")}
