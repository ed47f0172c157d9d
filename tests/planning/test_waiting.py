"""Which customers wait: an unreviewed pull request is one of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.cases.case import Case, Entry
from runner.cases.file import parse_case
from runner.cases.summary import summarise
from runner.clocks.standings import Position, foremost, next_due, standings_of
from runner.model import State
from runner.planning.observation import Branch
from runner.planning.waiting import find_waiting
from runner.text.strict_yaml import read_value

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
DUE = datetime(2026, 11, 22, 8, 3, 12, tzinfo=UTC)
AT = DUE - timedelta(days=1)


@pytest.fixture(scope="module")
def case() -> Case:
    """A case that was detected, and nothing more."""
    case = parse_case(read_value((ROOT / FILE).read_bytes()), FILE)
    return replace(case, log=case.log[:1], state=State.OPEN)


def branch(case: Case | None, name: str = "doleances", change: str = "open") -> Branch:
    path = None if case is None else FILE
    named = f"{name}/c-d6rn7he0r67d/{change}"
    return Branch(named, "c-d6rn7he0r67d", change, "0" * 40, False, False, path, case)


def waiting(
    *branches: Branch,
    case_of: Callable[[str], str | None] = lambda _: None,
    decided: frozenset[tuple[str, str]] = frozenset(),
) -> list[str | None]:
    found = find_waiting((), branches, case_of, decided)
    return [each.branch.name if each.branch else None for each in found]


def test_who_was_accepted_comes_before_who_was_not(case: Case) -> None:
    accepted = replace(summarise(case, FILE), id="c-aaaaaaaaaaaa")
    found = find_waiting((accepted,), (branch(case),), lambda _: None, ())
    assert [(each.summary.id, each.branch is None) for each in found] == [
        ("c-aaaaaaaaaaaa", True),
        ("c-d6rn7he0r67d", False),
    ]


def test_a_case_that_a_person_proposes_waits_too(case: Case) -> None:
    assert waiting(branch(case, "desk")) == ["desk/c-d6rn7he0r67d/open"]


def test_a_case_that_two_propose_waits_once(case: Case) -> None:
    assert waiting(branch(case), branch(case, "desk")) == ["doleances/c-d6rn7he0r67d/open"]


def test_what_is_decided_unreadable_or_no_intake_waits_for_nobody(case: Case) -> None:
    assert waiting(branch(None)) == []
    assert waiting(branch(case, "desk", "reply-2")) == []
    assert waiting(branch(case), case_of=lambda key: key) == []
    assert waiting(branch(case), decided=frozenset({("c-d6rn7he0r67d", "open")})) == []
    assert waiting(branch(replace(case, state=State.DISMISSED))) == []


def in_crisis(case: Case, state: State = State.OPEN) -> Case:
    """Return a case after a person has raised a crisis in it."""
    moved = () if state is State.OPEN else (Entry("moved", AT, AT, "ines", state),)
    clock = replace(case.log[0].clocks[0], clock="crisis", started_at=AT, stops=("crisis-taken",))
    raised = Entry("crisis-raised", AT, AT, "ines", None, clocks=(clock,))
    return replace(case, crisis="death-threat", state=state, log=(*case.log, *moved, raised))


def test_a_crisis_that_a_person_proposes_stands_for_its_case(case: Case) -> None:
    accepted = summarise(case, FILE)
    crisis = branch(in_crisis(case), "desk", "crisis-2")
    (found,) = find_waiting((accepted,), (crisis,), lambda key: key, ())
    assert (found.branch, found.summary.crisis) == (crisis, "death-threat")
    assert "crisis" in {course.clock.clock for course in found.summary.courses}
    # Who is in a crisis on the base waits there; what was refused raises none.
    held = replace(accepted, crisis="death-threat")
    assert find_waiting((held,), (crisis,), lambda key: key, ())[0].branch is None
    decided = {(crisis.case_id, crisis.change)}
    assert find_waiting((accepted,), (crisis,), lambda key: key, decided)[0].branch is None


@pytest.mark.parametrize("state", [State.CLOSED, State.DISMISSED, State.MERGED])
def test_a_crisis_in_a_case_that_ended_waits_until_it_is_taken(case: Case, state: State) -> None:
    crisis = in_crisis(case, state)
    assert waiting(branch(crisis, "desk", "crisis-3"), case_of=str) == [
        "desk/c-d6rn7he0r67d/crisis-3"
    ]
    taken = replace(crisis, log=(*crisis.log, Entry("crisis-taken", AT, AT, "ines", None)))
    assert waiting(branch(taken, "desk", "note-5"), case_of=str) == []


def test_its_promises_stand_like_those_of_any_case(case: Case) -> None:
    (found,) = find_waiting((), (branch(case),), lambda _: None, ())
    stood = standings_of(found.summary, DUE + timedelta(seconds=1), {})
    late = next_due(stood)
    assert late is not None
    assert (late.clock, late.position, late.missed_at) == ("first-reply", Position.OVERDUE, DUE)


def test_a_promise_that_rests_is_looked_at_when_none_runs(case: Case) -> None:
    (clock, *_) = case.log[0].clocks
    rests = replace(clock, pauses=(State.OPEN,))
    paused = replace(case, log=(replace(case.log[0], clocks=(rests,)),))
    stood = standings_of(summarise(paused, FILE), DUE, {})
    assert next_due(stood) is None
    first = foremost(stood)
    assert first is not None
    assert first.position is Position.PAUSED
    assert foremost(()) is None
