import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run

# The fakes are the forges'.
sys.path.append(str(Path(__file__).parents[1] / "forges"))
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]
Fake = Any
AtWork = Callable[[str | None], AbstractContextManager[None]]


@dataclass(frozen=True)
class New:
    """A desk that tests take copies of.  It names its server, so all share the server."""

    fake: Fake
    hub: Any
    folder: Path


@pytest.fixture(scope="session")
def new_desks(
    tmp_path_factory: pytest.TempPathFactory, git: Git, at_work: AtWork
) -> Iterator[Callable[[str], New]]:
    """Return for each forge a new desk as `init` writes it, pushed to a fake."""
    from fake_gitea.server import fake_gitea
    from fake_github.server import fake_github

    with ExitStack() as served:

        @cache
        def on(forge: str) -> New:
            at = tmp_path_factory.mktemp(forge)
            serve = fake_github if forge == "github" else fake_gitea
            fake = served.enter_context(serve(at / "served"))
            given = ["--brand", "Étoile", "--language", "en", "--forge", forge, "--commit"]
            given += ["--team", "Inès <ines@example.org>, ines-martin"]
            given += ["--team", "Sam <sam@example.org>, sam-d, brand-care"]
            given += ["--server", fake.site, "--repository", fake.hub.name]
            # The fake tells the time of this machine, and so must the desk.
            with at_work(None):
                assert run(["init", str(at / "desk"), *given]) == 0
                git(at / "desk", "remote", "add", "origin", fake.url)
                git(at / "desk", "push", "-q", str(fake.hub.git_dir), "main")
            return New(fake, fake.hub, at / "desk")

        yield on


@pytest.fixture(params=["github", "gitea"])
def fake(
    request: pytest.FixtureRequest,
    new_desks: Callable[[str], New],
    tmp_path: Path,
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> Iterator[Fake]:
    """A forge of its own for each test, in a new desk that was pushed to it."""
    from fake_github.server import TOKENS

    new = new_desks(request.param)
    fake, hub = new.fake, new.hub.copy(tmp_path / "served")
    fake.serve(hub, type(fake.pages)(hub, fake.site))
    if request.param == "gitea":
        fake.pages.settings.secrets = ("DOLEANCES_FORGE_TOKEN",)
    monkeypatch.delenv("DOLEANCES_NOW", raising=False)
    token = next(token for token, account in TOKENS.items() if account.is_bot)
    monkeypatch.setenv("DOLEANCES_FORGE_TOKEN", token)
    monkeypatch.chdir(shutil.copytree(new.folder, tmp_path / "desk"))
    capsys.readouterr()
    yield fake
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)
