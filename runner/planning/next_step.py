"""What an open case waits for, in a sentence: `status`, dashboard and report say the same."""

from collections.abc import Callable, Iterable

from runner.cases.summary import CaseSummary
from runner.clocks.standings import Standing
from runner.model import State
from runner.planning.case_page import crisis_step, next_step
from runner.planning.draft_words import news_step, reminder_step
from runner.planning.proposed_steps import ProposedStep, proposed_line
from runner.policies.values import Configuration
from runner.text.language import Language


def case_steps(
    case: CaseSummary,
    standings: Iterable[Standing],
    steps: Iterable[ProposedStep],
    configuration: Configuration,
    language: Language,
    *,
    number: Callable[[int], str] = str,
) -> tuple[str, ...]:
    """Return what an accepted case waits for, a sentence each: first what waits to be accepted.

    What that does already, or what only follows on it, is not named besides; a crisis always is.
    `number` sets the number of a pull request as the medium needs it.
    """
    steps = tuple(steps)
    has_pages = configuration.instance.has_pages
    waiting = tuple(
        proposed_line(step, language, has_pages=has_pages, number=number(step.number))
        for step in steps
    )
    if case.crisis is None and any(step.overtakes(case.state) for step in steps):
        return waiting
    return (*waiting, _own_step(case, standings, configuration, language))


def raised_crisis_step(pull: int | None, language: Language) -> str:
    """Return what comes first of a case whose crisis is only proposed, in the pull request."""
    if pull is None:
        return language.say("People first: its crisis is proposed on a branch.")
    return language.say(
        "People first: its crisis is proposed in pull request {number}: {command}",
        number=pull,
        command=f"doleances accept {pull}",
    )


def _own_step(
    case: CaseSummary,
    standings: Iterable[Standing],
    configuration: Configuration,
    language: Language,
) -> str:
    """Return what the case itself waits for: people in a crisis, else what is due to be told."""
    standings = tuple(standings)
    state = State(case.state)
    return (
        crisis_step(case.id, case.crisis, state, language, in_hand=case.in_hand)
        or reminder_step(case.reminders, standings, configuration, language)
        or news_step(state, standings, language)
        or next_step(state, language)
    )
