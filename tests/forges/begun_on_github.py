"""A desk on the strict fake GitHub whose first run has opened two pull requests."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk_on_github import NOW, TEAM, Git, make_desk, work_in
from fake_github.model import Account, FakePull, Hub
from fake_github.pages import Pages
from fake_github.server import Call, FakeGithub, fake_github

from runner.cli.main import run

AtWork = Callable[[str], AbstractContextManager[None]]
MEMBER = Account("new-member", association="MEMBER")
WITH_SAM = TEAM.replace(
    "routes:", "- {id: sam, name: Sam Diallo, roles: [watcher], logins: [sam-d]}\nroutes:"
)


@dataclass(frozen=True)
class Begun:
    """What tests take copies of.  Pages lead to the server's address, so all share the server."""

    fake: FakeGithub
    hub: Hub
    calls: tuple[Call, ...]
    folder: Path


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory, git: Git, at_work: AtWork) -> Iterator[Begun]:
    at = tmp_path_factory.mktemp("begun")
    folder = at / "desk"
    with fake_github(at / "served") as fake:
        with at_work(NOW), pytest.MonkeyPatch.context() as patched:
            make_desk(folder, git, WITH_SAM)
            git(folder, "remote", "add", "origin", fake.url)
            git(folder, "push", "-q", str(fake.hub.git_dir), "main")
            work_in(folder, patched)
            assert run(["run"]) == 0
        assert not fake.unexpected()
        yield Begun(fake, fake.hub, tuple(fake.calls), folder)


@pytest.fixture
def desk(
    begun: Begun, tmp_path: Path, own_git_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Path:
    folder = Path(shutil.copytree(begun.folder, tmp_path / "desk"))
    work_in(folder, monkeypatch)
    return folder


@pytest.fixture
def fake(begun: Begun, desk: Path, tmp_path: Path) -> Iterator[FakeGithub]:
    fake, hub = begun.fake, begun.hub.copy(tmp_path / "served")
    fake.serve(hub, Pages(hub, fake.site))
    fake.calls += begun.calls
    yield fake
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


@pytest.fixture
def pull(fake: FakeGithub) -> FakePull:
    """The first of the two; Sam is of the team too."""
    return fake.hub.pulls[1]


def answers(pull: FakePull) -> list[str]:
    """What the runner said on a page, without its marks."""
    said = [comment.body for comment in pull.comments if comment.author.is_bot]
    return [re.sub(r"\n\n<!-- .* -->", "", words) for words in said]


def file_of(fake: FakeGithub, pull: FakePull) -> str:
    path = fake.hub.git("diff-tree", "-r", "--name-only", "--no-commit-id", pull.branch)
    return fake.hub.git("show", f"{pull.branch}:{path}")
