"""What a change of the policies would change."""

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.case import Case
from runner.cases.courses import read_courses
from runner.cases.file import parse_case
from runner.model import Category, Urgency
from runner.planning.impact import Compared, Policies, compare, retold
from runner.planning.next_entry import Step, plan_step
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.text.document import Document
from runner.text.strict_yaml import read_document

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CLOCKS = "policies/clocks.yaml"
URL = "https://forum.example.org/t/1#p2"
BEGUN = datetime(2026, 11, 21, 8, tzinfo=UTC)


@functools.cache
def files() -> Mapping[str, bytes]:
    return read_configuration_files(ROOT)[0]


def configuration(**changes: tuple[str, str]) -> Configuration:
    """The shipped desk; each change of the clocks replaces one text by another.

    Without the file that says who is told: it names clocks which changes take away.
    """
    text = files()[CLOCKS].decode()
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new, 1)
    others = {file: data for file, data in files().items() if not file.endswith("escalation.yaml")}
    read, faults = load_configuration({**others, CLOCKS: text.encode()})
    assert read is not None, faults
    return read


@functools.cache
def shipped() -> Policies:
    return Policies(configuration())


@functools.cache
def opened() -> Case:
    document = read_document((ROOT / FILE).read_bytes(), FILE)
    assert isinstance(document, Document)
    case = parse_case(document.value, FILE)
    return replace(
        case,
        log=case.log[:1],
        state=case.log[0].to or case.state,
        category=Category.COMPLAINT,
        urgency=Urgency.NORMAL,
    )


Taken = tuple[str, timedelta, dict[str, object]]
"""A step: its kind, how long after the detection, and its facts."""


def lived(*steps: Taken) -> Case:
    """The case after steps by the shipped policies, each so long after the detection."""
    case = opened()
    begun = case.log[0].at
    for kind, later, facts in steps:
        step = Step(kind, facts, "ines", begun + later, begun + later)
        (entry,) = plan_step(case, step, shipped().configuration).entries
        case = replace(case, log=(*case.log, entry), state=entry.to or case.state)
        match entry.facts.get("set"):
            case {"urgency": str(urgency)}:
                case = replace(case, urgency=Urgency(urgency))
    return case


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPLY: Taken = ("replied", 20 * HOUR, {"place": "p1", "url": URL})
PASSED: Taken = (
    "handed-off",
    2 * DAY,
    {"recipient": "c", "reference": "S", "asks": [], "consent": "given"},
)
ANSWER: Taken = (
    "answered",
    12 * DAY,
    {
        "outcome": "partial",
        "decision": "d",
        "decided_by": "odile",
        "decided_at": "2026-11-21T08:00:00Z",
    },
)


def found(case: Case, after: Configuration, now: datetime) -> list[Compared]:
    return [each for each in compare(case, shipped(), Policies(after), now) if each.differs]


def told(seen: list[Compared]) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            each.clock,
            each.before.position.value if each.before else None,
            each.after.position.value if each.after else None,
        )
        for each in seen
    ]


def test_a_log_told_again_under_the_policies_it_was_written_under_is_the_same() -> None:
    case = lived(REPLY, PASSED)

    again, kept = read_courses(retold(case, shipped())), read_courses(case.log)

    assert [(course.clock, course.ended_at) for course in again] == [
        (course.clock, course.ended_at) for course in kept
    ]


SHORTER = configuration(first=("- {within: 3 civil days}\n  ideal", "- {within: 6 hours}\n  ideal"))


def test_a_shorter_promise_turns_a_verdict() -> None:
    case = lived(REPLY)
    [reply] = [each for each in found(case, SHORTER, BEGUN + 30 * DAY) if each.ended]
    assert told([reply]) == [("first-reply", "met", "missed")]
    assert reply.turned
    assert reply.before is not None
    assert reply.after is not None
    assert reply.before.due_at - reply.after.due_at == 3 * DAY - 6 * HOUR
    assert reply.promised_at == reply.before.due_at


def test_a_promise_that_runs_keeps_what_it_was_and_shows_what_it_would_be() -> None:
    case = opened()
    at = case.log[0].at
    [reply] = found(case, SHORTER, at + HOUR)
    assert not reply.ended
    assert reply.after is not None
    assert reply.after.due_at == at + 6 * HOUR
    assert reply.promised_at == at + 3 * DAY


def test_a_new_clock_and_one_that_goes_are_told() -> None:
    new = configuration(
        last=("- id: mediation\n  starts: [detected]", "- id: advice\n  starts: [detected]")
    )
    assert told(found(opened(), new, BEGUN)) == [
        ("advice", None, "running"),
        ("mediation", "running", None),
    ]


def test_what_happened_to_the_case_decides_which_target_it_would_have_had() -> None:
    critical = configuration(
        first=(
            "- {urgency: critical, within: 1 civil day}\n  - {within: 3 civil days}\n  ideal",
            "- {urgency: critical, within: 1 hour}\n  - {within: 3 civil days}\n  ideal",
        )
    )
    raised: Taken = ("qualified", HOUR, {"set": {"urgency": "critical"}})
    assert found(lived(raised), critical, BEGUN) == [], "it was not critical when it was found"


def test_a_pause_counts_by_the_calendar_of_each_side() -> None:
    days = configuration(back=("- {within: 7 business days}", "- {within: 3 business days}"))
    case = lived(REPLY, PASSED, ANSWER)
    changed = {each.clock: each for each in found(case, days, BEGUN + 30 * DAY)}
    assert told([changed["back-office"]]) == [("back-office", "met", "missed")]


@pytest.mark.parametrize("now", [BEGUN, BEGUN + 400 * DAY])
@given(st.lists(st.sampled_from([REPLY, PASSED, ANSWER]), unique_by=lambda step: step[0]))
@settings(deadline=None, max_examples=10)
def test_equal_policies_differ_in_nothing(now: datetime, steps: list[Taken]) -> None:
    order = [step for step in (REPLY, PASSED, ANSWER) if step in steps]
    if ANSWER in order and PASSED not in order:
        order.remove(ANSWER)
    assert found(lived(*order), configuration(), now) == []
