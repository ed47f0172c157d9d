"""What is to be said next in a case: the purposes of messages, the first one first."""

from collections.abc import Mapping

from runner.cases.case import Case, Entry
from runner.cases.evidence import BY_CUSTOMERS
from runner.cases.summary import reminders_sent
from runner.model import Category, ContactAbility, State
from runner.policies.templates import Purpose
from runner.policies.values import Configuration, Source
from runner.replies.uses import parse_template

_REPLIES = frozenset({"replied", "published", "messaged", "details-asked"})
_SAYING_ALL = frozenset({Purpose.ADVICE, Purpose.INCIDENT})
"""After these the customer has what they asked for, or what all have who share their trouble."""


def next_purposes(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    """Return what a message to the customer would be for now; nothing where none is due.

    In a crisis that is a note for the team, and no message.
    """
    if case.crisis is not None:
        return (Purpose.CRISIS_NOTE,) if case.state.is_open else ()
    match case.state:
        case State.OPEN:
            return _opening(case, configuration)
        case State.ACKNOWLEDGED:
            return _going_on(case, configuration)
        case State.AWAITING_CUSTOMER:
            is_last = reminders_sent(case) >= configuration.speech.reminders
            return (Purpose.CLOSING_WITHOUT_NEWS,) if is_last else (Purpose.REMINDER,)
        case State.HANDED_OFF:
            return () if _told_since_hand_off(case) else (Purpose.HAND_OFF,)
        case State.ANSWERED:
            answer = last_entry(case, "answered")
            refused = answer is not None and answer.facts.get("outcome") == "refused"
            return (Purpose.REFUSAL,) if refused else (Purpose.ANSWER,)
        case State.RESOLVED:
            without = outcome_of(case) == "without-news"
            return (Purpose.CLOSING_WITHOUT_NEWS,) if without else (Purpose.CLOSING,)
        case State.CLOSED:
            return (Purpose.SURVEY,) if _wants_survey(case) else ()
        case _:
            return ()


def last_entry(case: Case, kind: str) -> Entry | None:
    """Return the latest entry of a kind in the running cycle."""
    for entry in reversed(case.log):
        if entry.kind == kind:
            return entry
        if entry.kind == "reopened":
            return None
    return None


def outcome_of(case: Case) -> str | None:
    """Return how the case came out, as the customer was told, else as brand care decided."""
    for kind in ("resolved", "answered"):
        entry = last_entry(case, kind)
        outcome = entry.facts.get("outcome") if entry else None
        if isinstance(outcome, str):
            return outcome
    return None


def source_of(case: Case, configuration: Configuration) -> Source | None:
    """Return the source of the place where the case began."""
    wanted = case.places[0].source
    return next((source for source in configuration.sources if source.id == wanted), None)


def _opening(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    source = source_of(case, configuration)
    if source is not None and source.public is ContactAbility.NONE:
        return () if source.private is ContactAbility.NONE else (Purpose.ASK_DETAILS_PRIVATE,)
    if case.category is Category.PRAISE:
        return (Purpose.THANKS,)
    if case.incident is not None:
        return (Purpose.INCIDENT, Purpose.FIRST_CONTACT)
    if case.category in {Category.QUESTION, Category.ADVICE}:
        return (Purpose.ADVICE, Purpose.FIRST_CONTACT)
    return (Purpose.FIRST_CONTACT,)


def _going_on(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    """Return what follows the first reply: nothing where that one has said all there was to say."""
    if case.category is Category.PRAISE:
        return ()
    latest = next((e for e in reversed(case.log) if e.kind in _REPLIES | BY_CUSTOMERS), None)
    if latest is not None and latest.kind == "thanked":
        return (Purpose.CLOSING,)
    if latest is not None and _purpose_of(latest, configuration) in _SAYING_ALL:
        return ()
    if last_entry(case, "details-asked") is not None:
        return (Purpose.HAND_OFF, Purpose.ANSWER)
    asking = _asking(case, configuration)
    is_question = case.category in {Category.QUESTION, Category.ADVICE}
    return (Purpose.ADVICE, *asking) if is_question else asking


def _purpose_of(entry: Entry, configuration: Configuration) -> str | None:
    """Return the purpose of the template that a message's words came from."""
    name, _ = parse_template(str(entry.facts.get("template") or ""))
    return next((each.purpose for each in configuration.templates if each.id == name), None)


def _wants_survey(case: Case) -> bool:
    closed = last_entry(case, "closed")
    survey = closed.facts.get("survey") if closed else None
    # A closing that the runner prepared says neither that one was sent, nor why none is.
    is_settled = isinstance(survey, Mapping) and (survey.get("sent") is True or "why" in survey)
    return case.category is Category.COMPLAINT and not is_settled


def _asking(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    source = source_of(case, configuration)
    private = source.private if source else ContactAbility.NONE
    in_public = source is None or source.public is not ContactAbility.NONE
    public = (Purpose.ASK_DETAILS_PUBLIC,) if in_public else ()
    match private:
        case ContactAbility.API | ContactAbility.MANUAL:
            return (Purpose.ASK_DETAILS_PRIVATE, *public)
        case ContactAbility.PAID:
            # What costs money comes last, and needs somebody's yes.
            return (*public, Purpose.ASK_DETAILS_PRIVATE)
        case _:
            return public


def _told_since_hand_off(case: Case) -> bool:
    for entry in reversed(case.log):
        if entry.kind in _REPLIES:
            return True
        if entry.kind == "handed-off":
            return False
    return False
