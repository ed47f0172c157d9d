"""Programs that say who a customer is, and programs that do anything but."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cases.customer import Absent, Came, Failed, Found
from runner.policies.customers import Command

AskOne = Callable[..., Came]


def program(tmp_path: Path, body: str, *arguments: str, **more: tuple[str, ...]) -> Command:
    script = tmp_path / "who-is.py"
    script.write_text(f"import json, os, sys, time\n{body}\n")
    asks = more.pop("asks", ("order", "handle"))
    return Command((sys.executable, str(script), *arguments), asks, **more)


def test_a_program_reads_a_question_and_writes_an_answer(ask: AskOne, tmp_path: Path) -> None:
    body = (
        "q = json.load(sys.stdin)\n"
        "seen = [q, sys.argv[1:], os.getcwd(), sorted(os.environ)]\n"
        f"json.dump(seen, open('{tmp_path}/q', 'w'))\n"
        "json.dump({'known': 'yes', 'reference': 'K-1', 'name': 'Camille Roux'}, sys.stdout)"
    )
    came = ask(
        program(tmp_path, body, "$(date)", "; ls", environment=("TOKEN",)),
        handle="`id`",
        orders=("LUM-1",),
    )
    assert came == Found(None, ({"known": "yes", "reference": "K-1"},))
    question, arguments, folder, seen = json.loads((tmp_path / "q").read_text())
    assert question == {
        "brand": "lumen", "site": "forum.example.org", "orders": ["LUM-1"], "handle": "`id`"
    }  # fmt: skip
    assert arguments == ["$(date)", "; ls"]
    assert folder == str(tmp_path / "repository")
    assert "TOKEN" in seen
    assert "OTHER" not in seen


def test_a_program_is_told_what_it_asks_for_and_no_more(ask: AskOne, tmp_path: Path) -> None:
    body = f"open('{tmp_path}/q', 'w').write(sys.stdin.read()); print('null')"
    assert ask(program(tmp_path, body, asks=("handle",)), handle="x", orders=("1",)) == Absent()
    assert "orders" not in json.loads((tmp_path / "q").read_text())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("sys.exit(1)", "{python} ended with code 1"),
        ("print('{\"known\": true}'); sys.exit(7)", "{python} ended with code 7"),
        ("os.kill(os.getpid(), 9)", "{python} ended with code -9"),
        ("time.sleep(300)", "no answer within 1 s"),
        ("sys.stdout.close(); os.close(1); time.sleep(300)", "no answer within 1 s"),
        ("print('x' * 100_000)", "{python} answers with more than 64 kB"),
        ("while True: print('x' * 100_000)", "{python} answers with more than 64 kB"),
        ("print('Camille Roux, 0612345678')", "its answer is no JSON"),
        ("print('[' * 50_000)", "its answer is no JSON"),
        ("print('[1]')", "its answer is no object with “known”"),
        ('print(\'{"reference": "K-1"}\')', "its answer is no object with “known”"),
        ("print('\"Camille Roux\"')", "its answer is no object with “known”"),
        ("", "its answer is no JSON"),
    ],
)
def test_a_program_that_does_not_answer_is_a_failure(
    ask: AskOne, tmp_path: Path, body: str, problem: str
) -> None:
    began = time.monotonic()
    came = ask(program(tmp_path, body), seconds=1 if "sleep" in body else 10, handle="x")
    assert came == Failed(problem.replace("{python}", sys.executable))
    assert time.monotonic() - began < 60


def test_a_program_that_reads_nothing_may_answer(ask: AskOne, tmp_path: Path) -> None:
    body = "os.close(0); print('{\"known\": false}')"
    assert ask(program(tmp_path, body), handle="x") == Found(None, ({"known": False},))


def test_what_a_program_started_ends_with_it(ask: AskOne, tmp_path: Path) -> None:
    body = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"open('{tmp_path}/child', 'w').write(str(child.pid))\n"
        "time.sleep(300)"
    )
    assert isinstance(ask(program(tmp_path, body), seconds=4, handle="x"), Failed)
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not is_running(child):
            break
        time.sleep(0.05)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("name", ["/nowhere/who-is", "who-is-nowhere"])
def test_a_program_that_is_not_there_is_named(ask: AskOne, name: str) -> None:
    came = ask(Command((name,), ("handle",)), handle="x")
    assert came == Failed(f"{name} cannot be run: No such file or directory")


def test_a_variable_that_is_not_set_is_named(ask: AskOne, tmp_path: Path) -> None:
    came = ask(program(tmp_path, "", environment=("UNSET",)), handle="x")
    assert came == Failed("the environment variable UNSET is not set")
    assert not os.environ.get("UNSET")
