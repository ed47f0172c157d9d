"""What the runner means to do, as data.

A closed union: `apply` matches on it and decides nothing.  Every action has a
`key` that is the same in every run that means the same thing, and a reason in
words for the people who read the plan.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.planning.branches import Outcome
from runner.planning.looking import Look
from runner.planning.observation import Cursor


@dataclass(frozen=True, slots=True)
class PushBranch:
    """Propose a case, or a change of one: a branch with one commit that writes one file.

    Meaning is fixed by `branch`; where it exists already, it is adopted as it is.
    """

    branch: str
    path: str
    content: str
    message: str
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"push {self.branch}"


@dataclass(frozen=True, slots=True)
class RenewBranch:
    """Make a branch of the runner anew on the base, if it is still at `head`.

    For a change of a case that has changed on the base since; its pull request stays.
    """

    branch: str
    head: str
    path: str
    content: str
    message: str
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"renew {self.branch}"


@dataclass(frozen=True, slots=True)
class OpenPull:
    """Open a pull request for a branch; where there is or was one, adopt it.

    `owner` is the person of `policies/team.yaml` whose it is, "" for nobody.
    """

    branch: str
    title: str
    body: str
    labels: tuple[str, ...]
    reason: str
    owner: str = ""

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"open {self.branch}"


@dataclass(frozen=True, slots=True)
class SettlePull:
    """Record how a pull request ended that a person settled with git, or on the forge's pages.

    Refused when the person closed it or removed the branch; merged when the base holds it.
    """

    number: int
    branch: str
    outcome: Outcome
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"settle {self.branch}"


@dataclass(frozen=True, slots=True)
class DropBranch:
    """Remove a branch of the runner whose work is done, if it is still at `head`."""

    branch: str
    head: str
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"drop {self.branch}"


@dataclass(frozen=True, slots=True)
class WithdrawPull:
    """Take back an open pull request of the runner with its branch, if that is still at `head`.

    What it proposed is wanted no more.  Nobody has decided it, so that no receipt stays and the
    same may be proposed again.
    """

    number: int
    branch: str
    head: str
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"withdraw {self.branch}"


@dataclass(frozen=True, slots=True)
class UpdatePull:
    """Let the page of a pull request say what its branch proposes now, at `head`.

    What people changed there stays as it is.  `owner` as in `OpenPull`.
    """

    number: int
    branch: str
    head: str
    title: str
    body: str
    labels: tuple[str, ...]
    reason: str
    owner: str = ""

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"update {self.branch}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a comment that holds commands, once.

    `by` is who commanded: the person's id in `policies/team.yaml`, else the login.  `login` is
    told, `text` is Markdown.
    """

    comment: int
    login: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Reminders of one course of a clock rest, because `by` said so at `at`, until `until`."""

    clock: str
    started_at: datetime
    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ObeyCommands:
    """Do what comments on a pull request command, and answer each of them once.

    `renewal` writes what they change into a case file: the page's own, or that of the proposal
    which takes in what this one proposed.  With `refused_by` the pull request is closed and that
    person's refusal kept, for the reason `refused_for`.  `joins` is the branch on which the
    answers rely, since it says elsewhere what was said here: without it nothing is done.  With
    `reopens` the page is opened again for what was said there, to be obeyed once it is; the
    answers are for where that cannot be.
    """

    number: int
    branch: str
    answers: tuple[Answer, ...]
    reason: str
    renewal: RenewBranch | None = None
    rests: tuple[Rest, ...] = ()
    refused_by: str = ""
    refused_for: str = ""
    joins: str = ""
    reopens: bool = False

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"obey {self.branch}"


@dataclass(frozen=True, slots=True)
class DeleteDouble:
    """Delete a comment of the runner's that says what an older one says already.

    `comment` is its id, `number` that of its page.
    """

    number: int
    comment: int
    reason: str

    @property
    def key(self) -> str:
        """What the action means, the same in every run."""
        return f"delete comment {self.comment}"


Action = (
    PushBranch
    | RenewBranch
    | OpenPull
    | UpdatePull
    | ObeyCommands
    | SettlePull
    | WithdrawPull
    | DropBranch
    | DeleteDouble
)


class HeldBy(StrEnum):
    """What keeps something from being done that is due."""

    CAP = "cap"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Held:
    """Something that the runner would do but must not, and why."""

    key: str
    by: HeldBy
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in the order in which they must be carried out.

    `base` is the commit that it was made from.  `cursors` are written to the
    ledger after every push is safe; they are bookkeeping, no action: a plan that
    only moves cursors is empty, and so is one that only keeps `looks`, as receipts.  `digest`
    covers everything else.
    """

    base: str
    made_at: datetime
    actions: tuple[Action, ...]
    held: tuple[Held, ...]
    cursors: tuple[Cursor, ...]
    digest: str
    looks: tuple[Look, ...] = ()
