import subprocess
from pathlib import Path

import pytest

from runner.repo.git import Repository, open_repository


def git(folder: Path, *arguments: str) -> str:
    ended = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, check=True, text=True
    )
    return ended.stdout.strip()


@pytest.fixture(autouse=True)
def _own_git_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\n\tname = Inès Martin\n\temail = ines@example.org\n[init]\n\tdefaultBranch = main\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "desk"
    here.mkdir()
    git(here, "init", "-q")
    (here / "sources.yaml").write_text("version: 1\n")
    git(here, "add", ".")
    git(here, "commit", "-qm", "Begin.")
    return here


@pytest.fixture
def repository(folder: Path) -> Repository:
    return open_repository(folder)
