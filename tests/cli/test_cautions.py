"""What a verb warns of, and takes all the same."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

HERE = Path(__file__).parents[2]
PUBLIC_ALONE, BOTH = "c-rhfg7kkddhqq", "c-d6rn7he0r67d"
Verb = Callable[..., str]


@pytest.fixture
def warned(
    tmp_path: Path,
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    git: Callable[..., object],
) -> Verb:
    """Type a verb at the shipped desk in English, and return what it warned of."""
    folder = tmp_path / "desk"
    folder.mkdir()
    sources = (HERE / "sources.yaml").read_text()
    (folder / "sources.yaml").write_text(sources.replace("language: fr", "language: en", 1))
    for name in ("policies", "templates", "cases"):
        shutil.copytree(HERE / name, folder / name)
    (tmp_path / "gitconfig").write_text(
        "[user]\n\tname = X\n\temail = ines.carpentier@agence.example.org\n"
        "[init]\n\tdefaultBranch = main\n"
    )
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    monkeypatch.chdir(folder)

    def type_it(*arguments: str) -> str:
        ended = run(arguments)
        out, err = capsys.readouterr()
        assert ended == 0, out + err
        return err

    return type_it


def test_a_private_message_where_none_is_possible(warned: Verb) -> None:
    message = ("--where", "inbox", "--text", "Bonjour")
    said = warned("message", PUBLIC_ALONE, *message)
    assert said.startswith("A private message is not possible on forum-bricolage: ")
    assert "record it with `doleances reply`." in said
    assert "not possible" not in warned("message", BOTH, *message)
    assert "not possible" not in warned(
        "wrote", PUBLIC_ALONE, "--channel", "private", "--where", "telephone", "--text", "Bonjour"
    )
