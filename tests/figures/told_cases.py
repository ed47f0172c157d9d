"""Made-up cases, told entry by entry."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from runner.cases.case import Case, Entry, PinnedClock, Place
from runner.model import Category, Known, State, Urgency

Facts = Mapping[str, object]
Happened = tuple[str, str, State | None, Facts]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


def case(
    number: int,
    detected: str,
    *entries: Happened,
    source: str = "avis",
    product: str | None = None,
    topic: str | None = None,
    promised: bool = False,
) -> Case:
    """Return a complaint with entries `(kind, when, state, facts)` after its detection."""
    begun = at(detected)
    clock = PinnedClock(
        "first-reply", "3 civil days", "Europe/Paris", None, begun, begun + timedelta(days=3),
        (), ("replied",), {},
    )  # fmt: skip
    first = Entry("detected", begun, begun, "runner", State.OPEN, (clock,) if promised else ())
    log = (first, *(Entry(kind, at(when), at(when), "ines", to, (), facts)
                    for kind, when, to, facts in entries))  # fmt: skip
    states = [entry.to for entry in log if entry.to]
    name = f"c-{number:012}"
    place = Place(
        "p1", name, source, f"{source}.example.org", None, None, None, None, begun, "", ""
    )
    return Case(
        name, states[-1], 1, "lumen", "fr", Category.COMPLAINT, Urgency.NORMAL, topic, product,
        None, "ines", None, Known.UNKNOWN, None, {}, (), (), (), (place,), log,
    )  # fmt: skip


def replied(when: str, **facts: object) -> Happened:
    return "replied", when, State.ACKNOWLEDGED, facts


def closed(when: str, **facts: object) -> Happened:
    return "closed", when, State.CLOSED, facts
