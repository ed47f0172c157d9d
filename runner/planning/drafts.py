"""The drafted replies of cases that are proposed, so that each is unlike the others."""

from collections.abc import Callable, Iterable
from functools import cache

from runner.cases.case import Case
from runner.planning.observation import Observation
from runner.replies.catalogue import Catalogue, Nearest, asked_in
from runner.replies.drafting import Draft, NoDraft, answer_by_itself, draft, reserve, use_of
from runner.replies.uses import recent_uses


def find_answers(observation: Observation) -> Callable[[Case], tuple[Nearest, ...]]:
    """Return what finds the answers of the catalogue that come nearest to a case.

    Nothing is read before it is asked for the first time.
    """
    configuration = observation.configuration

    @cache
    def catalogue() -> Catalogue:
        today = observation.now.astimezone(configuration.instance.zone).date()
        return Catalogue(configuration, observation.past_answers(), today)

    def nearest(case: Case) -> tuple[Nearest, ...]:
        asked = asked_in(case, configuration)
        return catalogue().nearest(asked) if asked else ()

    return nearest


def draft_proposals(
    observation: Observation,
    proposed: Iterable[Case],
    answers: Callable[[Case], tuple[Nearest, ...]],
) -> Callable[[Case], Draft | NoDraft]:
    """Return what gives the draft of a proposed case.

    Nothing is read or drafted before it is asked for the first time.  Cases that wait elsewhere
    for a first word count, on the base and on branches; the oldest case drafts first, so that a
    draft stays as it is when newer cases come.
    """
    configuration, now = observation.configuration, observation.now
    wanted = {case.id: case for case in proposed}

    @cache
    def drafts() -> dict[str, Draft | NoDraft]:
        sites = {place.site for case in wanted.values() for place in case.places}
        merged = observation.recent_cases(frozenset(sites))
        known = {branch.case.id: branch.case for branch in observation.branches if branch.case}
        known |= {branch.case.id: branch.case for branch in observation.proposed if branch.case}
        known |= {case.id: case for case in merged}
        waiting = [case for case_id, case in known.items() if case_id not in wanted]
        used = list(reserve(waiting, configuration, recent_uses(merged, configuration, now), now))
        made: dict[str, Draft | NoDraft] = {}
        for case in sorted(wanted.values(), key=lambda case: (case.detected_at, case.id)):
            answer = answer_by_itself(case, configuration, answers(case))
            made[case.id] = drafted = draft(case, configuration, used, now, answer=answer)
            if isinstance(drafted, Draft) and case.crisis is None:
                used.append(use_of(drafted, case, configuration, now))
        return made

    return lambda case: drafts()[case.id]
