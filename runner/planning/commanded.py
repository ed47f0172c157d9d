"""The pages of pull requests of cases on which somebody commands something."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from runner.cases.summary import CaseSummary, ClosedCase
from runner.planning.branches import INTAKE, Outcome, branch_name, case_of_branch, is_runners
from runner.planning.commands import Duplicate, RaiseCrisis, parse_commands
from runner.planning.observation import Branch, Ending, Observation, Pull, Remark


class Stage(Enum):
    """How far a page has come."""

    OPEN = auto()
    MERGED = auto()
    """What it proposes is on the base."""
    CLOSED = auto()
    """It ended otherwise, and whoever ended it may still say why."""
    OVER = auto()
    """It ended otherwise, and an earlier run has settled that."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """A page with the comments that wait for an answer, oldest first.

    `branch` is as it stands; one that was removed has no case.
    """

    pull: Pull
    branch: Branch
    remarks: tuple[Remark, ...]
    stage: Stage

    @property
    def is_ours(self) -> bool:
        """Whether the runner opened the page; else a person did, by a verb."""
        return is_runners(self.pull.branch)

    @property
    def is_intake(self) -> bool:
        """Whether the page proposes a new case of the runner's."""
        return self.is_ours and self.branch.change == INTAKE

    @property
    def is_shut(self) -> bool:
        """Whether the page was closed, and nothing came of it."""
        return self.stage in {Stage.CLOSED, Stage.OVER}


def cases_commanded(
    remarks: Iterable[Remark],
    pulls: Iterable[Pull],
    known: Iterable[CaseSummary | ClosedCase],
    case_of: Callable[[str], str | None],
) -> dict[str, str]:
    """Return the cases of the base whose files must be read to obey comments: paths by id.

    Those that a comment names, and those of pages on which a life is said to be in danger;
    `case_of` tells which case of the base has become of one.
    """
    named, pages = set[str](), tuple(pulls)
    for remark in remarks:
        for command in parse_commands(remark.body):
            match command:
                case Duplicate(case):
                    named.add(named_case(case, pages))
                case RaiseCrisis():
                    named.add(case_of_branch(remark.branch))
    wanted = {case_of(case_id) or case_id for case_id in named}
    return {case.id: case.path for case in known if case.id in wanted} if wanted else {}


def named_case(named: str, pulls: Iterable[Pull]) -> str:
    """Return the case that a comment means by its id, or by an open page of it such as `#12`.

    "" where no such page is open.
    """
    if not named.startswith("#"):
        return named
    branch = next((pull.branch for pull in pulls if f"#{pull.number}" == named), "")
    return case_of_branch(branch)


def find_commanded(observation: Observation) -> Iterator[Commanded]:
    """Yield the pages with comments that wait, those that ended too."""
    branches = {each.name: each for each in (*observation.branches, *observation.proposed)}
    for pull in (*observation.pulls, *observation.proposals, *_pages_over(observation)):
        remarks = [each for each in observation.remarks if each.number == pull.number]
        if remarks:
            is_over = any(each.page_ended is not None for each in remarks)
            branch = branches.get(pull.branch) if not is_over else None
            yield Commanded(
                pull=pull,
                branch=branch or _gone(pull),
                remarks=tuple(sorted(remarks, key=lambda each: (each.at, each.id))),
                stage=_stage(pull, branch, observation, is_over=is_over),
            )


def _pages_over(observation: Observation) -> Iterator[Pull]:
    """Yield the pages that were settled before, and on which somebody comments all the same."""
    over = {each.number: each for each in observation.remarks}
    for number, remark in over.items():
        if remark.page_ended is not None:
            ended = Ending(remark.page_ended, "", "")
            yield Pull(number, remark.branch, "", "", remark.at, None, ended)


def _gone(pull: Pull) -> Branch:
    """Return a branch that was removed."""
    case_id = case_of_branch(pull.branch)
    change = pull.branch.rpartition("/")[2]
    return Branch(
        pull.branch, case_id, change, "", hands_off=True, merged=True, path=None, case=None
    )


def _stage(pull: Pull, branch: Branch | None, observation: Observation, *, is_over: bool) -> Stage:
    is_merged = pull.ended is not None and pull.ended.outcome is Outcome.MERGED
    if is_merged or (branch is not None and branch.merged) or _is_known(pull, observation):
        return Stage.MERGED
    if is_over:
        return Stage.OVER
    return Stage.OPEN if pull.ended is None and branch is not None else Stage.CLOSED


def _is_known(pull: Pull, observation: Observation) -> bool:
    """Whether a page proposes as new what the base holds, however it came there."""
    case_id = case_of_branch(pull.branch)
    return pull.branch == branch_name(case_id) and observation.case_of(case_id) is not None
