"""The verbs as people start them, on a desk that lives on the strict fake GitHub."""

import json
import shutil
from pathlib import Path

import pytest
from desk_on_github import Capture, Git, done
from fake_github.model import INES, SAM, STRANGER
from fake_github.server import Call, FakeGithub, Harm


def test_a_run_proposes_each_complaint_once_and_the_next_has_nothing_to_do(
    fake: FakeGithub, capsys: Capture
) -> None:
    out = done(capsys, "run")
    assert "3 new cases recorded." in out
    assert "2 pull requests opened." in out
    hub = fake.hub
    assert len([name for name in hub.heads() if name.startswith("doleances/")]) == 3
    first, second = hub.pulls.values()
    assert first.title.startswith("New case c-")
    assert "Ma lampe est cassée" in first.body + second.body
    assert "39 98 12 34" not in first.body + second.body
    assert first.labels == [
        "state: to qualify", "urgency: normal", "category: complaint", "source: avis"
    ]  # fmt: skip
    assert (first.assignees, first.reviewers) == (["ines-martin"], ["ines-martin"])
    (status,) = hub.statuses[first.head]
    assert (status.state, status.context) == ("success", "doleances/check")

    marks, asked = hub.marks(), len(fake.api_calls)
    assert "Nothing to do" in done(capsys, "run")
    assert json.loads(done(capsys, "plan", "--json"))["actions"] == []
    assert hub.marks() == marks
    assert [call.what for call in fake.api_calls[asked:]] == [
        "issues/list-for-repo", *["pulls/list", "issues/list-comments-for-repo"] * 2
    ]  # fmt: skip


def test_show_says_how_people_decide_on_the_pages(fake: FakeGithub, capsys: Capture) -> None:
    done(capsys, "run")
    told = done(capsys, "show", fake.hub.pulls[1].branch.split("/")[1])
    assert "Accept it: merge pull request 1 on the forge." in told
    assert "comment /dismiss" in told
    assert "doleances accept" not in told


def test_what_people_decide_on_the_pages_is_taken_over(
    fake: FakeGithub, capsys: Capture, desk: Path
) -> None:
    done(capsys, "run")
    hub = fake.hub
    merged, refused = hub.pulls.values()
    hub.merge(merged.number, SAM, "squash")
    hub.close(refused.number, INES, "Not ours: call **her** at 06 39 98 12 34.")
    out = done(capsys, "run")
    assert "1 pull request opened." in out
    assert [name for name in hub.heads() if name.startswith("doleances/")] == [
        pull.branch for pull in hub.pulls.values() if pull.is_open
    ]
    case_id = refused.branch.split("/")[1]
    told = done(capsys, "show", case_id, code=2)
    assert "refused by ines" in told
    assert "Not ours: call **her** at [tel]." in told
    assert "Nothing to do" in done(capsys, "run")
    # A fresh clone knows all of it: nothing that counts is kept in this one alone.
    shutil.rmtree(desk / ".git" / "refs" / "doleances")
    assert "Nothing to do" in done(capsys, "run")


