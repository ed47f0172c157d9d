from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path, git: Callable[..., str]) -> Path:
    here = tmp_path / "desk"
    here.mkdir()
    git(here, "init", "-q")
    (here / "sources.yaml").write_text("version: 1\n")
    git(here, "add", ".")
    git(here, "commit", "-qm", "Begin.")
    return here
