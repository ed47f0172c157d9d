"""GitHub, on github.com or a server of one's own: its REST in the port's words."""

from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from runner.cases.instants import render_instant
from runner.forges.address import Address, find_address
from runner.forges.answers import Fields
from runner.forges.hosted import HostedForge
from runner.forges.remote_refs import open_refs
from runner.forges.rest import ForgeFailed, RestClient, Tempo
from runner.forges.rest_server import RestServer
from runner.forges.server import (
    Dress,
    PullEdit,
    ServerComment,
    ServerEnding,
    ServerIssue,
    ServerPull,
)
from runner.forges.shown import parse_comment, parse_issue, parse_pull
from runner.planning.branches import Outcome
from runner.policies.values import Configuration

API_VERSION = "2022-11-28"
_TITLE = 256
"""Characters that GitHub takes."""
_INSIDERS = frozenset(("OWNER", "MEMBER", "COLLABORATOR"))


def api_of(site: str) -> str:
    """Return where GitHub has its REST: on github.com, a company's part of it, or elsewhere."""
    host = urlsplit(site).hostname or ""
    if host == "github.com":
        return "https://api.github.com"
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"{site}/api/v3"


def open_github(
    root: Path, configuration: Configuration, token: str, tempo: Tempo | None = None
) -> HostedForge:
    """Return the forge of a desk on GitHub, where the clone's remote says that it is.

    Raises:
        UsageError: when there is no such remote, or its address names no repository.
    """
    instance = configuration.instance
    address = find_address(root, instance.server, api_of)
    return HostedForge(
        open_refs(root, instance, address.site, token),
        open_github_server(root, configuration, token, tempo),
        configuration,
    )


def open_github_server(
    root: Path, configuration: Configuration, token: str, tempo: Tempo | None = None
) -> "GithubServer":
    """Return what a desk's forge can do by REST; raises as `open_github`."""
    instance = configuration.instance
    address = find_address(root, instance.server, api_of)
    tempo = tempo or address.tempo(Tempo())
    return GithubServer(address, instance.base, token, instance.contact, tempo)


