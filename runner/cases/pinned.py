"""Whether a promise that an entry keeps can be counted at all."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from runner.policies.zones import find_zone, suggest_zone
from runner.text.wording import shown

_FIRST, _LAST = "1900", "2400"
"""Years within which promises lie, the last not included: well within what calendars count."""


class Uncountable(NamedTuple):
    """Why a promise cannot be counted: the field that is wrong, the rule, what to write."""

    field: str
    rule: str
    message: str
    hint: str = ""


def find_uncountable(clock: Mapping[str, Any]) -> Uncountable | None:
    """Return why a clock cannot be counted that has passed the schema, None where it can."""
    zone, target = clock["zone"], clock["target"]
    if not _is_zone(zone):
        said = f"there is no time zone {shown(zone)}"
        return Uncountable("zone", "unknown-zone", said, suggest_zone(zone))
    for field, rule in (("started_at", "clock-start"), ("due_at", "clock-due")):
        if not _FIRST <= clock[field] < _LAST:
            return Uncountable(field, rule, f"it lies beyond the years {_FIRST} to {_LAST}")
    if clock.get("calendar") is None and "business day" in target:
        said = f"`{target}` needs a calendar"
        hint = "name one of policies/calendars/ in `calendar`"
        return Uncountable("target", "clock-calendar", said, hint)
    return None


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    return find_zone(name) is not None
