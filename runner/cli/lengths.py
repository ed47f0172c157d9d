"""Lengths of time as people type them."""

import re
from datetime import timedelta

from runner.errors import UsageError

_LENGTH = re.compile(r"([1-9][0-9]{0,4})(m|h|d|w)")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


def parse_length(text: str) -> timedelta:
    """Return the length that `90m`, `24h`, `7d` and their like name.

    Raises:
        UsageError: for anything else.
    """
    if found := _LENGTH.fullmatch(text):
        return timedelta(minutes=int(found[1]) * _MINUTES[found[2]])
    raise UsageError(f"{text!r} is no length", "such as 90m, 24h, 7d or 2w")
