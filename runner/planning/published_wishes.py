"""Replies that the program posted: the runner wishes to write each into its case.

The post stands there already, so that the entry tells when; merging it stops the clocks.
"""

from collections.abc import Mapping

from runner.cases.case import Case
from runner.cases.lifecycle import RUNNER
from runner.planning.changes import MergedCase, Wish, read_merged_cases
from runner.planning.next_entry import IllegalStep, plan_step
from runner.planning.next_entry import Step as NextStep
from runner.planning.observation import Observation
from runner.planning.postings import Posting, Step
from runner.planning.publishing import (
    Approval,
    Publication,
    Stage,
    approvals_of,
    is_written,
    plan_publications,
)
from runner.planning.pull_request import PullWords, decision_lines
from runner.planning.words import label, person_name
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.text.markdown import link, quote

PUBLISHED = "published-"
"""How the changes begin that record what was posted."""


def wish_published(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[Wish, ...]:
    """Return a wish for each post that its case does not tell of yet, the oldest first."""
    wishes = []
    for case_id, postings in sorted(observation.postings.items()):
        known = merged.get(case_id)
        if known is None:
            continue
        posted = {each.key: each for each in postings if each.step is Step.POSTED}
        for approval in approvals_of(known.case):
            posting = posted.get(approval.key)
            if posting is not None and not is_written(known.case, approval.key):
                wish = _wish(known, approval, posting, observation, language)
                wishes += [wish] if wish is not None else []
    return tuple(wishes)


def unposted_in(observation: Observation) -> tuple[Publication, ...]:
    """Return the approved replies that do not stand there yet, the oldest first."""
    found = plan_publications(
        (each.case for each in read_merged_cases(observation).values()),
        observation.postings,
        (*observation.branches, *observation.proposed),
        configuration=observation.configuration,
        open_times=observation.open_times,
        now=observation.now,
    )
    return tuple(each for each in found if each.stage not in {Stage.POSTED, Stage.LAPSED})


def _wish(
    merged: MergedCase,
    approval: Approval,
    posting: Posting,
    observation: Observation,
    language: Language,
) -> Wish | None:
    case, configuration = merged.case, observation.configuration
    place = next(each for each in case.places if each.id == approval.place)
    facts: dict[str, object] = {
        "place": approval.place,
        "url": posting.url or place.url or place.thread_url or f"https://{place.site}/",
        "native_id": posting.native_id,
        "template": approval.template,
        "answer": approval.answer,
        "text": approval.text,
    }
    # What was approved in an earlier cycle, or before a crisis, proves no publication now.
    is_proved = case.crisis is None and not any(
        entry.kind == "reopened" for entry in case.log[approval.nth :]
    )
    if is_proved:
        facts |= {"approved_by": approval.by, "intent": approval.key}
    at = min(posting.at, observation.now)
    kind = "published" if is_proved else "replied"
    step = NextStep(kind, facts, RUNNER, at, observation.now)
    try:
        entries = plan_step(case, step, configuration).entries
    except IllegalStep:
        return None
    reason = language.say("what was approved stands there")
    return Wish(
        merged=merged,
        change=PUBLISHED + approval.key[:8],
        entries=entries,
        message=_render_message(case, approval, language),
        words=_render_pull(case, approval, posting, configuration, language),
        reason=reason,
    )


def _render_message(case: Case, approval: Approval, language: Language) -> str:
    title = language.say(
        "Record the reply posted in case {case} at {place}", case=case.id, place=approval.place
    )
    return f"{title}\n"


def _render_pull(
    case: Case,
    approval: Approval,
    posting: Posting,
    configuration: Configuration,
    language: Language,
) -> PullWords:
    say = language.say
    by = person_name(approval.by, configuration.team, language)
    where = link(posting.url, approval.place) if posting.url else approval.place
    body = (
        say("What {person} approved was posted at {place}, {instant}.",
            person=by, place=where, instant=language.instant(posting.at)),
        quote(approval.text),
        "## " + say("Your decision"),
        "\n".join(
            decision_lines(
                say("The reply stands in the case's log; what waited for it stops at that "
                    "instant."),
                configuration, language,
            )
        ),
    )  # fmt: skip
    return PullWords(
        title=" · ".join((case.id, say("reply posted at {place}", place=approval.place))),
        body="\n\n".join(body) + "\n",
        labels=(
            say("change of a case"),
            say("our messages"),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )
