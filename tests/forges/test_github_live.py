"""The contract on a GitHub that is real, when somebody names one.

    DOLEANCES_TEST_GITHUB_URL=https://github.com/you/empty.git DOLEANCES_TEST_GITHUB_TOKEN=… \\
        pytest tests/forges/test_github_live.py

The repository is emptied: its `main` is overwritten, branches and references of a desk are
deleted, pull requests are opened, merged and closed.  The token needs what README's "On GitHub"
names.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contract import ForgeContract
from trial import configuration, take_over

from runner.forges.address import parse_address
from runner.forges.github import API_VERSION, api_of, open_github
from runner.forges.hosted import HostedForge
from runner.forges.remote_refs import git_credentials
from runner.forges.rest import RestClient
from runner.repo.git import open_repository

Git = Callable[..., str]
URL = os.environ.get("DOLEANCES_TEST_GITHUB_URL", "")
TOKEN = os.environ.get("DOLEANCES_TEST_GITHUB_TOKEN", "")


@dataclass
class TriedOnline:
    """A real repository, and a person who holds the same token."""

    forge: HostedForge
    folder: Path
    git: Git
    client: RestClient
    path: str

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
        self.client.send("PUT", f"{self.path}/pulls/{number}/merge", {"merge_method": "merge"})

    def person_refuses(self, number: int, reason: str) -> None:
        self.client.send("POST", f"{self.path}/issues/{number}/comments", {"body": reason})
        self.client.send("PATCH", f"{self.path}/pulls/{number}", {"state": "closed"})
        take_over(self.forge)

    def heads(self) -> list[tuple[str, str]]:
        listed = self.remote("ls-remote", "origin", "refs/heads/*", "refs/doleances/*")
        pairs = (line.partition("\t") for line in listed.splitlines())
        return [(ref, oid) for oid, _, ref in pairs]

    def push(self, *specs: str) -> None:
        self.remote("push", "--quiet", "--force", "origin", *specs)

    def remote(self, *arguments: str) -> str:
        site = parse_address(URL, api_of).site
        extra = git_credentials(site, TOKEN)
        return open_repository(self.folder).run(*arguments, extra=extra).decode()


@pytest.fixture
def tried(folder: Path, git: Git) -> TriedOnline:
    address = parse_address(URL, api_of)
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {TOKEN}",
        "X-GitHub-Api-Version": API_VERSION,
    }
    client = RestClient(address.api, headers, "mailto:tests@example.org")
    git(folder, "remote", "add", "origin", URL)
    forge = open_github(folder, configuration(), TOKEN)
    online = TriedOnline(forge, folder, git, client, f"/repos/{address.name}")
    # Commits of earlier tests must not be taken for those of this one.
    git(folder, "commit", "-q", "--allow-empty", "-m", f"Begin {uuid.uuid4()}.")
    ours = ("refs/heads/doleances/", "refs/heads/desk/", "refs/doleances/")
    online.push("main", *(f":{ref}" for ref, _ in online.heads() if ref.startswith(ours)))
    return online


@pytest.mark.skipif(not (URL and TOKEN), reason="no DOLEANCES_TEST_GITHUB_URL and _TOKEN")
class TestGithubOnline(ForgeContract):
    pass
