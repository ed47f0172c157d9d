"""`doleances doctor`: every lack is named, and what cannot be seen is never said to be well."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run
from runner.errors import ExitCode

STRANGER = "t0ken-of-nobody"
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]
Fake = Any


def is_gitea(fake: Fake) -> bool:
    return type(fake.pages).__name__ == "GiteaPages"


def seen(capsys: Capture, code: int | None = None) -> dict[str, str]:
    ended = run(["doctor", "--json"])
    out, err = capsys.readouterr()
    assert code is None or ended == code, out + err
    found: dict[str, str] = {}
    for one in json.loads(out):
        assert one["verdict"] == "ok" or one["remedy"], one
        rank = ["ok", "unknown", "warning", "fault"]
        found[one["check"]] = max(found.get(one["check"], "ok"), one["verdict"], key=rank.index)
    return found


def test_a_desk_that_lacks_nothing_but_its_first_run(fake: Fake, capsys: Capture) -> None:
    found = seen(capsys, ExitCode.DONE)
    lacks = {name for name, verdict in found.items() if verdict not in {"ok", "unknown"}}
    assert lacks == {"schedule", "dashboard", "labels"}
    assert found["rights"] == "unknown"
    assert run(["run"]) == 0
    capsys.readouterr()
    found = seen(capsys, ExitCode.DONE)
    assert (found["dashboard"], found["labels"]) == ("ok", "ok")


LACKS = {
    "public": ({"is_private": False}, "warning"),
    "base": ({"default_branch": "trunk"}, "fault"),
    "issues": ({"has_issues": False}, "fault"),
    "protection": ({"is_protected": False}, "warning"),
    "required-check": ({"required": (), "patterns": ()}, "warning"),
    "merges": ({"ways": frozenset({"squash"})}, "warning"),
    "branches": ({"deletes_branches": False}, "warning"),
    "running": ({"workflows": {"check": "active", "collect": "disabled_inactivity"}}, "fault"),
}


def test_each_lack_is_named(fake: Fake, capsys: Capture) -> None:
    before, well = seen(capsys), fake.pages.settings
    for name, (settings, verdict) in LACKS.items():
        fake.pages.settings = replace(well, **settings)
        after = seen(capsys, ExitCode.FAULTS if verdict == "fault" else ExitCode.DONE)
        assert before[name] == "ok"
        assert {each: v for each, v in after.items() if v != before[each]} == {name: verdict}


def test_what_the_token_may_not_see_is_not_known(
    fake: Fake, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.pages.settings.is_admin = False
    found = seen(capsys, ExitCode.DONE)
    hidden = {"secrets"} if is_gitea(fake) else {"merges", "branches", "open-pulls"}
    assert {name for name, verdict in found.items() if verdict == "unknown"} == hidden | {"rights"}


def test_a_token_that_may_not_push_is_a_fault(
    fake: Fake, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOLEANCES_FORGE_TOKEN", STRANGER)
    assert seen(capsys, ExitCode.FAULTS)["push"] == "fault"


def test_without_a_token_the_rest_is_told(
    fake: Fake, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(capsys)
    for name in ("DOLEANCES_FORGE_TOKEN", "GITHUB_TOKEN", "GITEA_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    found = seen(capsys, ExitCode.FAULTS)
    assert {name for name, verdict in found.items() if verdict == "fault"} == {"push"}
    assert found["public"] == found["access"] == found["schedule"] == "unknown"
    for local in ("python", "git", "workflows", "owners", "team"):
        assert found.get(local) == before.get(local)


def test_a_repository_that_is_not_there_says_where_to_look(
    fake: Fake, capsys: Capture, git: Git
) -> None:
    git(Path(), "remote", "set-url", "origin", fake.url.replace(fake.hub.name, "no/such"))
    assert run(["doctor"]) == ExitCode.OUTSIDE
    assert "look whether `git remote get-url origin` is right" in capsys.readouterr().err


def test_who_of_the_team_may_not_write_is_named(fake: Fake, capsys: Capture) -> None:
    fake.hub.collaborators.remove("sam-d")
    assert run(["doctor"]) == 0
    assert "May not write to the repository: sam-d" in capsys.readouterr().out


def test_secrets_that_the_workflows_name_must_be_set(fake: Fake, capsys: Capture) -> None:
    policy = Path("policies/escalation.yaml")
    text = policy.read_text().replace("# - {id: chat", "- {id: chat")
    policy.write_text(re.sub(r"   # slack.*", "", text))
    found = seen(capsys, ExitCode.FAULTS)
    assert (found["workflows"], found["secrets"]) == ("warning", "fault")
    assert run(["init", ".", "--workflows"]) == 0
    fake.pages.settings.secrets += ("DOLEANCES_CHAT_URL",)
    capsys.readouterr()
    found = seen(capsys, ExitCode.DONE)
    assert (found["workflows"], found["secrets"]) == ("ok", "ok")


def test_a_stopped_program_is_told(fake: Fake, capsys: Capture) -> None:
    assert run(["run"]) == 0
    (dashboard,) = fake.hub.issues.values()
    dashboard.labels.append("doleances: stop")
    capsys.readouterr()
    assert run(["doctor"]) == 0
    assert f"People have stopped the program, on issue {dashboard.number}." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("fake", ["github"], indirect=True)
class TestOnGithub:
    def test_workflows_that_may_not_open_pulls(self, fake: Fake, capsys: Capture) -> None:
        fake.pages.settings.actions_open_pulls = False
        assert seen(capsys, ExitCode.FAULTS)["open-pulls"] == "fault"
        assert run(["doctor"]) == 1
        assert "Allow GitHub Actions to create and approve" in capsys.readouterr().out
        # An app of one's own needs no such right.
        fake.pages.settings.secrets = ("DOLEANCES_APP_KEY",)
        assert "open-pulls" not in seen(capsys, ExitCode.DONE)

    def test_a_ruleset_counts_as_a_protection(self, fake: Fake, capsys: Capture) -> None:
        settings = fake.pages.settings
        settings.is_protected, settings.required = False, ()
        settings.in_ruleset = ("doleances/check",)
        found = seen(capsys, ExitCode.DONE)
        assert (found["protection"], found["required-check"]) == ("ok", "ok")

    def test_a_check_that_never_starts_is_told(self, fake: Fake, capsys: Capture) -> None:
        fake.pages.settings.required = ("check", "doleances/check")
        assert seen(capsys, ExitCode.DONE)["required-check"] == "warning"


@pytest.mark.parametrize(
    ("at", "verdict"),
    [("2026-11-21T06:00:00Z", "ok"), ("2026-11-20T06:00:00Z", "fault")],
    ids=["lately", "yesterday"],
)
def test_a_schedule_that_died_is_a_fault(
    fake: Fake, capsys: Capture, monkeypatch: pytest.MonkeyPatch, at: str, verdict: str
) -> None:
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T08:00:00Z")
    fake.pages.settings.scheduled_at = at
    assert seen(capsys)["schedule"] == verdict


@pytest.mark.parametrize("fake", ["gitea"], indirect=True)
class TestOnGitea:
    def test_a_status_by_its_very_name_would_lock_people_out(
        self, fake: Fake, capsys: Capture
    ) -> None:
        fake.pages.settings.patterns = ("doleances/check",)
        assert seen(capsys, ExitCode.DONE)["required-check"] == "warning"
        assert run(["doctor"]) == 0
        assert "Ask for *doleances/check* instead" in capsys.readouterr().out

    def test_actions_that_are_switched_off(self, fake: Fake, capsys: Capture) -> None:
        fake.pages.settings.has_actions = False
        assert seen(capsys, ExitCode.FAULTS)["running"] == "fault"

    def test_workflows_that_wait_for_a_machine(self, fake: Fake, capsys: Capture) -> None:
        fake.pages.settings.took_jobs = False
        assert seen(capsys, ExitCode.DONE)["machine"] == "warning"


def test_a_clock_that_goes_wrong_is_a_fault(
    fake: Fake, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOLEANCES_NOW", f"{fake.hub.now.year + 4}-11-21T08:00:00Z")
    assert seen(capsys, ExitCode.FAULTS)["clock"] == "fault"


def test_before_the_first_push_the_settings_are_told(fake: Fake, capsys: Capture, git: Git) -> None:
    fake.hub.git("update-ref", "-d", "refs/heads/main")
    found = seen(capsys)
    assert (found["pushed"], found["base"], found["dashboard"]) == ("fault", "ok", "unknown")


def test_a_desk_on_git_alone_needs_little(
    tmp_path: Path, own_git_settings: None, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["--brand", "Étoile", "--language", "en", "--team", "Inès <ines@example.org>"]
    assert run(["init", str(tmp_path / "desk"), *given, "--commit"]) == 0
    monkeypatch.chdir(tmp_path / "desk")
    capsys.readouterr()
    assert seen(capsys, ExitCode.DONE) == {"python": "ok", "git": "ok", "you": "ok"}


@pytest.mark.usefixtures("own_git_settings", "desk")
class TestWhatCannotBeKnownStopsNothing:
    """On git and files alone: no forge is asked."""

    @pytest.fixture
    def desk(self, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> Path:
        given = ["--brand", "Étoile", "--language", "en", "--forge", "github", "--commit"]
        given += ["--repository", "etoile/desk", "--team", "Inès <ines@example.org>, ines"]
        assert run(["init", str(tmp_path / "desk"), *given]) == 0
        monkeypatch.chdir(tmp_path / "desk")
        monkeypatch.setenv("DOLEANCES_FORGE_TOKEN", "t0ken")
        capsys.readouterr()
        return tmp_path / "desk"

    def test_a_missing_remote_is_a_fault_among_others(self, capsys: Capture) -> None:
        found = seen(capsys, ExitCode.FAULTS)
        assert {name for name, verdict in found.items() if verdict == "fault"} == {"remote"}
        assert (found["workflows"], found["owners"], found["schedule"]) == ("ok", "ok", "unknown")
        assert run(["doctor"]) == 1
        out = capsys.readouterr().out
        assert "There is no git remote origin: nothing can be pushed." in out
        assert "git remote add origin ADDRESS" in out
        assert "Known once the git remote leads to" in out

    def test_without_a_token_the_remote_is_told_all_the_same(
        self, desk: Path, git: Git, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("DOLEANCES_FORGE_TOKEN", "GITHUB_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        found = seen(capsys, ExitCode.FAULTS)
        assert (found["remote"], found["push"]) == ("fault", "fault")
        git(desk, "remote", "add", "origin", "https://github.com/etoile/desk.git")
        assert seen(capsys, ExitCode.FAULTS)["remote"] == "ok"
        git(desk, "remote", "set-url", "origin", "../elsewhere")
        assert seen(capsys, ExitCode.FAULTS)["remote"] == "fault"
        assert run(["doctor"]) == 1
        assert "leads to no repository on a server" in capsys.readouterr().out

    def test_a_broken_policy_leaves_the_rest(self, desk: Path, capsys: Capture) -> None:
        (desk / "policies/team.yaml").write_text("people: 3\n")
        found = seen(capsys, ExitCode.FAULTS)
        assert (found["files"], found["remote"], found["python"]) == ("fault", "fault", "ok")
        assert not {"owners", "team", "workflows"} & set(found)

    def test_a_broken_sources_yaml_leaves_the_machine(self, desk: Path, capsys: Capture) -> None:
        (desk / "sources.yaml").write_text("version: [\n")
        assert seen(capsys, ExitCode.FAULTS) == {"python": "ok", "git": "ok", "files": "fault"}
        assert run(["doctor"]) == 1
        assert "doleances check names them" in capsys.readouterr().out

    def test_a_folder_that_is_no_repository_is_named(
        self, desk: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy = desk.parent / "copy"
        shutil.copytree(desk, copy, ignore=shutil.ignore_patterns(".git"))
        monkeypatch.chdir(copy)
        found = seen(capsys, ExitCode.FAULTS)
        assert (found["clone"], found["python"], found["owners"]) == ("fault", "ok", "ok")
        assert "remote" not in found
