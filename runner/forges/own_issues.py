"""The issues by which the runner tells of itself: the dashboard, and that runs fail.

Each is one issue, edited in place.  It is known by the label, by an author who may write here,
and by the marker that its text begins with; a stranger can have at most two of the three.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from runner.cases.instants import parse_instant, render_instant
from runner.forges.server import ForgeServer, ServerIssue
from runner.planning.own_page import OwnPage

LABEL, STOP = "doleances", "doleances: stop"
"""What the runner's issues are found by, and what people stop it with, on the dashboard."""
_GREY, _RED = "ededed", "d93f0b"
REFRESHED = timedelta(hours=1)
"""How old a page may be of which nothing has changed but how long ago things were."""
APART = timedelta(days=1)
"""Between two issues that tell of failing runs, at least."""
_MARKER = re.compile(
    r"<!-- doleances:(dashboard|failure) ([0-9a-f]{32}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) -->\s",
    re.ASCII,
)


class Topic(StrEnum):
    """What an issue is about."""

    DASHBOARD = "dashboard"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class SeenIssues:
    """The runner's issues as they were seen.

    `dashboard` may be closed: then people want none.  `failure` is open.  `doubles` are open
    too, of two runs at once.
    """

    dashboard: ServerIssue | None
    failure: ServerIssue | None
    doubles: tuple[ServerIssue, ...] = ()
    forms: tuple[ServerIssue, ...] = ()
    """Others with the label, open, by people who may write here: forms that ask for a case."""

    @property
    def stopped_at(self) -> ServerIssue | None:
        """The issue on which people have stopped the runner, None where they have not."""
        issues = (self.dashboard, *self.doubles)
        return next((issue for issue in issues if issue and _says_stop(issue)), None)


class Posted(StrEnum):
    """What became of a page."""

    WRITTEN = "written"
    FRESH = "fresh"
    """It stands there already, or so nearly that nobody need be bothered."""
    CLOSED = "closed"
    """People closed the issue and so want none; it is theirs to reopen."""


class OwnIssues:
    """The runner's own issues on a server."""

    def __init__(self, server: ForgeServer) -> None:
        self._server = server
        self.pull_page = server.pull_page
        self.file_page = server.file_page
        self.may_write = server.may_write

    def look(self, known: int | None = None) -> SeenIssues:
        """Return the runner's issues, with one request where the dashboard is open.

        `known` is the dashboard's number, as far as the ledger remembers it.
        """
        labelled = self._server.issues_labelled(LABEL)
        listed = tuple(self._ours(labelled))
        numbers = {issue.number for _, issue in listed}
        dashboards = [issue for topic, issue in listed if topic is Topic.DASHBOARD]
        failures = [issue for topic, issue in listed if topic is Topic.FAILURE]
        if known is not None and all(issue.number != known for issue in dashboards):
            # It is closed, its label was taken off, or the list lags behind.
            issue = self._server.issue(known)
            if issue is not None and issue.is_trusted:
                dashboards.append(issue)
        dashboards.sort(key=lambda issue: (not issue.is_open, issue.number))
        others = (*dashboards[1:], *failures[1:])
        return SeenIssues(
            next(iter(dashboards), None),
            next(iter(failures), None),
            tuple(issue for issue in others if issue.is_open),
            tuple(each for each in labelled if each.is_trusted and each.number not in numbers),
        )

    def answer(self, issue: ServerIssue, body: str, *, is_open: bool) -> None:
        """Put other words in the place of a form's text, once."""
        if issue.body != body or issue.is_open != is_open:
            self._server.edit_issue(issue.number, title=issue.title, body=body, is_open=is_open)

    def write_dashboard(self, seen: SeenIssues, page: OwnPage, now: datetime) -> tuple[Posted, int]:
        """Put a page on the dashboard's issue, and return the issue's number.

        A title that people gave it stays.
        """
        self._close_doubles(seen)
        issue = seen.dashboard or self._first(Topic.DASHBOARD)
        if issue is None:
            self._server.make_label(LABEL, _GREY, page.about)
            self._server.make_label(STOP, _RED, page.stop)
            return Posted.WRITTEN, self._create(Topic.DASHBOARD, page, now)
        if not issue.is_open:
            return Posted.CLOSED, issue.number
        return self._refresh(Topic.DASHBOARD, issue, page, now), issue.number

    def tell_failure(self, seen: SeenIssues, page: OwnPage, now: datetime) -> Posted:
        """Put a page on the issue that tells of failing runs; a new one at most once a day."""
        self._close_doubles(seen)
        if seen.failure is not None:
            return self._refresh(Topic.FAILURE, seen.failure, page, now)
        told = self._last(Topic.FAILURE, since=now - APART)
        if told is None:
            self._server.make_label(LABEL, _GREY, page.about)
            self._create(Topic.FAILURE, page, now)
        else:
            self._edit(Topic.FAILURE, told, page, now)
        return Posted.WRITTEN

    def end_failure(self, seen: SeenIssues, page: OwnPage, now: datetime) -> None:
        """Close the issue that tells of failing runs, with a page that says that it is over."""
        if seen.failure is not None:
            self._edit(Topic.FAILURE, seen.failure, page, now, is_open=False)

    def _first(self, topic: Topic) -> ServerIssue | None:
        """Return the issue of a topic, the first that is open, else the last one that was."""
        found = [issue for each, issue in self._all() if each is topic]
        opened = [issue for issue in found if issue.is_open]
        return next(iter(opened), found[-1] if found else None)

    def _last(self, topic: Topic, since: datetime) -> ServerIssue | None:
        found = [i for each, i in self._all() if each is topic and i.created_at > since]
        return found[-1] if found else None

    def _all(self) -> list[tuple[Topic, ServerIssue]]:
        return list(self._ours(self._server.issues_labelled(LABEL, also_closed=True)))

    def _ours(self, issues: Iterable[ServerIssue]) -> Iterable[tuple[Topic, ServerIssue]]:
        for issue in issues:
            marker = _MARKER.match(issue.body)
            if marker and issue.is_trusted:
                yield Topic(marker[1]), issue

    def _create(self, topic: Topic, page: OwnPage, now: datetime) -> int:
        """Open an issue and return its number, or that of one that another run has just opened."""
        made = self._server.create_issue(page.title, _marked(topic, page, now), (LABEL,))
        for each, issue in self._ours(self._server.issues_labelled(LABEL)):
            if each is topic and issue.number < made.number:
                self._close(made)
                return issue.number
        return made.number

    def _refresh(self, topic: Topic, issue: ServerIssue, page: OwnPage, now: datetime) -> Posted:
        marker = _MARKER.match(issue.body)
        if marker and marker[2] == page.digest:
            age = now - parse_instant(marker[3])
            if timedelta() <= age < REFRESHED:
                return Posted.FRESH
        self._edit(topic, issue, page, now)
        return Posted.WRITTEN

    def _edit(
        self,
        topic: Topic,
        issue: ServerIssue,
        page: OwnPage,
        now: datetime,
        *,
        is_open: bool = True,
    ) -> None:
        body = _marked(topic, page, now)
        self._server.edit_issue(issue.number, title=issue.title, body=body, is_open=is_open)

    def _close_doubles(self, seen: SeenIssues) -> None:
        for issue in seen.doubles:
            self._close(issue)

    def _close(self, issue: ServerIssue) -> None:
        self._server.edit_issue(issue.number, title=issue.title, body=issue.body, is_open=False)


def _says_stop(issue: ServerIssue) -> bool:
    # Servers take labels for one whatever their capitals, and show them as somebody made them.
    return any(label.casefold() == STOP for label in issue.labels)


def _marked(topic: Topic, page: OwnPage, now: datetime) -> str:
    return f"<!-- doleances:{topic} {page.digest} {render_instant(now)} -->\n{page.body}"
