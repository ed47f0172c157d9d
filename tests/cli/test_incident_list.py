"""The list of incidents on a terminal: what each is about stands whole below its row."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_what_an_incident_is_about_stands_below_where_the_screen_is_narrow(
    shipped_desk: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, screen = shipped_desk(), Screen()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout", screen)
    assert run(["-C", str(desk), "incident"]) == 0
    assert screen.getvalue().splitlines()[-1] == "    Les bouilloires Brume de septembre fuient"
