"""What a run decides: every rule of `plan`, on small observations."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.opening import case_path, open_case
from runner.clocks.pinning import first_clocks
from runner.model import Mention
from runner.planning.actions import (
    DropBranch,
    HeldBy,
    OpenPull,
    Plan,
    PushBranch,
    SettlePull,
)
from runner.planning.branches import Outcome, branch_name
from runner.planning.observation import (
    Branch,
    Decision,
    Observation,
    Pull,
    ReadStatus,
    SourceRead,
)
from runner.planning.plan import plan
from runner.policies.values import Configuration
from runner.triage.judge import judge

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
Maker = Callable[..., Mention]
Seen = Callable[..., Observation]
NOT_OURS = Decision(Outcome.REFUSED, 1, "ines", "not ours")


def branch_of(mention: Mention, configuration: Configuration, **changes: object) -> Branch:
    judgement = judge(mention, configuration)
    clocks = first_clocks(mention, judgement, configuration)
    case = open_case(mention, judgement, configuration, (), clocks)
    branch = Branch(
        name=branch_name(case.id),
        case_id=case.id,
        change="open",
        head="1" * 40,
        hands_off=False,
        merged=False,
        path=case_path(case),
        case=case,
    )
    return replace(branch, **changes)  # type: ignore[arg-type]


def pull_of(branch: Branch, number: int = 1, **changes: object) -> Pull:
    pull = Pull(number, branch.name, "title", "body", NOW, branch.head)
    return replace(pull, **changes)  # type: ignore[arg-type]


def kinds(made: Plan) -> list[str]:
    return [action.key for action in made.actions]


def test_a_message_that_is_after_sales_gets_a_branch_and_then_a_pull_request(
    mention: Maker, seen: Seen
) -> None:
    made = plan(seen(mention(1)))
    assert kinds(made) == [
        "push doleances/c-000000000001/open",
        "open doleances/c-000000000001/open",
    ]
    push = made.actions[0]
    assert isinstance(push, PushBranch)
    assert push.path == "cases/2026/11/21/c-000000000001.yaml"
    assert "broken" in push.content


def test_a_message_that_is_not_after_sales_gets_nothing_but_moves_the_cursor(
    mention: Maker, seen: Seen
) -> None:
    made = plan(seen(mention(1, "Lumen opens a museum.")))
    assert made.actions == ()
    assert [(c.source, c.etag, c.opened) for c in made.cursors] == [("forum", '"1"', ())]


def test_what_is_a_case_proposed_or_refused_already_is_not_proposed_again(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    proposed = branch_of(mention(2), configuration)
    made = plan(
        seen(
            mention(1),
            mention(2),
            mention(3),
            case_of=lambda key: key if key == "c-000000000001" else None,
            branches=(proposed,),
            pulls=(pull_of(proposed),),
            decided={("c-000000000003", "open"): NOT_OURS},
        )
    )
    assert made.actions == ()


def test_what_a_person_proposes_is_not_proposed_again(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    made = plan(seen(mention(1), proposed=(branch_of(mention(1), configuration),)))
    assert made.actions == ()


def test_two_sources_that_show_one_message_give_one_case(mention: Maker, seen: Seen) -> None:
    once = seen(mention(1))
    twice = replace(once, reads=(*once.reads, replace(once.reads[0], source="forum")))
    assert kinds(plan(twice)) == kinds(plan(once))


def test_the_most_urgent_come_first_and_caps_hold_the_rest_back(mention: Maker, seen: Seen) -> None:
    made = plan(seen(mention(1), mention(2), mention(3, "Smoke everywhere!"), mention(4)))
    opened = [a.branch.split("/")[1] for a in made.actions if isinstance(a, OpenPull)]
    pushed = [a.branch.split("/")[1] for a in made.actions if isinstance(a, PushBranch)]
    assert opened == ["c-000000000003", "c-000000000001"]
    assert sorted(pushed) == [f"c-{n:012d}" for n in (1, 2, 3, 4)]
    assert [(h.key, h.by) for h in made.held] == [
        ("doleances/c-000000000002/open", HeldBy.CAP),
        ("doleances/c-000000000004/open", HeldBy.CAP),
    ]


def test_among_equals_who_waited_longest_comes_first(mention: Maker, seen: Seen) -> None:
    late = mention(1)
    early = mention(2, detected_at=NOW - timedelta(hours=1))
    opened = [a.branch for a in plan(seen(late, early)).actions if isinstance(a, OpenPull)]
    assert opened == [branch_name(early.key), branch_name(late.key)]


def test_no_cap_holds_a_crisis_back(mention: Maker, seen: Seen) -> None:
    crises = [mention(n, "I am going to kill your technician.") for n in range(1, 6)]
    made = plan(seen(*crises, mention(6)))
    assert len([a for a in made.actions if isinstance(a, OpenPull)]) == 5 + 1 + 0
    assert not made.held


def test_pull_requests_open_already_count_against_the_caps(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    branches = tuple(branch_of(mention(n), configuration) for n in (1, 2, 3))
    pulls = tuple(pull_of(branch, n) for n, branch in enumerate(branches, 1))
    made = plan(seen(mention(4), branches=branches, pulls=pulls))
    assert [type(a) for a in made.actions] == [PushBranch]
    made = plan(seen(mention(4), branches=branches[:1], pulls=pulls[:1], opened_already=2))
    assert [type(a) for a in made.actions] == [PushBranch]


def test_a_branch_that_waited_gets_its_pull_request_when_there_is_room(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    made = plan(seen(branches=(branch_of(mention(1), configuration),)))
    assert kinds(made) == ["open doleances/c-000000000001/open"]


def test_a_branch_whose_file_cannot_be_read_waits_for_a_person(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    broken = branch_of(mention(1), configuration, case=None, path=None)
    made = plan(seen(mention(1), branches=(broken,)))
    assert made.actions == ()
    assert [(h.key, h.by) for h in made.held] == [(broken.name, HeldBy.PERSON)]


def test_a_branch_merged_with_git_is_taken_over(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    branch = branch_of(mention(1), configuration, merged=True)
    made = plan(seen(branches=(branch,), pulls=(pull_of(branch),), case_of=lambda key: key))
    settle, drop = made.actions
    assert isinstance(settle, SettlePull)
    assert settle.outcome is Outcome.MERGED
    assert isinstance(drop, DropBranch)
    assert drop.head == branch.head


def test_a_branch_deleted_with_git_is_a_refusal(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    branch = branch_of(mention(1), configuration)
    made = plan(seen(mention(1), pulls=(pull_of(branch, head=None),)))
    (settle,) = made.actions
    assert isinstance(settle, SettlePull)
    assert settle.outcome is Outcome.REFUSED


def test_many_branches_gone_at_once_are_not_refusals(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    gone = [pull_of(branch_of(mention(n), configuration), n, head=None) for n in range(1, 8)]
    made = plan(seen(*(mention(n) for n in range(1, 8)), pulls=tuple(gone)))
    assert made.actions == ()
    assert {held.by for held in made.held} == {HeldBy.PERSON}
    assert len(made.held) == 7


def test_an_accepted_case_that_the_base_lacks_is_told_and_not_proposed_twice(
    mention: Maker, seen: Seen
) -> None:
    accepted = Decision(Outcome.MERGED, 12, "ines", "")
    made = plan(seen(mention(1), decided={("c-000000000001", "open"): accepted}))
    assert made.actions == ()
    (held,) = made.held
    assert (held.key, held.by) == ("doleances/c-000000000001/open", HeldBy.PERSON)
    assert "pull request 12" in held.reason


def test_a_refused_branch_is_removed_unless_a_person_touched_it(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    branch = branch_of(mention(1), configuration)
    decided = {(branch.case_id, "open"): NOT_OURS}
    assert kinds(plan(seen(branches=(branch,), decided=decided))) == [f"drop {branch.name}"]
    touched = replace(branch, hands_off=True)
    made = plan(seen(branches=(touched,), decided=decided))
    assert made.actions == ()
    assert [(h.key, h.by) for h in made.held] == [(branch.name, HeldBy.PERSON)]


TEXTS = st.sampled_from(["broken", "smoke", "to kill you", "nothing", "broken again"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), TEXTS), max_size=8))
def test_equal_observations_give_equal_plans_and_the_next_plan_is_empty(
    mention: Maker,
    configuration: Configuration,
    drawn: list[tuple[int, str]],
) -> None:
    read = SourceRead(
        "forum", ReadStatus.READ, NOW, tuple(mention(n, text) for n, text in drawn), len(drawn)
    )
    observation = Observation(
        now=NOW,
        base="0" * 40,
        configuration=configuration,
        reads=(read,),
        cursors={},
        case_of=lambda _: None,
        open_cases=(),
        branches=(),
        pulls=(),
        decided={},
    )
    made = plan(observation)
    assert made == plan(observation)

    messages = {m.key: m for m in reversed(read.mentions)}
    pushed = [a.branch for a in made.actions if isinstance(a, PushBranch)]
    opened = [a.branch for a in made.actions if isinstance(a, OpenPull)]
    assert len(set(pushed)) == len(pushed)
    assert set(opened) <= set(pushed)
    branches = tuple(branch_of(messages[name.split("/")[1]], configuration) for name in pushed)
    pulls = tuple(
        pull_of(branch, number)
        for number, branch in enumerate((b for b in branches if b.name in opened), 1)
    )
    after = replace(observation, branches=branches, pulls=pulls, opened_already=len(opened))
    assert plan(after).actions == ()
