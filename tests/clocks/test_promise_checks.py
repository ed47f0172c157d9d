"""The promises of new entries: zone, target, start and due instant hold together."""

import copy
from pathlib import Path
from typing import Any

import pytest

from runner.cases.case import PinnedClock
from runner.clocks.business_time import OpenTime
from runner.clocks.promise_checks import check_promises
from runner.policies.calendars import parse_calendar
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CASE: Any = read_value((ROOT / FILE).read_bytes())
CALENDAR = "policies/calendars/brand-care.yaml"
AT = "2026-11-21T08:00:00Z"
PROMISE = {
    "clock": "first-reply",
    "target": "3 civil days",
    "zone": "Europe/Paris",
    "calendar": None,
    "started_at": AT,
    "due_at": "2026-11-24T08:00:00Z",
    "stops": ["replied"],
    "policies": {},
}
BY_CALENDAR = {
    "clock": "back-office",
    "target": "2 business days",
    "calendar": "brand-care",
    "due_at": "2026-11-24T17:00:00Z",
}


def brand_care(clock: PinnedClock) -> OpenTime | None:
    assert clock.calendar == "brand-care"
    document = read_document((ROOT / CALENDAR).read_bytes(), CALENDAR)
    assert isinstance(document, Document)
    calendar, faults = parse_calendar(document)
    assert calendar is not None, faults
    return OpenTime(calendar)


def with_entries(*entries: dict[str, Any]) -> Document:
    case = copy.deepcopy(CASE)
    case["log"] += [{"at": AT, "recorded_at": AT, "by": "ines", **entry} for entry in entries]
    return Document(FILE, case, {}, {})


def told(promise: dict[str, Any], **entry: Any) -> list[tuple[str, str]]:
    begun = {"entry": "noted", "note": "n", "clocks": [PROMISE | promise]} | entry
    document = with_entries(begun)
    found = check_promises(document, [len(CASE["log"])], brand_care)
    return [(fault.rule, fault.message) for fault in found]


@pytest.mark.parametrize(
    "promise",
    [
        {},
        {"target": "90 minutes", "due_at": "2026-11-21T09:30:00Z"},
        {"target": "1 month", "due_at": "2026-12-21T08:00:00Z"},
        # Same wall time across the clock change of 29 March.
        {"target": "130 civil days", "due_at": "2027-03-31T07:00:00Z"},
        {"target": "3 civil days", "zone": "UTC"},
        BY_CALENDAR,
        {**BY_CALENDAR, "target": "2 hours", "due_at": "2026-11-23T10:00:00Z"},
        # It starts with the detection of a place, too.
        {
            "started_at": CASE["places"][0]["detected_at"],
            "target": "1 hour",
            "due_at": "2026-11-19T09:03:12Z",
        },
    ],
)
def test_a_promise_that_holds_together(promise: dict[str, Any]) -> None:
    assert told(promise) == []


@pytest.mark.parametrize(
    ("promise", "rule", "message"),
    [
        (
            {"due_at": "2026-11-25T08:00:00Z"},
            "clock-due",
            (
                "3 civil days from 2026-11-21T08:00:00Z run out at 2026-11-24T08:00:00Z, "
                "not 2026-11-25T08:00:00Z"
            ),
        ),
        (
            {**BY_CALENDAR, "due_at": "2026-11-23T17:00:00Z"},
            "clock-due",
            (
                "2 business days from 2026-11-21T08:00:00Z run out at 2026-11-24T17:00:00Z, "
                "not 2026-11-23T17:00:00Z"
            ),
        ),
        (
            {"started_at": "2026-11-21T07:59:59Z", "due_at": "2026-11-24T07:59:59Z"},
            "clock-start",
            "first-reply starts at 2026-11-21T07:59:59Z, and nothing happened here then",
        ),
    ],
)
def test_a_promise_that_does_not(promise: dict[str, Any], rule: str, message: str) -> None:
    assert told(promise) == [(rule, message)]


def test_a_promise_that_its_calendar_never_ends_is_none() -> None:
    ((rule, message),) = told(BY_CALENDAR | {"target": "999999 hours", "due_at": AT})
    assert rule == "clock-due"
    assert "run out at never" in message


def test_what_counts_by_a_calendar_that_is_gone_is_taken_as_written() -> None:
    document = with_entries({"entry": "noted", "clocks": [PROMISE | BY_CALENDAR | {"due_at": AT}]})
    assert check_promises(document, [len(CASE["log"])], lambda _: None) == ()


def test_merged_promises_stand_as_they_were_made() -> None:
    document = with_entries({"entry": "noted", "clocks": [PROMISE | {"zone": "Gone/Zone"}]})
    assert check_promises(document, [], brand_care) == ()


BEGUN = {"entry": "noted", "clocks": [PROMISE | {"clock": "own", "pauses": ["awaiting-customer"]}]}
LATER = "2026-11-22T08:00:00Z"


@pytest.mark.parametrize(
    ("how", "promise", "rules"),
    [
        ("recompute", {"target": "5 civil days", "due_at": "2026-11-26T08:00:00Z"}, []),
        (
            "recompute",
            {"target": "5 civil days", "started_at": LATER, "due_at": "2026-11-27T08:00:00Z"},
            ["clock-start"],
        ),
        ("restart", {"started_at": LATER, "due_at": "2026-11-25T08:00:00Z"}, []),
        ("restart", {}, ["clock-start"]),
        # Six hours of waiting for the customer are in what goes on.
        ("continue", {"due_at": "2026-11-24T14:00:00Z"}, []),
        ("continue", {}, ["clock-due"]),
        ("continue", {"clock": "other"}, ["clock-not-running"]),
        ("recompute", {"clock": "other"}, ["clock-not-running"]),
        (
            "restart",
            {"clock": "other", "started_at": LATER, "due_at": "2026-11-25T08:00:00Z"},
            [],
        ),
    ],
)
def test_a_change_follows_from_what_runs(
    how: str, promise: dict[str, Any], rules: list[str]
) -> None:
    moment = "2026-11-21T{}:00:00Z".format
    log = [
        BEGUN,
        {"entry": "details-asked", "to": "awaiting-customer", "at": moment(10)},
        {"entry": "customer-wrote", "to": "acknowledged", "at": moment(16)},
        {
            "entry": "clock-changed",
            "how": how,
            "at": LATER,
            "recorded_at": LATER,
            "clocks": [BEGUN["clocks"][0] | promise],
        },
    ]
    document = with_entries(*log)
    found = check_promises(document, [len(CASE["log"]) + 3], brand_care)
    assert [fault.rule for fault in found] == rules
