"""What the fake Gitea tells of a repository's settings."""

from collections.abc import Callable
from typing import Any

from fake_gitea.pages import GiteaPages, no
from fake_github.pages import Reply, Request


def _repository(pages: GiteaPages, request: Request) -> Reply:
    has, name = pages.settings, pages.hub.name
    shown: dict[str, Any] = {
        "name": name.partition("/")[2],
        "full_name": name,
        "private": has.is_private,
        "archived": False,
        "default_branch": has.default_branch,
        "has_issues": has.has_issues,
        "has_actions": has.has_actions,
        "allow_merge_commits": "merge" in has.ways,
        "allow_squash_merge": "squash" in has.ways,
        "allow_rebase": "rebase" in has.ways,
        "default_delete_branch_after_merge": has.deletes_branches,
        "permissions": {
            "admin": has.is_admin,
            "push": request.by.login in pages.hub.collaborators,
            "pull": True,
        },
    }
    return Reply(200, shown)


def _branch(pages: GiteaPages, request: Request) -> Reply:
    has, name = pages.settings, request.operation.values["branch"]
    if name not in pages.hub.heads():
        return no(404, "not found")
    return Reply(
        200,
        {
            "name": name,
            "protected": has.is_protected,
            "enable_status_check": bool(has.patterns),
            "status_check_contexts": list(has.patterns),
        },
    )


def _workflows(pages: GiteaPages, _: Request) -> Reply:
    listed = [
        {"name": name, "path": f".github/workflows/{name}.yml", "state": state}
        for name, state in pages.settings.workflows.items()
    ]
    return Reply(200, {"total_count": len(listed), "workflows": listed})


def _tasks(pages: GiteaPages, _: Request) -> Reply:
    has, listed = pages.settings, []
    if has.took_jobs:
        listed.append({"workflow_id": "check.yml", "event": "push"})
    if has.scheduled_at:
        task = {"workflow_id": "collect.yml", "event": "schedule", "created_at": has.scheduled_at}
        listed.append(task)
    return Reply(200, {"total_count": len(listed), "workflow_runs": listed})


def _secrets(pages: GiteaPages, _: Request) -> Reply:
    if not pages.settings.is_admin:
        return no(403, "user should be an owner or a collaborator with admin write")
    at = "2026-11-01T00:00:00Z"
    return Reply(200, [{"name": name, "created_at": at} for name in pages.settings.secrets])


HANDLERS: dict[str, Callable[[GiteaPages, Request], Reply]] = {
    "repo_get": _repository,
    "repo_get_branch": _branch,
    "actions_list_repository_workflows": _workflows,
    "repo_list_actions_secrets": _secrets,
    "list_action_tasks": _tasks,
}
