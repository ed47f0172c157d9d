"""`doleances lifecycle` prints the table that the checks judge by."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from runner.cases.lifecycle import KINDS, moves, render_mermaid
from runner.cli.main import verbs

DESK = str(Path(__file__).parents[2])


def printed(*arguments: str, code: int = 0) -> str:
    ended = CliRunner().invoke(verbs, ["-C", DESK, "lifecycle", *arguments])
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code == code
    return ended.output


def test_every_move_and_every_entry_is_printed() -> None:
    lines = printed().splitlines()
    first, second = lines[: lines.index("")], lines[lines.index("") + 1 :]
    assert len(first) == 1 + 1 + len(list(moves()))
    for kind in KINDS:
        assert any(f"  {kind}  " in line for line in lines)
    assert any(line.split("  ")[0] == "résolu" for line in first)
    assert any("noted" in line and "note" in line for line in second)


def test_the_picture() -> None:
    assert printed("--mermaid") == render_mermaid()


def test_the_data() -> None:
    data = json.loads(printed("--json"))
    assert [entry["entry"] for entry in data["entries"]] == list(KINDS)
    assert {"from": "resolved", "to": "closed", "entry": "closed"} in data["moves"]
    assert data["entries"][0]["from"] == [{"state": None, "to": ["open"]}]


def test_two_answers_are_one_too_many() -> None:
    with pytest.raises(Exception, match="two answers"):
        printed("--json", "--mermaid")
