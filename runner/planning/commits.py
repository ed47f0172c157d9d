"""What a commit says of who made it, when, and for which pull request."""

import re
from datetime import UTC, datetime

_FORGE_ADDRESSES = frozenset({"noreply@github.com", "noreply@gitea.io", "noreply@codeberg.org"})
"""As whom forges commit what somebody merges on their pages."""
_HIDDEN_ADDRESS = re.compile(
    r"(?:[0-9]+\+)?([A-Za-z0-9][A-Za-z0-9_.-]*)@users\.noreply\.github\.com", re.IGNORECASE
)
"""The address that GitHub gives to who hides their own; it names the login."""
_NUMBERED = re.compile(r"\(#([1-9][0-9]{0,8})\)\.?$|^Merge pull request #([1-9][0-9]{0,8}) ")
LATEST_SECONDS = 253_402_300_799


def goes_by(email: str) -> tuple[str, ...]:
    """Return the names that an address stands for: itself, and the login that it hides."""
    hidden = _HIDDEN_ADDRESS.fullmatch(email)
    return (email, hidden[1]) if hidden else (email,)


def pull_number(subject: str) -> int | None:
    """Return the number of the pull request that a commit's subject names: a hint, no proof."""
    found = _NUMBERED.search(subject)
    return int(found[1] or found[2]) if found else None


def is_squash(committer_email: str, subject: str) -> bool:
    """Whether a commit without a branch looks like a forge's merge of a pull request."""
    return committer_email.casefold() in _FORGE_ADDRESSES and pull_number(subject) is not None


def by_forge(committer_email: str) -> bool:
    """Whether a forge made the commit, for somebody whom it need not name."""
    return committer_email.casefold() in _FORGE_ADDRESSES


def commit_instant(seconds: int) -> datetime:
    """Return a commit's time; what no calendar has is the nearest that one has."""
    return datetime.fromtimestamp(max(0, min(seconds, LATEST_SECONDS)), UTC)
