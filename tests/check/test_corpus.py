"""Broken files and the exact words that name what is wrong with them.

Each folder of `data/corpus` is laid over `data/desk`, a desk without fault; its
`expected.txt` is what `doleances check` then prints.  `UPDATE_CORPUS=1` writes it anew, for
a person to read before it is committed.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from runner.cli.main import run

DATA = Path(__file__).parent / "data"
SCENARIOS = sorted(path for path in (DATA / "corpus").iterdir() if path.is_dir())


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk without fault."""
    return Path(shutil.copytree(DATA / "desk", tmp_path / "desk"))


def check(desk: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["-C", str(desk), "check", *arguments])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, printed.out


def test_the_desk_without_fault_has_none(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(desk, capsys) == (0, "9 files, no fault.\n")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_every_fault_is_named_with_its_place(
    scenario: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = shutil.ignore_patterns("expected.txt")
    shutil.copytree(scenario, desk, dirs_exist_ok=True, ignore=ignored)
    code, printed = check(desk, capsys)
    expected = scenario / "expected.txt"
    if os.environ.get("UPDATE_CORPUS"):
        expected.write_text(printed)
    assert printed == expected.read_text()
    assert code == (0 if "no fault." in printed else 1)

    as_data = json.loads(check(desk, capsys, "--json")[1])
    places = [f"{fault['file']}:{fault['line']}:" for fault in as_data["faults"]]
    lines = [line for line in printed.splitlines()[:-1] if not line.startswith("    ")]
    assert len(places) == len(lines)
    assert all(line.startswith(place) for line, place in zip(lines, places, strict=True))
