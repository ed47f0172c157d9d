"""Where case files lie, and finding them by id: in the working tree and in a commit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.repo.case_paths import find_case_file_at, find_case_files, parse_case_path
from runner.repo.git import open_repository

CASE = "c-7f3k2m9x4q5t"
OTHER = "c-76xj11xav7kx"
HERE = f"cases/2026/11/21/{CASE}.yaml"
Git = Callable[..., str]


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("schema: 1\n")


@pytest.mark.parametrize(
    ("path", "case_id"),
    [
        ("cases/2026/11/21/c-7f3k2m9x4q5t.yaml", "c-7f3k2m9x4q5t"),
        ("cases/2026/11/21/../c-7f3k2m9x4q5t.yaml", None),
        ("cases/2026/11/c-7f3k2m9x4q5t.yaml", None),
        ("/cases/2026/11/21/c-7f3k2m9x4q5t.yaml", None),
        ("cases/2026/11/21/c-7f3k2m9x4q5t.yaml\n", None),
        ("cases/2026/11/21/notes.yaml", None),
    ],
)
def test_a_case_stands_under_its_day(path: str, case_id: str | None) -> None:
    assert parse_case_path(path) == case_id


def test_a_case_is_found_wherever_it_lies_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, HERE, f"cases/2026/11/21/{OTHER}.yaml", f"cases/old/11/21/{CASE}.yaml")
    assert find_case_files(tmp_path, CASE) == (HERE,)
    put(tmp_path, f"cases/2026/11/20/{CASE}.yaml")
    assert find_case_files(tmp_path, CASE) == (f"cases/2026/11/20/{CASE}.yaml", HERE)


@pytest.mark.parametrize("name", ["", "*", "**", "c-*", f"../21/{CASE}", f"{CASE}.yaml", "c-?"])
def test_what_is_no_id_finds_nothing(tmp_path: Path, name: str) -> None:
    put(tmp_path, HERE)
    assert find_case_files(tmp_path, name) == ()


def test_a_commit_is_asked_not_the_working_tree(tmp_path: Path, git: Git) -> None:
    put(tmp_path, HERE)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin.")
    (tmp_path / HERE).unlink()
    put(tmp_path, f"cases/2026/11/21/{OTHER}.yaml")
    repository = open_repository(tmp_path)
    assert find_case_file_at(repository, "HEAD", CASE) == HERE
    assert find_case_file_at(repository, "HEAD", OTHER) is None
    assert find_case_files(tmp_path, CASE) == ()
