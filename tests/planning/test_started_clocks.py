"""Which clocks an entry starts that a person writes: who waits longest decides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.cases.courses import Course
from runner.cases.file import parse_case
from runner.cases.summary import running_courses
from runner.model import State
from runner.planning.next_entry import Step, plan_arrival, plan_step
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.text.strict_yaml import read_value

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"


@pytest.fixture(scope="module")
def desk() -> Configuration:
    loaded, faults = load_configuration(read_configuration_files(ROOT)[0])
    assert loaded is not None, faults
    return loaded


def on(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def shipped(entries: int | None = None, state: State = State.ACKNOWLEDGED) -> Case:
    case = parse_case(read_value((ROOT / FILE).read_bytes()), FILE)
    return replace(case, log=case.log[:entries], state=state)


def taken(
    case: Case, kind: str, at: datetime, desk: Configuration, facts: Mapping[str, object] = {}
) -> Case:
    """Return the case after a step that is written down on the 30th."""
    planned = plan_step(case, Step(kind, facts, "ines", at, on(30)), desk)
    state = planned.entries[-1].to or case.state
    return replace(case, log=(*case.log, *planned.entries), state=state)


def clock(case: Case, name: str) -> Course:
    (found,) = (each for each in running_courses(case) if each.clock.clock == name)
    return found


def test_a_later_message_does_not_move_the_next_reply(desk: Configuration) -> None:
    once = taken(shipped(), "customer-wrote", on(22), desk)
    twice = taken(once, "customer-wrote", on(23), desk)
    assert twice.log[-1].clocks == ()
    assert clock(twice, "next-reply").clock.started_at == on(22)


def test_an_older_message_that_was_found_late_does(desk: Configuration) -> None:
    later = taken(shipped(), "customer-wrote", on(22), desk)
    found = taken(later, "customer-wrote", on(20), desk)
    assert [each.clock for each in found.log[-1].clocks] == ["next-reply"]
    assert clock(found, "next-reply").clock.started_at == on(20)


def arrived(case: Case, day: int, desk: Configuration) -> Case:
    place = replace(case.places[0], id="p2", key="c-aaaaaaaaaaaa", detected_at=on(day))
    facts = {"places": ["p2"], "from": "c-aaaaaaaaaaaa"}
    step = Step("place-added", facts, "ines", on(21), on(21))
    joined = plan_arrival(case, step, (place,), desk)
    assert joined.places == (place,)
    return replace(case, log=(*case.log, *joined.entries), places=(*case.places, place))


def test_a_case_begins_with_the_oldest_of_its_places(desk: Configuration) -> None:
    case = arrived(shipped(1, State.OPEN), 17, desk)
    assert case.detected_at == on(17)
    assert [each.clock for each in case.log[-1].clocks] == ["first-reply"]
    assert clock(case, "first-reply").clock.started_at == on(17)


def test_a_place_that_was_found_later_moves_nothing(desk: Configuration) -> None:
    case = arrived(shipped(1, State.OPEN), 20, desk)
    assert case.log[-1].clocks == ()


def test_a_first_reply_that_was_given_stays_given(desk: Configuration) -> None:
    case = arrived(shipped(), 17, desk)
    assert "first-reply" not in [each.clock for each in case.log[-1].clocks]
