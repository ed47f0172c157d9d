"""`doleances check` on odd files, on parts of the desk, and a second time."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.repo import judge as judging
from runner.repo.check import CaseVerdicts, Measure, judge_cases
from runner.repo.passed import cache_file
from runner.text.strict_yaml import read_value

DESK = Path(__file__).parent / "data" / "desk"
CASE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk without fault, in git."""
    desk = Path(shutil.copytree(DESK, tmp_path / "desk"))
    subprocess.run(["git", "init", "-q", str(desk)], check=True)
    return desk


def check(desk: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run(["-C", str(desk), "check", *arguments])
    return code, capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("opening", ["[", "{", "- ", "{a: ", "[a: ", "? "])
def test_a_hundred_thousand_brackets_cost_no_time_and_no_crash(
    opening: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / CASE).write_text(opening * 100_000)
    (desk / "policies/brand.yaml").write_text(opening * 100_000)
    begun = time.perf_counter()
    code, said = check(desk, capsys)
    assert code == 1
    assert said[-1].endswith("in 2 files.")
    assert time.perf_counter() - begun < 5


def test_fifty_megabytes_are_refused_unread(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (CASE, "policies/brand.yaml"):
        with (desk / name).open("wb") as file:
            file.truncate(50_000_000)
    code, said = check(desk, capsys)
    assert code == 1
    assert said == [
        f"{CASE}:1:1: the file has 50000000 bytes; at most 1048576 are read",
        "    split it, or remove what does not belong there",
        "policies/brand.yaml:1:1: the file has 50000000 bytes; at most 1048576 are read",
        "    split it, or remove what does not belong there",
        "2 faults in 2 files.",
    ]


def test_links_and_devices_are_faults_and_never_read(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: 1234\n")
    (desk / "policies/brand.yaml").unlink()
    (desk / "policies/brand.yaml").symlink_to(secret)
    (desk / "templates/more").symlink_to(tmp_path)
    (desk / "cases/2027").symlink_to(desk / "cases/2026")
    (desk / "sources.yaml").rename(tmp_path / "elsewhere.yaml")
    (desk / "sources.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    os.mkfifo(desk / "policies/privacy.fifo.yaml")
    code, said = check(desk, capsys)
    assert code == 1
    assert [line for line in said if not line.startswith("    ")] == [
        "cases/2027:1:1: this is a symbolic link and is not read",
        "policies/brand.yaml:1:1: this is a symbolic link and is not read",
        "policies/privacy.fifo.yaml:1:1: this is no ordinary file and is not read",
        "sources.yaml:1:1: this is a symbolic link and is not read",
        "templates/more:1:1: this is a symbolic link and is not read",
        "5 faults in 5 files.",
    ]


def test_what_is_spelt_in_capitals_is_said_not_to_be_read(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "Cases").mkdir()
    (desk / "policies/old.YAML").write_text("a: [\n")
    (desk / CASE).with_name("c-0000aaaa0000.Yml").write_text("a: [\n")
    code, said = check(desk, capsys)
    assert code == 0
    small = "warning: this is not read: its name is not in small letters"
    assert said[:-1] == [
        f"Cases:1:1: {small}",
        "    call it cases",
        f"{Path(CASE).parent.as_posix()}/c-0000aaaa0000.Yml:1:1: {small}",
        "    call it c-0000aaaa0000.yml",
        f"policies/old.YAML:1:1: {small}",
        "    call it old.yaml",
    ]
    assert said[-1].endswith("no fault. 3 warnings.")


def test_paths_narrow_what_is_judged(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / CASE).write_text("a: [\n")
    (desk / "policies/brand.yaml").write_text("b: [\n")
    policies, cases = str(desk / "policies"), str(desk / "cases/2026")
    assert check(desk, capsys, policies)[1][0].startswith("policies/brand.yaml:")
    assert check(desk, capsys, cases)[1][-1] == "1 fault in 1 file."
    assert check(desk, capsys, str(desk / "sources.yaml"))[0] == 0
    assert check(desk, capsys, str(desk))[1][-1] == "2 faults in 2 files."


def test_a_path_that_is_not_of_the_desk_is_misuse(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(desk, capsys, str(desk / "nothing"))[0] == 2
    assert check(desk, capsys, str(tmp_path))[0] == 2


def test_a_hostile_file_name_cannot_steer_the_terminal(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "policies/\x1b[2Jx.yaml").write_text("a: b\n")
    _, said = check(desk, capsys)
    assert "\x1b" not in "".join(said)


class TestWhatPassedIsNotParsedAgain:
    @pytest.fixture
    def parsed(self, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
        """The contents of case files that were parsed."""
        seen: list[bytes] = []

        def read(data: bytes) -> object:
            seen.append(data)
            return read_value(data)

        monkeypatch.setattr(judging, "read_value", read)
        return seen

    def test_but_what_changed_is(
        self, desk: Path, parsed: list[bytes], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(desk, capsys)[0] == 0
        assert len(parsed) == 1
        assert check(desk, capsys)[0] == 0
        assert len(parsed) == 1
        (desk / CASE).write_text((desk / CASE).read_text() + "cycle: 2\n")
        assert check(desk, capsys)[0] == 1
        assert check(desk, capsys)[0] == 1, "a fault is told every time"
        assert len(parsed) == 3

    def test_the_same_bytes_at_another_path_are(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(desk, capsys)[0] == 0
        moved = desk / "cases/2026/11/22" / Path(CASE).name
        moved.parent.mkdir()
        (desk / CASE).rename(moved)
        assert check(desk, capsys)[0] == 1

    @pytest.mark.parametrize("damage", ["cut", "flip", "other"])
    def test_a_broken_cache_is_as_none(
        self, damage: str, desk: Path, parsed: list[bytes], capsys: pytest.CaptureFixture[str]
    ) -> None:
        check(desk, capsys)
        cache = cache_file(desk)
        assert cache is not None
        data = cache.read_bytes()
        broken = {"cut": data[:-3], "flip": data[:-1] + bytes([data[-1] ^ 1]), "other": b"\0"}
        cache.write_bytes(broken[damage])
        assert check(desk, capsys)[0] == 0
        assert len(parsed) == 2
        assert cache.read_bytes() == data

    def test_outside_git_nothing_is_kept(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk = Path(shutil.copytree(DESK, tmp_path / "bare"))
        assert check(desk, capsys)[0] == 0
        assert not list(desk.rglob("check.cache"))


@pytest.fixture
def many(desk: Path) -> Path:
    text = (desk / CASE).read_text()
    for number in range(1100):
        name = f"c-{number:012d}"
        made = text.replace("c-7f3k2m9x4q5t", name)
        (desk / CASE).with_name(f"{name}.yaml").write_text(
            made if number % 100 else made.replace("urgency: high", "urgency: urgent")
        )
    return desk


def judged_as_by_one(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(desk, capsys)
    assert code == 1
    assert said[-1] == "11 faults in 11 files."
    assert said[0].startswith("cases/2026/11/21/c-000000000000.yaml:9:10: unknown urgency")
    assert said[:-1:2] == sorted(said[:-1:2])
    assert check(desk, capsys) == (code, said)


def test_many_cases_are_judged_by_several_processes_alike(
    many: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged_as_by_one(many, capsys)


def refuse_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", fork)


def refuse_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)


def kill_others(monkeypatch: pytest.MonkeyPatch) -> None:
    here, judge = os.getpid(), judge_cases

    def judge_or_die(measure: Measure, paths: Sequence[str]) -> CaseVerdicts:
        if os.getpid() != here and "c-000000000299" in "".join(paths):
            os.kill(os.getpid(), signal.SIGKILL)
        return judge(measure, paths)

    monkeypatch.setattr("runner.repo.check.judge_cases", judge_or_die)


@pytest.mark.parametrize("harm", [refuse_processes, refuse_threads, kill_others])
def test_what_the_machine_refuses_to_others_one_process_judges(
    many: Path,
    harm: Callable[[pytest.MonkeyPatch], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runner.repo.check._processes", lambda _: 3)
    harm(monkeypatch)
    judged_as_by_one(many, capsys)


def test_data_says_what_the_lines_say(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "policies/brand.yaml").write_text("version: 1\nproducts:\n- {id: Aube, names: [a]}\n")
    code, said = check(desk, capsys, "--json")
    assert code == 1
    assert json.loads("\n".join(said)) == {
        "files": 9,
        "faults": [
            {
                "file": "policies/brand.yaml",
                "line": 3,
                "column": 8,
                "rule": "schema-form",
                "severity": "error",
                "message": "`Aube` has not the form of `id`",
                "hint": "Small letters, digits and single hyphens, such as `forum-bricolage`.",
            }
        ],
    }
