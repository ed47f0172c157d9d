"""Which incidents a case may belong to: what its messages say, asked as triage rules ask."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from runner.cases.case import Case, Place
from runner.cases.opening import link_to_incident
from runner.model import Category, Rating, Reason, Urgency
from runner.policies.incidents import INCIDENTS_FOLDER, Incident
from runner.policies.rules import Given, Otherwise, Rule, TriagePolicy
from runner.policies.values import Configuration, Source
from runner.triage.judge import Message, find_holding


@dataclass(frozen=True, slots=True)
class Recognised:
    """An incident that a case may belong to, and what in the case says so."""

    incident: Incident
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Heard:
    """One thing that the customer said, with the day on which it was posted."""

    message: Message
    day: date


def recognise_incidents(case: Case, configuration: Configuration) -> tuple[Recognised, ...]:
    """Return the incidents that a case may belong to, the latest to begin first.

    The conditions of one must hold for one message of the customer, at a place or in the log,
    posted (where that is not known: detected) on a day of the incident.  A case of another brand,
    or known to be about another product, is none of its cases.  A crisis belongs to none: its
    customer is told nothing prepared.
    """
    wanted = [
        incident
        for incident in configuration.incidents
        if case.brand in (incident.brands or (case.brand,))
        and case.product in (None, *(incident.products or (case.product,)))
    ]
    if not wanted or case.crisis is not None:
        return ()
    policy = _policy(configuration.incidents, configuration.triage)
    found: dict[str, Reason] = {}
    for heard in _heard(case, configuration):
        lasting = {incident.id: incident for incident in wanted if incident.lasted_on(heard.day)}
        if not lasting:
            continue
        holding = find_holding(heard.message, policy, configuration.brands, configuration.products)
        for rule, detail in holding:
            if rule.id in lasting:
                incident = lasting[rule.id]
                reason = Reason(incident.id, incident.file, incident.line, detail)
                found.setdefault(incident.id, reason)
    recognised = (Recognised(each, found[each.id]) for each in wanted if each.id in found)
    return tuple(
        sorted(recognised, key=lambda one: (-one.incident.since.toordinal(), one.incident.id))
    )


def link_recognised(case: Case, configuration: Configuration) -> Case:
    """Return a case that is just opened, linked to the incident it seems to belong to, if any."""
    recognised = next(iter(recognise_incidents(case, configuration)), None)
    if recognised is None:
        return case
    return link_to_incident(case, recognised.incident.id, recognised.reason)


@lru_cache(maxsize=4)
def _policy(incidents: tuple[Incident, ...], triage: TriagePolicy) -> TriagePolicy:
    """Return the incidents as rules that give nothing, with what denies as triage has it."""
    digests = (triage.digest, *(f"{incident.id} {incident.digest}" for incident in incidents))
    return TriagePolicy(
        file=INCIDENTS_FOLDER,
        digest=hashlib.sha256("\n".join(digests).encode()).hexdigest(),
        otherwise=Otherwise(False, Category.QUESTION, Urgency.NORMAL, 1),
        negations=triage.negations,
        rules=tuple(Rule(each.id, each.line, each.recognise, Given()) for each in incidents),
    )


def _heard(case: Case, configuration: Configuration) -> Iterator[_Heard]:
    sources = {source.id: source for source in configuration.sources}
    places = {place.id: place for place in case.places}
    for place in case.places:
        source = sources.get(place.source)
        message = _message((place.title, place.text), place, place.rating, case.language, source)
        yield _Heard(message, _local_day(place.posted_at or place.detected_at, configuration))
    for entry in case.log:
        if entry.kind not in {"customer-wrote", "contested"}:
            continue
        said = [entry.facts.get(name) for name in ("title", "text")]
        words = [text for text in said if isinstance(text, str)]
        if words:
            place = places.get(str(entry.facts.get("place")), case.places[0])
            message = _message(words, place, None, case.language, sources.get(place.source))
            yield _Heard(message, _local_day(entry.at, configuration))


def _local_day(at: datetime, configuration: Configuration) -> date:
    return at.astimezone(configuration.instance.zone).date()


def _message(
    said: Iterable[str | None],
    place: Place,
    rating: Rating | None,
    language: str | None,
    source: Source | None,
) -> Message:
    return Message(
        text="\n".join(text for text in said if text),
        rating=rating,
        language=language,
        author=place.author,
        source=place.source,
        source_category=source.category if source else None,
        ignored_authors=(*source.ignore_authors, *source.bots) if source else (),
    )
