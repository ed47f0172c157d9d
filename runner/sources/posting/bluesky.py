"""Posting an answer on Bluesky.

https://docs.bsky.app/docs/advanced-guides/posts

The record's key follows from the approval, and so does all that is in it: put twice, it is the
same record.  The secret is an app password.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from runner.cases.instants import render_instant
from runner.planning.postings import Order
from runner.policies.recipes import Auth
from runner.policies.values import Source
from runner.sources.adapter import Outside, Unknown
from runner.sources.bluesky import first_post, web_url
from runner.sources.credentials import Credential, credential_of
from runner.sources.moments import parse_instant
from runner.sources.networks import list_in, text_in, value_in
from runner.sources.page_requests import ask_for
from runner.sources.posting.places import thread_of
from runner.sources.posting.port import (
    Absent,
    Doubtful,
    Found,
    Refused,
    Seen,
    Sent,
    Taken,
    publishing_of,
    send,
)
from runner.sources.problems import Problem, Trouble
from runner.text.graphemes import count_graphemes

LONGEST = 300
"""Signs of a post; 3,000 bytes besides (Lexicon `app.bsky.feed.post`)."""
_BYTES = 3000
_POST = "app.bsky.feed.post"
_SERVER = "https://bsky.social"
_SORTED = "234567abcdefghijklmnopqrstuvwxyz"
_LINK = re.compile(r"https?://[^\s<>\"]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Session:
    did: str
    credential: Credential


class BlueskyPoster:
    """One account on its server."""

    def __init__(self, source: Source, outside: Outside) -> None:
        self._publish = publishing_of(source)
        self._server = str(source.settings.get("server") or _SERVER).rstrip("/")
        self._outside = outside

    async def look(self, order: Order) -> Seen:
        """Ask for the record by its key."""
        session = await self._session()
        if isinstance(session, Unknown):
            return session
        asked = urlencode({"repo": session.did, "collection": _POST, "rkey": record_key(order)})
        read = await ask_for(
            f"{self._server}/xrpc/com.atproto.repo.getRecord?{asked}",
            session.credential, self._outside,
        )  # fmt: skip
        if isinstance(read, Unknown):
            # So it answers RecordNotFound; put again, it would still be one record.
            return Absent() if read.problem.detail == "400" else read
        uri, said = text_in(read, "uri"), text_in(read, "value", "text")
        if said != order.text:
            return Taken(said)
        return Found(web_url(uri), uri, parse_instant(text_in(read, "value", "createdAt")))

    async def post(self, order: Order) -> Sent:
        """Put the record."""
        if count_graphemes(order.text) > LONGEST or len(order.text.encode()) > _BYTES:
            return Refused(Problem(Trouble.TOO_LONG, "bsky.app", str(LONGEST)))
        session = await self._session()
        if isinstance(session, Unknown):
            return Refused(session.problem, session.not_before)
        answered = await self._answered(order, session.credential)
        if isinstance(answered, Unknown):
            return Refused(answered.problem, answered.not_before)
        record = {
            "$type": _POST,
            "text": order.text,
            "createdAt": render_instant(order.intended_at),
            "reply": answered,
            **({"langs": [order.language]} if order.language else {}),
            **({"facets": facets} if (facets := list(find_links(order.text))) else {}),
        }
        answer = await send(
            f"{self._server}/xrpc/com.atproto.repo.putRecord",
            {
                "repo": session.did,
                "collection": _POST,
                "rkey": record_key(order),
                "record": record,
                "swapRecord": None,
            },
            session.credential,
            self._outside,
        )
        if isinstance(answer, Refused | Doubtful):
            return answer
        uri = text_in(answer, "uri")
        url = web_url(uri)
        if url is None:
            return Doubtful(Problem(Trouble.NO_JSON, self._server))
        return Found(url, uri, order.intended_at)

    def repeats_safely(self, order: Order, now: datetime) -> bool:  # noqa: ARG002 - others forget
        """Whether it is one record however often it is put: always."""
        return True

    async def _session(self) -> _Session | Unknown:
        auth = Auth("bearer", self._publish.variable)
        password = credential_of(auth, self._outside.secrets)
        if isinstance(password, Problem):
            return Unknown(password)
        login = {
            "identifier": self._publish.user,
            "password": self._outside.secrets[auth.variable].strip(),
        }
        url = f"{self._server}/xrpc/com.atproto.server.createSession"
        opened = await self._outside.once(
            ("session", url, self._publish.user, auth.variable),
            lambda: ask_for(url, Credential(), self._outside, login),
        )
        if isinstance(opened, Unknown):
            return opened
        token, did = text_in(opened, "accessJwt"), text_in(opened, "did")
        if not (token.isascii() and token.isprintable() and token and did.startswith("did:")):
            host = urlsplit(self._server).hostname or ""
            return Unknown(Problem(Trouble.NOT_ACCEPTED, host, auth.variable))
        return _Session(did, Credential({"Authorization": f"Bearer {token}"}))

    async def _answered(
        self, order: Order, credential: Credential
    ) -> Mapping[str, object] | Unknown:
        """Return which post is answered, and which one began the conversation."""
        thread = thread_of(order)
        uri = order.native_id if order.native_id and web_url(order.native_id) else None
        uri = uri or first_post(thread)
        if uri is None:
            return Unknown(Problem(Trouble.NO_CONVERSATION, order.url or "bsky.app"))
        asked = urlencode({"uris": uri})
        read = await ask_for(
            f"{self._server}/xrpc/app.bsky.feed.getPosts?{asked}", credential, self._outside
        )
        if isinstance(read, Unknown):
            return read
        post = next(iter(list_in(read, "posts")), None)
        parent = {"uri": text_in(post, "uri"), "cid": text_in(post, "cid")}
        if not all(parent.values()):
            return Unknown(Problem(Trouble.GONE, "bsky.app", "404"))
        root = value_in(post, "record", "reply", "root")
        first = {"uri": text_in(root, "uri"), "cid": text_in(root, "cid")}
        return {"root": first if all(first.values()) else parent, "parent": parent}


def record_key(order: Order) -> str:
    """Return the key of an order's record: a TID of its first intent, the rest from its digest.

    https://atproto.com/specs/tid
    """
    digest = int(order.key, 16)
    seconds = int(order.intended_at.astimezone(UTC).timestamp())
    number = (seconds * 1_000_000 + digest % 1_000_000) << 10 | digest >> 64 & 1023
    return "".join(_SORTED[number >> 5 * place & 31] for place in reversed(range(13)))


def find_links(text: str) -> Iterator[dict[str, object]]:
    """Yield the addresses in a text as facets: counted in bytes, without the stop after them."""
    for found in _LINK.finditer(text):
        address = found[0].rstrip(".,;:!?)»'")
        start = len(text[: found.start()].encode())
        yield {
            "index": {"byteStart": start, "byteEnd": start + len(address.encode())},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": address}],
        }
