"""Good manners: one host is not asked in a rush, nor again in the run in which it asked to wait."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=7)
"""A host that names a longer time in `Retry-After` is asked again after this one."""


class Pace:
    """Spaces the requests to each host, and remembers which hosts asked to wait."""

    def __init__(self, spacing: timedelta) -> None:
        self._spacing = spacing.total_seconds()
        self._doors: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next: dict[str, float] = {}
        self._closed: dict[str, datetime] = {}
        self._slowed: dict[str, float] = {}

    async def wait_for_turn(self, host: str) -> None:
        """Return when the host may be asked."""
        clock = asyncio.get_running_loop().time
        async with self._doors[host]:
            await asyncio.sleep(max(0.0, self._next.get(host, 0.0) - clock()))
            self._next[host] = clock() + max(self._spacing, self._slowed.get(host, 0.0))

    def slow(self, host: str, seconds: float) -> None:
        """Leave so many seconds between requests to the host, if that is more than usual."""
        if seconds > 0:
            self._slowed[host] = seconds

    def is_slowed(self, host: str) -> bool:
        """Tell whether a host asked for its own pace."""
        return host in self._slowed

    def close(self, host: str, until: datetime) -> None:
        """Leave the host alone for the rest of the run."""
        self._closed[host] = until

    def closed_until(self, host: str) -> datetime | None:
        """Tell until when a host asked to be left alone in this run."""
        return self._closed.get(host)


def parse_retry_after(value: str, now: datetime) -> datetime | None:
    """Return the instant that a `Retry-After` header names, in seconds or as a date.

    At least now, at most `LONGEST_WAIT` ahead; None where the header makes no sense.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        seconds = min(int(value[:12]), int(LONGEST_WAIT.total_seconds()))
        return now + timedelta(seconds=seconds)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(now, min(at.astimezone(UTC), now + LONGEST_WAIT))
