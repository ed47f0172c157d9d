"""How many requests a site still allows, as far as it says so in its headers.

There are three habits: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (GitHub, Reddit, GitLab),
the same without `X-` (drafts of the IETF), and Apple's `X-Rate-Limit:
user-hour-lim:3600;user-hour-rem:3545;`.  `Reset` is an instant in seconds since 1970 or so many
seconds from now, told apart by their size, or, at Mastodon, an instant in ISO 8601.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.sources.moments import parse_instant
from runner.sources.pacing import LONGEST_WAIT

_INSTANT = 10**9
"""More seconds than any site lets wait: 31 years, an instant of 2001."""
_NUMBER = re.compile(r"\s*(\d{1,15})(?:\.\d+)?\s*(?:[,;].*)?")
_PREFIXES = ("X-RateLimit-", "RateLimit-", "X-Rate-Limit-")
_APPLE = re.compile(r"user-hour-(lim|rem):(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests that are left of `limit`, and when all are free again, as far as known."""

    left: int
    limit: int | None = None
    resets_at: datetime | None = None


def parse_quota(headers: Mapping[str, str], now: datetime) -> Quota | None:
    """Return the quota that the headers of an answer name, None where they name none."""
    for prefix in _PREFIXES:
        left = _number(headers.get(f"{prefix}Remaining"))
        if left is not None:
            limit = _number(headers.get(f"{prefix}Limit"))
            return Quota(left, limit, _reset(headers.get(f"{prefix}Reset"), now))
    apple = {name: int(number) for name, number in _APPLE.findall(headers.get("X-Rate-Limit", ""))}
    return Quota(apple["rem"], apple.get("lim")) if "rem" in apple else None


def _number(text: str | None) -> int | None:
    found = _NUMBER.fullmatch(text) if text else None
    return int(found[1]) if found else None


def _reset(text: str | None, now: datetime) -> datetime | None:
    seconds = _number(text)
    if seconds is not None:
        return _instant(seconds, now)
    at = parse_instant(text or "")
    return max(now, min(at, now + LONGEST_WAIT)) if at else None


def _instant(seconds: int, now: datetime) -> datetime:
    latest = now + LONGEST_WAIT
    if seconds < _INSTANT:
        return now + timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
    return max(now, datetime.fromtimestamp(min(seconds, latest.timestamp()), UTC))
