"""A desk on a server that is real, and a person who holds the same token as the runner."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trial import take_over

from runner.forges.hosted import HostedForge
from runner.forges.remote_refs import git_credentials
from runner.forges.rest import RestClient
from runner.repo.git import open_repository

Git = Callable[..., str]


@dataclass
class TriedOnline:
    """`path` is the repository's in the server's REST; `merge_pull` is that server's own way."""

    forge: HostedForge
    folder: Path
    git: Git
    client: RestClient
    path: str
    site: str
    token: str
    merge_pull: Callable[[RestClient, str], None]

    def begin(self) -> None:
        """Push a base that no earlier test has had, and nothing of a desk."""
        # Commits of earlier tests must not be taken for those of this one.
        self.git(self.folder, "commit", "-q", "--allow-empty", "-m", f"Begin {uuid.uuid4()}.")
        ours = ("refs/heads/doleances/", "refs/heads/desk/", "refs/doleances/")
        self.push("main", *(f":{ref}" for ref, _ in self.heads() if ref.startswith(ours)))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def person_commits(self, branch: str) -> None:
        head = dict(self.heads())[f"refs/heads/{branch}"]
        tree = self.git(self.folder, "rev-parse", f"{head}^{{tree}}")
        commit = self.git(self.folder, "commit-tree", tree, "-p", head, "-m", "Look again.")
        self.push(f"{commit}:refs/heads/{branch}")
        self.forge.snapshot()

    def person_deletes(self, branch: str) -> None:
        self.push(f":refs/heads/{branch}")

    def person_merges(self, branch: str) -> None:
        (number,) = (p.number for p in self.forge.snapshot().pulls if p.branch == branch)
        self.merge_pull(self.client, f"{self.path}/pulls/{number}/merge")

    def person_refuses(self, number: int, reason: str) -> None:
        self.client.send("POST", f"{self.path}/issues/{number}/comments", {"body": reason})
        self.client.send("PATCH", f"{self.path}/pulls/{number}", {"state": "closed"})
        take_over(self.forge)

    def another_run_says_it_again(self) -> int:
        (number,) = (pull.number for pull in self.forge.snapshot().pulls)
        path = f"{self.path}/issues/{number}/comments"
        self.client.send("POST", path, {"body": self.client.get(path)[-1]["body"]})
        return 1

    def heads(self) -> list[tuple[str, str]]:
        listed = self.remote("ls-remote", "origin", "refs/heads/*", "refs/doleances/*")
        pairs = (line.partition("\t") for line in listed.splitlines())
        return [(ref, oid) for oid, _, ref in pairs]

    def push(self, *specs: str) -> None:
        self.remote("push", "--quiet", "--force", "origin", *specs)

    def remote(self, *arguments: str) -> str:
        extra = git_credentials(self.site, self.token)
        return open_repository(self.folder).run(*arguments, extra=extra).decode()
