"""A strict GitHub on loopback: what GitHub says in its own way, and what it asks of requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fake_github.description import read_description
from fake_github.deviations import DEVIATIONS
from fake_github.model import Hub
from fake_github.pages import Pages, Reply, no, parse_query
from fake_server import TOKENS, Call, FakeServer, Handler, Harm, serving

__all__ = ("TOKENS", "Call", "FakeGithub", "Harm", "fake_github")
_API = "/api/v3"
_SENDS = {"POST", "PATCH", "PUT"}
FakeGithub = FakeServer[Pages]


@contextmanager
def fake_github(folder: Path, hub: Hub | None = None) -> Iterator[FakeGithub]:
    """Serve a repository in a folder: `hub`, else one that is empty."""
    hub = hub or Hub(folder)

    def make(site: str) -> FakeGithub:
        return FakeServer(hub, Pages(hub, site), site, DEVIATIONS)

    with serving(read_description(), _Handler, make) as fake:
        yield fake


_SLOWER = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_LIMITS: dict[Harm, tuple[int, dict[str, str], Any]] = {
    Harm.ILL: (502, {}, no(502, "Server Error").body),
    Harm.SECONDARY: (403, {"Retry-After": "60"}, no(403, _SLOWER).body),
    Harm.SECONDARY_IN_WORDS: (403, {}, no(403, _SLOWER).body),
    Harm.TOO_MANY: (429, {"Retry-After": "5"}, no(429, "Too many requests").body),
    Harm.EXHAUSTED: (
        403,
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795248000"},
        no(403, "API rate limit exceeded for installation ID 1.").body,
    ),
    Harm.CONFLICT: (409, {}, no(409, "Conflict").body),
}


class _Handler(Handler):
    api = _API
    scheme = "Bearer"
    limits = _LIMITS

    def named(self, path: str) -> str:
        # Links to further pages name the repository by its number, as the recorded ones do.
        return path.replace("/repositories/1000/", f"/repos/{self.fake.hub.name}/")

    def refusal(self, status: int, message: str) -> Reply:
        return no(status, message)

    def refused_for_form(self) -> Reply | None:
        wanted = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        for name, value in wanted.items():
            if self.headers.get(name) != value:
                self.fake.remarks.append(f"no {name}: {value}")
                return no(400, f"{name} is missing")
        if not self.headers.get("User-Agent", "").startswith("doleances/"):
            self.fake.remarks.append("no User-Agent")
            return no(403, "Request forbidden by administrative rules.")
        if self.command in _SENDS and self.headers.get("Content-Type") != "application/json":
            self.fake.remarks.append("no Content-Type")
            return no(415, "Unsupported Media Type")
        return no(401, "Bad credentials") if self.account() is None else None

    def headers_of(self, path: str, query: str, reply: Reply) -> dict[str, str]:
        headers = {
            "X-GitHub-Request-Id": "C0DE:1",
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(5000 - len(self.fake.api_calls)),
            "X-RateLimit-Reset": str(int(self.fake.hub.now.timestamp()) + 3600),
        }
        if reply.status == 201:
            headers["Location"] = f"{self.fake.site}{_API}{path}"
        if reply.rows is not None:
            asked = parse_query(query)
            size, page = min(int(asked.get("per_page", 30)), 100), int(asked.get("page", 1))
            last = max(1, -(-reply.rows // size))
            links = {"next": page + 1, "last": last} if page < last else {}
            links |= {"prev": page - 1, "first": 1} if page > 1 else {}
            numbered = path.replace(f"/repos/{self.fake.hub.name}/", "/repositories/1000/")
            here = f"{self.fake.site}{_API}{numbered}"
            headers["Link"] = ", ".join(
                f'<{here}?{urlencode({**asked, "page": to})}>; rel="{rel}"'
                for rel, to in links.items()
            )
        return {name: value for name, value in headers.items() if value}
