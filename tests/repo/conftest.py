from pathlib import Path

import pytest

from runner.repo.git import Repository, open_repository


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass


@pytest.fixture
def repository(folder: Path) -> Repository:
    return open_repository(folder)
