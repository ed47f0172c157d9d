"""Runs on the strict fake GitHub: the dashboard they keep, the label that stops them, failures."""

import json
from pathlib import Path

import pytest
from desk_on_github import Capture, Git, done
from fake_github.model import BOT, INES, FakeIssue
from fake_github.server import Call, FakeGithub, Harm

from runner.cli.main import run
from runner.forges.own_issues import STOP

WRITES = {"POST", "PATCH", "PUT", "DELETE"}


def own_issue(fake: FakeGithub, topic: str) -> FakeIssue:
    (found,) = (i for i in fake.hub.issues.values() if f"doleances:{topic} " in i.body)
    return found


def test_a_run_keeps_a_dashboard_and_the_next_leaves_it_as_it_is(
    fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    issue = own_issue(fake, "dashboard")
    assert (issue.title, issue.author) == ("Dashboard: Essai", BOT)
    assert "**No open case, 3 proposed, none overdue.**" in issue.body
    assert "1 case waits on its branch" in issue.body
    assert "Ma lampe" not in issue.body
    for pull in fake.hub.pulls.values():
        assert f"{fake.site}/desk/lumen/pull/{pull.number})" in issue.body
    before, asked = issue.body, len(fake.api_calls)
    done(capsys, "run")
    assert issue.body == before
    assert not {call.method for call in fake.api_calls[asked:]} & WRITES
    shown = done(capsys, "dashboard")
    assert "**No open case, 3 proposed, none overdue.**" in shown
    assert len(json.loads(done(capsys, "dashboard", "--json"))["cases"]) == 3


def test_a_label_on_the_dashboard_stops_all_that_writes(fake: FakeGithub, capsys: Capture) -> None:
    done(capsys, "run")
    hub, issue = fake.hub, own_issue(fake, "dashboard")
    hub.close(1, INES, "Not ours.")
    done(capsys, "plan", "--out", "plan.json")
    issue.labels.append(STOP)
    refs, marks, asked = hub.git("for-each-ref"), hub.marks(), len(fake.api_calls)
    for verb in (
        ["notify", "--scheduled"],
        ["apply", "plan.json"],
        ["run"],
        ["run", "--scheduled"],
    ):
        assert f"Stopped by the label {STOP} on issue {issue.number}" in done(capsys, *verb)
    assert (hub.git("for-each-ref"), hub.marks()) == (refs, marks)
    written = [call.what for call in fake.api_calls[asked:] if call.method in WRITES]
    assert written == ["issues/update"]
    assert "**The program is stopped**" in issue.body
    issue.labels.remove(STOP)
    assert "1 pull request opened." in done(capsys, "run")
    assert "**The program is stopped**" not in issue.body


def test_stopped_between_reading_and_writing_it_writes_nothing(
    fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    issue = own_issue(fake, "dashboard")
    fake.hub.close(1, INES, "Not ours.")
    marks, looks = fake.hub.marks(), []

    def stop_on_the_second_look(_: int, call: Call) -> Harm | None:
        if call.what == "issues/list-for-repo":
            looks.append(call)
            if len(looks) == 2:
                issue.labels.append(STOP)
        return None

    fake.harm = stop_on_the_second_look
    assert "Stopped by the label" in done(capsys, "run")
    assert fake.hub.marks() == marks


@pytest.mark.parametrize("how", ["label", "suspend"])
def test_stopped_while_it_tells_people_it_tells_no_more_until_it_may(
    fake: FakeGithub, capsys: Capture, desk: Path, how: str
) -> None:
    done(capsys, "run")
    issue, sources = own_issue(fake, "dashboard"), desk / "sources.yaml"
    said = sources.read_text()
    said_now = {"label": said, "suspend": f"{said}suspend: true\n"}[how]

    def stop_after_the_first_comment(_: int, call: Call) -> Harm | None:
        if call.what == "issues/create-comment":
            sources.write_text(said_now)
            issue.labels += [STOP] if how == "label" else []
        return None

    fake.harm = stop_after_the_first_comment
    assert run(("notify", "--scheduled", "--json")) == 0
    out, err = capsys.readouterr()
    told = [len(pull.comments) for pull in fake.hub.pulls.values()]
    assert sorted(told) == [0, 1]
    assert ("Stopped by the label" if how == "label" else "Nothing more was done") in err
    first, *left = json.loads(out)["messages"]
    assert first["outcome"] == "sent"
    assert {each["detail"] for each in left} == {"waits: the program was stopped"}
    sources.write_text(said)
    issue.labels = [each for each in issue.labels if each != STOP]
    done(capsys, "notify", "--scheduled")
    assert [len(pull.comments) for pull in fake.hub.pulls.values()] == [1, 1]


def test_people_are_told_on_one_issue_when_scheduled_runs_fail_until_one_succeeds(
    fake: FakeGithub, capsys: Capture, desk: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_at(hour: int, code: int) -> None:
        monkeypatch.setenv("DOLEANCES_NOW", f"2026-11-21T{hour:02}:00:00Z")
        done(capsys, "run", "--scheduled", code=code)

    run_at(8, 0)
    case = desk / "cases" / "2026" / "11" / "20" / "c-000000000000.yaml"
    case.parent.mkdir(parents=True)
    case.write_text("schema: 1\nid: @Camille\n")
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "Spoil it.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    run_at(9, 1)
    assert len(fake.hub.issues) == 1
    policy = desk / "policies" / "team.yaml"
    sound = policy.read_bytes()
    policy.write_text("version: @Camille\n")
    run_at(10, 1)
    assert "policies/team.yaml:1:" in own_issue(fake, "failure").body
    policy.write_bytes(sound)
    run_at(11, 1)
    issue = own_issue(fake, "failure")
    assert "`doleances run` fails" in issue.body
    assert "cases/2026/11/20/c-000000000000.yaml:" in issue.body
    assert "Camille" not in issue.body
    git(desk, "rm", "-q", "-r", "cases")
    git(desk, "commit", "-qm", "Mend it.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    run_at(12, 0)
    assert not issue.is_open
    assert len(fake.hub.issues) == 2


def test_by_hand_a_failure_is_told_to_nobody_else(fake: FakeGithub, capsys: Capture) -> None:
    fake.harm = lambda _, call: Harm.ILL if call.what == "pulls/create" else None
    for _ in range(3):
        done(capsys, "run", code=4)
    assert len(fake.hub.issues) == 1
    body = own_issue(fake, "dashboard").body
    assert "## What the program could not do" in body
    assert "answered 502" in body


def test_without_the_right_to_issues_the_runner_works_on_and_says_so(
    fake: FakeGithub, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = fake.pages
    answer = pages.answer

    def without_issues(request: object) -> object:
        from fake_github.pages import no

        if request.operation.id in {"issues/list-for-repo", "issues/create"}:  # type: ignore[attr-defined]
            return no(403, "Resource not accessible by integration")
        return answer(request)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "answer", without_issues)
    out = done(capsys, "run")
    assert "2 pull requests opened." in out
    assert "There is no dashboard, and no label stops the program" in out
    assert fake.hub.issues == {}


def test_a_look_that_fails_stops_the_run_before_it_writes(
    fake: FakeGithub, capsys: Capture
) -> None:
    fake.harm = lambda _, call: Harm.ILL if call.what == "issues/list-for-repo" else None
    done(capsys, "run", code=4)
    assert fake.hub.pulls == {}
