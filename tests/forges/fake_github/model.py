"""What the fake GitHub knows: people, pull requests, comments, statuses, and a bare repository."""

import copy
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Account:
    login: str
    is_bot: bool = False
    association: str = "COLLABORATOR"


BOT = Account("lumen-runner[bot]", is_bot=True, association="NONE")
INES = Account("ines-martin")
SAM = Account("sam-d")
STRANGER = Account("passer-by", association="NONE")


@dataclass
class Comment:
    id: int
    author: Account
    body: str
    at: datetime
    edited_at: datetime | None = None

    @property
    def changed_at(self) -> datetime:
        return self.edited_at or self.at


@dataclass
class Label:
    name: str
    colour: str
    description: str | None


@dataclass
class FakePull:
    number: int
    branch: str
    head: str
    base: str
    title: str
    body: str
    author: Account
    opened_at: datetime
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    is_open: bool = True
    merged_by: Account | None = None
    closed_by: Account | None = None
    ended_at: datetime | None = None
    merge_commit: str | None = None
    from_fork: bool = False


@dataclass
class FakeIssue:
    number: int
    title: str
    body: str
    author: Account
    opened_at: datetime
    labels: list[str] = field(default_factory=list)
    is_open: bool = True
    closed_by: Account | None = None
    ended_at: datetime | None = None


@dataclass
class Status:
    state: str
    context: str
    description: str | None
    at: datetime


class Hub:
    """One repository with its pages.

    `now` stands still unless somebody moves it.  `notices_merges` is whether the server sees when a
    push brings a branch to the base.
    """

    notices_merges = True

    def __init__(self, folder: Path, name: str = "desk/lumen") -> None:
        self.name = name
        self.owner = name.partition("/")[0]
        self.git_dir = folder / f"{name}.git"
        self.now = START
        self.pulls: dict[int, FakePull] = {}
        self.issues: dict[int, FakeIssue] = {}
        self.statuses: dict[str, list[Status]] = {}
        self.labels: list[Label] = []
        self.collaborators = {INES.login, SAM.login}
        self._ids = 0
        self.git_dir.mkdir(parents=True)
        self.git("init", "-q", "--bare", "-b", "main")

    def copy(self, folder: Path) -> "Hub":
        """Return the same in another folder; what happens there does not happen here."""
        shutil.copytree(self.git_dir, folder / f"{self.name}.git")
        other = copy.copy(self)
        other.git_dir = folder / f"{self.name}.git"
        for name in ("pulls", "issues", "statuses", "labels", "collaborators"):
            setattr(other, name, copy.deepcopy(getattr(self, name)))
        return other

    def git(self, *arguments: str) -> str:
        at = f"{self.now.timestamp():.0f} +0000"
        ended = subprocess.run(
            ["git", "-C", str(self.git_dir), *arguments],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at},
        )
        return ended.stdout.strip()

    def comments(self) -> dict[int, list[Comment]]:
        """Return what was said, by the numbers of the pages."""
        return {pull.number: pull.comments for pull in self.pulls.values()}

    def heads(self) -> dict[str, str]:
        listed = self.git(
            "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"
        )
        return {name: oid for oid, _, name in (line.partition(" ") for line in listed.splitlines())}

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def open(self, branch: str, title: str, body: str, author: Account) -> FakePull:
        number = self._next_number()
        pull = FakePull(number, branch, self.heads()[branch], "main", title, body, author, self.now)
        self.pulls[number] = pull
        self.git("update-ref", f"refs/pull/{number}/head", pull.head)
        return pull

    def label(self, name: str) -> Label | None:
        return next((e for e in self.labels if e.name.casefold() == name.casefold()), None)

    def open_issue(self, title: str, body: str, author: Account, *labels: str) -> FakeIssue:
        number = self._next_number()
        issue = FakeIssue(number, title, body, author, self.now, list(labels))
        self.issues[number] = issue
        return issue

    def _next_number(self) -> int:
        return max((0, *self.pulls, *self.issues)) + 1

    def open_of(self, branch: str) -> FakePull | None:
        return next((p for p in self.pulls.values() if p.is_open and p.branch == branch), None)

    def merge(self, number: int, by: Account, method: str = "merge") -> str:
        """Merge on the server, as its green button does."""
        pull = self.pulls[number]
        base = self.git("rev-parse", "refs/heads/main")
        tree = self.git("merge-tree", "--write-tree", base, pull.head)
        parents = ["-p", base, "-p", pull.head] if method == "merge" else ["-p", base]
        words = (
            self.git("log", "-1", "--format=%B", pull.head) if method == "rebase" else pull.title
        )
        commit = self.git(
            "-c", f"user.name={by.login}", "-c", f"user.email={by.login}@example.org",
            "commit-tree", tree, *parents, "-m", f"{words} (#{number})",
        )  # fmt: skip
        self.git("update-ref", "refs/heads/main", commit, base)
        pull.merge_commit = commit
        self._end(pull, by, merged=True)
        return commit

    def close(self, number: int, by: Account, words: str = "") -> None:
        if words:
            self.say(number, by, words)
        self._end(self.pulls[number], by, merged=False)

    def reopen(self, number: int) -> None:
        """Open a closed pull request again, its branch restored where that is gone."""
        pull = self.pulls[number]
        if pull.branch not in self.heads():
            self.git("update-ref", f"refs/heads/{pull.branch}", pull.head)
        pull.is_open, pull.ended_at, pull.closed_by = True, None, None

    def say(self, number: int, by: Account, words: str) -> Comment:
        comment = Comment(self.next_id(), by, words, self.now)
        self.pulls[number].comments.append(comment)
        return comment

    def unsay(self, id_: int) -> bool:
        """Delete a comment; False where there is none."""
        for pull in self.pulls.values():
            for comment in pull.comments:
                if comment.id == id_:
                    pull.comments.remove(comment)
                    return True
        return False

    def delete_branch(self, branch: str, by: Account) -> None:
        self.git("update-ref", "-d", f"refs/heads/{branch}")
        self.notice_push(by)

    def notice_push(self, by: Account) -> None:
        """Let pull requests follow what a push did to their branches and to the base."""
        heads = self.heads()
        for pull in self.pulls.values():
            if not pull.is_open or pull.from_fork:
                continue
            head = heads.get(pull.branch)
            if head is None:
                self._end(pull, by, merged=False)
                continue
            if head != pull.head:
                pull.head = head
                self.git("update-ref", f"refs/pull/{pull.number}/head", head)
            if self.notices_merges and self._holds(heads["main"], head):
                self._end(pull, by, merged=True)

    def _holds(self, base: str, head: str) -> bool:
        ended = subprocess.run(
            ["git", "-C", str(self.git_dir), "merge-base", "--is-ancestor", head, base], check=False
        )
        return ended.returncode == 0

    def _end(self, pull: FakePull, by: Account, *, merged: bool) -> None:
        pull.is_open = False
        pull.ended_at = self.now
        pull.closed_by = by
        if merged:
            pull.merged_by = by

    def pass_time(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def marks(self, pulls: Iterable[FakePull] | None = None) -> list[tuple[object, ...]]:
        """Return what a person sees of pull requests: two equal ends are two equal lists."""
        return [
            (
                pull.branch,
                pull.title,
                pull.body,
                sorted(pull.labels),
                sorted(pull.assignees),
                sorted(pull.reviewers),
                [comment.body for comment in pull.comments],
                pull.is_open,
                pull.merged_by is not None,
                [s.state for s in self.statuses.get(pull.head, ())][-1:],
            )
            for pull in (pulls if pulls is not None else self.pulls.values())
        ]
