"""Objects in bulk, and references that change together."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.errors import OutsideFailed
from runner.repo.git import Repository, open_repository, read_refs
from runner.repo.objects import NewCommit, ObjectReader, Signature, parse_tree, write_commits
from runner.repo.refs import STALE_AFTER, RefChange, RefsMoved, update_refs

AT = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
BOT = Signature("Doléances", "runner@doleances.invalid")

Git = Callable[..., str]


def commit(files: dict[str, bytes | str], *parents: str, by: Signature = BOT) -> NewCommit:
    return NewCommit("cases: Propose.\n", by, AT, files, parents)


def test_many_objects_are_read_by_one_process(
    git: Git, repository: Repository, folder: Path
) -> None:
    for n in range(450):
        (folder / f"{n}.txt").write_text(f"content {n}\n" * (n % 7))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Many.")
    names = [f"HEAD:{n}.txt" for n in range(450)]
    with ObjectReader(repository) as reader:
        found = list(reader.read_all([*names, "HEAD:nothing", "HEAD"]))
        again = reader.read("HEAD:3.txt")
    assert [o.data for o in found[:450] if o] == [
        (f"content {n}\n" * (n % 7)).encode() for n in range(450)
    ]
    assert found[450] is None
    assert found[451] is not None
    assert found[451].kind == "commit"
    assert again is not None
    assert again.data == b"content 3\n" * 3


def test_an_object_over_the_limit_is_passed_over(
    git: Git, repository: Repository, folder: Path
) -> None:
    (folder / "large").write_bytes(b"x" * 5000)
    (folder / "small").write_bytes(b"y")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Both.")
    with ObjectReader(repository, limit=100) as reader:
        large, small = reader.read_all(["HEAD:large", "HEAD:small"])
    assert large is not None
    assert (large.size, large.data) == (5000, None)
    assert small is not None
    assert small.data == b"y"


def test_a_name_with_a_newline_asks_for_nothing_else(repository: Repository) -> None:
    with ObjectReader(repository) as reader, pytest.raises(ValueError, match="newline"):
        reader.read("HEAD\nHEAD")


def test_a_tree_is_read_by_name(git: Git, repository: Repository, folder: Path) -> None:
    with ObjectReader(repository) as reader:
        entries = parse_tree(reader.read("HEAD^{tree}"))
        nothing = parse_tree(reader.read("HEAD:sources.yaml"))
    assert entries == {"sources.yaml": git(folder, "rev-parse", "HEAD:sources.yaml")}
    assert nothing == {}


def test_commits_are_written_by_one_process(git: Git, repository: Repository, folder: Path) -> None:
    base = git(folder, "rev-parse", "HEAD")
    one, other, alone = write_commits(
        repository,
        [
            commit({"cases/a.yaml": b"a\n"}, base),
            commit({"cases/b.yaml": "é".encode()}, base),
            commit({"alone.json": b"{}"}),
        ],
    )
    assert git(folder, "diff", "--name-status", base, one) == "A\tcases/a.yaml"
    assert git(folder, "diff", "--name-status", base, other) == "A\tcases/b.yaml"
    assert git(folder, "ls-tree", "-r", "--name-only", alone) == "alone.json"
    assert git(folder, "log", "-1", "--format=%P|%an|%ae|%ce|%at|%B", one) == (
        f"{base}|Doléances|runner@doleances.invalid|runner@doleances.invalid"
        f"|{int(AT.timestamp())}|cases: Propose."
    )
    assert list(read_refs(repository)) == ["refs/heads/main"]
    assert git(folder, "fsck", "--strict", "--no-dangling") == ""


def test_equal_commits_have_equal_names(repository: Repository) -> None:
    new = commit({"a": b"1"})
    assert write_commits(repository, [new]) == write_commits(repository, [new, new])[1:]


def test_a_merge_keeps_the_first_parents_tree(
    git: Git, repository: Repository, folder: Path
) -> None:
    left, right = write_commits(repository, [commit({"l": b"1"}), commit({"r": b"2"})])
    blob = git(folder, "rev-parse", f"{left}:l")
    (merged,) = write_commits(repository, [commit({"again": blob}, left, right)])
    assert git(folder, "ls-tree", "--name-only", merged).split() == ["again", "l"]
    assert git(folder, "log", "-1", "--format=%P", merged) == f"{left} {right}"


def test_a_name_that_would_break_a_signature_is_tamed(
    git: Git, repository: Repository, folder: Path
) -> None:
    (new,) = write_commits(repository, [commit({"a": b""}, by=Signature("A <b>\nauthor x", "<>"))])
    assert git(folder, "log", "-1", "--format=%an|%ae", new) == "A bauthor x|?"


@pytest.mark.parametrize(
    "path", ["", "/abs", '"quoted', "new\nline", "../x", "a//b", ".GIT/config"]
)
def test_a_path_that_git_would_read_otherwise_is_refused(repository: Repository, path: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        write_commits(repository, [commit({path: b"x"})])


def test_sha256_repositories_work(git: Git, tmp_path: Path) -> None:
    here = tmp_path / "wide"
    here.mkdir()
    git(here, "init", "-q", "--object-format=sha256")
    wide = open_repository(here)
    (new,) = write_commits(wide, [commit({"a/b": b"1"})])
    update_refs(wide, [RefChange("refs/heads/main", None, new)])
    with ObjectReader(wide) as reader:
        inner = parse_tree(reader.read("main:a"))
    assert len(inner["b"]) == len(new) == 64
    with pytest.raises(RefsMoved):
        update_refs(wide, [RefChange("refs/heads/main", None, None)])


def test_references_change_together_or_not_at_all(
    git: Git, repository: Repository, folder: Path
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    update_refs(
        repository,
        [RefChange("refs/doleances/a", None, head), RefChange("refs/doleances/b", None, head)],
    )
    with pytest.raises(RefsMoved) as raised:
        update_refs(
            repository,
            [
                RefChange("refs/doleances/c", None, head),
                RefChange("refs/doleances/b", head, None),
                RefChange("refs/doleances/a", None, None),
            ],
        )
    assert raised.value.refs == ("refs/doleances/a",)
    assert sorted(read_refs(repository, "refs/doleances")) == [
        "refs/doleances/a",
        "refs/doleances/b",
    ]


@pytest.fixture
def quick_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "runner.repo.git._SETTINGS", ("core.filesRefLockTimeout=1", "core.packedRefsTimeout=1")
    )
    monkeypatch.setattr("runner.repo.refs.PATIENCE", 0.3)


def lock(folder: Path, ref: str, seconds_ago: float) -> Path:
    path = folder / ".git" / f"{ref}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    then = path.stat().st_mtime - seconds_ago
    os.utime(path, (then, then))
    return path


@pytest.mark.parametrize("ref", ["refs/doleances/pulls/3", "refs/heads/doleances/x/open"])
def test_a_lock_that_a_killed_run_left_on_our_references_is_removed(
    git: Git, repository: Repository, folder: Path, quick_locks: None, ref: str
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    left = lock(folder, ref, STALE_AFTER + 1)
    update_refs(repository, [RefChange(ref, None, head)])
    assert not left.exists()
    assert read_refs(repository, ref) == {ref: head}


@pytest.mark.parametrize(
    ("ref", "seconds_ago"), [("refs/heads/x", 3600), ("refs/doleances/pulls/3", 0)]
)
def test_a_lock_of_others_or_a_fresh_one_is_named_and_left(
    git: Git,
    repository: Repository,
    folder: Path,
    quick_locks: None,
    ref: str,
    seconds_ago: float,
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    left = lock(folder, ref, seconds_ago)
    with pytest.raises(OutsideFailed) as raised:
        update_refs(repository, [RefChange(ref, None, head)])
    assert left.name in raised.value.message
    assert "remove it" in raised.value.hint
    assert left.exists()
