"""Who is told, when and how: what `policies/escalation.yaml` says, as values.

`runner.policies.escalation_file` reads the file and `policies/mutes/`,
`runner.clocks.escalation` decides by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.policies.calendars import Calendar
from runner.policies.clocks import Target
from runner.policies.rotas import Rota

FILE = "policies/escalation.yaml"
MUTES_FOLDER = "policies/mutes"

PROPOSED = "proposed"
"""The state of a case whose intake nobody has accepted yet."""
ANY, NONE = "any", "none"
"""Conditions that ask only whether there is a value."""


class ChannelKind(StrEnum):
    """How a message travels.

    `forge`: a comment on the forge, exactly once.  `mail` and `webhook`: at least once, under a
    key that stays the same.
    """

    FORGE = "forge"
    MAIL = "mail"
    WEBHOOK = "webhook"


class BodyStyle(StrEnum):
    """What the other end of a webhook understands; `json` is our own plain body."""

    SLACK = "slack"
    MATTERMOST = "mattermost"
    TEAMS = "teams"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people.

    `sender` is the `From` of a mail.  `style` is a webhook's.  `variable` names the environment
    variable that holds a webhook's address: an address is a secret, and stands in no file.
    `quiet` are the ids of the quiet hours that it keeps.
    """

    id: str
    kind: ChannelKind
    sender: str | None = None
    style: BodyStyle | None = None
    variable: str | None = None
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Times in which nothing is told that can wait.

    `hours` is open while it is quiet; or `calendar` is the id of the calendar outside whose
    open time it is quiet.  `even_crisis` says that a crisis waits too.
    """

    id: str
    hours: Calendar | None
    calendar: str | None
    even_crisis: bool
    line: int


@dataclass(frozen=True, slots=True)
class AtShare:
    """When so many hundredths of the clock's own time are over; 0 is its start, 100 due."""

    percent: int

    def __str__(self) -> str:
        return {0: "start", 100: "due"}.get(self.percent, f"{self.percent}%")


@dataclass(frozen=True, slots=True)
class BeforeDue:
    """So long before the clock is due, in its own time."""

    length: Target

    def __str__(self) -> str:
        return f"{self.length} before"


@dataclass(frozen=True, slots=True)
class AfterDue:
    """So long after the clock was due, in its own time."""

    length: Target

    def __str__(self) -> str:
        return f"{self.length} after"


When = AtShare | BeforeDue | AfterDue


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the case."""

    def __str__(self) -> str:
        return "owner"


@dataclass(frozen=True, slots=True)
class HolderOf:
    """Everybody who holds a role."""

    role: str

    def __str__(self) -> str:
        return f"role {self.role}"


@dataclass(frozen=True, slots=True)
class Named:
    """One person of the team, by id."""

    person: str

    def __str__(self) -> str:
        return self.person


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on call by a rota, else the next of that rota who can be reached."""

    rota: str

    def __str__(self) -> str:
        return f"on call {self.rota}"


Whom = Owner | HolderOf | Named | OnCall


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of escalation.

    `repeat` is how often it is told again, None for once; `times` the most messages, the first
    counted, None for as long as the tier lasts.  `silent` is for how long an acknowledgement
    holds back the whole route; None: it ends this tier, and the next one speaks.  `quiet` are
    ids of quiet hours in place of the channels', None for theirs.
    """

    id: str
    when: When
    tell: tuple[Whom, ...]
    by: tuple[str, ...]
    repeat: Target | None
    times: int | None
    silent: Target | None
    quiet: tuple[str, ...] | None
    line: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What of a case decides who is told.

    `state` is a state of the log, or `proposed` for a case on the intake branch `branch`.
    """

    id: str
    cycle: int
    state: str
    urgency: str
    category: str
    crisis: str | None
    brand: str
    product: str | None
    topic: str | None
    language: str | None
    owner: str | None
    incident: str | None
    sources: tuple[str, ...]
    source_categories: tuple[str, ...]
    branch: str | None = None

    def values(self, condition: str) -> tuple[str, ...]:
        """Return what the case has for a condition; nothing where there is no value."""
        match condition:
            case "source":
                return self.sources
            case "source_category":
                return self.source_categories
            case _:
                value: str | None = getattr(self, condition)
                return () if value is None else (value,)


