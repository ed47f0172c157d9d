"""What is wrong with who is told, that only all files together show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from runner.clocks.recipients import reaches
from runner.errors import Fault, Severity
from runner.policies.clocks import Unit
from runner.policies.escalation import (
    FILE,
    AfterDue,
    BeforeDue,
    ChannelKind,
    EscalationPolicy,
    HolderOf,
    Named,
    OnCall,
    Route,
    Tier,
    Whom,
)
from runner.policies.team import Team
from runner.policies.values import Configuration

STALE = timedelta(days=30)
"""How long a mute may lie about after its end, so that one can still read what was silent."""


def check_alarms(configuration: Configuration, now: datetime) -> tuple[Fault, ...]:
    """Return what is wrong with escalation, sorted.

    Faults: business days counted on a clock that has no calendar.  Warnings: people whom no
    channel of a tier reaches (one each, at the first such tier), a desk on git alone that tells
    everything by comments, roles that nobody holds, mutes that ended more than `STALE` ago.
    """
    policy, team = configuration.escalation, configuration.team
    found: list[Fault] = []
    calendars = {each.id: each.calendar for each in configuration.clocks.promises}
    for route in policy.routes:
        found += _uncounted(route, calendars)
    for tier in policy.tiers():
        found += _unheld(tier, policy, team)
    if configuration.instance.forge == "local" and _is_silent(policy):
        found.append(_nobody_told(policy.tiers()[0]))
    else:
        found += _unreachable(policy, team)
    for mute in policy.mutes:
        if mute.ends_at + STALE < now:
            found.append(
                Fault(
                    mute.file, mute.ends_line, 1, "mute-ended",
                    f"this mute ended on {mute.ends_at:%Y-%m-%d at %H:%M} UTC",
                    "remove the file; git keeps it",
                    Severity.WARNING,
                )
            )  # fmt: skip
    return tuple(sorted(found))


def _uncounted(route: Route, calendars: dict[str, str | None]) -> Iterator[Fault]:
    asked = route.conditions.asked.get("clock")
    known = {
        clock: calendar for clock, calendar in calendars.items() if asked is None or clock in asked
    }
    for tier in route.tiers:
        in_days = (
            isinstance(tier.when, BeforeDue | AfterDue)
            and tier.when.length.unit is Unit.BUSINESS_DAY
        )
        lacking = [clock for clock, calendar in known.items() if calendar is None]
        if in_days and lacking:
            yield Fault(
                FILE, tier.line, 1, "tier-calendar",
                f"the tier {tier.id} counts business days, and the clock {lacking[0]} has no "
                "calendar",
                "count hours or civil days, or let the route ask for clocks with a calendar",
            )  # fmt: skip
    for inner in route.routes:
        yield from _uncounted(inner, known)


def _unheld(tier: Tier, policy: EscalationPolicy, team: Team) -> Iterator[Fault]:
    for whom in tier.tell:
        if isinstance(whom, HolderOf) and not _meant(whom, policy, team):
            yield _warning(
                tier,
                f"nobody holds the role {whom.role}, which the tier {tier.id} tells",
                "give it to somebody in policies/team.yaml",
            )


def _is_silent(policy: EscalationPolicy) -> bool:
    """Return whether all is told by comments, which only a server mails to people."""
    kinds = {each.id: each.kind for each in policy.channels}
    used = {kinds.get(channel) for tier in policy.tiers() for channel in tier.by}
    return used == {ChannelKind.FORGE}


def _nobody_told(tier: Tier) -> Fault:
    return Fault(
        FILE, tier.line, 1, "nobody-told",
        "on `forge: local` a comment is mailed to nobody, and every tier tells by comments alone",
        "add a channel of the kind mail or webhook, put its id into `by`, and let `doleances "
        "notify` run by cron; until then look at `doleances due`",
        Severity.WARNING,
    )  # fmt: skip


def _unreachable(policy: EscalationPolicy, team: Team) -> Iterator[Fault]:
    """Yield one warning for each person: who lacks a login lacks it at every tier."""
    missed: dict[str, list[Tier]] = {}
    for tier in policy.tiers():
        channels = [each for each in policy.channels if each.id in tier.by]
        told = dict.fromkeys(p for whom in tier.tell for p in _meant(whom, policy, team))
        for person_id in told:
            person = team.person(person_id)
            if person is not None and not any(reaches(each, person) for each in channels):
                missed.setdefault(person.name, []).append(tier)
    for name, tiers in missed.items():
        ids = tuple(dict.fromkeys(tier.id for tier in tiers))
        which = "tiers" if len(ids) > 1 else "tier"
        yield _warning(
            tiers[0],
            f"no channel of the {which} {', '.join(ids)} reaches {name}",
            "a channel of the kind mail needs `emails` in policies/team.yaml, "
            "one of the kind forge `logins`",
        )


def _meant(whom: Whom, policy: EscalationPolicy, team: Team) -> tuple[str, ...]:
    match whom:
        case HolderOf(role):
            return tuple(each.id for each in team.people if role in each.roles)
        case Named(person):
            return (person,)
        case OnCall(rota_id):
            rota = policy.rota(rota_id)
            return rota.members() if rota is not None else ()
        case _:
            return tuple(dict.fromkeys(route.owner for route in team.routes))


def _warning(tier: Tier, message: str, hint: str) -> Fault:
    at = Fault(FILE, tier.line, 1, "unreachable-person", message, hint)
    return replace(at, severity=Severity.WARNING)
