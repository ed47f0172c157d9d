"""Cases that are merged and belong to an incident, as it seems: the runner wishes to link them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from runner.cases.case import Case
from runner.cases.lifecycle import RUNNER
from runner.cases.opening import incident_linked
from runner.cases.summary import CaseSummary
from runner.planning.branches import branch_name
from runner.planning.changes import MergedCase, Wish
from runner.planning.incident_pull import render_link_message, render_link_pull
from runner.planning.observation import Observation
from runner.planning.words import because
from runner.policies.incidents import Incident
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.triage.incidents import Recognised, recognise_incidents

_CHANGE = "incident-"
_FOUND_LATE = timedelta(days=31)
"""So long after an incident's last day a message of that day may still be found."""


def link_change(incident: str) -> str:
    """Return what linking a case to an incident is called, in branches and receipts."""
    return f"{_CHANGE}{incident}"


def cases_to_read(
    cases: Iterable[CaseSummary], configuration: Configuration
) -> tuple[CaseSummary, ...]:
    """Return the open cases that an incident might be behind: few, and none without incidents."""
    zone = configuration.instance.zone
    return tuple(
        case
        for case in cases
        if case.incident is None
        and case.crisis is None
        and any(_may_be_behind(incident, case, zone) for incident in configuration.incidents)
    )


def _may_be_behind(incident: Incident, case: CaseSummary, zone: ZoneInfo) -> bool:
    detected = case.detected_at.astimezone(zone).date()
    return (
        incident.since <= detected
        and (incident.until is None or detected <= incident.until + _FOUND_LATE)
        and case.brand in (incident.brands or (case.brand,))
        and case.product in (None, *(incident.products or (case.product,)))
    )


def wish_links(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[Wish, ...]:
    """Return a wish for each open case that seems to belong to an incident, and is not linked.

    People have said no where the case was recognised at detection and is not linked, where they
    took the link out of its log, and where they refused it before.
    """
    wishes = []
    proposed = frozenset(branch.name for branch in observation.branches)
    for summary in cases_to_read(observation.open_cases, observation.configuration):
        found = merged.get(summary.id)
        if found is None:
            continue
        wanted = tuple(_wanted(found.case, observation))
        # What is proposed already stays so, whichever incident comes later.
        standing = (one for one in wanted if _branch(found.case, one) in proposed)
        for recognised in (*standing, *wanted)[:1]:
            wishes.append(_wish(found, recognised, observation, language))
    return tuple(wishes)


def links_over(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    wishes: Iterable[Wish],
    language: Language,
) -> dict[str, str]:
    """Return the branches that link a case to an incident and should not any more, with why."""
    wished = {wish.branch for wish in wishes}
    return {
        branch.name: _why_over(branch.change, merged.get(branch.case_id), observation, language)
        for branch in observation.branches
        if branch.change.startswith(_CHANGE) and branch.name not in wished
    }


def _branch(case: Case, recognised: Recognised) -> str:
    return branch_name(case.id, link_change(recognised.incident.id))


def _wanted(case: Case, observation: Observation) -> Iterator[Recognised]:
    asked = case.why.get("incident")
    declined = {asked.rule} if asked is not None else set()
    declined |= {
        str(entry.facts["incident"]) for entry in case.log if entry.kind == "incident-unlinked"
    }
    for recognised in recognise_incidents(case, observation.configuration):
        incident = recognised.incident.id
        if incident not in declined and (case.id, link_change(incident)) not in observation.decided:
            yield recognised


def _wish(
    merged: MergedCase, recognised: Recognised, observation: Observation, language: Language
) -> Wish:
    incident, reason, case = recognised.incident, recognised.reason, merged.case
    at = max(observation.now, case.log[-1].recorded_at)
    return Wish(
        merged=merged,
        change=link_change(incident.id),
        entries=(incident_linked(incident.id, reason, RUNNER, at),),
        message=render_link_message(case, incident, reason, language),
        words=render_link_pull(case, incident, reason, observation.configuration, language),
        reason=because(reason, language),
    )


def _why_over(
    change: str, merged: MergedCase | None, observation: Observation, language: Language
) -> str:
    say = language.say
    incident = change.removeprefix(_CHANGE)
    if observation.configuration.incident(incident) is None:
        return say("the incident {incident} is gone", incident=incident)
    if merged is None or not merged.case.state.is_open:
        return say("the case has ended")
    if merged.case.incident is not None:
        return say("the case is linked to {incident}", incident=merged.case.incident)
    return say("nothing in the case says {incident} any more", incident=incident)
