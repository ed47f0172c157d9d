"""What is built holds all that the program needs at run time."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


def tracked(*paths: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *paths], cwd=ROOT, check=True, capture_output=True
    )
    return {name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_the_whole_package_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        metadata = {Path(name).name: name for name in wheel.namelist() if ".dist-info/" in name}
        entry_points = wheel.read(metadata["entry_points.txt"]).decode()
    assert tracked("runner") - names == set()
    assert {name.split("/")[0] for name in names} == {"runner"}
    assert {"LICENSE", "METADATA"} <= set(metadata)
    assert "doleances = runner.cli:main" in entry_points


def test_the_source_archive_can_be_built_and_tested(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = tracked(
        "runner", "tests", "pyproject.toml", "README.md", "LICENSE", "doleances", ".ci"
    )
    assert wanted - names == set()
