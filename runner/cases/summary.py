"""What planning needs of a case, small enough to be kept in a cache."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from runner.cases.case import Case, PinnedClock
from runner.cases.courses import Course, Pause, read_courses
from runner.cases.identity import fingerprint
from runner.model import State, Urgency


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """What planning needs of a case that is open, on the base or proposed on a branch.

    `keys` are the identities of all messages that the case holds.  `authors`, `urls` and
    `threads` (the pages that its messages stand on) are of all places.  `fingerprint` is
    the hash of the normalised text of its first place, empty where that has no text.
    `courses` are those of the promises that nothing has ended yet, in the log's order;
    `runner.clocks.standings` says how they stand at an instant.  `active_at` is when the last
    thing happened.  `landmarks` are what ties another message to its conversations: addresses
    of its messages and of the pages they stand on, and its messages' sites with their ids.
    """

    id: str
    path: str
    state: str
    cycle: int
    brand: str
    language: str | None
    category: str
    urgency: Urgency
    crisis: str | None
    topic: str | None
    product: str | None
    incident: str | None
    owner: str | None
    handle: str | None
    keys: tuple[str, ...]
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    urls: tuple[str, ...]
    threads: tuple[str, ...]
    fingerprint: str
    detected_at: datetime
    courses: tuple[Course, ...]
    active_at: datetime
    landmarks: tuple[str, ...]
    reminders: int = 0
    """How many went out since details were asked for."""
    in_hand: bool = False
    """Whether somebody has its crisis in hand; of none, False."""


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """What planning needs of a case that was closed not long ago.

    `landmarks` as in `CaseSummary`.  `closed_at` is when the last entry of its log was written.
    """

    id: str
    path: str
    closed_at: datetime
    sources: tuple[str, ...]
    landmarks: tuple[str, ...]


def landmarks_of(
    places: Iterable[Sequence[Any]],
    said: Iterable[Mapping[str, object]],
) -> tuple[str, ...]:
    """Return the landmarks of a case.

    `places` give id, site, URL, URL of the thread and native id; `said` is what the log holds.
    """
    sites: dict[object, str] = {}
    found: list[str | None] = []
    for place_id, site, url, thread_url, native_id in places:
        sites[place_id] = site
        found += (thread_url, url, message_at(site, native_id))
    for facts in said:
        said_id, said_at = facts.get("native_id"), sites.get(facts.get("place"))
        if isinstance(said_id, str) and said_at is not None:
            found.append(message_at(said_at, said_id))
    return _each_once(*found)


def message_at(site: str, native_id: str | None) -> str | None:
    """Return how a message is named by its site and its id there."""
    return f"{site.lower()} {native_id}" if native_id else None


def heard_keys(case: Case) -> tuple[str, ...]:
    """Return the identities of the messages that the log of a case holds, in its order."""
    return tuple(key for entry in case.log if isinstance(key := entry.facts.get("key"), str))


def summarise(case: Case, path: str) -> CaseSummary:
    """Return the summary of a case whose file lies at `path`."""
    text = case.places[0].text
    return CaseSummary(
        id=case.id,
        path=path,
        state=case.state.value,
        cycle=case.cycle,
        brand=case.brand,
        language=case.language,
        category=case.category.value,
        urgency=case.urgency,
        crisis=case.crisis,
        topic=case.topic,
        product=case.product,
        incident=case.incident,
        owner=case.owner,
        handle=case.handle,
        keys=_each_once(*(place.key for place in case.places), *heard_keys(case)),
        sources=_each_once(*(place.source for place in case.places)),
        authors=_each_once(*(place.author for place in case.places)),
        urls=_each_once(*(place.url for place in case.places)),
        threads=_each_once(*(place.thread_url for place in case.places)),
        fingerprint=fingerprint(text) if text else "",
        detected_at=case.detected_at,
        courses=running_courses(case),
        active_at=max(entry.at for entry in case.log),
        landmarks=landmarks_of(
            ((p.id, p.site, p.url, p.thread_url, p.native_id) for p in case.places),
            (entry.facts for entry in case.log),
        ),
        reminders=reminders_sent(case),
        in_hand=is_in_hand(case),
    )


def is_in_hand(case: Case) -> bool:
    """Return whether the crisis that was raised last was taken in hand, or ended with the case."""
    taken = False
    for entry in case.log:
        if entry.kind == "crisis-raised":
            taken = False
        elif entry.kind == "crisis-taken" or (entry.to is not None and not entry.to.is_open):
            taken = case.crisis is not None
    return taken


def reminders_sent(case: Case) -> int:
    """Return how many reminders went out since details were asked for."""
    sent = 0
    for entry in case.log:
        match entry.kind:
            case "details-asked" | "reopened":
                sent = 0
            case "reminded":
                sent += 1
    return sent


def running_courses(case: Case) -> tuple[Course, ...]:
    """Return the courses that the log has begun and nothing has ended yet, paused ones too."""
    return tuple(course for course in read_courses(case.log) if course.ending is None)


def summary_to_json(summary: CaseSummary) -> dict[str, object]:
    """Return the summary as JSON holds it."""
    return asdict(summary, dict_factory=_written)


def summary_from_json(data: Mapping[str, Any]) -> CaseSummary:
    """Return the summary that `summary_to_json` turned into JSON.

    Raises:
        KeyError, TypeError, ValueError: for data that another program made.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    values["urgency"] = Urgency(data["urgency"])
    for name in ("detected_at", "active_at"):
        values[name] = datetime.fromisoformat(data[name])
    values["courses"] = tuple(_course(course) for course in data["courses"])
    return CaseSummary(**values)


def _written(fields: Iterable[tuple[str, Any]]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields
    }


def _course(data: Mapping[str, Any]) -> Course:
    clock = dict(data["clock"])
    for name in ("started_at", "due_at"):
        clock[name] = datetime.fromisoformat(clock[name])
    clock["pauses"] = tuple(map(State, clock["pauses"]))
    clock["stops"] = tuple(clock["stops"])
    return Course(
        **{
            **data,
            "clock": PinnedClock(**clock),
            "changed_by": tuple(data["changed_by"]),
            "pauses_from": datetime.fromisoformat(data["pauses_from"]),
            "pauses": tuple(map(_pause, data["pauses"])),
        }
    )


def _pause(data: Mapping[str, Any]) -> Pause:
    ended_at = data["ended_at"] and datetime.fromisoformat(data["ended_at"])
    started_at = datetime.fromisoformat(data["started_at"])
    return Pause(**{**data, "started_at": started_at, "ended_at": ended_at})


def _each_once(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
