"""Instants as case files write them: UTC, to the second, `2026-11-21T08:03:12Z`."""

from datetime import UTC, datetime


def parse_instant(text: str) -> datetime:
    """Return the instant that `2026-11-21T08:03:12Z` names.

    Raises:
        ValueError: for a day or an hour that does not exist.
    """
    return datetime.fromisoformat(text)


def render_instant(at: datetime) -> str:
    """Return an aware instant in UTC; parts of a second are dropped."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
