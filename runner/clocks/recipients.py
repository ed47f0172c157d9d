"""Whom a tier means, and by which channels they can be reached."""

from dataclasses import dataclass
from datetime import datetime

from runner.policies.escalation import (
    CaseFacts,
    Channel,
    ChannelKind,
    EscalationPolicy,
    HolderOf,
    Named,
    OnCall,
    Owner,
    Tier,
    Whom,
)
from runner.policies.team import Person, Team


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to be told and the channels that reach this person.

    `whom` is what of the policy chose the person; `instead` says that nobody of the tier could
    be reached.
    """

    person: Person
    channels: tuple[Channel, ...]
    whom: Whom
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whom a tier means and no channel reaches; `person` is empty where it is nobody."""

    whom: Whom
    person: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is told, each once, and who is meant but cannot be reached."""

    reached: tuple[Recipient, ...]
    unreachable: tuple[Unreached, ...]


def find_recipients(
    tier: Tier, facts: CaseFacts, now: datetime, policy: EscalationPolicy, team: Team
) -> Recipients:
    """Return whom a tier tells at an instant.

    Of a rota it is who is on call, else the next of it who can be reached.  Where a tier
    reaches nobody, the first of the policy's `otherwise` who can be reached is told.
    """
    reached: dict[str, Recipient] = {}
    unreachable: list[Unreached] = []
    for whom in tier.tell:
        meant = _meant(whom, facts, now, policy, team)
        if not meant:
            unreachable.append(Unreached(whom))
        for person_id in meant:
            found = _reached(person_id, tier, whom, policy, team)
            if found is None:
                unreachable.append(Unreached(whom, person_id))
                continue
            reached.setdefault(person_id, found)
            if isinstance(whom, OnCall):
                break
    if not reached:
        for whom in policy.otherwise:
            for person_id in _meant(whom, facts, now, policy, team):
                found = _reached(person_id, tier, whom, policy, team, instead=True)
                if found is not None:
                    return Recipients((found,), tuple(dict.fromkeys(unreachable)))
    return Recipients(tuple(reached.values()), tuple(dict.fromkeys(unreachable)))


def reaches(channel: Channel, person: Person) -> bool:
    """Return whether a person has what a channel needs: an e-mail address, a login, nothing."""
    match channel.kind:
        case ChannelKind.MAIL:
            return bool(person.emails)
        case ChannelKind.FORGE:
            return bool(person.logins)
        case ChannelKind.WEBHOOK:
            return True


def _meant(
    whom: Whom, facts: CaseFacts, now: datetime, policy: EscalationPolicy, team: Team
) -> tuple[str, ...]:
    match whom:
        case Owner():
            return (facts.owner,) if facts.owner is not None else ()
        case HolderOf(role):
            return tuple(person.id for person in team.people if role in person.roles)
        case Named(person_id):
            return (person_id,)
        case OnCall(rota_id):
            rota = policy.rota(rota_id)
            return rota.on_call(now) if rota is not None else ()


def _reached(
    person_id: str,
    tier: Tier,
    whom: Whom,
    policy: EscalationPolicy,
    team: Team,
    *,
    instead: bool = False,
) -> Recipient | None:
    person = team.person(person_id)
    if person is None:
        return None
    known = (policy.channel(channel_id) for channel_id in tier.by)
    channels = tuple(each for each in known if each is not None and reaches(each, person))
    return Recipient(person, channels, whom, instead) if channels else None
