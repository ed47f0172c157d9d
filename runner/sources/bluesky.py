"""Bluesky: a search, mentions of an account, the posts of one.

Settings: see `runner.policies.networks`.  https://docs.bsky.app and the Lexicons `app.bsky.*`

A post is named by its `at://` address, the same wherever it is read.  What others wrote, in a
repost or a quoted post, is no word of its author.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from runner.cases.instants import plausible
from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.networks import Watch, build_watch
from runner.policies.values import Source
from runner.sources.adapter import (
    ITEM_LIMIT,
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unknown,
)
from runner.sources.credentials import Credential, credential_of
from runner.sources.json_items import Listed, plain_text
from runner.sources.json_paging import Request
from runner.sources.moments import parse_instant
from runner.sources.networks import (
    address_parts,
    check_shape,
    in_words_of,
    list_in,
    text_in,
    value_in,
)
from runner.sources.page_requests import Asking, ask_for, read_pages
from runner.sources.problems import Problem, Trouble
from runner.sources.wording import has_words

OVERLAP = timedelta(days=1)
"""A post of a server that was away may come that much after it was written."""

_POST = "app.bsky.feed.post"
_ABOUT_US = ("mention", "reply", "quote")
"""Notifications that a post of somebody else stands behind."""

_WITHDRAWN = frozenset({"!hide", "!takedown"})
_MEMBERS_ONLY = "!no-unauthenticated"
"""What an author says who wants to be seen by members alone."""

_MOST = 100
"""Posts of one answer, and answers in a row that a conversation is asked for."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_AT_URI = re.compile(
    r"at://(?P<who>did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]"
    rf"|(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?)"
    rf"(?:/(?P<kind>{_LABEL}(?:\.{_LABEL})+)(?:/(?P<key>[a-zA-Z0-9_~.:-]{{1,512}}))?)?"
)
"""https://atproto.com/specs/at-uri-scheme, as it is used in Lexicons."""

_CUT_SHORT = ("…".encode(), b"...")
_CURSOR_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class AtUri:
    """The parts of an `at://` address: whose record it is, of which kind, and its key."""

    who: str
    kind: str
    key: str


def parse_at_uri(text: str) -> AtUri | None:
    """Return the parts of an address, empty where it names none; None for what is none."""
    found = _AT_URI.fullmatch(text) if len(text) <= 8192 else None
    if found is None or found["key"] in (".", ".."):
        return None
    return AtUri(found["who"], found["kind"] or "", found["key"] or "")


@dataclass(frozen=True, slots=True)
class Stream:
    """Pages of posts, the newest first, each with a `cursor` for the next."""

    watch: Watch
    first: str
    now: datetime
    overlap: timedelta = OVERLAP
    newest_first: bool | None = True
    counted: bool = False

    @property
    def pages(self) -> int:
        """As many as the source says."""
        return self.watch.pages

    def list(self, document: object, url: str) -> Listed | Problem:
        """Return the posts of a page."""
        return parse(document, url, self.now, member=self.watch.auth is not None)

    def next(
        self,
        page: int,  # noqa: ARG002 - a reading may count its pages
        url: str,  # noqa: ARG002
        document: object,
        headers: Mapping[str, str],  # noqa: ARG002
    ) -> Request | Problem | None:
        """Return what is asked for next, None where the page names no cursor."""
        cursor = text_in(document, "cursor")
        if not cursor or len(cursor) > _CURSOR_LIMIT:
            return None
        return Request(f"{self.first}&cursor={quote(cursor, safe='')}")

    def backoff(self, document: object) -> float:  # noqa: ARG002 - Bluesky says it in headers
        """Return nothing: how long to wait stands in no page."""
        return 0.0


def parse(document: object, url: str, now: datetime, *, member: bool = False) -> Listed | Problem:
    """Return the posts of an answer found at `url`: of a search, a feed, notifications, a thread.

    Whoever asks as a `member` sees those too whose authors want no other readers.
    """
    found = _listed(document)
    if found is None:
        return Problem(Trouble.NO_LIST, url, "posts, feed, notifications, thread")
    if problem := check_shape([post for post in found if post is not None], url, ("record",)):
        return problem
    shown = [post for post in found[:ITEM_LIMIT] if _is_shown(post, member=member)]
    made = [_item(post, now) for post in shown]
    items = tuple(item for item in made if item is not None)
    return Listed(
        items,
        len(found),
        set_aside=min(len(found), ITEM_LIMIT) - len(shown),
        wordless=len(shown) - len(items),
        problem=Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT))
        if len(found) > ITEM_LIMIT
        else None,
    )


