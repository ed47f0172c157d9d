"""Which of the cases that wait get a pull request, and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case
from runner.model import Mention
from runner.planning.actions import HeldBy
from runner.planning.branches import INTAKE, branch_name
from runner.planning.new_cases import open_new_case
from runner.planning.observation import Branch, Observation, Pull
from runner.planning.proposals import Proposal, open_pulls, why_proposed
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.triage.judge import judge
from runner.triage.same_matter import Clues

ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
Seen = Callable[..., Observation]
Cases = Callable[..., Case]


@pytest.fixture
def case(mention: Callable[..., Mention], configuration: Configuration) -> Cases:
    """Make the case that a message opens."""

    def make(number: int, text: str = "My lamp is broken.") -> Case:
        message = mention(number, text)
        return open_new_case(message, judge(message, configuration), configuration, Clues(()))

    return make


def proposal(case: Case) -> Proposal:
    return Proposal(branch_name(case.id), case)


def standing(case: Case, **changes: object) -> Branch:
    branch = Branch(branch_name(case.id), case.id, INTAKE, "1" * 40, False, False, None, case)
    return replace(branch, **changes)  # type: ignore[arg-type]


def others(count: int) -> tuple[Pull, ...]:
    return tuple(
        Pull(n, branch_name(f"c-{900 + n:012d}"), "title", "body", NOW, "1" * 40)
        for n in range(count)
    )


@pytest.mark.parametrize(("ending", "opened"), [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_what_the_plan_ends_makes_room_up_to_what_one_run_opens(
    seen: Seen, case: Cases, ending: int, opened: int
) -> None:
    waiting = [proposal(case(n)) for n in range(1, 5)]
    made, held = open_pulls(seen(pulls=others(3)), waiting, ending, ENGLISH)
    assert [each.branch for each in made] == [each.branch for each in waiting[:opened]]
    assert [(each.key, each.by) for each in held] == [
        (each.branch, HeldBy.CAP) for each in waiting[opened:]
    ]


def test_a_pull_request_is_the_owners_and_says_by_which_rule(seen: Seen, case: Cases) -> None:
    owned, nobodys = case(1), replace(case(2), owner=None)
    made, _ = open_pulls(seen(), [proposal(owned), proposal(nobodys)], 0, ENGLISH)
    assert [each.owner for each in made] == ["ines", ""]
    assert {each.reason for each in made} == {why_proposed(owned, ENGLISH)}
    assert "by rule broken" in made[0].reason


def test_of_a_crisis_the_rule_that_saw_it_is_told(case: Cases) -> None:
    assert "by rule danger" in why_proposed(case(1, "I am going to kill you"), ENGLISH)
    assert why_proposed(replace(case(1), why={}), ENGLISH) == ""


def test_what_people_opened_again_is_open_whatever_the_caps_say(seen: Seen, case: Cases) -> None:
    again, new = case(1), case(2)
    observation = seen(pulls=others(3), branches=(standing(again, reopened=7), standing(new)))
    (made,), (held,) = open_pulls(observation, [proposal(again), proposal(new)], 0, ENGLISH)
    assert (made.branch, made.reason) == (
        branch_name(again.id),
        "people opened its pull request again",
    )
    assert held.key == branch_name(new.id)
