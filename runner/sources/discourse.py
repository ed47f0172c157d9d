"""Discourse: the latest posts of a forum, of a category, a tag, a topic or a search.

Settings: see `runner.policies.networks`.  https://docs.discourse.org

A search shows the beginnings of posts alone, so what it finds is asked for topic by topic.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from runner.cases.instants import plausible
from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.networks import Watch, build_watch
from runner.policies.recipes import Auth
from runner.policies.values import Source
from runner.sources import page_requests
from runner.sources.adapter import (
    ITEM_LIMIT,
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unknown,
)
from runner.sources.credentials import Credential, credential_of
from runner.sources.json_items import Listed
from runner.sources.json_paging import Request
from runner.sources.json_walk import Mark, parse_mark, render_mark
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
from runner.sources.wording import has_words, joined

OVERLAP = timedelta(days=1)
"""A post that waited for a moderator may come that much after it was written."""

_REGULAR = "1"
"""Posts by people; 2 are notices of moderators, 3 small actions, 4 whispers (`Post.types`)."""

_CHUNK = 20
"""Posts of one topic asked for at once, as Discourse's own pages do."""

_HITS = 50
"""Posts of one page of a search."""

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_SLUG = re.compile(r"[\w%.~-]{1,255}", re.ASCII)
_TOPIC = re.compile(r"/t/(?:[^/]*[^/0-9][^/]*/|-/)?([1-9][0-9]{0,17})(?:/[0-9]+)?/?")


@dataclass(frozen=True, slots=True)
class LatestPosts:
    """The latest posts of a forum, each page asked for by the oldest post of the one before."""

    watch: Watch
    now: datetime
    overlap: timedelta = OVERLAP
    newest_first: bool | None = True
    counted: bool = False

    @property
    def pages(self) -> int:
        """As many as the source says."""
        return self.watch.pages

    def list(self, document: object, url: str) -> Listed | Problem:
        """Return the posts of a page; where a category is watched, those in it."""
        category = self.watch.what if self.watch.by == "category" else ""
        return parse(document, url, self.watch.server, self.now, category=category)

    def next(
        self,
        page: int,  # noqa: ARG002 - a reading may count its pages
        url: str,  # noqa: ARG002
        document: object,
        headers: Mapping[str, str],  # noqa: ARG002
    ) -> Request | Problem | None:
        """Return what is asked for next: what is not newer than the oldest post of the page."""
        numbers = [text_in(post, "id") for post in list_in(document, "latest_posts")]
        oldest = min((int(n) for n in numbers if _NUMBER.fullmatch(n)), default=0)
        # Some versions give the post named by `before` once more, some do not.
        return Request(f"{self.watch.server}/posts.json?before={oldest}") if oldest > 1 else None

    def backoff(self, document: object) -> float:  # noqa: ARG002 - Discourse says it in headers
        """Return nothing: how long to wait stands in no page."""
        return 0.0


def parse(
    document: object,
    url: str,
    server: str,
    now: datetime,
    *,
    category: str = "",
    title: str = "",
) -> Listed | Problem:
    """Return the posts of an answer found at `url`: the latest ones, or those of a topic.

    With a `category` only the posts in it.  `title` is the topic's where the answer has none.
    """
    found = _listed(document)
    if found is None:
        return Problem(Trouble.NO_LIST, url, "latest_posts, post_stream.posts")
    posts = found[:ITEM_LIMIT]
    if problem := check_shape(posts, url, ("cooked", "raw")):
        return problem
    chosen = [p for p in posts if not category or text_in(p, "category_id") == category]
    private = text_in(document, "archetype") == "private_message"
    shown = [post for post in chosen if not private and _is_shown(post)]
    numbered = {_place(post): text_in(post, "id") for post in posts}
    title = text_in(document, "title") or title
    made = [_item(post, server, title, numbered, now) for post in shown]
    items = tuple(item for item in made if item is not None)
    return Listed(
        items,
        len(found),
        not_chosen=len(posts) - len(chosen),
        set_aside=len(chosen) - len(shown),
        wordless=len(shown) - len(items),
        problem=Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT))
        if len(found) > ITEM_LIMIT
        else None,
    )


def _listed(document: object) -> Sequence[object] | None:
    for path in (("latest_posts",), ("post_stream", "posts")):
        found = value_in(document, *path)
        if isinstance(found, list):
            return found
    return None


def _is_shown(post: object) -> bool:
    return (
        text_in(post, "post_type") in ("", _REGULAR)
        and not any(value_in(post, name) for name in ("deleted_at", "user_deleted", "hidden"))
        and not value_in(post, "action_code")
        # `system` and the robot that welcomes newcomers have numbers below zero.
        and not text_in(post, "user_id").startswith("-")
    )


