"""What was proposed as a case, and people call a duplicate: its places are another case's.

The proposal is refused, and a change of that case proposed, which adds the places.  From then on
the change stands on its branch, as those do that the runner finds itself.
"""

from collections.abc import Iterable, Iterator, Mapping

from runner.cases.case import Case, Place
from runner.cases.summary import CaseSummary
from runner.planning.actions import ObeyCommands
from runner.planning.branches import INTAKE
from runner.planning.changes import MergedCase, Wish
from runner.planning.commands import Duplicate, parse_commands
from runner.planning.heard import MOST, PLACES, places_wish
from runner.planning.observation import Observation, Remark
from runner.text.language import Language


def cases_joined(remarks: Iterable[Remark], open_cases: Iterable[CaseSummary]) -> dict[str, str]:
    """Return the open cases that comments call the same matter: paths by id."""
    named = {
        command.case_id
        for remark in remarks
        for command in parse_commands(remark.body)
        if isinstance(command, Duplicate)
    }
    return {case.id: case.path for case in open_cases if case.id in named} if named else {}


def may_join(case: Case, target: Case, observation: Observation) -> bool:
    """Whether a case's places can be proposed for another: nothing else changes that one now."""
    change = _change(_new_places(case, target))
    return (
        target.state.is_open
        and change != PLACES
        and (target.id, change) not in observation.decided
        and not any(
            branch.case_id == target.id and branch.change not in {INTAKE, change}
            for branch in observation.branches
        )
    )


def wish_joined(
    observation: Observation,
    obeyed: Iterable[ObeyCommands],
    merged: Mapping[str, MergedCase],
    language: Language,
) -> Iterator[Wish]:
    """Yield the wish of each proposal that a person calls a duplicate of a case on the base."""
    cases = {branch.name: branch.case for branch in observation.branches}
    for action in obeyed:
        case, target = cases.get(action.branch), merged.get(action.joins)
        if case is None or target is None:
            continue
        person = observation.configuration.team.person(action.refused_by)
        name = person.name if person is not None else action.refused_by
        why = language.say("the same matter, says {person}", person=name)
        places = _new_places(case, target.case)
        told = [(place, why) for place in places]
        yield places_wish(target, _change(places), told, observation, language)


def _new_places(case: Case, target: Case) -> tuple[Place, ...]:
    held = {place.key for place in target.places}
    return tuple(place for place in case.places if place.key not in held)[:MOST]


def _change(places: Iterable[Place]) -> str:
    return PLACES + "-".join(sorted(place.key[2:] for place in places))
