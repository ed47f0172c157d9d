"""`doleances init` on a terminal: one wrong answer is asked for again, and no other is lost."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _settings(own_git_settings: None) -> None:
    pass


def founded(answers: Sequence[str], *arguments: str) -> tuple[int, str]:
    """Run `init` on a terminal of its own; return how it ended and the words that stood there."""
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
    return running.returncode, " ".join(shown.decode().split())


def test_a_wrong_answer_is_asked_for_again(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    answers = ["fr", "{x}", "Étoile", "github", "etoile", "etoile/desk", "Zoé, moi", "Zoé Roy"]
    answers += ["pas un mail", "zoe@example.org", "zoé", "zoe-r", "Paris", "Europe/Paris"]
    answers += ["nulle part", "", "n"]
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


def test_a_folder_in_which_no_desk_can_be_written_is_told_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    for held in (("src/main.py",), (".github/workflows/check.yml", "src/main.py"), ("mine",)):
        folder = tmp_path / held[0].replace("/", "-")
        for name in held:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("mine")
        code, shown = founded((), str(folder))
        assert code == 5, shown
        assert f"is not empty: it holds {held[-1]}" in shown
        assert "What does the team read" not in shown


def test_a_desk_that_somebody_committed_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    desk = str(tmp_path / "desk")
    given = ("--brand", "Étoile", "--team", "Zoé <zoe@example.org>", "--language", "en")
    assert founded(("", "", "", "y"), desk, *given)[0] == 0
    code, shown = founded((), desk)
    assert code == 5, shown
    assert "is a desk already" in shown
    assert "What does the team read" not in shown
