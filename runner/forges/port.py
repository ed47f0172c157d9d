"""What the runner asks of a forge: one snapshot, then small writes.

Every write is safe to repeat: it creates, or adopts what is there.  A write
that lost a race against a person or another run says so with `Done.ADOPTED`
or `Done.HELD`, never by overwriting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from runner.errors import OutsideFailed
from runner.forges.own_issues import OwnIssues
from runner.planning.actions import (
    DeleteDouble,
    DropBranch,
    ObeyCommands,
    OpenPull,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.deliveries import ChannelState
from runner.planning.observation import Branch, Cursor, Decision, Double, Pull, Remark
from runner.planning.run_record import RunRecord
from runner.repo.git import BranchName, Repository
from runner.repo.ledger import Ledger
from runner.repo.objects import Signature
from runner.repo.told import TeamReceipt, Told


class Done(StrEnum):
    """How a write ended."""

    DONE = "done"
    ADOPTED = "adopted"
    """It was there already, by us or by another run."""
    HELD = "held"
    """A person or a newer decision stands in the way; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ForgeSnapshot:
    """Everything of the forge that planning needs, read once.

    `ignored` names what stands where the runner's things stand and is none of
    them, with the reason.  `proposals` are people's own pull requests, and `proposed` their
    branches: the runner plans nothing about them.  `remarks` are comments that wait for an
    answer, `doubles` are comments of ours that say a thing again; comments were read up to
    `heard_until`, None where there are none to read.
    """

    base: str
    branches: tuple[Branch, ...]
    pulls: tuple[Pull, ...]
    cursors: Mapping[str, Cursor]
    ignored: tuple[str, ...] = ()
    proposals: tuple[Pull, ...] = ()
    proposed: tuple[Branch, ...] = ()
    remarks: tuple[Remark, ...] = ()
    doubles: tuple[Double, ...] = ()
    heard_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A person's change of a case: `files` put upon the commit `base`.

    `path` is the file of the case that the branch is named for; `files` may hold others.
    Neither title nor body holds what a customer wrote.
    """

    branch: BranchName
    base: str
    path: str
    files: Mapping[str, bytes]
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """The pull request that a proposal became; `url` is its page, "" where it has none."""

    number: int
    branch: BranchName
    url: str = ""


class ForgeRests(OutsideFailed):
    """The forge wants no more of this run.  What is done is done, the next run goes on."""


class Forge(Protocol):
    """A place where branches and pull requests live."""

    @property
    def own_issues(self) -> OwnIssues | None:
        """The issues by which the runner tells of itself; None where a forge has no pages."""

    @property
    def repository(self) -> Repository:
        """The repository at hand.  It holds base, receipts and ledger as they were last seen."""

    def base(self) -> str:
        """Return the commit that the base branch is at now."""

    def snapshot(self) -> ForgeSnapshot:
        """Read once all that planning needs: base, branches, pull requests, cursors, comments."""

    def decided(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Decision]:
        """Return how those of these `(case id, change)` ended that were decided before."""

    def push_branches(
        self, pushes: Sequence[PushBranch], base: str, now: datetime
    ) -> Sequence[Done]:
        """Create all branches in one push; one answer for each."""

    def renew_branch(self, action: RenewBranch, base: str, now: datetime) -> Done:
        """Put a branch's commit anew on the base, if the branch is where the plan saw it."""

    def open_pull(self, action: OpenPull, now: datetime) -> Done:
        """Open a pull request, unless its branch has or had one."""

    def update_pull(self, action: UpdatePull) -> Done:
        """Let a page say what its branch proposes now; what people changed there stays."""

    def obey_commands(self, action: ObeyCommands, base: str, now: datetime, /) -> Done:
        """Do what comments on a page command, and answer each of them once."""

    def settle_pull(self, action: SettlePull, now: datetime) -> Done:
        """Write the receipt of a pull request that a person settled, and remove what it leaves."""

    def withdraw_pull(self, action: WithdrawPull) -> Done:
        """Remove an open pull request with its branch, if that is where the plan saw it."""

    def drop_branch(self, action: DropBranch) -> Done:
        """Remove a branch if it is still where the plan saw it."""

    def delete_double(self, action: DeleteDouble, /) -> Done:
        """Delete a comment of the runner's that stands there a second time."""

    def comment(self, comments: Sequence[Told], now: datetime) -> Sequence[Done]:
        """Put comments on their cases, each once for its key for ever; one answer for each.

        Held where a case waits for the page that it will have.
        """

    def keep(self, receipts: Sequence[TeamReceipt], now: datetime) -> Sequence[bool]:
        """Keep for good who was told or has something in hand; tell for each whether it is new."""

    def propose(self, proposal: Proposal, by: Signature, now: datetime) -> Proposed:
        """Commit a person's change of one case on a branch of its own and open its pull request."""

    def move_cursors(self, cursors: Sequence[Cursor]) -> Done:
        """Write all cursors to the ledger by compare-and-swap."""

    def note_channels(self, states: Sequence[ChannelState]) -> None:
        """Write to the ledger how the channels fare."""

    def note_run(self, record: RunRecord) -> None:
        """Write to the ledger how the runs of a verb went."""

    def ledger(self) -> Ledger:
        """Return what the ledger holds."""
