"""The fake's answers, as a real Gitea (1.26) gave them: what each operation does and shows."""

import copy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from fake_github.model import (
    BOT,
    INES,
    SAM,
    STRANGER,
    Account,
    Comment,
    FakeIssue,
    FakePull,
    Hub,
    Label,
    Status,
)
from fake_github.pages import Reply, Request, default_settings

MOST = 50
"""Entries of a page, however many are asked for."""
_IDS = {account.login: nth for nth, account in enumerate((BOT, INES, SAM, STRANGER), 1)}


def no(status: int, message: str) -> Reply:
    """Return a refusal; the address of the description stands in each."""
    return Reply(status, {"message": message, "url": "https://forge.example.org/api/swagger"})


class GiteaHub(Hub):
    """A repository whose server does not notice when a push brings a branch to the base."""

    notices_merges = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.collaborators.add(BOT.login)


class GiteaPages:
    """Answers requests out of what the hub knows.

    While `make_stale` holds, lists of open pull requests are as they were then.
    """

    def __init__(self, hub: Hub, site: str) -> None:
        self.hub = hub
        self.site = site
        self._stale: list[FakePull] | None = None
        self.settings = default_settings()

    def make_stale(self) -> None:
        self._stale = copy.deepcopy([pull for pull in self.hub.pulls.values() if pull.is_open])

    def make_fresh(self) -> None:
        self._stale = None

    def answer(self, request: Request) -> Reply:
        from fake_gitea.settings import HANDLERS

        values = request.operation.values
        if "repo" in values and f"{values['owner']}/{values['repo']}".casefold() != self.hub.name:
            return no(404, "not found")
        known = (*self.hub.pulls, *self.hub.issues)
        if "index" in values and request.number not in known:
            return no(404, "not found")
        return {**_HANDLERS, **HANDLERS}[request.operation.id](self, request)

    def _list_pulls(self, request: Request) -> Reply:
        state = request.query.get("state", "open")
        pulls = list(self.hub.pulls.values())
        if state == "open" and self._stale is not None:
            pulls = self._stale
        elif state != "all":
            pulls = [pull for pull in pulls if pull.is_open == (state == "open")]
        newest = sorted(pulls, key=lambda pull: -pull.number)
        return self._list(request, [self._pull(pull) for pull in newest])

    def _create_pull(self, request: Request) -> Reply:
        body, heads = request.body, self.hub.heads()
        if body["head"] not in heads:
            return no(404, "not found")
        if self.hub.git("rev-list", "--count", f"{heads['main']}..{heads[body['head']]}") == "0":
            return no(
                422, "Invalid PullRequest: There are no changes between the head and the base"
            )
        there = self.hub.open_of(body["head"])
        if there is not None:
            return no(
                409,
                f"pull request already exists for these targets [id: {there.number}, "
                f"head_branch: {there.branch}, base_branch: main]",
            )
        pull = self.hub.open(body["head"], body["title"][:255], body.get("body", ""), request.by)
        return Reply(201, self._pull(pull))

    def _get_pull(self, request: Request) -> Reply:
        pull = self.hub.pulls.get(request.number)
        return Reply(200, self._pull(pull)) if pull else no(404, "not found")

    def _get_pull_of_branch(self, request: Request) -> Reply:
        head = request.operation.values["head"]
        found = (pull for pull in self.hub.pulls.values() if pull.branch == head)
        oldest = next((pull for pull in found if not pull.from_fork), None)
        return Reply(200, self._pull(oldest)) if oldest else no(404, "not found")

    def _edit_pull(self, request: Request) -> Reply:
        pull, body = self.hub.pulls[request.number], request.body
        if (said := self._assign(pull, body)) is not None:
            return said
        pull.title = body.get("title", pull.title)
        pull.body = body.get("body", pull.body)
        if "labels" in body:
            pull.labels = self._names(body["labels"])
        if body.get("state") == "closed" and pull.is_open:
            self.hub.close(pull.number, request.by)
        if body.get("state") == "open" and not pull.is_open:
            if pull.branch not in self.hub.heads():
                return no(404, "object does not exist [id: , rel_path: ]")
            self.hub.reopen(pull.number)
        return Reply(201, self._pull(pull))

    def _request_reviewers(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        for login in request.body.get("reviewers", ()):
            if login not in _IDS:
                return no(404, f"User '{login}' not exist")
            if login not in self.hub.collaborators:
                return no(422, "Reviewer can't read [user_id: 1, repo_id: 1]")
            if login == pull.author.login:
                return no(422, "poster of pr can't be reviewer [user_id: 1, repo_id: 1]")
        asked = [each for each in request.body.get("reviewers", ()) if each not in pull.reviewers]
        pull.reviewers.extend(asked)
        return Reply(201, [{"id": 1, "state": "REQUEST_REVIEW"} for _ in asked])

    def _list_labels(self, request: Request) -> Reply:
        listed = enumerate(self.hub.labels, 1)
        return self._list(
            request,
            [{**self._label(label.name), "id": nth} for nth, label in listed if label.name],
        )

    def _delete_label(self, request: Request) -> Reply:
        # Ids are places in the list, so that the place stays.
        nth = int(request.operation.values["id"]) - 1
        self.hub.labels[nth] = Label("", "", None)
        return Reply(204, None)

    def _create_label(self, request: Request) -> Reply:
        body = request.body
        label = Label(body["name"], body["color"].lstrip("#"), body.get("description"))
        # Two labels may have one name.
        self.hub.labels.append(label)
        return Reply(201, {**self._label(label.name), "id": len(self.hub.labels)})

    def _labels_of(self, request: Request) -> Reply:
        return Reply(200, [self._label(name) for name in self._page(request.number).labels])

    def _add_labels(self, request: Request) -> Reply:
        page = self._page(request.number)
        more = self._names(request.body["labels"])
        page.labels.extend(name for name in more if name not in page.labels)
        return Reply(200, [self._label(name) for name in page.labels])

    def _list_issues(self, request: Request) -> Reply:
        # A label that it does not know is left out; none of ours asks for one.
        state = request.query.get("state", "open")
        pages: list[FakeIssue | FakePull] = [*self.hub.issues.values()]
        if request.query.get("type") != "issues":
            pages += self.hub.pulls.values()
        if state != "all":
            pages = [page for page in pages if page.is_open == (state == "open")]
        newest = sorted(pages, key=lambda page: -page.number)
        return self._list(request, [self._issue(page) for page in newest])

    def _create_issue(self, request: Request) -> Reply:
        body = request.body
        issue = self.hub.open_issue(
            body["title"][:255],
            body.get("body", ""),
            request.by,
            *self._names(body.get("labels", ())),
        )
        return Reply(201, self._issue(issue))

    def _get_issue(self, request: Request) -> Reply:
        return Reply(200, self._issue(self._page(request.number)))

    def _edit_issue(self, request: Request) -> Reply:
        page, body = self._page(request.number), request.body
        if isinstance(page, FakePull) and (said := self._assign(page, body)) is not None:
            return said
        page.title = body.get("title", page.title)
        page.body = body.get("body", page.body)
        if "state" in body and isinstance(page, FakeIssue):
            page.is_open = body["state"] == "open"
            page.ended_at = None if page.is_open else self.hub.now
        return Reply(201, self._issue(page))

    def _list_comments(self, request: Request) -> Reply:
        pull = self.hub.pulls.get(request.number)
        said = [self._comment(pull, each) for each in pull.comments] if pull else []
        return Reply(200, said, len(said))

    def _list_all_comments(self, request: Request) -> Reply:
        said = [(comment, pull) for pull in self.hub.pulls.values() for comment in pull.comments]
        if "since" in request.query:
            since = datetime.fromisoformat(request.query["since"])
            said = [each for each in said if each[0].changed_at >= since]
        said.sort(key=lambda each: each[0].id)
        return self._list(request, [self._comment(pull, comment) for comment, pull in said])

    def _create_comment(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        said = self.hub.say(pull.number, request.by, request.body["body"])
        return Reply(201, self._comment(pull, said))

    def _delete_comment(self, request: Request) -> Reply:
        is_there = self.hub.unsay(int(request.operation.values["id"]))
        return Reply(204, None) if is_there else no(404, "not found")

    def _timeline(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        first = {"id": 1, "type": "pull_push", "user": self._user(pull.author), "body": "{}"}
        events = [first, *({**self._comment(pull, e), "type": "comment"} for e in pull.comments)]
        if pull.closed_by is not None and pull.merged_by is None:
            events.append({"id": 2, "type": "close", "user": self._user(pull.closed_by)})
        shown = self._list(request, events)
        return Reply(200, shown.body, len(shown.body))

    def _create_status(self, request: Request) -> Reply:
        sha, body = request.operation.values["sha"], request.body
        status = Status(
            body["state"], body.get("context", "default"), body.get("description"), self.hub.now
        )
        self.hub.statuses.setdefault(sha, []).append(status)
        shown = {"id": self.hub.next_id(), "status": status.state, "context": status.context}
        return Reply(201, {**shown, "description": status.description})

    def _assignees(self, _: Request) -> Reply:
        return Reply(200, [self._user(Account(login)) for login in sorted(self.hub.collaborators)])

    def _permission(self, request: Request) -> Reply:
        login = request.operation.values["collaborator"]
        if login != request.by.login:
            return no(403, "Only admins can query all permissions, collaborators only their own")
        level = "write" if login in self.hub.collaborators else "read"
        return Reply(200, {"permission": level, "role_name": level})

    def _self(self, request: Request) -> Reply:
        return Reply(200, self._user(request.by))

    def _assign(self, pull: FakePull, body: Any) -> Reply | None:
        assignees = body.get("assignees", pull.assignees)
        if any(login not in self.hub.collaborators for login in assignees):
            return no(500, "")
        pull.assignees = list(assignees)
        return None

    def _page(self, number: int) -> FakePull | FakeIssue:
        return self.hub.pulls.get(number) or self.hub.issues[number]

    def _names(self, ids: list[int]) -> list[str]:
        """Return labels' names; ids that it does not know are left out."""
        known = dict(enumerate((label.name for label in self.hub.labels), 1))
        return list(dict.fromkeys(known[each] for each in ids if each in known))

    def _label(self, name: str) -> Any:
        names = [label.name for label in self.hub.labels]
        if name not in names:
            # As if a person had made it on the pages, who needs no REST for it.
            self.hub.labels.append(Label(name, "ededed", ""))
            names.append(name)
        nth = names.index(name)
        return {"id": nth + 1, "name": name, "color": self.hub.labels[nth].colour}

    def _list(self, request: Request, rows: list[Any]) -> Reply:
        size = min(int(request.query.get("limit", 30)), MOST)
        first = (int(request.query.get("page", 1)) - 1) * size
        return Reply(200, rows[first : first + size], len(rows))

    def _user(self, account: Account | None) -> Any:
        if account is None:
            return None
        return {"id": _IDS.get(account.login, 99), "login": account.login}

    def _pull(self, pull: FakePull) -> Any:
        name = "passer-by/lumen" if pull.from_fork else self.hub.name
        there = pull.branch in self.hub.heads() and not pull.from_fork
        return {
            **self._texts(pull),
            "assignees": [self._user(Account(login)) for login in pull.assignees],
            "requested_reviewers": [self._user(Account(login)) for login in pull.reviewers],
            "html_url": f"{self.site}/{self.hub.name}/pulls/{pull.number}",
            "head": {
                "label": pull.branch,
                "ref": pull.branch if there else f"refs/pull/{pull.number}/head",
                "sha": pull.head,
                "repo": {"full_name": name},
            },
            "base": {"label": pull.base, "ref": pull.base, "repo": {"full_name": self.hub.name}},
            "merged": pull.merged_by is not None,
            "merged_at": _instant(pull.ended_at) if pull.merged_by else None,
            "merged_by": self._user(pull.merged_by),
            "merge_commit_sha": pull.merge_commit,
        }

    def _issue(self, page: FakePull | FakeIssue) -> Any:
        is_pull = isinstance(page, FakePull)
        kind = "pulls" if is_pull else "issues"
        return {
            **self._texts(page),
            "assignees": None,
            "html_url": f"{self.site}/{self.hub.name}/{kind}/{page.number}",
            "pull_request": {"merged": False} if is_pull else None,
        }

    def _texts(self, page: FakePull | FakeIssue) -> dict[str, Any]:
        return {
            "number": page.number,
            "state": "open" if page.is_open else "closed",
            "title": page.title,
            "body": page.body,
            "user": self._user(page.author),
            "labels": [self._label(label) for label in page.labels],
            "created_at": _instant(page.opened_at),
            "closed_at": _instant(page.ended_at),
        }

    def _comment(self, pull: FakePull, comment: Comment) -> Any:
        page = f"{self.site}/{self.hub.name}/pulls/{pull.number}"
        return {
            "id": comment.id,
            "user": self._user(comment.author),
            "body": comment.body,
            "issue_url": "",
            "pull_request_url": page,
            "html_url": f"{page}#issuecomment-{comment.id}",
            "created_at": _instant(comment.at),
            "updated_at": _instant(comment.changed_at),
        }


def _instant(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


_HANDLERS: dict[str, Callable[[GiteaPages, Request], Reply]] = {
    "repo_list_pull_requests": GiteaPages._list_pulls,
    "repo_create_pull_request": GiteaPages._create_pull,
    "repo_get_pull_request": GiteaPages._get_pull,
    "repo_get_pull_request_by_base_head": GiteaPages._get_pull_of_branch,
    "repo_edit_pull_request": GiteaPages._edit_pull,
    "repo_create_pull_review_requests": GiteaPages._request_reviewers,
    "repo_create_status": GiteaPages._create_status,
    "repo_get_assignees": GiteaPages._assignees,
    "repo_get_repo_permissions": GiteaPages._permission,
    "issue_list_labels": GiteaPages._list_labels,
    "issue_create_label": GiteaPages._create_label,
    "issue_delete_label": GiteaPages._delete_label,
    "issue_get_labels": GiteaPages._labels_of,
    "issue_add_label": GiteaPages._add_labels,
    "issue_list_issues": GiteaPages._list_issues,
    "issue_create_issue": GiteaPages._create_issue,
    "issue_get_issue": GiteaPages._get_issue,
    "issue_edit_issue": GiteaPages._edit_issue,
    "issue_get_comments": GiteaPages._list_comments,
    "issue_get_repo_comments": GiteaPages._list_all_comments,
    "issue_create_comment": GiteaPages._create_comment,
    "issue_delete_comment": GiteaPages._delete_comment,
    "issue_get_comments_and_timeline": GiteaPages._timeline,
    "user_get_current": GiteaPages._self,
}
