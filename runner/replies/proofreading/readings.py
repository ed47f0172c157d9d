"""What a text is read against: who writes, to whom, where, with which decision on file."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from runner.cases.case import Case, Entry
from runner.policies.delegation import Delegation, Grant
from runner.policies.incidents import Incident
from runner.policies.team import Team
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.proofreading.check import Reading
from runner.replies.proofreading.spelling import Speller
from runner.replies.setting import Setting
from runner.replies.uses import Use, signatures_of
from runner.replies.values import spoken_name

Spellers = Callable[[str], Speller | None]

OUTGOING = frozenset(
    {"replied", "published", "messaged", "details-asked", "reminded", "offered", "resolved",
     "handed-off", "approved"}
)  # fmt: skip
"""Entries whose `text` a customer read, or is going to read."""
_DECIDED = frozenset({
    Purpose.ANSWER, Purpose.INCIDENT, Purpose.CLOSING, Purpose.REFUSAL,
})  # fmt: skip
"""Messages that tell what was decided, by somebody who may."""
_SETTLED = frozenset({"accepted", "partial"})


def no_dictionary(_: str) -> Speller | None:
    """Return none: spelling is not checked."""
    return None


def read_at_desk(configuration: Configuration, spellers: Spellers = no_dictionary) -> Reading:
    """Return what any public text of a desk is read against, whoever it is for."""
    speech = configuration.speech
    spoken = (
        *(brand.name for brand in configuration.brands),
        *(name for product in configuration.products for name in product.names),
        *(words for each in speech.products.values() for words in each.called.values()),
        *(person.name for person in configuration.team.people),
        *speech.words,
        *(
            text
            for voice in speech.voices
            for tongues in (voice.mediator, voice.care, voice.reach, voice.recourse)
            for text in tongues.values()
        ),
    )
    return Reading(
        masking=configuration.privacy, names=spoken, avoided=speech.avoid, speller=spellers
    )


def read_for_purpose(reading: Reading, purpose: Purpose, locale: str | None) -> Reading:
    """Return a reading for a message of one purpose."""
    return replace(
        reading,
        locale=locale,
        public=purpose is not Purpose.ASK_DETAILS_PRIVATE,
        is_whole=purpose is not Purpose.CRISIS_NOTE,
        may_promise=reading.may_promise or purpose in _DECIDED,
    )


def read_in_case(
    case: Case,
    configuration: Configuration,
    *,
    place: str | None = None,
    by: str | None = None,
    told: Iterable[Use] = (),
    spellers: Spellers = no_dictionary,
) -> Reading:
    """Return what a public text to the customer of a case is read against.

    `place` is the case's first by default, `by` who writes: its owner by default.  `told` are
    texts that were read on the desk's sites of late.

    Raises:
        KeyError: when the case has no such place.
    """
    at = {each.id: each for each in case.places}[place or case.places[0].id]
    source = next((one for one in configuration.sources if one.id == at.source), None)
    setting = Setting(case, at, source, Purpose.FIRST_CONTACT, configuration)
    handle = at.author or case.handle or ""
    return replace(
        read_at_desk(configuration, spellers),
        locale=setting.locale,
        limit=setting.length,
        may_promise=is_decided(case, configuration.incident(case.incident)),
        grant=grant_of(case, configuration.team, configuration.delegation, by or case.owner),
        called=(handle, spoken_name(handle), *signatures_of(configuration, case.brand)),
        told=frozenset(
            use.skeleton
            for use in told
            if use.site == at.site and use.case_id != case.id and use.skeleton
        ),
    )


def read_for_entry(reading: Reading, entry: Entry) -> Reading:
    """Return a reading for the text that an entry of the log records."""
    private = entry.kind == "messaged" or entry.facts.get("channel") == "private"
    told = entry.kind in {"offered", "resolved"}
    return replace(
        reading, public=not private, may_promise=reading.may_promise or told,
        is_whole=entry.kind != "handed-off", limit=None if private else reading.limit,
    )  # fmt: skip


def is_decided(case: Case, incident: Incident | None) -> bool:
    """Return whether a decision on file, of the running cycle, gives the customer something.

    `incident` is the case's, None where it has none.
    """
    if incident is not None and incident.gesture is not None:
        return True
    given = False
    for entry in case.log:
        match entry.kind:
            case "reopened":
                given = False
            case "offered":
                given = True
            case "answered" | "resolved":
                given = given or entry.facts.get("outcome") in _SETTLED
            case "approved":
                given = given or entry.facts.get("subject") == "remedy"
    return given


def grant_of(case: Case, team: Team, delegation: Delegation | None, by: str | None) -> Grant | None:
    """Return the most that a person may give in such a case, None where it is nothing."""
    person = team.person(by) if by is not None else None
    if person is None or delegation is None:
        return None
    limits = delegation.limits_for(person.roles, case.category.value, case.topic)
    grants = [limit.grant for limit in limits if limit.grant is not None]
    return max(grants, key=lambda grant: (grant.amount is None, grant.amount or 0), default=None)
