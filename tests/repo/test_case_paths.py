"""Where case files lie, and finding them by id: in the working tree and in a commit."""

import subprocess
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


def test_of_two_files_of_one_case_the_one_with_the_earlier_day_is_found(
    tmp_path: Path, git: Git
) -> None:
    earlier = f"cases/2025/12/31/{CASE}.yaml"
    put(tmp_path, HERE, earlier, f"cases/2026/11/21/{OTHER}.yaml", "cases/2026/11/21/odd\nname")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin.")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", ".", str(bare))
    for where in (tmp_path, bare):
        assert find_case_file_at(open_repository(where), "HEAD", CASE) == earlier


def test_a_case_is_found_where_many_are_listed_and_no_other_id_is(tmp_path: Path, git: Git) -> None:
    ids = [f"c-{number:012d}" for number in range(0, 12_000, 2)]
    listed = "".join(f"M 100644 inline cases/2026/11/{n % 28 + 1:02d}/{case}.yaml\ndata 2\n1\n\n"
                     for n, case in enumerate(ids))  # fmt: skip
    git(tmp_path, "init", "-q", "--bare")
    stream = f"commit refs/heads/main\ncommitter A <a@example.org> 0 +0000\ndata 0\n{listed}"
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=tmp_path, input=stream.encode(), check=True
    )
    repository = open_repository(tmp_path)
    for number in (0, 2_999, 5_999):
        path = f"cases/2026/11/{number % 28 + 1:02d}/{ids[number]}.yaml"
        assert find_case_file_at(repository, "main", ids[number]) == path
    assert find_case_file_at(repository, "main", "c-000000000001") is None
