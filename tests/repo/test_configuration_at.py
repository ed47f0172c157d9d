"""The desk's files as a commit holds them."""

from collections.abc import Callable
from pathlib import Path

from runner.repo.configuration import read_configuration_at
from runner.repo.files import read_configuration_files
from runner.repo.git import open_repository

Git = Callable[..., str]


def test_a_commit_holds_what_stood_in_the_working_tree(tmp_path: Path, git: Git) -> None:
    (tmp_path / "policies" / "calendars").mkdir(parents=True)
    (tmp_path / "sources.yaml").write_text("version: 1\n")
    (tmp_path / "policies" / "calendars" / "fr.yaml").write_text("zone: Europe/Paris\n")
    (tmp_path / "policies" / "read.me").write_text("no policy")
    (tmp_path / "policies" / "link.yaml").symlink_to("read.me")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin.")
    committed, _ = read_configuration_files(tmp_path)
    (tmp_path / "sources.yaml").write_text("version: 2\n")

    found = read_configuration_at(open_repository(tmp_path), "HEAD")

    assert found == committed
    assert found["sources.yaml"] == b"version: 1\n"


def test_a_file_larger_than_yaml_may_be_is_left_out(tmp_path: Path, git: Git) -> None:
    (tmp_path / "sources.yaml").write_bytes(b"#" * 2_000_000)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin.")
    assert read_configuration_at(open_repository(tmp_path), "HEAD") == {}
