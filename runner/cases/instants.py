"""Instants as our files write them: UTC, to the second, `2026-11-21T08:03:12Z`."""

from datetime import UTC, datetime, timedelta

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Dates before are no dates of messages on the web but a clock's zero."""
_AHEAD = timedelta(days=1)
"""A site's clock may be wrong, and its zone unknown, by so much."""


def parse_instant(text: str) -> datetime:
    """Return the instant that `2026-11-21T08:03:12Z` names.

    Raises:
        ValueError: for a day or an hour that does not exist.
    """
    return datetime.fromisoformat(text)


def render_instant(at: datetime) -> str:
    """Return an aware instant in UTC; parts of a second are dropped."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def plausible(at: datetime | None, now: datetime) -> datetime | None:
    """Return the instant in UTC and whole seconds, None where no message can be of that time.

    That is before the web, or more than a day after `now`.
    """
    if at is None or not _EARLIEST <= at <= now + _AHEAD:
        return None
    return at.astimezone(UTC).replace(microsecond=0)
