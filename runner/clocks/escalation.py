"""Who is to be told now about the promises of a case, what is held and why, who comes next.

Everything follows from the case's file, an instant and what was told before: a run that
comes late tells the highest tier reached, once, and no run changes what another would say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from runner.cases.instants import render_instant
from runner.clocks.business_time import OpenTime
from runner.clocks.quiet import quiet_until
from runner.clocks.recipients import Recipients, find_recipients
from runner.clocks.standings import Standing
from runner.clocks.tiers import after, repeat_instant, repeat_number, tier_instant
from runner.policies.escalation import (
    CaseFacts,
    Channel,
    EscalationPolicy,
    OnCall,
    Route,
    Tier,
    Whom,
)
from runner.policies.team import Team

CRISIS_ENDS = frozenset({"crisis-taken", "crisis-lifted"})
"""What ends a crisis clock, and nothing else does: by that it is known."""
Course = tuple[str, datetime]
"""A course of a clock: the clock's id and its start."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody has said that a course of a clock is in their hands.

    `until` ends the silence earlier than the tier would; None leaves it to the tier.
    """

    case_id: str
    clock: str
    started_at: datetime
    by: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What was told and acknowledged before; `sent` has the keys of notices, with instants."""

    sent: Mapping[str, datetime] = field(default_factory=dict)
    acknowledged: tuple[Acknowledged, ...] = ()


class HeldFor(StrEnum):
    """Why somebody is not told now who would be."""

    PAUSED = "paused"
    INHIBITED = "inhibited"
    MUTED = "muted"
    REPLY_PROPOSED = "reply-proposed"
    ACKNOWLEDGED = "acknowledged"
    QUIET = "quiet"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Telling:
    """One person to be told now, by one channel, of one repeat of a tier.

    `at` is when the repeat was due to be told.  `whom` is what of the policy chose the
    person; `instead` says that nobody of the tier could be reached.
    """

    route: Route
    tier: Tier
    repeat: int
    at: datetime
    channel: Channel
    person: str
    whom: Whom
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What is not told now.

    `by` names what holds it: a clock, a mute's file, a person.  `channel` is None where it is
    all of them.  `until` is when that ends, None where no instant is known.  `whom` is who of
    the policy cannot be reached.
    """

    tier: Tier
    repeat: int
    why: HeldFor
    by: str = ""
    channel: str | None = None
    until: datetime | None = None
    whom: Whom | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """A lower tier that no run has told and none will, since a higher one was reached."""

    tier: Tier
    by: Tier


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is told next if nothing happens until then, and who would be told as it stands."""

    tier: Tier
    repeat: int
    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """How a running course of a clock escalates.

    `reached` are the highest tiers reached, one of each route.
    """

    standing: Standing
    reached: tuple[Tier, ...]
    tellings: tuple[Telling, ...]
    held: tuple[Holding, ...]
    superseded: tuple[Superseded, ...]
    next: NextStep | None


def tier_key(case_id: str, standing: Standing, tier: Tier) -> str:
    """Return what all messages of a tier of one course of a clock begin with."""
    course = standing.course
    started = render_instant(course.clock.started_at)
    return "/".join((case_id, str(course.cycle), course.clock.clock, started, tier.id))


def notice_key(case_id: str, standing: Standing, telling: Telling) -> str:
    """Return what a message means, the same in every run."""
    said = (str(telling.repeat), telling.channel.id, telling.person)
    return "/".join((tier_key(case_id, standing, telling.tier), *said))


def is_crisis(standing: Standing) -> bool:
    """Return whether a clock runs until somebody has a crisis in hand."""
    return CRISIS_ENDS.issuperset(standing.course.clock.stops)


