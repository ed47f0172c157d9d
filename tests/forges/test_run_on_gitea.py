"""The verbs on a desk on Gitea, on the strict fake, as people start them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_on_github import SOURCES, Capture, Git, desk, done
from fake_gitea.server import FakeGitea, fake_gitea
from fake_github.model import INES, SAM, STRANGER

__all__ = ("desk",)


@pytest.fixture
def fake(desk: Path, git: Git, tmp_path: Path) -> Iterator[FakeGitea]:
    with fake_gitea(tmp_path / "served") as fake:
        (desk / "sources.yaml").write_text(SOURCES.replace("forge: github", "forge: gitea"))
        git(desk, "commit", "-qam", "Move to Gitea.")
        git(desk, "remote", "add", "origin", fake.url)
        git(desk, "push", "-q", str(fake.hub.git_dir), "main")
        yield fake
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


def test_people_merge_and_command_on_the_pages_and_nothing_is_done_twice(
    fake: FakeGitea, capsys: Capture
) -> None:
    done(capsys, "run")
    hub = fake.hub
    first, second = hub.pulls.values()
    assert (first.assignees, first.is_open, second.is_open) == (["ines-martin"], True, True)
    hub.say(first.number, STRANGER, "/dismiss because I say so")
    hub.say(second.number, INES, "/dismiss Spam")
    hub.merge(first.number, SAM, "squash")
    out = done(capsys, "run")
    assert "Comments on 1 pull request answered." in out
    assert not second.is_open
    assert [pull.is_open for pull in hub.pulls.values()].count(True) == 1
    assert set(hub.heads()) & {first.branch, second.branch} == set()
    done(capsys, "run")
    marks = hub.marks()
    fake.calls.clear()
    assert "Nothing to do" in done(capsys, "run")
    assert hub.marks() == marks
    assert {call.method for call in fake.api_calls} <= {"GET"}
    assert len(fake.api_calls) < 20


def test_a_branch_that_people_restored_after_its_refusal_stays_with_its_pull_request(
    fake: FakeGitea, capsys: Capture
) -> None:
    done(capsys, "run")
    hub = fake.hub
    again = hub.pulls[1]
    hub.close(again.number, INES)
    done(capsys, "run")
    hub.reopen(again.number)
    assert "people opened its pull request again" in done(capsys, "run")
    assert "Nothing to do" in done(capsys, "run")
    assert again.is_open
    assert hub.heads()[again.branch] == again.head

    hub.close(again.number, SAM)
    done(capsys, "run")
    assert again.branch not in hub.heads()
    assert "Nothing to do" in done(capsys, "run")


def test_without_a_token_the_name_of_the_variable_is_told(
    desk: Path, fake: FakeGitea, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOLEANCES_FORGE_TOKEN")
    for name in ("GITEA_TOKEN", "FORGEJO_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert "DOLEANCES_FORGE_TOKEN" in done(capsys, "run", code=2)
