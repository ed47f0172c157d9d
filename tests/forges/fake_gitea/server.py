"""A strict Gitea on loopback: what Gitea says in its own way, and what it asks of requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fake_gitea.deviations import DEVIATIONS
from fake_gitea.pages import GiteaHub, GiteaPages, no
from fake_github.description import read_description
from fake_github.model import Hub
from fake_github.pages import Reply
from fake_server import FakeServer, Handler, Harm, serving

FILE = Path(__file__).with_name("description.json")
FakeGitea = FakeServer[GiteaPages]
_SENDS = {"POST", "PATCH", "PUT"}


@contextmanager
def fake_gitea(folder: Path, hub: Hub | None = None) -> Iterator[FakeGitea]:
    """Serve a repository in a folder: `hub`, else one that is empty."""
    hub = hub or GiteaHub(folder)

    def make(site: str) -> FakeGitea:
        return FakeServer(hub, GiteaPages(hub, site), site, DEVIATIONS)

    with serving(read_description(FILE), _Handler, make) as fake:
        yield fake


class _Handler(Handler):
    api = "/api/v1"
    scheme = "token"
    limits = {  # noqa: RUF012
        Harm.ILL: (502, {}, None),
        Harm.TOO_MANY: (429, {}, None),
        Harm.SECONDARY: (429, {"Retry-After": "5"}, None),
        Harm.CONFLICT: (409, {}, no(409, "Conflict").body),
    }

    def refusal(self, status: int, message: str) -> Reply:
        return no(status, message)

    def refused_for_form(self) -> Reply | None:
        if not self.headers.get("User-Agent", "").startswith("doleances/"):
            self.fake.remarks.append("no User-Agent")
            return no(403, "no User-Agent")
        if self.command in _SENDS and self.headers.get("Content-Type") != "application/json":
            self.fake.remarks.append("no Content-Type")
            return no(422, "[]: Empty Content-Type")
        return no(401, "user does not exist [uid: 0, name: ]") if self.account() is None else None

    def headers_of(self, path: str, query: str, reply: Reply) -> dict[str, str]:  # noqa: ARG002
        return {} if reply.rows is None else {"X-Total-Count": str(reply.rows)}
