"""Two clones of one desk agree.  Pure: both come to the same answer, whoever asks first.

Nothing a person did is overwritten: a decision beats what is open, a branch that a
person touched beats one that the runner made, and of two that the runner made the
earlier stands, since a case starts when it was first detected.  A change of a merged case
is made anew and taken back by the runner alone, so that of two the later stands.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from enum import Enum

from runner.planning.branches import Outcome
from runner.repo.pulls import PullRecord
from runner.repo.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a branch stands on one side.

    `committed_at` is the committer's instant in seconds since 1970, `touched` whether
    somebody other than the runner committed to it, `merged` whether that side's base
    holds it.
    """

    head: str
    committed_at: int = 0
    touched: bool = False
    merged: bool = False


class Newer(Enum):
    """Which of two different tips holds the other."""

    HERE = "here"
    THERE = "there"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One branch as two clones have it.

    `before` is where it stood on the other side when both last agreed.  `pull_here`
    and `pull_there` tell whether its pull request is open on each side.  `is_change` where it
    proposes no new case but the change of one.
    """

    here: Tip | None
    there: Tip | None
    before: str | None
    newer: Newer
    pull_here: bool
    pull_there: bool
    receipt: Receipt | None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where a branch is to stand on each side, None for nowhere.

    `conflict` when people committed on both sides, which only people can settle.  `withdrawn`
    when the runner took it back on one side: its pull request goes too, undecided.
    """

    here: str | None
    there: str | None
    conflict: bool = False
    withdrawn: bool = False


def agree_on_branch(branch: Meeting) -> Agreement:
    """Return where a branch is to stand here and there."""
    if branch.receipt is not None:
        return _ended(branch, branch.receipt)
    here, there = branch.here, branch.there
    if here is not None and there is not None:
        return _one_of(here, there, branch.newer, latest=branch.is_change)
    if branch.is_change and _is_withdrawn(branch):
        return Agreement(None, None, withdrawn=True)
    # An open pull request whose branch is gone on its side: a person deleted it, and the
    # next run there records that.  Bringing it back would undo the decision.
    if here is not None:
        removed = branch.pull_there and branch.before == here.head
        return Agreement(None, None) if removed else Agreement(here.head, here.head)
    if there is not None:
        removed = branch.pull_here and branch.before is not None
        return Agreement(None if removed else there.head, there.head)
    return Agreement(None, None)


def _is_withdrawn(branch: Meeting) -> bool:
    """Whether a side had the branch when both agreed, and has neither it nor a pull request now."""
    left = branch.here or branch.there
    pull_where_gone = branch.pull_there if branch.here else branch.pull_here
    return (
        left is not None and not left.touched and branch.before == left.head and not pull_where_gone
    )


def _ended(branch: Meeting, receipt: Receipt) -> Agreement:
    here, there = branch.here, branch.there
    return Agreement(
        here.head if here and _outlives(here, receipt) else None,
        there.head
        if there
        and (
            _outlives(there, receipt)
            # Accepted, but this side's base has not got it yet: the last copy stays.
            or (receipt.outcome is Outcome.MERGED and not there.merged)
        )
        else None,
    )


def _outlives(tip: Tip, receipt: Receipt) -> bool:
    """Whether a person committed to a branch after it was decided on, or without knowing."""
    return tip.touched and tip.head != receipt.head


def _one_of(here: Tip, there: Tip, newer: Newer, *, latest: bool) -> Agreement:
    if here.head == there.head:
        return Agreement(here.head, here.head)
    match newer:
        case Newer.HERE:
            return Agreement(here.head, here.head)
        case Newer.THERE:
            return Agreement(there.head, there.head)
    if here.touched and there.touched:
        return Agreement(here.head, there.head, conflict=True)
    sign = -1 if latest else 1
    stands = min(
        (here, there), key=lambda tip: (not tip.touched, sign * tip.committed_at, tip.head)
    ).head
    return Agreement(stands, stands)


@dataclass(frozen=True, slots=True)
class Pulls:
    """The open pull requests that two clones agree on, and the last number given.

    `renumbered` holds the number that one had here, and the one it has now.
    """

    open: Mapping[int, PullRecord]
    counter: int
    renumbered: tuple[tuple[int, int], ...]


def agree_on_pulls(
    here: Iterable[PullRecord],
    there: Iterable[PullRecord],
    ended: Set[str],
    taken: Set[int],
    counter: int,
) -> Pulls:
    """Return the pull requests that are open, each branch and each number once.

    `ended` are branches with a receipt, `taken` the numbers of receipts that came from
    there, `counter` the higher of both counters.  A branch opened on both sides keeps
    the words of the earlier; the other side's numbers stay, as others know them.
    """
    ours = _first_by_branch(here, ended)
    theirs = _first_by_branch(there, ended)
    agreed: dict[int, PullRecord] = {}
    for branch, pull in theirs.items():
        first = min((pull, ours.get(branch, pull)), key=_order)
        agreed[pull.number] = first if first.number == pull.number else _as(first, pull.number)
    counter = max([counter, *agreed, *taken, *(pull.number for pull in ours.values())])
    renumbered = [
        (ours[branch].number, pull.number)
        for branch, pull in theirs.items()
        if branch in ours and ours[branch].number != pull.number
    ]
    for branch, pull in sorted(ours.items(), key=lambda item: _order(item[1])):
        if branch in theirs:
            continue
        if pull.number in agreed or pull.number in taken:
            counter += 1
            renumbered.append((pull.number, counter))
            agreed[counter] = _as(pull, counter)
        else:
            agreed[pull.number] = pull
    return Pulls(agreed, counter, tuple(sorted(renumbered)))


def _first_by_branch(pulls: Iterable[PullRecord], ended: Set[str]) -> dict[str, PullRecord]:
    first: dict[str, PullRecord] = {}
    for pull in sorted(pulls, key=_order):
        if pull.branch.name not in ended:
            first.setdefault(pull.branch.name, pull)
    return first


def _order(pull: PullRecord) -> tuple[object, ...]:
    return (
        pull.opened_at, pull.number, pull.title, pull.body, pull.labels, pull.head or "",
    )  # fmt: skip


def _as(pull: PullRecord, number: int) -> PullRecord:
    return replace(pull, number=number, ref_value="")


def first_receipt(one: tuple[Receipt, str], other: tuple[Receipt, str]) -> tuple[Receipt, str]:
    """Return which of two receipts (each with its blob) for one thing stands: the earlier."""
    return min(
        (one, other),
        key=lambda receipt: (receipt[0].at, receipt[0].outcome is Outcome.REFUSED, receipt[1]),
    )
