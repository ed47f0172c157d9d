"""`policies/clocks.yaml`: targets and what is wrong with them."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from runner.policies.clocks import Target, Unit, parse_clocks, parse_target
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema_rs.validator_for(
    json.loads((ROOT / "runner/schemas/clocks.schema.json").read_text())
)


def read(text: str) -> Document:
    document = read_document(text.encode(), "policies/clocks.yaml")
    assert isinstance(document, Document)
    VALIDATOR.validate(document.value)
    return document


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("45 minutes", Target(45, Unit.MINUTE)),
        ("1 hour", Target(1, Unit.HOUR)),
        ("3 civil days", Target(3, Unit.CIVIL_DAY)),
        ("7 business days", Target(7, Unit.BUSINESS_DAY)),
        ("2 months", Target(2, Unit.MONTH)),
        ("10080 minutes", Target(10_080, Unit.MINUTE)),
    ],
)
def test_targets_are_read_and_written_alike(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert str(target) == text


def test_hours_and_minutes_are_minutes() -> None:
    assert parse_target("1 hour 30 minutes") == Target(90, Unit.MINUTE)


def test_no_time_at_all_is_a_target_for_stories_alone() -> None:
    assert parse_target("0 minutes") == Target(0, Unit.MINUTE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3 days", "say which days: `3 civil days` or `3 business days`"),
        ("00 hours", "write a whole number"),
        ("1 hour 0 minutes", "write a whole number"),
        ("30 minutes 1 hour", "write a whole number"),
        ("1000000 hours", "write a whole number"),
        ("10000 civil days", "write a whole number"),
        ("-1 hour", "write a whole number"),
        ("1.5 hours", "write a whole number"),
        ("an hour", "write a whole number"),
        ("3  civil days", "write a whole number"),
        ("3 civil days\n", "write a whole number"),
        ("٣ hours", "write a whole number"),
    ],
)
def test_what_is_no_target_says_what_to_write(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_target(text)


BROKEN = """\
version: 1
zone: Europe/Pari
clocks:
- id: first-reply
  starts: [detected]
  stops: [replied]
  targets:
  - {within: 3 days}
  - {urgency: high, within: 1 hour}
  ideal: soon
- id: first-reply
  starts: [handed-off]
  stops: [answered]
  targets: [{within: 7 business days}]
- id: closing
  starts: [detected]
  stops: [closed]
  calendar: brand-care
  targets: [{within: 7 business days}]
"""


def test_every_fault_has_its_place() -> None:
    policy, faults = parse_clocks(read(BROKEN))
    assert policy is None
    assert [str(fault) for fault in faults] == [
        (
            "policies/clocks.yaml:2:7: there is no time zone `Europe/Pari`\n"
            "    did you mean `Europe/Paris`?"
        ),
        (
            "policies/clocks.yaml:8:14: `3 days` is no target\n"
            "    say which days: `3 civil days` or `3 business days`"
        ),
        (
            "policies/clocks.yaml:9:5: no case gets this target: the one above it fits every case\n"
            "    put the target without conditions last"
        ),
        (
            "policies/clocks.yaml:10:10: `soon` is no target\n"
            "    write a whole number, such as 3, and minutes, hours, civil days, business days "
            "or months"
        ),
        (
            "policies/clocks.yaml:11:3: the clock first-reply counts business days and names no "
            "calendar\n    add `calendar:` with the id of one"
        ),
        (
            "policies/clocks.yaml:11:7: the clock first-reply stands here twice\n"
            "    the first is on line 4"
        ),
        (
            "policies/clocks.yaml:18:13: the clock closing starts at detection, where all time "
            "counts\n"
            "    remove `calendar`, and count minutes, hours, civil days or months"
        ),
    ]


@pytest.mark.parametrize(
    "zone", ["../etc/passwd", "/etc/localtime", "Europe", "posixrules/x", "x\ny"]
)
def test_a_zone_is_no_path(zone: str) -> None:
    text = f"version: 1\nzone: {json.dumps(zone)}\nclocks: []\n"
    _, faults = parse_clocks(read(text))
    assert [fault.rule for fault in faults] == ["unknown-zone"]


def test_the_shipped_policy_has_no_fault() -> None:
    policy, faults = parse_clocks(read((ROOT / "policies/clocks.yaml").read_text()))
    assert faults == ()
    assert policy is not None
    assert [promise.id for promise in policy.promises] == [
        "crisis",
        "first-reply",
        "next-reply",
        "customer-update",
        "reminder",
        "back-office",
        "closing",
        "mediation",
    ]
    first = policy.promises[1]
    assert first.ideal == Target(1, Unit.CIVIL_DAY)
    assert all(promise.pauses == () for promise in policy.promises if promise.id == "crisis")
