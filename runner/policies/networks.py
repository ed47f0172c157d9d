"""What a source watches at a network or forum: kinds `mastodon`, `bluesky`, `discourse`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runner.errors import Fault
from runner.policies.document import text_at, value_at
from runner.text.document import Document, Path

if TYPE_CHECKING:
    from runner.policies.recipes import Auth

NETWORKS = ("bluesky", "discourse", "mastodon")
"""The kinds whose sources say `watch`."""

SITES = {"bluesky": "bsky.app"}
"""Where the messages of a network are at home that is one for all its servers."""

_NEED_AUTH = {"mastodon": ("mentions", "search"), "bluesky": ("mentions",)}
"""What no server shows to strangers."""

_OPEN = {"bluesky": "https://api.bsky.app"}
_OF_MEMBERS = {"bluesky": "https://bsky.social"}
"""The servers that are asked where the source names none; the second where it has an account."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What to read at a server.

    `server` is its address without a slash at the end.  `by` is the word under `watch`, `what`
    what stands after it, empty where that is only `true`.  `user` is the account whose secret
    `auth` names.
    """

    server: str
    by: str
    what: str
    auth: "Auth | None"
    user: str | None
    pages: int


def build_watch(kind: str, settings: Mapping[str, object]) -> Watch:
    """Return what a source says, from settings without faults."""
    from runner.policies.recipes import PAGES, Auth

    watched: Any = settings.get("watch")
    ((by, what),) = watched.items()
    auth: Any = settings.get("auth")
    pages = settings.get("pages")
    server = settings.get("server") or (_OF_MEMBERS if auth else _OPEN).get(kind, "")
    return Watch(
        server=str(server).rstrip("/"),
        by=by,
        what="" if what is True else str(what),
        auth=Auth("bearer", auth["variable"]) if auth else None,
        user=auth.get("user") if auth else None,
        pages=pages if isinstance(pages, int) else PAGES,
    )


def check_watch(document: Document, source: Path) -> Iterator[Fault]:
    """Return the faults of such a source that no schema can see."""
    from runner.policies.recipe_checks import check_auth

    kind = text_at(document, (*source, "kind")) or ""
    yield from check_auth(document, (*source, "auth"))
    watched = value_at(document, (*source, "watch"))
    for by in watched if isinstance(watched, dict) else ():
        if by in _NEED_AUTH.get(kind, ()) and value_at(document, (*source, "auth")) is None:
            yield document.key_fault(
                (*source, "watch", by), "needs-auth",
                f"`{by}` is shown to members alone, and the key `auth` is missing",
                "name the variable that holds the account's secret: `auth: {variable: NAME}`",
            )  # fmt: skip
