"""Which case files differ between pairs of commits, as one git tells it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import OutsideFailed
from runner.repo.case_diffs import CaseDiffs
from runner.repo.git import open_repository

Git = Callable[..., str]


def commit(git: Git, root: Path, files: dict[str, str | None]) -> str:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True) if text is None else file.write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "Change.")
    return git(root, "rev-parse", "HEAD").strip()


def blob(git: Git, root: Path, name: str) -> str:
    return git(root, "rev-parse", name).strip()


def test_new_and_other_files_of_the_folder_of_cases_are_told(
    tmp_path: Path, git: Git, own_git_settings: None
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    odd = "cases/a\nend\n"
    first = commit(git, tmp_path, {"cases/kept": "k", "cases/gone": "g", "cases/new": "1"})
    second = commit(git, tmp_path, {"cases/gone": None, "cases/new": "2", odd: "o", "else": "e"})
    empty = commit(git, tmp_path, {})
    others = {"cases/new": blob(git, tmp_path, "HEAD:cases/new")}
    others[odd] = blob(git, tmp_path, f"HEAD:{odd}")
    with CaseDiffs(open_repository(tmp_path)) as diffs:
        assert diffs.read([(second, first), (empty, second), (second, second)]) == {
            (second, first): others,
            (empty, second): {},
            (second, second): {},
        }
        assert diffs.read([]) == {}
        assert diffs.read([(empty, first)] * 500) == {(empty, first): others}


def test_more_pairs_than_a_pipe_holds_are_told(
    tmp_path: Path, git: Git, own_git_settings: None
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    root = commit(git, tmp_path, {"cases/0": "0"})
    tips = [commit(git, tmp_path, {"cases/0": str(number)}) for number in range(1, 4)]
    wide = commit(git, tmp_path, {f"cases/{number}{'x' * 200}": "y" for number in range(900)})
    with CaseDiffs(open_repository(tmp_path)) as diffs:
        told = diffs.read([(tip, root) for tip in tips] * 300 + [(wide, tips[-1])])
    assert [len(files) for files in told.values()] == [1, 1, 1, 900]


def test_a_git_that_stops_is_told(tmp_path: Path, git: Git, own_git_settings: None) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    first = commit(git, tmp_path, {"cases/0": "0"})
    second = commit(git, tmp_path, {"cases/0": "1"})
    tree = blob(git, tmp_path, f"{second}:cases")
    (tmp_path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with (
        CaseDiffs(open_repository(tmp_path)) as diffs,
        pytest.raises(OutsideFailed, match="stopped answering"),
    ):
        diffs.read([(second, first)])
