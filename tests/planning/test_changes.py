"""The runner's changes to merged cases: what is wished for is proposed once, and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.cases.case import Case, Entry
from runner.cases.file import render_case
from runner.cases.opening import case_path, open_case
from runner.cases.summary import summarise
from runner.clocks.pinning import first_clocks
from runner.model import Mention, State
from runner.planning.actions import (
    DropBranch,
    HeldBy,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    SettlePull,
    WithdrawPull,
)
from runner.planning.branches import Outcome, branch_name
from runner.planning.incident_links import cases_to_read
from runner.planning.observation import Branch, Decision, Observation, Pull
from runner.planning.plan import plan
from runner.planning.plan_file import plan_from_data, plan_to_data
from runner.policies.values import Configuration
from runner.repo.case_files import read_case
from runner.triage.judge import judge

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LINK = "incident-lot-9"
LOT_9 = """\
version: 1
title: Lot 9 breaks
happened: The glass of lot 9 is too thin.
since: 2026-11-01
recognise: {says: [lot 9]}
wording: {en: Lot 9 breaks and we replace it.}
gesture: {text: a new lamp}
approved_by: ines
"""
TEXT = "My lamp of lot 9 is broken."
Maker = Callable[..., Mention]
Seen = Callable[..., Observation]
Configured = Callable[[dict[str, str]], Configuration]


@pytest.fixture
def desk(configured: Configured) -> Configuration:
    return configured({"policies/incidents/lot-9.yaml": LOT_9})


@pytest.fixture
def case(mention: Maker, configuration: Configuration) -> Case:
    """A case that was merged before there was an incident."""
    return opened(mention(1, TEXT), configuration)


def opened(mention: Mention, configuration: Configuration) -> Case:
    judgement = judge(mention, configuration)
    clocks = first_clocks(mention, judgement, configuration)
    return open_case(mention, judgement, configuration, (), clocks)


def holding(seen: Seen, desk: Configuration, *cases: Case, **changes: object) -> Observation:
    """Return what is seen where the base holds these cases, and sources show nothing."""
    summaries = tuple(summarise(case, case_path(case)) for case in cases if case.state.is_open)
    return seen(
        configuration=desk,
        open_cases=summaries,
        case_of={case.id: case.id for case in cases}.get,
        case_files={case_path(case): render_case(case).encode() for case in cases},
        now=NOW + timedelta(hours=1),
        **changes,
    )


def pushed(made: Plan) -> Branch:
    """Return the branch that a plan makes, as a snapshot shows it."""
    (push,) = (each for each in made.actions if isinstance(each, PushBranch | RenewBranch))
    case = read_case(push.content.encode(), push.path)
    assert isinstance(case, Case)
    change = push.branch.rpartition("/")[2]
    return Branch(
        push.branch, case.id, change, "1" * 40, hands_off=False, merged=False, path=push.path,
        case=case,
    )  # fmt: skip


def pull_of(branch: Branch, number: int = 7) -> Pull:
    return Pull(number, branch.name, "title", "body", NOW, branch.head)


def kinds(made: Plan) -> list[str]:
    return [type(action).__name__ for action in made.actions]


def with_entry(case: Case, kind: str, to: State | None = None, **facts: object) -> Case:
    at = NOW + timedelta(minutes=30)
    entry = Entry(kind, at, at, "ines", to, (), facts)
    return replace(case, state=to or case.state, log=(*case.log, entry))


def test_an_open_case_that_an_incident_is_behind_is_proposed_to_be_linked(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    made = plan(holding(seen, desk, case))
    assert kinds(made) == ["PushBranch", "OpenPull"]
    branch = pushed(made)
    assert (branch.name, branch.change) == (branch_name(case.id, LINK), LINK)
    assert branch.case is not None
    (entry,) = branch.case.log[len(case.log) :]
    assert branch.case.incident == "lot-9"
    assert (entry.kind, entry.by, entry.to) == ("incident-linked", "runner", None)
    assert entry.facts["incident"] == "lot-9"
    assert entry.facts["why"] == {
        "rule": "lot-9",
        "file": "policies/incidents/lot-9.yaml",
        "line": 5,
        "detail": "lot 9",
    }
    opening = made.actions[1]
    assert isinstance(opening, OpenPull)
    for words in ("Lot 9 breaks and we replace it.", "a new lamp", case.id, "too thin"):
        assert words in opening.body
    assert plan_from_data(plan_to_data(made)) == made


def test_nothing_is_left_to_do_once_it_is_proposed(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    branch = pushed(plan(holding(seen, desk, case)))
    waiting = plan(holding(seen, desk, case, branches=(branch,)))
    assert kinds(waiting) == ["OpenPull"]
    proposed = holding(seen, desk, case, branches=(branch,), pulls=(pull_of(branch),))
    later = replace(proposed, now=NOW + timedelta(days=2))
    assert plan(later).actions == plan(later).held == ()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_was_decided_once_is_not_proposed_again(
    case: Case, desk: Configuration, seen: Seen, outcome: Outcome
) -> None:
    decided = {(case.id, LINK): Decision(outcome, 7, "ines", "another fault")}
    assert plan(holding(seen, desk, case, decided=decided)).actions == ()


def test_what_was_decided_of_one_case_is_proposed_of_the_next(
    case: Case, desk: Configuration, seen: Seen, mention: Maker, configuration: Configuration
) -> None:
    other = opened(mention(2, TEXT), configuration)
    for ended, left in ((case, other), (other, case)):
        decided = {(ended.id, LINK): Decision(Outcome.REFUSED, 7, "ines", "another fault")}
        branch = pushed(plan(holding(seen, desk, case, other, decided=decided)))
        assert branch.case_id == left.id


def test_a_branch_is_made_anew_when_the_base_added_to_the_case(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    branch = pushed(plan(holding(seen, desk, case)))
    noted = with_entry(case, "noted", note="Called back.")
    made = plan(holding(seen, desk, noted, branches=(branch,), pulls=(pull_of(branch),)))
    (renewal,) = made.actions
    assert isinstance(renewal, RenewBranch)
    assert (renewal.branch, renewal.head) == (branch.name, branch.head)
    renewed = pushed(made)
    assert renewed.case is not None
    assert [entry.kind for entry in renewed.case.log[-2:]] == ["noted", "incident-linked"]
    assert plan_from_data(plan_to_data(made)) == made


def test_a_branch_that_a_person_touched_is_left_alone(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    branch = replace(pushed(plan(holding(seen, desk, case))), hands_off=True)
    pulls = (pull_of(branch),)
    made = plan(holding(seen, desk, case, branches=(branch,), pulls=pulls))
    assert made.actions == made.held == ()

    noted = with_entry(case, "noted", note="Called back.")
    made = plan(holding(seen, desk, noted, branches=(branch,), pulls=pulls))
    assert made.actions == ()
    (held,) = made.held
    assert (held.key, held.by) == (branch.name, HeldBy.PERSON)
    assert "merge the base into it" in held.reason

    without = replace(desk, incidents=())
    assert plan(holding(seen, without, case, branches=(branch,), pulls=pulls)).actions == ()


def test_what_is_wanted_no_more_is_taken_back(case: Case, desk: Configuration, seen: Seen) -> None:
    branch = pushed(plan(holding(seen, desk, case)))
    gone = replace(desk, incidents=())
    made = plan(holding(seen, gone, case, branches=(branch,), pulls=(pull_of(branch),)))
    assert made.actions == (
        WithdrawPull(7, branch.name, branch.head, "the incident lot-9 is gone"),
    )
    assert plan_from_data(plan_to_data(made)) == made
    (drop,) = plan(holding(seen, gone, case, branches=(branch,))).actions
    assert isinstance(drop, DropBranch)

    ended = with_entry(case, "dismissed", State.DISMISSED, reason="spam")
    (drop,) = plan(holding(seen, desk, ended, branches=(branch,))).actions
    assert drop.reason == "the case has ended"

    linked = replace(with_entry(case, "incident-linked", incident="other"), incident="other")
    (drop,) = plan(holding(seen, desk, linked, branches=(branch,))).actions
    assert drop.reason == "the case is linked to other"


@pytest.mark.parametrize("squashed", [False, True], ids=["merged", "squashed"])
def test_what_the_base_took_over_is_settled(
    case: Case, desk: Configuration, seen: Seen, squashed: bool
) -> None:
    branch = replace(pushed(plan(holding(seen, desk, case))), merged=not squashed)
    assert branch.case is not None
    made = plan(holding(seen, desk, branch.case, branches=(branch,), pulls=(pull_of(branch),)))
    settled, dropped = made.actions
    assert isinstance(settled, SettlePull)
    assert settled.outcome is Outcome.MERGED
    assert isinstance(dropped, DropBranch)


def test_a_branch_deleted_with_git_is_a_refusal_and_not_pushed_again(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    branch = pushed(plan(holding(seen, desk, case)))
    pull = replace(pull_of(branch), head=None)
    (settled,) = plan(holding(seen, desk, case, pulls=(pull,))).actions
    assert isinstance(settled, SettlePull)
    assert settled.outcome is Outcome.REFUSED


def test_a_case_has_one_pull_request_of_the_runner_at_a_time(
    case: Case, desk: Configuration, seen: Seen
) -> None:
    branch = pushed(plan(holding(seen, desk, case)))
    other = replace(branch, name=branch_name(case.id, "wrote-1"), change="wrote-1")
    made = plan(holding(seen, desk, case, branches=(other,), pulls=(pull_of(other),)))
    assert made.actions == ()
    (held,) = made.held
    assert held.key == branch.name
    assert other.name in held.reason


def test_caps_hold_changes_back_and_new_cases_come_first(
    mention: Maker, desk: Configuration, configuration: Configuration, seen: Seen
) -> None:
    cases = [opened(mention(number, TEXT), configuration) for number in range(1, 4)]
    observation = holding(seen, desk, *cases)
    read = replace(observation.reads[0], mentions=(mention(9),))
    made = plan(replace(observation, reads=(read,)))
    assert kinds(made) == ["PushBranch"] * 4 + ["OpenPull"] * 2
    assert made.actions[4].branch == branch_name(mention(9).key)
    assert [held.by for held in made.held] == [HeldBy.CAP] * 2


class TestWhoSaidNo:
    def test_by_taking_the_link_out_of_the_log(
        self, case: Case, desk: Configuration, seen: Seen
    ) -> None:
        linked = with_entry(case, "incident-linked", incident="lot-9")
        unlinked = with_entry(linked, "incident-unlinked", incident="lot-9", reason="a lot 8")
        assert plan(holding(seen, desk, unlinked)).actions == ()

    def test_by_taking_it_out_of_the_new_case(
        self, mention: Maker, desk: Configuration, seen: Seen
    ) -> None:
        intake = plan(seen(mention(1, TEXT), configuration=desk)).actions[0]
        assert isinstance(intake, PushBranch)
        proposed = read_case(intake.content.encode(), intake.path)
        assert isinstance(proposed, Case)
        assert proposed.incident == "lot-9"
        assert proposed.log[-1].kind == "incident-linked"
        assert proposed.why["incident"].rule == "lot-9"
        accepted = replace(proposed, incident=None, log=proposed.log[:-1])
        assert plan(holding(seen, desk, accepted)).actions == ()


def test_only_cases_that_an_incident_might_be_behind_are_read(
    case: Case, desk: Configuration, configuration: Configuration
) -> None:
    summary = summarise(case, case_path(case))
    (incident,) = desk.incidents
    early = summary.detected_at - timedelta(days=21)
    ended = replace(incident, until=early.date())
    for changed, read in [
        (summary, True),
        (replace(summary, incident="lot-9"), False),
        (replace(summary, crisis="suicide"), False),
        (replace(summary, detected_at=early), False),
    ]:
        assert bool(cases_to_read([changed], desk)) is read
        assert cases_to_read([changed], configuration) == ()
    for other, read in [
        (replace(incident, brands=("other",)), False),
        (replace(incident, brands=("lumen",)), True),
        (ended, True),
        (replace(ended, until=early.date() - timedelta(days=11)), False),
    ]:
        assert bool(cases_to_read([summary], replace(desk, incidents=(other,)))) is read
