"""Which customers wait: those of open cases, and those whose intake nobody has decided on.

An unreviewed pull request is a customer waiting: its case has clocks like any other.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace

from runner.cases.summary import CaseSummary, summarise
from runner.planning.branches import HEARD, INTAKE
from runner.planning.observation import Branch, Observation


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case whose customer waits.

    `branch` proposes it, or its crisis; None where neither waits to be accepted.  `is_open` says
    that the base holds it in an open state: open cases are those, and nothing else (DESIGN: the
    life of a case).  The others are proposed, new ones and such as have ended and begin anew.
    """

    summary: CaseSummary
    branch: Branch | None = None
    is_open: bool = True


def customers_waiting(observation: Observation) -> tuple[Waiting, ...]:
    """Return who waits as far as a run has seen."""
    return find_waiting(
        observation.open_cases,
        (*observation.branches, *observation.proposed),
        observation.case_of,
        observation.decided,
    )


def find_waiting(
    open_cases: Iterable[CaseSummary],
    branches: Iterable[Branch],
    case_of: Callable[[str], str | None],
    decided: Container[tuple[str, str]],
) -> tuple[Waiting, ...]:
    """Return the open cases of the base in their order, then those that are only proposed.

    Those are new cases, and closed ones whose customer has written again.  Of an open case a
    message that is only proposed has its clocks already.  Of two branches that propose one case
    the first counts.  A branch whose file cannot be read tells of no promise.  A branch that
    raises a crisis stands for its case, whatever the case's state.
    """
    known = {case.id: case for case in open_cases}
    branches = tuple(branches)
    crises = raised_crises(known.values(), branches, decided)
    proposed: dict[str, Waiting] = {}
    for branch in branches:
        if (
            branch.case is None
            or branch.path is None
            or branch.merged
            or not branch.case.state.is_open
            or (branch.case_id, branch.change) in decided
        ):
            continue
        is_heard = branch.change.startswith(HEARD)
        if is_heard and branch.case_id in known:
            heard = summarise(branch.case, branch.path)
            known[branch.case_id] = _with_new_clocks(known[branch.case_id], heard)
        elif is_heard or (branch.change == INTAKE and case_of(branch.case_id) is None):
            waiting = Waiting(summarise(branch.case, branch.path), branch, is_open=False)
            proposed.setdefault(branch.case_id, waiting)
    accepted = (crises.pop(case.id, Waiting(case)) for case in known.values())
    return (*accepted, *(proposed | crises).values())


def raised_crises(
    open_cases: Iterable[CaseSummary],
    branches: Iterable[Branch],
    decided: Container[tuple[str, str]],
) -> dict[str, Waiting]:
    """Return the cases of the base, by id, for which people propose a crisis that it does not hold.

    Threats do not wait for a review.  Of a case that has ended a proposal counts until the
    crisis is taken in hand: what was one before the end is none now.
    """
    held = {case.id: case.crisis for case in open_cases}
    raised: dict[str, Waiting] = {}
    for branch in branches:
        case = branch.case
        if (
            case is None
            or case.crisis is None
            or branch.path is None
            or branch.merged
            or branch.change == INTAKE
            or (branch.case_id, branch.change) in decided
        ):
            continue
        summary = summarise(case, branch.path)
        is_open = branch.case_id in held
        if held[branch.case_id] != case.crisis if is_open else not summary.in_hand:
            raised.setdefault(case.id, Waiting(summary, branch, is_open=is_open))
    return raised


def _with_new_clocks(case: CaseSummary, heard: CaseSummary) -> CaseSummary:
    """Return a case with the courses besides that only a proposal begins."""
    running = {course.clock.clock for course in case.courses}
    new = tuple(course for course in heard.courses if course.clock.clock not in running)
    return replace(case, courses=(*case.courses, *new)) if new else case
