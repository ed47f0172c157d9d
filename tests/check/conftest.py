"""What tests of changes share: a desk on a branch of its own, and the check of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run


@pytest.fixture
def desk(shipped_desk: Callable[..., Path], git: Callable[..., str]) -> Path:
    """Return the shipped desk on `main`, with a branch `desk/change` checked out."""
    folder = shipped_desk("cases")
    git(folder, "switch", "-qc", "desk/change")
    return folder


@pytest.fixture
def check(desk: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Run the check on the desk and return its lines."""

    def judge(*arguments: str, code: int = 0, folder: Path = desk) -> list[str]:
        ended = run(["-C", str(folder), "check", "--base", "main", *arguments])
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return (out if code in {0, 1} else err).splitlines()

    return judge
