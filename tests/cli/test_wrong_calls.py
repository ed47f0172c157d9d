"""What was typed wrong is said in one form: what is wrong, and below it what to type."""

from pathlib import Path

import pytest

from runner.cli.main import run

DESK = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("typed", "said", "remedy"),
    [
        (["nosuch"], "doleances: No such command 'nosuch'.", "doleances --help"),
        (["pull"], "Did you mean pulls?", "doleances --help"),
        (["init", "--nope", "x"], "doleances: No such option", "doleances init --help"),
        (["report", "--out"], "Option '--out' requires", "doleances report --help"),
        (["channels", "test"], "doleances: Missing argument", "doleances channels test --help"),
        (["--now", "12", "lifecycle"], "'12' is no instant", "doleances --help"),
        (["export", "--since", "hier"], "'hier' is no day", "doleances export --help"),
        (["init", "../x"], "doleances: `init` needs --brand", "doleances init --help"),
    ],
    ids=["verb", "near-verb", "option", "value", "argument", "instant", "day", "missing-options"],
)
def test_a_wrong_call_ends_with_two_and_says_what_to_type(
    typed: list[str], said: str, remedy: str, capsys: Capture
) -> None:
    assert run(typed) == 2
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert first.startswith("doleances: ")
    assert said in first
    assert second == f"    {remedy}"


def test_a_channel_without_its_secret_says_what_to_export(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.delenv("DOLEANCES_SMTP_URL", raising=False)
    assert run(["-C", str(DESK), "channels", "test", "mail", "--to", "ines"]) == 4
    remedy = capsys.readouterr().err.splitlines()[1]
    assert remedy.startswith("    export DOLEANCES_SMTP_URL='smtp://")
