"""Caches that somebody wrote who may write nothing else: git takes no option out of them."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.repo.cases_index import open_index
from runner.repo.past_answers import read_past_answers

Git = Callable[..., str]
CASE = "c-aaaaaaaaaaaa"
HEAD = 20
"""Bytes before the header: what it is, its checksum, the header's length."""


@pytest.fixture
def desk(folder: Path, git: Git, case_text: Callable[..., tuple[str, str]]) -> Path:
    path, text = case_text(CASE)
    file = folder / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Accept a case.")
    return folder


def poison(folder: Path, change: dict[str, Any]) -> None:
    """Write other things into the header, with the checksum that belongs to them."""
    file = folder / ".git" / "doleances" / "cases.index"
    whole = file.read_bytes()
    end = HEAD + int.from_bytes(whole[HEAD - 4 : HEAD])
    header = json.dumps({**json.loads(whole[HEAD:end]), **change}).encode()
    rest = len(header).to_bytes(4) + header + whole[end:]
    file.write_bytes(whole[: HEAD - 8] + zlib.crc32(rest).to_bytes(4) + rest)


@pytest.mark.parametrize(
    "change",
    [{"tree": "--output=written"}, {"tree": None}, {"open": "x"}, {"open": [5]}],
    ids=["option", "no-tree", "text", "number"],
)
def test_an_index_that_is_none_is_made_anew(desk: Path, git: Git, change: dict[str, Any]) -> None:
    base = git(desk, "rev-parse", "HEAD")
    clean = open_index(desk, base)
    poison(desk, change)
    index = open_index(desk, base)
    assert (index.open_cases, index.case_of(CASE)) == (clean.open_cases, CASE)
    assert not (desk / "written").exists()


def test_answers_of_no_tree_are_read_anew(desk: Path) -> None:
    clean = read_past_answers(desk, "HEAD")
    file = desk / ".git" / "doleances" / "answers.index"
    kept = json.loads(file.read_bytes())
    file.write_text(json.dumps({**kept, "tree": "--output=written"}))
    assert read_past_answers(desk, "HEAD") == clean
    assert not (desk / "written").exists()
