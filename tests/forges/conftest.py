import pytest
from desk_on_github import desk, fake

__all__ = ("desk", "fake")


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass
