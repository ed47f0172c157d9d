"""`./doleances` sets a clone up by itself: once, again when it must, and never by halves.

The real scripts run in a small clone whose package needs nothing from outside: its build backend
stands in the clone.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTING_UP = "doleances: setting up .venv (this once, about a minute)\n"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone that has been set up; tests may use it but must leave it ready."""
    clone = make_clone(tmp_path_factory.mktemp("desks") / "a desk with spaces")
    first = start(clone, "run", "--json")
    assert (first.returncode, first.stderr) == (0, SETTING_UP)
    assert first.stdout == f"['run', '--json'] {clone}\n"
    return clone


def make_clone(clone: Path) -> Path:
    shutil.copytree(ROOT / "tests/house/data/clone", clone)
    (clone / ".ci").mkdir()
    for name in ("doleances", ".ci/setup", ".ci/setup.py"):
        shutil.copy2(ROOT / name, clone / name)
    return clone


def environment() -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "PIP_NO_INDEX": "1",
    }


def start(clone: Path, *arguments: str, program: str = "./doleances", **given: str) -> "Done":
    return subprocess.run(
        [program, *arguments],
        cwd=clone,
        env=environment() | given,
        capture_output=True,
        text=True,
        check=False,
    )


Done = subprocess.CompletedProcess[str]


def builds(clone: Path) -> int:
    log = clone / "builds"
    return log.read_text().count("built") if log.exists() else 0


def test_the_second_start_says_and_builds_nothing(ready: Path) -> None:
    before = builds(ready)
    again = start(ready, "pulls")
    assert (again.stdout, again.stderr) == (f"['pulls'] {ready}\n", "")
    assert builds(ready) == before


def test_arguments_and_folder_reach_the_program_as_they_are(ready: Path, tmp_path: Path) -> None:
    odd = ["-C", "a b", "", "*", "$HOME", "--", "-x\n"]
    done = start(tmp_path, *odd, program=str(ready / "doleances"))
    assert done.stdout == f"{odd!r} {tmp_path}\n"


def test_a_link_on_the_path_finds_the_clone(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "dol").symlink_to(ready / "doleances")
    done = start(tmp_path, "show", program=str(tmp_path / "dol"))
    assert (done.stdout, done.stderr) == (f"['show'] {tmp_path}\n", "")


def test_a_changed_manifest_installs_again(ready: Path) -> None:
    before = builds(ready)
    with (ready / "pyproject.toml").open("a") as manifest:
        manifest.write("\n# a new package\n")
    changed = start(ready)
    assert (changed.returncode, changed.stderr) == (0, SETTING_UP)
    assert builds(ready) == before + 1
    assert start(ready).stderr == ""


def test_what_somebody_added_to_the_environment_stays(ready: Path) -> None:
    added = ready / ".venv/added-by-hand"
    added.touch()
    with (ready / "pyproject.toml").open("a") as manifest:
        manifest.write("\n# another\n")
    start(ready)
    assert added.exists()


def test_a_failed_install_says_why_and_is_done_again(ready: Path) -> None:
    with (ready / "pyproject.toml").open("a") as manifest:
        manifest.write("\n# a broken one\n")
    (ready / "broken").touch()
    failed = start(ready)
    assert failed.returncode == 4
    assert "the builder is broken" in failed.stderr
    assert failed.stderr.endswith(
        "doleances: the program's packages could not be installed (see above).\n"
        "    Mend that, then try again.\n"
    )
    (ready / "broken").unlink()
    assert start(ready).stderr == SETTING_UP
    assert start(ready).stderr == ""


def test_starts_at_once_set_up_once(ready: Path) -> None:
    before = builds(ready)
    with (ready / "pyproject.toml").open("a") as manifest:
        manifest.write("\n# for two\n")
    both = [
        subprocess.Popen(
            ["./doleances", "run"], cwd=ready, env=environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said == [f"['run'] {ready}\n"] * 2
    assert builds(ready) == before + 1


def test_a_set_up_that_was_killed_is_done_anew(ready: Path) -> None:
    with (ready / "pyproject.toml").open("a") as manifest:
        manifest.write("\n# to be killed\n")
    (ready / "slow").touch()
    with subprocess.Popen(
        ["./doleances"], cwd=ready, env=environment(), start_new_session=True, text=True
    ) as doomed:
        for _ in range(300):
            if (ready / "building").exists():
                break
            time.sleep(0.1)
        os.killpg(doomed.pid, signal.SIGKILL)
    (ready / "slow").unlink()
    (ready / ".venv/half-made").touch()
    again = start(ready)
    assert (again.returncode, again.stderr) == (0, SETTING_UP)
    assert not (ready / ".venv/half-made").exists()


def test_a_clone_that_moved_is_set_up_anew(ready: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(ready, tmp_path / "elsewhere", symlinks=True)
    done = start(moved)
    assert (done.stdout, done.stderr) == (f"[] {moved}\n", SETTING_UP)


def test_a_linked_environment_is_never_removed(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "desk")
    kept = tmp_path / "kept"
    kept.mkdir()
    (clone / ".venv").symlink_to(kept)
    refused = start(clone)
    assert refused.returncode == 4
    assert refused.stderr.endswith(
        f"doleances: {clone}/.venv is a symbolic link.\n    Remove it, then try again.\n"
    )
    assert kept.exists()


def test_without_python_it_says_what_to_type(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "desk")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "cat", "cmp"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    done = start(clone, PATH=str(tools))
    assert done.returncode == 4
    assert done.stderr == (
        "doleances: needs Python 3.11 or newer, and found no Python here.\n"
        "    On Debian and Ubuntu: sudo apt-get install python3 python3-venv\n"
    )


def test_a_clone_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "desk")
    (clone / ".venv").write_text("a file stands here\n")
    done = start(clone)
    assert done.returncode == 4
    assert f"doleances: cannot set up {clone}/.venv: Not a directory\n" in done.stderr
