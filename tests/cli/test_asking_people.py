"""People are asked in the language of the team."""

import io
from zoneinfo import ZoneInfo

import pytest

from runner.cli.accept import _confirmed
from runner.text.language import Language


@pytest.mark.parametrize(
    ("locale", "question", "answers"),
    [
        ("en", "Accept it? [y/N]", {"y": True, "Yes": True, "n": False, "": False, "o": False}),
        (
            "fr",
            "L’accepter\u202f? [o/N]",
            {"o": True, "Oui": True, "y": True, "n": False, "": False},
        ),
    ],
)
def test_yes_is_yes_in_the_language_of_the_team_and_anything_else_is_no(
    locale: str,
    question: str,
    answers: dict[str, bool],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for answer, meant in answers.items():
        monkeypatch.setattr("sys.stdin", io.StringIO(answer + "\n"))
        assert _confirmed(Language(locale, ZoneInfo("Europe/Paris")), 1) is meant
        assert question in capsys.readouterr().out


@pytest.mark.parametrize(
    ("locale", "question"),
    [("en", "Accept them all? [y/N]"), ("fr", "Les accepter tous\u202f? [o/N]")],
)
def test_several_are_asked_about_together(
    locale: str,
    question: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert not _confirmed(Language(locale, ZoneInfo("Europe/Paris")), 2)
    assert question in capsys.readouterr().out
