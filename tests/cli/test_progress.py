"""The bar that people see while something long goes on."""

import io
import re
import threading

import pytest

from runner.cli.terminal import Terminal


class Screen(io.StringIO):
    """Where a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that gives no threads, as some containers do."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_bar_says_what_goes_on_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("runner.cli.terminal._DRAWN_EVERY", 0.0)
    with Terminal(io.StringIO(), screen).progress("commits", 4) as steps:
        steps.step()
        steps.step(2)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert "commits" in shown
    assert [at for at in ("0%", "25%", "75%") if at in shown] == ["0%", "25%", "75%"]


def test_steps_that_follow_one_another_fast_are_not_all_drawn() -> None:
    screen = Screen()
    with Terminal(io.StringIO(), screen).progress("cases", 100_000) as steps:
        for _ in range(2_000):
            steps.step()
    assert screen.getvalue().count("cases") < 100


def test_nobody_who_watches_no_bar() -> None:
    written = io.StringIO()
    with Terminal(io.StringIO(), written).progress("cases", 10) as steps:
        steps.step(10)
    assert not written.getvalue()
