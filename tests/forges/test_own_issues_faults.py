"""The runner's issues, harmed at any request in any way: the next runs end as an unharmed one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from contract import NOW
from fake_github.model import BOT, Hub
from fake_github.server import TOKENS, Call, FakeGithub, Harm, fake_github

from runner.errors import DoleancesError
from runner.forges.address import Address
from runner.forges.github import GithubServer
from runner.forges.own_issues import LABEL, OwnIssues, SeenIssues
from runner.forges.rest import Tempo
from runner.planning.own_page import OwnPage

TOKEN = next(token for token, account in TOKENS.items() if account.is_bot)
PAGES = [OwnPage("Dashboard", f"Page {nth}.\n", str(nth) * 32, "About", "Stop") for nth in range(3)]
ILL = (Harm.ILL_AFTER, Harm.TRUNCATED, Harm.ILL, Harm.SECONDARY, Harm.CONFLICT)


@contextmanager
def served(folder: Path) -> Iterator[FakeGithub]:
    """Serve a repository without an issue."""
    folder.mkdir()
    hub = Hub(folder)
    with fake_github(folder, hub) as fake:
        yield fake
    assert fake.unexpected() == []


def issues_of(fake: FakeGithub) -> OwnIssues:
    address = Address(fake.site, f"{fake.site}/api/v3", fake.hub.name)
    return OwnIssues(GithubServer(address, "main", TOKEN, "v@example.org", Tempo(0, 0)))


def play(fake: FakeGithub) -> None:
    """Do what runs do: a first dashboard, another page, a failure, its end."""
    issues = issues_of(fake)
    issues.write_dashboard(issues.look(), PAGES[0], NOW)
    issues.write_dashboard(issues.look(), PAGES[1], NOW + timedelta(minutes=1))
    issues.tell_failure(issues.look(), PAGES[2], NOW)
    issues.end_failure(issues.look(), PAGES[0], NOW)


def end_of(fake: FakeGithub) -> list[tuple[object, ...]]:
    return [
        (issue.number, issue.body, issue.is_open, tuple(issue.labels))
        for issue in fake.hub.issues.values()
    ]


def reset(fake: FakeGithub) -> None:
    fake.hub.issues.clear()
    fake.hub.labels.clear()
    fake.calls.clear()
    fake.harm = lambda _number, _call: None


def test_there_is_one_issue_each_whatever_breaks(tmp_path: Path) -> None:
    with served(tmp_path / "served") as fake:
        play(fake)
        expected, calls = end_of(fake), list(fake.calls)
        assert [is_open for _, _, is_open, _ in expected] == [True, False]
        broken_off = (Harm.REFUSED if call.method == "GET" else Harm.LOST for call in calls)
        harms = (*enumerate(broken_off), *zip(range(len(calls)), cycle(ILL), strict=False))
        for nth, harm in harms:
            reset(fake)
            fake.harm = lambda number, _, nth=nth, harm=harm: harm if number == nth else None
            with suppress(DoleancesError):
                play(fake)
            fake.harm = lambda _number, _call: None
            play(fake)
            assert end_of(fake) == expected, (harm, calls[nth])


def test_of_issues_that_two_runs_open_at_once_the_older_stays_open(tmp_path: Path) -> None:
    with served(tmp_path / "served") as fake:
        issues, other = issues_of(fake), issues_of(fake)
        seen = issues.look()

        def interrupt(_: int, call: Call) -> None:
            if call.what == "issues/create":
                fake.harm = lambda _number, _call: None
                fake.lock.release()
                tell(other, seen)
                fake.lock.acquire()

        fake.harm = interrupt
        tell(issues, seen)
        opened = [issue.title for issue in fake.hub.issues.values() if issue.is_open]
        assert sorted(opened) == ["Dashboard", "Failure"]
        tell(issues, issues.look())
        assert len(fake.hub.issues) == 3


def tell(issues: OwnIssues, seen: SeenIssues) -> None:
    issues.write_dashboard(seen, PAGES[0], NOW)
    issues.tell_failure(seen, replace(PAGES[2], title="Failure"), NOW)


def test_doubles_are_closed_whatever_breaks(tmp_path: Path) -> None:
    with served(tmp_path / "served") as fake:
        for nth in range(3):
            body = f"<!-- doleances:dashboard {'0' * 32} 2026-11-21T08:03:12Z -->\n"
            fake.hub.open_issue(f"Dashboard {nth}", body, BOT, LABEL)
        for nth in range(4):
            fake.harm = lambda number, _, nth=nth: Harm.LOST if number == nth else None
            with suppress(DoleancesError):
                play(fake)
        fake.harm = lambda _number, _call: None
        play(fake)
        opened = [issue.number for issue in fake.hub.issues.values() if issue.is_open]
        assert opened == [1]
