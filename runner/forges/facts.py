"""What a forge tells of a desk's repository and its settings, for `doleances doctor`.

Each thing is asked for by itself: what the token may not see is None, and the rest is told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

from runner.forges.answers import Fields
from runner.forges.rest import ForgeFailed, RestClient
from runner.planning.checkup import ServerFacts

Told = TypeVar("Told")
_HIDDEN = frozenset((403, 404, 405, 409, 410, 422, 500, 501))
"""What servers answer to whoever may not ask, where there is no such thing yet, or where a
question breaks them: one fact less, the others still tell."""
_LOGINS = 50
"""So many members of a team are asked about."""
_COLLECT = "collect.yml"
_GITHUB_WAYS = {
    "allow_merge_commit": "merge",
    "allow_squash_merge": "squash",
    "allow_rebase_merge": "rebase",
}
_GITEA_WAYS = {
    "allow_merge_commits": "merge",
    "allow_squash_merge": "squash",
    "allow_rebase": "rebase",
}
"""How each server names the ways to merge."""


def read_github_facts(
    client: RestClient, name: str, *, base: str, page: str, logins: Sequence[str], now: datetime
) -> ServerFacts:
    """Return what GitHub tells of `owner/name`.

    Raises:
        ForgeFailed: when the repository itself cannot be seen.
    """
    path = f"/repos/{name}"
    data, headers = client.get_with_headers(path)
    repository = Fields(data, "repository")
    alike = _read_alike(client, path, page, repository, _GITHUB_WAYS)
    scopes = headers.get("X-OAuth-Scopes")
    branch = _asked(lambda: Fields(client.get(f"{path}/branches/{quote(base)}"), "branch"))
    rules = _asked(lambda: list(client.pages(f"{path}/rules/branches/{quote(base)}")))
    settings = f"{path}/actions/permissions/workflow"
    workflows = _asked(
        lambda: {
            each.text("path").rpartition("/")[2]: each.text("state") == "active"
            for each in _within(client, f"{path}/actions/workflows", "workflows", per_page=100)
        }
    )
    runs = f"{path}/actions/workflows/{_COLLECT}/runs"
    return replace(
        alike,
        ahead=_ahead(headers, now),
        # Tokens of the newer kinds and of apps tell nothing.
        scopes=_words(scopes) if scopes else None,
        deletes_branches=_flag(repository, "delete_branch_on_merge"),
        is_protected=_github_protected(branch, rules),
        required=_github_required(branch, rules),
        actions_open_pulls=_asked(
            lambda: Fields(client.get(settings), "settings").flag(
                "can_approve_pull_request_reviews"
            )
        ),
        workflows=workflows,
        scheduled_at=_asked(
            lambda: next(
                (
                    each.instant("created_at")
                    for each in _within(client, runs, "workflow_runs", event="schedule", per_page=1)
                ),
                None,
            )
        ),
        secrets=_asked(
            lambda: frozenset(
                each.text("name")
                for each in _within(client, f"{path}/actions/secrets", "secrets", per_page=100)
            )
        ),
        labels=_asked(lambda: _names(client.pages(f"{path}/labels", per_page=100))),
        writers=_asked(
            lambda: {
                login: Fields(
                    client.get(f"{path}/collaborators/{quote(login, safe='')}/permission"),
                    "permission",
                ).text("permission")
                in {"admin", "write"}
                for login in logins[:_LOGINS]
            }
        ),
    )


def read_gitea_facts(
    client: RestClient, name: str, *, base: str, page: str, logins: Sequence[str], now: datetime
) -> ServerFacts:
    """Return what Gitea tells of `owner/name`; it tells nobody what a token may do.

    Raises:
        ForgeFailed: when the repository itself cannot be seen.
    """
    path = f"/repos/{name}"
    data, headers = client.get_with_headers(path)
    repository = Fields(data, "repository")
    alike = _read_alike(client, path, page, repository, _GITEA_WAYS)
    branch = _asked(lambda: Fields(client.get(f"{path}/branches/{quote(base)}"), "branch"))
    tasks = _asked(
        lambda: list(_within(client, f"{path}/actions/tasks", "workflow_runs", limit=50))
    )
    able = _asked(lambda: [Fields(one, "user") for one in client.get(f"{path}/assignees") or ()])
    return replace(
        alike,
        ahead=_ahead(headers, now),
        deletes_branches=_flag(repository, "default_delete_branch_after_merge"),
        is_protected=None if branch is None else branch.flag("protected"),
        required=None if branch is None else _gitea_required(branch),
        workflows=_asked(
            lambda: {
                each.text("path").rpartition("/")[2]: each.text("state") == "active"
                for each in _within(client, f"{path}/actions/workflows", "workflows")
            }
        ),
        has_actions=_flag(repository, "has_actions"),
        took_jobs=None if tasks is None else bool(tasks),
        scheduled_at=next(
            (each.instant("created_at") for each in tasks or () if _began(each)), None
        ),
        secrets=_asked(lambda: _names(client.get(f"{path}/actions/secrets", limit=50) or ())),
        labels=_asked(lambda: _names(client.numbered_pages(f"{path}/labels", limit=50))),
        writers=None
        if able is None
        else {
            login: login.casefold() in {one.text("login").casefold() for one in able}
            for login in logins
        },
    )


def _began(task: Fields) -> bool:
    """Return whether a task, of which the newest is told first, is one of the schedule's."""
    return (task.text("workflow_id"), task.text("event")) == (_COLLECT, "schedule")


