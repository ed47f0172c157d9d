"""Workflows get the program from where it came, if others get it there too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cli import provenance
from runner.cli.main import run

Git = Callable[..., str]
HUB = "https://git.example.org/tools/doleances.git"


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Say what pip wrote down of where the program came from, and what is made of it."""

    def came(**told: object) -> str:
        class Installed:
            @staticmethod
            def read_text(name: str) -> str | None:
                assert name == "direct_url.json"
                return json.dumps(told) if told else None

        monkeypatch.setattr(provenance, "distribution", lambda _: Installed)
        return provenance.read_provenance()

    return came


@pytest.fixture
def clone(tmp_path: Path, git: Git, own_git_settings: None) -> Path:
    folder = tmp_path / "a clone"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-qm", "Begin.", "--allow-empty")
    return folder


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, ""),
        ({"url": f"{HUB}", "vcs_info": {"commit_id": "0a1b"}}, f"git+{HUB}@0a1b"),
        (
            {"url": "https://me:s3cret@git.example.org/d.git", "vcs_info": {"commit_id": "0a"}},
            "git+https://git.example.org/d.git@0a",
        ),
        ({"url": "https://e.example.org/d.whl", "archive_info": {}}, "https://e.example.org/d.whl"),
        ({"url": "file:///tmp/d.whl", "archive_info": {}}, ""),
        ({"url": "https://e.example.org/$(x)", "archive_info": {}}, ""),
        ({"url": "file:///nowhere", "dir_info": {}}, ""),
    ],
    ids=["index", "git", "password", "wheel", "local-wheel", "odd", "no-clone"],
)
def test_where_pip_got_it(came: Callable[..., str], told: dict[str, Any], address: str) -> None:
    assert came(**told) == address


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (HUB, HUB),
        ("git@git.example.org:tools/doleances.git", HUB),
        ("ssh://git@git.example.org:2222/tools/doleances.git", HUB),
        ("https://me:s3cret@git.example.org/tools/doleances.git", HUB),
        ("/srv/doleances.git", None),
    ],
    ids=["https", "scp", "ssh", "password", "path"],
)
def test_a_clone_is_known_by_its_origin(
    came: Callable[..., str], clone: Path, git: Git, origin: str, expected: str | None
) -> None:
    git(clone, "remote", "add", "origin", origin)
    told = {"url": clone.as_uri(), "dir_info": {"editable": True}}
    assert came(**told) == ""
    head = git(clone, "rev-parse", "HEAD").strip()
    git(clone, "update-ref", "refs/remotes/origin/main", head)
    assert came(**told) == (f"git+{expected}@{head}" if expected else "")


def test_a_desk_follows_the_program_within_one_repository(
    came: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    came(url=HUB, vcs_info={"commit_id": "0a1b"})
    desk = tmp_path / "desk"
    given = ["--brand", "B", "--team", "A <a@example.org>", "--forge", "github"]
    assert run(["init", str(desk), *given, "--repository", "b/desk"]) == 0
    assert f"The workflows install the program from git+{HUB}@0a1b" in capsys.readouterr().out
    check = desk / ".github/workflows/check.yml"
    assert f"'doleances @ git+{HUB}@0a1b'" in check.read_text()
    came(url=HUB, vcs_info={"commit_id": "2c3d"})
    assert run(["init", str(desk), "--workflows"]) == 0
    assert f"'doleances @ git+{HUB}@2c3d'" in check.read_text()
    came(url="https://elsewhere.example.org/d.git", vcs_info={"commit_id": "4e5f"})
    assert run(["init", str(desk), "--workflows"]) == 0
    assert f"'doleances @ git+{HUB}@2c3d'" in check.read_text()
    assert run(["init", str(desk), "--workflows", "--install-from", "index"]) == 0
    assert "'doleances==" in check.read_text()
