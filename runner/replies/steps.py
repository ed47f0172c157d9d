"""What is to be said next in a case: the purposes of messages, the first one first."""

from runner.cases.case import Case, Entry
from runner.cases.summary import reminders_sent
from runner.model import Category, ContactAbility, State
from runner.policies.templates import Purpose
from runner.policies.values import Configuration, Source

_REPLIES = frozenset({"replied", "published", "messaged", "details-asked"})


def next_purposes(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    """Return what a message to the customer would be for now; nothing where none is due.

    In a crisis that is a note for the team, and no message.
    """
    if case.crisis is not None:
        return (Purpose.CRISIS_NOTE,) if case.state.is_open else ()
    match case.state:
        case State.OPEN:
            return _opening(case, configuration)
        case State.ACKNOWLEDGED if case.category is Category.PRAISE:
            return ()
        case State.ACKNOWLEDGED:
            if last_entry(case, "details-asked") is None:
                return _asking(case, configuration)
            return (Purpose.HAND_OFF, Purpose.ANSWER)
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
            return (Purpose.SURVEY,) if case.category is Category.COMPLAINT else ()
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


def _asking(case: Case, configuration: Configuration) -> tuple[Purpose, ...]:
    source = source_of(case, configuration)
    private = source.private if source else ContactAbility.NONE
    match private:
        case ContactAbility.API | ContactAbility.MANUAL:
            return (Purpose.ASK_DETAILS_PRIVATE, Purpose.ASK_DETAILS_PUBLIC)
        case ContactAbility.PAID:
            # What costs money comes last, and needs somebody's yes.
            return (Purpose.ASK_DETAILS_PUBLIC, Purpose.ASK_DETAILS_PRIVATE)
        case _:
            return (Purpose.ASK_DETAILS_PUBLIC,)


def _told_since_hand_off(case: Case) -> bool:
    for entry in reversed(case.log):
        if entry.kind in _REPLIES:
            return True
        if entry.kind == "handed-off":
            return False
    return False