def escalate(
    facts: CaseFacts,
    standings: tuple[Standing, ...],
    now: datetime,
    *,
    policy: EscalationPolicy,
    team: Team,
    open_times: Mapping[str, OpenTime],
    history: History,
    answering: frozenset[Course] = frozenset(),
) -> tuple[Escalation, ...]:
    """Return how each running clock of a case escalates, in the order of their starts.

    `answering` are the courses that a reply would end which somebody proposes.  `history` may
    hold more than this case's.

    * The last tier in its route that is reached speaks, in its latest repeat; the lower ones
      are silent for ever.
    * A clock that rests, or is muted, inhibited, about to be answered or acknowledged, is
      silent.
    * While a crisis clock runs the case's other clocks are silent; it is held by nothing but
      quiet hours that say so.
    """
    running = tuple(each for each in standings if each.course.ending is None)
    deciding = _Deciding(facts, running, now, policy, team, open_times, history, answering)
    return tuple(deciding.escalation(standing) for standing in running)


@dataclass(frozen=True, slots=True)
class _Climbed:
    """A route with the instants of its tiers; `current` is the highest reached, by index."""

    route: Route
    instants: tuple[datetime, ...]
    current: int | None


@dataclass(frozen=True, slots=True)
class _Deciding:
    facts: CaseFacts
    running: tuple[Standing, ...]
    now: datetime
    policy: EscalationPolicy
    team: Team
    open_times: Mapping[str, OpenTime]
    history: History
    answering: frozenset[Course]

    def escalation(self, standing: Standing) -> Escalation:
        """Return how one clock escalates."""
        climbed = tuple(self._climbed(standing))
        tellings: list[Telling] = []
        held: list[Holding] = []
        superseded: list[Superseded] = []
        for each in climbed:
            if each.current is None:
                continue
            for found in self._spoken(standing, each, each.current):
                if isinstance(found, Telling):
                    tellings.append(found)
                else:
                    held.append(found)
            superseded += self._superseded(standing, each, each.current)
        return Escalation(
            standing,
            tuple(each.route.tiers[each.current] for each in climbed if each.current is not None),
            tuple(tellings),
            tuple(held),
            tuple(superseded),
            self._next(standing, climbed),
        )

    def _climbed(self, standing: Standing) -> Iterator[_Climbed]:
        for route in self.policy.routes_for(self.facts, standing.clock):
            instants = tuple(
                tier_instant(tier.when, standing, self.now, self.open_times) for tier in route.tiers
            )
            reached = [index for index, at in enumerate(instants) if at <= self.now]
            yield _Climbed(route, instants, max(reached, default=None))

    def _spoken(
        self, standing: Standing, climbed: _Climbed, current: int
    ) -> Iterator[Telling | Holding]:
        tier, reached_at = climbed.route.tiers[current], climbed.instants[current]
        zone = ZoneInfo(standing.course.clock.zone)
        repeat = repeat_number(tier, reached_at, self.now, zone)
        at = repeat_instant(tier, reached_at, repeat, zone)
        told = find_recipients(tier, self.facts, self.now, self.policy, self.team)
        wanted = (
            Telling(
                climbed.route, tier, repeat, at, channel, each.person.id, each.whom, each.instead
            )
            for each in told.reached
            for channel in each.channels
        )
        unsent = tuple(each for each in wanted if not self._is_sent(standing, each, told))
        if not unsent and not told.unreachable:
            return
        if (holding := self._holding(standing, climbed, tier, repeat)) is not None:
            yield holding
            return
        for each in told.unreachable:
            yield Holding(tier, repeat, HeldFor.UNREACHABLE, each.person, whom=each.whom)
        waiting: set[str] = set()
        for telling in unsent:
            quiet = self._quiet(standing, tier, telling.channel)
            if quiet is None:
                yield telling
            elif telling.channel.id not in waiting:
                waiting.add(telling.channel.id)
                yield Holding(tier, repeat, HeldFor.QUIET, channel=telling.channel.id, until=quiet)

    def _holding(
        self, standing: Standing, climbed: _Climbed, tier: Tier, repeat: int
    ) -> Holding | None:
        """Return what silences a clock on all channels."""
        if is_crisis(standing):
            return None
        pauses = standing.course.pauses
        if pauses and pauses[-1].ended_at is None:
            return Holding(tier, repeat, HeldFor.PAUSED)
        if (louder := self._louder(standing)) is not None:
            return Holding(tier, repeat, HeldFor.INHIBITED, louder.clock)
        for mute in self.policy.mutes:
            if mute.holds(self.facts, standing.clock, self.now):
                return Holding(tier, repeat, HeldFor.MUTED, mute.file, until=mute.ends_at)
        if (standing.clock, standing.course.clock.started_at) in self.answering:
            return Holding(tier, repeat, HeldFor.REPLY_PROPOSED)
        return self._acknowledged(standing, climbed, tier, repeat)

    def _louder(self, standing: Standing) -> Standing | None:
        """Return the clock of the case that speaks in place of another."""
        for other in self.running:
            if is_crisis(other):
                return other
        silencing = {
            each.speaks for each in self.policy.inhibitions if standing.clock in each.silent
        }
        for other in self.running:
            resting = other.course.pauses and other.course.pauses[-1].ended_at is None
            loud = other.clock in silencing and not resting
            if loud and any(each.current is not None for each in self._climbed(other)):
                return other
        return None

    def _acknowledged(
        self, standing: Standing, climbed: _Climbed, tier: Tier, repeat: int
    ) -> Holding | None:
        for told in self.history.acknowledged:
            same = (told.case_id, told.clock, told.started_at) == (
                self.facts.id, standing.clock, standing.course.clock.started_at,
            )  # fmt: skip
            if not same or told.at > self.now:
                continue
            known = [index for index, at in enumerate(climbed.instants) if at <= told.at]
            answered = max(known, default=0)
            silent = climbed.route.tiers[answered].silent
            until = told.until
            if silent is not None:
                ends_at = after(told.at, silent, ZoneInfo(standing.course.clock.zone))
                until = ends_at if until is None else min(until, ends_at)
            elif climbed.route.tiers.index(tier) > answered:
                continue
            if until is None or self.now < until:
                return Holding(tier, repeat, HeldFor.ACKNOWLEDGED, told.by, until=until)
        return None

    def _quiet(self, standing: Standing, tier: Tier, channel: Channel) -> datetime | None:
        """Return until when a channel is quiet."""
        kept = channel.quiet if tier.quiet is None else tier.quiet
        hours = [
            each
            for each in self.policy.quiet_hours
            if each.id in kept and (each.even_crisis or not is_crisis(standing))
        ]
        return quiet_until(hours, self.now, self.open_times)

    def _is_sent(self, standing: Standing, telling: Telling, told: Recipients) -> bool:
        people = {telling.person}
        if isinstance(telling.whom, OnCall) and (rota := self.policy.rota(telling.whom.rota)):
            # Told is told: who takes over gets the next message, not this one again.
            others = {each.person.id for each in told.reached if each.whom != telling.whom}
            people |= set(rota.members()) - others
        return any(
            notice_key(self.facts.id, standing, replace(telling, person=person))
            in self.history.sent
            for person in people
        )

    def _superseded(
        self, standing: Standing, climbed: _Climbed, current: int
    ) -> Iterator[Superseded]:
        told = {key.rsplit("/", 3)[0] for key in self.history.sent}
        tiers = climbed.route.tiers
        for tier in tiers[:current]:
            if tier_key(self.facts.id, standing, tier) not in told:
                yield Superseded(tier, tiers[current])

    def _next(self, standing: Standing, climbed: tuple[_Climbed, ...]) -> NextStep | None:
        """Return the earliest of the next tiers and repeats."""
        zone = ZoneInfo(standing.course.clock.zone)
        steps: list[tuple[datetime, Tier, int]] = []
        for each in climbed:
            above = 0 if each.current is None else each.current + 1
            steps += [
                (at, tier, 0)
                for at, tier in zip(each.instants[above:], each.route.tiers[above:], strict=True)
            ]
            if each.current is None:
                continue
            tier, reached_at = each.route.tiers[each.current], each.instants[each.current]
            repeat = repeat_number(tier, reached_at, self.now, zone) + 1
            if tier.repeat is not None and (tier.times is None or repeat < tier.times):
                steps.append((repeat_instant(tier, reached_at, repeat, zone), tier, repeat))
        if not steps:
            return None
        at, tier, repeat = min(steps, key=lambda step: step[0])
        told = find_recipients(tier, self.facts, self.now, self.policy, self.team)
        people = tuple(each.person.id for each in told.reached)
        return NextStep(tier, repeat, at, people)
