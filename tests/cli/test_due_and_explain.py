"""What comes due, and why a promise stands as it does, as people ask for it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.forges.local import LocalForge
from runner.planning.actions import PushBranch
from runner.policies.values import Bot

CASE, OTHER, PROPOSED = "c-pxkw4mrety4h", "c-d6rn7he0r67d", "c-aaaaaaaaaaaa"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CALENDAR = "policies/calendars/brand-care.yaml"
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]
Say = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path], case_text: CaseText) -> Path:
    """The shipped desk with one case proposed on a branch."""
    folder = shipped_desk("cases")
    forge = LocalForge(folder, "main", Bot())
    path, content = case_text(PROPOSED)
    push = PushBranch(f"doleances/{PROPOSED}/open", path, content, "m\n", "")
    forge.push_branches([push], forge.base(), NOW)
    return folder


@pytest.fixture
def say(desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    def type_it(now: str, *arguments: str) -> str:
        monkeypatch.setenv("DOLEANCES_NOW", now)
        assert run(arguments) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return type_it


def clocks(said: str) -> dict[str, dict[str, object]]:
    """Return the clocks that are owed, by name."""
    told = json.loads(said)["clocks"]
    return {each["clock"]: each for each in told if each["ending"] is None}


def test_a_proposed_case_waits_like_any_other(say: Say) -> None:
    told = json.loads(say("2026-11-24T08:03:13Z", "due", "--within", "1m", "--json"))
    assert (told["now"], told["until"]) == ("2026-11-24T08:03:13Z", "2026-11-24T08:04:13Z")
    mine = [each for each in told["due"] if each["case"] == PROPOSED]
    assert [(each["accepted"], each["clock"], each["standing"]) for each in mine] == [
        (False, "first-reply", "overdue")
    ]
    assert [each["due_at"] for each in told["due"]] == sorted(e["due_at"] for e in told["due"])


def test_what_comes_due_later_than_asked_is_not_listed(say: Say) -> None:
    now = "2026-11-24T08:03:12Z"
    listed = [each["standing"] for each in json.loads(say(now, "due", "--json"))["due"]]
    assert "due-soon" in listed
    assert "running" not in json.loads(say(now, "due", "--within", "1m", "--json"))["due"]
    nothing = say("2026-11-14T08:00:00Z", "due", "--within", "5m", "--owner", "odile")
    assert nothing == "No promise runs out within 5 minutes.\n"


def test_a_table_says_who_owes_what_and_how_late_it_is(say: Say) -> None:
    lines = say("2026-11-24T10:03:12Z", "due", "--owner", "ines").splitlines()
    assert lines[0].split()[:2] == ["case", "state"]
    row = next(line for line in lines if PROPOSED in line)
    assert "to qualify" in row
    assert "Inès Carpentier  First reply" in row
    assert row.endswith("OVERDUE since Tue 24 Nov 2026, 09:03, 2 hours")
    assert lines[-1].endswith(" overdue.")


def test_the_number_in_brackets_says_that_it_is_one(say: Say) -> None:
    now = "2026-11-21T09:00:00Z"
    say(now, "new", "--source", "forum-bricolage", "--author", "Zed", "--url",
        "https://forum.example.org/t/99001", "--text", "Ma lampe est arrivée cassée.")  # fmt: skip
    told = json.loads(say(now, "due", "--within", "60d", "--json"))["due"]
    numbered = {each["case"]: each["pull"] for each in told if each["pull"] is not None}
    table = say(now, "due", "--within", "60d")
    for case_id, number in numbered.items():
        row = next(line for line in table.splitlines() if case_id in line)
        assert f"to qualify (no. {number})" in row
    assert numbered


def test_status_names_people_as_due_does(say: Say) -> None:
    now = "2026-11-21T09:00:00Z"
    for verb in (("status",), ("due", "--within", "60d")):
        table = say(now, *verb)
        assert "Inès Carpentier" in table
        assert " ines " not in table
    listed = json.loads(say(now, "status", "--json"))["cases"]
    assert "ines" in {each["owner"] for each in listed}


def test_the_next_step_keeps_the_promise_that_runs_out_first(say: Say) -> None:
    wait, tell = "Wait for brand care's answer.", "Tell the customer where things stand."
    for now, step in (("2026-11-21T09:00:00Z", wait), ("2026-11-22T12:00:00Z", tell)):
        listed = json.loads(say(now, "status", "--json"))["cases"]
        assert [each["next_step"] for each in listed if each["case"] == CASE] == [step]
        assert step in say(now, "show", CASE)
    board = say("2026-11-22T12:00:00Z", "dashboard")
    assert "Brand care's turn" not in board
    assert tell in board


def test_a_length_is_a_number_and_a_unit(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["due", "--within", "soon"]) == 2
    assert "'soon' is no length" in capsys.readouterr().err


def test_a_case_is_explained_clock_by_clock(say: Say, git: Git, desk: Path) -> None:
    said = say("2026-11-22T02:48:00Z", "explain", CASE)
    commit = git(desk, "rev-parse", "main")[:10]
    assert (
        "Brand care's answer: by Wed 25 Nov 2026, 18:00, 3 days 14 hours left\n"
        "  Begun by entry 6, handed off to brand care, Mon 16 Nov 2026, 09:30.\n"
        f"  Promised: 7 business days, policies/clocks.yaml:62 of commit {commit}.\n"
        "  Counted: business days of the calendar brand-care, after that of the start: "
        "Tue 17 Nov 2026, Wed 18 Nov 2026, Thu 19 Nov 2026, Fri 20 Nov 2026, Mon 23 Nov 2026, "
        "Tue 24 Nov 2026, Wed 25 Nov 2026.\n"
        "  Due Wed 25 Nov 2026, 18:00.\n"
        "  Passed of its own time: 4 business days; left: 3 business days.\n"
        "  Next step of escalation: back-office-soon, Mon 23 Nov 2026, 18:00, to Odile Ferrand.\n"
    ) in said
    assert "  First reply: done Sat 14 Nov 2026, 11:12 (entries 1 to 2, 3 civil days)\n" in said
    assert "How its messages would be judged today\nThis is after-sales" in said
    # What is owed stands first, the next to run out on top.
    assert said.startswith("News for the customer: by Mon 23 Nov 2026, 09:34")


def test_who_is_told_next_is_data_too(say: Say) -> None:
    told = clocks(say("2026-11-22T02:48:00Z", "explain", CASE, "--json"))["back-office"]
    assert told["next"] == {
        "tier": "back-office-soon",
        "at": "2026-11-23T17:00:00Z",
        "people": ["odile"],
    }


def test_a_pause_is_counted_by_the_calendar_of_the_promise(say: Say, git: Git, desk: Path) -> None:
    then = git(desk, "rev-parse", f"main:{CALENDAR}")
    manner = ("--no-propose", "--by", "ines")
    hand_off = ("hand-off", OTHER, "--recipient", "SAV", "--reference", "1", "--consent", "given")
    say("2026-11-20T09:00:00Z", *hand_off, "--asks", "a lamp", *manner)
    ask = ("ask", OTHER, "--channel", "public", "--url", "https://forum.example.org/t/1#p8")
    say("2026-11-23T09:00:00Z", *ask, "--wants", "a photo", *manner)
    # What the calendar says of the pause later is nothing to a promise that was made before.
    closed = "  - {date: 2026-11-24, name: Inventaire}\n  - {date: 2026-12-24,"
    text = (desk / CALENDAR).read_text().replace("  - {date: 2026-12-24,", closed)
    (desk / CALENDAR).write_text(text)
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "Close for a day.")
    told = clocks(say("2026-11-25T09:00:00Z", "explain", OTHER, "--json"))["back-office"]
    assert told["standing"] == "paused"
    assert told["policies"][CALENDAR] == then  # type: ignore[index]
    assert told["due_at"] == "2026-12-03T17:00:00Z"
    assert told["pauses"] == [
        {
            "from": "2026-11-23T09:00:00Z",
            "to": None,
            "started_by": {"number": 5, "entry": "details-asked", "at": "2026-11-23T09:00:00Z"},
            "ended_by": None,
        }
    ]
    said = say("2026-11-25T09:00:00Z", "explain", OTHER)
    assert "Brand care's answer: rests since Mon 23 Nov 2026, 10:00\n" in said
    assert "  Rests since Mon 23 Nov 2026, 10:00 (entry 5).\n" in said
    assert (
        "  Due Thu 3 Dec 2026, 18:00; without pauses it would have been Tue 1 Dec 2026, 18:00.\n"
    ) in said


def test_a_line_is_that_of_the_policy_when_the_promise_was_made(
    say: Say, git: Git, desk: Path
) -> None:
    first = git(desk, "rev-parse", "main")
    file = desk / "policies/clocks.yaml"
    file.write_text("# One line more.\n" + file.read_text())
    git(desk, "commit", "-qam", "Say more.")
    told = clocks(say("2026-11-22T09:00:00Z", "explain", CASE, "--json"))["back-office"]
    assert (told["file"], told["line"]) == ("policies/clocks.yaml", 62)
    assert told["commit"] == first


def test_a_policy_that_git_has_not_is_named_by_its_blob(say: Say) -> None:
    told = clocks(say("2026-11-22T09:00:00Z", "explain", PROPOSED, "--json"))["first-reply"]
    assert (told["line"], told["commit"]) == (None, None)
    blob = "3f786850e387550fdab836ed7e6dc881de23001b"
    assert told["blob"] == blob
    said = say("2026-11-22T09:00:00Z", "explain", PROPOSED)
    assert f"Promised: 3 civil days, policies/clocks.yaml of blob {blob[:10]}.\n" in said


@pytest.mark.parametrize("verb", ["status", "due"])
def test_a_case_that_nobody_can_read_is_named_beside_the_others(
    desk: Path, git: Git, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, verb: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-24T09:00:00Z")
    line = (verb, "--json") if verb == "status" else (verb, "--json", "--within", "60d")
    assert run(line) == 0
    (before,) = (
        v for v in json.loads(capsys.readouterr().out).values() if isinstance(v, list) and v
    )
    lost = next(desk.glob("cases/*/*/*/c-d6rn7he0r67d.yaml"))
    lost.write_text(lost.read_text() + "too_many: [" + "1," * 60_000 + "1]\n")
    git(desk, "commit", "-qam", "Too much.")
    assert run(line) == 1
    out, err = capsys.readouterr()
    (after,) = (v for v in json.loads(out).values() if isinstance(v, list) and v)
    assert [one for one in before if one["case"] != "c-d6rn7he0r67d"] == after
    assert lost.relative_to(desk).as_posix() in err
