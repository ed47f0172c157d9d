"""Commands in comments, and pages that follow their branch, on the strict fake GitHub."""

from pathlib import Path

import pytest
from begun_on_github import MEMBER, answers, begun, desk, fake, file_of, pull
from desk_on_github import Capture, Git, done
from fake_github.model import INES, SAM, STRANGER, Account, FakePull
from fake_github.server import FakeGithub

from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader
from runner.repo.receipts import RECEIPTS, read_receipts
from runner.repo.told import read_team_receipts

__all__ = ("begun", "desk", "fake", "pull")


def test_a_dismissal_closes_the_page_and_keeps_who_and_why(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path
) -> None:
    fake.hub.say(1, SAM, "/dismiss Spam from 06 39 98 12 34, @all fixes #1")
    out = done(capsys, "run")
    assert "Comments on 1 pull request answered." in out
    assert not pull.is_open
    (answer,) = answers(pull)
    assert answer.startswith("@sam-d Closed, and not proposed again: `Spam from [tel]")
    assert "@all" not in answer
    assert "#1" not in answer
    case_id = pull.branch.split("/")[1]
    repository = open_repository(desk)
    with ObjectReader(repository) as reader:
        (receipt,) = read_receipts(reader, RECEIPTS, [(case_id, "open")]).values()
    assert (receipt.outcome, receipt.actor) == ("refused", "sam")
    assert receipt.reason == "Spam from [tel], @all fixes #1"
    assert pull.branch not in fake.hub.heads()
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks


def test_what_people_command_stands_in_the_file_and_on_the_page(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "> quoted\n\n/assign @sam-d\n/crisis\n\nthanks all")
    done(capsys, "run")
    content = file_of(fake, pull)
    assert "owner: sam" in content
    assert "crisis: suicide" in content
    assert "by: ines" in content
    assert pull.title.startswith("CRISIS")
    assert "crisis" in pull.labels
    assert pull.assignees == ["sam-d"]
    assert "**Crisis: fear of suicide.**" in pull.body
    (answer,) = answers(pull)
    assert "**Sam Diallo** owns the case now." in answer
    assert "This is a crisis now" in answer
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run")
    assert fake.hub.marks() == marks


def test_each_is_answered_once_but_strangers_and_those_who_only_talk(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, STRANGER, "/dismiss because I say so")
    fake.hub.say(1, MEMBER, "/dismiss too")
    fake.hub.collaborators.add("temp-worker")
    fake.hub.say(1, Account("temp-worker"), "/assign sam")
    fake.hub.say(1, INES, "/lgtm")
    fake.hub.say(1, INES, "```\n/dismiss code\n```")
    fake.hub.say(1, INES, "Please do not\n/dismiss it")
    edited = fake.hub.say(1, INES, "/dismiss edited")
    fake.hub.pass_time(1)
    edited.edited_at = fake.hub.now
    done(capsys, "run")
    assert pull.is_open
    no_right, no_person, unknown, changed = answers(pull)
    assert "@new-member Nothing was done: commands are for people who may write" in no_right
    assert "names nobody with the login `temp-worker`" in no_person
    assert "There is no command `/lgtm`" in unknown
    assert "`/snooze 2d`" in unknown
    assert "the comment was edited" in changed
    assert "Nothing to do" in done(capsys, "run")
    assert len(answers(pull)) == 4


