"""What planning needs of a case, small enough to be kept in a cache."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from runner.cases.case import Case, PinnedClock
from runner.cases.courses import read_courses
from runner.cases.identity import fingerprint
from runner.model import Urgency


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """What planning needs of a case that is open, on the base or proposed on a branch.

    `keys` are the identities of all messages that the case holds.  `authors`, `urls` and
    `threads` (the pages that its messages stand on) are of all places.  `fingerprint` is
    the hash of the normalised text of its first place, empty where that has no text.
    `due_at` is when the next promise runs out, None when none runs.
    """

    id: str
    path: str
    state: str
    brand: str
    language: str | None
    category: str
    urgency: Urgency
    crisis: str | None
    topic: str | None
    owner: str | None
    handle: str | None
    keys: tuple[str, ...]
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    urls: tuple[str, ...]
    threads: tuple[str, ...]
    fingerprint: str
    detected_at: datetime
    due_at: datetime | None


def summarise(case: Case, path: str) -> CaseSummary:
    """Return the summary of a case whose file lies at `path`."""
    heard = (key for entry in case.log if isinstance(key := entry.facts.get("key"), str))
    due = [clock.due_at for clock in running_clocks(case) if case.state not in clock.pauses]
    text = case.places[0].text
    return CaseSummary(
        id=case.id,
        path=path,
        state=case.state.value,
        brand=case.brand,
        language=case.language,
        category=case.category.value,
        urgency=case.urgency,
        crisis=case.crisis,
        topic=case.topic,
        owner=case.owner,
        handle=case.handle,
        keys=_each_once(*(place.key for place in case.places), *heard),
        sources=_each_once(*(place.source for place in case.places)),
        authors=_each_once(*(place.author for place in case.places)),
        urls=_each_once(*(place.url for place in case.places)),
        threads=_each_once(*(place.thread_url for place in case.places)),
        fingerprint=fingerprint(text) if text else "",
        detected_at=case.detected_at,
        due_at=min(due, default=None),
    )


def running_clocks(case: Case) -> tuple[PinnedClock, ...]:
    """Return the clocks that the log has started and nothing has ended yet, paused ones too."""
    return tuple(course.clock for course in read_courses(case.log) if course.ending is None)


def summary_to_json(summary: CaseSummary) -> dict[str, object]:
    """Return the summary as JSON holds it."""
    return {
        field.name: value.isoformat() if isinstance(value, datetime) else value
        for field in fields(summary)
        for value in (getattr(summary, field.name),)
    }


def summary_from_json(data: Mapping[str, Any]) -> CaseSummary:
    """Return the summary that `summary_to_json` turned into JSON.

    Raises:
        KeyError, TypeError, ValueError: for data that another program made.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    values["urgency"] = Urgency(data["urgency"])
    for name in ("detected_at", "due_at"):
        values[name] = datetime.fromisoformat(data[name]) if data[name] is not None else None
    return CaseSummary(**values)


def _each_once(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
