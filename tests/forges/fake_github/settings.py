"""What the fakes tell of a repository's settings: rights, protection, workflows, secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_github.model import Account
from fake_github.pages import Pages, Reply, Request, no


@dataclass
class Settings:
    """`is_admin` is whether the token may see settings; `required` are statuses asked for.

    Gitea alone asks by patterns, and tells whether workflows run at all and were ever taken.
    """

    is_admin: bool = True
    is_private: bool = True
    default_branch: str = "main"
    has_issues: bool = True
    ways: frozenset[str] = frozenset({"merge", "squash"})
    deletes_branches: bool = True
    is_protected: bool = True
    required: tuple[str, ...] = ("doleances/check",)
    patterns: tuple[str, ...] = ("*doleances/check*",)
    has_actions: bool = True
    took_jobs: bool = True
    in_ruleset: tuple[str, ...] = ()
    actions_open_pulls: bool = True
    workflows: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(("check", "collect", "pages", "alive"), "active")
    )
    scheduled_at: str = ""
    secrets: tuple[str, ...] = ()


def _repository(pages: Pages, request: Request) -> Reply:
    has, name = pages.settings, pages.hub.name
    owner = {"login": pages.hub.owner}
    shown: dict[str, Any] = {
        "name": name.partition("/")[2],
        "full_name": name,
        "owner": owner,
        "private": has.is_private,
        "archived": False,
        "default_branch": has.default_branch,
        "has_issues": has.has_issues,
        "permissions": {"push": _may_push(pages, request.by), "admin": has.is_admin, "pull": True},
    }
    if has.is_admin:
        shown |= {
            "allow_merge_commit": "merge" in has.ways,
            "allow_squash_merge": "squash" in has.ways,
            "allow_rebase_merge": "rebase" in has.ways,
            "delete_branch_on_merge": has.deletes_branches,
        }
    return Reply(200, shown)


def _branch(pages: Pages, request: Request) -> Reply:
    has, name = pages.settings, request.operation.values["branch"]
    if name not in pages.hub.heads():
        return no(404, "Branch not found")
    checks = {"enforcement_level": "everyone", "contexts": list(has.required), "checks": []}
    shown = {
        "name": name,
        "protected": has.is_protected,
        "protection": {"enabled": has.is_protected, "required_status_checks": checks},
    }
    return Reply(200, shown)


def _rules(pages: Pages, _: Request) -> Reply:
    checks = [{"context": each} for each in pages.settings.in_ruleset]
    rule = {
        "type": "required_status_checks",
        "ruleset_id": 1,
        "ruleset_source": pages.hub.name,
        "ruleset_source_type": "Repository",
        "parameters": {
            "required_status_checks": checks,
            "strict_required_status_checks_policy": False,
        },
    }
    return Reply(200, [rule] if checks else [])


def _workflow_rights(pages: Pages, _: Request) -> Reply:
    if not pages.settings.is_admin:
        return no(403, "Resource not accessible by integration")
    allowed = pages.settings.actions_open_pulls
    return Reply(
        200,
        {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": allowed},
    )


def _workflows(pages: Pages, _: Request) -> Reply:
    listed = [
        {"name": name, "path": f".github/workflows/{name}.yml", "state": state}
        for name, state in pages.settings.workflows.items()
    ]
    return Reply(200, {"total_count": len(listed), "workflows": listed})


def _runs(pages: Pages, _: Request) -> Reply:
    at = pages.settings.scheduled_at
    runs = [{"created_at": at, "event": "schedule"}] if at else []
    return Reply(200, {"total_count": len(runs), "workflow_runs": runs})


def _secrets(pages: Pages, _: Request) -> Reply:
    if not pages.settings.is_admin:
        return no(403, "Resource not accessible by integration")
    at = "2026-11-01T00:00:00Z"
    named = [{"name": name, "created_at": at, "updated_at": at} for name in pages.settings.secrets]
    return Reply(200, {"total_count": len(named), "secrets": named})


def _self(_: Pages, request: Request) -> Reply:
    if request.by.is_bot:
        return no(403, "Resource not accessible by integration")
    return Reply(200, {"login": request.by.login})


def _may_push(pages: Pages, by: Account) -> bool:
    return by.is_bot or by.login in pages.hub.collaborators


HANDLERS: dict[str, Callable[[Pages, Request], Reply]] = {
    "repos/get": _repository,
    "repos/get-branch": _branch,
    "repos/get-branch-rules": _rules,
    "actions/get-github-actions-default-workflow-permissions-repository": _workflow_rights,
    "actions/list-repo-workflows": _workflows,
    "actions/list-workflow-runs": _runs,
    "actions/list-repo-secrets": _secrets,
    "users/get-authenticated": _self,
}
