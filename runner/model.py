"""The words of the desk, and the small values that every part shares.

Everything here is a plain immutable value.  Instants are aware, in UTC, and
end in `_at`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

Value_co = TypeVar("Value_co", covariant=True)

KEY = "c-[0-9a-z]{12}"
"""A regular expression for the key of a mention, which is also the id of the case it opens."""


class SourceCategory(StrEnum):
    """The five categories of sites where customers speak (DOMAIN: monitor)."""

    REVIEW_SITE = "review-site"
    CARE_PLATFORM = "care-platform"
    FORUM = "forum"
    ADVICE_SITE = "advice-site"
    SOCIAL_NETWORK = "social-network"


class ContactAbility(StrEnum):
    """How the desk can speak to a customer on a site."""

    API = "api"
    MANUAL = "manual"
    PAID = "paid"
    NONE = "none"


class Category(StrEnum):
    """The nature of a message."""

    QUESTION = "question"
    ADVICE = "advice"
    COMPLAINT = "complaint"
    PRAISE = "praise"


class Urgency(StrEnum):
    """How fast a case wants a person; ordered by `rank`."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the least urgent, 3 for the most."""
        return tuple(Urgency).index(self)


class State(StrEnum):
    """Where a case stands in its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    AWAITING_CUSTOMER = "awaiting-customer"
    HANDED_OFF = "handed-off"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"
    ERASED = "erased"

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the customer something."""
        return self not in _ENDED


_ENDED = frozenset({State.CLOSED, State.DISMISSED, State.MERGED, State.ERASED})


class Known(StrEnum):
    """Whether the customer already has a file at the company."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: the rule and where it is written.

    `detail` is what in the text or the facts made the rule speak, in a few
    words; it may quote the (already masked) text and is hostile like it.
    """

    rule: str
    file: str
    line: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ruling(Generic[Value_co]):
    """A decided value with its reason."""

    value: Value_co
    reason: Reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """What triage makes of a mention.  A field without a ruling was not decided by any rule."""

    after_sales: Ruling[bool]
    category: Ruling[Category]
    urgency: Ruling[Urgency]
    topic: Ruling[str] | None = None
    product: Ruling[str] | None = None
    crisis: Ruling[str] | None = None
    """The kind of crisis (`suicide`, `death-threat`), or no crisis."""


@dataclass(frozen=True, slots=True)
class Rating:
    """Stars: `value` out of `best`."""

    value: float
    best: float = 5.0

    @property
    def share(self) -> float:
        """The rating between 0 and 1."""
        return self.value / self.best if self.best > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """What an adapter read from a source, raw: nothing cleaned, nothing masked, all hostile.

    `text` and `title` may hold HTML when `is_html` says so.  `posted_at` is None where the
    source gives no date or one that cannot be read.  `parent_id` is the native id of the message
    that this one answers.  `site` is where the message is at home, when that is another site
    than the source's: wherever it is read, it is the same message.
    """

    native_id: str | None
    url: str | None
    author: str | None
    title: str
    text: str
    posted_at: datetime | None
    is_html: bool = False
    rating: Rating | None = None
    language: str | None = None
    thread_url: str | None = None
    parent_id: str | None = None
    site: str | None = None


class KeyBasis(StrEnum):
    """What a mention's key was made of, best first."""

    NATIVE_ID = "native-id"
    URL = "url"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Mention:
    """One public message, cleaned, masked and keyed.

    `key` is the identity of the message and, when it opens a case, of the case
    (`c-` and 12 characters).  `text` is plain text, capped, without control or
    bidi characters or personal data beyond the public post.  `parent_id` is the native id of the
    message that this one answers.
    """

    key: str
    key_basis: KeyBasis
    source: str
    site: str
    native_id: str | None
    url: str | None
    author: str | None
    title: str
    text: str
    posted_at: datetime | None
    detected_at: datetime
    rating: Rating | None = None
    language: str | None = None
    thread_url: str | None = None
    parent_id: str | None = None
