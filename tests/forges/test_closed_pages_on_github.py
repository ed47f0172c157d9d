"""Pages that somebody closed, and crises on any page, on the strict fake GitHub."""

from pathlib import Path

import pytest
from begun_on_github import MEMBER, answers, begun, desk, fake, file_of, pull
from desk_on_github import Capture, Git, done
from fake_github.model import INES, SAM, STRANGER, FakePull
from fake_github.server import Call, FakeGithub

__all__ = ("begun", "desk", "fake", "pull")


def on_call(fake: FakeGithub, desk: Path, git: Git) -> None:
    """Let the policy say who is told of a crisis."""
    file = desk / "policies" / "escalation.yaml"
    crisis = (
        "- clock: crisis\n  tiers: [{id: at-once, at: start, tell: [{role: community-manager}], "
    )
    file.write_text(f"{file.read_text()}{crisis}by: [forge]}}]\n")
    git(desk, "commit", "-qam", "Tell of crises.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")


def test_a_crisis_on_a_page_that_was_closed_opens_it_again_and_those_in_charge_are_told(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path, git: Git,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    on_call(fake, desk, git)
    fake.hub.say(1, INES, "/dismiss spam")
    done(capsys, "run")
    assert pull.branch not in fake.hub.heads()
    fake.hub.pass_time(99)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-25T11:05:00Z")
    fake.hub.say(1, STRANGER, "/crisis")
    fake.hub.say(1, SAM, "/assign sam")
    fake.hub.say(1, SAM, "/crisis death-threat\n/dismiss no")
    done(capsys, "run")
    assert pull.is_open
    assert pull.title.startswith("CRISIS")
    assert "crisis: death-threat" in file_of(fake, pull)
    assert "OVERDUE" in pull.body
    assert "**Crisis: threat of death.**" in pull.body
    _, assigned, said = answers(pull)
    assert assigned == "@sam-d **Sam Diallo** owns the case now."
    assert said.startswith("@sam-d **This is a crisis now: threat of death.**")
    assert "no comment closes a crisis" in said
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks
    done(capsys, "notify")
    assert "nobody has it in hand yet" in answers(pull)[-1]
    # Whoever has looked at it closes the page, and it stays closed.
    fake.hub.close(1, INES, "Two of us have called: a joke among friends.")
    done(capsys, "run")
    assert not pull.is_open
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_a_crisis_that_opens_a_page_which_lists_do_not_show_yet_is_not_passed_over(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/dismiss spam")
    done(capsys, "run")
    fake.hub.pass_time(1)
    fake.hub.say(1, SAM, "/crisis")
    fake.hub.pass_time(1)
    fake.hub.say(2, INES, "Later words of somebody else.")
    fake.pages.make_stale()
    done(capsys, "run")
    assert pull.is_open
    assert len(answers(pull)) == 1
    fake.pages.make_fresh()
    done(capsys, "run")
    assert "crisis: suicide" in file_of(fake, pull)
    assert answers(pull)[-1].startswith("@sam-d **This is a crisis now")


def test_a_crisis_is_heard_where_no_page_is_open_and_nobody_knows_when_comments_were_read(
    fake: FakeGithub, pull: FakePull, capsys: Capture, git: Git, desk: Path
) -> None:
    while any(each.is_open for each in fake.hub.pulls.values()):
        for each in fake.hub.pulls.values():
            if each.is_open:
                fake.hub.close(each.number, INES, "/dismiss spam")
        done(capsys, "run")
    git(desk, "update-ref", "-d", "refs/doleances/ledger")
    fake.hub.git("update-ref", "-d", "refs/doleances/ledger")
    fake.hub.pass_time(9)
    fake.hub.say(1, SAM, "/crisis")
    done(capsys, "run")
    assert pull.is_open
    assert "crisis: suicide" in file_of(fake, pull)


def test_a_crisis_on_a_closed_page_is_heard_though_a_page_was_opened_since(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path, git: Git
) -> None:
    fake.hub.merge(2, SAM)
    while opened := [each.number for each in fake.hub.pulls.values() if each.is_open]:
        for number in opened:
            fake.hub.close(number, INES, "Not ours.")
        done(capsys, "run")
    fake.hub.pass_time(9)
    fake.hub.say(1, SAM, "/crisis")
    fake.hub.pass_time(30)
    git(desk, "pull", "-q", str(fake.hub.git_dir), "main")
    git(desk, "config", "user.email", "ines@example.org")
    case_id = fake.hub.pulls[2].branch.split("/")[1]
    done(capsys, "note", case_id, "--note", "Ask the shop.", "--propose")
    done(capsys, "run")
    assert pull.is_open
    assert "crisis: suicide" in file_of(fake, pull)


def test_a_crisis_that_was_said_before_somebody_closed_the_page_opens_it_again(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, SAM, "/crisis")
    fake.hub.close(1, INES)
    done(capsys, "run")
    assert pull.is_open
    (said,) = answers(pull)
    assert said.startswith("@sam-d **This is a crisis now: fear of suicide.**")
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_a_crisis_on_a_page_that_cannot_be_opened_again_is_warned_of_once(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/dismiss spam")
    done(capsys, "run")
    fake.hub.git("update-ref", "-d", "refs/pull/1/head")
    fake.hub.git("reflog", "expire", "--expire=all", "--all")
    fake.hub.git("gc", "-q", "--prune=now")
    pull.head = "1" * 40
    fake.hub.say(1, SAM, "/crisis death-threat\n/assign sam")
    done(capsys, "run")
    assert not pull.is_open
    said = answers(pull)[-1]
    assert said.startswith("@sam-d **Warn those in charge at once.** This page was closed")
    assert "say `/crisis death-threat` there once more" in said
    assert "Nothing was done: this page was closed before." in said
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks


def test_a_page_whose_branch_the_server_sees_late_is_opened_again_by_the_next_run(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/dismiss spam")
    done(capsys, "run")
    fake.hub.say(1, SAM, "/crisis")
    head, asked = pull.head, list[Call]()

    def see_late(_: int, call: Call) -> None:
        is_first = call.what == "pulls/update" and not asked
        asked.extend([call] if is_first else [])
        pull.head = "1" * 40 if is_first else head

    fake.harm = see_late
    done(capsys, "run", code=4)
    assert not pull.is_open
    assert len(answers(pull)) == 1
    done(capsys, "run")
    assert pull.is_open
    assert "crisis: suicide" in file_of(fake, pull)


@pytest.mark.parametrize("how", ["merged", "touched"])
def test_a_crisis_that_the_page_cannot_hold_is_proposed_beside_and_those_in_charge_are_told(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path, git: Git, tmp_path: Path, *,
    how: str,
) -> None:  # fmt: skip
    on_call(fake, desk, git)
    case_id = pull.branch.split("/")[1]
    if how == "merged":
        fake.hub.merge(1, SAM)
        done(capsys, "run")
    else:
        other = tmp_path / "other"
        git(tmp_path, "clone", "-q", "-b", pull.branch, str(fake.hub.git_dir), str(other))
        path = git(other, "diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD")
        file = other / path
        file.write_text(file.read_text().replace("urgency: normal", "urgency: high"))
        git(other, "commit", "-qam", "It is urgent.")
        git(other, "push", "-q", "origin", pull.branch)
        fake.hub.notice_push(SAM)
    fake.hub.say(1, SAM, "/crisis")
    done(capsys, "run")
    (beside,) = [p for p in fake.hub.pulls.values() if f"{case_id}/crisis-" in p.branch]
    assert beside.title.startswith("CRISIS")
    assert "by: sam" in file_of(fake, beside)
    assert [each.state for each in fake.hub.statuses[beside.head]] == ["success"]
    assert ("urgency: high" in file_of(fake, beside)) == (how == "touched")
    said = next(words for words in answers(pull) if words.startswith("@sam-d"))
    assert said.startswith("@sam-d **This is a crisis now: fear of suicide.**")
    assert "on a page of its own" in said
    fake.hub.say(beside.number, INES, "/dismiss no")
    marks = fake.hub.marks()
    done(capsys, "run")
    assert "no comment closes a crisis" in answers(beside)[0]
    done(capsys, "notify")
    told = [words for words in (*answers(pull), *answers(beside)) if "nobody has it in" in words]
    assert len(told) == 1
    fake.hub.merge(beside.number, SAM)
    done(capsys, "run")
    assert beside.branch not in fake.hub.heads()
    assert marks != fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_every_command_on_a_page_that_was_closed_is_answered_once(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, SAM, "/assign sam")
    fake.hub.close(1, INES, "Not ours.")
    done(capsys, "run")
    fake.hub.say(1, SAM, "/snooze 2d")
    fake.hub.say(1, STRANGER, "/dismiss no")
    fake.hub.say(1, MEMBER, "/dismiss no")
    done(capsys, "run")
    assert [words.partition(" ")[0] for words in answers(pull)] == [
        "@sam-d",
        "@sam-d",
        "@new-member",
    ]
    assert all("this page was closed before" in words for words in answers(pull)[:2])
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks
