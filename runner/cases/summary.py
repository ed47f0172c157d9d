"""What planning needs of a case, small enough to be kept in a cache."""

from dataclasses import dataclass
from datetime import datetime

from runner.model import Urgency


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """What planning needs of a case that is open, on the base or proposed on a branch.

    `fingerprint` is the hash of the normalised text of its first place.
    """

    id: str
    path: str
    state: str
    brand: str
    language: str | None
    category: str
    urgency: Urgency
    crisis: str | None
    topic: str | None
    owner: str | None
    handle: str | None
    keys: tuple[str, ...]
    sources: tuple[str, ...]
    urls: tuple[str, ...]
    fingerprint: str
    detected_at: datetime
    due_at: datetime | None
