"""A desk on the fake GitHub, and what people do there by other ways than the program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic
from zoneinfo import ZoneInfo

import pytest
from contract import NOW
from fake_github.model import BOT, INES, Hub
from fake_github.pages import Pages
from fake_github.server import TOKENS, fake_github
from fake_server import FakeServer, PagesOf

from runner.forges.github import open_github
from runner.forges.hosted import HostedForge
from runner.model import Category, Urgency
from runner.planning.actions import DropBranch, SettlePull
from runner.planning.branches import Outcome
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Person, Team
from runner.policies.values import Configuration, Instance

Git = Callable[..., str]
TOKEN = next(token for token, account in TOKENS.items() if account.is_bot)
NO_RULES = TriagePolicy(
    "policies/triage.yaml", "", Otherwise(False, Category.QUESTION, Urgency.NORMAL, 1)
)
TEAM = Team(
    (
        Person("ines", "Inès Martin", ("cm",), ("ines@example.org",), ("ines-martin",)),
        Person("sam", "Sam Diallo", ("cm",), ("sam@example.org",), ("sam-d",)),
        Person("malo", "Malo Le Goff", ("cm",), ("malo@example.org",), ("malo-not-there",)),
    ),
    (),
)


def configuration(forge: str = "github") -> Configuration:
    instance = Instance(
        "Lumen", "en", ZoneInfo("Europe/Paris"), False, "main", forge, "mailto:v@example.org"
    )
    return Configuration(instance, (), (), TEAM, NO_RULES, PrivacyPolicy(), {})


def open_forge(folder: Path) -> HostedForge:
    return open_github(folder, configuration(), TOKEN)


@dataclass
class Tried(Generic[PagesOf]):
    """A desk on a fake server; `opening` returns its forge as a run that begins does."""

    forge: HostedForge
    folder: Path
    fake: FakeServer[PagesOf]
    git: Git
    opening: Callable[[Path], HostedForge]

    def anew(self) -> HostedForge:
        return self.opening(self.folder)

    def now(self) -> datetime:
        return self.fake.hub.now

    def person_commits(self, branch: str) -> None:
        there = self.fake.hub.git_dir
        tree = self.git(there, "rev-parse", f"{branch}^{{tree}}")
        commit = self.git(
            self.folder, "-C", str(there), "commit-tree", tree, "-p", branch, "-m", "Look again."
        )
        self.git(there, "update-ref", f"refs/heads/{branch}", commit)
        self.fake.hub.notice_push(INES)
        # As every run does before it plans.
        self.forge.snapshot()

    def person_deletes(self, branch: str) -> None:
        self.fake.hub.delete_branch(branch, INES)

    def person_merges(self, branch: str) -> None:
        pull = self.fake.hub.open_of(branch)
        assert pull is not None
        self.fake.hub.merge(pull.number, INES)

    def person_refuses(self, number: int, reason: str) -> None:
        self.fake.hub.close(number, INES, reason)
        take_over(self.forge)

    def another_run_says_it_again(self) -> int:
        hub = self.fake.hub
        hub.say(1, BOT, hub.pulls[1].comments[-1].body)
        return 1


TriedGithub = Tried[Pages]


def take_over(forge: HostedForge) -> None:
    """Do what the next run does about pull requests that have ended."""
    seen = forge.snapshot()
    heads = {branch.name: branch.head for branch in seen.branches}
    for pull in seen.pulls:
        if pull.ended is None:
            continue
        settle = SettlePull(pull.number, pull.branch, pull.ended.outcome, pull.ended.words)
        forge.settle_pull(settle, NOW)
        if pull.branch in heads and pull.ended.outcome is Outcome.REFUSED:
            forge.drop_branch(DropBranch(pull.branch, heads[pull.branch], "ended"))


@contextmanager
def desk_on_github(
    folder: Path, git: Git, served: Path, hub: Hub | None = None
) -> Iterator[TriedGithub]:
    """Serve a desk; at the end nothing may have been asked or said that GitHub does not know."""
    with fake_github(served, hub) as fake:
        git(folder, "config", "remote.origin.url", fake.url)
        if hub is None:
            git(folder, "push", "-q", str(fake.hub.git_dir), "main")
        yield TriedGithub(open_forge(folder), folder, fake, git, open_forge)
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


@pytest.fixture
def tried(folder: Path, git: Git, tmp_path: Path) -> Iterator[TriedGithub]:
    with desk_on_github(folder, git, tmp_path / "served") as tried:
        yield tried
