"""A case's file: text to value and back.

`parse_case` reads what the schema has let pass; `render_case` writes a new file.  A file that
people edit is never rendered anew: entries are spliced into it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from runner.cases.case import Asked, Case, Entry, PinnedClock, Place
from runner.cases.instants import parse_instant, render_instant
from runner.model import Category, Known, Rating, Reason, State, Urgency
from runner.text.yaml_renderer import render_yaml

SCHEMA = 1
"""The version of the format.  Merged text is never rewritten, so that there is no other."""

_MODELINE = "# yaml-language-server: $schema=../../../../runner/schemas/case.schema.json\n"
BLOCKS = frozenset({"places", "log", "clocks"})
"""The lists whose items never stand on one line."""

_WHY = (
    "after_sales", "category", "urgency", "topic", "product", "crisis", "incident", "customer",
)  # fmt: skip
_STATES = {state.value: state for state in State}
_ENTRY_FIELDS = frozenset({"entry", "at", "recorded_at", "by", "to", "clocks"})


def parse_case(value: object, file: str) -> Case:
    """Return the case that a document says; `value` has passed `case.schema.json`.

    Raises:
        ValueError: for a day that does not exist, naming `file`; `check_case` says where.
    """
    data: Any = value
    customer = data.get("customer", {})
    try:
        return Case(
            id=data["id"],
            state=State(data["state"]),
            cycle=data["cycle"],
            brand=data["brand"],
            language=data.get("language"),
            category=Category(data["category"]),
            urgency=Urgency(data["urgency"]),
            topic=data.get("topic"),
            product=data.get("product"),
            crisis=data.get("crisis"),
            owner=data.get("owner"),
            handle=customer.get("handle"),
            known=Known(customer.get("known", Known.UNKNOWN)),
            incident=data.get("incident"),
            why={name: _parse_reason(reason) for name, reason in data["why"].items()},
            duplicates=tuple(data.get("duplicates", ())),
            asked=tuple(Asked(wish["what"], wish.get("place")) for wish in data.get("asked", ())),
            offered=tuple(data.get("offered", ())),
            places=tuple([_parse_place(place) for place in data["places"]]),
            log=tuple([parse_entry(entry) for entry in data["log"]]),
            distributor=customer.get("distributor"),
            reference=customer.get("reference"),
        )
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def render_case(case: Case) -> str:
    """Return the text of a new case file.

    Raises:
        ValueError: when a text holds a character that no reader accepts; mentions are
            cleaned of them.
    """
    return _MODELINE + render_yaml(case_data(case), blocks=BLOCKS)


def case_data(case: Case) -> dict[str, object]:
    """Return the plain value of a case file, keys in the file's order; `parse_case` reads it."""
    return {
        "schema": SCHEMA,
        "id": case.id,
        "state": case.state.value,
        "cycle": case.cycle,
        "brand": case.brand,
        "language": case.language,
        "category": case.category.value,
        "urgency": case.urgency.value,
        "topic": case.topic,
        "product": case.product,
        "crisis": case.crisis,
        "owner": case.owner,
        "customer": {
            "handle": case.handle,
            "known": case.known.value,
            **_filled({"distributor": case.distributor, "reference": case.reference}),
        },
        "incident": case.incident,
        "why": {name: reason_data(case.why[name]) for name in _WHY if name in case.why},
        "duplicates": list(case.duplicates),
        "asked": [asked_data(wish) for wish in case.asked],
        "offered": list(case.offered),
        "places": [place_data(place) for place in case.places],
        "log": [entry_data(entry) for entry in case.log],
    }


def entry_data(entry: Entry) -> dict[str, object]:
    """Return the plain value of a log entry, keys in the file's order."""
    data: dict[str, object] = {
        "entry": entry.kind,
        "at": render_instant(entry.at),
        "recorded_at": render_instant(entry.recorded_at),
        "by": entry.by,
    }
    if entry.to is not None:
        data["to"] = entry.to.value
    data |= entry.facts
    if entry.clocks:
        data["clocks"] = [_clock(clock) for clock in entry.clocks]
    return data


