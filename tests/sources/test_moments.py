"""Instants as exports and feeds write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.instants import plausible
from runner.sources.moments import find_instant, parse_instant

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2026-11-21T08:03:12Z", "2026-11-21T08:03:12"),
        ("2026-11-21T09:03:12+01:00", "2026-11-21T08:03:12"),
        ("2026-11-21 09:03", "2026-11-21T08:03:00"),
        ("2026-11-21", "2026-11-20T23:00:00"),
        ("2026/11/21 09:03", "2026-11-21T08:03:00"),
        ("2026/1/2", "2026-01-01T23:00:00"),
        ("21/11/2026 09:03", "2026-11-21T08:03:00"),
        ("21/11/2026 à 9h03", "2026-11-21T08:03:00"),
        ("21.11.2026", "2026-11-20T23:00:00"),
        ("1-2-2026 09:03:12", "2026-02-01T08:03:12"),
        ("11/21/2026", "2026-11-20T23:00:00"),
        ("Sat, 21 Nov 2026 09:03:12 +0100", "2026-11-21T08:03:12"),
        ("21/07/2026 09:03", "2026-07-21T07:03:00"),
        ("11/21/2026 3:05:00 PM", "2026-11-21T14:05:00"),
        ("Nov 21, 2026 3:05 PM", "2026-11-21T14:05:00"),
        ("November 21st, 2026 at 12:10 a.m.", "2026-11-20T23:10:00"),
        ("2026-11-21 12:10 pm", "2026-11-21T11:10:00"),
        ("2026-11-21 08:03:12 UTC", "2026-11-21T08:03:12"),
        ("Sat, 21 Nov 2026 08:03:12 GMT", "2026-11-21T08:03:12"),
        ("2026-11-21T09:03:12+01:00[Europe/Paris]", "2026-11-21T08:03:12"),
    ],
)
def test_dates_are_read_in_the_habits_of_exports(text: str, in_utc: str) -> None:
    at = parse_instant(text, PARIS)
    assert at is not None
    assert at.astimezone(UTC).isoformat() == f"{in_utc}+00:00"


@pytest.mark.parametrize("text", ["", "hier", "31/02/2026", "13/13/2026", "12:30", "2026-13-01"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_instant(text) is None


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("Commenté en France le 21 novembre 2026", "2026-11-20T23:00:00"),
        ("Reviewed in the United Kingdom on November 21, 2026", "2026-11-20T23:00:00"),
        ("Avis du 21/11/2026, suite à une commande du 02/11/2026", "2026-11-20T23:00:00"),
        ("publié 2026-11-21 09:03 par Zoé", "2026-11-21T08:03:00"),
        ("21 nov. 2026 à 9h03", "2026-11-21T08:03:00"),
    ],
)
def test_pages_put_words_around_dates(text: str, in_utc: str) -> None:
    at = find_instant(text, PARIS)
    assert at is not None
    assert at.astimezone(UTC).isoformat() == f"{in_utc}+00:00"


@pytest.mark.parametrize("text", ["", "il y a 3 jours", "réf. 1234-56-78901", "31/02/2026 !"])
def test_where_no_date_stands_none_is_found(text: str) -> None:
    assert find_instant(text) is None


@given(st.text(max_size=80))
def test_no_text_trips_the_reader(text: str) -> None:
    for at in (parse_instant(text), find_instant(text)):
        assert at is None or at.tzinfo is not None


@pytest.mark.parametrize(
    ("ahead", "good"),
    [
        (timedelta(0), True),
        (timedelta(hours=23), True),
        (timedelta(days=2), False),
        (timedelta(days=-365 * 30), True),
        (timedelta(days=-365 * 50), False),
    ],
)
def test_a_message_is_of_the_age_of_the_web(ahead: timedelta, good: bool, now: datetime) -> None:
    assert (plausible(now + ahead, now) is not None) is good
