"""Which messages become cases, where people ask for one and where a source shows too many."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.cases.opening import case_path, open_case
from runner.clocks.pinning import first_clocks
from runner.model import Mention
from runner.planning.actions import PushBranch
from runner.planning.branches import INTAKE, branch_name
from runner.planning.observation import Branch, Observation
from runner.planning.plan import plan
from runner.policies.values import Configuration
from runner.triage.judge import judge

Maker = Callable[..., Mention]
Seen = Callable[..., Observation]


def branch(mention: Mention, configuration: Configuration, change: str = INTAKE) -> Branch:
    judgement = judge(mention, configuration)
    case = open_case(
        mention, judgement, configuration, (), first_clocks(mention, judgement, configuration)
    )
    name = branch_name(case.id, change)
    return Branch(name, case.id, change, "1" * 40, False, False, case_path(case), case)


def proposed(observation: Observation) -> list[str]:
    actions = plan(observation).actions
    return sorted(each.branch for each in actions if isinstance(each, PushBranch))


def test_people_ask_for_a_case_whatever_the_rules_say(mention: Maker, seen: Seen) -> None:
    hello = mention(1, "A fine day to all.")
    assert proposed(seen(hello)) == []
    assert proposed(seen(forms=(hello,))) == [branch_name(hello.key)]
    assert proposed(seen(hello, forms=(hello,))) == [branch_name(hello.key)]


def test_only_new_cases_of_the_source_that_nobody_decided_on_fill_it(
    mention: Maker, seen: Seen, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.planning.new_cases.MOST_WAITING", 2)
    mentions = [mention(n, f"Lamp {n} is broken.") for n in range(1, 5)]
    waiting = tuple(branch(each, configuration) for each in mentions[:2])
    fresh = mention(9, "Another kettle is broken.")
    assert proposed(seen(fresh, branches=waiting)) == []
    assert proposed(seen(fresh, branches=waiting[:1])) == [branch_name(fresh.key)]
    changes = tuple(branch(each, configuration, "incident-lot-9") for each in mentions[:2])
    assert proposed(seen(fresh, branches=changes)) == [branch_name(fresh.key)]
    unread = tuple(replace(each, case=None, path=None) for each in waiting)
    assert proposed(seen(fresh, branches=unread)) == [branch_name(fresh.key)]
    others = tuple(
        replace(
            each, case=replace(each.case, places=(replace(each.case.places[0], source="avis"),))
        )
        for each in waiting
        if each.case is not None
    )
    assert proposed(seen(fresh, branches=others)) == [branch_name(fresh.key)]
