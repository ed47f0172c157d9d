"""The runner's changes to cases that are merged: from wishes to branches and pull requests.

Whoever wants an entry written into a case on the base wishes for it; here it is decided what
that means for the forge.  Each change is one commit on a branch of its own,
`doleances/<case-id>/<change>`, and one pull request; a case has at most one at a time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.cases.case import Case, Entry, Place
from runner.cases.file import parse_case
from runner.cases.splicing import Amendment, splice_case
from runner.errors import Fault
from runner.planning.actions import DropBranch, Held, HeldBy, PushBranch, RenewBranch, WithdrawPull
from runner.planning.branches import INTAKE, branch_name
from runner.planning.observation import Branch, Observation
from runner.planning.pull_request import PullWords
from runner.text.document import Document
from runner.text.language import Language
from runner.text.strict_yaml import read_document, read_value


@dataclass(frozen=True, slots=True)
class MergedCase:
    """A case as its file on the base says it; `data` are the file's bytes."""

    path: str
    data: bytes
    case: Case


@dataclass(frozen=True, slots=True)
class Wish:
    """Entries, and `places` that they name, which the runner proposes to write into a case.

    `change` is what the branch and the receipt are called by, the same in every run that means
    the same.  `message` and `words` hold our own words and ids, but for what `words.body` quotes.
    With `is_urgent` it waits neither for other changes of the case nor for caps.
    """

    merged: MergedCase
    change: str
    entries: tuple[Entry, ...]
    message: str
    words: PullWords
    reason: str
    places: tuple[Place, ...] = ()
    is_urgent: bool = False

    @property
    def branch(self) -> str:
        """The branch that proposes it."""
        return branch_name(self.merged.case.id, self.change)


@dataclass(frozen=True, slots=True)
class Changes:
    """What wishes come to.

    `waiting` are those whose branch is there, or is pushed now, and has no pull request yet.
    """

    pushes: tuple[PushBranch | RenewBranch, ...]
    withdrawn: tuple[WithdrawPull | DropBranch, ...]
    waiting: tuple[Wish, ...]
    held: tuple[Held, ...]


def read_merged_cases(observation: Observation) -> dict[str, MergedCase]:
    """Return the cases on the base whose files were read, by id, as far as they can be read."""
    found: dict[str, MergedCase] = {}
    for path, data in observation.case_files.items():
        try:
            case = parse_case(read_value(data), path)
        except ValueError:
            document = read_document(data, path)
            if not isinstance(document, Document):
                continue
            case = parse_case(document.value, path)
        found[case.id] = MergedCase(path, data, case)
    return found


def is_taken_over(branch: Branch, merged: MergedCase | None) -> bool:
    """Whether the base holds what a change of a case proposes, though its commit be another.

    So it is after a squash merge: the log there holds all entries of the branch.  A branch that
    a person touched may propose nothing any more.
    """
    if branch.merged:
        return True
    if merged is None or branch.case is None or branch.hands_off:
        return False
    return all(entry in merged.case.log for entry in branch.case.log)


def plan_changes(
    observation: Observation,
    wishes: Iterable[Wish],
    over: Mapping[str, str],
    finished: frozenset[str],
    language: Language,
) -> Changes:
    """Return what to do so that each wish is proposed once, and nothing that is over.

    `over` maps branches whose wish is gone to the reason; a branch with neither a wish nor a
    reason stays as it is, since whoever wished may not have been able to look.  `finished` are
    branches that are settled or dropped anyway.  A wish that was decided once is not proposed
    again.
    """
    branches = {
        branch.name: branch for branch in observation.branches if branch.name not in finished
    }
    pulls = {pull.branch: pull for pull in observation.pulls}
    busy = {branch.case_id: branch.name for branch in branches.values() if branch.name not in over}
    pushes: list[PushBranch | RenewBranch] = []
    waiting: list[Wish] = []
    held: list[Held] = []
    for wish in wishes:
        case = wish.merged.case
        branch = branches.get(wish.branch)
        lost = branch is None and wish.branch in pulls
        if lost or wish.branch in finished or (case.id, wish.change) in observation.decided:
            continue
        if busy.setdefault(case.id, wish.branch) != wish.branch and not wish.is_urgent:
            why = language.say(
                "{branch} changes this case too; one at a time", branch=busy[case.id]
            )
            held.append(Held(wish.branch, HeldBy.PERSON, why))
            continue
        pushed = _push(wish, branch, language)
        if isinstance(pushed, Held):
            held.append(pushed)
            continue
        if pushed is not None:
            pushes.append(pushed)
        if wish.branch not in pulls:
            waiting.append(wish)
    withdrawn = tuple(_withdraw(branches, {name: p.number for name, p in pulls.items()}, over))
    return Changes(tuple(pushes), withdrawn, tuple(waiting), tuple(held))


def _push(
    wish: Wish, branch: Branch | None, language: Language
) -> PushBranch | RenewBranch | Held | None:
    """Return what makes the branch so, None where it is, or why a person must look."""
    if branch is not None and not _is_stale(branch, wish.merged.case):
        return None
    if branch is not None and branch.hands_off:
        why = language.say(
            "the case has changed on the base since, and somebody else committed to the branch: "
            "merge the base into it"
        )
        return Held(wish.branch, HeldBy.PERSON, why)
    document = read_document(wish.merged.data, wish.merged.path)
    try:
        if not isinstance(document, Document):
            raise ValueError(_first(document))
        content = splice_case(
            document, wish.merged.data, Amendment(wish.entries, wish.places)
        ).decode()
    except ValueError as error:
        return Held(wish.branch, HeldBy.PERSON, str(error))
    path, message, reason = wish.merged.path, wish.message, wish.reason
    if branch is None:
        return PushBranch(wish.branch, path, content, message, reason)
    return RenewBranch(wish.branch, branch.head, path, content, message, reason)


def _is_stale(branch: Branch, case: Case) -> bool:
    """Whether the base added to the case's log since the branch began: the two would conflict."""
    return branch.case is None or branch.case.log[: len(case.log)] != case.log


def _withdraw(
    branches: Mapping[str, Branch], pulls: Mapping[str, int], over: Mapping[str, str]
) -> Iterator[WithdrawPull | DropBranch]:
    for name, reason in over.items():
        branch = branches.get(name)
        # What a person has touched is the person's to end.
        if branch is None or branch.hands_off or branch.change == INTAKE:
            continue
        if name in pulls:
            yield WithdrawPull(pulls[name], name, branch.head, reason)
        else:
            yield DropBranch(name, branch.head, reason)


def _first(faults: tuple[Fault, ...]) -> str:
    return str(faults[0]) if faults else ""
