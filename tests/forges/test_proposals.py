"""People's own pull requests on the `local` forge, beside the runner's."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.errors import FaultyFiles, Refused, UsageError
from runner.forges.decide import Verdict, accept_pull, find_pull, reject_pull
from runner.forges.local import LocalForge
from runner.forges.proposals import Proposal, propose
from runner.planning.actions import OpenPull, PushBranch
from runner.planning.observation import Pull
from runner.policies.values import Bot
from runner.repo.git import BranchName, parse_desk_branch
from runner.repo.objects import Signature

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CASE = "c-7f3k2m9x4q5t"
INES = Signature("Inès Martin", "ines@example.org")
NOTE = """\
- entry: noted
  at: 2026-11-21T08:30:00Z
  recorded_at: 2026-11-21T08:30:00Z
  by: ines
  note: vu
"""
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]


@pytest.fixture
def desk(tmp_path: Path, git: Git, case_text: CaseText, own_git_settings: None) -> Path:
    folder = tmp_path / "desk"
    path, text = case_text(CASE)
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(text)
    (folder / "policies").mkdir()
    (folder / "policies/team.yaml").write_text(
        "version: 1\npeople:\n- {id: ines, name: I, roles: [watcher], emails: [ines@example.org]}\n"
    )
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    return folder


@pytest.fixture
def forge(desk: Path) -> LocalForge:
    return LocalForge(desk, "main", Bot())


def branch(name: str = f"desk/{CASE}/note-2") -> BranchName:
    parsed = parse_desk_branch(name)
    assert parsed is not None
    return parsed


def proposal(forge: LocalForge, case_text: CaseText, added: str = NOTE) -> Proposal:
    path, text = case_text(CASE)
    files = {path: (text + added).encode()}
    return Proposal(branch(), forge.base(), path, files, f"{CASE}: note", "")


def only(forge: LocalForge) -> Pull:
    (pull,) = forge.snapshot().proposals
    return pull


def test_a_proposal_is_open_and_none_of_the_runners(
    forge: LocalForge, case_text: CaseText, git: Git, desk: Path
) -> None:
    pull = propose(forge.refs, proposal(forge, case_text), INES, NOW)
    snapshot = forge.snapshot()
    assert (snapshot.pulls, snapshot.branches) == ((), ())
    assert [(one.number, one.branch) for one in snapshot.proposals] == [(1, f"desk/{CASE}/note-2")]
    assert snapshot.proposed[0].case is not None
    assert snapshot.proposed[0].case.log[-1].kind == "noted"
    assert git(desk, "log", "-1", "--format=%ae", pull.branch.name) == INES.email


def test_accepted_it_is_on_the_base(
    forge: LocalForge, case_text: CaseText, git: Git, desk: Path
) -> None:
    propose(forge.refs, proposal(forge, case_text), INES, NOW)
    accept_pull(forge, only(forge), Verdict("ines", NOW))
    assert (desk / case_text(CASE)[0]).read_text().endswith(NOTE)
    assert forge.snapshot().proposals == ()
    assert "refs/heads/desk" not in git(desk, "for-each-ref")
    assert (CASE, "note-2") in forge.receipts([(CASE, "note-2")])


def test_refused_its_name_is_not_taken_again(forge: LocalForge, case_text: CaseText) -> None:
    propose(forge.refs, proposal(forge, case_text), INES, NOW)
    reject_pull(forge, only(forge), Verdict("ines", NOW, "no"))
    assert propose(forge.refs, proposal(forge, case_text), INES, NOW).branch.change == "note-2-2"


@pytest.mark.parametrize(
    ("added", "rules"),
    [
        (NOTE.replace("by: ines", "by: zoe"), {"nobody"}),
        (
            NOTE.replace("2026-11-21T08:30:00Z", "2026-11-22T08:30:00Z"),
            {"recorded-later", "recorded-after-commit"},
        ),
    ],
    ids=["by nobody", "tomorrow"],
)
def test_what_the_check_refuses_is_not_accepted(
    forge: LocalForge, case_text: CaseText, added: str, rules: set[str]
) -> None:
    propose(forge.refs, proposal(forge, case_text, added), INES, NOW)
    with pytest.raises(FaultyFiles) as refused:
        accept_pull(forge, only(forge), Verdict("ines", NOW))
    assert {fault.rule for fault in refused.value.faults} == rules


def test_numbers_are_shared_and_names_tell_apart(forge: LocalForge, case_text: CaseText) -> None:
    other = "c-aaaaaaaaaaaa"
    path, content = case_text(other)
    push = PushBranch(f"doleances/{other}/open", path, content, "m\n", "")
    forge.push_branches((push,), forge.base(), NOW)
    forge.open_pull(OpenPull(push.branch, "Case", "", (), ""), NOW)
    assert propose(forge.refs, proposal(forge, case_text), INES, NOW).number == 2
    propose(forge.refs, proposal(forge, case_text), INES, NOW)
    snapshot = forge.snapshot()
    pulls = (*snapshot.pulls, *snapshot.proposals)
    assert find_pull(pulls, other).number == 1
    with pytest.raises(UsageError, match="2 open pull requests are called"):
        find_pull(pulls, CASE)
    assert find_pull(pulls, f"desk/{CASE}/note-2").number == 2


def test_a_branch_is_of_the_case_that_it_changes(forge: LocalForge, case_text: CaseText) -> None:
    path, text = case_text("c-aaaaaaaaaaaa")
    wrong = Proposal(branch(), forge.base(), path, {path: text.encode()}, "t", "")
    with pytest.raises(Refused, match="is not the file of the case"):
        propose(forge.refs, wrong, INES, NOW)
