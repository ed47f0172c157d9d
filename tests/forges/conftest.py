import pytest


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass
