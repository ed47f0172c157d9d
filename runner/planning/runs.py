"""Simulates the runs of a case's story: who is told at which of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runner.cases.case import Entry
from runner.clocks.business_time import OpenTime
from runner.clocks.escalation import (
    Acknowledged,
    Escalation,
    History,
    Holding,
    Superseded,
    Telling,
    escalate,
    notice_key,
)
from runner.clocks.offsets import at_wall
from runner.clocks.standings import standings
from runner.model import State
from runner.policies.escalation import PROPOSED, CaseFacts
from runner.policies.policy_runs import StoryRuns
from runner.policies.values import Configuration

CASE_ID = "c-000000000000"


@dataclass(frozen=True, slots=True)
class ToldAtRun:
    """One message that a simulated run sends."""

    at: datetime
    clock: str
    telling: Telling

    def __str__(self) -> str:
        said = f"{self.telling.tier.id} to {self.telling.person} by {self.telling.channel.id}"
        return f"{said} (repeat {self.telling.repeat})" if self.telling.repeat else said


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """What one run sends, and how each clock escalated then."""

    at: datetime
    told: tuple[ToldAtRun, ...]
    escalations: tuple[Escalation, ...]

    def held(self) -> Iterator[str]:
        """Yield what was held, and why."""
        for escalation in self.escalations:
            for holding in escalation.held:
                yield f"{escalation.standing.clock}: {_held(holding)}"
            for each in escalation.superseded:
                yield f"{escalation.standing.clock}: {_overtaken(each)}"


def simulate_runs(
    runs: StoryRuns,
    facts: CaseFacts,
    log: tuple[Entry, ...],
    configuration: Configuration,
    *,
    zone: ZoneInfo,
    open_times: Mapping[str, OpenTime],
) -> tuple[SimulatedRun, ...]:
    """Return what each run sends, in the order of their instants; each remembers the earlier.

    `facts` are those of the case at its start; `zone` is where the story's wall times are.
    """
    sent: dict[str, datetime] = {}
    simulated = []
    accepted_at = instant_of(runs.accepted, zone) if runs.accepted is not None else None
    for now in sorted(instant_of(each, zone) for each in runs.at):
        current = standings(log, now, open_times)
        told_before = tuple(
            Acknowledged(
                CASE_ID,
                each.clock,
                standing.course.clock.started_at,
                each.by,
                instant_of(each.at, zone),
                instant_of(each.until, zone) if each.until is not None else None,
            )
            for each in runs.acknowledged
            for standing in current
            if standing.clock == each.clock
            and standing.course.clock.started_at <= instant_of(each.at, zone)
        )
        escalations = escalate(
            facts_at(facts, log, now, accepted_at),
            current,
            now,
            policy=configuration.escalation,
            team=configuration.team,
            open_times=open_times,
            history=History(dict(sent), told_before),
        )
        told = tuple(
            ToldAtRun(now, each.standing.clock, telling)
            for each in escalations
            for telling in each.tellings
        )
        sent.update(
            (notice_key(CASE_ID, each.standing, telling), now)
            for each in escalations
            for telling in each.tellings
        )
        simulated.append(SimulatedRun(now, told, escalations))
    return tuple(simulated)


def facts_at(
    facts: CaseFacts, log: tuple[Entry, ...], now: datetime, accepted_at: datetime | None
) -> CaseFacts:
    """Return what a case is at an instant, from what it was at its start and its log."""
    changed: dict[str, str | None] = {}
    state, cycle, crisis, incident = State.OPEN, 1, facts.crisis, facts.incident
    for entry in log:
        if entry.at > now:
            continue
        state = entry.to or state
        match entry.kind:
            case "qualified":
                changed.update((name, str(value)) for name, value in _set(entry).items())
            case "reopened":
                cycle += 1
            case "crisis-raised":
                crisis = str(entry.facts.get("crisis", "suicide"))
            case "crisis-lifted":
                crisis = None
            case "incident-linked":
                incident = str(entry.facts["incident"]) if "incident" in entry.facts else incident
            case "incident-unlinked":
                incident = None
    is_proposed = accepted_at is not None and now < accepted_at
    return replace(
        facts,
        cycle=cycle,
        state=PROPOSED if is_proposed else state.value,
        crisis=crisis,
        incident=incident,
        urgency=changed.get("urgency") or facts.urgency,
        category=changed.get("category") or facts.category,
        product=changed.get("product", facts.product),
        owner=changed.get("owner", facts.owner),
    )


def instant_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that a story means by a wall time or an instant."""
    if moment.tzinfo is None:
        return at_wall(moment, zone)
    return moment.astimezone(UTC).replace(microsecond=0)


def _set(entry: Entry) -> Mapping[str, object]:
    written = entry.facts.get("set")
    return written if isinstance(written, dict) else {}


def _held(holding: Holding) -> str:
    said = f"{holding.tier.id} held, {holding.why}"
    by = " ".join(part for part in (holding.by, holding.channel) if part)
    until = f" until {holding.until:%Y-%m-%dT%H:%M:%SZ}" if holding.until else ""
    return f"{said}: {by}{until}" if by else f"{said}{until}"


def _overtaken(superseded: Superseded) -> str:
    return f"{superseded.tier.id} overtaken by {superseded.by.id}"
