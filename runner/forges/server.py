"""What a forge with pages of its own can do about pull requests, whichever it is.

`hosted` decides when; an adapter such as `github` says it in that server's way.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from runner.planning.branches import Outcome

CONTEXT = "doleances/check"
"""The name of the commit status: what branch protection can ask for."""


@dataclass(frozen=True, slots=True)
class ServerPull:
    """A pull request as the server shows it.

    `branch` and `head` are where it comes from; `is_ours` is false for one from a fork, whose
    branch may be called like any of ours.  `author` is a login.
    """

    number: int
    branch: str
    head: str
    is_ours: bool
    is_open: bool
    is_merged: bool
    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    author: str
    opened_at: datetime
    ended_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class ServerEnding:
    """How a pull request ended: who did it, by login, and what that person said last."""

    outcome: Outcome
    login: str
    words: str


@dataclass(frozen=True, slots=True)
class ServerComment:
    """A comment on the issue or pull request `number`, whose pages share one row of numbers.

    `author` is a login.  `is_trusted` when the author may write to the repository, as far as the
    comment tells, or is a program (`is_program`).  `changed_at` is `said_at` until it is edited.
    """

    author: str
    is_trusted: bool
    body: str
    id: int
    number: int
    is_program: bool
    said_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ServerIssue:
    """An issue that is no pull request.

    `is_trusted` when its author may write to the repository, or is a program.
    """

    number: int
    is_open: bool
    is_trusted: bool
    title: str
    body: str
    labels: tuple[str, ...]
    created_at: datetime
    url: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Dress:
    """What a pull request gets once it is open.  Assignees and reviewers are logins."""

    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PullEdit:
    """What a pull request is to say from now on; None leaves a thing as it is.

    `labels` and `assignees` are all that are to stand there; assignees are logins.
    """

    title: str | None = None
    body: str | None = None
    labels: tuple[str, ...] | None = None
    assignees: tuple[str, ...] | None = None


class ForgeServer(Protocol):
    """A server's pull requests, and its issues.

    Writes that are repeated do no harm, but for `create_pull`, `write_comment` and
    `create_issue`: before those, look.
    """

    def open_pulls(self) -> Sequence[ServerPull]:
        """Return all open pull requests of the repository."""

    def pulls_of(self, branch: str) -> Sequence[ServerPull]:
        """Return all pull requests of a branch, open or not, newest first."""

    def pull(self, number: int) -> ServerPull | None:
        """Return one pull request, None where there is none."""

    def ending(self, pull: ServerPull) -> ServerEnding:
        """Return how one ended that is open no more."""

    def create_pull(self, branch: str, title: str, body: str) -> ServerPull | None:
        """Open a pull request into the base; None where the branch has an open one already."""

    def dress_pull(self, pull: ServerPull, dress: Dress) -> None:
        """Add labels, assignees and reviewers; people who cannot be asked are left out."""

    def edit_pull(self, number: int, edit: PullEdit) -> None:
        """Change what a pull request says; assignees who cannot be asked are left out."""

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it."""

    def reopen_pull(self, number: int) -> None:
        """Open a pull request again whose branch is there."""

    def see_closed(self, number: int) -> None:
        """Return once the server has closed a pull request whose branch is gone.

        One that does so later would close with it whatever is opened for that branch meanwhile.
        """

    def post_status(self, commit: str, *, passed: bool, words: str) -> None:
        """Say on a commit whether it passed the check."""

    def comments(self, number: int) -> Sequence[ServerComment]:
        """Return what was said about a pull request, oldest first."""

    def comments_since(self, since: datetime) -> Sequence[ServerComment]:
        """Return what was said or edited since an instant, on whatever page, oldest first.

        At the cost of one list for the whole repository.
        """

    def may_write(self, login: str) -> bool:
        """Return whether somebody may push to the repository, whatever a comment tells."""

    def label_names(self) -> Set[str]:
        """Return the names of the repository's labels."""

    def write_comment(self, number: int, body: str) -> None:
        """Say something about a pull request."""

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; nothing where it is gone."""

    def issues_labelled(self, label: str, *, also_closed: bool = False) -> Sequence[ServerIssue]:
        """Return the open issues with a label, or all, in the order of their numbers.

        Pull requests are not among them, though some servers list them as issues too.
        """

    def issue(self, number: int) -> ServerIssue | None:
        """Return one issue, None where there is none, or a pull request."""

    def create_issue(self, title: str, body: str, labels: Sequence[str]) -> ServerIssue:
        """Open an issue with labels that `make_label` has made."""

    def edit_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:
        """Replace an issue's title and body, and close or reopen it; labels stay as they are."""

    def make_label(self, name: str, colour: str, words: str) -> None:
        """Make a label that people can put on, `colour` as `d93f0b`; nothing where it exists."""

    def pull_page(self, number: int) -> str:
        """Return the address at which people see a pull request; nothing is asked."""

    def file_page(self, path: str) -> str:
        """Return the address at which people see a file of the base; nothing is asked."""
