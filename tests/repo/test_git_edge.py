"""Plain git: what the edge lets through, and what it says when git fails."""

import os
import select
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import OutsideFailed, Refused, UsageError
from runner.repo.git import (
    GitFailed,
    Repository,
    base_ref,
    environment,
    is_ancestor,
    open_repository,
    parse_branch,
    parse_desk_branch,
    read_refs,
    read_worktrees,
    spawn,
)

Git = Callable[..., str]


def test_a_repository_is_found_from_a_subfolder(folder: Path) -> None:
    below = folder / "policies" / "incidents"
    below.mkdir(parents=True)
    found = open_repository(below)
    assert found.worktree == folder.resolve()
    assert found.git_dir == found.common_dir == folder / ".git"
    assert found.text("rev-parse", "--abbrev-ref", "HEAD") == "main"


def test_a_bare_repository_has_no_worktree(git: Git, folder: Path, tmp_path: Path) -> None:
    git(folder, "clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    found = open_repository(tmp_path / "bare.git")
    assert found.worktree is None
    assert found.git_dir == tmp_path / "bare.git"


def test_worktrees_share_the_common_folder(git: Git, folder: Path, tmp_path: Path) -> None:
    git(folder, "worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    found = open_repository(tmp_path / "second")
    assert found.common_dir == folder / ".git"
    assert found.git_dir != found.common_dir
    assert read_worktrees(found) == {
        "refs/heads/main": folder,
        "refs/heads/second": tmp_path / "second",
    }


def test_a_folder_in_no_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="plain is in no git repository"):
        open_repository(tmp_path / "plain")


def test_variables_cannot_point_git_elsewhere(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i key")
    assert repository.text("log", "-1", "--format=%s") == "Begin."
    kept = environment()
    assert "GIT_DIR" not in kept
    assert kept["GIT_SSH_COMMAND"] == "ssh -i key"
    assert kept["GIT_TERMINAL_PROMPT"] == "0"


def test_what_git_says_beside_its_output_does_not_hold_it_up(repository: Repository) -> None:
    many = "alias.many=!timeout 20 head -c 300000 /dev/zero >&2 && echo told"
    assert b"".join(repository.stream("-c", many, "many")) == b"told\n"


def test_a_failure_at_the_end_of_a_stream_is_told(repository: Repository) -> None:
    told = repository.stream("-c", "alias.half=!echo told; echo 'fatal: lost' >&2; exit 3", "half")
    assert next(told) == b"told\n"
    with pytest.raises(GitFailed, match="lost") as raised:
        next(told)
    assert raised.value.status == 3


def test_a_failure_speaks_in_gits_own_words(repository: Repository) -> None:
    with pytest.raises(GitFailed) as raised:
        repository.run("rev-parse", "--verify", "nowhere")
    assert raised.value.message == "git rev-parse: Needed a single revision"
    assert raised.value.status == 128


def test_no_git_is_told(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(OutsideFailed, match="git could not be started"):
        repository.run("version")


def test_a_repository_of_somebody_else_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "runner.repo.git.spawn",
        lambda *_: subprocess.CompletedProcess(
            [], 128, b"", b"fatal: detected dubious ownership in repository at '/srv/desk'\n"
        ),
    )
    open_repository.cache_clear()
    with pytest.raises(Refused, match="detected dubious ownership"):
        open_repository(folder)


def test_hooks_do_not_run(repository: Repository, folder: Path, tmp_path: Path) -> None:
    hook = folder / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    repository.run("update-ref", "refs/heads/other", "HEAD")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("doleances/c-7f3k2m9x4q5t/open", ("c-7f3k2m9x4q5t", "open")),
        ("doleances/c-7f3k2m9x4q5t/close-2", ("c-7f3k2m9x4q5t", "close-2")),
        ("doleances/c-7f3k2m9x4q5t", None),
        ("doleances/c-7f3k2m9x4q5t/open/more", None),
        ("doleances/c-7F3K2M9X4Q5T/open", None),
        ("doleances/c-7f3k2m9x4q5t/-open", None),
        ("doleances/c-7f3k2m9x4q5t/open.lock", None),
        ("doleances/c-7f3k2m9x4q5t/open\n", None),
        ("doleances/c-../open", None),
        ("desk/c-7f3k2m9x4q5t/open", None),
    ],
)
def test_only_the_runners_names_are_branches_of_the_runner(
    name: str, parts: tuple[str, str] | None
) -> None:
    branch = parse_branch(name)
    assert (branch and (branch.case_id, branch.change)) == parts


def test_branches_of_peoples_verbs_have_names_of_their_own() -> None:
    branch = parse_desk_branch("desk/c-7f3k2m9x4q5t/reply")
    assert branch is not None
    assert branch.ref == "refs/heads/desk/c-7f3k2m9x4q5t/reply"
    assert parse_desk_branch("doleances/c-7f3k2m9x4q5t/reply") is None


@pytest.mark.parametrize("name", ["-d", "", "a..b", "main.lock", "main/", "ma in", "x\ny", "é"])
def test_a_base_that_is_no_branch_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no branch name"):
        base_ref(name)


def test_ancestry_is_told(git: Git, repository: Repository, folder: Path) -> None:
    first = git(folder, "rev-parse", "HEAD")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Go on.")
    second = git(folder, "rev-parse", "HEAD")
    assert is_ancestor(repository, first, second)
    assert not is_ancestor(repository, second, first)
    assert read_refs(repository, "refs/heads") == {"refs/heads/main": second}


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reading = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    # Who holds the other end lives.
    waits = f"exec 3>{held}; sleep 300 & wait"
    with pytest.raises(subprocess.TimeoutExpired):
        spawn(("sh", "-c", waits), b"", environment(), within=1)
    ended, _, _ = select.select([reading], [], [], 30)
    os.close(reading)
    assert ended


def test_a_server_that_never_answers_is_not_waited_for(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/desk.git"
        with pytest.raises(GitFailed, match=r"git ls-remote did not end within 0\.5 seconds"):
            open_repository(folder).run("ls-remote", url, within=0.5)
