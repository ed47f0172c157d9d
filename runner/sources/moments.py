"""Instants as other people's files write them."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime

from runner.text.words import fold

_DAY_FIRST = re.compile(
    r"(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?P<year>\d{4})"
    r"(?:[ T,à]+(?P<hour>\d{1,2})[:hH](?P<minute>\d{2})(?::(?P<second_of_minute>\d{2}))?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)(.*)", re.DOTALL)
_TIME = (
    r"(?:[ T,à@]|at|um)*(?P<hour>\d{1,2})[:hH](?P<minute>\d{2})(?::(?P<second_of_minute>\d{2}))?"
)
_DAY = r"(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,9})\.?"
_IN_WORDS = re.compile(
    rf"(?:[^\W\d_]{{2,9}}\.?,?[ ])?(?:{_DAY}[ -]+{_MONTH}|{_MONTH.replace('month', 'first_month')}"
    rf"[ ]+{_DAY.replace('day', 'second_day')}),?[ -]+(?P<year>\d{{4}})(?:{_TIME})?"
)
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("jan", "janv", "january", "janvier"),
            ("feb", "fev", "fevr", "february", "fevrier"),
            ("mar", "mars", "march"),
            ("apr", "avr", "april", "avril"),
            ("may", "mai"),
            ("jun", "june", "juin"),
            ("jul", "juil", "july", "juillet"),
            ("aug", "aout", "august"),
            ("sep", "sept", "september", "septembre"),
            ("oct", "october", "octobre"),
            ("nov", "november", "novembre"),
            ("dec", "december", "decembre"),
        ),
        start=1,
    )
    for name in names
}
_HALF_OF_DAY = re.compile(r"\b(1[0-2]|0?[1-9])(:\d{2}(?::\d{2})?) ?([ap])\.?m\b\.?", re.IGNORECASE)
_ZONE_SAID = re.compile(
    r"(\d{4}-\d\d-\d\d[T ][\d:.]+)(?: ?(UTC|GMT)|(Z|[+-]\d\d:\d\d)\[[\w/+-]+\])"
)
"""As Ruby and Java write instants."""
_WITHIN = re.compile(
    r"(?<![\w/.-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
    r"|\d{1,2}(?:er|st|nd|rd|th|\.)?[ ][^\W\d_]{3,9}\.?,?[ ]\d{4}"
    r"|[^\W\d_]{3,9}\.?[ ]\d{1,2}(?:st|nd|rd|th)?,?[ ]\d{4})(?![\w/-])"
    r"(?:(?:[ T,à@]|at|um)*\d{1,2}[:hH]\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_SECONDS, _MILLISECONDS = 10**11, 10**14
"""Numbers below are seconds since 1970 (until the year 5138), milliseconds, else microseconds."""
_LONGEST = 64
_SEARCHED = 200


def parse_instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the aware instant that a text names, None where it names none.

    Understood: ISO 8601; `21/11/2026 14:30`, `21.11.2026 à 14h30`, `21-11-2026`, day first
    unless only the other order makes a date; `2026/11/21 14:30`; `21 novembre 2026 à 14h30`,
    `Nov. 21, 2026 3:05 PM`; the form of e-mails.  A time without a zone is in `zone`; a day
    without a time is its midnight there.  What is told from today ("3 days ago") names no instant.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    text = _YEAR_FIRST.sub(
        lambda found: f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}{found[4]}", text
    )
    if zoned := _ZONE_SAID.fullmatch(text):
        text = zoned[1] + (zoned[3] or "+00:00")
    text = _HALF_OF_DAY.sub(_of_whole_day, text)
    try:
        at = _iso(text) or _day_first(text) or _in_words(text) or parsedate_to_datetime(text)
        return at if at.tzinfo else at.replace(tzinfo=zone)
    except (ValueError, OverflowError, IndexError):
        return None


def find_instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the first instant in the words of a page, such as `Posted on 21 November 2026`."""
    if at := parse_instant(text, zone):
        return at
    found = _WITHIN.search(text[:_SEARCHED])
    return parse_instant(found[0], zone) if found else None


def instant_since_1970(number: str, parts: int | None = None) -> datetime | None:
    """Return the instant that a number of seconds since 1970 names, None where it names none.

    `parts` is how many of it make a second; without it the number's size tells.
    """
    try:
        count = float(number)
        if parts is None:
            parts = 1 if count < _SECONDS else 1000 if count < _MILLISECONDS else 10**6
        return datetime.fromtimestamp(count / parts, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _of_whole_day(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour:02}{found[2]}"


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day_first(text: str) -> datetime | None:
    found = _DAY_FIRST.fullmatch(text)
    if found is None:
        return None
    day, month = int(found["first"]), int(found["second"])
    if month > 12:
        day, month = month, day
    return datetime.combine(
        date(int(found["year"]), month, day),
        time(
            int(found["hour"] or 0), int(found["minute"] or 0), int(found["second_of_minute"] or 0)
        ),
    )


def _in_words(text: str) -> datetime | None:
    found = _IN_WORDS.fullmatch(text)
    month = _MONTHS.get(fold(found["month"] or found["first_month"])) if found else None
    if found is None or month is None:
        return None
    return datetime.combine(
        date(int(found["year"]), month, int(found["day"] or found["second_day"])),
        time(
            int(found["hour"] or 0), int(found["minute"] or 0), int(found["second_of_minute"] or 0)
        ),
    )
