"""A person accepts or rejects, with git alone underneath."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from contract import CASE, NOW, OTHER, CaseText, branch_of, open_of, push_of

from runner.errors import FaultyFiles, Refused, UsageError
from runner.forges import decide
from runner.forges.decide import Verdict, accept_pull, find_pull, read_person, reject_pull
from runner.forges.local import LocalForge
from runner.forges.port import Done
from runner.planning.actions import PushBranch, SettlePull
from runner.planning.branches import Outcome
from runner.planning.observation import Pull
from runner.policies.values import Bot
from runner.repo.git import open_repository

Git = Callable[..., str]
TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org]}
"""
VERDICT = Verdict("ines", NOW + timedelta(hours=1))


@pytest.fixture
def forge(folder: Path, case_text: CaseText, git: Git) -> LocalForge:
    team = folder / "policies/team.yaml"
    team.parent.mkdir()
    team.write_text(TEAM)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Name who is here.")
    forge = LocalForge(folder, "main", Bot())
    pushes = [push_of(case_text, CASE), push_of(case_text, OTHER)]
    forge.push_branches(pushes, forge.base(), NOW)
    forge.open_pull(open_of(CASE), NOW)
    forge.open_pull(open_of(OTHER), NOW)
    return forge


def pull_of(forge: LocalForge, word: str = CASE) -> Pull:
    return find_pull(forge.snapshot().pulls, word)


@pytest.mark.parametrize("word", ["1", "#1", CASE, branch_of(CASE)])
def test_a_pull_is_found_by_what_people_call_it(forge: LocalForge, word: str) -> None:
    assert pull_of(forge, word).number == 1


@pytest.mark.parametrize("word", ["3", "", "c-", "doleances"])
def test_what_is_not_open_is_not_found(forge: LocalForge, word: str) -> None:
    with pytest.raises(UsageError, match="no open pull request is called"):
        pull_of(forge, word)


def test_accepting_merges_under_the_persons_name_and_the_files_follow(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    accepted = accept_pull(forge, pull_of(forge), VERDICT)
    path, content = case_text(CASE)
    assert accepted.worktree == folder
    assert (folder / path).read_text() == content
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "log", "-1", "--first-parent", "--format=%an|%ae|%ce|%at|%s", "main") == (
        "Inès Martin|ines@example.org|ines@example.org|"
        f"{VERDICT.at.timestamp():.0f}|cases: Accept {CASE} (#1)."
    )
    seen = forge.snapshot()
    assert [pull.branch for pull in seen.pulls] == [branch_of(OTHER)]
    assert [branch.name for branch in seen.branches] == [branch_of(OTHER)]
    assert forge.receipts([(CASE, "open")])[CASE, "open"].outcome is Outcome.MERGED


