"""The words of the pull request and the commit that link a merged case to an incident."""

from collections.abc import Iterator

from runner.cases.case import Case
from runner.model import Reason
from runner.planning.incident_words import terms_lines
from runner.planning.pull_request import PullWords, decision_lines, what_was_said
from runner.planning.words import because, label, where_written
from runner.policies.incidents import Incident
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.text.markdown import code


def render_link_message(case: Case, incident: Incident, reason: Reason, language: Language) -> str:
    """Return the message of the commit that links a case to an incident: our words and ids only."""
    say = language.say
    lines = (
        say("Link case {case} to incident {incident}", case=case.id, incident=incident.id),
        "",
        incident.title,
        say("Rule: {rule} ({where})", rule=reason.rule, where=where_written(reason)),
    )
    return "\n".join(lines) + "\n"


def render_link_pull(
    case: Case, incident: Incident, reason: Reason, configuration: Configuration, language: Language
) -> PullWords:
    """Return the words of the pull request that links a case to an incident."""
    say = language.say
    about = say("incident {incident}", incident=incident.id)
    return PullWords(
        title=f"{case.id} · {about}",
        body="\n\n".join(_body(case, incident, reason, configuration, language)) + "\n",
        labels=(
            say("change of a case"),
            label(say("incident"), incident.id),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )


def _body(
    case: Case, incident: Incident, reason: Reason, configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    yield say(
        "The case {case} seems to belong to the incident {incident}: {title}.",
        case=f"`{case.id}`",
        incident=f"`{incident.id}`",
        title=incident.title.rstrip("."),
    )
    why = because(reason, language, lambda rule: f"`{rule}`", code)
    yield say("Recognised {reason}", reason=why)
    yield "## " + say("What happened")
    yield " ".join(incident.happened.split())
    yield "## " + say("What its customer is told and given")
    yield "\n".join(f"- {line}" for line in terms_lines(incident, case.language, language))
    yield "## " + say("What was said")
    yield from what_was_said(case.places, configuration, language)
    yield "## " + say("Your decision")
    becomes = say("The case is then answered with this wording and gesture, or says why not.")
    yield "\n".join(decision_lines(becomes, configuration, language))
