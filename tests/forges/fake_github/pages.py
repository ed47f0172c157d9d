"""The fake's answers: what each operation of the description does, and what it shows."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from fake_github.description import Operation
from fake_github.model import Account, Comment, FakeIssue, FakePull, Hub, Label, Status

if TYPE_CHECKING:
    from fake_github.settings import Settings


@dataclass(frozen=True)
class Reply:
    """An answer.  `rows` is how many entries a list has in all, for its links."""

    status: int
    body: Any
    rows: int | None = None


@dataclass(frozen=True)
class Request:
    operation: Operation
    query: Mapping[str, str]
    body: Any
    by: Account

    @property
    def number(self) -> int:
        values = self.operation.values
        named = ("pull_number", "issue_number", "index")
        return next((int(values[name]) for name in named if name in values), 0)


def no(status: int, message: str, *errors: object) -> Reply:
    body: dict[str, object] = {
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
    }
    return Reply(status, {**body, "errors": list(errors)} if errors else body)


def wrong(resource: str, code: str, message: str = "", field: str = "") -> Reply:
    error = {"resource": resource, "code": code}
    error |= {"field": field} if field else {}
    error |= {"message": message} if message else {}
    return no(422, "Validation Failed", error)


def default_settings() -> "Settings":
    """Return the settings of a repository that lacks nothing."""
    from fake_github.settings import Settings

    return Settings()


class Pages:
    """Answers requests out of what the hub knows.

    `is_stale` leaves lists as they were when it was set, as replicas that lag behind do.
    """

    def __init__(self, hub: Hub, site: str) -> None:
        self.hub = hub
        self.site = site
        self._stale: list[FakePull] | None = None
        self._stale_issues: list[FakeIssue] | None = None
        self._stale_comments: dict[int, list[Comment]] | None = None
        self.settings = default_settings()

    def make_stale(self) -> None:
        self._stale = copy.deepcopy([pull for pull in self.hub.pulls.values() if pull.is_open])
        self._stale_issues = copy.deepcopy(list(self.hub.issues.values()))
        self._stale_comments = copy.deepcopy(self.hub.comments())

    def make_fresh(self) -> None:
        self._stale = self._stale_issues = self._stale_comments = None

    def answer(self, request: Request) -> Reply:
        from fake_github.settings import HANDLERS

        values = request.operation.values
        if "repo" in values and f"{values['owner']}/{values['repo']}".casefold() != self.hub.name:
            return no(404, "Not Found")
        return {**_HANDLERS, **HANDLERS}[request.operation.id](self, request)

    def _list_pulls(self, request: Request) -> Reply:
        query = request.query
        state = query.get("state", "open")
        pulls = list(self.hub.pulls.values())
        if self._stale is not None and "head" not in query:
            pulls = self._stale if state == "open" else pulls
        elif state != "all":
            pulls = [pull for pull in pulls if pull.is_open == (state == "open")]
        # GitHub leaves a filter out that names no owner.
        if "head" in query and ":" in query["head"]:
            pulls = [p for p in pulls if f"{self.hub.owner}:{p.branch}" == query["head"]]
        pulls = sorted(pulls, key=lambda pull: -pull.number)
        return self._list(request, [self._pull(pull) for pull in pulls])

    def _create_pull(self, request: Request) -> Reply:
        body = request.body
        if body["head"] not in self.hub.heads():
            return wrong("PullRequest", "invalid", field="head")
        if self.hub.open_of(body["head"]) is not None:
            return wrong(
                "PullRequest",
                "custom",
                f"A pull request already exists for {self.hub.owner}:{body['head']}.",
            )
        heads = self.hub.heads()
        if self.hub.git("rev-list", "--count", f"{heads['main']}..{heads[body['head']]}") == "0":
            return wrong("PullRequest", "custom", f"No commits between main and {body['head']}")
        if len(body.get("body", "")) > 65536:
            return wrong("PullRequest", "custom", "body is too long (maximum is 65536 characters)")
        pull = self.hub.open(body["head"], body["title"], body.get("body", ""), request.by)
        return Reply(201, self._pull(pull, whole=True))

    def _get_pull(self, request: Request) -> Reply:
        pull = self.hub.pulls.get(request.number)
        return Reply(200, self._pull(pull, whole=True)) if pull else no(404, "Not Found")

    def _update_pull(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        pull.title = request.body.get("title", pull.title)
        pull.body = request.body.get("body", pull.body)
        if request.body.get("state") == "closed" and pull.is_open:
            self.hub.close(pull.number, request.by)
        if request.body.get("state") == "open" and not pull.is_open:
            if self.hub.heads().get(pull.branch) != pull.head:
                why = "state cannot be changed. The branch was force-pushed or recreated."
                return wrong("PullRequest", "invalid", why, field="state")
            self.hub.reopen(pull.number)
        return Reply(200, self._pull(pull, whole=True))

    def _merge_pull(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        if not pull.is_open:
            return no(405, "Pull Request is not mergeable")
        if request.body.get("sha") not in {None, pull.head}:
            return no(409, "Head branch was modified. Review and try the merge again.")
        sha = self.hub.merge(pull.number, request.by, request.body.get("merge_method", "merge"))
        return Reply(
            200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}
        )

    def _request_reviewers(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        for login in request.body.get("reviewers", ()):
            if login not in self.hub.collaborators:
                return no(
                    422,
                    "Reviews may only be requested from collaborators. One or more of the users "
                    "or teams you specified is not a collaborator of the repository.",
                )
            if login == pull.author.login:
                return no(422, "Review cannot be requested from pull request author.")
            if login not in pull.reviewers:
                pull.reviewers.append(login)
        return Reply(201, self._pull(pull))

    def _get_issue(self, request: Request) -> Reply:
        issue = self.hub.issues.get(request.number)
        if issue is not None:
            return Reply(200, self._own_issue(issue))
        pull = self.hub.pulls.get(request.number)
        return Reply(200, self._issue(pull)) if pull else no(404, "Not Found")

    def _update_issue(self, request: Request) -> Reply:
        issue = self.hub.issues.get(request.number)
        if issue is not None:
            return self._update_own_issue(issue, request)
        pull = self.hub.pulls[request.number]
        assignees = request.body.get("assignees", pull.assignees)
        if unknown := [login for login in assignees if login not in self.hub.collaborators]:
            return no(
                422, "Validation Failed",
                {"resource": "Issue", "code": "invalid", "field": "assignees",
                 "value": unknown[0]},
            )  # fmt: skip
        pull.assignees = list(assignees)
        pull.labels = list(request.body.get("labels", pull.labels))
        pull.title = request.body.get("title", pull.title)
        pull.body = request.body.get("body", pull.body)
        for name in pull.labels:
            if self.hub.label(name) is None:
                self.hub.labels.append(Label(name, "ededed", None))
        return Reply(200, self._issue(pull))

    def _list_issues(self, request: Request) -> Reply:
        """List issues, the newest first, and pull requests among them, as GitHub does."""
        query = request.query
        state, wanted = query.get("state", "open"), set(filter(None, [query.get("labels")]))
        if self._stale_issues is not None:
            found: list[FakeIssue | FakePull] = [*self._stale_issues]
        else:
            found = [*self.hub.issues.values(), *self.hub.pulls.values()]
        found = [
            each
            for each in sorted(found, key=lambda each: -each.number)
            if wanted <= set(each.labels) and (state == "all" or each.is_open == (state == "open"))
        ]
        shown = [
            self._own_issue(each)
            if isinstance(each, FakeIssue)
            else {**self._issue(each), "pull_request": self._addresses(each)}
            for each in found
        ]
        return self._list(request, shown)

    def _create_issue(self, request: Request) -> Reply:
        body = request.body
        if len(body.get("body", "")) > 65536:
            return wrong("Issue", "custom", "body is too long (maximum is 65536 characters)")
        issue = self.hub.open_issue(body["title"], body.get("body", ""), request.by)
        issue.labels = list(body.get("labels", ()))
        for name in issue.labels:
            if self.hub.label(name) is None:
                self.hub.labels.append(Label(name, "ededed", None))
        return Reply(201, self._own_issue(issue))

    def _update_own_issue(self, issue: FakeIssue, request: Request) -> Reply:
        body = request.body
        if len(body.get("body") or "") > 65536:
            return wrong("Issue", "custom", "body is too long (maximum is 65536 characters)")
        issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body)
        issue.labels = list(body.get("labels", issue.labels))
        was_open, issue.is_open = issue.is_open, body.get("state", "open") == "open"
        if was_open and not issue.is_open:
            issue.closed_by, issue.ended_at = request.by, self.hub.now
        return Reply(200, self._own_issue(issue))

    def _list_comments(self, request: Request) -> Reply:
        pull = self.hub.pulls.get(request.number)
        if pull is None:
            return no(404, "Not Found")
        said = self._comments().get(pull.number, ())
        return self._list(request, [self._comment(pull, each) for each in said])

    def _comments(self) -> Mapping[int, list[Comment]]:
        return self.hub.comments() if self._stale_comments is None else self._stale_comments

    def _list_all_comments(self, request: Request) -> Reply:
        query = request.query
        listed = self._comments().items()
        said = [(comment, self.hub.pulls[number]) for number, all_ in listed for comment in all_]
        if "since" in query:
            since = datetime.fromisoformat(query["since"])
            said = [each for each in said if each[0].changed_at >= since]
        said.sort(
            key=lambda each: each[0].changed_at if query.get("sort") == "updated" else each[0].at,
            reverse=query.get("direction") == "desc",
        )
        return self._list(request, [self._comment(pull, comment) for comment, pull in said])

    def _get_permission(self, request: Request) -> Reply:
        login = request.operation.values["username"]
        may = "write" if login in self.hub.collaborators else "read"
        return Reply(200, {"permission": may, "role_name": may, "user": self._user(Account(login))})

    def _list_labels(self, request: Request) -> Reply:
        return self._list(request, [self._label(each) for each in self.hub.labels])

    def _create_label(self, request: Request) -> Reply:
        body = request.body
        if self.hub.label(body["name"]) is not None:
            return wrong("Label", "already_exists", field="name")
        if len(body.get("description") or "") > 100:
            return wrong("Label", "invalid", field="description")
        label = Label(body["name"], body.get("color", "ededed"), body.get("description"))
        self.hub.labels.append(label)
        return Reply(201, self._label(label))

    def _label(self, label: Label) -> Any:
        return {"name": label.name, "color": label.colour, "description": label.description}

    def _create_comment(self, request: Request) -> Reply:
        pull = self.hub.pulls[request.number]
        said = self.hub.say(pull.number, request.by, request.body["body"])
        return Reply(201, self._comment(pull, said))

    def _delete_comment(self, request: Request) -> Reply:
        is_there = self.hub.unsay(int(request.operation.values["comment_id"]))
        return Reply(204, None) if is_there else no(404, "Not Found")

    def _create_status(self, request: Request) -> Reply:
        sha, body = request.operation.values["sha"], request.body
        if len(body.get("description") or "") > 140:
            return wrong("Status", "custom", "description is too long (maximum is 140 characters)")
        status = Status(
            body["state"], body.get("context", "default"), body.get("description"), self.hub.now
        )
        self.hub.statuses.setdefault(sha, []).append(status)
        return Reply(
            201,
            {
                "id": self.hub.next_id(),
                "state": status.state,
                "context": status.context,
                "description": status.description,
                "creator": self._user(request.by),
            },
        )

    def _list(self, request: Request, rows: list[Any]) -> Reply:
        size = min(int(request.query.get("per_page", 30)), 100)
        first = (int(request.query.get("page", 1)) - 1) * size
        return Reply(200, rows[first : first + size], len(rows))

    def _user(self, account: Account | None) -> Any:
        if account is None:
            return None
        return {
            "login": account.login,
            "type": "Bot" if account.is_bot else "User",
            "html_url": f"{self.site}/{account.login.removesuffix('[bot]')}",
        }

    def _repository(self, name: str) -> Any:
        return {
            "full_name": name,
            "name": name.partition("/")[2],
            "owner": {"login": name.partition("/")[0]},
        }

    def _pull(self, pull: FakePull, *, whole: bool = False) -> Any:
        name = "passer-by/lumen" if pull.from_fork else self.hub.name
        shown: dict[str, Any] = {
            "number": pull.number,
            "state": "open" if pull.is_open else "closed",
            "title": pull.title,
            "body": pull.body,
            "user": self._user(pull.author),
            "labels": [{"name": label} for label in pull.labels],
            "assignees": [{"login": login} for login in pull.assignees],
            "requested_reviewers": [{"login": login} for login in pull.reviewers],
            "head": {
                "ref": pull.branch,
                "sha": pull.head,
                "label": f"{name.partition('/')[0]}:{pull.branch}",
                "repo": self._repository(name),
                "user": {"login": name.partition("/")[0]},
            },
            "base": {"ref": pull.base, "repo": self._repository(self.hub.name)},
            "created_at": _instant(pull.opened_at),
            "closed_at": _instant(pull.ended_at),
            "merged_at": _instant(pull.ended_at) if pull.merged_by else None,
            "merge_commit_sha": pull.merge_commit,
            "html_url": f"{self.site}/{self.hub.name}/pull/{pull.number}",
            "author_association": pull.author.association,
        }
        if whole:
            shown |= {
                "merged": pull.merged_by is not None,
                "merged_by": self._user(pull.merged_by),
                "comments": len(pull.comments),
            }
        return shown

    def _issue(self, pull: FakePull) -> Any:
        return {
            "number": pull.number,
            "state": "open" if pull.is_open else "closed",
            "title": pull.title,
            "body": pull.body,
            "user": self._user(pull.author),
            "labels": [{"name": label} for label in pull.labels],
            "assignees": [{"login": login} for login in pull.assignees],
            "closed_at": _instant(pull.ended_at),
            "closed_by": self._user(pull.closed_by),
            "comments": len(pull.comments),
        }

    def _own_issue(self, issue: FakeIssue) -> Any:
        return {
            "number": issue.number,
            "state": "open" if issue.is_open else "closed",
            "title": issue.title,
            "body": issue.body,
            "user": self._user(issue.author),
            "author_association": issue.author.association,
            "labels": [{"name": label} for label in issue.labels],
            "created_at": _instant(issue.opened_at),
            "closed_at": _instant(issue.ended_at),
            "closed_by": self._user(issue.closed_by),
            "html_url": f"{self.site}/{self.hub.name}/issues/{issue.number}",
        }

    def _addresses(self, pull: FakePull) -> Any:
        page = f"{self.site}/{self.hub.name}/pull/{pull.number}"
        names = ("url", "html_url", "diff_url", "patch_url")
        return dict.fromkeys(names, page)

    def _comment(self, pull: FakePull, comment: Comment) -> Any:
        return {
            "id": comment.id,
            "user": self._user(comment.author),
            "body": comment.body,
            "created_at": _instant(comment.at),
            "updated_at": _instant(comment.changed_at),
            "issue_url": f"{self.site}/api/v3/repos/{self.hub.name}/issues/{pull.number}",
            "author_association": comment.author.association,
            "html_url": f"{self.site}/{self.hub.name}/pull/{pull.number}#issuecomment-{comment.id}",
        }


def _instant(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


def parse_query(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}


_HANDLERS: dict[str, Callable[[Pages, Request], Reply]] = {
    "pulls/list": Pages._list_pulls,
    "pulls/create": Pages._create_pull,
    "pulls/get": Pages._get_pull,
    "pulls/update": Pages._update_pull,
    "pulls/merge": Pages._merge_pull,
    "pulls/request-reviewers": Pages._request_reviewers,
    "issues/list-for-repo": Pages._list_issues,
    "issues/create": Pages._create_issue,
    "issues/get": Pages._get_issue,
    "issues/update": Pages._update_issue,
    "issues/list-comments": Pages._list_comments,
    "issues/create-comment": Pages._create_comment,
    "issues/delete-comment": Pages._delete_comment,
    "issues/list-comments-for-repo": Pages._list_all_comments,
    "issues/list-labels-for-repo": Pages._list_labels,
    "issues/create-label": Pages._create_label,
    "repos/get-collaborator-permission-level": Pages._get_permission,
    "repos/create-commit-status": Pages._create_status,
}
