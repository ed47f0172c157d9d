"""The steps of collect.yml, as written, against a real git server that wants a password."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from git_over_http import git_server

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github/workflows/collect.yml"
TOKEN = "ghs-made-up-5e1f"


class Runner:
    """Runs steps as a forge's runner does: job environment, step environment, `bash -e`."""

    def __init__(self, server: str, checkout: Path, home: Path) -> None:
        self.contexts = {"github.server_url": server, "github.token": TOKEN}
        self.checkout = checkout
        self.home = home
        self.job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["collect"]

    def expand(self, variables: dict[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda m: self.contexts[m[1]], value)
            for name, value in variables.items()
        }

    def run(self, step: dict[str, object]) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "CI": "true"}
        environment |= self.expand(self.job["env"])
        environment |= self.expand(step.get("env", {}))
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_all(self) -> list[subprocess.CompletedProcess[str]]:
        return [self.run(step) for step in self.job["steps"] if "run" in step]


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Malo Kerven", "-c", "user.email=malo@agence.example.org")
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a bare repository on the server's disk with this desk, not suspended."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    files = subprocess.run(
        ["git", "ls-files", "-z", "sources.yaml", "policies", "templates", "inbox"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    sources = work / "sources.yaml"
    sources.write_text(sources.read_text().replace("suspend: true", "suspend: false"))
    program = work / "doleances"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runner "$@"\n')
    program.chmod(0o755)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Set up the desk.")
    bare = tmp_path / "served/desk.git"
    git(work, "clone", "--quiet", "--bare", str(work), str(bare))
    git(bare, "config", "http.receivepack", "true")
    return bare


def check_out(server: str, folder: Path) -> None:
    """Clone as `actions/checkout` with `persist-credentials: false` leaves a repository."""
    with_token = server.replace("//", f"//x-access-token:{TOKEN}@")
    git(folder.parent, "clone", "--quiet", f"{with_token}/desk.git", folder.name)
    git(folder, "remote", "set-url", "origin", f"{server}/desk.git")


def proposals(bare: Path) -> set[str]:
    refs = git(bare, "for-each-ref", "--format=%(refname)", "refs/heads/doleances")
    return set(refs.split())


def test_a_scheduled_run_leaves_its_proposals_on_the_forge(desk: Path, tmp_path: Path) -> None:
    with git_server(desk.parent, TOKEN) as server:
        check_out(server, tmp_path / "first")
        first = Runner(server, tmp_path / "first", tmp_path)
        said = first.run_all()
        assert [(done.returncode, done.stderr) for done in said] == [(0, "")] * 3
        proposed = proposals(desk)
        assert proposed
        before = git(desk, "for-each-ref", "refs/heads")

        # A new machine, with nothing of the first: it must find everything so.
        check_out(server, tmp_path / "second")
        second = Runner(server, tmp_path / "second", tmp_path)
        assert [done.returncode for done in second.run_all()] == [0, 0, 0]
        assert proposals(desk) >= proposed
        assert git(desk, "for-each-ref", "refs/heads/main") in before


def test_the_token_is_written_and_shown_nowhere(desk: Path, tmp_path: Path) -> None:
    with git_server(desk.parent, TOKEN) as server:
        check_out(server, tmp_path / "desk")
        said = Runner(server, tmp_path / "desk", tmp_path).run_all()
    assert not [done for done in said if TOKEN in done.stdout + done.stderr]
    kept = subprocess.run(
        ["grep", "--recursive", "--files-with-matches", TOKEN, tmp_path / "desk"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert kept.stdout == ""


def test_a_suspended_desk_rests(desk: Path, tmp_path: Path) -> None:
    with git_server(desk.parent, TOKEN) as server:
        check_out(server, tmp_path / "desk")
        sources = tmp_path / "desk/sources.yaml"
        sources.write_text(sources.read_text().replace("suspend: false", "suspend: true"))
        said = Runner(server, tmp_path / "desk", tmp_path).run_all()
    assert [done.returncode for done in said] == [0, 0, 0]
    assert proposals(desk) == set()


def test_without_the_token_the_exchange_fails_and_says_so(desk: Path, tmp_path: Path) -> None:
    with git_server(desk.parent, TOKEN) as server:
        check_out(server, tmp_path / "desk")
        runner = Runner(server, tmp_path / "desk", tmp_path)
        runner.contexts["github.token"] = "expired"
        done = runner.run_all()[0]
    assert done.returncode == 4
    assert done.stderr
