import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run

# The fakes are the forges'.
sys.path.append(str(Path(__file__).parents[1] / "forges"))
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]
Fake = Any


@pytest.fixture(params=["github", "gitea"])
def fake(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    git: Git,
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> Iterator[Fake]:
    """A new desk as `init` writes it, pushed to a fake forge."""
    from fake_gitea.server import fake_gitea
    from fake_github.server import TOKENS, fake_github

    forge = request.param
    token = next(token for token, account in TOKENS.items() if account.is_bot)
    served = fake_github if forge == "github" else fake_gitea
    # The fake tells the time of this machine, and so must the desk.
    monkeypatch.delenv("DOLEANCES_NOW", raising=False)
    monkeypatch.setenv("DOLEANCES_FORGE_TOKEN", token)
    with served(tmp_path / "served") as fake:
        given = ["--brand", "Étoile", "--language", "en", "--forge", forge, "--commit"]
        given += ["--team", "Inès <ines@example.org>, ines-martin"]
        given += ["--team", "Sam <sam@example.org>, sam-d, brand-care"]
        given += ["--server", fake.site, "--repository", fake.hub.name]
        desk = tmp_path / "desk"
        assert run(["init", str(desk), *given]) == 0
        git(desk, "remote", "add", "origin", fake.url)
        git(desk, "push", "-q", str(fake.hub.git_dir), "main")
        if forge == "gitea":
            fake.pages.settings.secrets = ("DOLEANCES_FORGE_TOKEN",)
        capsys.readouterr()
        monkeypatch.chdir(desk)
        yield fake
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)
