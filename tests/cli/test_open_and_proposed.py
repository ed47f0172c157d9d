"""Open cases are those that were accepted: one number wherever they are counted."""

import html
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.demo.stage import build_stage, set_up_sources

NOW = "2026-11-22T10:00:00Z"
RESOLVED, ACKNOWLEDGED = "c-ze7414h45y49", "c-d6rn7he0r67d"
Verb = Callable[..., str]


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, at_work: Callable[[str], AbstractContextManager[None]]
) -> Path:
    """The shipped desk after a run, with a person's hand-off that waits too."""
    folder = tmp_path_factory.mktemp("counted")
    with at_work(NOW):
        set_up_sources(build_stage(folder), "en", {}, NOW)
        assert run(["-C", str(folder), "run"]) == 0
        handed = ("hand-off", ACKNOWLEDGED, "--recipient", "SAV", "--reference", "SAV-1207")
        wants = ("--asks", "a spare part", "--consent", "not-needed")
        assert run(["-C", str(folder), *handed, *wants]) == 0
    return folder


@pytest.fixture
def typed(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    at_work: Callable[[str], AbstractContextManager[None]],
) -> Iterator[Verb]:
    """Type a verb, and return what it printed."""

    def type_it(*arguments: str) -> str:
        capsys.readouterr()
        assert run(["-C", str(desk), *arguments]) == 0
        return capsys.readouterr().out

    with at_work(NOW):
        yield type_it


@pytest.fixture
def pulls(typed: Verb) -> dict[str, int]:
    """The numbers of the open pull requests, by branch."""
    return {
        each["branch"]: each["number"] for each in json.loads(typed("pulls", "--json"))["pulls"]
    }


def test_status_dashboard_report_and_export_count_the_same_open_cases(
    typed: Verb, desk: Path, tmp_path: Path
) -> None:
    status = json.loads(typed("status", "--json"))
    board = json.loads(typed("dashboard", "--json"))
    counts = status["open"], status["proposed"]
    assert counts == (board["open"], board["proposed"])
    assert status["open"] == len(status["cases"]) == sum(each["open"] for each in board["cases"])
    assert status["proposed"] == len(board["cases"]) - status["open"] > 1
    words = "{} open cases, {} more proposed".format(*counts)
    assert typed("status").splitlines()[-1] == f"{words}."
    assert f"**{words}, " in typed("dashboard")
    typed("report", "--out", str(tmp_path / "site"), "--language", "en")
    assert f"{words}.</p>" in (tmp_path / "site" / "en" / "index.html").read_text()
    typed("export", "--no-findings", "--out", str(tmp_path / "desk.db"))
    with closing(sqlite3.connect(tmp_path / "desk.db")) as tables:
        ((open_cases,),) = tables.execute("SELECT count(*) FROM open_cases")
    assert open_cases == status["open"]


def test_what_a_filter_leaves_is_counted_apart_too(typed: Verb) -> None:
    found = json.loads(typed("status", "--json", "--category", "praise"))
    assert (found["open"], found["cases"]) == (0, [])
    assert (
        typed("status", "--category", "praise") == f"No open case, {found['proposed']} proposed.\n"
    )


def test_a_step_that_waits_for_review_is_named_on_every_page(
    typed: Verb, pulls: dict[str, int], tmp_path: Path
) -> None:
    (prepared,) = (n for branch, n in pulls.items() if branch.startswith(f"doleances/{RESOLVED}/"))
    (handed,) = (n for branch, n in pulls.items() if branch.startswith(f"desk/{ACKNOWLEDGED}/"))
    steps = {
        RESOLVED: f"The closing messages are prepared in pull request {prepared}: "
        f"doleances show {prepared}",
        ACKNOWLEDGED: f"Pull request {handed} (handed off to brand care) waits for review: "
        f"doleances accept {handed}",
    }
    board = typed("dashboard")
    typed("report", "--out", str(tmp_path / "site"), "--language", "en")
    today = html.unescape((tmp_path / "site" / "en" / "index.html").read_text())
    listed = json.loads(typed("status", "--json"))["cases"]
    for case, step in steps.items():
        (row,) = (each for each in listed if each["case"] == case)
        assert row["next_step"] == step
        (line,) = (line for line in board.splitlines() if line.startswith(f"| `{case}`"))
        assert line.endswith(f"| {step} |")
        page = tmp_path / "site" / "en" / "case" / case[2:4] / f"{case}.html"
        assert f'<p class="step">{step}</p>' in html.unescape(page.read_text())
        assert step in " ".join(typed("show", case).split())
    assert steps[RESOLVED] in today


def test_what_a_proposal_adds_stands_apart_from_the_case(
    typed: Verb, pulls: dict[str, int]
) -> None:
    (number,) = (n for branch, n in pulls.items() if branch.startswith(f"desk/{ACKNOWLEDGED}/"))
    by_case = json.loads(typed("show", ACKNOWLEDGED, "--json"))
    ((waiting,), held) = by_case["proposed"], by_case["case"]["log"]
    assert (by_case["pull"], by_case["adds"]) == (None, [])
    assert (waiting["pull"], by_case["proposed_in"]) == (number, [number])
    assert [entry["entry"] for entry in waiting["adds"]] == ["handed-off"]
    by_number = json.loads(typed("show", str(number), "--json"))
    assert (by_number["pull"], by_number["proposed"]) == (number, [])
    assert by_number["adds"] == waiting["adds"]
    assert by_number["case"]["log"] == [*held, *waiting["adds"]]


def test_what_closes_a_case_is_listed_by_when_its_closing_is_due(
    typed: Verb, pulls: dict[str, int]
) -> None:
    listed = json.loads(typed("pulls", "--json"))["pulls"]
    row = next(each for each in listed if each["case"] == RESOLVED)
    due = json.loads(typed("due", "--within", "7d", "--json"))["due"]
    (owed,) = (each["due_at"] for each in due if each["case"] == RESOLVED)
    assert (row["clock"], row["due_at"]) == ("closing", owed)
    dates = [e["due_at"] for e in listed if (e["urgency"], e["crisis"]) == ("normal", None)]
    assert dates == sorted(dates)
