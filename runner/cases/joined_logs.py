"""Where two histories of a case became one: what one of them said and is lost, what is new.

Whoever joins two logs may put entries below others, write them down again, and number their
places anew, as `runner.cases.rebasing` does.  Nothing else of what they say may change.
"""

from collections.abc import Iterable
from typing import Any

from runner.cases.amendments import may_become
from runner.cases.evidence import Data
from runner.cases.lifecycle import KINDS, RUNNER
from runner.model import State
from runner.text.document import Document

_NUMBER = frozenset({"id"})
_JOINED = frozenset({"recorded_at", "clocks", "place", "places"})
"""Fields of an entry that are told anew where two branches added to one log."""


def find_lost(before: Document, after: Document) -> str | None:
    """Return what a case said and does not say where two histories of it became one.

    Both have passed the schema; None where nothing is lost.  To a case that was erased on one
    side, what the other adds may not come.
    """
    was: Any = before.value
    case: Any = after.value
    if case["state"] == State.ERASED:
        return None
    held = _by_claim(case["log"])
    for entry in was["log"]:
        said = f"the entry `{entry['entry']}` of {entry['at']}"
        kept = held.get(_claim(entry), ())
        if any(_is_kept(entry, one, _JOINED) for one in kept):
            continue
        if kept:
            return f"{said} says something else"
        if entry["by"] != RUNNER or RUNNER in KINDS[entry["entry"]].deciders:
            return f"{said} is gone"
    places = {place["key"]: place for place in case["places"]}
    for place in was["places"]:
        stands = places.get(place["key"])
        if stands is None or not _is_kept(place, stands, _NUMBER):
            return f"the place {place['id']} is gone or says something else"
    return None


def find_written(befores: Iterable[Document], after: Document) -> tuple[int, ...]:
    """Return the entries that no history of a case has where several of them became one."""
    case: Any = after.value
    logs: list[Any] = [before.value for before in befores]
    held = _by_claim(entry for was in logs for entry in was["log"])
    erased = case["state"] == State.ERASED
    return tuple(
        index
        for index, entry in enumerate(case["log"])
        if not any(
            _is_kept(one, entry, _JOINED, erased=erased) for one in held.get(_claim(entry), ())
        )
    )


def _claim(entry: Data) -> tuple[str, str, str]:
    return entry["entry"], entry["at"], entry["by"]


def _by_claim(log: Iterable[Data]) -> dict[tuple[str, str, str], list[Data]]:
    found: dict[tuple[str, str, str], list[Data]] = {}
    for entry in log:
        found.setdefault(_claim(entry), []).append(entry)
    return found


def _is_kept(was: Data, holder: Data, free: frozenset[str], *, erased: bool = False) -> bool:
    return all(
        may_become(name, was.get(name), holder, erased=erased)
        for name in (was.keys() | holder.keys()) - free
    )