def _place(post: object) -> tuple[str, str]:
    return text_in(post, "topic_id"), text_in(post, "post_number")


def _item(
    post: object,
    server: str,
    title: str,
    numbered: Mapping[tuple[str, str], str],
    now: datetime,
) -> Item | None:
    cooked, raw = text_in(post, "cooked"), text_in(post, "raw")
    is_html = has_words(cooked, is_html=True)
    title, text = joined(
        text_in(post, "topic_title") or title,
        cooked if is_html else raw,
        title_is_html=False,
        text_is_html=is_html,
    )
    if not has_words(text, is_html=is_html):
        return None
    topic, number = _place(post)
    answered = (topic, text_in(post, "reply_to_post_number"))
    thread_url = topic_url(server, topic, text_in(post, "topic_slug"))
    named = thread_url is not None and _NUMBER.fullmatch(number)
    return Item(
        native_id=text_in(post, "id") or None,
        url=f"{thread_url}/{number}" if named else thread_url,
        author=text_in(post, "username") or None,
        title=title,
        text=text,
        posted_at=plausible(parse_instant(text_in(post, "created_at")), now),
        is_html=is_html,
        language=text_in(post, "locale") or None,
        thread_url=thread_url,
        parent_id=numbered.get(answered) or None,
    )


def topic_url(server: str, topic: str, slug: str) -> str | None:
    """Return where people read a topic, None where that is no number."""
    if not _NUMBER.fullmatch(topic):
        return None
    return f"{server}/t/{slug if _SLUG.fullmatch(slug) else '-'}/{topic}"


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read what the source watches, from the newest back to the last read."""
    watch = build_watch(source.kind, source.settings)
    credential = _credential(watch, outside)
    if isinstance(credential, Problem):
        return Unknown(credential)
    fetched: Fetched
    match watch.by:
        case "topic":
            fetched = await _Forum(watch, credential, outside).read_topic(watch.what)
        case "tag" | "search":
            since = parse_mark(cursor.etag if cursor else None).since
            fetched = await _Forum(watch, credential, outside).search(since)
        case _:
            asking = Asking(Request(f"{watch.server}/posts.json"), credential)
            fetched = await read_pages(asking, LatestPosts(watch, outside.now), cursor, outside)
    if isinstance(fetched, Unknown):
        return in_words_of(fetched, watch.auth, watch.what or watch.by)
    return fetched


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read the topic that a post stands in, the newest posts first."""
    watch = build_watch(source.kind, source.settings)
    credential = _credential(watch, outside)
    if isinstance(credential, Problem):
        return Unknown(credential)
    forum = _Forum(watch, credential, outside)
    topic = topic_of(watch.server, thread)
    if topic is None and _NUMBER.fullmatch(thread.native_id or ""):
        post = await forum.ask(f"/posts/{thread.native_id}.json")
        if isinstance(post, Unknown):
            return in_words_of(post, watch.auth, thread.url or str(thread.native_id))
        topic = text_in(post, "topic_id")
    if topic is None or not _NUMBER.fullmatch(topic):
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or watch.server))
    read = await outside.once((source.id, "topic", topic), lambda: forum.read_topic(topic))
    if isinstance(read, Unknown):
        return in_words_of(read, watch.auth, thread.url or topic)
    return read


def _credential(watch: Watch, outside: Outside) -> Credential | Problem:
    if watch.auth is None:
        return Credential()
    credential = credential_of(Auth("header", watch.auth.variable, "Api-Key"), outside.secrets)
    if isinstance(credential, Problem):
        return credential
    return Credential({**credential.headers, "Api-Username": watch.user or "system"})


def topic_of(server: str, thread: ThreadRequest) -> str | None:
    """Return the topic that an address of the forum names."""
    home = urlsplit(server)
    for address in (thread.thread_url, thread.url):
        parts = address_parts(address)
        found = _TOPIC.fullmatch(parts.path.removeprefix(home.path))
        if parts.netloc == home.netloc and found:
            return found[1]
    return None


