"""Many questions at once: each asked once, all within their time, none lost."""

import sys
import time
from pathlib import Path

import pytest

from runner.cases.customer import Failed, Found, Question
from runner.lookups import asking
from runner.lookups.asking import ask_look_ups
from runner.lookups.registers import Ask, Vicinity
from runner.policies.customers import Command, CsvFile, Customers, LookUp, SqliteFile

SITE = "forum.example.org"


def test_the_same_question_is_asked_once(vicinity: Vicinity, tmp_path: Path) -> None:
    script, log = tmp_path / "who-is", tmp_path / "log"
    script.write_text(f"#!/bin/sh\ncat >> {log}\necho null\n")
    script.chmod(0o755)
    look_up = LookUp("script", Command((str(script),), ("handle",)))
    questions = {str(n): Question("lumen", SITE, f"customer {n % 3}") for n in range(12)}
    came = ask_look_ups(Customers((look_up,)), questions, vicinity)
    assert len(came) == 12
    assert len(log.read_text().splitlines()) == 3


def test_what_is_left_when_the_time_is_over_is_a_failure(
    vicinity: Vicinity, tmp_path: Path
) -> None:
    code = "import time; time.sleep(300)"
    look_up = LookUp("slow", Command((sys.executable, "-c", code), ("handle",)), seconds=1)
    questions = {str(n): Question("lumen", SITE, f"customer {n}") for n in range(40)}
    began = time.monotonic()
    came = ask_look_ups(Customers((look_up,)), questions, vicinity, total_seconds=1.5)
    assert time.monotonic() - began < 60
    said = {one.problem for ((_, one),) in came.values() if isinstance(one, Failed)}
    assert said == {"no answer within 1 s", "no time was left for it in this run"}
    assert len(came) == 40


def test_a_look_up_that_trips_the_program_costs_nobody_else(
    vicinity: Vicinity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.csv").write_text("pseudo\nA\n")
    register = CsvFile("~/c.csv", {"handle": "pseudo"})

    async def trips(*_: object) -> Ask:
        raise RuntimeError("Camille Roux, 06 12 34 56 78")

    monkeypatch.setattr(asking.sqlite_file, "open_file", trips)
    broken = LookUp("broken", SqliteFile("~/c.db", "t", {"handle": "h"}))
    customers = Customers((broken, LookUp("sound", register)))
    came = ask_look_ups(customers, {"q": Question("lumen", SITE, "A")}, vicinity)["q"]
    (_, failed), (_, found) = came
    assert isinstance(failed, Failed)
    assert failed.problem.startswith("the program stumbled over it (RuntimeError in test_asking.py")
    assert "Camille" not in failed.problem
    assert found == Found("handle", ({},))


def test_a_look_up_of_another_brand_is_not_asked(vicinity: Vicinity) -> None:
    look_up = LookUp("other", CsvFile("~/none.csv", {"handle": "h"}), brands=("luxor",))
    questions = {"q": Question("lumen", SITE, "A")}
    assert ask_look_ups(Customers((look_up,)), questions, vicinity) == {"q": ()}
    assert ask_look_ups(Customers((look_up,)), {}, vicinity) == {}
