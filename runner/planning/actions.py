"""What the runner means to do, as data.

A closed union: `apply` matches on it and decides nothing.  Every action has a
`key` that is the same in every run that means the same thing, and a reason in
words for the people who read the plan.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.planning.observation import Cursor, Outcome


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


Action = PushBranch | RenewBranch | OpenPull | SettlePull | WithdrawPull | DropBranch


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
    only moves cursors is empty.  `digest` covers everything else.
    """

    base: str
    made_at: datetime
    actions: tuple[Action, ...]
    held: tuple[Held, ...]
    cursors: tuple[Cursor, ...]
    digest: str
