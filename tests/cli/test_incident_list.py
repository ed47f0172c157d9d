"""The list of incidents on a terminal: what each is about stands whole below its row."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

LINKED = """\
- entry: incident-linked
  at: 2026-11-21T08:03:12Z
  recorded_at: 2026-11-21T08:03:12Z
  by: ines
  incident: bouilloire-brume-fuite
"""


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_why_a_case_departs_stands_below_it_where_the_screen_is_narrow(
    shipped_desk: Callable[..., Path],
    case_text: Callable[..., tuple[str, str]],
    git: Callable[..., str],
    say: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, incident = "c-aaaaaaaaaaaa", "bouilloire-brume-fuite"
    why = "this customer had asked for another kettle and for nothing else at all"
    path, text = case_text(case)
    text = text.replace("crisis: null\n", f"crisis: null\nincident: {incident}\n") + LINKED
    screen = Screen()
    desk = shipped_desk(files={path: text})
    where = ("--channel", "private", "--where", "mail", "--departs", why, "--no-propose")
    url = "https://forum.example.org/t/c-aaaaaaaaaaaa#r1"
    say("reply", case, "--url", url, "--text", "Bonjour.", "--departs", why, "--no-propose")
    say("offer", case, "--offer", "a voucher", *where)
    git(desk, "commit", "-qam", "Told.")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout", screen)
    assert run(["incident", incident]) == 0
    assert f"    {why}" in screen.getvalue().splitlines()


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
