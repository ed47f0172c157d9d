"""The entry that starts a clock keeps the promise."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.clocks.pinning import Terms, pin_clocks
from runner.model import Category, State, Urgency
from runner.policies.clocks import ClockPolicy, Matter, parse_clocks
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).parents[2]
AT = datetime.fromisoformat("2026-10-23T15:00:00Z")
COMPLAINT = Matter(Urgency.HIGH, Category.COMPLAINT, "forum-bricolage")
BLOB = "3f786850e387550fdab836ed7e6dc881de23001b"


def policy(text: str) -> ClockPolicy:
    document = read_document(text.encode(), "policies/clocks.yaml")
    assert isinstance(document, Document)
    parsed, faults = parse_clocks(document)
    assert parsed is not None, faults
    return parsed


def terms(text: str) -> Terms:
    blobs = {"policies/clocks.yaml": BLOB, "sources.yaml": "0" * 40}
    return Terms(policy(text), ZoneInfo("UTC"), blobs, {})


def pinned(text: str, kind: str = "detected", matter: Matter = COMPLAINT) -> list[tuple[str, str]]:
    clocks = pin_clocks(terms(text), kind, AT, matter)
    return [(clock.clock, clock.target) for clock in clocks]


THREE_DAYS = """
version: 1
zone: Europe/Paris
clocks:
- id: first-reply
  starts: [detected, reopened]
  stops: [replied]
  pauses: [awaiting-customer]
  targets:
  - {urgency: critical, within: 1 hour}
  - {category: praise, source: forum-bricolage, within: 7 civil days}
  - {product: lampe-aube, within: 2 civil days}
  - {urgency: high, within: 3 civil days}
"""


def test_everything_that_the_verdict_needs_is_kept() -> None:
    [clock] = pin_clocks(terms(THREE_DAYS), "detected", AT, COMPLAINT)
    assert clock.started_at == AT
    assert clock.due_at == datetime.fromisoformat("2026-10-26T16:00:00Z")
    assert (clock.clock, clock.target, clock.zone) == (
        "first-reply",
        "3 civil days",
        "Europe/Paris",
    )
    assert (clock.calendar, clock.pauses, clock.stops) == (
        None,
        (State.AWAITING_CUSTOMER,),
        ("replied",),
    )
    assert clock.policies == {"policies/clocks.yaml": BLOB}


@pytest.mark.parametrize(
    ("matter", "target"),
    [
        (Matter(Urgency.CRITICAL, Category.PRAISE, "forum-bricolage"), "1 hour"),
        (Matter(Urgency.LOW, Category.PRAISE, "forum-bricolage"), "7 civil days"),
        (Matter(Urgency.LOW, Category.PRAISE, "avis", "lampe-aube"), "2 civil days"),
        (Matter(Urgency.HIGH, Category.QUESTION, "avis"), "3 civil days"),
    ],
)
def test_the_first_target_that_fits_counts(matter: Matter, target: str) -> None:
    assert pinned(THREE_DAYS, matter=matter) == [("first-reply", target)]


def test_a_case_that_no_target_fits_has_no_such_clock() -> None:
    assert pinned(THREE_DAYS, matter=Matter(Urgency.LOW, Category.QUESTION, "avis")) == []


def test_only_what_the_entry_starts() -> None:
    assert pinned(THREE_DAYS, "replied") == []
    assert pinned(THREE_DAYS, "reopened") == [("first-reply", "3 civil days")]


def test_without_a_zone_of_its_own_the_policy_counts_in_the_instances() -> None:
    text = THREE_DAYS.replace("zone: Europe/Paris\n", "")
    [clock] = pin_clocks(terms(text), "detected", AT, COMPLAINT)
    assert (clock.zone, clock.due_at) == ("UTC", datetime.fromisoformat("2026-10-26T15:00:00Z"))


def test_open_time_is_not_counted_without_a_calendar() -> None:
    text = (ROOT / "policies/clocks.yaml").read_text()
    with pytest.raises(ValueError, match="back-office needs the calendar brand-care"):
        pinned(text, "handed-off")


def test_the_shipped_promises() -> None:
    text = (ROOT / "policies/clocks.yaml").read_text()
    assert pinned(text) == [("first-reply", "3 civil days"), ("mediation", "2 months")]
    assert pinned(text, "crisis-raised") == [("crisis", "15 minutes")]
    praise = Matter(Urgency.LOW, Category.PRAISE, "forum-bricolage")
    assert pinned(text, matter=praise) == [("first-reply", "3 civil days")]
