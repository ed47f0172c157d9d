"""A crisis that a person raises, as those are told of it who have to act."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

OPEN, CLOSED = "c-d6rn7he0r67d", "c-z9dhernv57sj"
Git = Callable[..., str]
Verb = Callable[..., str]


@pytest.fixture(autouse=True)
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk("cases")


@pytest.mark.parametrize("case_id", [OPEN, CLOSED])
def test_a_proposed_crisis_is_told_at_once(say: Verb, case_id: str) -> None:
    said = say("crisis", case_id, "--raise", "death-threat")
    assert "must be accepted" in said
    assert "The next `doleances notify` tells " in said
    due = json.loads(say("notices", case_id, "--json"))["due"]
    assert {each["clock"] for each in due} == {"crisis"}
    (row,) = [each for each in json.loads(say("status", "--json"))["cases"] if each["crisis"]]
    assert (row["case"], row["crisis_proposed_in"], row["clock"]) == (case_id, 1, "crisis")
    assert "proposed in pull request 1: doleances accept 1" in row["next_step"]
    assert case_id in say("status").splitlines()[1]
    assert "CRISIS · threat of death" in say("status").splitlines()[1]


def test_a_proposed_crisis_comes_first_among_the_pulls(say: Verb) -> None:
    say("note", CLOSED, "--note", "seen")
    say("crisis", OPEN, "--raise", "death-threat")
    assert [each["number"] for each in json.loads(say("pulls", "--json"))["pulls"]] == [2, 1]
    assert "CRISIS · threat of death · " in say("pulls")


def test_show_speaks_of_a_proposed_crisis(say: Verb) -> None:
    say("crisis", OPEN, "--raise", "death-threat")
    shown = say("show", OPEN)
    assert "CRISIS: threat of death" in shown
    assert "Accept it: doleances accept 1" in shown


def test_who_raises_one_in_a_closed_case_hears_that_acceptance_ends_the_alarm(
    say: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["crisis", CLOSED, "--raise", "suicide"]) == 0
    err = " ".join(capsys.readouterr().err.split())
    assert f"once it is accepted nobody is told any more: doleances crisis {CLOSED} --taken" in err


def test_what_is_only_written_is_told_to_nobody(say: Verb) -> None:
    said = say("crisis", OPEN, "--raise", "suicide", "--no-propose")
    assert "Nobody is told" in said


def test_people_come_first_until_two_close(say: Verb) -> None:
    def step() -> str:
        (row,) = [each for each in json.loads(say("status", "--json"))["cases"] if each["crisis"]]
        return str(row["next_step"])

    say("crisis", OPEN, "--raise", "suicide")
    say("accept", "1")
    assert step() == f"People first: take it in hand: doleances crisis {OPEN} --taken"
    assert step() in say("show", OPEN)
    say("crisis", OPEN, "--taken")
    say("accept", "2")
    assert "It is in hand. Two people close it" in step()
    assert "It is in hand. Two people close it" in say("show", OPEN)