def test_a_rebase_merge_is_a_merge_and_a_reopened_pull_request_is_open(
    fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    hub = fake.hub
    merged, reopened = hub.pulls.values()
    hub.merge(merged.number, INES, "rebase")
    hub.close(reopened.number, INES)
    hub.reopen(reopened.number)
    done(capsys, "run")
    assert merged.branch not in hub.heads()
    assert reopened.branch in hub.heads()
    assert "Nothing to do" in done(capsys, "run")


def test_a_pull_request_that_people_open_again_after_its_refusal_is_open(
    fake: FakeGithub, capsys: Capture, desk: Path, git: Git
) -> None:
    done(capsys, "run")
    hub = fake.hub
    again = hub.pulls[1]
    hub.close(again.number, INES, "Not ours.")
    done(capsys, "run")
    hub.reopen(again.number)
    head = again.head
    assert "people opened its pull request again" in done(capsys, "run")
    marks = hub.marks()
    assert "Nothing to do" in done(capsys, "run")
    assert (hub.heads()[again.branch], hub.marks()) == (head, marks)
    assert again.branch.split("/")[1] in done(capsys, "pulls")

    hub.merge(again.number, SAM)
    done(capsys, "run")
    assert again.branch not in hub.heads()
    assert "Nothing to do" in done(capsys, "run")
    git(desk, "fetch", "-q", str(hub.git_dir), "main")
    git(desk, "reset", "-q", "--hard", "FETCH_HEAD")
    # Broken are only the made-up times: this desk was begun today.
    assert "it was refused, then merged all the same" in done(capsys, "audit", code=1)


def test_a_strangers_pull_request_from_a_fork_is_none_of_ours(
    fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    hub = fake.hub
    waiting = set(hub.heads()) - {pull.branch for pull in hub.pulls.values()} - {"main"}
    forged = hub.open(waiting.pop(), "Accept me", "/dismiss", STRANGER)
    forged.from_fork = True
    assert "Nothing to do" in done(capsys, "run")
    assert forged.labels == []
    assert "Accept me" not in done(capsys, "pulls")


def test_people_propose_their_own_changes_there(
    fake: FakeGithub, capsys: Capture, git: Git, desk: Path
) -> None:
    done(capsys, "run")
    merged = fake.hub.pulls[1]
    fake.hub.merge(merged.number, INES)
    done(capsys, "run")
    case_id = merged.branch.split("/")[1]
    out = done(capsys, "reply", case_id, "--url", "https://avis.example.org/1#r", "--propose")
    pull = fake.hub.pulls[max(fake.hub.pulls)]
    assert pull.branch == f"desk/{case_id}/reply-2"
    assert f"{fake.site}/desk/lumen/pull/{pull.number}" in out
    assert git(fake.hub.git_dir, "log", "-1", "--format=%ae", pull.branch) == "ines@example.org"
    assert "Nothing to do" in done(capsys, "run")
    assert str(pull.number) in done(capsys, "pulls")


@pytest.mark.parametrize("verb", [["accept", "1"], ["reject", "1", "--reason", "no"], ["sync"]])
def test_verbs_that_stand_in_for_pages_say_so(
    fake: FakeGithub, capsys: Capture, verb: list[str]
) -> None:
    assert "this desk's pull requests live on github" in done(capsys, *verb, code=2)


def test_the_team_is_told_on_the_pages_once(
    fake: FakeGithub, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(capsys, "run")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    out = done(capsys, "notify")
    assert "2 messages sent." in out
    assert "waits: the case has no pull request yet" in out
    said = [comment.body for pull in fake.hub.pulls.values() for comment in pull.comments]
    assert all(words.startswith("@ines-martin **") for words in said)
    assert len(said) == 2
    fake.hub.close(1, INES)
    done(capsys, "run")
    done(capsys, "notify")
    done(capsys, "notify")
    assert [len(pull.comments) for pull in fake.hub.pulls.values()] == [1, 1, 1]


def test_a_plan_is_applied_in_another_clone_that_lacks_the_base(
    fake: FakeGithub, capsys: Capture, git: Git, desk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(fake.hub.git_dir), str(other))
    git(other, "remote", "set-url", "origin", fake.url)
    git(desk, "commit", "-q", "--allow-empty", "-m", "Go on.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    done(capsys, "plan", "--out", str(tmp_path / "plan.json"))
    assert "2 pull requests opened." in done(
        capsys, "-C", str(other), "apply", str(tmp_path / "plan.json")
    )
    assert "Nothing to do" in done(capsys, "run")


def test_without_a_token_nothing_is_asked(
    fake: FakeGithub, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOLEANCES_FORGE_TOKEN")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert "DOLEANCES_FORGE_TOKEN is not set" in done(capsys, "run", code=2)
    assert fake.calls == []


@pytest.mark.parametrize("harm", [Harm.SECONDARY, Harm.SECONDARY_IN_WORDS, Harm.TOO_MANY])
def test_after_a_limit_the_run_stops_cleanly_and_the_next_goes_on(
    fake: FakeGithub, capsys: Capture, harm: Harm
) -> None:
    opened = []

    def limited(_: int, call: object) -> Harm | None:
        if getattr(call, "what", "") == "pulls/create":
            opened.append(call)
            return harm if len(opened) == 2 else None
        return None

    fake.harm = limited
    out = done(capsys, "run", code=4)
    assert "asks for rest until" in out
    assert "1 pull request opened." in out
    assert fake.api_calls[-1].what == "pulls/create"
    fake.harm = lambda _number, _call: None
    assert "1 pull request opened." in done(capsys, "run")
    assert len(fake.hub.pulls) == 2
    assert "Nothing to do" in done(capsys, "run")


def test_what_is_left_to_do_at_the_end_is_no_success(fake: FakeGithub, capsys: Capture) -> None:
    def push_to_main(_: int, call: Call) -> None:
        """Let the base have moved whenever it is looked at."""
        if call.what == "git-upload-pack" and call.method == "POST":
            hub = fake.hub
            tree = hub.git("rev-parse", "main^{tree}")
            hub.git("update-ref", "refs/heads/main", hub.git("commit-tree", tree, "-p", "main"))

    fake.harm = push_to_main
    out = done(capsys, "run", code=4)
    assert "actions are still to be done" in out
    assert [name for name in fake.hub.heads() if name != "main"] == []
    fake.harm = lambda _number, _call: None
    assert "2 pull requests opened." in done(capsys, "run")
