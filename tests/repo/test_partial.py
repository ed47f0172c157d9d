"""A clone that leaves files out reads many of them by one request."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import OutsideFailed
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader
from runner.repo.partial import promising_remote

Git = Callable[..., str]
FILES = [f"cases/{number:02}.txt" for number in range(30)]


@pytest.fixture
def clone(folder: Path, git: Git, tmp_path: Path) -> Path:
    (folder / "cases").mkdir()
    for name in FILES:
        (folder / name).write_text(f"{name}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Go on.")
    git(folder, "config", "uploadpack.allowFilter", "true")
    there = tmp_path / "clone"
    git(
        tmp_path,
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        f"file://{folder}",
        str(there),
    )
    return there


def packs(clone: Path) -> int:
    return len(list((clone / ".git/objects/pack").glob("*.pack")))


@pytest.mark.parametrize("named", ["path", "object"])
def test_many_files_come_by_one_request(clone: Path, git: Git, folder: Path, named: str) -> None:
    asked = [f"HEAD:{name}" for name in FILES]
    if named == "object":
        asked = git(folder, "rev-parse", *asked).split()
    before = packs(clone)
    with ObjectReader(open_repository(clone)) as reader:
        read = [found.data for found in reader.read_all(asked) if found]
    assert read == [f"{name}\n".encode() for name in FILES]
    assert packs(clone) == before + 1


def test_what_is_here_is_not_asked_for_again(clone: Path, git: Git, folder: Path) -> None:
    with ObjectReader(open_repository(clone)) as reader:
        first = list(reader.read_all(f"HEAD:{name}" for name in FILES))
    folder.rename(folder.with_name("gone"))
    with ObjectReader(open_repository(clone)) as reader:
        assert list(reader.read_all(f"HEAD:{name}" for name in FILES)) == first
        nowhere = list(reader.read_all(["HEAD:cases/nowhere", "refs/doleances/receipts:none"]))
        assert nowhere == [None, None]


def test_a_remote_that_is_gone_is_named(clone: Path, folder: Path) -> None:
    folder.rename(folder.with_name("gone"))
    with (
        ObjectReader(open_repository(clone)) as reader,
        pytest.raises(OutsideFailed, match="fetch"),
    ):
        list(reader.read_all(f"HEAD:{name}" for name in FILES))


def test_a_whole_clone_asks_nobody(folder: Path) -> None:
    assert promising_remote(open_repository(folder)) is None
