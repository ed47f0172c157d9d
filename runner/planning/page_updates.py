"""Pages of pull requests whose branch has moved on since their words were written."""

from collections.abc import Mapping, Set

from runner.planning.actions import Held, HeldBy, UpdatePull
from runner.planning.branches import INTAKE
from runner.planning.drafts import draft_proposals, find_answers
from runner.planning.observation import Branch, Observation, Pull
from runner.planning.pull_request import PullWords, render_pull
from runner.text.language import Language

PAGE = "page "
"""How the key of a page begins that the cap holds back: it is no case that waits."""


def plan_updates(
    observation: Observation,
    wished: Mapping[str, PullWords],
    busy: Set[str],
    language: Language,
) -> tuple[tuple[UpdatePull, ...], tuple[Held, ...]]:
    """Return the pages to write anew, most urgent first, and those that the cap holds back.

    What a branch proposes is all that a page follows: words that only time would change, such as
    a draft that others have used since, stay.  `wished` are the words of changes by their branch,
    `busy` the branches with which something else is done first.  One run writes as many pages
    anew as it may open; a crisis is written at once.
    """
    configuration = observation.configuration
    stale = sorted(_stale(observation, busy), key=lambda each: _order(each[1]))
    room = configuration.instance.limits.pulls_per_run - observation.rewritten_already
    cases = (branch.case for _, branch in stale if branch.case and branch.change == INTAKE)
    answers = find_answers(observation)
    drafted = draft_proposals(observation, tuple(cases), answers)
    updates: list[UpdatePull] = []
    held: list[Held] = []
    for pull, branch in stale:
        case = branch.case
        if case is None:
            continue
        if branch.change != INTAKE and branch.name not in wished:
            continue
        if case.crisis is None:
            if room <= 0:
                why = language.say("enough pages were written anew; it is the next run's turn")
                held.append(Held(f"{PAGE}{pull.number}", HeldBy.CAP, why))
                continue
            room -= 1
        words = wished.get(branch.name) or render_pull(
            case, configuration, language, observation.now, drafted(case), answers=answers(case)
        )
        updates.append(
            UpdatePull(
                number=pull.number,
                branch=branch.name,
                head=branch.head,
                title=words.title,
                body=words.body,
                labels=words.labels,
                reason=language.say("its branch has changed since"),
                owner=case.owner or "",
            )
        )
    return tuple(updates), tuple(held)


def _stale(observation: Observation, busy: Set[str]) -> list[tuple[Pull, Branch]]:
    branches = {branch.name: branch for branch in observation.branches}
    return [
        (pull, branch)
        for pull in observation.pulls
        if pull.ended is None
        and pull.written_for is not None
        and (branch := branches.get(pull.branch)) is not None
        and branch.head != pull.written_for
        and branch.case is not None
        and branch.name not in busy
    ]


def _order(branch: Branch) -> tuple[bool, int, str]:
    case = branch.case
    return (case is None or case.crisis is None, -case.urgency.rank if case else 0, branch.name)