class GithubServer(RestServer):
    """The pull requests of one repository on GitHub."""

    def __init__(
        self, address: Address, base: str, token: str, contact: str, tempo: Tempo | None = None
    ) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        super().__init__(address, base, RestClient(address.api, headers, contact, tempo), _TITLE)
        self._owner = address.name.partition("/")[0]

    def open_pulls(self) -> Sequence[ServerPull]:
        """Return all open pull requests of the repository."""
        return tuple(self._pulls(state="open"))

    def pulls_of(self, branch: str) -> Sequence[ServerPull]:
        """Return all pull requests of a branch, open or not, newest first."""
        found = self._pulls(state="all", head=f"{self._owner}:{branch}")
        # A server that does not know the branch may leave the filter out.
        return tuple(pull for pull in found if pull.branch == branch and pull.is_ours)

    def pull(self, number: int) -> ServerPull | None:
        """Return one pull request, None where there is none."""
        try:
            return self._pull(self.client.get(f"{self._repository}/pulls/{number}"))
        except ForgeFailed as failed:
            if failed.status in {404, 410}:
                return None
            raise

    def ending(self, pull: ServerPull) -> ServerEnding:
        """Return how one ended that is open no more.

        Who closed it is the issue's to tell; why is what that person said last.
        """
        if pull.is_merged:
            path = f"{self._repository}/pulls/{pull.number}"
            by = Fields(self.client.get(path), "pull").fields("merged_by").text("login")
            return ServerEnding(Outcome.MERGED, by, "")
        issue = Fields(self.client.get(f"{self._repository}/issues/{pull.number}"), "issue")
        by = issue.fields("closed_by").text("login")
        said = [comment.body for comment in self.comments(pull.number) if comment.author == by]
        return ServerEnding(Outcome.REFUSED, by, said[-1] if said else "")

    def create_pull(self, branch: str, title: str, body: str) -> ServerPull | None:
        """Open a pull request into the base; None where the branch has an open one already."""
        try:
            return self._pull(self._send_pull(branch, title, body))
        except ForgeFailed as failed:
            if failed.status == 422 and "already exists" in failed.words:
                return None
            raise

    def dress_pull(self, pull: ServerPull, dress: Dress) -> None:
        """Add labels, assignees and reviewers; people who cannot be asked are left out.

        Of the issue's fields GitHub replaces a list as a whole, so what stands there goes along.
        """
        labels = list(dict.fromkeys((*pull.labels, *dress.labels)))
        assignees = list(dict.fromkeys((*pull.assignees, *dress.assignees)))
        issue = f"{self._repository}/issues/{pull.number}"
        try:
            self.client.send("PATCH", issue, {"labels": labels, "assignees": assignees})
        except ForgeFailed as failed:
            if failed.status != 422 or not dress.assignees:
                raise
            self.client.send("PATCH", issue, {"labels": labels})
        reviewers = [login for login in dress.reviewers if login != pull.author]
        if reviewers:
            path = f"{self._repository}/pulls/{pull.number}/requested_reviewers"
            try:
                self.client.send("POST", path, {"reviewers": reviewers})
            except ForgeFailed as failed:
                if failed.status != 422:
                    raise

    def edit_pull(self, number: int, edit: PullEdit) -> None:
        """Change what a pull request says; assignees who cannot be asked are left out."""
        fields = self._edited(edit)
        if edit.labels is not None:
            fields["labels"] = list(edit.labels)
        issue = f"{self._repository}/issues/{number}"
        if edit.assignees is not None:
            try:
                self.client.send("PATCH", issue, {**fields, "assignees": list(edit.assignees)})
            except ForgeFailed as failed:
                if failed.status != 422:
                    raise
            else:
                return
        if fields:
            self.client.send("PATCH", issue, fields)

    def see_closed(self, number: int) -> None:
        """Do nothing: GitHub closes a pull request with the push that takes its branch."""

    def comments(self, number: int) -> Sequence[ServerComment]:
        """Return what was said about a pull request, oldest first."""
        path = f"{self._repository}/issues/{number}/comments"
        return tuple(
            parse_comment(data, _is_trusted, _is_program)
            for data in self.client.pages(path, per_page=100)
        )

    def comments_since(self, since: datetime) -> Sequence[ServerComment]:
        """Return what was said or edited since an instant, on whatever page, oldest first."""
        path = f"{self._repository}/issues/comments"
        found = self.client.pages(
            path, sort="updated", direction="asc", since=render_instant(since), per_page=100
        )
        return tuple(parse_comment(data, _is_trusted, _is_program) for data in found)

    def may_write(self, login: str) -> bool:
        """Return whether somebody may push to the repository, whatever a comment tells.

        GitHub says `write` also of those who maintain, and `read` of those who triage.  A token
        that may not ask gets no for an answer.
        """
        try:
            answer = self.client.get(
                f"{self._repository}/collaborators/{quote(login, safe='')}/permission"
            )
        except ForgeFailed as failed:
            if failed.status in {403, 404}:
                return False
            raise
        return Fields(answer, "permission").text("permission") in {"admin", "write"}

    def label_names(self) -> Set[str]:
        """Return the names of the repository's labels."""
        found = self.client.pages(f"{self._repository}/labels", per_page=100)
        return frozenset(Fields(data, "label").text("name") for data in found)

    def issues_labelled(self, label: str, *, also_closed: bool = False) -> Sequence[ServerIssue]:
        """Return the open issues with a label, or all, in the order of their numbers."""
        listed = self.client.pages(
            f"{self._repository}/issues",
            labels=label,
            state="all" if also_closed else "open",
            per_page=100,
        )
        found = (parse_issue(data, _is_trusted) for data in listed)
        return sorted((each for each in found if each), key=lambda issue: issue.number)

    def issue(self, number: int) -> ServerIssue | None:
        """Return one issue, None where there is none, or a pull request."""
        try:
            return parse_issue(self.client.get(f"{self._repository}/issues/{number}"), _is_trusted)
        except ForgeFailed as failed:
            # 301 where it was moved to another repository: it is not this one's any more.
            if failed.status in {301, 404, 410}:
                return None
            raise

    def create_issue(self, title: str, body: str, labels: Sequence[str]) -> ServerIssue:
        """Open an issue with labels that `make_label` has made."""
        return self._send_issue(title, body, labels, _is_trusted)

    def make_label(self, name: str, colour: str, words: str) -> None:
        """Make a label that people can put on, `colour` as `d93f0b`; nothing where it exists."""
        try:
            self._send_label(name, colour, words)
        except ForgeFailed as failed:
            if failed.status != 422 or "already_exists" not in failed.words:
                raise

    def pull_page(self, number: int) -> str:
        """Return the address at which people see a pull request; nothing is asked."""
        return f"{self.page}/pull/{number}"

    def file_page(self, path: str) -> str:
        """Return the address at which people see a file of the base; nothing is asked."""
        return f"{self.page}/blob/{quote(self._base)}/{quote(path)}"

    def _pulls(self, **query: str) -> Iterator[ServerPull]:
        for data in self.client.pages(f"{self._repository}/pulls", per_page=100, **query):
            yield self._pull(data)

    def _pull(self, data: object) -> ServerPull:
        return parse_pull(data, self.name)


def _is_trusted(said: Fields) -> bool:
    return _is_program(said) or said.text("author_association") in _INSIDERS


def _is_program(said: Fields) -> bool:
    return said.fields("user").text("type") == "Bot"
