"""A folder is replaced as a whole, whenever the run that replaces it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.report import folder
from runner.report.exchange import exchange
from runner.report.folder import new_folder

# Writes a folder anew, and ends like one that is killed before the given line of folder.py.
_KILLED = """
import os, sys
from pathlib import Path
from runner.report import folder

steps = 0
if sys.argv[2] == "apart":
    folder.exchange = lambda made, out: False


def counted(frame, event, argument):
    global steps
    if frame.f_code.co_filename != folder.__file__:
        return None
    if event == "line":
        steps += 1
        if steps == last:
            os._exit(9)
    return counted


def write(words):
    with folder.new_folder(out) as made:
        (made / "index.html").write_text(words)


for last in range(1, 500):
    out = Path(sys.argv[1], str(last), "site")
    write("old")
    child = os.fork()
    if not child:
        sys.settrace(counted)
        write("new")
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    stands = (out / "index.html").read_text() if out.exists() else "none"
    if stands == "none":
        folder._clear(out, ".doleances-report")
        stands = "put back " + (out / "index.html").read_text()
    print(stands)
    for each in out.parent.glob(".site.*"):
        os.utime(each, (1, 1))
    write("next")
    assert os.listdir(out.parent) == ["site"], (last, os.listdir(out.parent))
    if not killed:
        break
"""


def runs_killed(inside: Path, how: str) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", _KILLED, str(inside), how],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ended.stdout.splitlines()


@pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="no such step elsewhere")
def test_killed_before_any_step_a_whole_folder_stands(tmp_path: Path) -> None:
    stood = runs_killed(tmp_path, "exchanged")
    assert set(stood) == {"old", "new"}
    assert stood == sorted(stood, key=["old", "new"].index)


def test_killed_where_folders_cannot_be_exchanged_the_next_run_puts_it_back(tmp_path: Path) -> None:
    stood = runs_killed(tmp_path, "apart")
    assert set(stood) == {"old", "put back old", "new"}
    assert stood[-1] == "new"


def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.mkdir()
        (each / each.name).touch()
    if exchange(one, other):
        assert (one / "other").exists()
        assert (other / "one").exists()
        with pytest.raises(FileNotFoundError):
            exchange(one, tmp_path / "none")


def test_what_no_report_made_is_not_put_back(tmp_path: Path) -> None:
    (tmp_path / ".site.old-x" / "site").mkdir(parents=True)
    with new_folder(tmp_path / "site") as made:
        (made / "index.html").touch()
    assert (tmp_path / ".site.old-x" / "site").exists()


def test_a_run_without_exchange_replaces_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "exchange", lambda *_: False)
    for words in ("one", "two"):
        with new_folder(tmp_path / "site") as made:
            (made / "index.html").write_text(words)
    assert (tmp_path / "site" / "index.html").read_text() == "two"
    assert [each.name for each in tmp_path.iterdir()] == ["site"]
    (tmp_path / "site" / ".doleances-report").unlink()
    with pytest.raises(Refused), new_folder(tmp_path / "site"):
        pass


def test_what_has_no_mark_is_left_alone_however_old(tmp_path: Path) -> None:
    ours, theirs = tmp_path / ".site.new-a", tmp_path / ".site.old-20261101"
    linked = tmp_path / "elsewhere"
    for each in (ours, theirs, linked):
        each.mkdir()
        (each / "index.html").touch()
    for each in (ours, linked):
        (each / ".doleances-report").touch()
    (tmp_path / ".site.old-link").symlink_to(linked)
    for each in (ours, theirs, linked):
        os.utime(each, (1, 1))
    with new_folder(tmp_path / "site"):
        pass
    assert not ours.exists()
    assert (theirs / "index.html").exists()
    assert (linked / "index.html").exists()
