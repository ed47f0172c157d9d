"""Closing messages of cases that are resolved: the runner drafts one for each place.

What it wishes for is the entry `closed` with the words, and without what only people know: where
the messages stand, why no survey was sent, the root cause.  It is `by: runner`, whose word no
check takes for a closing, so that merging it needs a person who fills it in and signs it.
`doleances close` does the same in one go; the proposal is over then.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime
from functools import cache

from runner.cases.case import Case
from runner.cases.closings import Closing, closings_of
from runner.cases.lifecycle import RUNNER
from runner.cases.summary import CaseSummary
from runner.model import State
from runner.planning.branches import branch_name
from runner.planning.changes import MergedCase, Wish
from runner.planning.closing_words import render_closing_message, render_closing_pull
from runner.planning.next_entry import Step, plan_step
from runner.planning.observation import Observation
from runner.replies.closings import draft_closings
from runner.replies.uses import Use, closing_uses, recent_uses
from runner.text.language import Language

CLOSING = "closing-"
"""How the changes begin that prepare a closing; the number of the entry follows after which
nothing more was said."""
_SAYING_NOTHING = frozenset({
    "approved", "clock-changed", "crisis-lifted", "crisis-raised", "crisis-taken",
    "incident-linked", "incident-unlinked", "looked", "noted", "qualified",
})  # fmt: skip
"""Entries after which the same closing is proposed as before: nobody said or decided a thing."""


def cases_to_close(cases: Iterable[CaseSummary]) -> dict[str, str]:
    """Return where the cases lie, by id, whose closing messages are wanted."""
    return {
        case.id: case.path for case in cases if case.state == State.RESOLVED and case.crisis is None
    }


def closings_wanted(
    observation: Observation, merged: Mapping[str, MergedCase], others: Iterable[Wish]
) -> dict[str, MergedCase]:
    """Return the resolved cases that nobody closes yet, the longest resolved first.

    By the branch on which their closing is prepared.  None for which one of `others` is wished,
    or whose next step a person proposes: what was said comes first.  What was refused is wanted
    again once something new is said.
    """
    taken = _taken(observation, others)
    waiting = [
        known for known in merged.values() if _waits(known.case) and known.case.id not in taken
    ]
    waiting.sort(key=lambda known: (_resolved_at(known.case), known.case.id))
    changes = ((known, _change(known.case, observation)) for known in waiting)
    return {
        branch_name(known.case.id, change): known
        for known, change in changes
        if (known.case.id, change) not in observation.decided
    }


def wish_closings(
    observation: Observation, wanted: Mapping[str, MergedCase], language: Language
) -> tuple[Wish, ...]:
    """Return a wish for each closing that is wanted, but those whose branch and page stand."""
    drafted = _drafts(observation, (known.case for known in wanted.values()), language)
    return tuple(
        _wish(known, name, drafted, observation, language)
        for name, known in wanted.items()
        if not _stands(name, known.case, observation)
    )


def closings_over(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    wanted: Container[str],
    language: Language,
) -> dict[str, str]:
    """Return the branches that prepare a closing which is not wanted now, with why."""
    why = language.say("the case no longer waits for a closing message")
    return {
        branch.name: why
        for branch in observation.branches
        if branch.change.startswith(CLOSING)
        and branch.name not in wanted
        and branch.case_id in merged
    }


def _stands(name: str, case: Case, observation: Observation) -> bool:
    """Whether a closing is prepared for the case as it is, and its page says what is prepared."""
    branch = next((each for each in observation.branches if each.name == name), None)
    pull = next((each for each in observation.pulls if each.branch == name), None)
    return (
        branch is not None
        and branch.case is not None
        and branch.case.log[: len(case.log)] == case.log
        and pull is not None
        and pull.written_for in {None, branch.head}
    )


def _waits(case: Case) -> bool:
    return case.state is State.RESOLVED and case.crisis is None


def _resolved_at(case: Case) -> datetime:
    resolved = (entry.recorded_at for entry in case.log if entry.to is State.RESOLVED)
    return max(resolved, default=case.detected_at)


def _taken(observation: Observation, others: Iterable[Wish]) -> frozenset[str]:
    """Return the cases for which the runner wishes something else, or people propose a step."""
    wished = {(wish.merged.case.id, wish.change) for wish in others}
    proposed = {
        (branch.case_id, branch.change)
        for branch in observation.proposed
        if branch.case is not None and not _waits(branch.case)
    }
    return frozenset(case_id for case_id, _ in (wished | proposed) - observation.decided.keys())


def _change(case: Case, observation: Observation) -> str:
    """Return what the closing is called: by what was said last, else as people work on it."""
    for branch in observation.branches:
        if branch.case_id == case.id and branch.change.startswith(CLOSING) and branch.hands_off:
            return branch.change
    said = (nth for nth, entry in enumerate(case.log, 1) if entry.kind not in _SAYING_NOTHING)
    return f"{CLOSING}{max(said)}"


def _drafts(
    observation: Observation, cases: Iterable[Case], language: Language
) -> Callable[[Case], tuple[Closing, ...]]:
    """Return what drafts the closings of a case, each unlike the others and what was said of late.

    Nothing is read before it is asked for the first time.
    """
    configuration, now = observation.configuration, observation.now
    sites = frozenset(place.site for case in cases for place in case.places)

    @cache
    def used() -> list[Use]:
        prepared = (
            branch.case
            for branch in observation.branches
            if branch.case is not None and branch.change.startswith(CLOSING)
        )
        every = (*observation.recent_cases(sites), *prepared)
        return list(dict.fromkeys(recent_uses(every, configuration, now)))

    def drafted(case: Case) -> tuple[Closing, ...]:
        barred = language.say("nobody can reply there in public")
        closings = draft_closings(case, configuration, used(), now, barred)
        used().extend(closing_uses(case, closings, configuration, now))
        return closings

    return drafted


def _wish(
    merged: MergedCase,
    branch: str,
    drafted: Callable[[Case], tuple[Closing, ...]],
    observation: Observation,
    language: Language,
) -> Wish:
    case, configuration = merged.case, observation.configuration
    # What stands on the branch is what people read, and may have filled in.
    closings = _standing(branch, observation) or drafted(case)
    facts: dict[str, object] = {
        "closings": [closing.data for closing in closings],
        "survey": {"sent": False},
    }
    step = Step("closed", facts, RUNNER, observation.now, observation.now)
    return Wish(
        merged=merged,
        change=branch.rpartition("/")[2],
        entries=plan_step(case, step, configuration).entries,
        message=render_closing_message(case, language),
        words=render_closing_pull(case, closings, configuration, language),
        reason=language.say("it is resolved"),
    )


def _standing(name: str, observation: Observation) -> tuple[Closing, ...]:
    for branch in observation.branches:
        if branch.name == name and branch.case is not None:
            return closings_of(branch.case.log[-1])
    return ()
