"""What `sources.yaml` and `policies/` say, as values.

`runner.policies.load` makes a `Configuration` from the files' bytes, with
faults.  Nothing here reads anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from runner.model import ContactAbility, SourceCategory
from runner.policies.clocks import ClockPolicy
from runner.policies.customers import Customers
from runner.policies.escalation import EscalationPolicy
from runner.policies.voice import Speech

if TYPE_CHECKING:
    from runner.policies.answers import CuratedAnswer
    from runner.policies.calendars import Calendar
    from runner.policies.delegation import Delegation
    from runner.policies.incidents import Incident
    from runner.policies.policy_tests import PolicyTests
    from runner.policies.privacy import PrivacyPolicy
    from runner.policies.publishing import Publishing
    from runner.policies.rules import Product, TriagePolicy
    from runner.policies.team import Team
    from runner.policies.templates import Template


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pull requests the runner may have.

    `open_pulls`: at most that many of the runner's pull requests open at once.
    `pulls_per_run`: at most that many opened by one run.  Crisis is never capped.
    """

    open_pulls: int = 40
    pulls_per_run: int = 40


@dataclass(frozen=True, slots=True)
class ConversationWatch:
    """How the conversations of known cases are read again.

    Those of closed cases for `reopen_days` days; each at most once in `every`, less often while
    nothing happens there; at most `per_run` in one run.  What we wrote is looked for at once and
    again `look_after` it was recorded, at most `looks_per_run` messages in one run.
    """

    reopen_days: int = 60
    every: timedelta = timedelta(hours=1)
    per_run: int = 100
    look_after: tuple[timedelta, ...] = (timedelta(1), timedelta(7), timedelta(30))
    looks_per_run: int = 50


@dataclass(frozen=True, slots=True)
class Bot:
    """Who the runner's commits are by."""

    name: str = "Doléances"
    email: str = "runner@doleances.invalid"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a forge with pages of its own is; what is "" follows from the remote's address."""

    remote: str = "origin"
    repository: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """The desk as a whole: the top of `sources.yaml`."""

    name: str
    language: str
    zone: ZoneInfo
    suspend: bool
    base: str
    forge: str
    contact: str
    """Where a site's owner reaches the desk: an e-mail address or a URL, sent in `User-Agent`."""
    limits: Limits = field(default_factory=Limits)
    bot: Bot = field(default_factory=Bot)
    server: Server = field(default_factory=Server)
    watch: ConversationWatch = field(default_factory=ConversationWatch)
    baseline: str | None = None
    """The commit from which on `audit` proves the register; None: the first."""

    @property
    def has_pages(self) -> bool:
        """Whether people see proposals on pages of a forge, where they merge and comment."""
        return self.forge != "local"


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand that the desk serves, and the words by which people name it."""

    id: str
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A place to watch.

    `site` is the host (or the name given in `site:`), part of every identity.
    `settings` holds what only the source's kind understands (a feed's `url`,
    a file source's `path` and `columns`), already checked against the kind's schema.
    `line` is where the source stands in `sources.yaml`.  Where it `may_be_empty`, showing
    nothing after it showed messages is no sign of illness.  The desk itself speaks there as
    `ignore_authors`; `bots` are names under which programs answer.
    """

    id: str
    kind: str
    category: SourceCategory
    site: str
    brand: str
    public: ContactAbility
    private: ContactAbility
    language: str | None
    every: timedelta
    ignore_authors: tuple[str, ...]
    settings: Mapping[str, object]
    line: int
    may_be_empty: bool = False
    bots: tuple[str, ...] = ()
    publish: "Publishing | None" = None
    """How approved replies are posted there, None where people do it."""
    preset: str | None = None
    """The preset that its settings come from, if any."""
    one_reply: bool | None = None
    """Whether the site takes one reply to a message, which is edited later; None where the
    source does not say."""

    @property
    def gives_survey_answers(self) -> bool:
        """Whether its items are answers to the survey, and no messages."""
        return self.settings.get("gives") == "survey-answers"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the files of the desk say, but for the cases.

    `blobs` maps each file read to its git blob id, so that a decision can name
    the very text that it came from.
    """

    instance: Instance
    brands: tuple[Brand, ...]
    sources: tuple[Source, ...]
    team: "Team"
    triage: "TriagePolicy"
    privacy: "PrivacyPolicy"
    blobs: Mapping[str, str]
    clocks: ClockPolicy = field(default_factory=ClockPolicy)
    calendars: "tuple[Calendar, ...]" = ()
    products: "tuple[Product, ...]" = ()
    """From `policies/brand.yaml`, for rules that ask which product a text names."""
    speech: Speech = field(default_factory=Speech)
    """From `policies/brand.yaml`: how the brands speak to customers."""
    templates: "tuple[Template, ...]" = ()
    tests: "tuple[PolicyTests, ...]" = ()
    """The stories of `policies/tests/`; nothing but `check` and `test` reads them."""
    delegation: "Delegation | None" = None
    """Without the file every role decides all that the life cycle lets it."""
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    """Without the file nobody is told; `policies/mutes/` is in it."""
    customers: Customers = field(default_factory=Customers)
    """Without the file nobody is asked who a customer is."""
    incidents: "tuple[Incident, ...]" = ()
    """From `policies/incidents/`, by id."""
    answers: "tuple[CuratedAnswer, ...]" = ()
    """From `policies/answers/`, by id."""

    def incident(self, incident_id: str | None) -> "Incident | None":
        """Return the incident of this id, None where there is none."""
        return next((each for each in self.incidents if each.id == incident_id), None)
