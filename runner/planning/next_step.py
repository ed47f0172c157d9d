"""What an open case waits for, in a sentence: `status`, dashboard and report say the same."""

from collections.abc import Iterable

from runner.cases.summary import CaseSummary
from runner.clocks.standings import Standing
from runner.model import State
from runner.planning.case_page import crisis_step, next_step
from runner.planning.draft_words import reminder_step
from runner.policies.values import Configuration
from runner.text.language import Language


def case_step(
    case: CaseSummary,
    standings: Iterable[Standing],
    configuration: Configuration,
    language: Language,
) -> str:
    """Return what an accepted case waits for: people in a crisis, else a reminder that is due."""
    state = State(case.state)
    return (
        crisis_step(case.id, case.crisis, state, language, in_hand=case.in_hand)
        or reminder_step(case.reminders, standings, configuration, language)
        or next_step(state, language)
    )


def raised_crisis_step(pull: int | None, language: Language) -> str:
    """Return what comes first of a case whose crisis is only proposed, in the pull request."""
    if pull is None:
        return language.say("People first: its crisis is proposed on a branch.")
    return language.say(
        "People first: its crisis is proposed in pull request {number}: {command}",
        number=pull,
        command=f"doleances accept {pull}",
    )
