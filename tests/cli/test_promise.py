"""`doleances promise`: the one way to change a promise that was made."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run
from runner.text.strict_yaml import read_value

CASE = "c-d6rn7he0r67d"
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
Git = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk("cases", now="2026-11-23T09:00:00Z")


def log_of(desk: Path) -> list[dict[str, Any]]:
    value: Any = read_value((desk / FILE).read_bytes())
    log: list[dict[str, Any]] = value["log"]
    return log


def changed(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, str]:
    status = run(["promise", CASE, *line, "--by", "ines", "--no-propose"])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_promise_counted_anew_follows_the_policy_of_today(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = log_of(desk)[0]["clocks"][1]
    assert (clock["clock"], clock["due_at"]) == ("mediation", "2027-01-19T08:03:12Z")
    clocks = desk / "policies" / "clocks.yaml"
    clocks.write_text(
        clocks.read_text().replace("{category: complaint, within: 2 months}", "{within: 1 month}")
    )

    assert changed(capsys, "mediation", "--recompute", "--reason", "A new law.")[0] == 0

    entry = log_of(desk)[-1]
    assert (entry["entry"], entry["how"], entry["by"]) == ("clock-changed", "recompute", "ines")
    assert entry["reason"] == "A new law."
    [pinned] = entry["clocks"]
    assert pinned["due_at"] == "2026-12-19T08:03:12Z"
    assert pinned["started_at"] == "2026-11-19T08:03:12Z"
    assert run(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []


def test_a_promise_begun_anew_counts_from_when_it_was(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("customer-update", "--restart", "--reason", "Told.", "--at", "2026-11-22T09:00:00Z")
    status, said = changed(capsys, *line)
    assert status == 0, said
    [pinned] = log_of(desk)[-1]["clocks"]
    assert (pinned["started_at"], pinned["due_at"]) == (
        "2026-11-22T09:00:00Z",
        "2026-11-29T09:00:00Z",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("back-office", "--restart", "--reason", "x"), "no clock `back-office` of c-d6rn7he0r67d"),
        (("mediation", "--recompute", "--reason", "x"), "what runs: mediation, customer-update"),
        (("customer-update", "--reason", "x"), "say how it changes"),
        (("customer-update", "--restart"), "--reason"),
        (
            ("customer-update", "--restart", "--recompute", "--reason", "x"),
            "a promise changes in one way at a time",
        ),
        (
            ("customer-update", "--restart", "--reason", "x", "--at", "1700-01-01"),
            "1700-01-01 lies before 1990",
        ),
        (
            ("customer-update", "--restart", "--reason", "x", "--at", "0001-01-01"),
            "0001-01-01 lies before 1990",
        ),
        (
            ("customer-update", "--restart", "--reason", "x", "--at", "9999-12-31T23:59:59-12:00"),
            "lies ahead",
        ),
    ],
    ids=["does not run", "promised no more", "how?", "why?", "which?", "when?", "0?", "9?"],
)
def test_what_cannot_be_changed_says_why(
    desk: Path, capsys: pytest.CaptureFixture[str], line: tuple[str, ...], words: str
) -> None:
    before = (desk / FILE).read_bytes()
    status, said = changed(capsys, *line)
    assert status == 2
    assert words in said
    assert (desk / FILE).read_bytes() == before
