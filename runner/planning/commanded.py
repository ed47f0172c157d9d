"""The pages of the runner's pull requests on which somebody commands something."""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.planning.branches import INTAKE, Outcome, case_of_branch
from runner.planning.commands import is_alarm, parse_commands
from runner.planning.observation import Branch, Ending, Observation, Pull, Remark


@dataclass(frozen=True, slots=True)
class Commanded:
    """A page with the comments that wait for an answer, oldest first.

    `is_late` when what it proposes was merged before, `is_closed` when it ended otherwise, and
    `is_over` when an earlier run has settled that.  `alarms` when somebody, whoever it be, says
    that a life is in danger.
    """

    pull: Pull
    branch: Branch
    remarks: tuple[Remark, ...]
    is_late: bool
    is_closed: bool
    is_over: bool
    alarms: bool


def find_commanded(observation: Observation) -> Iterator[Commanded]:
    """Yield the pages with comments; of those without a branch, merged ones and alarms."""
    branches = {branch.name: branch for branch in observation.branches}
    for pull in (*observation.pulls, *_pages_over(observation)):
        remarks = [each for each in observation.remarks if each.number == pull.number]
        is_over = any(each.page_ended is not None for each in remarks)
        branch = branches.get(pull.branch) if not is_over else None
        is_late = _is_merged(pull, branch, observation)
        alarms = any(map(says_alarm, remarks))
        if not remarks or (branch is None and not (is_late or alarms)):
            continue
        yield Commanded(
            pull=pull,
            branch=branch or _gone(pull),
            remarks=tuple(sorted(remarks, key=lambda each: (each.at, each.id))),
            is_late=is_late,
            is_closed=not is_late and (pull.ended is not None or branch is None),
            is_over=is_over,
            alarms=alarms,
        )


def says_alarm(remark: Remark) -> bool:
    """Whether a comment says that a life is in danger."""
    return any(map(is_alarm, parse_commands(remark.body)))


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


def _is_merged(pull: Pull, branch: Branch | None, observation: Observation) -> bool:
    if pull.ended is not None and pull.ended.outcome is Outcome.MERGED:
        return True
    if branch is None:
        return False
    is_there = branch.change == INTAKE and observation.case_of(branch.case_id) is not None
    return branch.merged or is_there
