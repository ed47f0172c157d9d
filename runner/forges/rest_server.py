"""What GitHub and Gitea, whose REST is made after GitHub's, are told in the same words."""

from collections.abc import Sequence
from urllib.parse import quote

from runner.forges.address import Address
from runner.forges.rest import ForgeFailed, RestClient
from runner.forges.server import CONTEXT, PullEdit, ServerIssue
from runner.forges.shown import Judge, parse_issue
from runner.text.clean import cap

_BODY, _STATUS, _LABEL = 65_000, 140, 100
"""Characters that GitHub takes, a little less for the body (65,536); Gitea takes any body."""


class RestServer:
    """One repository on a server; `title_limit` is in characters."""

    def __init__(self, address: Address, base: str, client: RestClient, title_limit: int) -> None:
        self.name = address.name
        self.page = f"{address.site}/{address.name}"
        self.client = client
        self._base = base
        self._repository = f"/repos/{address.name}"
        self._title_limit = title_limit

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it."""
        self.client.send("PATCH", f"{self._repository}/pulls/{number}", {"state": "closed"})

    def reopen_pull(self, number: int) -> None:
        """Open a pull request again whose branch is there."""
        self.client.send("PATCH", f"{self._repository}/pulls/{number}", {"state": "open"})

    def post_status(self, commit: str, *, passed: bool, words: str) -> None:
        """Say on a commit whether it passed the check."""
        self.client.send(
            "POST",
            f"{self._repository}/statuses/{quote(commit)}",
            {
                "state": "success" if passed else "failure",
                "context": CONTEXT,
                "description": cap(words, _STATUS),
            },
        )

    def write_comment(self, number: int, body: str) -> None:
        """Say something about a pull request."""
        path = f"{self._repository}/issues/{number}/comments"
        self.client.send("POST", path, {"body": cap(body, _BODY)})

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; nothing where it is gone."""
        try:
            self.client.send("DELETE", f"{self._repository}/issues/comments/{comment_id}")
        except ForgeFailed as failed:
            if failed.status not in {404, 410}:
                raise

    def edit_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:
        """Replace an issue's title and body, and close or reopen it; labels stay as they are."""
        said = {**self._words(title, body), "state": "open" if is_open else "closed"}
        self.client.send("PATCH", f"{self._repository}/issues/{number}", said)

    def _send_pull(self, branch: str, title: str, body: str) -> object:
        said = {**self._words(title, body), "head": branch, "base": self._base}
        return self.client.send("POST", f"{self._repository}/pulls", said)

    def _send_issue(
        self, title: str, body: str, labels: Sequence[object], is_trusted: Judge
    ) -> ServerIssue:
        said = {**self._words(title, body), "labels": list(labels)}
        answer = self.client.send("POST", f"{self._repository}/issues", said)
        created = parse_issue(answer, is_trusted)
        if created is None:
            raise ForgeFailed("the forge opened a pull request where an issue was asked for")
        return created

    def _send_label(self, name: str, colour: str, words: str) -> object:
        said = {"name": name, "color": colour, "description": cap(words, _LABEL)}
        return self.client.send("POST", f"{self._repository}/labels", said)

    def _edited(self, edit: PullEdit) -> dict[str, object]:
        """Return the title and the body of an edit, where it has them."""
        fields: dict[str, object] = {}
        if edit.title is not None:
            fields["title"] = cap(edit.title, self._title_limit)
        if edit.body is not None:
            fields["body"] = cap(edit.body, _BODY)
        return fields

    def _words(self, title: str, body: str) -> dict[str, object]:
        return {"title": cap(title, self._title_limit), "body": cap(body, _BODY)}
