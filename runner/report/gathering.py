"""What all pages need of all cases, gathered while each is read once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from runner.cases.case import Case
from runner.cases.file import case_data
from runner.cases.treatment import Treatment, read_treatment
from runner.clocks.standings import Standing
from runner.figures.life import Life, Reading, read_life
from runner.figures.treatments import IncidentFigures, count_treatments
from runner.planning.case_page import Proposal
from runner.planning.proposed_steps import ProposedStep
from runner.policies.incidents import Incident
from runner.report.listed import Listed, list_case


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A case with the standings of all its clocks; `proposal` where it waits to be accepted.

    `commits` brought the entries of its log, in that order; empty where that is not known.
    `proposed` are steps that wait to be accepted for it.
    """

    case: Case
    path: str
    standings: tuple[Standing, ...]
    proposal: Proposal | None = None
    commits: tuple[str, ...] = ()
    proposed: tuple[ProposedStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """All cases as lists and figures need them, and how those of incidents were treated."""

    listed: tuple[Listed, ...]
    incidents: tuple[IncidentFigures, ...]

    @property
    def lives(self) -> Iterator[Life]:
        """The lives of all cases."""
        return (each.life for each in self.listed)


def gather(
    cases: Iterable[CaseRead],
    reading: Reading,
    incidents: Sequence[Incident],
    seen: Callable[[CaseRead], None],
) -> Gathered:
    """Return what is to be kept of the cases, newest first; `seen` is told each in full."""
    listed: list[Listed] = []
    treatments: dict[str, list[Treatment]] = defaultdict(list)
    by_id = {incident.id: incident for incident in incidents}
    for read in cases:
        case = read.case
        proposed = read.proposal is not None
        listed.append(list_case(case, read_life(case, read.standings, reading, proposed=proposed)))
        incident = by_id.get(case.incident or "")
        if incident is not None and not proposed:
            treatment = read_treatment(case_data(case), read.path, incident)
            if treatment is not None:
                treatments[incident.id].append(treatment)
        seen(read)
    listed.sort(key=lambda each: (each.life.detected_at, each.id), reverse=True)
    found = tuple(count_treatments(each, treatments.get(each.id, ())) for each in incidents)
    return Gathered(tuple(listed), found)