def asked_data(wish: Asked) -> dict[str, object]:
    """Return the plain value of what a customer asks for."""
    return _filled({"what": wish.what, "place": wish.place})


def place_data(place: Place) -> dict[str, object]:
    """Return the plain value of a place, keys in the file's order."""
    rating = place.rating
    data = _filled(
        {
            "id": place.id,
            "key": place.key,
            "source": place.source,
            "site": place.site,
            "url": place.url,
            "thread_url": place.thread_url,
            "native_id": place.native_id,
            "author": place.author,
            "posted_at": render_instant(place.posted_at) if place.posted_at else None,
            "detected_at": render_instant(place.detected_at),
            "rating": {"value": rating.value, "best": rating.best} if rating else None,
            "title": place.title,
        }
    )
    # Text that is empty is not text that is gone.
    if place.text is not None:
        data["text"] = place.text
    if place.sealed is not None:
        data["sealed"] = dict(place.sealed)
    return data


def _parse_instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)


def _parse_reason(data: Any) -> Reason:
    return _reason(data["rule"], data["file"], data["line"], data.get("detail", ""))


# Many cases have the same.
_reason = lru_cache(maxsize=1_000)(Reason)


def _parse_place(data: Any) -> Place:
    rating = data.get("rating")
    return Place(
        id=data["id"],
        key=data["key"],
        source=data["source"],
        site=data["site"],
        url=data.get("url"),
        native_id=data.get("native_id"),
        author=data.get("author"),
        posted_at=_parse_instant(data.get("posted_at")),
        detected_at=parse_instant(data["detected_at"]),
        title=data.get("title", ""),
        text=data.get("text"),
        rating=None if rating is None else Rating(rating["value"], rating["best"]),
        thread_url=data.get("thread_url"),
        sealed=data.get("sealed"),
    )


def parse_entry(data: Any) -> Entry:
    """Return the log entry that a plain value says, which has passed the schema.

    Raises:
        ValueError: for a day that does not exist.
    """
    return Entry(
        kind=data["entry"],
        at=parse_instant(data["at"]),
        recorded_at=parse_instant(data["recorded_at"]),
        by=data["by"],
        to=_STATES[data["to"]] if "to" in data else None,
        clocks=tuple([parse_clock(clock) for clock in data.get("clocks", ())]),
        facts={name: fact for name, fact in data.items() if name not in _ENTRY_FIELDS},
    )


def parse_clock(data: Any) -> PinnedClock:
    """Return the promise that a plain value says, which has passed the schema.

    Raises:
        ValueError: for a day that does not exist.
    """
    return PinnedClock(
        clock=data["clock"],
        target=data["target"],
        zone=data["zone"],
        calendar=data.get("calendar"),
        started_at=parse_instant(data["started_at"]),
        due_at=parse_instant(data["due_at"]),
        pauses=tuple([_STATES[state] for state in data.get("pauses", ())]),
        stops=tuple(data["stops"]),
        policies=data["policies"],
    )


def _filled(data: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in data.items() if value is not None and value != ""}


def reason_data(reason: Reason) -> dict[str, object]:
    """Return the plain value of a reason, keys in the file's order."""
    said = {"rule": reason.rule, "file": reason.file, "line": reason.line}
    return _filled({**said, "detail": reason.detail})


def _clock(clock: PinnedClock) -> dict[str, object]:
    data: dict[str, object] = {
        "clock": clock.clock,
        "target": clock.target,
        "zone": clock.zone,
        "calendar": clock.calendar,
        "started_at": render_instant(clock.started_at),
        "due_at": render_instant(clock.due_at),
    }
    if clock.pauses:
        data["pauses"] = [state.value for state in clock.pauses]
    return data | {"stops": list(clock.stops), "policies": dict(clock.policies)}
