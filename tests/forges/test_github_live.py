"""The contract on a GitHub that is real, when somebody names one.

    DOLEANCES_TEST_GITHUB_URL=https://github.com/you/empty.git DOLEANCES_TEST_GITHUB_TOKEN=… \\
        pytest tests/forges/test_github_live.py

The repository is emptied: its `main` is overwritten, branches and references of a desk are
deleted, pull requests are opened, merged and closed.  The token needs what README's "On GitHub"
names.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from contract import ForgeContract
from online import TriedOnline
from trial import configuration

from runner.forges.address import parse_address
from runner.forges.github import API_VERSION, api_of, open_github
from runner.forges.rest import RestClient

Git = Callable[..., str]
URL = os.environ.get("DOLEANCES_TEST_GITHUB_URL", "")
TOKEN = os.environ.get("DOLEANCES_TEST_GITHUB_TOKEN", "")


def merge_pull(client: RestClient, path: str) -> None:
    client.send("PUT", path, {"merge_method": "merge"})


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
    path = f"/repos/{address.name}"
    online = TriedOnline(forge, folder, git, client, path, address.site, TOKEN, merge_pull)
    online.begin()
    return online


@pytest.mark.skipif(not (URL and TOKEN), reason="no DOLEANCES_TEST_GITHUB_URL and _TOKEN")
class TestGithubOnline(ForgeContract):
    pass
