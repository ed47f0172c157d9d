"""What was proposed as a case, and people call a duplicate: its places are another case's.

The proposal is refused, and a change of that case proposed, which adds the places.  From then on
the change stands on its branch, as those do that the runner finds itself.
"""

from collections.abc import Iterable, Iterator, Mapping

from runner.cases.case import Case
from runner.cases.summary import CaseSummary
from runner.planning.actions import ObeyCommands
from runner.planning.branches import case_of_branch
from runner.planning.changes import MergedCase, Wish, plan_changes
from runner.planning.commands import Duplicate, parse_commands
from runner.planning.heard import MOST, PLACES, places_wish
from runner.planning.observation import Observation, Remark
from runner.policies.team import Person
from runner.text.language import Language

Joined = tuple[Case, Person]
"""A case that is proposed, and who calls it the same matter as another."""
Joining = dict[str, tuple[Joined, ...]]
"""What becomes part of cases of the base in one run, by their ids."""


def cases_joined(remarks: Iterable[Remark], open_cases: Iterable[CaseSummary]) -> dict[str, str]:
    """Return the open cases that comments call the same matter: paths by id."""
    named = {
        command.case_id
        for remark in remarks
        for command in parse_commands(remark.body)
        if isinstance(command, Duplicate)
    }
    return {case.id: case.path for case in open_cases if case.id in named} if named else {}


def has_new_places(case: Case, target: Case) -> bool:
    """Whether a case was said anywhere that another does not hold."""
    return not {place.key for place in case.places} <= {place.key for place in target.places}


def find_joined(case: Case, target: Case, observation: Observation) -> str:
    """Return the branch that proposes all places of a case for another already, "" for none.

    So it is where a run was killed that had obeyed only some of those who said so.
    """
    new = {place.key for place in case.places} - {place.key for place in target.places}
    for branch in observation.branches:
        if (
            branch.case_id == target.id
            and branch.change.startswith(PLACES)
            and (target.id, branch.change) not in observation.decided
            and branch.case is not None
            and new <= {place.key for place in branch.case.places}
        ):
            return branch.name
    return ""


def wish_joined(
    joined: Iterable[Joined],
    target: MergedCase,
    observation: Observation,
    language: Language,
) -> Wish | None:
    """Return the wish to add places of cases to another.

    All of them are one change, since a case has one at a time.  None where they cannot all be
    proposed now: too many at once, none that is new, or something else changes that case.
    """
    held = {place.key for place in target.case.places}
    told = {
        place.key: (place, language.say("the same matter, says {person}", person=person.name))
        for case, person in joined
        for place in case.places
        if place.key not in held
    }
    change = PLACES + "-".join(sorted(key[2:] for key in told))
    if not 0 < len(told) <= MOST or not target.case.state.is_open:
        return None
    if (target.case.id, change) in observation.decided:
        return None
    wish = places_wish(target, change, told.values(), observation, language)
    changes = plan_changes(observation, (wish,), {}, frozenset(), language)
    stands = any(branch.name == wish.branch for branch in observation.branches)
    return wish if changes.pushes or (stands and not changes.held) else None


def wishes_joined(
    observation: Observation,
    obeyed: Iterable[ObeyCommands],
    merged: Mapping[str, MergedCase],
    language: Language,
) -> Iterator[Wish]:
    """Yield the wishes on which refusals rely that people commanded, one for each case."""
    cases = {branch.name: branch.case for branch in observation.branches}
    team = observation.configuration.team
    joining: Joining = {}
    for action in obeyed:
        case, person = cases.get(action.branch), team.person(action.refused_by)
        if action.joins and case is not None and person is not None:
            target = case_of_branch(action.joins)
            joining[target] = (*joining.get(target, ()), (case, person))
    for target, joined in joining.items():
        wish = wish_joined(joined, merged[target], observation, language)
        if wish is not None:
            yield wish
