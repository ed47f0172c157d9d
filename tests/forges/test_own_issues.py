"""The dashboard and the issue of failing runs on the fakes: one each, people's wish first."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from contract import NOW
from fake_github.model import BOT, INES, STRANGER, FakeIssue
from gitea_trial import desk_on_gitea
from trial import Git, Tried, desk_on_github

from runner.forges.own_issues import LABEL, STOP, OwnIssues, Posted
from runner.planning.own_page import OwnPage

PAGE = OwnPage("Dashboard: Lumen", "All is well.\n", "1" * 32, "About", "Stops the program")
OTHER = OwnPage("Dashboard: Lumen", "A parcel is lost.\n", "2" * 32)
BODY = f"<!-- doleances:dashboard {'1' * 32} 2026-11-21T08:03:12Z -->\nAll is well.\n"


@pytest.fixture(params=[desk_on_github, desk_on_gitea], ids=["github", "gitea"])
def tried(
    request: pytest.FixtureRequest, folder: Path, git: Git, tmp_path: Path
) -> Iterator[Tried[Any]]:
    with request.param(folder, git, tmp_path / "served") as tried:
        yield tried


@pytest.fixture
def issues(tried: Tried[Any]) -> OwnIssues:
    return tried.forge.own_issues


def write(issues: OwnIssues, page: OwnPage, *, hours: float = 0, known: int | None = None) -> int:
    now = NOW + timedelta(hours=hours)
    _, number = issues.write_dashboard(issues.look(known), page, now)
    return number


def only(tried: Tried[Any]) -> FakeIssue:
    (issue,) = tried.fake.hub.issues.values()
    return issue


def calls_of(tried: Tried[Any]) -> list[str]:
    calls = [call.method for call in tried.fake.api_calls]
    tried.fake.calls.clear()
    return calls


def test_the_dashboard_is_one_issue_with_a_label_that_people_can_put_on(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    assert write(issues, PAGE) == 1
    issue = only(tried)
    assert (issue.title, issue.body, issue.labels) == (PAGE.title, BODY, [LABEL])
    assert {label.name for label in tried.fake.hub.labels} == {LABEL, STOP}
    assert issues.look().stopped_at is None


def test_it_is_edited_only_where_something_changed_or_an_hour_has_passed(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    write(issues, PAGE)
    calls_of(tried)
    write(issues, PAGE, hours=0.9)
    assert calls_of(tried) == ["GET"]
    write(issues, PAGE, hours=1)
    write(issues, OTHER, hours=1.1)
    assert calls_of(tried) == ["GET", "PATCH"] * 2
    assert only(tried).body.endswith("A parcel is lost.\n")


def test_what_people_wrote_over_is_written_anew_but_their_title_stays(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    number = write(issues, PAGE)
    only(tried).body, only(tried).title = "My list of things to do", "Lumen, today"
    assert write(issues, PAGE, known=number) == number
    assert (only(tried).title, only(tried).body) == ("Lumen, today", BODY)


def test_closed_by_a_person_it_stays_closed_whether_the_ledger_remembers_or_not(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    number = write(issues, PAGE)
    only(tried).is_open = False
    for known in (number, None):
        seen = issues.look(known)
        assert issues.write_dashboard(seen, OTHER, NOW) == (Posted.CLOSED, number)
    assert (only(tried).is_open, only(tried).body) == (False, BODY)
    only(tried).is_open = True
    write(issues, OTHER)
    assert only(tried).body.endswith("A parcel is lost.\n")


def test_one_that_was_deleted_is_made_anew(tried: Tried[Any], issues: OwnIssues) -> None:
    write(issues, PAGE)
    tried.fake.hub.issues.clear()
    tried.fake.hub.open_issue("Something else", "", INES)
    assert write(issues, PAGE, known=9) == 2


def test_of_two_the_first_stays(tried: Tried[Any], issues: OwnIssues) -> None:
    write(issues, PAGE)
    tried.fake.hub.open_issue(PAGE.title, BODY, BOT, LABEL)
    for known in (None, 1, 2):
        assert write(issues, OTHER, known=known) == 1
    assert [issue.is_open for issue in tried.fake.hub.issues.values()] == [True, False]


def test_a_list_that_lags_behind_makes_no_second_one(tried: Tried[Any], issues: OwnIssues) -> None:
    tried.fake.pages.make_stale()
    number = write(issues, PAGE)
    assert write(issues, OTHER, known=number) == number
    tried.fake.pages.make_fresh()
    assert only(tried).body.endswith("A parcel is lost.\n")


def test_what_only_looks_like_the_dashboard_is_left_alone(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    hub = tried.fake.hub
    theirs = (
        # A form of issues gives its label to everybody.
        hub.open_issue("Forged", BODY, STRANGER, LABEL, STOP),
        hub.open_issue("Without the marker", "Words of a person", INES, LABEL, STOP),
        hub.open_issue("Without the label", BODY, INES, STOP),
    )
    before = [(issue.title, issue.body, issue.is_open) for issue in theirs]
    assert issues.look().stopped_at is None
    assert write(issues, PAGE) == 4
    assert [(issue.title, issue.body, issue.is_open) for issue in theirs] == before


def test_pull_requests_are_no_issues(tried: Tried[Any], issues: OwnIssues) -> None:
    tried.fake.hub.git("update-ref", "refs/heads/theirs", "refs/heads/main")
    tried.fake.hub.open("theirs", "Title", BODY, INES).labels = [LABEL]
    assert issues.look(1).dashboard is None
    assert write(issues, PAGE, known=1) == 2


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
def test_people_stop_the_runner_with_a_label(
    tried: Tried[Any], issues: OwnIssues, is_open: bool
) -> None:
    number = write(issues, PAGE)
    only(tried).labels.append(STOP)
    only(tried).is_open = is_open
    stopped = issues.look(number).stopped_at
    assert stopped is not None
    assert stopped.number == number
    only(tried).labels.remove(STOP)
    assert issues.look(number).stopped_at is None
    only(tried).labels.append(STOP.capitalize())
    assert issues.look(number).stopped_at is not None


def test_a_failure_is_told_on_one_issue_that_is_closed_when_it_is_over(
    tried: Tried[Any], issues: OwnIssues
) -> None:
    for hours in (0, 0.5, 2):
        issues.tell_failure(issues.look(), PAGE, NOW + timedelta(hours=hours))
    assert "2026-11-21T10:03:12Z" in only(tried).body
    issues.end_failure(issues.look(), OTHER, NOW)
    assert not only(tried).is_open
    calls_of(tried)
    issues.end_failure(issues.look(), OTHER, NOW)
    assert calls_of(tried) == ["GET"]


def test_a_new_issue_is_opened_at_most_once_a_day(tried: Tried[Any], issues: OwnIssues) -> None:
    for hours in range(0, 40, 2):
        now = NOW + timedelta(hours=hours)
        tried.fake.hub.now = now
        issues.tell_failure(issues.look(), PAGE, now)
        issues.end_failure(issues.look(), OTHER, now)
    assert len(tried.fake.hub.issues) == 2


def test_dashboard_and_failure_are_told_apart(tried: Tried[Any], issues: OwnIssues) -> None:
    write(issues, PAGE)
    issues.tell_failure(issues.look(), OTHER, NOW)
    seen = issues.look()
    assert seen.dashboard is not None
    assert seen.failure is not None
    assert (seen.dashboard.number, seen.failure.number, seen.doubles) == (1, 2, ())
