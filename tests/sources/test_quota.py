"""Quotas in the headers of answers."""

from datetime import datetime, timedelta

import httpx
import pytest
from loopback_site import NOW

from runner.sources.quota import Quota, parse_quota

SOON = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        ({}, None),
        ({"X-RateLimit-Remaining": "41"}, Quota(41)),
        ({"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}, Quota(0, 60)),
        (
            {"x-ratelimit-remaining": "9324.0", "x-ratelimit-reset": "300"},
            Quota(9324, None, SOON),
        ),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(SOON.timestamp()))},
            Quota(0, None, SOON),
        ),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-21T08:08:12.000000Z"},
            Quota(0, None, SOON),
        ),
        ({"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "soon"}, Quota(3)),
        ({"RateLimit-Remaining": "7", "RateLimit-Limit": "10, 10;w=1"}, Quota(7, 10)),
        ({"X-Rate-Limit": "user-hour-lim:3600;user-hour-rem:3545;"}, Quota(3545, 3600)),
        ({"X-RateLimit-Remaining": "many"}, None),
        ({"X-RateLimit-Remaining": "-1"}, None),
        ({"X-RateLimit-Remaining": "9" * 400}, None),
    ],
)
def test_a_quota_is_what_the_site_says(headers: dict[str, str], quota: Quota | None) -> None:
    assert parse_quota(httpx.Headers(headers), NOW) == quota


@pytest.mark.parametrize(
    "reset",
    [
        "999999999",
        "99999999999999",
        "1",
        "0",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_reset_lies_between_now_and_a_week_ahead(reset: str) -> None:
    quota = parse_quota({"RateLimit-Remaining": "0", "RateLimit-Reset": reset}, NOW)
    assert quota is not None
    assert isinstance(quota.resets_at, datetime)
    assert NOW <= quota.resets_at <= NOW + timedelta(days=7)
