"""Answers to the survey: the runner wishes to write each into the case that it is about.

A token is all that ties an answer to a case; none ever opens one.  What is left out is counted.
"""

from collections.abc import Iterator, Mapping

from runner.cases.case import Case
from runner.cases.lifecycle import KINDS, RUNNER
from runner.cases.survey import SurveyAnswer, Surveyed, SurveyRead, is_answered
from runner.planning.changes import MergedCase, Wish
from runner.planning.next_entry import Step, plan_step
from runner.planning.observation import Observation
from runner.planning.pull_request import PullWords, decision_lines
from runner.planning.words import label, rated
from runner.policies.secrets import SURVEY_SECRET
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.text.markdown import code, quote

SURVEYED = "survey-"
"""How the changes begin that record an answer; the cycle follows."""


def surveyed_change(surveyed: Surveyed) -> str:
    """Return what the change is called that records the answer for a cycle of a case."""
    return f"{SURVEYED}{surveyed.cycle}"


def wish_surveyed(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[Wish, ...]:
    """Return a wish for each answer that its case does not hold and nobody proposes, each once."""
    proposed = {
        branch.case_id
        for branch in observation.proposed
        if branch.case is not None and is_answered(branch.case)
    }
    wishes: dict[Surveyed, Wish] = {}
    for survey in observation.surveys:
        for surveyed in survey.given:
            known = merged.get(surveyed.case_id)
            if known is None or surveyed in wishes or surveyed.case_id in proposed:
                continue
            if _takes(known.case, surveyed) and not is_answered(known.case):
                wishes[surveyed] = _wish(known, surveyed, survey, observation, language)
    return tuple(wishes.values())


def surveyed_over(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> dict[str, str]:
    """Return the branches that propose an answer for which its case has no room any more."""
    why = language.say("the case has an answer already, or has been reopened since")
    return {
        branch.name: why
        for branch in observation.branches
        if branch.change.startswith(SURVEYED)
        and (known := merged.get(branch.case_id)) is not None
        and (
            is_answered(known.case)
            or branch.change != surveyed_change(Surveyed(known.case.id, known.case.cycle))
        )
    }


def left_out_of(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> dict[str, str]:
    """Return what to say, by source, of answers that are not taken."""
    told = {}
    for survey in observation.surveys:
        if words := ", ".join(_left_out(survey, merged, language)):
            told[survey.source] = language.say("answers left out: {which}", which=words)
    return told


def _left_out(
    survey: SurveyRead, merged: Mapping[str, MergedCase], language: Language
) -> Iterator[str]:
    astray = sum(
        (known := merged.get(surveyed.case_id)) is None or not _takes(known.case, surveyed)
        for surveyed in survey.given
    )
    if survey.unchecked:
        yield language.say(
            "{count} that nobody can check, as {variable} is not set",
            count=survey.unchecked,
            variable=SURVEY_SECRET,
        )
    if survey.blank:
        yield language.say("{count} without a token or a score", count=survey.blank)
    if survey.strange:
        yield language.say("{count} whose token is not ours", count=survey.strange)
    if survey.repeated:
        yield language.say("{count} given once more", count=survey.repeated)
    if astray:
        yield language.say("{count} of an earlier cycle, or of no case here", count=astray)


def _takes(case: Case, surveyed: Surveyed) -> bool:
    return case.cycle == surveyed.cycle and case.state in KINDS["survey-answered"].moves


def _wish(
    merged: MergedCase,
    surveyed: Surveyed,
    survey: SurveyRead,
    observation: Observation,
    language: Language,
) -> Wish:
    case, answer = merged.case, survey.given[surveyed]
    rating = {"value": answer.rating.value, "best": answer.rating.best}
    facts: dict[str, object] = {"rating": rating, "text": answer.text or None}
    at = min(answer.at or observation.now, observation.now)
    step = Step("survey-answered", facts, RUNNER, at, observation.now)
    title = language.say("Record the answer to the survey in case {case}", case=case.id)
    return Wish(
        merged=merged,
        change=surveyed_change(surveyed),
        entries=plan_step(case, step, observation.configuration).entries,
        message=f"{title}\n",
        words=_render_pull(case, answer, survey.source, observation.configuration, language),
        reason=language.say("the customer answered the survey"),
    )


def _render_pull(
    case: Case,
    answer: SurveyAnswer,
    source: str,
    configuration: Configuration,
    language: Language,
) -> PullWords:
    say = language.say
    body = [
        say("The customer of the case {case} answered the survey ({source}).",
            case=f"`{case.id}`", source=code(source)),
        rated(answer.rating, language),
        *([quote(answer.text)] if answer.text else []),
        "## " + say("Your decision"),
        "\n".join(
            decision_lines(
                say("The answer stands in the case's log; its state and promises stay."),
                configuration, language,
            )
        ),
    ]  # fmt: skip
    return PullWords(
        title=" · ".join((case.id, say("answer to the survey"))),
        body="\n\n".join(body) + "\n",
        labels=(
            say("change of a case"),
            say("survey"),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )
