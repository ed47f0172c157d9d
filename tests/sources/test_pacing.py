"""Hosts are asked gently, and told waits are kept."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from runner.sources.pacing import LONGEST_WAIT, Pace, parse_retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sat, 21 Nov 2026 08:04:12 GMT", 60),
        ("Sat, 21 Nov 2026 08:04:12 -0000", 60),
        ("Sat, 21 Nov 2020 08:04:12 GMT", 0),
        ("999999999999999999999", LONGEST_WAIT.total_seconds()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT.total_seconds()),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float, now: datetime) -> None:
    assert parse_retry_after(value, now) == now + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²", "Sat, 99 Nov 2026 08:04:12 GMT"])
def test_a_senseless_retry_after_is_none(value: str, now: datetime) -> None:
    assert parse_retry_after(value, now) is None


def test_one_host_is_spaced_and_others_do_not_wait_for_it() -> None:
    asked: list[str] = []

    async def scenario() -> float:
        pace = Pace(timedelta(milliseconds=50))

        async def ask(host: str) -> None:
            await pace.wait_for_turn(host)
            asked.append(host)

        started = time.monotonic()
        hosts = [*["a.example.org"] * 4, *(f"{n}.example.org" for n in range(50))]
        await asyncio.gather(*map(ask, hosts))
        return time.monotonic() - started

    assert asyncio.run(scenario()) >= 0.15
    assert asked[-3:] == ["a.example.org"] * 3


def test_a_closed_host_stays_closed_for_the_run() -> None:
    pace = Pace(timedelta(0))
    until = datetime(2026, 11, 21, 9, tzinfo=UTC)
    pace.close("a.example.org", until)
    assert pace.closed_until("a.example.org") == until
    assert pace.closed_until("b.example.org") is None
