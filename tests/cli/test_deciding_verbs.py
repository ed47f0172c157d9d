"""`pulls`, `accept`, `reject` and `sync` as people type them."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.forges.local import LocalForge
from runner.planning.actions import OpenPull, PushBranch
from runner.policies.values import Bot

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
LOW, CRISIS, WAITING = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb", "c-cccccccccccc"
UNKNOWN_BLOB = "3f786850e387550fdab836ed7e6dc881de23001b"
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path], git: Git, case_text: CaseText) -> Path:
    """A desk in English with two open pull requests and one more case on its branch."""
    folder = shipped_desk()
    forge = LocalForge(folder, "main", Bot())
    clocks = git(folder, "rev-parse", "HEAD:policies/clocks.yaml")
    pushes = []
    for case_id, urgency in ((LOW, "low"), (CRISIS, "critical"), (WAITING, "normal")):
        path, content = case_text(case_id, urgency=urgency)
        content = content.replace(UNKNOWN_BLOB, clocks).replace("[replied]", "[replied, published]")
        if case_id == CRISIS:
            content = content.replace("crisis: null", "crisis: suicide")
        pushes.append(PushBranch(f"doleances/{case_id}/open", path, content, "m\n", ""))
    forge.push_branches(pushes, forge.base(), NOW)
    for case_id in (LOW, CRISIS):
        forge.open_pull(OpenPull(f"doleances/{case_id}/open", f"Case {case_id}", "", (), ""), NOW)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, err
    return out if code == 0 else err


def test_pulls_come_most_urgent_first(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "pulls").splitlines()
    assert lines[0].split() == ["No.", "case", "urgency", "about", "source", "due"]
    assert [line.split()[:2] for line in lines[1:3]] == [["2", CRISIS], ["1", LOW]]
    assert "forum-bricolage" in lines[1]
    assert lines[3] == "1 more case waits on its branch for a pull request."


def test_pulls_as_data(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(said(capsys, "pulls", "--json"))
    assert data["backlog"] == 1
    first, second = data["pulls"]
    assert (first["number"], first["case"], first["crisis"]) == (2, CRISIS, "suicide")
    assert second == {
        "number": 1,
        "branch": f"doleances/{LOW}/open",
        "case": LOW,
        "title": f"Case {LOW}",
        "opened_at": "2026-11-21T08:03:12Z",
        "head": second["head"],
        "touched_by_a_person": False,
        "urgency": "low",
        "category": "complaint",
        "crisis": None,
        "sources": ["forum-bricolage"],
        "clock": "first-reply",
        "standing": "running",
        "comments": 0,
        "due_at": "2026-11-24T08:03:12Z",
    }


def test_accepting_puts_the_case_on_the_base(
    desk: Path, capsys: pytest.CaptureFixture[str], case_text: CaseText
) -> None:
    assert said(capsys, "accept", "1") == (f"Pull request 1 is accepted: case {LOW} is on main.\n")
    assert (desk / case_text(LOW)[0]).exists()
    assert [pull["number"] for pull in json.loads(said(capsys, "pulls", "--json"))["pulls"]] == [2]
    assert "no open pull request is called '1'" in said(capsys, "accept", "1", code=2)


def test_accepting_as_data(desk: Path, capsys: pytest.CaptureFixture[str], git: Git) -> None:
    data = json.loads(said(capsys, "accept", LOW, "--yes", "--json"))
    assert data == {
        "number": 1,
        "case": LOW,
        "base": "main",
        "commit": git(desk, "rev-parse", "main"),
        "worktree": str(desk),
    }


def test_rejecting_needs_a_reason_and_remembers_who_gave_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "a refusal needs its reason" in said(capsys, "reject", "1", code=2)
    assert "a refusal needs its reason" in said(capsys, "reject", "1", "--reason", " \n", code=2)
    team = (desk / "policies" / "team.yaml").read_text()
    email = next(word.strip("[],") for word in team.split() if "@" in word)
    (desk.parent / "gitconfig").write_text(f"[user]\n\tname = X\n\temail = {email.upper()}\n")
    assert said(capsys, "reject", "1", "--reason", "about\nanother  brand") == (
        f"Pull request 1 is refused: {LOW} is not proposed again.\n"
    )
    receipt = LocalForge(desk, "main", Bot()).receipts([(LOW, "open")])[LOW, "open"]
    assert receipt.reason == "about another brand"
    assert "@" not in receipt.actor
    assert f"id: {receipt.actor}" in team


def test_a_reason_holds_no_personal_data_and_nothing_that_steers_a_terminal(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "\x1b[31mcall\x1b[0m 06 12 34 56 78 \udcff or a.b@mail.example.net\u202e"
    said(capsys, "reject", "1", "--reason", told)
    receipt = LocalForge(desk, "main", Bot()).receipts([(LOW, "open")])[LOW, "open"]
    assert receipt.reason == "call [tel] \ufffd or [e-mail]"


@pytest.mark.parametrize("verb", [("pulls",), ("accept", "1"), ("run", "--offline")])
def test_a_desk_is_the_top_of_its_repository(
    desk: Path, capsys: pytest.CaptureFixture[str], git: Git, verb: tuple[str, ...]
) -> None:
    above = desk.parent / "above"
    above.mkdir()
    git(above, "init", "-q")
    shutil.rmtree(desk / ".git")
    shutil.copytree(desk, above / "desk")
    told = said(capsys, "-C", str(above / "desk"), *verb, code=2)
    assert "is not the top of its git repository" in told


def test_a_branch_that_somebody_reads_is_kept_and_said_so(
    desk: Path, capsys: pytest.CaptureFixture[str], git: Git
) -> None:
    git(desk, "switch", "-q", f"doleances/{LOW}/open")
    assert run(["reject", "1", "--reason", "no"]) == 0
    assert f"The branch doleances/{LOW}/open stays" in capsys.readouterr().err


def test_sync_says_what_was_exchanged(
    desk: Path, capsys: pytest.CaptureFixture[str], git: Git
) -> None:
    assert "no remote is called 'origin'" in said(capsys, "sync", code=2)
    git(desk.parent, "init", "-q", "--bare", "desk.git")
    git(desk, "remote", "add", "origin", str(desk.parent / "desk.git"))
    data = json.loads(said(capsys, "sync", "--json"))
    assert len(data["sent"]) == 6
    assert data["received"] == []
    assert said(capsys, "sync") == "origin: nothing to exchange, both sides hold the same.\n"


def test_a_remote_that_cannot_be_reached_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str], git: Git
) -> None:
    git(desk, "remote", "add", "origin", str(desk.parent / "gone.git"))
    assert "gone.git" in said(capsys, "sync", code=4)


def _open_third(desk: Path) -> None:
    forge = LocalForge(desk, "main", Bot())
    forge.open_pull(OpenPull(f"doleances/{WAITING}/open", f"Case {WAITING}", "", (), ""), NOW)


def test_faults_of_all_are_told_together(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _open_third(desk)
    assert run(["accept", "2", "3"]) == 1
    out, err = capsys.readouterr()
    assert "Pull request 3 is accepted" in out
    assert "`crisis` is suicide, the log says none" in err


def test_several_are_accepted_at_once(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    _open_third(desk)
    done = json.loads(said(capsys, "accept", "1", WAITING, "#1", "--json"))
    assert [(one["number"], one["case"]) for one in done] == [(1, LOW), (3, WAITING)]
    left = json.loads(said(capsys, "pulls", "--json"))["pulls"]
    assert [one["case"] for one in left] == [CRISIS]
    assert git(desk, "ls-files", "cases").count(".yaml") == 2


def test_one_that_cannot_be_accepted_stops_no_other(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    branch = f"doleances/{LOW}/open"
    git(desk, "checkout", "-q", branch)
    (desk / "sources.yaml").write_text("version: 7\n")
    git(desk, "commit", "-qam", "Something else.")
    git(desk, "checkout", "-q", "main")
    _open_third(desk)
    assert run(["accept", "1", "3"]) == 5
    out, err = capsys.readouterr()
    assert "Pull request 3 is accepted" in out
    assert "#1: " in err
    assert "1 of 2 pull requests are left as they were" in err


def test_nothing_is_decided_where_one_word_names_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no open pull request is called '9'" in said(capsys, "accept", "1", "9", code=2)
    assert len(json.loads(said(capsys, "pulls", "--json"))["pulls"]) == 2


def test_several_are_refused_for_one_reason(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = json.loads(said(capsys, "reject", "1", "2", "--reason", "a game", "--json"))
    assert [(one["number"], one["reason"]) for one in done] == [(1, "a game"), (2, "a game")]
    assert json.loads(said(capsys, "pulls", "--json"))["pulls"] == []
