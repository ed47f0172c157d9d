"""What becomes of a page that people call a duplicate, and of the place where it was said."""

from dataclasses import replace

import pytest
from obeyed_pages import (
    CASE,
    NOW,
    TARGET,
    A,
    B,
    CaseText,
    actions_of,
    called_the_same,
    pushed,
    said_at,
    seen,
    two_pages,
)

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.planning.actions import ObeyCommands, PushBranch
from runner.planning.branches import Outcome
from runner.planning.observation import Branch, Decision, Pull
from runner.planning.plan import plan
from runner.planning.plan_file import plan_from_data, plan_to_data
from runner.text.strict_yaml import read_value


def test_the_place_of_a_duplicate_is_proposed_for_its_case_unless_that_changes_now(
    case_text: CaseText,
) -> None:
    other = "c-000000000002"
    path, content = case_text(other)
    data = content.encode()
    about = seen(case_text, f"/duplicate {other}")
    about = replace(about, case_of=lambda key: other if key == other else None)
    free = replace(about, case_files={path: data})
    actions = plan(free).actions
    (push,) = [each for each in actions if isinstance(each, PushBranch)]
    (obeyed,) = [each for each in actions if isinstance(each, ObeyCommands)]
    assert push.branch == f"doleances/{other}/place-{CASE[2:]}"
    assert f"key: {CASE}" in push.content
    assert "reason: the same matter, says Inès Martin" in push.content
    assert obeyed.joins == push.branch
    assert "The place where this was said is proposed for that case." in obeyed.answers[0].text
    assert plan_from_data(plan_to_data(plan(free))) == plan(free)

    case: Case = parse_case(read_value(data), path)
    busy = Branch(f"doleances/{other}/incident-x", other, "incident-x", "2" * 40,
                  hands_off=False, merged=False, path=path, case=case)  # fmt: skip
    held = replace(free, branches=(*free.branches, busy))
    (obeyed,) = [each for each in plan(held).actions if isinstance(each, ObeyCommands)]
    assert (obeyed.joins, obeyed.refused_by) == ("", "")
    assert obeyed.answers[0].text.startswith("Nothing was done: the place")
    assert f"`doleances merge {CASE} {other}`" in obeyed.answers[0].text


def test_two_duplicates_of_one_case_are_one_change_of_it(case_text: CaseText) -> None:
    keys = ("c-00000000000a", "c-00000000000b")
    about = called_the_same(case_text, *(said_at(case_text, key) for key in keys))
    actions = plan(about).actions
    (push,) = pushed(actions)
    assert push.branch == f"doleances/{TARGET}/place-00000000000a-00000000000b"
    assert all(f"key: {key}" in push.content for key in keys)
    obeyed = [each for each in actions if isinstance(each, ObeyCommands)]
    assert [(each.joins, each.refused_by) for each in obeyed] == [(push.branch, "ines")] * 2


def test_a_duplicate_whose_place_stands_on_a_branch_with_others_is_refused_all_the_same(
    case_text: CaseText,
) -> None:
    keys = ("c-00000000000a", "c-00000000000b")
    both = called_the_same(case_text, *(said_at(case_text, key) for key in keys))
    (push,) = pushed(plan(both).actions)
    grown = parse_case(read_value(push.content.encode()), push.path)
    stands = Branch(push.branch, TARGET, push.branch.rpartition("/")[2], "9" * 40,
                    hands_off=False, merged=False, path=push.path, case=grown)  # fmt: skip
    left = called_the_same(case_text, said_at(case_text, keys[1]))
    left = replace(left, branches=(*left.branches, stands))
    (obeyed,) = [each for each in plan(left).actions if isinstance(each, ObeyCommands)]
    assert (obeyed.joins, obeyed.refused_by) == (push.branch, "ines")
    assert pushed(plan(left).actions) == []


def test_no_page_is_refused_whose_places_find_no_room(case_text: CaseText) -> None:
    keys = [f"c-0000000000{n:02}" for n in range(10, 30)]
    five, four = said_at(case_text, *keys[:5]), said_at(case_text, *keys[5:9])
    actions = plan(called_the_same(case_text, five, four)).actions
    (push,) = pushed(actions)
    first, second = (each for each in actions if isinstance(each, ObeyCommands))
    assert (first.joins, first.refused_by) == (push.branch, "ines")
    assert (second.joins, second.refused_by) == ("", "")
    assert "cannot be proposed" in second.answers[0].text
    many = plan(called_the_same(case_text, said_at(case_text, *keys[:9]))).actions
    assert pushed(many) == []
    assert [each.refused_by for each in many if isinstance(each, ObeyCommands)] == [""]


@pytest.mark.parametrize("lost", ["branch", "decided"])
def test_no_page_is_refused_whose_place_cannot_be_written(case_text: CaseText, lost: str) -> None:
    about = called_the_same(case_text, said_at(case_text, CASE))
    change = f"place-{CASE[2:]}"
    gone = Pull(9, f"doleances/{TARGET}/{change}", "T", "B", NOW, None, None, None)
    decided = {(TARGET, change): Decision(Outcome.REFUSED, 9, "sam", "no")}
    if lost == "branch":
        about = replace(about, pulls=(*about.pulls, gone))
    else:
        about = replace(about, decided=decided)
    obeyed = [each for each in plan(about).actions if isinstance(each, ObeyCommands)]
    assert [each.refused_by for each in obeyed] == [""]


def test_a_duplicate_of_what_is_proposed_is_refused_once_its_place_stands_there(
    case_text: CaseText,
) -> None:
    about = two_pages(case_text, (1, f"/duplicate {B}"), (2, "/assign sam"))
    first, second = actions_of(about)
    assert (first.refused_by, first.refused_for) == ("ines", f"duplicate of {B}")
    assert first.renewal is not None
    assert first.renewal == second.renewal
    assert f"key: {A}" in first.renewal.content
    assert "owner: sam" in first.renewal.content
    # Killed there: the place stands, so that nothing is left but to refuse, in the same words.
    grown: Case = parse_case(read_value(first.renewal.content.encode()), first.renewal.path)
    stands = replace(about.branches[1], case=grown, head="9" * 40)
    left = replace(about, branches=(about.branches[0], stands), remarks=about.remarks[:1])
    (again,) = actions_of(left)
    assert (again.renewal, again.answers, again.refused_by) == (None, first.answers, "ines")


def test_two_that_call_each_other_the_same_are_not_both_refused(case_text: CaseText) -> None:
    first, second = actions_of(two_pages(case_text, (1, "/duplicate #2"), (2, "/duplicate #1")))
    assert (first.refused_by, second.refused_by) == ("ines", "")
    assert "is closed by a comment on its own page" in second.answers[0].text


def test_what_follows_a_duplicate_into_a_third_case_is_refused_with_it_or_not_at_all(
    case_text: CaseText,
) -> None:
    about = two_pages(case_text, (1, f"/duplicate {B}"), (2, f"/duplicate {TARGET}"))
    (push,) = pushed(plan(about).actions)
    assert f"key: {A}" in push.content
    assert f"key: {B}" in push.content
    assert [each.joins for each in actions_of(about)] == [push.branch] * 2


@pytest.mark.parametrize("whose", ["touched", "persons"])
def test_a_duplicate_of_what_people_write_waits_for_them(case_text: CaseText, whose: str) -> None:
    about = two_pages(case_text, (1, f"/duplicate {B}"))
    mine, theirs = about.branches
    if whose == "touched":
        about = replace(about, branches=(mine, replace(theirs, hands_off=True)))
    else:
        theirs = replace(theirs, name=f"desk/{B}/open")
        about = replace(about, branches=(mine,), proposed=(theirs,), pulls=about.pulls[:1])
    (action,) = actions_of(about)
    assert (action.refused_by, action.renewal) == ("", None)
    assert f"`{B}` is only proposed" in action.answers[0].text