def test_accepting_where_the_base_is_checked_out_nowhere(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    git(folder, "switch", "-qc", "elsewhere")
    accepted = accept_pull(forge, pull_of(forge), VERDICT)
    assert accepted.worktree is None
    assert git(folder, "rev-parse", "main") == accepted.commit
    assert not (folder / case_text(CASE)[0]).exists()
    assert git(folder, "show", f"main:{case_text(CASE)[0]}") + "\n" == case_text(CASE)[1]


def test_accepting_in_another_worktree_than_the_bases(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    git(folder, "worktree", "add", "-q", str(second), "-b", "second")
    there = LocalForge(second, "main", Bot())
    assert accept_pull(there, pull_of(there), VERDICT).worktree == folder
    assert (folder / case_text(CASE)[0]).exists()


def test_other_local_changes_do_not_matter(forge: LocalForge, folder: Path, git: Git) -> None:
    (folder / "sources.yaml").write_text("version: 1\n# mine\n")
    accept_pull(forge, pull_of(forge), VERDICT)
    assert git(folder, "status", "--porcelain") == "M sources.yaml"


def test_local_changes_in_the_way_stop_it_before_anything_is_done(
    forge: LocalForge, folder: Path, case_text: CaseText
) -> None:
    mine = folder / case_text(CASE)[0]
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    before = forge.snapshot()
    with pytest.raises(Refused, match="untracked working tree files would be overwritten") as told:
        accept_pull(forge, pull_of(forge), VERDICT)
    assert case_text(CASE)[0] in told.value.message
    assert mine.read_text() == "mine"
    assert forge.snapshot() == before


def test_variables_of_a_hook_do_not_lead_the_merge_astray(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(folder / "nowhere"))
    accept_pull(forge, pull_of(forge), VERDICT)
    monkeypatch.undo()
    assert (folder / case_text(CASE)[0]).exists()
    assert "nowhere" not in git(folder, "status", "--porcelain")


def test_a_file_with_faults_is_not_accepted(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    path, content = case_text(CASE)
    git(folder, "switch", "-q", branch_of(CASE))
    (folder / path).write_text(content.replace("state: open", "state: opened"))
    git(folder, "commit", "-qam", "Break.")
    git(folder, "switch", "-q", "main")
    before = forge.base()
    with pytest.raises(FaultyFiles) as raised:
        accept_pull(forge, pull_of(forge), VERDICT)
    assert [(fault.file, fault.line) for fault in raised.value.faults] == [(path, 4)]
    assert forge.base() == before


def test_a_branch_that_removes_a_case_is_not_accepted(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    accept_pull(forge, pull_of(forge, OTHER), VERDICT)
    git(folder, "switch", "-q", branch_of(CASE))
    git(folder, "merge", "-q", "--no-edit", "main")
    git(folder, "rm", "-q", case_text(OTHER)[0])
    git(folder, "commit", "-qm", "Remove.")
    git(folder, "switch", "-q", "main")
    with pytest.raises(FaultyFiles) as raised:
        accept_pull(forge, pull_of(forge), VERDICT)
    assert [fault.message for fault in raised.value.faults] == ["the case file is removed or moved"]


def test_a_conflict_is_told_and_nothing_is_done(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    path, content = case_text(CASE)
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(content.replace("owner: ines", "owner: malik"))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "By hand.")
    with pytest.raises(Refused, match=f"conflicts with the base in {path}"):
        accept_pull(forge, pull_of(forge), VERDICT)
    assert len(forge.snapshot().pulls) == 2


def test_without_a_name_nobody_decides(forge: LocalForge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("HOME", "/nonexistent")
    with pytest.raises(Refused, match="git does not know who you are"):
        read_person(forge.repository)


def test_killed_between_merge_and_record_the_rest_is_settled_by_a_run_or_by_hand(
    forge: LocalForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    pull = pull_of(forge)
    with monkeypatch.context() as patch:
        patch.setattr(decide, "_end", kill)
        with pytest.raises(Killed):
            accept_pull(forge, pull, VERDICT)
    merged = forge.base()
    branch = next(b for b in forge.snapshot().branches if b.case_id == CASE)
    assert branch.merged
    settle = SettlePull(pull.number, pull.branch, Outcome.MERGED, "the base holds it")
    by_hand = accept_pull(forge, pull_of(forge), VERDICT)
    assert by_hand.commit == merged
    assert forge.settle_pull(settle, NOW) is Done.ADOPTED
    assert [p.branch for p in forge.snapshot().pulls] == [branch_of(OTHER)]


def test_a_branch_that_moved_while_one_decided_is_looked_at_again(
    forge: LocalForge, folder: Path, git: Git
) -> None:
    pull = pull_of(forge)
    git(folder, "switch", "-q", branch_of(CASE))
    git(folder, "commit", "-q", "--allow-empty", "-m", "Look again.")
    git(folder, "switch", "-q", "main")
    with pytest.raises(Refused, match="changed while you decided"):
        reject_pull(forge, pull, VERDICT)
    reject_pull(forge, pull_of(forge), VERDICT)
    assert [p.branch for p in forge.snapshot().pulls] == [branch_of(OTHER)]


def test_a_rejected_branch_that_is_checked_out_stays(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    git(folder, "switch", "-q", branch_of(CASE))
    reject_pull(forge, pull_of(forge), Verdict("ines", NOW, "another brand"))
    assert git(folder, "status", "--porcelain") == ""
    assert [branch.case_id for branch in forge.snapshot().branches] == [OTHER, CASE]
    push: PushBranch = push_of(case_text, CASE)
    assert forge.open_pull(open_of(CASE), NOW) is Done.HELD
    assert forge.push_branches([push], forge.base(), NOW) == [Done.ADOPTED]


def test_a_pull_whose_branch_is_gone_is_not_accepted(
    forge: LocalForge, folder: Path, git: Git
) -> None:
    git(folder, "branch", "-qD", branch_of(CASE))
    with pytest.raises(Refused, match="the branch of pull request 1 is gone"):
        accept_pull(forge, pull_of(forge), VERDICT)


def commit_on_branch(
    forge: LocalForge, folder: Path, git: Git, path: str, content: str | None
) -> Pull:
    """Let a person write a file on the branch of the case, or with None link it away."""
    git(folder, "switch", "-q", branch_of(CASE))
    there = folder / path
    there.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        text = there.read_text()
        there.unlink()
        there.symlink_to(text)
    else:
        there.write_text(content)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Change.")
    git(folder, "switch", "-q", "main")
    return pull_of(forge)


@pytest.mark.parametrize(
    "path", ["policies/team.yaml", ".github/workflows/check.yml", "cases/notes.yaml"]
)
def test_whoever_accepts_a_case_accepts_nothing_else_with_it(
    forge: LocalForge, folder: Path, git: Git, path: str
) -> None:
    pull = commit_on_branch(forge, folder, git, path, "people: []\n")
    before = forge.base()
    with pytest.raises(Refused, match=f"changes more than cases: {path}"):
        accept_pull(forge, pull, VERDICT)
    assert forge.base() == before


def test_a_symbolic_link_is_no_case_though_its_target_reads_like_one(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    pull = commit_on_branch(forge, folder, git, case_text(CASE)[0], None)
    with pytest.raises(FaultyFiles) as raised:
        accept_pull(forge, pull, VERDICT)
    assert [fault.message for fault in raised.value.faults] == ["this is a symbolic link"]


def test_personal_data_that_a_person_added_is_not_accepted(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    path, content = case_text(CASE)
    told = content.replace("toujours rien reçu.", "rappelez-moi au 06 12 34 56 78.")
    pull = commit_on_branch(forge, folder, git, path, told)
    with pytest.raises(FaultyFiles) as raised:
        accept_pull(forge, pull, VERDICT)
    assert [fault.rule for fault in raised.value.faults] == ["personal-data"]


def test_a_case_too_large_to_read_is_told_as_such(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    path, content = case_text(CASE)
    pull = commit_on_branch(forge, folder, git, path, content + "#" * 9_000_000)
    with pytest.raises(FaultyFiles) as raised:
        accept_pull(forge, pull, VERDICT)
    assert [fault.rule for fault in raised.value.faults] == ["yaml-too-large"]


@pytest.mark.parametrize("year", [1969, 1972, 2100])
def test_any_year_can_be_that_of_a_decision(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText, year: int
) -> None:
    # The base holds the case already: an entry may not lie ahead of who judges it.
    path, content = case_text(CASE)
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(content)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "By hand.")
    at = VERDICT.at.replace(year=year)
    accept_pull(forge, pull_of(forge), Verdict("ines", at))
    told = git(forge.refs.root, "log", "-1", "--first-parent", "--format=%ct", "main")
    assert int(told) == max(0, at.timestamp())


def test_files_follow_where_the_git_directory_is_kept_elsewhere(
    forge: LocalForge, folder: Path, git: Git, case_text: CaseText
) -> None:
    kept = folder.parent / "kept.git"
    (folder / ".git").rename(kept)
    (folder / ".git").write_text(f"gitdir: {kept}\n")
    there = LocalForge(folder, "main", Bot())
    open_repository.cache_clear()
    assert accept_pull(there, pull_of(there), VERDICT).worktree == folder
    assert (folder / case_text(CASE)[0]).exists()
    assert not (kept / "cases").exists()
    assert git(folder, "status", "--porcelain") == ""


def test_from_another_worktree_nothing_is_written_where_no_files_are(
    forge: LocalForge, folder: Path, git: Git
) -> None:
    kept = folder.parent / "kept.git"
    (folder / ".git").rename(kept)
    (folder / ".git").write_text(f"gitdir: {kept}\n")
    second = folder.parent / "second"
    git(folder, "worktree", "add", "-q", str(second), "-b", "second")
    there = LocalForge(second, "main", Bot())
    before = there.base()
    with pytest.raises(Refused, match="is no folder with files"):
        accept_pull(there, pull_of(there), VERDICT)
    assert there.base() == before
    assert not (kept / "cases").exists()
