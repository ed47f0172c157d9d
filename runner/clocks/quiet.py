"""When it is quiet, and until when."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from runner.clocks.business_time import OpenTime
from runner.policies.escalation import QuietHours

_LONGEST = timedelta(days=400)
"""A quiet time that lasts longer is cut here; `check` refuses hours that never end."""


def quiet_until(
    quiet: Iterable[QuietHours], now: datetime, open_times: Mapping[str, OpenTime]
) -> datetime | None:
    """Return when all of the quiet hours are over in which an instant lies; None for none.

    Where one begins as another ends it goes on.  The second at which quiet hours end is not
    quiet.  A calendar that is not among `open_times` makes nothing quiet.
    """
    hours = tuple(quiet)
    until = now
    while until < now + _LONGEST:
        ends = [end for each in hours if (end := _end(each, until, open_times)) is not None]
        if not ends:
            break
        until = max(ends)
    return until if until > now else None


def _end(quiet: QuietHours, at: datetime, open_times: Mapping[str, OpenTime]) -> datetime | None:
    """Return when one of the quiet hours ends in which an instant lies."""
    if quiet.hours is not None:
        spans = _open_time(quiet.hours).spans(at, at + _LONGEST)
        begun, over = next(iter(spans), (at, at))
        return over if begun <= at < over else None
    working = open_times.get(quiet.calendar or "")
    if working is None or working.is_open(at):
        return None
    return working.next_opening(at)


_open_time = lru_cache(maxsize=64)(OpenTime)
