"""A desk on the fake Gitea."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_gitea.pages import GiteaPages
from fake_gitea.server import fake_gitea
from fake_github.model import Hub
from trial import TOKEN, Tried, configuration

from runner.forges.gitea import open_gitea
from runner.forges.hosted import HostedForge

Git = Callable[..., str]
TriedGitea = Tried[GiteaPages]


def open_desk(folder: Path) -> HostedForge:
    return open_gitea(folder, configuration("gitea"), TOKEN)


@contextmanager
def desk_on_gitea(
    folder: Path, git: Git, served: Path, hub: Hub | None = None
) -> Iterator[TriedGitea]:
    """Serve a desk; at the end nothing may have been asked or said that Gitea does not know."""
    with fake_gitea(served, hub) as fake:
        git(folder, "config", "remote.origin.url", fake.url)
        if hub is None:
            git(folder, "push", "-q", str(fake.hub.git_dir), "main")
        yield TriedGitea(open_desk(folder), folder, fake, git, open_desk)
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


@pytest.fixture
def tried(folder: Path, git: Git, tmp_path: Path) -> Iterator[TriedGitea]:
    with desk_on_gitea(folder, git, tmp_path / "served") as tried:
        yield tried