CONDITIONS = (
    "urgency", "category", "crisis", "brand", "product", "topic", "language", "owner", "state",
    "incident", "source", "source_category", "clock",
)  # fmt: skip
"""What routes and mutes ask for."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold of a case and a clock: for each name one of its values.

    `any` fits whatever is there, `none` where there is nothing.
    """

    asked: Mapping[str, tuple[str, ...]]

    def fits(self, facts: CaseFacts, clock: str) -> bool:
        """Return whether all of them hold."""
        return all(
            _fits(wanted, (clock,) if name == "clock" else facts.values(name))
            for name, wanted in self.asked.items()
        )


def _fits(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    if not given:
        return NONE in wanted
    return ANY in wanted or not set(wanted).isdisjoint(given)


@dataclass(frozen=True, slots=True)
class Route:
    """From a case and a clock to tiers, lowest first.

    Where one of `routes` fits it speaks in place of this one.  `goes_on` says that the routes
    beside it are asked after it, too.
    """

    conditions: Conditions
    tiers: tuple[Tier, ...]
    routes: tuple["Route", ...]
    goes_on: bool
    line: int


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While the clock `speaks` of a case has reached a tier, its clocks `silent` are not told."""

    speaks: str
    silent: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mute:
    """Nothing is told of what it fits, from an instant until before another."""

    id: str
    file: str
    conditions: Conditions
    reason: str
    by: str
    starts_at: datetime
    ends_at: datetime
    ends_line: int

    def holds(self, facts: CaseFacts, clock: str, now: datetime) -> bool:
        """Return whether it silences a clock of a case at an instant."""
        return self.starts_at <= now < self.ends_at and self.conditions.fits(facts, clock)


@dataclass(frozen=True, slots=True)
class SummaryMail:
    """Who gets the month's summary, by which channel of the kind mail."""

    tell: tuple[HolderOf | Named, ...]
    by: str


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Everything about who is told; without a file nobody is.

    `otherwise` are asked in turn, one person, where a tier reaches nobody.  Without `summary`
    nobody is sent the month's summary.
    """

    channels: tuple[Channel, ...] = ()
    rotas: tuple[Rota, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    routes: tuple[Route, ...] = ()
    otherwise: tuple[Whom, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    mutes: tuple[Mute, ...] = ()
    summary: SummaryMail | None = None

    def channel(self, channel_id: str) -> Channel | None:
        """Return the channel of this id, None where there is none."""
        return next((each for each in self.channels if each.id == channel_id), None)

    def rota(self, rota_id: str) -> Rota | None:
        """Return the rota of this id, None where there is none."""
        return next((each for each in self.rotas if each.id == rota_id), None)

    def tiers(self) -> tuple[Tier, ...]:
        """Return all tiers, each route's before those of the routes within it."""
        return tuple(_tiers(self.routes))

    def routes_for(self, facts: CaseFacts, clock: str) -> tuple[Route, ...]:
        """Return the routes that speak for a clock of a case, in the order of the file."""
        return tuple(_speaking(self.routes, facts, clock))


def _tiers(routes: tuple[Route, ...]) -> Iterator[Tier]:
    for route in routes:
        yield from route.tiers
        yield from _tiers(route.routes)


def _speaking(routes: tuple[Route, ...], facts: CaseFacts, clock: str) -> Iterator[Route]:
    for route in routes:
        if route.conditions.fits(facts, clock):
            yield from tuple(_speaking(route.routes, facts, clock)) or (route,)
            if not route.goes_on:
                return
