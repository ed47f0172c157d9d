"""A case as a value: one customer, one matter, one or more places.

The file is the evidence; `runner.cases.file` turns it into these values and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from runner.model import Category, Known, Rating, Reason, State, Urgency


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mention of the case stands.

    `id` is `p1`, `p2`... in order of arrival and never changes, nor does
    `detected_at`.  `key` is the identity of the mention.  `author` and `text`
    are None once erased, or while `sealed` (`method`, `recipient`, `data`) holds
    them encrypted.
    """

    id: str
    key: str
    source: str
    site: str
    url: str | None
    native_id: str | None
    author: str | None
    posted_at: datetime | None
    detected_at: datetime
    title: str
    text: str | None
    rating: Rating | None = None
    thread_url: str | None = None
    sealed: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PinnedClock:
    """A clock as promised by the entry that started it; later policies do not move it.

    `target` is the promise as written in the policy (`3 civil days`, `1 hour`), counted
    from `started_at`.  `calendar` is the calendar's id, or None for a clock that always
    runs.  `due_at` is the instant it runs out when nothing pauses it.  It rests in the
    states `pauses`, and an entry of one of the kinds `stops` ends it.  `policies` maps
    the files that the promise came from to their git blob ids.
    """

    clock: str
    target: str
    zone: str
    calendar: str | None
    started_at: datetime
    due_at: datetime
    pauses: tuple[State, ...]
    stops: tuple[str, ...]
    policies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, in the append-only log.

    `kind` is one of `runner.cases.lifecycle.KINDS`.  `at` is when it happened,
    `recorded_at` when it was written.  `by` is a person of the team, or `runner`.  `to` is
    the state that the case moved to, None when the entry moves nothing.  `facts` is the
    evidence that the kind asks for, as plain values: instants in it are text as in the file.
    """

    kind: str
    at: datetime
    recorded_at: datetime
    by: str
    to: State | None
    clocks: tuple[PinnedClock, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer asks for, in the desk's words, and where it was read."""

    what: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A whole case, as its file says.

    `why` maps `after_sales`, `category`, `urgency`, `topic`, `product`, `crisis`, `incident`
    to the rule that decided it at detection, `customer` to the look-up that was asked.
    `distributor` and `reference` are the customer's, as the company keeps them.  `crisis` is
    the kind of crisis, or None.  `duplicates` are ids of cases that may be the same matter.
    """

    id: str
    state: State
    cycle: int
    brand: str
    language: str | None
    category: Category
    urgency: Urgency
    topic: str | None
    product: str | None
    crisis: str | None
    owner: str | None
    handle: str | None
    known: Known
    incident: str | None
    why: Mapping[str, Reason]
    duplicates: tuple[str, ...]
    asked: tuple[Asked, ...]
    offered: tuple[str, ...]
    places: tuple[Place, ...]
    log: tuple[Entry, ...]
    distributor: str | None = None
    reference: str | None = None

    @property
    def detected_at(self) -> datetime:
        """The start of the case: the earliest detection of its places."""
        return min(place.detected_at for place in self.places)
