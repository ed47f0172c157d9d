"""Where a desk's server is: what the git remote's address says, and what `server:` adds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from runner.errors import UsageError
from runner.forges.rest import Tempo
from runner.policies.values import Server
from runner.repo.git import GitFailed, open_repository

_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_REPOSITORY = re.compile(rf"({_NAME})/({_NAME})")
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
"""Where a trial runs, without waiting."""
_HOME = (".local", ".localhost", ".lan", ".internal", ".home.arpa")
"""Names that no public server has."""
ApiOf = Callable[[str], str]
"""Where a kind of server has its REST, by its site."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is: `site` is scheme and host, `api` where REST is, `name` owner/name."""

    site: str
    api: str
    name: str

    def tempo(self, usual: Tempo) -> Tempo:
        """Return how gently to ask there."""
        return Tempo(0.0, 0.0) if urlsplit(self.api).hostname in _LOOPBACK else usual


def find_address(root: Path, server: Server, api_of: ApiOf) -> Address:
    """Return where the clone's remote says that a desk is.

    Raises:
        UsageError: when there is no such remote, or its address names no repository.
    """
    try:
        url = open_repository(root).text("remote", "get-url", server.remote)
    except GitFailed:
        raise UsageError(
            f"no git remote is called {server.remote!r}", f"git remote add {server.remote} ADDRESS"
        ) from None
    return parse_address(url, api_of, server.repository, server.api)


def parse_address(remote: str, api_of: ApiOf, name: str = "", api: str = "") -> Address:
    """Return where a remote's address leads; `name` and `api` say what it does not.

    Plain http is left as it is in a network of one's own alone; elsewhere it becomes https.
    The host of `api` must be the remote's, or below or beside it as `api.`: the token goes
    nowhere else.

    Raises:
        UsageError: when that is no repository on a server.
    """
    try:
        parts = urlsplit(remote)
        number = parts.port
    except ValueError:
        raise UsageError(
            f"the remote's address {_shown(remote)} names no host or no port",
            "such as https://forge.example.org/owner/name.git",
        ) from None
    if parts.scheme in {"https", "http", "ssh"} and parts.hostname:
        host, path = parts.hostname, parts.path
        port = f":{number}" if number and parts.scheme != "ssh" else ""
    elif found := _SCP.fullmatch(remote):
        host, path, port = found[1].lower(), found[2], ""
    else:
        raise UsageError(
            f"the remote's address {_shown(remote)} is on no server",
            "such as https://forge.example.org/owner/name.git",
        )
    scheme = "http" if parts.scheme == "http" and _is_at_home(host) else "https"
    path = name or path.strip("/").removesuffix(".git")
    if not _REPOSITORY.fullmatch(path):
        raise UsageError(
            f"the remote's address {_shown(remote)} ends in no owner/name",
            "say `server: {repository: owner/name}` in sources.yaml",
        )
    site = f"{scheme}://[{host}]{port}" if ":" in host else f"{scheme}://{host}{port}"
    return Address(site, _checked_api(api, host) if api else api_of(site), path)


def _checked_api(api: str, host: str) -> str:
    parts = urlsplit(api)
    if parts.scheme != "https" and not _is_at_home(parts.hostname or ""):
        raise UsageError(f"sources.yaml: server.api {api} is no https address")
    if parts.hostname not in {host, f"api.{host}"}:
        raise UsageError(
            f"sources.yaml: server.api is on {parts.hostname}, the git remote on {host}",
            "the token is shown to no other host than the remote's",
        )
    return api.rstrip("/")


def _is_at_home(host: str) -> bool:
    """Return whether a host is in a network of one's own, where encryption may be left out."""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_HOME)
    return address.is_private


def _shown(remote: str) -> str:
    """Return an address without a password that somebody put in it."""
    return repr(re.sub(r"//.*@", "//", remote))
