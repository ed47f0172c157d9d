"""The words in which an incident is told: on pages, in briefs and pull requests."""

from collections.abc import Callable, Iterator

from runner.cases.case import Case
from runner.model import Reason
from runner.planning.words import because, reason_of
from runner.policies.incidents import Incident
from runner.policies.values import Configuration
from runner.text.language import Language


def incident_lines(
    case: Case,
    configuration: Configuration,
    language: Language,
    stranger: Callable[[str], str] = str,
) -> Iterator[str]:
    """Return what holds for a case that is linked to an incident; nothing for another.

    `stranger` sets what was found in the customer's text, as the medium needs it.
    """
    if case.incident is None:
        return
    say = language.say
    incident = configuration.incident(case.incident)
    about = f"{incident.id}, {incident.title}" if incident else case.incident
    yield say("Incident: {incident}", incident=about)
    reason = _why_linked(case)
    if reason is not None:
        why = because(reason, language, stranger=stranger)
        yield say("Recognised {reason}.", reason=why)
    if incident is not None:
        yield from terms_lines(incident, case.language, language)


def terms_lines(incident: Incident, spoken: str | None, language: Language) -> Iterator[str]:
    """Return what customers of a language are told and given."""
    say = language.say
    # A customer whose language is not known may be told any of them.
    wordings = incident.wording.values() if spoken is None else [incident.wording_in(spoken)]
    for wording in wordings:
        if wording is not None:
            yield say("To be told: {wording}", wording=" ".join(wording.split()))
        else:
            yield say("No wording is approved in this language.")
    if incident.gesture is not None:
        yield say("To be given: {gesture}", gesture=str(incident.gesture))


def _why_linked(case: Case) -> Reason | None:
    for entry in reversed(case.log):
        if entry.kind == "incident-linked":
            return reason_of(entry)
    return None
