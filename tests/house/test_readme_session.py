"""What README shows is what happens: its session is played, and `…` stands for what may vary."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESK = ("sources.yaml", "policies", "templates", "inbox", "cases", "runner/schemas")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a copy of this desk with `./doleances` in it, as a clone would have."""
    folder = tmp_path / "desk"
    folder.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *DESK], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    program = folder / "doleances"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runner "$@"\n')
    program.chmod(0o755)
    for command in (
        ["git", "init", "--quiet", "--initial-branch=main"],
        ["git", "config", "user.name", "Inès Carpentier"],
        ["git", "config", "user.email", "ines.carpentier@agence.example.org"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message", "Set up the desk."],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


def parse_session(page: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the `console` blocks with what is shown under it."""
    for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


def as_pattern(shown: str) -> re.Pattern[str]:
    """Return a pattern of what is shown.

    A line that is `…` stands for any lines, one within a line for any words.  Columns may be
    wider than shown, and a space may be one that does not break.
    """
    lines = []
    for line in shown.splitlines():
        if line == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            words = ".*".join(re.escape(part) for part in line.split("…"))
            columns = re.sub(r"(?:\\ ){2,}", " {2,}", words)
            lines.append(columns.replace(r"\ ", "[ \u00a0\u202f]") + r"\n")
    return re.compile("".join(lines))


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_the_session_goes_as_shown(name: str, desk: Path) -> None:
    played = list(parse_session((ROOT / name).read_text()))
    assert len(played) > 5
    for command, shown in played:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=desk,
            env=os.environ | {"DOLEANCES_NOW": "2026-11-21T08:00:00Z"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        if not as_pattern(shown).fullmatch(done.stdout):
            pytest.fail(f"$ {command}\n{name} shows:\n{shown}\nit says:\n{done.stdout}", False)
