"""The steps of check.yml that judge a change, as written, on the refs that forges check out."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
NOTE = """\
- entry: noted
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: {by}
  note: vu
"""
Git = Callable[..., str]
JUDGE = "Check what the change does to the cases, and who decided it"
TELL = "Tell what a change of policies would change"


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None) -> Path:
    """The shipped desk on `main`, as a forge has it."""
    folder = tmp_path / "forge"
    folder.mkdir()
    shutil.copy(ROOT / "sources.yaml", folder)
    for name in ("policies", "templates", "cases"):
        shutil.copytree(ROOT / name, folder / name)
    program = folder / "doleances"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runner "$@"\n')
    program.chmod(0o755)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    git(folder, "switch", "-qc", "change")
    return folder


def note(desk: Path, git: Git, by: str) -> None:
    with (desk / CASE).open("a") as case:
        case.write(NOTE.format(by=by))
    git(desk, "commit", "-qam", "Change.")


def check_out(desk: Path, git: Git, tmp_path: Path, ref: str, depth: int) -> Path:
    """Check out as actions/checkout does: a branch of its own, so deep and no deeper."""
    folder = tmp_path / "checkout"
    git(tmp_path, "init", "-q", str(folder))
    deep = [f"--depth={depth}"] if depth else []
    git(folder, "fetch", "-q", "--no-tags", *deep, f"file://{desk}", f"+{ref}:refs/remotes/{ref}")
    git(folder, "checkout", "-q", "--detach", f"refs/remotes/{ref}")
    return folder


def step_named(name: str) -> dict[str, Any]:
    (job,) = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())["jobs"].values()
    (step,) = (step for step in job["steps"] if step.get("name") == name)
    assert isinstance(step, dict)
    return step


def run_step(checkout: Path, ref: str, name: str = JUDGE, **variables: str) -> tuple[int, str]:
    """Run a step as a runner does; what an event does not have is empty."""
    step = step_named(name)
    empty = dict.fromkeys(step.get("env", {}), "")
    assert variables.keys() <= empty.keys()
    kept = {name: os.environ[name] for name in ("PATH", "GIT_CONFIG_GLOBAL")}
    now = {
        "DOLEANCES_NOW": "2026-11-21T09:00:00Z",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(checkout.parent / "summary.md"),
        "RUNNER_TEMP": str(checkout.parent),
    }
    ended = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=checkout,
        env={**kept, **now, **empty, **variables, "GITHUB_REF": ref},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def merge(desk: Path, git: Git, tmp_path: Path) -> Path:
    """Check out the merge that GitHub makes of a pull request."""
    git(desk, "switch", "-q", "--detach", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "change")
    git(desk, "update-ref", "refs/pull/7/merge", "HEAD")
    return check_out(desk, git, tmp_path, "refs/pull/7/merge", 2)


@pytest.fixture
def merged(desk: Path, git: Git, tmp_path: Path) -> Callable[[str], Path]:
    """Return a checkout of the merge of a pull request with an entry."""

    def make(by: str) -> Path:
        note(desk, git, by)
        return merge(desk, git, tmp_path)

    return make


def test_cases_are_judged_but_where_the_base_itself_moves() -> None:
    assert step_named(JUDGE)["if"] == "${{ !cancelled() && github.event_name != 'push' }}"


def test_what_a_change_of_policies_would_change_is_told_and_refuses_nothing(
    desk: Path, git: Git, tmp_path: Path
) -> None:
    assert step_named(TELL)["continue-on-error"] is True
    assert step_named(TELL)["if"] == "github.event_name == 'pull_request'"
    clocks = desk / "policies/clocks.yaml"
    clocks.write_text(
        clocks.read_text().replace(
            "- {within: 3 civil days}\n  ideal", "- {within: 6 hours}\n  ideal"
        )
    )
    git(desk, "commit", "-qam", "Promise more.")
    base = git(desk, "rev-parse", "--short", "main")
    checkout = merge(desk, git, tmp_path)
    code, said = run_step(checkout, "refs/pull/7/merge", TELL, BASE="0" * 40)
    assert code == 0, said
    summary = (tmp_path / "summary.md").read_text()
    assert base in summary.splitlines()[0]
    assert re.search(r"^\| `c-[0-9a-z]{12}` \|", summary, re.MULTILINE)


def test_nothing_is_told_where_policies_stay(merged: Callable[[str], Path], tmp_path: Path) -> None:
    checkout = merged("ines")
    assert run_step(checkout, "refs/pull/7/merge", TELL, BASE="0" * 40) == (0, "")
    assert not (tmp_path / "summary.md").exists()


def test_the_author_of_a_pull_request_is_who_decides(merged: Callable[[str], Path]) -> None:
    checkout = merged("ines")
    assert run_step(checkout, "refs/pull/7/merge", AUTHOR="ines-c", BASE="0" * 40) == (
        0,
        "| 1 file, no fault.\n",
    )
    code, said = run_step(checkout, "refs/pull/7/merge", AUTHOR="sam-w", BASE="0" * 40)
    assert code == 0
    assert "warning: ines does not propose this change" in said


def test_a_fault_fails_the_step(merged: Callable[[str], Path]) -> None:
    code, said = run_step(merged("zoe"), "refs/pull/7/merge", AUTHOR="ines-c")
    assert code == 1
    assert "there is no zoe in policies/team.yaml" in said


@pytest.mark.parametrize(
    "login", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "--help", "-x", "a b\nc", "*"]
)
def test_a_hostile_login_is_a_name_and_nothing_else(
    merged: Callable[[str], Path], login: str
) -> None:
    checkout = merged("ines")
    code, said = run_step(checkout, "refs/pull/7/merge", AUTHOR=login)
    assert code == 0
    assert "ines does not propose this change" in said
    assert not (checkout / "pwned").exists()


@pytest.mark.parametrize("by", ["ines", "zoe"])
def test_a_merge_queue_is_judged_from_its_base_whatever_way_it_merges(
    desk: Path, git: Git, tmp_path: Path, by: str
) -> None:
    base = git(desk, "rev-parse", "main")
    # Rebased onto the base: the fault lies in the first of the commits, not the last.
    note(desk, git, by)
    note(desk, git, "sam")
    ref = f"refs/heads/gh-readonly-queue/main/pr-7-{base}"
    git(desk, "update-ref", ref, "HEAD")
    checkout = check_out(desk, git, tmp_path, ref, 0)
    code, said = run_step(checkout, ref, BASE=base)
    assert (code, "there is no zoe" in said) == ((0, False) if by == "ines" else (1, True))


def test_a_merge_queue_in_a_clone_that_hides_its_base_is_not_judged(
    desk: Path, git: Git, tmp_path: Path
) -> None:
    base = git(desk, "rev-parse", "main")
    note(desk, git, "zoe")
    note(desk, git, "sam")
    ref = f"refs/heads/gh-readonly-queue/main/pr-7-{base}"
    git(desk, "update-ref", ref, "HEAD")
    code, said = run_step(check_out(desk, git, tmp_path, ref, 2), ref, BASE=base)
    assert code == 5
    assert "this shallow clone does not tell where" in said


def test_a_forge_that_checks_out_the_branch_itself_is_judged_from_the_base(
    desk: Path, git: Git, tmp_path: Path
) -> None:
    note(desk, git, "zoe")
    git(desk, "switch", "-q", "main")
    (desk / "README.md").write_text("Read me.\n")
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "Say more.")
    base = git(desk, "rev-parse", "main")
    git(desk, "switch", "-q", "change")
    # A merge on top would hide what came before it from its own first parent.
    git(desk, "merge", "-q", "--no-edit", "main")
    git(desk, "update-ref", "refs/pull/7/head", "HEAD")
    checkout = check_out(desk, git, tmp_path, "refs/pull/7/head", 0)
    code, said = run_step(checkout, "refs/pull/7/head", AUTHOR="ines-c", BASE=base)
    assert code == 1
    assert "there is no zoe" in said


def test_what_a_fault_quotes_is_no_command_and_no_markup(
    desk: Path, git: Git, tmp_path: Path
) -> None:
    team = desk / "policies/team.yaml"
    team.write_text(team.read_text() + '"::add-path::/x ##[add-path]/x </pre> **": 1\n')
    git(desk, "commit", "-qam", "Change.")
    checkout = merge(desk, git, tmp_path)
    ref = "refs/pull/7/merge"
    code, said = run_step(checkout, ref, "Check every file of the desk")
    assert code == 1
    assert all(line.startswith("| ") for line in said.splitlines())
    assert "##[" not in said
    code, shown = run_step(
        checkout, ref, "Show what was found, beside the lines and on the summary"
    )
    assert code == 0
    (command,) = shown.splitlines()
    assert command.startswith("::error file=policies/team.yaml,line=")
    assert "##[" not in command
    summary = (tmp_path / "summary.md").read_text().splitlines()
    assert any("add-path" in line for line in summary)
    assert all(not line or line.startswith("    ") for line in summary)
