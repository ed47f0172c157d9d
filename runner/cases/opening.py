"""Opening a case: the file that the runner proposes for a message."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from runner.cases.case import Case, Entry, PinnedClock, Place
from runner.cases.customer import Answer
from runner.cases.file import reason_data
from runner.cases.lifecycle import RUNNER
from runner.model import Judgement, Known, Mention, Reason, State
from runner.policies.values import Configuration


def open_case(
    mention: Mention,
    judgement: Judgement,
    configuration: Configuration,
    duplicates: Iterable[tuple[str, str]],
    clocks: Mapping[str, tuple[PinnedClock, ...]],
    *,
    by: str = RUNNER,
    customer: Answer | None = None,
) -> Case:
    """Return the case that a mention opens, with its log begun.

    `duplicates` are ids of cases that may be the same matter, with the reason.  `clocks`
    are what `runner.clocks.pinning.first_clocks` returns.  `customer` is what a look-up
    answered, None where none was asked.  A crisis is raised by an entry
    of its own, so that its clock starts with it.

    Raises:
        KeyError: when the mention's source is not among the configured ones.
    """
    source = {source.id: source for source in configuration.sources}[mention.source]
    detected_at = mention.detected_at.replace(microsecond=0)
    language = mention.language or source.language
    crisis = judgement.crisis
    reasons = {
        name: ruling.reason
        for name in ("after_sales", "category", "urgency", "topic", "product", "crisis")
        if (ruling := getattr(judgement, name)) is not None
    }
    if customer is not None:
        reasons["customer"] = customer.reason

    def entry(kind: str, to: State | None, **facts: object) -> Entry:
        return Entry(kind, detected_at, detected_at, by, to, clocks.get(kind, ()), facts)

    log = [entry("detected", State.OPEN, place="p1")]
    if crisis is not None:
        log.append(entry("crisis-raised", None, crisis=crisis.value))
    return Case(
        id=mention.key,
        state=State.OPEN,
        cycle=1,
        brand=source.brand,
        language=language,
        category=judgement.category.value,
        urgency=judgement.urgency.value,
        topic=judgement.topic.value if judgement.topic else None,
        product=judgement.product.value if judgement.product else None,
        crisis=crisis.value if crisis else None,
        owner=configuration.team.owner_for(source.id, judgement.category.value.value, language),
        handle=mention.author or None,
        known=customer.known if customer else Known.UNKNOWN,
        incident=None,
        why=reasons,
        duplicates=tuple(dict.fromkeys(other for other, _ in duplicates)),
        asked=(),
        offered=(),
        places=(place_of(mention),),
        log=tuple(log),
        distributor=customer.distributor if customer else None,
        reference=customer.reference if customer else None,
    )


def link_to_incident(case: Case, incident: str, reason: Reason) -> Case:
    """Return a case that is just opened, linked to an incident by an entry of its own.

    `why` on top keeps that it was recognised, also when people take the entry out again.
    """
    detected = case.log[0]
    return replace(
        case,
        incident=incident,
        why={**case.why, "incident": reason},
        log=(*case.log, incident_linked(incident, reason, detected.by, detected.recorded_at)),
    )


def incident_linked(incident: str, reason: Reason, by: str, at: datetime) -> Entry:
    """Return the entry that links a case to an incident, with why it is taken for one."""
    facts = {"incident": incident, "why": reason_data(reason)}
    return Entry("incident-linked", at, at, by, None, (), facts)


def case_path(case: Case) -> str:
    """Return where a case's file lies: under the day (UTC) on which its first place was detected.

    Places that arrive later, even with an earlier detection, do not move it.
    """
    day = case.places[0].detected_at.astimezone(UTC).date()
    return f"cases/{day.isoformat().replace('-', '/')}/{case.id}.yaml"


def place_of(mention: Mention) -> Place:
    """Return the place where a message stands, numbered as the first of a case."""
    posted_at = mention.posted_at.replace(microsecond=0) if mention.posted_at else None
    return Place(
        id="p1",
        key=mention.key,
        source=mention.source,
        site=mention.site,
        url=mention.url,
        native_id=mention.native_id,
        author=mention.author or None,
        posted_at=posted_at,
        detected_at=mention.detected_at.replace(microsecond=0),
        title=mention.title,
        text=mention.text,
        rating=mention.rating,
        thread_url=mention.thread_url,
    )
