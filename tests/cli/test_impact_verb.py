"""`doleances impact`: what a change of policies would change, on a real repository."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run

ROOT = Path(__file__).parents[2]
Git = Callable[..., str]
CASES = sorted(path.stem for path in (ROOT / "cases").rglob("*.yaml"))


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk("cases", "inbox", now="2026-11-23T09:00:00Z")


def impact(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert run(["impact", "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def shorten(desk: Path) -> None:
    clocks = desk / "policies" / "clocks.yaml"
    text = clocks.read_text()
    assert "- {within: 3 civil days}\n  ideal" in text
    clocks.write_text(
        text.replace("- {within: 3 civil days}\n  ideal", "- {within: 6 hours}\n  ideal")
    )


def test_unchanged_policies_change_nothing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = impact(capsys)
    assert found["cases"] == len(CASES)
    assert found["running"] == found["turned"] == found["told_next"] == []
    run(["impact"])
    assert "Nothing would come out otherwise." in capsys.readouterr().out


def test_a_shorter_promise_shows_at_open_cases_and_at_verdicts(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shorten(desk)
    found = impact(capsys)
    assert found["running"] or found["turned"]
    for each in found["running"]:
        assert each["clock"] == "first-reply"
        assert each["promised_at"] == each["before"]["due_at"] > each["after"]["due_at"]
    for each in found["turned"]:
        assert (each["before"]["standing"], each["after"]["standing"]) == ("met", "missed")
    [reply] = [each for each in found["verdicts"] if each["clock"] == "first-reply"]
    assert reply["before"]["met"] - reply["after"]["met"] == reply["turned"] == len(found["turned"])


def test_a_tier_that_comes_later_shows_who_would_be_told_when(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    escalation = desk / "policies" / "escalation.yaml"
    text = escalation.read_text()
    assert "{id: late, after: 4 hours, tell: [owner]" in text
    escalation.write_text(text.replace("late, after: 4 hours", "late, after: 3 civil days"))
    found = impact(capsys)
    assert found["running"] == found["turned"] == []
    told_next = found["told_next"]
    assert {"before": ["late"], "after": ["soon"]} in [each["reached"] for each in told_next]
    for each in told_next:
        assert each["after"]["tier"] == "late"
        assert each["before"] is None or each["before"]["at"] < each["after"]["at"]
    assert run(["impact"]) == 0
    said = capsys.readouterr().out
    assert "Who is told next" in said
    assert "reached: late; next: nobody" in said
    assert "reached: soon; next: Inès Carpentier" in said


def test_a_proposed_case_counts_too(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run"]) == 0
    shorten(desk)
    capsys.readouterr()
    found = impact(capsys)
    assert found["cases"] > len(CASES)
    assert {each["case"] for each in found["running"]} - set(CASES)


def test_the_markdown_is_a_table_of_plain_words(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    team = desk / "policies" / "team.yaml"
    team.write_text(team.read_text().replace("name: Inès Carpentier", "name: 'I | <b>@all</b>'"))
    assert run(["run"]) == 0
    shorten(desk)
    capsys.readouterr()
    assert run(["impact", "--markdown"]) == 0
    said = capsys.readouterr().out
    assert "### Promises that run" in said
    assert "<b>" not in said
    assert "@all" not in said
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    assert len(rows) > 2
    assert "\u2060" not in said.replace("\u2060all", "")


def test_what_it_is_compared_with_is_where_the_branch_left_its_base(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    git(desk, "checkout", "-qb", "policies/faster")
    shorten(desk)
    git(desk, "commit", "-qam", "Promise more.")
    assert impact(capsys)["running"] == []
    found = impact(capsys, "--base", "main")
    assert found["running"] or found["turned"]


def test_a_base_that_moved_on_is_named_for_what_it_was(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    git(desk, "checkout", "-qb", "faster")
    shorten(desk)
    git(desk, "commit", "-qam", "Promise more.")
    git(desk, "checkout", "-q", "main")
    found = impact(capsys, "--base", "faster")
    assert found["running"] == []
    assert found["base"].endswith(", where this branch left faster")


def test_faulty_policies_of_the_base_are_named(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    clocks = desk / "policies" / "clocks.yaml"
    sound = clocks.read_text()
    clocks.write_text("version: 7\n")
    git(desk, "commit", "-qam", "Break it.")
    clocks.write_text(sound)
    assert run(["impact"]) == 2
    assert "policies/clocks.yaml:1" in capsys.readouterr().err


def test_a_day_bounds_what_is_told_again(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shorten(desk)
    everything = impact(capsys, "--since", "2020-01-01")
    nothing = impact(capsys, "--since", "2026-11-23")
    assert everything["cases"] == len(CASES)
    assert nothing["cases"] <= everything["cases"]
    assert nothing["running"] == everything["running"]
