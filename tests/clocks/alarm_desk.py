"""A small desk whose escalation is given as text: cases, runs, and who is told by them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from runner.cases.case import Entry
from runner.clocks.business_time import OpenTime
from runner.clocks.escalation import Acknowledged, Escalation, History, escalate, notice_key
from runner.clocks.pinning import Terms, pin_clocks
from runner.clocks.standings import standings
from runner.model import Category, State, Urgency
from runner.policies.calendars import Calendar, Span
from runner.policies.clocks import ClockPolicy, Matter, parse_clocks
from runner.policies.escalation import CaseFacts, EscalationPolicy
from runner.policies.escalation_file import parse_escalation
from runner.policies.team import Person, Team
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document

PARIS = ZoneInfo("Europe/Paris")

CLOCKS = """\
version: 1
zone: Europe/Paris
clocks:
- {id: first-reply, starts: [detected], stops: [replied], targets: [{within: 10 hours}]}
- {id: update, starts: [replied], stops: [replied, resolved], pauses: [awaiting-customer],
   targets: [{within: 10 hours}]}
- {id: back-office, starts: [handed-off], stops: [answered], pauses: [awaiting-customer],
   calendar: office, targets: [{within: 5 business days}]}
- {id: office-hours, starts: [handed-off], stops: [answered], pauses: [awaiting-customer],
   calendar: office, targets: [{within: 10 hours}]}
- {id: crisis, starts: [crisis-raised], stops: [crisis-taken], targets: [{within: 15 minutes}]}
"""

OFFICE = Calendar(
    id="office",
    file="policies/calendars/office.yaml",
    zone=PARIS,
    week=((Span(9 * 3600, 17 * 3600),),) * 5 + ((),) * 2,
)

TEAM = Team(
    (
        Person("ines", "Inès Carpentier", ("community-manager",), ("ines@example.org",), ("ines",)),
        Person("sam", "Sam Whitlock", ("community-manager",), ("sam@example.org",), ("sam",)),
        Person("malo", "Malo Kerven", ("watcher",), ("malo@example.org",), ()),
        Person("odile", "Odile Ferrand", ("brand-care",), (), ()),
    ),
    (),
)

CHANNELS = """\
version: 1
zone: Europe/Paris
channels:
- {id: mail, kind: mail, from: desk@example.org}
- {id: forge, kind: forge}
- {id: chat, kind: webhook, style: slack, variable: CHAT}
"""

FACTS = CaseFacts(
    id="c-7f3k2m9x4q5t", cycle=1, state="open", urgency="normal", category="complaint",
    crisis=None, brand="lumen", product=None, topic=None, language="fr", owner="ines",
    incident=None, sources=("forum",), source_categories=("forum",),
)  # fmt: skip

STATES = {
    "detected": State.OPEN, "replied": State.ACKNOWLEDGED, "handed-off": State.HANDED_OFF,
    "details-asked": State.AWAITING_CUSTOMER, "customer-wrote": State.ACKNOWLEDGED,
    "answered": State.ANSWERED, "resolved": State.RESOLVED, "closed": State.CLOSED,
}  # fmt: skip


def at(text: str) -> datetime:
    """Return the instant at which the clocks of Paris show a time; one with `Z` is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or PARIS).astimezone(UTC)


def document(text: str, kind: str, file: str) -> Document:
    read = read_document(text.encode(), file)
    assert isinstance(read, Document), read
    assert check_document(kind, read) == ()
    return read


def clock_policy(text: str = CLOCKS) -> ClockPolicy:
    policy, faults = parse_clocks(document(text, "clocks", "policies/clocks.yaml"))
    assert policy is not None, faults
    return policy


def policy(text: str) -> EscalationPolicy:
    found, _, faults = parse_escalation(
        document(CHANNELS + text, "escalation", "policies/escalation.yaml")
    )
    assert found is not None, faults
    return found


@dataclass
class AlarmDesk:
    """Remembers what it has told, as receipts do."""

    policy: EscalationPolicy
    facts: CaseFacts = FACTS
    team: Team = TEAM
    clocks: ClockPolicy = field(default_factory=clock_policy)
    sent: dict[str, datetime] = field(default_factory=dict)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    answering: frozenset[tuple[str, datetime]] = frozenset()
    log: tuple[Entry, ...] = ()
    open_times: dict[str, OpenTime] = field(default_factory=lambda: {"office": OpenTime(OFFICE)})

    def happens(self, *entries: tuple[str, str]) -> "AlarmDesk":
        """Add entries of a kind at a wall time of Paris."""
        for kind, when in entries:
            terms = Terms(self.clocks, PARIS, {}, self.open_times)
            matter = Matter(Urgency.NORMAL, Category.COMPLAINT, "forum")
            clocks = pin_clocks(terms, kind, at(when), matter)
            entry = Entry(kind, at(when), at(when), "ines", STATES.get(kind), clocks)
            self.log = (*self.log, entry)
        return self

    def acknowledges(self, clock: str, when: str, until: str | None = None) -> "AlarmDesk":
        started = [c for entry in self.log for c in entry.clocks if c.clock == clock]
        self.acknowledged.append(
            Acknowledged(
                self.facts.id, clock, started[-1].started_at, "ines", at(when),
                at(until) if until else None,
            )
        )  # fmt: skip
        return self

    def look(self, now: datetime, **facts: Any) -> tuple[Escalation, ...]:
        """Decide, and remember nothing."""
        return escalate(
            replace(self.facts, **facts),
            standings(self.log, now, self.open_times),
            now,
            policy=self.policy,
            team=self.team,
            open_times=self.open_times,
            history=History(dict(self.sent), tuple(self.acknowledged)),
            answering=self.answering,
        )

    def run(self, now: str | datetime, **facts: Any) -> list[str]:
        """Tell, remember it, and return `tier repeat person channel` of each message."""
        instant = at(now) if isinstance(now, str) else now
        told = []
        for escalation in self.look(instant, **facts):
            for telling in escalation.tellings:
                key = notice_key(self.facts.id, escalation.standing, telling)
                assert key not in self.sent
                self.sent[key] = instant
                told.append(
                    f"{telling.tier.id} {telling.repeat} {telling.person} {telling.channel.id}"
                )
        return told

    def held(self, now: str, **facts: Any) -> list[str]:
        """Return `tier why` of what is held, and `tier < tier` of what was overtaken."""
        found = []
        for escalation in self.look(at(now), **facts):
            found += [f"{each.tier.id} {each.why}" for each in escalation.held]
            found += [f"{each.tier.id} < {each.by.id}" for each in escalation.superseded]
        return found


def runs(desk: AlarmDesk, *instants: str) -> list[list[str]]:
    """Run at each instant."""
    return [desk.run(instant) for instant in instants]


def keys(desks: Iterable[AlarmDesk]) -> list[frozenset[str]]:
    return [frozenset(desk.sent) for desk in desks]
