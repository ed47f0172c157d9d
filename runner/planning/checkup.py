"""What can be known of a desk, its clone and its forge, and what is found of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from runner.planning.run_record import RunRecord
from runner.text.language import Language

OWN_TOKEN, APP_KEY = "DOLEANCES_FORGE_TOKEN", "DOLEANCES_APP_KEY"
"""Secrets with which the workflows open pull requests otherwise than by the built-in token."""


class Verdict(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARNING = "warning"
    """It works, and less well or less safely than it could."""
    FAULT = "fault"
    """Something will not work."""
    UNKNOWN = "unknown"
    """The token may not see it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands: `name` is stable, `remedy` says what to do, "" where nothing is."""

    name: str
    verdict: Verdict
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a forge tells of the desk's repository; None where the token may not see it.

    `scopes` are a classic token's, None for tokens that do not tell theirs.  `merges` are the ways
    in which pull requests can be merged: `merge`, `squash`, `rebase`.  `required` are the
    statuses that the base asks for.  `workflows` tells by file whether it runs.  `writers`
    tells of the logins asked about who may push.  `ahead` is how far this machine's clock is ahead.
    `has_actions` tells whether workflows run there at all, `took_jobs` whether a machine ever took
    one.  `page` is where the repository's settings are.
    """

    page: str
    login: str | None = None
    scopes: frozenset[str] | None = None
    may_push: bool | None = None
    sees_issues: bool | None = None
    is_public: bool | None = None
    is_archived: bool | None = None
    default_branch: str | None = None
    merges: frozenset[str] | None = None
    deletes_branches: bool | None = None
    is_protected: bool | None = None
    required: frozenset[str] | None = None
    actions_open_pulls: bool | None = None
    has_actions: bool | None = None
    took_jobs: bool | None = None
    workflows: Mapping[str, bool] | None = None
    scheduled_at: datetime | None = None
    secrets: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    writers: Mapping[str, bool] | None = None
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """What the machine and the clone tell.

    `stale` are workflows that are not as the program would write them, `missing` those that are
    not there.  `owners` are the logins in CODEOWNERS, None without the file.  `variables` are
    those of the environment that sources and channels name, and whether they are set.  `email` is
    the address by which git knows who decides, None where it knows none.
    `faults` counts those of the desk's files: with any, no policy was read.  `is_clone` tells
    whether the desk is the top of a git repository, `has_remote` whether that has the remote which
    the desk names, `address` where it leads, None where that is no repository on a server.
    Without `has_token` the forge was asked nothing; without `has_base` there was nothing to read.
    """

    python: tuple[int, int]
    git: tuple[int, int]
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    owners: frozenset[str] | None = None
    variables: Mapping[str, bool] = field(default_factory=dict)
    runs: Mapping[str, RunRecord] = field(default_factory=dict)
    dashboard: int | None = None
    dashboard_open: bool | None = None
    stopped: bool | None = None
    email: str | None = None
    has_token: bool = True
    has_base: bool = True
    faults: int = 0
    is_clone: bool = True
    has_remote: bool = True
    address: str | None = None

    @property
    def reaches_forge(self) -> bool:
        """Whether a forge with pages could be asked."""
        return self.has_token and self.address is not None


def uses_own_account(server: ServerFacts) -> bool:
    """Return whether the workflows open pull requests otherwise than by the built-in token."""
    return server.secrets is not None and bool({OWN_TOKEN, APP_KEY} & server.secrets)


def judge(well: bool | None, good: str, otherwise: Finding, language: Language) -> Finding:
    """Return that all is well, or what is found otherwise; None is not known."""
    if well is None:
        return unknown(otherwise.name, good, language)
    return Finding(otherwise.name, Verdict.OK, good) if well else otherwise


def unknown(name: str, what: str, language: Language) -> Finding:
    """Return that nobody knows whether something is so."""
    return Finding(name, Verdict.UNKNOWN, what, say_hidden(language))


def say_hidden(language: Language) -> str:
    """Return what to do where a token may not see something."""
    return language.say(
        "This token may not see it; look on the pages, or ask with an administrator’s."
    )
