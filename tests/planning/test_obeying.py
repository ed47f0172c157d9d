"""What commands do to a proposal, and what is answered where they do nothing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.model import Category, Urgency
from runner.planning.actions import (
    Action,
    ObeyCommands,
    OpenPull,
    PushBranch,
    SettlePull,
    UpdatePull,
)
from runner.planning.branches import Outcome
from runner.planning.obeying import obey_comments
from runner.planning.observation import Branch, Decision, Ending, Observation, Pull, Remark
from runner.planning.plan import plan
from runner.planning.plan_file import plan_from_data, plan_to_data
from runner.planning.render import render_plan
from runner.planning.waiting import customers_waiting
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Person, Team
from runner.policies.values import Configuration, Instance
from runner.text.language import Language
from runner.text.strict_yaml import read_value

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
CASE = "c-7f3k2m9x4q5t"
PARIS = ZoneInfo("Europe/Paris")
ENGLISH = Language("en", PARIS)
CaseText = Callable[..., tuple[str, str]]
CONFIGURATION = Configuration(
    Instance("Lumen", "en", PARIS, False, "main", "github", "mailto:v@example.org"), (), (),
    Team(
        (
            Person("ines", "Inès Martin", ("watcher",), (), ("ines-martin",)),
            Person("sam", "Sam Diallo", ("watcher",), (), ("sam-d",)),
        ),
        (),
    ),
    TriagePolicy("t.yaml", "", Otherwise(False, Category.QUESTION, Urgency.NORMAL, 1)),
    PrivacyPolicy(), {},
)  # fmt: skip


def seen(case_text: CaseText, *bodies: str, change: str = "open", **fields: object) -> Observation:
    path, content = case_text(CASE)
    case: Case = parse_case(read_value(content.encode()), path)
    if crisis := fields.pop("crisis", None):
        case = replace(case, crisis=str(crisis))
    branch = Branch(
        name=f"doleances/{CASE}/{change}", case_id=CASE, change=change, head="1" * 40,
        hands_off=bool(fields.pop("hands_off", False)), merged=False, path=path, case=case,
    )  # fmt: skip
    ended = fields.pop("ended", None)
    assert ended is None or isinstance(ended, Ending)
    return Observation(
        now=NOW, base="0" * 40, configuration=CONFIGURATION, reads=(), cursors={},
        case_of=lambda _: None, open_cases=(), branches=(branch,),
        pulls=(Pull(1, branch.name, "T", "B", NOW, branch.head, ended, branch.head),), decided={},
        remarks=tuple(
            Remark(n, 1, branch.name, "ines-martin", True, False, NOW - timedelta(hours=1), body)
            for n, body in enumerate(bodies, 1)
        ),
        heard_until=NOW,
    )  # fmt: skip


def obeyed(case_text: CaseText, *bodies: str, **fields: object) -> ObeyCommands:
    (action,) = obey_comments(seen(case_text, *bodies, **fields), {}, ENGLISH).actions  # type: ignore[arg-type]
    return action


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


TARGET = "c-000000000002"


def called_the_same(case_text: CaseText, *cases: Case, **fields: object) -> Observation:
    """Cases on pages of their own that Inès calls the same as one of the base."""
    path, content = case_text(TARGET)
    branches = [
        Branch(f"doleances/{case.id}/open", case.id, "open", f"{n}" * 40, hands_off=False,
               merged=False, path=f"cases/{case.id}.yaml", case=case)
        for n, case in enumerate(cases, 1)
    ]  # fmt: skip
    return Observation(
        now=NOW, base="0" * 40, configuration=CONFIGURATION, reads=(), cursors={},
        case_of=lambda key: TARGET if key == TARGET else None, open_cases=(),
        branches=tuple(branches), decided={},
        pulls=tuple(
            Pull(n, branch.name, "T", "B", NOW, branch.head, None, branch.head)
            for n, branch in enumerate(branches, 1)
        ),
        case_files={path: content.encode()},
        remarks=tuple(
            Remark(n, n, branch.name, "ines-martin", True, False, NOW, f"/duplicate {TARGET}")
            for n, branch in enumerate(branches, 1)
        ),
        heard_until=NOW,
    )  # fmt: skip


def said_at(case_text: CaseText, *keys: str) -> Case:
    path, content = case_text(keys[0])
    case: Case = parse_case(read_value(content.encode()), path)
    place = case.places[0]
    places = (replace(place, id=f"p{n}", key=key) for n, key in enumerate(keys, 1))
    return replace(case, places=tuple(places))


def pushed(actions: Iterable[Action]) -> list[PushBranch]:
    return [each for each in actions if isinstance(each, PushBranch)]


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


def commanded(observation: Observation, *said: tuple[int, str]) -> Observation:
    """The same pages, with other words of Inès on them, one after the other."""
    branches = {pull.number: pull.branch for pull in observation.pulls}
    remarks = tuple(
        Remark(n, page, branches[page], "ines-martin", True, False, NOW, words)
        for n, (page, words) in enumerate(said, 1)
    )
    return replace(observation, remarks=remarks)


A, B = "c-00000000000a", "c-00000000000b"


def two_pages(case_text: CaseText, *said: tuple[int, str]) -> Observation:
    pages = called_the_same(case_text, said_at(case_text, A), said_at(case_text, B))
    return commanded(pages, *said)


def actions_of(observation: Observation) -> list[ObeyCommands]:
    return [each for each in plan(observation).actions if isinstance(each, ObeyCommands)]


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