def _read_alike(
    client: RestClient, path: str, page: str, repository: Fields, ways: Mapping[str, str]
) -> ServerFacts:
    """Return what both servers tell in the same words, but for their `ways` to merge."""
    return ServerFacts(
        page=page,
        login=_asked(lambda: Fields(client.get("/user"), "user").text("login")),
        may_push=_flag(repository.fields("permissions"), "push"),
        sees_issues=_sees_issues(client, path, repository),
        is_public=not repository.flag("private") if repository.has("private") else None,
        is_archived=_flag(repository, "archived"),
        default_branch=repository.text("default_branch") or None,
        merges=_merges(repository, ways),
    )


def _asked(question: Callable[[], Told]) -> Told | None:
    """Return an answer; None where the server does not let one see it."""
    try:
        return question()
    except ForgeFailed as failed:
        if failed.status in _HIDDEN:
            return None
        raise


def _within(client: RestClient, path: str, name: str, **query: str | int) -> Iterable[Fields]:
    return Fields(client.get(path, **query), name).each(name)


def _names(entries: Iterable[object]) -> frozenset[str]:
    return frozenset(Fields(data, "entry").text("name") for data in entries)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _flag(fields: Fields, name: str) -> bool | None:
    return fields.flag(name) if fields.has(name) else None


def _merges(repository: Fields, named: Mapping[str, str]) -> frozenset[str] | None:
    """Return the ways to merge; those who may not push are told of none."""
    if not any(repository.has(name) for name in named):
        return None
    return frozenset(way for name, way in named.items() if repository.flag(name))


def _sees_issues(client: RestClient, path: str, repository: Fields) -> bool:
    if repository.has("has_issues") and not repository.flag("has_issues"):
        return False
    return _asked(lambda: client.get(f"{path}/issues", state="open")) is not None


def _github_protected(branch: Fields | None, rules: list[object] | None) -> bool | None:
    if branch is None and rules is None:
        return None
    return bool(rules) or (branch is not None and branch.flag("protected"))


def _github_required(branch: Fields | None, rules: list[object] | None) -> frozenset[str] | None:
    """Return the statuses that a protection of the older or the newer kind asks for."""
    if branch is None and rules is None:
        return None
    found: set[str] = set()
    if branch is not None:
        checks = branch.fields("protection").fields("required_status_checks")
        found.update(checks.texts("contexts"))
    for rule in (Fields(data, "rule") for data in rules or ()):
        if rule.text("type") == "required_status_checks":
            wanted = rule.fields("parameters").each("required_status_checks")
            found.update(each.text("context") for each in wanted)
    return frozenset(found)


def _gitea_required(branch: Fields) -> frozenset[str]:
    if not branch.flag("enable_status_check"):
        return frozenset()
    return frozenset(branch.texts("status_check_contexts"))


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    try:
        return now - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
