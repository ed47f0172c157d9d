"""What README says to type exists, and both languages say the same."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from runner.cli.main import SECTIONS, verbs

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.fr.md")
VERBS = {verb for section in SECTIONS.values() for verb in section}


def code_blocks(name: str) -> list[str]:
    return re.findall(r"^```(?:sh|console)\n(.*?)^```", (ROOT / name).read_text(), re.M | re.S)


def commands(name: str) -> list[list[str]]:
    """Return the calls of the program in the code blocks, without the program's name."""
    return list(_calls(name))


def _calls(name: str) -> Iterator[list[str]]:
    for block in code_blocks(name):
        is_session = any(line.startswith("$ ") for line in block.splitlines())
        for line in block.splitlines():
            if is_session and not line.startswith("$ "):
                continue
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and Path(words[0]).name == "doleances":
                yield words[1:]


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_one(name: str) -> None:
    called = commands(name)
    assert called
    for words in called:
        verb = words[0]
        assert verb in VERBS, words
        context = click.Context(verbs)
        command = verbs.get_command(context, verb)
        assert command, verb
        if isinstance(command, click.Group):
            command = command.commands[words[1]]
        known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
        used = {
            word.partition("=")[0] for word in words[1:] if word.startswith("-") and word != "-"
        }
        assert used - known - {"--help"} == set(), words


def test_every_verb_is_listed() -> None:
    for name in READMES:
        text = (ROOT / name).read_text()
        assert {verb for verb in VERBS if f"`{verb}" not in text} == set(), name


def test_both_languages_show_the_same_commands() -> None:
    english, french = map(commands, READMES)
    assert [words[0] for words in english] == [words[0] for words in french]


def test_both_languages_have_the_same_parts() -> None:
    levels = [
        re.findall(r"^(#+) ", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
        for text in ((ROOT / name).read_text() for name in READMES)
    ]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("name", [*READMES, "CHANGELOG.md", ".github/CONTRIBUTING.md"])
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_quick_start_is_two_commands() -> None:
    block = code_blocks("README.md")[0]
    typed = [line.split("#")[0].strip() for line in block.splitlines() if line.strip()]
    assert typed == ["./doleances run", ".ci/test"]
    assert all((ROOT / command.split()[0]).stat().st_mode & 0o111 for command in typed)
