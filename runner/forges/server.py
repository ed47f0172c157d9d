"""What a forge with pages of its own can do about pull requests, whichever it is.

`hosted` decides when; an adapter such as `github` says it in that server's way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from runner.planning.observation import Outcome


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
    """A comment.  `is_trusted` when its author may write to the repository, or is a program."""

    author: str
    is_trusted: bool
    body: str


@dataclass(frozen=True, slots=True)
class Dress:
    """What a pull request gets once it is open.  Assignees and reviewers are logins."""

    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    reviewers: tuple[str, ...]


class ForgeServer(Protocol):
    """A server's pull requests.

    Writes that are repeated do no harm, but for `create_pull` and `write_comment`: before
    those, look.
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

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it."""

    def post_status(self, commit: str, *, passed: bool, words: str) -> None:
        """Say on a commit whether it passed the check."""

    def comments(self, number: int) -> Sequence[ServerComment]:
        """Return what was said about a pull request, oldest first."""

    def write_comment(self, number: int, body: str) -> None:
        """Say something about a pull request."""
