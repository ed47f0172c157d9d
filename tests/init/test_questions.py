"""`doleances init` on a terminal: one wrong answer is asked for again, and no other is lost."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass


def founded(answers: tuple[str, ...], *arguments: str) -> tuple[int, str]:
    """Run `init` on a terminal of its own; return how it ended and what stood there."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "runner", "init", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # Linux says so that nobody holds the other end any more.
                break
            if not some:
                break
            shown += some
    os.close(ours)
    return running.returncode, shown.decode()


def test_a_wrong_answer_is_asked_for_again(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    answers = ("fr", "{x}", "Étoile", "github", "etoile", "etoile/desk", "Zoé, moi", "Zoé Roy")
    answers += ("pas un mail", "zoe@example.org", "zoé", "zoe-r", "Paris", "Europe/Paris")
    answers += ("nulle part", "", "n")
    code, shown = founded(answers, str(desk))
    assert code == 0, shown
    for said in (
        "Ce n’est pas un nom, comme Lumen.",
        "Ce n’est pas de la forme PROPRIÉTAIRE/NOM.",
        "Ce n’est pas un nom, ou il contient une virgule",
        "Ce n’est pas une adresse e-mail, comme",
        "Ce n’est pas un identifiant",
        "Ce fuseau horaire n’existe pas",
        "Ce n’est ni une adresse e-mail ni une page",
    ):
        assert shown.count(said) == 1, shown
    assert "--team" not in shown
    team = (desk / "policies/team.yaml").read_text()
    assert "name: Zoé Roy" in team
    assert "emails: [zoe@example.org]" in team
    assert "logins: [zoe-r]" in team
    assert "contact: mailto:zoe@example.org" in (desk / "sources.yaml").read_text()


def test_an_option_that_is_wrong_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    given = ("--language", "en", "--team", "Zoé <no address>")
    code, shown = founded((), str(tmp_path / "desk"), *given)
    assert (code, "brand" in shown) == (2, False)
    assert "--team: 'Zoé <no address>' is not of the form" in shown