def _listed(document: object) -> list[object] | None:
    """Return the posts of an answer, None for each entry that is none."""
    if not isinstance(document, Mapping):
        return None
    posts, feed, told = (document.get(n) for n in ("posts", "feed", "notifications"))
    if isinstance(posts, list):
        return posts
    if isinstance(feed, list):
        return [None if value_in(e, "reason") else value_in(e, "post") for e in feed]
    if isinstance(told, list):
        return [e if text_in(e, "reason") in _ABOUT_US else None for e in told]
    if isinstance(document.get("thread"), Mapping):
        return [value_in(node, "post") for node in _nodes(document["thread"])]
    return None


def _nodes(thread: object) -> Iterator[object]:
    """Give every node of a thread, what it answers and what answers it included."""
    rest = [thread]
    while rest:
        node = rest.pop()
        yield node
        rest.extend(reversed(list_in(node, "replies")))
        if value_in(node, "parent") is not None:
            rest.append(value_in(node, "parent"))


def _is_shown(post: object, *, member: bool) -> bool:
    if text_in(post, "record", "$type") not in ("", _POST) or value_in(post, "record") is None:
        return False
    labels = {
        text_in(label, "val")
        for labelled in (
            list_in(post, "labels"),
            list_in(post, "author", "labels"),
            list_in(post, "record", "labels", "values"),
        )
        for label in labelled
        if not value_in(label, "neg")
    }
    return not (labels & _WITHDRAWN or (_MEMBERS_ONLY in labels and not member))


def _item(post: object, now: datetime) -> Item | None:
    record = value_in(post, "record")
    text = "\n\n".join(filter(None, (_text(record), *_alternatives(post))))
    if not has_words(text):
        return None
    uri = text_in(post, "uri")
    url = web_url(uri)
    handle = text_in(post, "author", "handle")
    known = handle not in ("", "handle.invalid")
    return Item(
        native_id=uri if url else None,
        url=url,
        author=(handle if known else text_in(post, "author", "did")) or None,
        title="",
        text=text,
        posted_at=_posted_at(post, now),
        language=next((tag for tag in map(plain_text, list_in(record, "langs")) if tag), None),
        thread_url=web_url(text_in(record, "reply", "root", "uri")) or url,
        parent_id=text_in(record, "reply", "parent", "uri") or None,
    )


def web_url(uri: str) -> str | None:
    """Return where people read a post, None where the address names none."""
    parts = parse_at_uri(uri)
    if parts is None or parts.kind != _POST or not parts.key:
        return None
    return f"https://bsky.app/profile/{parts.who}/post/{parts.key}"


def _posted_at(post: object, now: datetime) -> datetime | None:
    """Return when it was written, as far as that can be: clients may write any time."""
    told = parse_instant(text_in(post, "record", "createdAt"))
    seen = parse_instant(text_in(post, "indexedAt"))
    return plausible(min(filter(None, (told, seen)), default=None), now)


def _text(record: object) -> str:
    """Return the words, links that were cut short for the eye in their full length."""
    data = text_in(record, "text").encode()
    links = [link for facet in list_in(record, "facets") if (link := _link(facet))]
    parts, done = [], 0
    for start, stop, address in sorted(links):
        if done <= start < stop <= len(data) and data.endswith(_CUT_SHORT, start, stop):
            parts += [data[done:start], address.encode()]
            done = stop
    return b"".join((*parts, data[done:])).decode("utf-8", "replace")


def _link(facet: object) -> tuple[int, int, str] | None:
    start, stop = (value_in(facet, "index", name) for name in ("byteStart", "byteEnd"))
    address = next((a for f in list_in(facet, "features") if (a := text_in(f, "uri"))), "")
    if isinstance(start, int) and isinstance(stop, int) and address and len(address) < 2000:
        return start, stop, address
    return None


