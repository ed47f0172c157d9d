"""Which customers wait: those of open cases, and those whose intake nobody has decided on.

An unreviewed pull request is a customer waiting: its case has clocks like any other.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from runner.cases.summary import CaseSummary, summarise
from runner.planning.branches import INTAKE
from runner.planning.observation import Branch, Observation


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case whose customer waits.

    `branch` proposes it, None for a case that was accepted.
    """

    summary: CaseSummary
    branch: Branch | None = None


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
    """Return the open cases of the base in their order, then those that intakes propose.

    Of two branches that propose one case the first counts.  A branch whose file cannot be
    read tells of no promise.
    """
    proposed: dict[str, Waiting] = {}
    for branch in branches:
        if (
            branch.change == INTAKE
            and branch.case is not None
            and branch.path is not None
            and branch.case.state.is_open
            and case_of(branch.case_id) is None
            and (branch.case_id, branch.change) not in decided
        ):
            waiting = Waiting(summarise(branch.case, branch.path), branch)
            proposed.setdefault(branch.case_id, waiting)
    return (*map(Waiting, open_cases), *proposed.values())
