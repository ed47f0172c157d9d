"""Where this program itself came from, in the words by which pip gets it again."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from runner.founding.charter import is_address

_SSH = re.compile(
    r"(?:ssh://)?[\w.-]+@(?P<host>[\w.-]+)(?::[0-9]+/|:|/)(?P<path>[\w./~-]+)", re.ASCII
)
_USER = re.compile(r"(?<=://)[^/@]*@")


def read_provenance() -> str:
    """Return the address of this very program, "" where it came from a package index.

    An archive, or a commit of a git repository: the one that it was installed from or, where it
    runs in a clone, the commit that is checked out, if the remote `origin` has it. Others get
    it there by https; a password in an address is left out.
    """
    try:
        told = json.loads(distribution("doleances").read_text("direct_url.json") or "{}")
        url, commit = told.get("url", ""), told.get("vcs_info", {}).get("commit_id", "")
    except (PackageNotFoundError, ValueError, AttributeError):
        return ""
    if urlsplit(url).scheme == "file" and "dir_info" in told:
        url, commit = _read_clone(Path(unquote(urlsplit(url).path)))
    address = _USER.sub("", url)
    address = f"git+{address}@{commit}" if commit else address
    return address if is_address(address) else ""


def follows(address: str, newer: str) -> bool:
    """Return whether two addresses name commits of one repository."""
    return address.startswith("git+") and address.rpartition("@")[0] == newer.rpartition("@")[0]


def _read_clone(folder: Path) -> tuple[str, str]:
    """Return the address of a clone's origin, and the commit checked out if it stands there."""
    from runner.repo.git import command, environment, spawn

    def said(*words: str) -> str:
        ended = spawn(command(folder, *words), b"", environment())
        return ended.stdout.decode("utf-8", "replace").strip() if not ended.returncode else ""

    if not (folder / ".git").exists():
        return "", ""
    origin, head = said("remote", "get-url", "origin"), said("rev-parse", "HEAD")
    if by_ssh := _SSH.fullmatch(origin):
        origin = f"https://{by_ssh['host']}/{by_ssh['path']}"
    there = head and said("for-each-ref", "--count=1", f"--contains={head}", "refs/remotes/origin")
    return (origin, head) if there else ("", "")
