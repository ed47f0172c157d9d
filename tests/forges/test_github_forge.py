"""GitHub: the contract on the strict fake, and what is particular to pages of its own."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from contract import (
    CASE,
    NOW,
    OTHER,
    CaseText,
    ForgeContract,
    branch_of,
    comment_of,
    cursor_of,
    open_of,
    plan_of,
    push_of,
)
from fake_github.deviations import DEVIATIONS
from fake_github.model import BOT, INES, STRANGER
from fake_github.server import Harm
from trial import TOKEN, TriedGithub, configuration, open_forge, take_over, tried

from runner.errors import OutsideFailed
from runner.forges.apply import apply
from runner.forges.commits import runner_branch
from runner.forges.github import open_github
from runner.forges.port import Done
from runner.planning.actions import OpenPull, PushBranch, RenewBranch, SettlePull
from runner.planning.branches import Outcome
from runner.planning.observation import Ending
from runner.repo import git as edge
from runner.repo.objects import Signature, write_commits
from runner.repo.opened import OpenedPull, opened_commit

__all__ = ("tried",)
Git = Callable[..., str]
IDS = tuple(f"c-{number:012d}" for number in range(203))


class TestGithubForge(ForgeContract):
    pass


def propose(tried: TriedGithub, case_text: CaseText, *cases: str, owner: str = "") -> None:
    forge = tried.forge
    forge.push_branches([push_of(case_text, case) for case in cases], forge.base(), NOW)
    for case in cases:
        said = open_of(case)
        forge.open_pull(
            OpenPull(said.branch, said.title, said.body, said.labels, said.reason, owner), NOW
        )


def test_many_branches_are_one_push_and_nothing_asks_the_search(
    tried: TriedGithub, case_text: CaseText
) -> None:
    base = tried.forge.base()
    tried.fake.calls.clear()
    pushes = [push_of(case_text, case) for case in IDS]
    assert set(tried.forge.push_branches(pushes, base, NOW)) == {Done.DONE}
    posts = [c for c in tried.fake.calls if c.what == "git-receive-pack" and c.method == "POST"]
    assert len(posts) == 1


def test_a_look_at_200_open_pull_requests_takes_as_many_requests_as_it_has_pages(
    tried: TriedGithub, case_text: CaseText
) -> None:
    forge, git = tried.forge, tried.git
    forge.push_branches([push_of(case_text, case) for case in IDS], forge.base(), NOW)
    opened = [tried.fake.hub.open(branch_of(case), case, "Body", BOT) for case in IDS[:200]]
    records = [
        OpenedPull(pull.number, runner_branch(pull.branch), pull.title, "", (), NOW)
        for pull in opened
    ]
    bot = Signature("Doléances", "runner@doleances.invalid")
    commits = write_commits(forge.repository, [opened_commit(record, bot) for record in records])
    names = [f"{oid}:{record.ref}" for oid, record in zip(commits, records, strict=True)]
    git(tried.folder, "push", "-q", str(tried.fake.hub.git_dir), *names)
    fresh = open_forge(tried.folder)
    tried.fake.calls.clear()
    seen = fresh.snapshot()
    assert len(seen.pulls) == 200
    assert [call.what for call in tried.fake.api_calls] == [
        "pulls/list",
        "pulls/list",
        "issues/list-comments-for-repo",
    ]
    print(f"{len(tried.fake.api_calls)} API calls, {len(tried.fake.calls)} requests in all")  # noqa: T201


def test_a_list_that_lags_behind_ends_no_pull_request(
    tried: TriedGithub, case_text: CaseText
) -> None:
    tried.fake.pages.make_stale()
    propose(tried, case_text, CASE)
    (pull,) = tried.forge.snapshot().pulls
    assert (pull.branch, pull.ended) == (branch_of(CASE), None)
    tried.fake.pages.make_fresh()
    tried.fake.pages.make_stale()
    tried.fake.hub.close(pull.number, INES, "no")
    assert tried.forge.snapshot().pulls == (pull,)
    tried.fake.pages.make_fresh()
    (ended,) = tried.forge.snapshot().pulls
    assert ended.ended == Ending(Outcome.REFUSED, "ines", "no")


@pytest.mark.parametrize(
    ("method", "merged"), [("merge", True), ("squash", False), ("rebase", False)]
)
def test_a_merge_of_any_kind_is_a_merge(
    tried: TriedGithub, case_text: CaseText, method: str, merged: bool
) -> None:
    propose(tried, case_text, CASE)
    tried.fake.hub.merge(1, INES, method)
    seen = tried.forge.snapshot()
    assert seen.branches[0].merged is merged
    assert seen.pulls[0].ended == Ending(Outcome.MERGED, "ines", "")
    settle = SettlePull(1, branch_of(CASE), Outcome.MERGED, "merged on the forge")
    assert tried.forge.settle_pull(settle, NOW) is Done.DONE
    decision = open_forge(tried.folder).decided([(CASE, "open")])[CASE, "open"]
    assert (decision.outcome, decision.actor, decision.number) == (Outcome.MERGED, "ines", 1)


def test_a_pull_request_whose_case_came_otherwise_is_closed(
    tried: TriedGithub, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    settle = SettlePull(1, branch_of(CASE), Outcome.MERGED, "the base holds it")
    assert tried.forge.settle_pull(settle, NOW) is Done.DONE
    assert not tried.fake.hub.pulls[1].is_open
    assert tried.forge.snapshot().pulls == ()


def test_a_plan_made_before_a_merge_does_not_refuse_it(
    tried: TriedGithub, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    tried.fake.hub.merge(1, INES)
    late = SettlePull(1, branch_of(CASE), Outcome.REFUSED, "its branch was deleted")
    assert tried.forge.settle_pull(late, NOW) is Done.HELD


def test_who_cannot_be_asked_is_left_out(tried: TriedGithub, case_text: CaseText) -> None:
    propose(tried, case_text, CASE, owner="malo")
    propose(tried, case_text, OTHER, owner="sam")
    first, second = tried.fake.hub.pulls.values()
    assert (first.labels, first.assignees, first.reviewers) == (["urgency/high"], [], [])
    assert (second.assignees, second.reviewers) == (["sam-d"], ["sam-d"])


def test_what_people_set_on_a_pull_request_stays_when_it_is_completed(
    tried: TriedGithub, case_text: CaseText
) -> None:
    forge, hub = tried.forge, tried.fake.hub
    forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
    theirs = hub.open(branch_of(CASE), "Opened by hand", "My words", INES)
    theirs.labels, theirs.assignees = ["mine"], ["sam-d"]
    assert forge.open_pull(open_of(CASE), NOW) is Done.ADOPTED
    assert (theirs.title, theirs.body) == ("Opened by hand", "My words")
    assert (theirs.labels, theirs.assignees) == (["mine", "urgency/high"], ["sam-d"])
    assert len(hub.pulls) == 1


def test_closed_before_its_record_was_kept_it_is_a_refusal_all_the_same(
    tried: TriedGithub, case_text: CaseText
) -> None:
    forge, hub = tried.forge, tried.fake.hub
    forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
    hub.open(branch_of(CASE), "Complaint", "Body", BOT)
    hub.close(1, INES, "Call her at 06 39 98 12 34")
    assert forge.open_pull(open_of(CASE), NOW) is Done.HELD
    decision = forge.decided([(CASE, "open")])[CASE, "open"]
    assert (decision.actor, decision.reason) == ("ines", "Call her at [tel]")


def test_a_strangers_marker_keeps_nobody_from_being_told(
    tried: TriedGithub, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    assert tried.forge.comment([comment_of(CASE, "ines")], NOW) == [Done.DONE]
    (said,) = tried.fake.hub.pulls[1].comments
    assert said.body.startswith("@ines-martin **Half of it is over**\n\n**Reply.**\n\n<!-- ")
    tried.fake.hub.pulls[1].comments = []
    tried.fake.hub.say(1, STRANGER, said.body)
    fresh = open_forge(tried.folder)
    tried.git(tried.fake.hub.git_dir, "update-ref", "-d", "refs/doleances/receipts")
    tried.git(tried.folder, "update-ref", "-d", "refs/doleances/receipts")
    assert fresh.comment([comment_of(CASE, "ines")], NOW) == [Done.DONE]
    assert [c.author for c in tried.fake.hub.pulls[1].comments] == [STRANGER, BOT]


def test_a_comment_waits_for_the_page_that_its_case_will_have(
    tried: TriedGithub, case_text: CaseText
) -> None:
    forge = tried.forge
    forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
    assert forge.comment([comment_of(CASE, "ines")], NOW) == [Done.HELD]
    forge.open_pull(open_of(CASE), NOW)
    assert forge.comment([comment_of(CASE, "ines")], NOW) == [Done.DONE]
    assert len(tried.fake.hub.pulls[1].comments) == 1


def test_two_clones_write_receipts_and_cursors_at_once_and_lose_none(
    tried: TriedGithub, git: Git, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(tried.fake.hub.git_dir), str(other))
    git(other, "remote", "set-url", "origin", tried.fake.url)
    here, there = tried.forge, open_forge(other)
    here.snapshot()
    there.snapshot()
    assert list(here.keep([comment_of(CASE, "ines")], NOW)) == [True]
    assert list(there.keep([comment_of(OTHER, "sam")], NOW)) == [True]
    here.move_cursors([cursor_of("forum")])
    there.move_cursors([cursor_of("depot")])
    assert set(here.snapshot().cursors) == {"forum", "depot"}
    assert list(here.keep([comment_of(OTHER, "sam")], NOW)) == [False]
    told = git(tried.fake.hub.git_dir, "ls-tree", "-r", "--name-only", "refs/doleances/receipts")
    assert len(told.splitlines()) == 2


def test_two_runs_at_once_propose_every_case_once(
    tried: TriedGithub, case_text: CaseText, git: Git, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(tried.fake.hub.git_dir), str(other))
    git(other, "remote", "set-url", "origin", tried.fake.url)
    cases = IDS[:6]
    plan = plan_of(
        tried.forge.base(),
        *(push_of(case_text, case) for case in cases),
        *(open_of(case) for case in cases),
        cursors=(cursor_of("forum"),),
    )
    with ThreadPoolExecutor(2) as both:
        runs = [both.submit(apply, plan, forge, NOW) for forge in (tried.forge, open_forge(other))]
        ended = [run.result() for run in runs]
    assert [run.failures for run in ended] == [(), ()]
    assert sorted(pull.branch for pull in tried.fake.hub.pulls.values()) == [
        branch_of(case) for case in cases
    ]
    assert [len(set(pull.labels)) for pull in tried.fake.hub.pulls.values()] == [1] * 6
    assert len(open_forge(tried.folder).snapshot().pulls) == 6


def test_the_token_stands_in_no_argument_file_or_reference(
    tried: TriedGithub, case_text: CaseText, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = edge.spawn
    lines: list[str] = []

    def watching(
        line: list[str], stdin: bytes, variables: dict[str, str], within: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        lines.extend(line)
        return real(line, stdin, variables, within)

    monkeypatch.setattr("runner.repo.git.spawn", watching)
    tried.forge = open_forge(tried.folder)
    propose(tried, case_text, CASE)
    tried.forge.snapshot()
    assert lines
    assert not [word for word in lines if TOKEN in word]
    for folder in (tried.folder, Path(os.environ["GIT_CONFIG_GLOBAL"]).parent / "served"):
        for path in folder.rglob("*"):
            assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_a_bad_token_is_said_to_be_one(tried: TriedGithub) -> None:
    forge = open_github(tried.folder, configuration(), "wr0ng")
    with pytest.raises(OutsideFailed, match="git fetch: Authentication failed") as failed:
        forge.snapshot()
    assert "DOLEANCES_FORGE_TOKEN" in failed.value.hint


def test_slow_answers_are_waited_for(tried: TriedGithub, case_text: CaseText) -> None:
    tried.fake.harm = lambda _, call: Harm.SLOW if call.is_api else None
    propose(tried, case_text, CASE)
    assert len(tried.forge.snapshot().pulls) == 1


def test_every_deviation_has_a_reason() -> None:
    assert all(why for why in DEVIATIONS.values())


def test_what_came_after_people_saw_the_page_is_not_refused_with_it(
    tried: TriedGithub, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    (branch,) = tried.forge.snapshot().branches
    path, content = case_text(CASE, OTHER)
    renewal = RenewBranch(branch.name, branch.head, path, content, "Again.\n", "why")
    assert tried.forge.renew_branch(renewal, tried.forge.base(), NOW) is Done.DONE
    tried.person_refuses(1, "not ours")
    assert list(tried.forge.decided([(CASE, "open"), (OTHER, "open")])) == [(CASE, "open")]


def test_a_comment_without_its_receipt_is_found_on_any_page_of_the_case(
    tried: TriedGithub, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    told = comment_of(CASE, "ines")
    tried.forge.comment([told], NOW)
    (said,) = tried.fake.hub.pulls[1].comments
    # The run was killed before its receipt was safe, and the case is discussed elsewhere now.
    for there in (tried.folder, tried.fake.hub.git_dir):
        tried.git(there, "update-ref", "-d", "refs/doleances/receipts")
    tried.fake.hub.merge(1, INES)
    take_over(tried.anew())
    path, content = case_text(CASE, OTHER)
    change = PushBranch(f"doleances/{CASE}/place-{OTHER[2:]}", path, content, "More.\n", "why")
    forge = tried.anew()
    forge.push_branches([change], forge.base(), NOW)
    forge.open_pull(OpenPull(change.branch, "More", "Body", (), "why"), NOW)
    assert list(tried.anew().comment([told], NOW)) == [Done.DONE]
    pulls = tried.fake.hub.pulls
    assert [pull.comments for pull in pulls.values()] == [[said], []]