def test_a_snooze_silences_reminders_and_not_the_clock(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.hub.say(1, INES, "/snooze 2d")
    done(capsys, "run")
    (answer,) = answers(pull)
    assert "Reminders of this proposal rest until Mon 23 Nov 2026, 09:03" in answer
    case_id = pull.branch.split("/")[1]
    with ObjectReader(open_repository(desk)) as reader:
        kept = read_team_receipts(reader, RECEIPTS, [case_id]).acknowledged
    assert {each.by for each in kept} == {"ines"}
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    done(capsys, "notify")
    assert len(answers(pull)) == 1
    assert len(answers(fake.hub.pulls[2])) == 1
    fake.hub.say(1, INES, "/crisis death-threat\n/snooze 1d")
    done(capsys, "run")
    assert "a crisis is never put off" in answers(pull)[-1]


def test_a_duplicate_is_one_of_a_case_that_there_is(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path
) -> None:
    other = fake.hub.pulls[2].branch.split("/")[1]
    fake.hub.say(1, INES, "/duplicate c-000000000000")
    done(capsys, "run")
    assert [each.is_open for each in fake.hub.pulls.values()] == [True, True]
    fake.hub.say(1, INES, f"/duplicate {other}\n/assign sam")
    done(capsys, "run")
    assert [each.is_open for each in fake.hub.pulls.values()] == [False, True, True]
    assert "there is no case `c-000000000000`" in answers(pull)[0]
    assert f"Closed as a duplicate of `{other}`" in answers(pull)[1]
    assert "This proposal is closed now" in answers(pull)[1]
    case_id = pull.branch.split("/")[1]
    with ObjectReader(open_repository(desk)) as reader:
        (receipt,) = read_receipts(reader, RECEIPTS, [(case_id, "open")]).values()
    assert receipt.reason == f"duplicate of {other}"


def test_a_branch_that_a_person_touched_is_told_of_and_left(
    fake: FakeGithub, pull: FakePull, capsys: Capture, git: Git, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "-b", pull.branch, str(fake.hub.git_dir), str(other))
    path = git(other, "diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD")
    (other / path).write_text(
        (other / path).read_text().replace("urgency: normal", "urgency: high")
    )
    git(other, "commit", "-qam", "It is urgent.")
    git(other, "push", "-q", "origin", pull.branch)
    fake.hub.notice_push(SAM)
    head = fake.hub.heads()[pull.branch]
    fake.hub.say(1, INES, "/assign sam")
    done(capsys, "run")
    assert fake.hub.heads()[pull.branch] == head
    (answer,) = answers(pull)
    assert "Put `owner: sam` into" in answer
    # The page follows the person's change of the file.
    assert "urgency: high" in pull.labels
    assert "urgency: normal" not in pull.labels
    assert "high" in pull.title
    assert "Nothing to do" in done(capsys, "run")


def test_what_people_changed_on_a_page_stays_and_is_told_of_once(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    pull.body = "I know better."
    pull.labels = [*(each for each in pull.labels if "category" not in each), "ask the boss"]
    pull.assignees = []
    fake.hub.say(1, INES, "/assign sam")
    done(capsys, "run")
    fake.hub.say(1, INES, "/crisis")
    done(capsys, "run")
    assert pull.body == "I know better."
    assert pull.title.startswith("CRISIS")
    assert pull.assignees == ["sam-d"]
    assert "ask the boss" in pull.labels
    assert not any("category" in each for each in pull.labels)
    assert "crisis" in pull.labels
    told = [words for words in answers(pull) if "Somebody has written over" in words]
    assert len(told) == 1
    assert "Nothing to do" in done(capsys, "run")


def test_where_nobody_commands_a_run_asks_for_one_list_more_and_makes_no_label_twice(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    looks = {label.name: (label.colour, label.description) for label in fake.hub.labels}
    assert set(looks) >= set(pull.labels)
    assert looks["urgency: normal"] == ("bfd4f2", "How soon the customer must be answered")
    assert [call.what for call in fake.api_calls].count("issues/list-labels-for-repo") == 1
    fake.hub.say(1, INES, "Nice.")
    done(capsys, "run")
    asked = len(fake.api_calls)
    done(capsys, "run")
    kinds = {call.what for call in fake.api_calls[asked:]}
    assert "issues/list-comments-for-repo" in kinds
    assert "issues/list-comments" not in kinds
    assert "repos/get-collaborator-permission-level" not in kinds


def test_a_page_that_people_opened_again_is_heard(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/dismiss Not ours.")
    done(capsys, "run")
    fake.hub.reopen(1)
    fake.hub.say(1, SAM, "Ours after all.")
    done(capsys, "run")
    fake.hub.say(1, SAM, "/assign sam")
    done(capsys, "run")
    assert "owner: sam" in file_of(fake, pull)
    assert answers(pull)[-1] == "@sam-d **Sam Diallo** owns the case now."
    assert pull.assignees == ["sam-d"]
    fake.hub.say(1, SAM, "/dismiss No, not ours.")
    done(capsys, "run")
    assert not pull.is_open
    assert pull.branch not in fake.hub.heads()
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks


def test_a_duplicate_of_a_case_brings_its_place_there(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    other = fake.hub.pulls[2]
    target, key = other.branch.split("/")[1], pull.branch.split("/")[1]
    fake.hub.merge(2, SAM)
    done(capsys, "run")
    fake.hub.say(1, INES, f"/duplicate {target}")
    done(capsys, "run")
    assert not pull.is_open
    assert "The place where this was said is proposed for that case." in answers(pull)[0]
    (place,) = [each for each in fake.hub.pulls.values() if f"{target}/place-" in each.branch]
    assert f"key: {key}" in file_of(fake, place)
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks
    fake.hub.merge(place.number, SAM)
    done(capsys, "run")
    assert place.branch not in fake.hub.heads()
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_a_command_beside_a_merge_is_answered_once(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/assign sam")
    fake.hub.merge(1, SAM)
    done(capsys, "run")
    (answer,) = answers(pull)
    assert answer.startswith("@ines-martin Nothing was done: this came after the merge.")
    assert pull.branch not in fake.hub.heads()
    marks = fake.hub.marks()
    assert "Nothing to do" in done(capsys, "run", "--full")
    assert fake.hub.marks() == marks


def test_a_crisis_goes_before_a_dismissal_of_the_same_page(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    fake.hub.say(1, INES, "/dismiss spam")
    fake.hub.pass_time(3)
    fake.hub.say(1, SAM, "/crisis death-threat")
    done(capsys, "run")
    assert pull.is_open
    assert pull.title.startswith("CRISIS")
    assert "crisis: death-threat" in file_of(fake, pull)
    kept, raised = answers(pull)
    assert kept.startswith("@ines-martin Nothing was done: no comment closes a crisis.")
    assert raised.startswith("@sam-d **This is a crisis now")
    assert "Nothing to do" in done(capsys, "run")


def test_two_duplicates_in_one_run_keep_both_messages(
    fake: FakeGithub, desk: Path, capsys: Capture, git: Git
) -> None:
    sources = desk / "sources.yaml"
    wide = sources.read_text().replace("open_pulls: 2, pulls_per_run: 2", "open_pulls: 9")
    sources.write_text(wide)
    git(desk, "commit", "-qam", "Let more be open.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    done(capsys, "run")
    pulls = dict(fake.hub.pulls)
    third = max(pulls)
    target = pulls[2].branch.split("/")[1]
    fake.hub.merge(2, SAM)
    done(capsys, "run")
    for number in (1, third):
        fake.hub.say(number, INES, f"/duplicate {target}")
    done(capsys, "run")
    assert not pulls[1].is_open
    assert not pulls[third].is_open
    (place,) = [each for each in fake.hub.pulls.values() if f"{target}/place-" in each.branch]
    content = file_of(fake, place)
    for number in (1, third):
        assert f"key: {pulls[number].branch.split('/')[1]}" in content
    assert "Nothing to do" in done(capsys, "run", "--full")
    fake.hub.merge(place.number, SAM)
    done(capsys, "run")
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_a_duplicate_of_what_is_only_proposed_stands_in_its_file(
    fake: FakeGithub, pull: FakePull, capsys: Capture
) -> None:
    other = fake.hub.pulls[2]
    key = pull.branch.split("/")[1]
    fake.hub.say(1, INES, "/duplicate #2")
    fake.hub.say(2, INES, "/assign sam")
    done(capsys, "run")
    assert not pull.is_open
    assert f"key: {key}" in file_of(fake, other)
    assert "owner: sam" in file_of(fake, other)
    assert "is in the file that is proposed for that case" in answers(pull)[0]
    assert "Nothing to do" in done(capsys, "run", "--full")
    fake.hub.merge(2, SAM)
    done(capsys, "run")
    assert "Nothing to do" in done(capsys, "run", "--full")


def test_a_command_on_a_page_that_a_person_proposed_is_answered_once(
    fake: FakeGithub, pull: FakePull, capsys: Capture, desk: Path, git: Git
) -> None:
    fake.hub.merge(1, SAM)
    done(capsys, "run")
    git(desk, "pull", "-q", str(fake.hub.git_dir), "main")
    case_id = pull.branch.split("/")[1]
    git(desk, "config", "user.email", "ines@example.org")
    done(capsys, "note", case_id, "--note", "Ask the shop.", "--propose")
    theirs = max(fake.hub.pulls.values(), key=lambda each: each.number)
    assert theirs.branch.startswith(f"desk/{case_id}/")
    fake.hub.say(theirs.number, SAM, "/dismiss no")
    fake.hub.say(theirs.number, STRANGER, "/crisis")
    done(capsys, "run")
    assert theirs.is_open
    (said,) = answers(theirs)
    assert said.startswith("@sam-d Nothing was done: a person proposes this")
    fake.hub.close(theirs.number, INES)
    fake.hub.say(theirs.number, SAM, "/crisis")
    done(capsys, "run")
    assert answers(theirs)[1].startswith("@sam-d **This is a crisis now")
    assert any(f"{case_id}/crisis-" in each.branch for each in fake.hub.pulls.values())
    assert "Nothing to do" in done(capsys, "run", "--full")
