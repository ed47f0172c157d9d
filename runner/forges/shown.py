"""What servers show alike: pull requests, issues and comments, out of their JSON.

Whose word counts differs from server to server, so that is asked of the adapter.
"""

import re
from collections.abc import Callable

from runner.forges.answers import Fields
from runner.forges.rest import ForgeFailed
from runner.forges.server import ServerComment, ServerIssue, ServerPull

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
Judge = Callable[[Fields], bool]
"""Says of an issue or a comment what its author is."""


def parse_pull(data: object, repository: str, branch: str = "ref") -> ServerPull:
    """Return a pull request of a repository, as a list or its own page shows it.

    `branch` is the field of its head that names the branch.

    Raises:
        ForgeFailed: when that is none.
    """
    pull = Fields(data, "pull request")
    head = pull.fields("head")
    opened_at = pull.instant("created_at")
    if opened_at is None:
        raise ForgeFailed("the forge's answer is not what it should be: pull request without a day")
    return ServerPull(
        number=pull.number("number"),
        branch=head.text(branch),
        head=head.text("sha"),
        is_ours=head.fields("repo").text("full_name").casefold() == repository.casefold(),
        is_open=pull.text("state") == "open",
        is_merged=pull.instant("merged_at") is not None,
        title=pull.text("title"),
        body=pull.text("body"),
        labels=_labels(pull),
        assignees=tuple(person.text("login") for person in pull.each("assignees")),
        author=pull.fields("user").text("login"),
        opened_at=opened_at,
        ended_at=pull.instant("closed_at"),
        url=pull.text("html_url"),
    )


def parse_issue(data: object, is_trusted: Judge) -> ServerIssue | None:
    """Return an issue, as a list or its own page shows it; None for a pull request.

    Raises:
        ForgeFailed: when that is neither.
    """
    issue = Fields(data, "issue")
    if issue.has("pull_request"):
        return None
    created_at = issue.instant("created_at")
    if created_at is None:
        raise ForgeFailed("the forge's answer is not what it should be: issue without a day")
    return ServerIssue(
        number=issue.number("number"),
        is_open=issue.text("state") == "open",
        is_trusted=is_trusted(issue),
        title=issue.text("title"),
        body=issue.text("body"),
        labels=_labels(issue),
        created_at=created_at,
        url=issue.text("html_url"),
        author=issue.fields("user").text("login"),
    )


def parse_comment(data: object, is_trusted: Judge, is_program: Judge) -> ServerComment:
    """Return a comment; the page that it is on is told by that page's address.

    Raises:
        ForgeFailed: when that is none.
    """
    comment = Fields(data, "comment")
    said_at = comment.instant("created_at")
    page = comment.text("issue_url") or comment.text("pull_request_url")
    number = page.rpartition("/")[2]
    if said_at is None or not _NUMBER.fullmatch(number):
        raise ForgeFailed("the forge's answer is not what it should be: comment of no page or day")
    return ServerComment(
        author=comment.fields("user").text("login"),
        is_trusted=is_trusted(comment),
        body=comment.text("body"),
        id=comment.number("id", below=2**53),
        number=int(number),
        is_program=is_program(comment),
        said_at=said_at,
        changed_at=comment.instant("updated_at") or said_at,
    )


def _labels(page: Fields) -> tuple[str, ...]:
    # Gitea lets two labels have one name.
    return tuple(dict.fromkeys(label.text("name") for label in page.each("labels")))
