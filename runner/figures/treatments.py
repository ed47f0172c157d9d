"""How equally the cases of each incident were treated."""

from collections.abc import Iterable
from dataclasses import dataclass

from runner.cases.treatment import Told, Treatment, Unequal, find_unequal
from runner.figures.table import Table, tabulate
from runner.policies.incidents import Incident


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """An incident's cases: how each was treated, and which otherwise without a reason."""

    incident: Incident
    treatments: tuple[Treatment, ...]
    unequal: tuple[Unequal, ...]
    told: Table
    """By what they were told, in a row of the incident's id."""


def count_treatments(incident: Incident, treatments: Iterable[Treatment]) -> IncidentFigures:
    """Return how the cases of an incident were treated."""
    treated = tuple(treatments)
    return IncidentFigures(
        incident,
        treated,
        find_unequal(incident, treated),
        tabulate(
            f"incidents.{incident.id}",
            tuple(map(str, Told)),
            ((incident.id, one.told.value, one.case_id) for one in treated),
        ),
    )
