"""Commands in comments on the strict fake Gitea: the same as on GitHub."""

from pathlib import Path

import pytest
from begun_on_github import WITH_SAM
from desk_on_github import Capture, Git, done
from fake_gitea.server import FakeGitea
from fake_github.model import FakePull
from test_closed_pages_on_github import (
    test_a_crisis_on_a_page_that_was_closed_opens_it_again_and_those_in_charge_are_told,
)
from test_commands_on_github import (
    test_a_dismissal_closes_the_page_and_keeps_who_and_why,
    test_what_people_changed_on_a_page_stays_and_is_told_of_once,
    test_what_people_command_stands_in_the_file_and_on_the_page,
)
from test_run_on_gitea import desk, fake

__all__ = (
    "desk",
    "fake",
    "test_a_crisis_on_a_page_that_was_closed_opens_it_again_and_those_in_charge_are_told",
    "test_a_dismissal_closes_the_page_and_keeps_who_and_why",
    "test_what_people_changed_on_a_page_stays_and_is_told_of_once",
    "test_what_people_command_stands_in_the_file_and_on_the_page",
)


@pytest.fixture
def pull(fake: FakeGitea, desk: Path, capsys: Capture, git: Git) -> FakePull:
    """The first of two open pull requests; Sam is of the team too."""
    (desk / "policies" / "team.yaml").write_text(WITH_SAM)
    git(desk, "commit", "-qam", "Sam comes.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    done(capsys, "run")
    return fake.hub.pulls[1]
