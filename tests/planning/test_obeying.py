"""What commands do to a proposal, and what is answered where they do nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from obeyed_pages import (
    CASE,
    ENGLISH,
    NOW,
    TARGET,
    A,
    CaseText,
    actions_of,
    obeyed,
    pushed,
    seen,
    two_pages,
)

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.planning.actions import ObeyCommands, OpenPull, PushBranch, SettlePull, UpdatePull
from runner.planning.branches import Outcome
from runner.planning.obeying import obey_comments
from runner.planning.observation import Branch, Ending
from runner.planning.plan import plan
from runner.planning.plan_file import plan_from_data, plan_to_data
from runner.planning.render import render_plan
from runner.planning.waiting import customers_waiting
from runner.text.strict_yaml import read_value


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/assign sam", "its owner stands in its file"),
        ("/snooze 2d", f"`doleances acknowledge {CASE}`"),
        ("/duplicate c-000000000000", f"`doleances merge {CASE} c-000000000000`"),
        ("/duplicate #12", f"`doleances merge {CASE} CASE`"),
    ],
    ids=["assign", "snooze", "duplicate", "duplicate-of-a-page"],
)
def test_a_change_of_an_accepted_case_can_only_be_dismissed(
    case_text: CaseText, body: str, said: str
) -> None:
    action = obeyed(case_text, body, change="place-abc")
    assert action.answers[0].text.startswith("Nothing was done")
    assert said in action.answers[0].text
    assert (action.renewal, action.rests, action.refused_by) == (None, (), "")
    assert obeyed(case_text, "/dismiss no", change="place-abc").refused_by == "ines"


def test_several_comments_are_one_write_and_an_answer_each(case_text: CaseText) -> None:
    action = obeyed(case_text, "/assign sam", "/crisis death-threat", "/assign nobody")
    assert action.renewal is not None
    assert "owner: sam" in action.renewal.content
    assert "crisis: death-threat" in action.renewal.content
    assert [answer.comment for answer in action.answers] == [1, 2, 3]
    assert "There are `ines`, `sam`" in action.answers[2].text


def test_a_threat_named_too_late_is_put_right_before_anybody_accepts_it(
    case_text: CaseText,
) -> None:
    action = obeyed(case_text, "/crisis", "/crisis death-threat")
    assert action.renewal is not None
    assert action.renewal.content.count("entry: crisis-raised") == 1
    assert "suicide" not in action.renewal.content


@pytest.mark.parametrize("case_is", ["proposed", "merged"])
def test_where_the_branch_is_not_ours_to_write_a_crisis_gets_a_branch_of_its_own(
    case_text: CaseText, case_is: str
) -> None:
    if case_is == "merged":
        observation = seen(case_text, "/crisis death-threat", change="heard-abc")
        path, content = case_text(CASE)
        observation = replace(
            observation, case_files={path: content.encode()}, case_of=lambda key: key
        )
    else:
        observation = seen(case_text, "/crisis death-threat", hands_off=True)
    made = plan(observation)
    pushed_, obeyed_, opened = (
        next(each for each in made.actions if isinstance(each, kind))
        for kind in (PushBranch, ObeyCommands, OpenPull)
    )
    assert pushed_.branch == f"doleances/{CASE}/crisis-1"
    assert "crisis: death-threat" in pushed_.content
    assert "entry: crisis-raised" in pushed_.content
    assert "by: ines" in pushed_.content
    assert obeyed_.joins == pushed_.branch
    assert obeyed_.renewal is None
    assert obeyed_.answers[0].text.startswith("**This is a crisis now: threat of death.**")
    assert opened.title == f"CRISIS {CASE} · threat of death"
    assert "crisis" in opened.labels
    assert plan_from_data(plan_to_data(made)) == made

    # Killed there, or said once more: the branch stands, and nothing is done twice.
    case: Case = parse_case(read_value(pushed_.content.encode()), pushed_.path)
    stands = Branch(pushed_.branch, CASE, "crisis-1", "5" * 40, hands_off=False, merged=False,
                    path=pushed_.path, case=case)  # fmt: skip
    again = replace(observation, branches=(*observation.branches, stands))
    assert [each for each in plan(again).actions if isinstance(each, PushBranch)] == []
    (later,) = (each for each in plan(again).actions if isinstance(each, ObeyCommands))
    assert (later.joins, later.answers) == (obeyed_.joins, obeyed_.answers)
    watched = [each for each in customers_waiting(again) if each.summary.crisis is not None]
    assert [each.branch for each in watched] == [stands]
    if case_is == "merged":
        held = replace(again, case_files={pushed_.path: pushed_.content.encode()}, remarks=())
        assert f"drop {pushed_.branch}" in [each.key for each in plan(held).actions]


def test_a_crisis_is_not_put_off(case_text: CaseText) -> None:
    action = obeyed(case_text, "/snooze 1h", crisis="suicide")
    assert action.rests == ()
    assert "a crisis is never put off" in action.answers[0].text


def test_no_comment_closes_a_crisis(case_text: CaseText) -> None:
    for bodies in (
        ("/dismiss spam",),
        ("/crisis", "/dismiss spam"),
        ("/duplicate c-000000000000",),
    ):
        crisis = None if len(bodies) > 1 else "suicide"
        action = obeyed(case_text, *bodies, crisis=crisis)
        assert action.refused_by == ""
        assert "no comment closes a crisis" in action.answers[-1].text


@pytest.mark.parametrize("said", ["/crisis death-threat", "/crisis", "/crisis deaththreat!"])
@pytest.mark.parametrize("closing", ["/dismiss spam", "/duplicate c-000000000000"])
def test_a_crisis_goes_before_what_closed_the_page_earlier(
    case_text: CaseText, closing: str, said: str
) -> None:
    action = obeyed(case_text, closing, said)
    assert action.refused_by == ""
    assert "no comment closes a crisis" in action.answers[0].text
    assert "is closed now" not in action.answers[1].text
    assert action.renewal is not None
    assert "entry: crisis-raised" in action.renewal.content


def test_a_crisis_of_nobody_who_may_command_holds_up_no_dismissal(case_text: CaseText) -> None:
    observation = seen(case_text, "/dismiss spam", "/crisis")
    dismissal, crisis = observation.remarks
    for other in (replace(crisis, may_write=False), replace(crisis, login="nobody")):
        (action,) = obey_comments(
            replace(observation, remarks=(dismissal, other)), {}, ENGLISH
        ).actions
        assert action.refused_by == "ines"


def test_on_a_branch_of_people_a_crisis_keeps_the_page_open(case_text: CaseText) -> None:
    action = obeyed(case_text, "/dismiss spam", "/crisis", hands_off=True)
    assert action.refused_by == ""
    assert action.joins == f"doleances/{CASE}/crisis-2"


def test_where_no_file_can_be_written_a_crisis_names_what_raises_one(case_text: CaseText) -> None:
    observation = seen(case_text, "/dismiss no", "/crisis", change="place-abc")
    branch = replace(observation.branches[0], case=None)
    (action,) = obey_comments(replace(observation, branches=(branch,)), {}, ENGLISH).actions
    assert action.refused_by == "ines"
    assert action.answers[1].text.startswith("**Warn those in charge at once.**")
    assert f"`doleances crisis {CASE} --raise suicide`" in action.answers[1].text


def test_who_dismisses_and_closes_has_dismissed_for_the_reason_that_was_given(
    case_text: CaseText,
) -> None:
    closed = Ending(Outcome.REFUSED, "sam", "")
    observation = seen(case_text, "/dismiss spam", ended=closed)
    (first, *others) = plan(observation).actions
    assert isinstance(first, ObeyCommands)
    assert (first.refused_by, first.refused_for) == ("ines", "spam")
    assert not [other for other in others if other.key.startswith("settle")]


def test_pages_follow_their_branches_within_the_cap_and_a_crisis_at_once(
    case_text: CaseText,
) -> None:
    observation = seen(case_text)
    (pull,) = observation.pulls
    moved = replace(observation, pulls=(replace(pull, written_for="2" * 40),))
    (update,) = plan(moved).actions
    assert isinstance(update, UpdatePull)
    assert (update.number, update.head) == (1, "1" * 40)
    late = replace(moved, rewritten_already=40)
    assert plan(late).actions == ()
    assert [held.key for held in plan(late).held] == ["page 1"]
    assert render_plan(plan(late), ENGLISH).waiting == ""
    crisis = seen(case_text, crisis="suicide")
    crisis = replace(crisis, pulls=moved.pulls, rewritten_already=40)
    assert [action.key for action in plan(crisis).actions] == [f"update doleances/{CASE}/open"]
    old = replace(observation, pulls=(replace(pull, written_for=None),))
    assert plan(old).actions == ()


def test_a_plan_with_commands_is_read_back_as_it_was_written(case_text: CaseText) -> None:
    made = plan(seen(case_text, "/assign sam\n/snooze 2d", "/dismiss\nIt is spam."))
    assert plan_from_data(plan_to_data(made)) == made
    assert made.cursors == ()
    heard = plan(seen(case_text))
    assert [cursor.read_at for cursor in heard.cursors] == [NOW]
    assert heard.actions == ()


@pytest.mark.parametrize("is_gone", [False, True], ids=["branch", "no-branch"])
def test_what_comes_after_the_merge_is_answered_and_does_nothing(
    case_text: CaseText, *, is_gone: bool
) -> None:
    ended = Ending(Outcome.MERGED, "sam", "")
    bodies = ("/dismiss spam", "/duplicate c-000000000002", "/snooze 2d", "/assign sam",
              "/crisis", "/accept")  # fmt: skip
    observation = seen(case_text, *bodies, ended=ended)
    observation = replace(observation, case_of=lambda key: key if key == CASE else None)
    if is_gone:
        observation = replace(observation, branches=())
    obeyed, settled, *_ = plan(observation).actions
    assert isinstance(obeyed, ObeyCommands)
    assert isinstance(settled, SettlePull)
    assert (obeyed.renewal, obeyed.rests, obeyed.refused_by) == (None, (), "")
    for said, answer in zip(
        (
            f"`doleances dismiss {CASE}`",
            f"`doleances merge {CASE} c-000000000002`",
            f"`doleances acknowledge {CASE}`",
            "Change `owner` in the case's file",
            f"cannot be changed from here: `doleances crisis {CASE} --raise suicide`",
            "There is no command `/accept`",
        ),
        obeyed.answers,
        strict=True,
    ):
        assert said in answer.text


def test_on_a_closed_page_a_command_is_answered_and_does_nothing(case_text: CaseText) -> None:
    closed = Ending(Outcome.REFUSED, "sam", "")
    bodies = ("/assign sam", "/snooze 2d", "/lgtm")
    action = obeyed(case_text, *bodies, ended=closed)
    assert (action.renewal, action.rests, action.refused_by) == (None, (), "")
    *shut, unknown = (answer.text for answer in action.answers)
    assert all(said.startswith("Nothing was done: this page was closed") for said in shut)
    assert unknown.startswith("There is no command")


@pytest.mark.parametrize("said", ["/dismiss no", f"/duplicate {CASE}"])
def test_on_a_page_that_was_settled_before_nothing_is_refused_once_more(
    case_text: CaseText, said: str
) -> None:
    observation = seen(case_text, said)
    (remark,) = observation.remarks
    over = replace(
        observation, pulls=(), branches=(),
        remarks=(replace(remark, page_ended=Outcome.REFUSED),),
    )  # fmt: skip
    (action,) = obey_comments(over, {}, ENGLISH).actions
    assert action.refused_by == ""
    assert action.answers[0].text.startswith("Nothing was done: this page was closed")


def test_a_crisis_opens_a_closed_page_again_and_closes_nothing(case_text: CaseText) -> None:
    closed = Ending(Outcome.REFUSED, "sam", "")
    observation = seen(case_text, "/dismiss spam", "/crisis", ended=closed)
    (action,) = plan(observation).actions
    assert isinstance(action, ObeyCommands)
    assert (action.reopens, action.refused_by) == (True, "")
    # Where it cannot be opened, this is said.
    assert action.answers[1].text.startswith("**Warn those in charge at once.** This page was")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/duplicate #9", "no page of a case that is open here has the number `#9`"),
        (f"/duplicate {A}", "that is this very case"),
        ("/duplicate #1", "that is this very case"),
        ("/duplicate c-0000000000zz", "there is no case `c-0000000000zz`"),
        ("/dismiss", "that was not understood. It is:"),
        ("/snooze 0", "that was not understood. It is:"),
        ("/snooze 9999d", "31 days at most"),
        ("/snooze until 2026-11-20", "31 days at most"),
        ("/snooze until 2027-03-01", "31 days at most"),
        ("/assign nobody", "is called `nobody`. There are `ines`, `sam`"),
    ],
    ids=[
        "no-such-page", "itself", "its-own-page", "no-such-case", "no-reason", "no-time",
        "for-ever", "a-day-that-is-over", "a-day-too-far", "nobody",
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_answered_and_does_nothing(
    case_text: CaseText, said: str, answer: str
) -> None:
    (action,) = actions_of(two_pages(case_text, (1, said)))
    assert action.answers[0].text.startswith("Nothing was done")
    assert answer in action.answers[0].text
    assert (action.renewal, action.rests, action.refused_by) == (None, (), "")


@pytest.mark.parametrize(
    ("name", "owner"),
    [("SAM", "sam"), ("@sam-d", "sam"), ("Sam Diallo", "sam"), ("inès martin", "ines"),
     ("me", "ines"), ("moi !", "ines")],
    ids=["id", "login", "name", "small-letters", "me", "moi"],
)  # fmt: skip
def test_an_owner_is_named_as_people_name_each_other(
    case_text: CaseText, name: str, owner: str
) -> None:
    action = obeyed(case_text, f"/assign {name}")
    said = {"sam": "**Sam Diallo**", "ines": "**Inès Martin**"}[owner]
    assert action.answers[0].text == f"{said} owns the case now."


def test_reminders_rest_until_a_day_begins_where_the_team_is(case_text: CaseText) -> None:
    action = obeyed(case_text, "/snooze jusqu'au 2026-12-01")
    assert {rest.until for rest in action.rests} == {datetime(2026, 11, 30, 23, tzinfo=UTC)}


def test_a_crisis_of_what_became_a_place_of_another_case_is_that_cases(case_text: CaseText) -> None:
    observation = seen(case_text, "/crisis")
    (remark,) = observation.remarks
    path, content = case_text(TARGET)
    over = replace(
        observation, pulls=(), branches=(), case_of=lambda _: TARGET,
        remarks=(replace(remark, page_ended=Outcome.REFUSED),),
        case_files={path: content.encode()},
    )  # fmt: skip
    (push,) = pushed(plan(over).actions)
    assert push.branch == f"doleances/{TARGET}/crisis-1"


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "change"])
def test_on_a_page_that_a_person_opened_only_a_crisis_is_obeyed(
    case_text: CaseText, *, is_new: bool
) -> None:
    bodies = ("/assign sam", "/dismiss no", "/duplicate c-000000000000", "/crisis")
    observation = seen(case_text, *bodies, change="open" if is_new else "note-3")
    branch, pull = observation.branches[0], observation.pulls[0]
    name = branch.name.replace("doleances/", "desk/")
    path, content = case_text(CASE)
    theirs = replace(
        observation, branches=(), pulls=(),
        proposed=(replace(branch, name=name),), proposals=(replace(pull, branch=name),),
        remarks=tuple(replace(each, branch=name) for each in observation.remarks),
    )  # fmt: skip
    if not is_new:
        theirs = replace(theirs, case_of=lambda _: CASE, case_files={path: content.encode()})
    (action,) = actions_of(theirs)
    assert (action.renewal, action.rests, action.refused_by) == (None, (), "")
    *others, crisis = (answer.text for answer in action.answers)
    assert all("a person proposes this" in said for said in others)
    assert crisis.startswith("**This is a crisis now")
    (push,) = pushed(plan(theirs).actions)
    assert push.branch == action.joins == f"doleances/{CASE}/crisis-4"
