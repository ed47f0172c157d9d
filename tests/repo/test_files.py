"""Reading the working tree safely, writing whole."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import Fault
from runner.repo.files import list_yaml_files, read_yaml_file, write_file
from runner.text.blobs import blob_id


@given(st.binary(max_size=200))
def test_a_blob_is_named_as_git_names_it(data: bytes) -> None:
    import hashlib

    header = f"blob {len(data)}\0".encode()
    assert blob_id(data) == hashlib.sha1(header + data, usedforsecurity=False).hexdigest()


def test_git_agrees_on_the_name_of_a_blob() -> None:
    said = subprocess.run(
        ["git", "hash-object", "--stdin"], input=b"reclamation\n", capture_output=True, check=True
    )
    assert blob_id(b"reclamation\n") == said.stdout.decode().strip()


def test_yaml_files_are_listed_in_order_and_others_are_not(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/z.yml", "a/a.yaml", "a/notes.md", ".keep"):
        write_file(tmp_path / "policies" / name, b"x: 1\n")
    found, faults = list_yaml_files(tmp_path, "policies")
    assert found == ("policies/a/a.yaml", "policies/a/z.yml", "policies/b.yaml")
    assert faults == ()
    assert list_yaml_files(tmp_path, "nothing") == ((), ())


def test_folders_beyond_counting_are_not_walked(tmp_path: Path) -> None:
    write_file(tmp_path / "cases" / "/".join("d" * 30) / "x.yaml", b"")
    found, faults = list_yaml_files(tmp_path, "cases")
    assert found == ()
    assert ["more than 16 folders deep" in fault.message for fault in faults] == [True]


@pytest.mark.parametrize("inside", [True, False])
def test_a_link_is_not_followed_wherever_it_leads(tmp_path: Path, inside: bool) -> None:
    target = tmp_path / ("desk/there.yaml" if inside else "elsewhere.yaml")
    write_file(target, b"a: 1\n")
    (tmp_path / "desk").mkdir(exist_ok=True)
    (tmp_path / "desk/here.yaml").symlink_to(target)
    read = read_yaml_file(tmp_path / "desk", "here.yaml")
    assert isinstance(read, Fault)
    assert read.rule == "odd-file"


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert isinstance(read_yaml_file(tmp_path, "folder.yaml"), Fault)
    missing = read_yaml_file(tmp_path, "missing.yaml")
    assert isinstance(missing, Fault)
    assert missing.rule == "missing-file"


def test_writing_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [left.name for left in path.parent.iterdir()] == ["b.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        write_file(path, b"two")
    assert [left.name for left in path.parent.iterdir()] == ["b.json"]
