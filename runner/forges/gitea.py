"""Gitea, and with it Forgejo and Codeberg: its REST in the port's words.

Seen on a real server, and unlike GitHub: lists end where their count says so, and a few have a
count that is wrong or none; labels go by id, and two may have one name; a list of pull requests
cannot be asked for one branch; an assignee that cannot be one is a 500.
"""

import time
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

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

_TITLE = 250
"""Characters; Gitea cuts titles at 255."""
_PAGE = 50
"""Entries of a page: the most that Gitea gives unless its settings say otherwise."""
_CI = -2
"""The id of the account that workflows act as."""
_GREY = "ededed"
"""The colour of a label that nobody gave one: GitHub's."""
_TEMPO = Tempo(between_writes=0.25)


def api_of(site: str) -> str:
    """Return where Gitea has its REST."""
    return f"{site}/api/v1"


def open_gitea(
    root: Path, configuration: Configuration, token: str, tempo: Tempo | None = None
) -> HostedForge:
    """Return the forge of a desk on Gitea, where the clone's remote says that it is.

    Raises:
        UsageError: when there is no such remote, or its address names no repository.
    """
    instance = configuration.instance
    address = find_address(root, instance.server, api_of)
    return HostedForge(
        open_refs(root, instance, address.site, token),
        open_gitea_server(root, configuration, token, tempo),
        configuration,
    )


def open_gitea_server(
    root: Path, configuration: Configuration, token: str, tempo: Tempo | None = None
) -> "GiteaServer":
    """Return what a desk's forge can do by REST; raises as `open_gitea`."""
    instance = configuration.instance
    address = find_address(root, instance.server, api_of)
    tempo = tempo or address.tempo(_TEMPO)
    return GiteaServer(address, instance.base, token, instance.contact, tempo)


