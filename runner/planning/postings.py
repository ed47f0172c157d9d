"""What the program is told to post, and what became of it, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """What a receipt says of one try to post."""

    INTENDED = "intended"
    """It is handed to the job that posts, which may have begun."""
    POSTED = "posted"
    REFUSED = "refused"
    """It was surely not posted."""
    DOUBTFUL = "doubtful"
    """It may have been posted."""
    UNKNOWN = "unknown"
    """It may have been posted, and looking does not help: a person has to see."""


class Mode(StrEnum):
    """How far the job that posts may go.  It always looks first."""

    POST = "post"
    AGAIN = "again"
    """It may have been posted: only where a second post cannot become a second message."""
    LOOK = "look"
    """It may have been posted, and is wanted no more: only tell."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The receipt of one step of a try, written once.

    `run` is of the run that intended it, so that of two at once each knows its own.  `at` is
    when it happened; of what was posted, when the site says.
    """

    case_id: str
    key: str
    tried: int
    step: Step
    at: datetime
    run: str = ""
    url: str | None = None
    native_id: str | None = None
    detail: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What the job that posts is given: everything that it needs, and nothing of the case.

    `intended_at` is that of the first try, and the same in all later ones.
    """

    case_id: str
    key: str
    tried: int
    mode: Mode
    source: str
    text: str
    intended_at: datetime
    url: str | None
    native_id: str | None
    thread_url: str | None
    author: str | None
    language: str | None
