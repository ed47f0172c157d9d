"""What every forge must do, whatever it is.  A forge's tests subclass `ForgeContract`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from runner.forges.apply import apply
from runner.forges.port import Done, Forge
from runner.planning.actions import (
    DeleteDouble,
    DropBranch,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.branches import Outcome
from runner.planning.observation import Cursor
from runner.planning.plan_file import digest_of
from runner.repo.told import Comment, Told

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
CASE = "c-7f3k2m9x4q5t"
OTHER = "c-0a1b2c3d4e5f"
CaseText = Callable[..., tuple[str, str]]


class TriedForge(Protocol):
    """A forge under test, with what people do to it by other ways.

    `now` is what its clock shows.
    """

    forge: Forge

    def now(self) -> datetime: ...

    def person_commits(self, branch: str) -> None: ...

    def person_deletes(self, branch: str) -> None: ...

    def person_merges(self, branch: str) -> None: ...

    def person_refuses(self, number: int, reason: str) -> None: ...

    def another_run_says_it_again(self) -> int:
        """Repeat the last comment of the first page, where there is one; tell how many it made."""
        ...


def branch_of(case_id: str) -> str:
    return f"doleances/{case_id}/open"


def push_of(case_text: CaseText, case_id: str) -> PushBranch:
    path, content = case_text(case_id)
    return PushBranch(branch_of(case_id), path, content, f"cases: Propose {case_id}.\n", "why")


def open_of(case_id: str) -> OpenPull:
    return OpenPull(branch_of(case_id), f"Complaint {case_id}", "Body", ("urgency/high",), "why")


def cursor_of(source: str, read_at: datetime = NOW) -> Cursor:
    return Cursor(source, '"e1"', None, read_at, "digest", (CASE,), 3)


def comment_of(case_id: str, person: str, at: datetime = NOW) -> Told:
    key = f"{case_id}/1/first-reply/2026-11-21T08:03:12Z/half/0/forge/{person}"
    return Told(key, case_id, "forge", person, at, Comment("Half of it is over", "**Reply.**"))


class ForgeContract:
    """The port's promises.  Subclasses have a fixture `tried` that returns a `TriedForge`."""

    def push(self, tried: TriedForge, case_text: CaseText, *case_ids: str) -> list[Done]:
        pushes = [push_of(case_text, case_id) for case_id in case_ids]
        return list(tried.forge.push_branches(pushes, tried.forge.base(), NOW))

    def test_an_untouched_forge_shows_its_base_and_nothing_else(self, tried: TriedForge) -> None:
        seen = tried.forge.snapshot()
        assert seen.base == tried.forge.base()
        assert (seen.branches, seen.pulls, dict(seen.cursors)) == ((), (), {})

    def test_a_pushed_branch_holds_one_case(self, tried: TriedForge, case_text: CaseText) -> None:
        assert self.push(tried, case_text, CASE) == [Done.DONE]
        (branch,) = tried.forge.snapshot().branches
        assert (branch.name, branch.case_id, branch.change) == (branch_of(CASE), CASE, "open")
        assert (branch.hands_off, branch.merged) == (False, False)
        assert branch.path == case_text(CASE)[0]
        assert branch.case is not None
        assert branch.case.id == CASE

    def test_pushing_again_adopts(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE)
        before = tried.forge.snapshot()
        assert self.push(tried, case_text, CASE, OTHER) == [Done.ADOPTED, Done.DONE]
        after = tried.forge.snapshot()
        assert after.branches[1] == before.branches[0]
        assert len(after.branches) == 2

    def test_a_pull_is_opened_once(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE)
        assert tried.forge.open_pull(open_of(CASE), NOW) is Done.DONE
        assert tried.forge.open_pull(open_of(CASE), NOW) is Done.ADOPTED
        seen = tried.forge.snapshot()
        (pull,) = seen.pulls
        assert (pull.branch, pull.title, pull.body) == (
            branch_of(CASE),
            f"Complaint {CASE}",
            "Body",
        )
        assert abs(pull.opened_at - tried.now()) < timedelta(minutes=10)
        assert pull.head == seen.branches[0].head

    def test_numbers_are_not_given_twice(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE, OTHER)
        tried.forge.open_pull(open_of(CASE), NOW)
        (first,) = tried.forge.snapshot().pulls
        tried.person_refuses(first.number, "not ours")
        tried.forge.open_pull(open_of(OTHER), NOW)
        (second,) = tried.forge.snapshot().pulls
        assert second.number > first.number

    def test_a_branch_is_made_anew_where_the_plan_saw_it(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        seen = tried.forge.snapshot()
        (before,), (opened,) = seen.branches, seen.pulls
        path, content = case_text(CASE, urgency="low")
        renewal = RenewBranch(before.name, before.head, path, content, "Again.\n", "why")
        assert tried.forge.renew_branch(renewal, tried.forge.base(), NOW) is Done.DONE
        seen = tried.forge.snapshot()
        (after,) = seen.branches
        assert after.case is not None
        assert (after.case.urgency, after.hands_off) == ("low", False)
        assert [(pull.number, pull.head) for pull in seen.pulls] == [(opened.number, after.head)]
        assert tried.forge.renew_branch(renewal, tried.forge.base(), NOW) is Done.ADOPTED

        tried.person_commits(after.name)
        elsewhere = RenewBranch(after.name, after.head, path, content, "Once more.\n", "why")
        assert tried.forge.renew_branch(elsewhere, tried.forge.base(), NOW) is Done.HELD

    def test_a_page_follows_its_branch_once(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        seen = tried.forge.snapshot()
        (before,), (opened,) = seen.branches, seen.pulls
        assert opened.written_for == before.head
        path, content = case_text(CASE, urgency="low")
        renewal = RenewBranch(before.name, before.head, path, content, "Again.\n", "why")
        tried.forge.renew_branch(renewal, tried.forge.base(), NOW)
        seen = tried.forge.snapshot()
        (branch,), (pull,) = seen.branches, seen.pulls
        assert pull.written_for == before.head

        def update(head: str) -> UpdatePull:
            return UpdatePull(
                pull.number, pull.branch, head, "Low", "New body", ("urgency/low",), "why"
            )

        assert tried.forge.update_pull(update(before.head)) is Done.HELD
        assert tried.forge.update_pull(update(branch.head)) is Done.DONE
        assert tried.forge.update_pull(update(branch.head)) is Done.ADOPTED
        (after,) = tried.forge.snapshot().pulls
        assert (after.title, after.body, after.written_for) == ("Low", "New body", branch.head)
        assert after.number == pull.number

    def test_what_is_taken_back_may_be_proposed_again(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        (pull,) = tried.forge.snapshot().pulls
        assert pull.head is not None
        back = WithdrawPull(pull.number, pull.branch, pull.head, "gone")
        assert tried.forge.withdraw_pull(back) is Done.DONE
        seen = tried.forge.snapshot()
        assert (seen.branches, seen.pulls) == ((), ())
        assert tried.forge.withdraw_pull(back) is Done.ADOPTED
        assert tried.forge.decided([(CASE, "open")]) == {}
        assert self.push(tried, case_text, CASE) == [Done.DONE]
        assert tried.forge.open_pull(open_of(CASE), NOW) is Done.DONE
        (again,) = tried.forge.snapshot().pulls
        assert again.number > pull.number

    def test_what_a_person_touched_is_not_taken_back(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        (pull,) = tried.forge.snapshot().pulls
        assert pull.head is not None
        tried.person_commits(pull.branch)
        back = WithdrawPull(pull.number, pull.branch, pull.head, "gone")
        assert tried.forge.withdraw_pull(back) is Done.HELD
        assert len(tried.forge.snapshot().pulls) == 1

    def test_no_pull_without_a_branch(self, tried: TriedForge) -> None:
        assert tried.forge.open_pull(open_of(CASE), NOW) is Done.HELD
        assert tried.forge.snapshot().pulls == ()

    def test_a_refusal_is_remembered(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        (pull,) = tried.forge.snapshot().pulls
        tried.person_refuses(pull.number, "about another brand")
        refused = tried.forge.decided([(CASE, "open"), (OTHER, "open"), (CASE, "close")])
        assert list(refused) == [(CASE, "open")]
        assert "about another brand" in refused[CASE, "open"].reason
        assert self.push(tried, case_text, CASE, OTHER) == [Done.HELD, Done.DONE]
        assert tried.forge.open_pull(open_of(CASE), NOW) is Done.HELD
        seen = tried.forge.snapshot()
        assert [branch.case_id for branch in seen.branches] == [OTHER]
        assert seen.pulls == ()

    def test_a_refusal_is_of_every_message_that_the_case_held(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        path, content = case_text(CASE, OTHER)
        push = PushBranch(branch_of(CASE), path, content, "Propose.\n", "why")
        tried.forge.push_branches([push], tried.forge.base(), NOW)
        tried.forge.open_pull(open_of(CASE), NOW)
        (pull,) = tried.forge.snapshot().pulls
        tried.person_refuses(pull.number, "about another brand")
        refused = tried.forge.decided([(CASE, "open"), (OTHER, "open")])
        assert {decision.number for decision in refused.values()} == {pull.number}
        assert len(refused) == 2
        assert self.push(tried, case_text, OTHER) == [Done.HELD]

    def test_a_branch_that_a_person_committed_to_is_left_alone(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE, OTHER)
        tried.person_commits(branch_of(CASE))
        other, touched = tried.forge.snapshot().branches
        assert (other.case_id, other.hands_off) == (OTHER, False)
        assert (touched.case_id, touched.hands_off) == (CASE, True)
        assert touched.case is not None
        assert self.push(tried, case_text, CASE) == [Done.ADOPTED]
        assert tried.forge.snapshot().branches[1] == touched

    def test_a_branch_that_moved_is_not_dropped(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        (branch,) = tried.forge.snapshot().branches
        tried.person_commits(branch.name)
        assert tried.forge.drop_branch(DropBranch(branch.name, branch.head, "")) is Done.HELD
        assert len(tried.forge.snapshot().branches) == 1

    def test_a_branch_is_dropped_once(self, tried: TriedForge, case_text: CaseText) -> None:
        self.push(tried, case_text, CASE)
        (branch,) = tried.forge.snapshot().branches
        drop = DropBranch(branch.name, branch.head, "done")
        assert tried.forge.drop_branch(drop) is Done.DONE
        assert tried.forge.drop_branch(drop) is Done.ADOPTED
        assert tried.forge.snapshot().branches == ()

    def test_a_branch_with_an_open_pull_is_not_dropped(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        (branch,) = tried.forge.snapshot().branches
        assert tried.forge.drop_branch(DropBranch(branch.name, branch.head, "")) is Done.HELD

    def test_a_branch_merged_by_git_alone_is_seen_and_settled(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        tried.person_merges(branch_of(CASE))
        seen = tried.forge.snapshot()
        (branch,), (pull,) = seen.branches, seen.pulls
        assert branch.merged
        settle = SettlePull(pull.number, pull.branch, Outcome.MERGED, "the base holds it")
        assert tried.forge.settle_pull(settle, NOW) is Done.DONE
        assert tried.forge.settle_pull(settle, NOW) is Done.ADOPTED
        assert tried.forge.drop_branch(DropBranch(branch.name, branch.head, "")) is Done.DONE
        after = tried.forge.snapshot()
        assert (after.branches, after.pulls) == ((), ())
        assert (CASE, "open") in tried.forge.decided([(CASE, "open")])

    def test_a_branch_deleted_by_git_alone_is_seen_and_settled(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        tried.person_deletes(branch_of(CASE))
        (pull,) = tried.forge.snapshot().pulls
        assert pull.head is None
        settle = SettlePull(pull.number, pull.branch, Outcome.REFUSED, "its branch was deleted")
        assert tried.forge.settle_pull(settle, NOW) is Done.DONE
        decision = tried.forge.decided([(CASE, "open")])[CASE, "open"]
        assert "its branch was deleted" in decision.reason

    def test_a_branch_that_came_back_is_not_settled_as_refused(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        (pull,) = tried.forge.snapshot().pulls
        settle = SettlePull(pull.number, pull.branch, Outcome.REFUSED, "its branch was deleted")
        assert tried.forge.settle_pull(settle, NOW) is Done.HELD
        assert tried.forge.snapshot().pulls == (pull,)

    def test_cursors_are_kept_and_never_go_back(self, tried: TriedForge) -> None:
        late = NOW + timedelta(hours=1)
        tried.forge.move_cursors([cursor_of("forum", late), cursor_of("depot")])
        assert tried.forge.move_cursors([cursor_of("forum")]) is Done.ADOPTED
        assert dict(tried.forge.snapshot().cursors) == {
            "forum": cursor_of("forum", late),
            "depot": cursor_of("depot"),
        }

    def test_applying_a_plan_twice_is_applying_it_once(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        plan = plan_of(
            tried.forge.base(),
            push_of(case_text, CASE),
            push_of(case_text, OTHER),
            open_of(CASE),
            cursors=(cursor_of("forum"),),
        )
        first = apply(plan, tried.forge, NOW)
        once = tried.forge.snapshot()
        second = apply(plan, tried.forge, NOW)
        assert [result.done for result in first.results] == [Done.DONE] * 3
        assert (first.cursors, first.failures) == (Done.DONE, ())
        assert [result.done for result in second.results] == [Done.ADOPTED] * 3
        assert (second.cursors, second.failures) == (Done.ADOPTED, ())
        assert tried.forge.snapshot() == once

    @pytest.mark.parametrize("name", ["main", "doleances/x", "doleances/c-7f3k2m9x4q5t/a b"])
    def test_a_plan_cannot_reach_other_branches(
        self, tried: TriedForge, case_text: CaseText, name: str
    ) -> None:
        path, content = case_text(CASE)
        before = tried.forge.snapshot()
        plan = plan_of(
            tried.forge.base(),
            PushBranch(name, path, content, "m\n", ""),
            DropBranch(name, tried.forge.base(), ""),
            OpenPull(name, "t", "b", (), ""),
        )
        applied = apply(plan, tried.forge, NOW)
        assert [failure.message for failure in applied.failures] == [
            f"{name!r} is no branch of the runner"
        ] * 3
        assert tried.forge.snapshot() == before

    def test_a_comment_is_made_once(self, tried: TriedForge) -> None:
        ines, sam = comment_of(CASE, "ines"), comment_of(CASE, "sam")
        assert list(tried.forge.comment([ines], NOW)) == [Done.DONE]
        later = comment_of(CASE, "ines", NOW + timedelta(hours=1))
        assert list(tried.forge.comment([later, sam], later.at)) == [Done.ADOPTED, Done.DONE]
        assert list(tried.forge.comment([ines, sam], NOW)) == [Done.ADOPTED, Done.ADOPTED]
        assert list(tried.forge.comment([], NOW)) == []

    def test_a_comment_that_stands_there_twice_is_deleted_once(
        self, tried: TriedForge, case_text: CaseText
    ) -> None:
        self.push(tried, case_text, CASE)
        tried.forge.open_pull(open_of(CASE), NOW)
        tried.forge.comment([comment_of(CASE, "ines")], NOW)
        assert tried.forge.snapshot().doubles == ()
        more = tried.another_run_says_it_again()
        doubles = tried.forge.snapshot().doubles
        assert len(doubles) == more
        for double in doubles:
            delete = DeleteDouble(double.number, double.comment, "why")
            assert tried.forge.delete_double(delete) is Done.DONE
            assert tried.forge.delete_double(delete) is Done.DONE
        assert tried.forge.snapshot().doubles == ()


def plan_of(
    base: str,
    *actions: PushBranch | OpenPull | SettlePull | DropBranch,
    cursors: tuple[Cursor, ...] = (),
) -> Plan:
    return Plan(base, NOW, actions, (), cursors, digest_of(base, actions, (), cursors))