class GiteaServer(RestServer):
    """The pull requests and issues of one repository on Gitea."""

    def __init__(
        self, address: Address, base: str, token: str, contact: str, tempo: Tempo | None = None
    ) -> None:
        headers = {"Accept": "application/json", "Authorization": f"token {token}"}
        super().__init__(address, base, RestClient(address.api, headers, contact, tempo), _TITLE)
        self._label_ids: dict[str, int] | None = None

    def open_pulls(self) -> Sequence[ServerPull]:
        """Return all open pull requests of the repository."""
        return tuple(self._pulls("open"))

    def pulls_of(self, branch: str) -> Sequence[ServerPull]:
        """Return all pull requests of a branch, open or not, newest first.

        Gitea shows the oldest of a branch when asked for it.  Only where that has ended are those
        that came later looked for among all.
        """
        path = f"{self._repository}/pulls/{quote(self._base, safe='')}/{quote(branch)}"
        oldest = self._pull_at(path)
        if oldest is None or oldest.is_open:
            return () if oldest is None else (oldest,)
        found = []
        for pull in self._pulls("all"):
            if pull.number < oldest.number:
                break
            if pull.branch == branch and pull.is_ours:
                found.append(pull)
        return sorted(found, key=lambda pull: -pull.number)

    def pull(self, number: int) -> ServerPull | None:
        """Return one pull request, None where there is none."""
        return self._pull_at(f"{self._repository}/pulls/{number}")

    def ending(self, pull: ServerPull) -> ServerEnding:
        """Return how one ended that is open no more.

        Who closed it stands in the row of what happened to it; why is what that person said
        last, in a comment or a review.
        """
        if pull.is_merged:
            path = f"{self._repository}/pulls/{pull.number}"
            by = Fields(self.client.get(path), "pull").fields("merged_by").text("login")
            return ServerEnding(Outcome.MERGED, by, "")
        # The count of this list is of the page alone.
        path = f"{self._repository}/issues/{pull.number}/timeline"
        listed = self.client.numbered_pages(path, counted=False, limit=_PAGE)
        events = [Fields(data, "event") for data in listed]
        closed = [event for event in events if event.text("type") == "close"]
        by = closed[-1].fields("user").text("login") if closed else ""
        said = [
            event.text("body")
            for event in events
            if event.text("type") in {"comment", "review"}
            and event.text("body")
            and event.fields("user").text("login") == by
        ]
        return ServerEnding(Outcome.REFUSED, by, said[-1] if said else "")

    def create_pull(self, branch: str, title: str, body: str) -> ServerPull | None:
        """Open a pull request into the base; None where the branch has an open one already."""
        try:
            return self._pull(self._send_pull(branch, title, body))
        except ForgeFailed as failed:
            if failed.status == 409:
                return None
            raise

    def dress_pull(self, pull: ServerPull, dress: Dress) -> None:
        """Add labels, assignees and reviewers; people who cannot be asked are left out."""
        issue = f"{self._repository}/issues/{pull.number}"
        labels = [name for name in dict.fromkeys(dress.labels) if name not in pull.labels]
        if labels:
            self.client.send("POST", f"{issue}/labels", {"labels": self._ids_of(labels)})
        there = {login.casefold() for login in pull.assignees}
        more = [login for login in self._insiders(dress.assignees) if login.casefold() not in there]
        if more:
            # The list is replaced as a whole, so who stands there goes along.
            self.client.send("PATCH", issue, {"assignees": [*pull.assignees, *more]})
        reviewers = [login for login in self._insiders(dress.reviewers) if login != pull.author]
        if reviewers:
            path = f"{self._repository}/pulls/{pull.number}/requested_reviewers"
            try:
                self.client.send("POST", path, {"reviewers": reviewers})
            except ForgeFailed as failed:
                if failed.status not in {404, 422}:
                    raise

    def edit_pull(self, number: int, edit: PullEdit) -> None:
        """Change what a pull request says; assignees who cannot be asked are left out."""
        fields = self._edited(edit)
        if edit.labels is not None:
            there = self.client.whole_list(f"{self._repository}/issues/{number}/labels")
            fields["labels"] = self._ids_of(edit.labels, _ids(there))
        if edit.assignees is not None:
            fields["assignees"] = self._insiders(edit.assignees)
        if fields:
            self.client.send("PATCH", f"{self._repository}/pulls/{number}", fields)

    def see_closed(self, number: int) -> None:
        """Wait until a pull request is closed whose branch is gone, ten seconds at most.

        Gitea looks at pushes one after the other, later, and closes what the branch then has.
        """
        for _ in range(50):
            shown = Fields(self.client.get(f"{self._repository}/pulls/{number}"), "pull request")
            if shown.text("state") != "open":
                return
            time.sleep(0.2)

    def comments(self, number: int) -> Sequence[ServerComment]:
        """Return what was said about a pull request, oldest first; Gitea gives all at once."""
        found = self.client.whole_list(f"{self._repository}/issues/{number}/comments")
        return tuple(parse_comment(data, self._is_trusted, _is_program) for data in found)

    def comments_since(self, since: datetime) -> Sequence[ServerComment]:
        """Return what was said or edited since an instant, on whatever page, oldest first."""
        path = f"{self._repository}/issues/comments"
        found = self.client.numbered_pages(path, since=render_instant(since), limit=_PAGE)
        said = [parse_comment(data, self._is_trusted, _is_program) for data in found]
        return sorted(said, key=lambda comment: (comment.changed_at, comment.id))

    def may_write(self, login: str) -> bool:
        """Return whether somebody may push to the repository, whatever a comment tells.

        Gitea tells that to the repository's administrators.  To others it tells whom an issue
        can be given to: who may write, and in an organisation also who may read pull requests.
        """
        path = f"{self._repository}/collaborators/{quote(login, safe='')}/permission"
        try:
            answer = Fields(self.client.get(path), "permission")
        except ForgeFailed as failed:
            if failed.status == 404:
                return False
            if failed.status == 403:
                return login.casefold() in self._assignable
            raise
        return answer.text("permission") in {"owner", "admin", "write"}

    def label_names(self) -> Set[str]:
        """Return the names of the repository's labels, without capitals."""
        return frozenset(self._labels())

    def issues_labelled(self, label: str, *, also_closed: bool = False) -> Sequence[ServerIssue]:
        """Return the open issues with a label, or all, in the order of their numbers.

        Gitea leaves a filter out whose label it does not know, and finds nothing by a name that
        two labels have; so all issues are asked for.
        """
        state = "all" if also_closed else "open"
        listed = self.client.numbered_pages(
            f"{self._repository}/issues", type="issues", state=state, limit=_PAGE
        )
        found = (parse_issue(data, self._is_trusted) for data in listed)
        return sorted(
            (each for each in found if each and label in each.labels),
            key=lambda issue: issue.number,
        )

    def issue(self, number: int) -> ServerIssue | None:
        """Return one issue, None where there is none, or a pull request."""
        try:
            data = self.client.get(f"{self._repository}/issues/{number}")
        except ForgeFailed as failed:
            if failed.status in {404, 410}:
                return None
            raise
        return parse_issue(data, self._is_trusted)

    def create_issue(self, title: str, body: str, labels: Sequence[str]) -> ServerIssue:
        """Open an issue with labels that `make_label` has made."""
        return self._send_issue(title, body, self._ids_of(labels), self._is_trusted)

    def make_label(self, name: str, colour: str, words: str) -> None:
        """Make a label that people can put on, `colour` as `d93f0b`; nothing where it exists."""
        if name.casefold() in self._labels():
            return
        made = Fields(self._send_label(name, colour, words), "label").number("id", below=2**53)
        self._label_ids = None
        if self._labels()[name.casefold()] != made:
            # Another run has made it, too: all take the first.
            self.client.send("DELETE", f"{self._repository}/labels/{made}")

    def pull_page(self, number: int) -> str:
        """Return the address at which people see a pull request; nothing is asked."""
        return f"{self.page}/pulls/{number}"

    def file_page(self, path: str) -> str:
        """Return the address at which people see a file of the base; nothing is asked."""
        return f"{self.page}/src/branch/{quote(self._base)}/{quote(path)}"

    def _pulls(self, state: str) -> Iterator[ServerPull]:
        path = f"{self._repository}/pulls"
        for data in self.client.numbered_pages(path, state=state, limit=_PAGE):
            yield self._pull(data)

    def _pull_at(self, path: str) -> ServerPull | None:
        try:
            return self._pull(self.client.get(path))
        except ForgeFailed as failed:
            if failed.status in {404, 410}:
                return None
            raise

    def _pull(self, data: object) -> ServerPull:
        # `ref` is no branch any more once the branch is gone; `label` is its name for ever.
        pull = parse_pull(data, self.name, branch="label")
        is_gone = Fields(data, "pull request").fields("head").text("ref").startswith("refs/pull/")
        # A moment later Gitea closes it by itself.
        return replace(pull, is_open=False) if is_gone else pull

    def _ids_of(self, names: Iterable[str], known: dict[str, int] | None = None) -> list[int]:
        """Return the ids of labels, first as `known` has them; those that are missing are made."""
        found = dict(known or {})
        wanted = {name.casefold(): name for name in names}
        for key, name in wanted.items():
            if key not in found:
                self.make_label(name, _GREY, "")
                found[key] = self._labels()[key]
        return [found[key] for key in wanted]

    def _labels(self) -> dict[str, int]:
        if self._label_ids is None:
            path = f"{self._repository}/labels"
            self._label_ids = _ids(self.client.numbered_pages(path, limit=_PAGE))
        return self._label_ids

    def _insiders(self, logins: Iterable[str]) -> list[str]:
        return [login for login in dict.fromkeys(logins) if login.casefold() in self._assignable]

    @cached_property
    def _assignable(self) -> Set[str]:
        """Logins that an issue can be given to, without capitals: those who may write here."""
        found = self.client.whole_list(f"{self._repository}/assignees")
        return frozenset(Fields(data, "user").text("login").casefold() for data in found)

    @cached_property
    def _own_login(self) -> str:
        """The token's account; "" for a token that may not ask, as a workflow's own."""
        try:
            return Fields(self.client.get("/user"), "user").text("login").casefold()
        except ForgeFailed as failed:
            if failed.status in {401, 403, 404}:
                return ""
            raise

    def _is_trusted(self, said: Fields) -> bool:
        author = said.fields("user").text("login").casefold()
        if _is_program(said) or author in self._assignable:
            return True
        return bool(author) and author == self._own_login


def _is_program(said: Fields) -> bool:
    return said.fields("user").whole("id") == _CI


def _ids(labels: Iterable[object]) -> dict[str, int]:
    """Return labels' ids by name without capitals; of two with one name the older."""
    found: dict[str, int] = {}
    for data in labels:
        label = Fields(data, "label")
        name, id_ = label.text("name").casefold(), label.number("id", below=2**53)
        found[name] = min(id_, found.get(name, id_))
    return found