def _alternatives(post: object) -> Iterator[str]:
    """Give what pictures and films show, in the words of who posted them."""
    embed = value_in(post, "record", "embed") or value_in(post, "embed")
    for shown in (embed, value_in(embed, "media")):
        for picture in (*list_in(shown, "images"), shown):
            if alt := text_in(picture, "alt"):
                yield alt


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read what the source watches, from the newest back to the last read."""
    watch = build_watch(source.kind, source.settings)
    credential = await _credential(watch, outside)
    if isinstance(credential, Unknown):
        return credential
    first = _address(watch)
    asking = Asking(Request(first), credential)
    fetched = await read_pages(asking, Stream(watch, first, outside.now), cursor, outside)
    if isinstance(fetched, Unknown):
        return in_words_of(_as_missing(fetched, watch), watch.auth, watch.what or watch.by)
    return fetched


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read the conversation that a post stands in, from its first post on."""
    watch = build_watch(source.kind, source.settings)
    uri = first_post(thread)
    if uri is None:
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or watch.server))
    credential = await _credential(watch, outside)
    if isinstance(credential, Unknown):
        return credential
    asked = urlencode({"uri": uri, "depth": _MOST, "parentHeight": _MOST})
    url = f"{watch.server}/xrpc/app.bsky.feed.getPostThread?{asked}"
    document = await ask_for(url, credential, outside)
    if isinstance(document, Unknown):
        missing = _as_missing(document, watch, always=True)
        return in_words_of(missing, watch.auth, thread.url or uri)
    listed = await outside.aside(
        lambda: parse(document, watch.server, outside.now, member=watch.auth is not None)
    )
    if isinstance(listed, Problem):
        return Unknown(listed)
    return Fresh(
        listed.items,
        problem=listed.problem,
        left_out=listed.set_aside + listed.wordless,
        shortened=listed.problem is not None or _is_cut(document),
    )


def _address(watch: Watch) -> str:
    api = f"{watch.server}/xrpc/app.bsky"
    match watch.by:
        case "search":
            asked: list[tuple[str, str | int]] = [("q", watch.what), ("sort", "latest")]
            name = "feed.searchPosts"
        case "mentions":
            asked = [("reasons", reason) for reason in _ABOUT_US]
            name = "notification.listNotifications"
        case _:
            asked = [("actor", watch.what.removeprefix("@")), ("filter", "posts_with_replies")]
            name = "feed.getAuthorFeed"
    return f"{api}.{name}?{urlencode([*asked, ('limit', _MOST)])}"


async def _credential(watch: Watch, outside: Outside) -> Credential | Unknown:
    """Return what requests carry; with an app password, a session is opened once in a run."""
    credential = credential_of(watch.auth, outside.secrets)
    if isinstance(credential, Problem):
        return Unknown(credential)
    if watch.auth is None or watch.user is None:
        return credential
    login = {
        "identifier": watch.user,
        "password": outside.secrets[watch.auth.variable].strip(),
    }
    url = f"{watch.server}/xrpc/com.atproto.server.createSession"
    opened = await outside.once(
        ("session", url, watch.user, watch.auth.variable),
        lambda: ask_for(url, Credential(), outside, login),
    )
    if isinstance(opened, Unknown):
        return in_words_of(opened, watch.auth, watch.user)
    token = text_in(opened, "accessJwt")
    if not (token and token.isascii() and token.isprintable()):
        host = urlsplit(watch.server).hostname or ""
        return Unknown(Problem(Trouble.NOT_ACCEPTED, host, watch.auth.variable))
    return Credential({"Authorization": f"Bearer {token}"})


def _as_missing(ended: Unknown, watch: Watch, *, always: bool = False) -> Unknown:
    """Return how a read ended; a 400 says that an account, or always what was asked, is unknown."""
    problem = ended.problem
    if problem.detail != "400" or not (always or watch.by == "account"):
        return ended
    return Unknown(Problem(Trouble.GONE, problem.about, "400"), ended.not_before)


def first_post(thread: ThreadRequest) -> str | None:
    """Return the address of the post by which a conversation is known, None where none is."""
    for address in (thread.thread_url, thread.native_id, thread.url):
        if address and web_url(address):
            return address
        parts = address_parts(address)
        names = parts.path.strip("/").split("/")
        if parts.hostname == "bsky.app" and names[::2] == ["profile", "post"] and len(names) == 4:
            uri = f"at://{names[1]}/{_POST}/{names[3]}"
            if web_url(uri):
                return uri
    return None


def _is_cut(document: object) -> bool:
    """Tell whether there are answers that a thread does not show, because it is too deep."""
    return any(
        value_in(node, "post", "replyCount") not in (None, 0) and not list_in(node, "replies")
        for node in _nodes(value_in(document, "thread"))
        if value_in(node, "post") is not None and value_in(node, "replies") is not None
    )