@dataclass(slots=True)
class _Forum:
    """What a read of topics has found so far."""

    watch: Watch
    credential: Credential
    outside: Outside
    items: dict[str | None, Item] = field(default_factory=dict)
    left_out: int = 0
    _over_at: float = field(
        default_factory=lambda: asyncio.get_running_loop().time() + page_requests.LONGEST
    )

    async def ask(self, path: str) -> object:
        """Return the JSON at a path of the forum, `Unknown` where there is none."""
        if asyncio.get_running_loop().time() >= self._over_at:
            return Unknown(Problem(Trouble.TOO_SLOW, urlsplit(self.watch.server).hostname or ""))
        return await ask_for(f"{self.watch.server}{path}", self.credential, self.outside)

    async def read_topic(self, topic: str) -> Fetched:
        """Read the first posts of a topic, and the newest of the others."""
        document = await self.ask(f"/t/{topic}.json")
        if isinstance(document, Unknown):
            return document
        if problem := self._take(document):
            return Unknown(problem)
        title = text_in(document, "title")
        shown = {text_in(post, "id") for post in list_in(document, "post_stream", "posts")}
        numbers = [str(n) for n in list_in(document, "post_stream", "stream")[:ITEM_LIMIT]]
        rest = [n for n in reversed(numbers) if n not in shown and _NUMBER.fullmatch(n)]
        wanted = rest[: self.watch.pages * _CHUNK]
        ended = await self._read_posts(topic, wanted, title)
        left = len(wanted) < len(rest) or ended is not None
        notes = (Problem(Trouble.MORE_PAGES, str(self.watch.pages)),) if left else ()
        return self._outcome(ended, notes=notes, shortened=left)

    async def search(self, since: datetime | None) -> Fetched:
        """Read the posts that a search finds, back to a day before the last read."""
        hits: dict[str, list[str]] = {}
        titles: dict[str, str] = {}
        more, page = True, 0
        while more and page < self.watch.pages:
            page += 1
            found = await self.ask(f"/search.json?{urlencode({'q': self._query(), 'page': page})}")
            if isinstance(found, Unknown):
                return found
            told = value_in(found, "grouped_search_result")
            # A search that finds nothing may be answered without a list.
            if told is None and not isinstance(value_in(found, "posts"), list):
                return Unknown(
                    Problem(Trouble.NO_LIST, f"{self.watch.server}/search.json", "posts")
                )
            titles |= {text_in(t, "id"): text_in(t, "title") for t in list_in(found, "topics")}
            recent = [post for post in list_in(found, "posts") if _is_after(post, since)]
            for post in recent[:_HITS]:
                topic, number = text_in(post, "topic_id"), text_in(post, "id")
                if _NUMBER.fullmatch(topic) and _NUMBER.fullmatch(number):
                    hits.setdefault(topic, []).append(number)
            more = bool(recent) and value_in(told, "more_full_page_results") is True
        ended = None
        for topic, numbers in hits.items():
            ended = await self._read_posts(
                topic, list(dict.fromkeys(numbers)), titles.get(topic, "")
            )
            if ended is not None:
                break
        notes = (Problem(Trouble.MORE_PAGES, str(page)),) if more else ()
        kept = Mark(since if ended else self.outside.now)
        return self._outcome(
            ended, etag=render_mark(kept), notes=notes, shortened=since is not None
        )

    async def _read_posts(self, topic: str, numbers: Sequence[str], title: str) -> Unknown | None:
        for start in range(0, len(numbers), _CHUNK):
            asked = urlencode([("post_ids[]", n) for n in numbers[start : start + _CHUNK]])
            document = await self.ask(f"/t/{topic}/posts.json?{asked}")
            if isinstance(document, Unknown):
                # A topic that was closed to us since costs the others nothing.
                if document.problem.trouble in (Trouble.GONE, Trouble.REFUSED):
                    self.left_out += len(numbers) - start
                    return None
                return document
            if problem := self._take(document, title):
                return Unknown(problem)
        return None

    def _take(self, document: object, title: str = "") -> Problem | None:
        server = self.watch.server
        listed = parse(document, server, server, self.outside.now, title=title)
        if isinstance(listed, Problem):
            return listed
        self.items.update((item.native_id, item) for item in listed.items)
        self.left_out += listed.set_aside + listed.wordless
        return None

    def _query(self) -> str:
        words = f"tags:{self.watch.what}" if self.watch.by == "tag" else self.watch.what
        return words if "order:" in words else f"{words} order:latest"

    def _outcome(
        self,
        ended: Unknown | None,
        *,
        notes: tuple[Problem, ...],
        shortened: bool,
        etag: str | None = None,
    ) -> Fresh:
        return Fresh(
            tuple(self.items.values()),
            etag,
            problem=ended.problem if ended else None,
            left_out=self.left_out,
            shortened=shortened,
            notes=notes,
            not_before=ended.not_before if ended else None,
        )


def _is_after(post: object, since: datetime | None) -> bool:
    at = parse_instant(text_in(post, "created_at"))
    return since is None or at is None or at >= since - OVERLAP
